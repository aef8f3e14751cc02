/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvdump_vmcore.ko: what its files share. It runs in the crash kernel, in
 * process context, where it may sleep and allocate.
 */
#ifndef HVDUMP_VMCORE_H
#define HVDUMP_VMCORE_H

#include <linux/types.h>

#include "ranges.h"
#include "version.h"

#undef pr_fmt
#define pr_fmt(fmt)	"hvdump_vmcore: " fmt

/* vmcore_loads.c: which memory the dump has */
int hvd_loads_read(struct hvd_ranges *loads);

/* vmcore_window.c: a piece of the old kernel's memory, mapped for a look */
enum hvd_look {
	HVD_LOOK_READ,		/* a word of the page can be read */
	HVD_LOOK_FAILED,	/* reading it faults */
	HVD_LOOK_OWN,		/* it is this kernel's own memory */
	HVD_LOOK_NOT_MAPPED,	/* it cannot be mapped */
};

bool hvd_window_set(u64 first, u64 pages);
enum hvd_look hvd_window_look(u64 pfn);
void hvd_window_close(void);

/* vmcore_guard.c: which pages may be read */
struct hvd_guard_counts {
	bool probing;
	const char *why;
	u64 loads;		/* pages that the dump has; 0: not known */
	u64 probed;		/* pages of which it is known */
	u64 unread, excluded;	/* pages */
	u32 unread_ranges, excluded_ranges;
	u64 unlisted;		/* failures that the list had no room for */
};

void hvd_guard_init(int probe, u32 limit);
void hvd_guard_read_loads(void);
void hvd_guard_exit(void);
bool hvd_guard_readable(u64 pfn);
int hvd_guard_scan(u32 ms);
int hvd_guard_exclude(const char *text, size_t len, size_t *taken);
void hvd_guard_counts(struct hvd_guard_counts *c);

enum hvd_list { HVD_LIST_UNREAD, HVD_LIST_EXCLUDE };
ssize_t hvd_guard_list(enum hvd_list which, char *buf, loff_t at, size_t count);

/* vmcore_sysfs.c */
int hvd_vmcore_sysfs_init(void);
void hvd_vmcore_sysfs_exit(void);

#endif /* HVDUMP_VMCORE_H */
