/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log that was saved as text: vmcore-dmesg.txt, as makedumpfile --dump-dmesg
 * and hvdump log write it.
 */
#ifndef HVDUMP_LOG_FILE_H
#define HVDUMP_LOG_FILE_H

#include "session.h"
#include "kernel/printk.h"

/* What a text does not tell of a record: level, facility, sequence. */
#define LOG_UNKNOWN 255

/** log_file_find() - beside what was given; malloc()ed; NULL: there is none */
char *log_file_find(const struct session *s);

/**
 * log_file_read() - as hvd_log_read()
 * A record begins with its time; lines without one go on with it.
 */
int64_t log_file_read(const char *path,
		      int (*each)(void *arg, const struct hvd_log_record *r),
		      void *arg, struct hvd_error *err);

#endif /* HVDUMP_LOG_FILE_H */
