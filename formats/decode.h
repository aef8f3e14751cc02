/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a note segment: doc/note-format.md. Nothing in a segment is trusted;
 * a damaged place is reported and reading goes on behind it.
 */
#ifndef HVDUMP_DECODE_H
#define HVDUMP_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "note.h"

/** One record, as it lies in the segment. Pointers lead into the segment. */
struct hvd_record {
	uint32_t type;
	uint16_t version;
	uint16_t flags;
	uint64_t time;		/* ticks since the capture began */
	uint64_t offset;	/* of the note in the segment */
	const uint8_t *desc;	/* the whole descriptor */
	uint32_t desc_size;
	const uint8_t *body;	/* the descriptor behind the common header */
	uint32_t body_size;
};

/** A damaged place. */
struct hvd_damage {
	uint64_t offset;	/* in the segment */
	char what[96];		/* what was expected there, and what was found */
};

enum hvd_next {
	HVD_NEXT_END,		/* the segment is read to its end */
	HVD_NEXT_RECORD,
	HVD_NEXT_DAMAGE,	/* hvd_reader.damage says what; go on reading */
};

/** The state of one walk. Only @damage and @foreign are for the caller. */
struct hvd_reader {
	const uint8_t *data;
	uint64_t size;
	uint64_t pos;
	uint64_t chunk_start;	/* of the chunk that we are in */
	bool in_chunk;
	bool chunk_damaged;	/* its end record need not fit any more */
	uint64_t foreign;	/* notes of other owners that were skipped */
	struct hvd_damage damage;
};

/** hvd_reader_init() - walk @size bytes of notes; @data stays the caller's */
void hvd_reader_init(struct hvd_reader *r, const void *data, uint64_t size);

/**
 * hvd_reader_next() - the next record of owner HVDUMP, or the next damage
 * Checks what can be checked without knowing the type: the note's sizes, the
 * common header, and at a chunk's end its length and CRC. After damage the
 * walk goes on at the next thing that looks like a note of ours.
 */
enum hvd_next hvd_reader_next(struct hvd_reader *r, struct hvd_record *rec);

/**
 * hvd_read_<record>() - the fixed fields of a record
 * Returns 0, or -1 when the record is too short to hold them (damaged). Fields
 * that the writer's version did not have yet are 0. What stands behind the
 * fields that this version knows is ignored.
 */
#define HVD_DECLARE_READ(name, type) \
	int hvd_read_##name(const struct hvd_record *rec, \
			    struct hvd_##name *out);
HVD_RECORDS(HVD_DECLARE_READ)

/** The elements behind a record's fixed fields. */
struct hvd_elements {
	const uint8_t *data;
	uint32_t count;
	uint32_t stride;
};

/**
 * hvd_<element>_elements() - find a record's elements
 * @count and @stride are the record's own fields. They are the last thing in
 * the body, so that the fixed fields may grow. Returns 0, or -1 when they do
 * not fit into the record.
 *
 * hvd_get_<element>() - read element @i < els->count
 */
#define HVD_DECLARE_ELEMENTS(name, unused) \
	int hvd_##name##_elements(const struct hvd_record *rec, \
				  uint32_t count, uint32_t stride, \
				  struct hvd_elements *els); \
	void hvd_get_##name(const struct hvd_elements *els, uint32_t i, \
			    struct hvd_##name *out);
HVD_ELEMENTS(HVD_DECLARE_ELEMENTS)

/** hvd_type_name() - "registers" for HVD_TYPE_REGISTERS; NULL if unknown */
const char *hvd_type_name(uint32_t type);
/** hvd_reason_name() - "live" for HVD_REASON_LIVE; NULL if unknown */
const char *hvd_reason_name(uint32_t reason);
/** hvd_why_name() - "space" for HVD_WHY_SPACE; NULL if unknown */
const char *hvd_why_name(uint32_t why);

#endif /* HVDUMP_DECODE_H */
