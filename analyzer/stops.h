/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a VP stopped, by its intercept message page; and what any VP waits for. */
#ifndef HVDUMP_STOPS_H
#define HVDUMP_STOPS_H

#include "host.h"
#include "message.h"
#include "vpstate.h"

/** The intercept message pages of a dump, by VP: of a session, once asked for. */
struct stops {
	struct host host;
	const struct hvd_page **pages;
	size_t nr;
	bool no_memory;
};

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

/** stopped_get() - the message of such a VP; false: there was no memory for it */
bool stopped_get(struct session *s, const struct hvd_dump_vp *vp,
		 struct stopped *st);

/** gave_up() - is it of a kind after which the VP cannot go on? */
bool gave_up(const struct stopped *st);

/** stopped_text() - "UNMAPPED_GPA, guest_physical_address 0x..." */
#define STOPPED_TEXT 144
const char *stopped_text(char *buf, const struct stopped *st);

/**
 * waits_text() - what a VP waits for, in @buf of WAITS_TEXT; NULL: nothing
 * that its registers tell of.
 */
#define WAITS_TEXT (STOPPED_TEXT + 16)
const char *waits_text(struct session *s, const struct hvd_dump_vp *vp,
		       const struct hvd_dump_vtl *vtl,
		       enum hvd_vp_activity activity, char *buf);

/** stops_close() - release what a session has of it */
void stops_close(struct session *s);

#endif /* HVDUMP_STOPS_H */
