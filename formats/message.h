/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file message.h
 * Messages of the hypervisor: the SynIC's (16 slots a page), and the one of an
 * intercept message page. A message is 256 bytes: a header of 16, then up to
 * 240 bytes that its type gives a meaning.
 */
#ifndef HVD_MESSAGE_H
#define HVD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "layout.h"

#define HVD_MESSAGE_SIZE    256
#define HVD_MESSAGE_HEADER  16
#define HVD_MESSAGE_PAYLOAD 240
#define HVD_MESSAGE_SLOTS   16

/** One message; pointers lead into the bytes it was read from. */
struct hvd_message {
	uint32_t type;		/**< 0: there is no message */
	const struct hvd_abi_row *row;	/**< of the type; NULL: unknown */
	const struct hvd_layout *layout; /**< of the payload; NULL: unknown */
	uint8_t flags;
	bool pending;		/**< another one waits behind it */
	uint64_t sender;	/**< a partition, or a port's number */
	uint8_t claimed;	/**< payload bytes, as the header has it ... */
	uint8_t size;		/**< ... and as many of them as there can be */
	const uint8_t *payload;
};

/**
 * Take a message's header apart.
 *
 * @param[in]  size     bytes that there are; those behind 256 are not looked at
 * @param[in]  machine  ELF e_machine: payloads differ by architecture
 * @return 0, or -1 when there are not even bytes for a header
 */
int hvd_message_decode(const uint8_t *bytes, size_t size, uint16_t machine,
		       struct hvd_message *message);

/** The payload's layout of a type; NULL where no source tells it. */
const struct hvd_layout *hvd_message_layout(uint32_t type, uint16_t machine);

/**
 * Is it an intercept, so that a VP waits until its parent has handled it? Its
 * payload has the VP's index first.
 */
bool hvd_message_is_intercept(const struct hvd_message *message);

/** The VP that an intercept is about; false where the payload is too short. */
bool hvd_message_vp(const struct hvd_message *message, uint32_t *index);

#endif /* HVD_MESSAGE_H */
