/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvdumpctl status: the checks that ask whether a crash would be captured. */
#ifndef HVDUMP_READINESS_H
#define HVDUMP_READINESS_H

/** readiness() - print one line a check; 0: a crash now would be captured */
int readiness(void);

#endif /* HVDUMP_READINESS_H */
