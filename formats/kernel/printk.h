/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of the kernel in a dump, by VMCOREINFO alone: the lockless ring
 * buffer that kernels have since 5.10. The byte log before it is not read: no
 * kernel that old can be a root partition.
 * Source: kernel/printk/printk_ringbuffer.h; Documentation/admin-guide/kdump.
 */
#ifndef HVDUMP_PRINTK_H
#define HVDUMP_PRINTK_H

#include "kmem.h"

/** One record. @text is valid during the call only; it may hold any byte. */
struct hvd_log_record {
	uint64_t sequence;
	uint64_t nanoseconds; /* of the kernel's clock */
	unsigned int level, facility;
	uint32_t caller; /* thread (0: an idle one) or, with bit 31, CPU */
	const char *text;
	size_t length;
};

/**
 * hvd_log_read() - call @each for every record, the oldest first
 * Also for those that a writer might still have continued. Records that the
 * ring has overwritten are not lost, but gone. Returns the number of records
 * that are lost: still being written, without their text, damaged, or not in
 * the dump; @err then tells of the first. Returns -1 with @err when there is no
 * log to be had. @each returns 0, or -1 to end.
 */
int64_t hvd_log_read(struct hvd_kmem *k, const struct hvd_vmcoreinfo *v,
		     int (*each)(void *arg, const struct hvd_log_record *r),
		     void *arg, struct hvd_error *err);

#endif /* HVDUMP_PRINTK_H */
