// SPDX-License-Identifier: GPL-2.0-or-later
/* Taking guests' data out of a note segment: see redact.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "decode.h"
#include "encode.h"
#include "redact.h"

#define NOBODY UINT64_MAX

/* Offsets in the descriptor, as doc/note-format.md has them. */
#define REGISTER_FLAGS	6
#define REGISTER_LOW	8
#define MEMORY_FLAGS	(HVD_COMMON_SIZE + 28)
#define STATE_FLAGS	(HVD_COMMON_SIZE + 14)
#define CHUNK_END_CRC	(HVD_COMMON_SIZE + 4)

/** One walk through a segment. */
struct redaction {
	uint8_t *notes;
	uint64_t size;
	uint64_t own; /* partition; NOBODY: not known, so all are guests */
	uint64_t chunk; /* where the chunk began */
	bool in_chunk;
	const uint8_t *before; /* the segment as it was */
	struct hvd_redacted *done;
};

bool hvd_redact_page(uint32_t kind)
{
	switch (kind) {
	case HVD_PAGE_HYPERCALL:
	case HVD_PAGE_REFERENCE_TSC:
	case HVD_PAGE_CRASH_AREA:
	case HVD_PAGE_STATISTICS:
		return false;
	}
	/* Also of kinds that are not known here. */
	return true;
}

static void or16(uint8_t *at, unsigned int bits)
{
	at[0] |= (uint8_t)bits;
	at[1] |= (uint8_t)(bits >> 8);
}

/* The bytes of a descriptor, where they may be written. */
static uint8_t *writable(const struct redaction *r,
			 const struct hvd_record *rec)
{
	return r->notes + (rec->desc - r->before);
}

static void wipe(struct redaction *r, uint8_t *at, uint64_t size)
{
	uint64_t i;

	for (i = 0; i < size; i++) {
		r->done->wiped += at[i] != 0;
		at[i] = 0;
	}
}

/* All behind the common header, of which no more is known. */
static void wipe_record(struct redaction *r, const struct hvd_record *rec)
{
	wipe(r, writable(r, rec) + HVD_COMMON_SIZE,
	     rec->desc_size - HVD_COMMON_SIZE);
}

static bool is_guest(const struct redaction *r, uint64_t partition)
{
	return r->own == NOBODY || partition != r->own;
}

static void redact_registers(struct redaction *r, const struct hvd_record *rec)
{
	uint8_t *desc = writable(r, rec), *at;
	struct hvd_registers regs;
	struct hvd_elements els;
	uint32_t i;

	if (hvd_read_registers(rec, &regs) ||
	    hvd_register_elements(rec, regs.count, regs.stride, &els)) {
		wipe_record(r, rec);
		return;
	}
	if (!is_guest(r, regs.partition_id))
		return;
	at = desc + (els.data - rec->desc);
	for (i = 0; i < els.count; i++, at += els.stride) {
		memset(at + REGISTER_LOW, 0, els.stride - REGISTER_LOW);
		or16(at + REGISTER_FLAGS,
		     HVD_VALUE_REDACTED | HVD_VALUE_NOT_ASKED);
	}
	r->done->registers += els.count;
}

static void redact_state(struct redaction *r, const struct hvd_record *rec)
{
	uint8_t *desc = writable(r, rec);
	struct hvd_elements els;
	struct hvd_state state;

	if (hvd_read_state(rec, &state) ||
	    hvd_word_elements(rec, state.count, state.stride, &els)) {
		wipe_record(r, rec);
		return;
	}
	if (!is_guest(r, state.partition_id) &&
	    state.type != HVD_STATE_SIM)
		return;
	memset(desc + (els.data - rec->desc), 0,
	       (size_t)els.count * els.stride);
	or16(desc + STATE_FLAGS, HVD_STATE_REDACTED);
	r->done->states++;
}

static void redact_memory(struct redaction *r, const struct hvd_record *rec)
{
	uint8_t *desc = writable(r, rec);
	struct hvd_memory memory;
	struct hvd_elements els;

	if (hvd_read_memory(rec, &memory) ||
	    hvd_word_elements(rec, memory.count, memory.stride, &els)) {
		wipe_record(r, rec);
		return;
	}
	if (!hvd_redact_page(memory.kind))
		return;
	memset(desc + (els.data - rec->desc), 0,
	       (size_t)els.count * els.stride);
	or16(desc + MEMORY_FLAGS, HVD_PAGE_REDACTED | HVD_PAGE_UNREADABLE);
	r->done->copies++;
}

