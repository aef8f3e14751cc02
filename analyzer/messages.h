/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages that the hypervisor had for VPs, wherever a dump holds them. */
#ifndef HVDUMP_ANALYZER_MESSAGES_H
#define HVDUMP_ANALYZER_MESSAGES_H

#include "memory.h"
#include "message.h"

/** Where a message was. */
enum message_source {
	MESSAGE_INTERCEPT, /* a VP's intercept message page, for its parent */
	MESSAGE_SIM,	   /* a slot of a VP's own SIM page */
	MESSAGE_SIM_STATE, /* the same, as the hypervisor gave it when asked */
};

/** One message, or one page that cannot be read. */
struct vp_message {
	enum message_source source;
	uint64_t partition_id;
	uint32_t vp_index;
	uint16_t vtl;
	unsigned int slot;     /* the SINT; 0 in an intercept message page */
	uint64_t pfn;	       /* of the page; MESSAGE_SIM_STATE: 0 */
	enum page_state state; /* where its bytes are */
	bool readable;	       /* false: there is no message, only a page */
	/*
	 * Of an intercept message: does the VP still wait for its parent?
	 * 1 yes, 0 no (it is what the last one left), -1 nobody knows.
	 */
	int waits;
	const uint8_t *bytes; /* HVD_MESSAGE_SIZE of them, for this call */
	struct hvd_message message;
};

/** Which VPs' messages. */
struct message_scope {
	uint64_t partition_id;
	bool has_vp;
	uint32_t vp_index;
};

/** Takes one; anything but 0 ends the walk. */
typedef int (*message_fn)(const struct vp_message *m, void *arg);

/**
 * messages_each() - walk through the messages, by partition, VP, VTL, source
 * and slot. Slots and pages without a message are left out.
 * @scope: NULL: all
 * Returns 0, what @fn ended it with, or -1 when there is no memory.
 */
int messages_each(const struct session *s, const struct memory *memory,
		  const struct message_scope *scope, message_fn fn, void *arg);

/** message_source_name() - "intercept", "sim", "sim-state"; constant */
const char *message_source_name(enum message_source source);

/** message_type() - "GPA_INTERCEPT", or its number in @buf of NAME_SIZE */
const char *message_type(char *buf, const struct hvd_message *m);

#endif /* HVDUMP_ANALYZER_MESSAGES_H */
