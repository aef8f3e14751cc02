/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The message in a VP's intercept message page: why it stopped. */
#ifndef HVDUMP_STOPPED_H
#define HVDUMP_STOPPED_H

#include "finder.h"
#include "message.h"

/** A VP that waits for its parent, and the message that told the parent why. */
struct stopped {
	bool has_page;
	bool has_message; /* it is a sound one, of this VP */
	uint64_t pfn;
	uint8_t bytes[HOST_PAGE];
	struct hvd_message message; /* refers to @bytes */
};

/** is_stopped() - INTERCEPT_SUSPEND is set, and nothing but it can be meant */
bool is_stopped(const struct hvd_dump_vtl *vtl);

/** stopped_get() - the message of such a VP */
void stopped_get(struct finder *f, const struct hvd_dump_partition *p,
		 const struct hvd_dump_vp *vp, struct stopped *st);

/** gave_up() - is it of a kind after which the VP cannot go on? */
bool gave_up(const struct stopped *st);

/** stopped_text() - "UNMAPPED_GPA, guest_physical_address 0x..." */
#define STOPPED_TEXT 144
const char *stopped_text(char *buf, const struct stopped *st);

#endif /* HVDUMP_STOPPED_H */