/* The sum over what was changed, if it held before. */
static void seal_chunk(struct redaction *r, const struct hvd_record *rec)
{
	uint64_t length = rec->offset - r->chunk;
	struct hvd_chunk_end end;
	uint8_t *crc = writable(r, rec) + CHUNK_END_CRC;
	uint32_t sum;

	if (hvd_read_chunk_end(rec, &end) || !r->in_chunk ||
	    end.length != length ||
	    end.crc != hvd_crc32(0, r->before + r->chunk, length))
		return;
	sum = hvd_crc32(0, r->notes + r->chunk, length);
	crc[0] = (uint8_t)sum;
	crc[1] = (uint8_t)(sum >> 8);
	crc[2] = (uint8_t)(sum >> 16);
	crc[3] = (uint8_t)(sum >> 24);
}

static void redact_record(struct redaction *r, const struct hvd_record *rec)
{
	struct hvd_chunk_record chunk;

	if (rec->version > HVD_RECORD_VERSION || !hvd_type_name(rec->type)) {
		wipe_record(r, rec);
		return;
	}
	switch (rec->type) {
	case HVD_TYPE_CHUNK:
		r->chunk = rec->offset;
		r->in_chunk = true;
		if (!hvd_read_chunk_record(rec, &chunk))
			r->done->nonce = chunk.nonce;
		break;
	case HVD_TYPE_CHUNK_END:
		seal_chunk(r, rec);
		r->in_chunk = false;
		break;
	case HVD_TYPE_REGISTERS:
		redact_registers(r, rec);
		break;
	case HVD_TYPE_STATE:
		redact_state(r, rec);
		break;
	case HVD_TYPE_MEMORY:
		redact_memory(r, rec);
		break;
	}
}

/* Notes of others between ours are kept; what is no note at all is not. */
static void wipe_between(struct redaction *r, uint64_t from, uint64_t to)
{
	while (to - from >= 12) {
		const uint8_t *n = r->before + from;
		uint64_t name = hvd_le32(n), desc = hvd_le32(n + 4);
		uint64_t size = 12 + ((name + 3) & ~UINT64_C(3)) +
				((desc + 3) & ~UINT64_C(3));

		if (!name || size > to - from ||
		    (name == HVD_NOTE_NAMESZ &&
		     !memcmp(n + 12, HVD_NOTE_OWNER, HVD_NOTE_NAMESZ)))
			break;
		from += size;
	}
	wipe(r, r->notes + from, to - from);
}

static uint64_t own_partition(const uint8_t *notes, uint64_t size)
{
	struct hvd_reader reader;
	struct hvd_header header;
	struct hvd_record rec;
	enum hvd_next next;

	hvd_reader_init(&reader, notes, size);
	while ((next = hvd_reader_next(&reader, &rec)) != HVD_NEXT_END)
		if (next == HVD_NEXT_RECORD && rec.type == HVD_TYPE_HEADER &&
		    !hvd_read_header(&rec, &header))
			return header.partition_id;
	return NOBODY;
}

int hvd_redact_notes(uint8_t *notes, uint64_t size, struct hvd_redacted *done)
{
	uint8_t *before = malloc(size ? size : 1);
	struct redaction r = {.notes = notes, .size = size, .before = before,
			      .done = done};
	struct hvd_reader reader;
	struct hvd_record rec;
	enum hvd_next next;
	uint64_t end = 0;

	memset(done, 0, sizeof(*done));
	if (!before)
		return -1;
	memcpy(before, notes, size);
	r.own = own_partition(before, size);
	hvd_reader_init(&reader, before, size);
	while ((next = hvd_reader_next(&reader, &rec)) != HVD_NEXT_END) {
		if (next != HVD_NEXT_RECORD)
			continue;
		if (rec.offset > end)
			wipe_between(&r, end, rec.offset);
		end = rec.offset + HVD_NOTE_SIZE((uint64_t)rec.desc_size);
		redact_record(&r, &rec);
	}
	if (end < size)
		wipe_between(&r, end, size);
	free(before);
	return 0;
}
