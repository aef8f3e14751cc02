/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvdumpctl status: the checks that ask whether a crash would be captured. */
#ifndef HVDUMP_READINESS_H
#define HVDUMP_READINESS_H

#include <stddef.h>

/** readiness() - print one line a check; 0: a crash now would be captured */
int readiness(void);

/** readiness_failed() - the names of the checks that fail, for one line; returns how many */
unsigned int readiness_failed(char *names, size_t size);

#endif /* HVDUMP_READINESS_H */
