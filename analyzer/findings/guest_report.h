/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's report of its own crash, in its crash registers. */
#ifndef HVDUMP_GUEST_REPORT_H
#define HVDUMP_GUEST_REPORT_H

#include "finder.h"

enum guest_os {
	GUEST_UNKNOWN,
	GUEST_LINUX,
	GUEST_WINDOWS,
	GUEST_OTHER,
};

struct guest_report {
	enum guest_os os;
	uint64_t os_id;	  /* 0: unknown */
	uint64_t p[5];
	uint64_t control; /* 0: it was not read */
};

/**
 * guest_report_get() - out of the registers of one VTL; false: it made none
 * Before a crash all five are 0, and control reads as what could be told.
 */
bool guest_report_get(const struct hvd_dump_partition *p,
		      const struct hvd_dump_vtl *vtl, struct guest_report *r);

/** guest_report_text() - in words, of GUEST_REPORT_TEXT bytes */
#define GUEST_REPORT_TEXT 128
const char *guest_report_text(char *buf, const struct guest_report *r);

/** guest_report_word() - the same without what differs between equal crashes */
#define GUEST_REPORT_WORD 64
const char *guest_report_word(char *buf, const struct guest_report *r);

#endif /* HVDUMP_GUEST_REPORT_H */
