// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a note segment: see decode.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "encode.h"
#include "bytes.h"

void hvd_reader_init(struct hvd_reader *r, const void *data, uint64_t size)
{
	memset(r, 0, sizeof(*r));
	r->data = data;
	r->size = size;
}

/* Is there a note header of ours at @pos? */
static bool looks_like_ours(const struct hvd_reader *r, uint64_t pos)
{
	const uint8_t *p = r->data + pos;

	return r->size - pos >= HVD_NOTE_HDR &&
	       hvd_le32(p) == HVD_NOTE_NAMESZ &&
	       memcmp(p + 12, HVD_NOTE_OWNER "\0", 8) == 0 &&
	       hvd_le32(p + 8) >= HVD_TYPE_FIRST &&
	       hvd_le32(p + 8) <= HVD_TYPE_LAST;
}

/* The next note of ours in @pos .. @end, or @end. */
static uint64_t find_ours(const struct hvd_reader *r, uint64_t pos,
			  uint64_t end)
{
	pos = (pos + 3) & ~UINT64_C(3);
	while (pos < end && !looks_like_ours(r, pos))
		pos += HVD_NOTE_ALIGN;
	return pos < end ? pos : end;
}

/* Move to the next note of ours behind @pos, or to the end. */
static void resync(struct hvd_reader *r, uint64_t pos)
{
	r->pos = find_ours(r, pos, r->size);
}

static enum hvd_next damage(struct hvd_reader *r, uint64_t offset,
			    const char *expected, uint64_t found)
{
	r->chunk_damaged = true;
	r->damage.offset = offset;
	snprintf(r->damage.what, sizeof(r->damage.what),
		 "expected %s, found 0x%" PRIx64, expected, found);
	return HVD_NEXT_DAMAGE;
}

/* A chunk's end tells where the chunk began and what its bytes add up to. */
static enum hvd_next check_chunk_end(struct hvd_reader *r,
				     const struct hvd_record *rec)
{
	bool whole = r->in_chunk && !r->chunk_damaged;
	struct hvd_chunk_end end;
	uint32_t crc;

	r->in_chunk = false;
	if (hvd_read_chunk_end(rec, &end))
		return damage(r, rec->offset, "a chunk end of 24 bytes or more",
			      rec->desc_size);
	if (!whole)
		return HVD_NEXT_RECORD;
	if (end.length != rec->offset - r->chunk_start)
		return damage(r, rec->offset, "the chunk's true length",
			      end.length);
	crc = hvd_crc32(0, r->data + r->chunk_start, end.length);
	if (crc != end.crc)
		return damage(r, r->chunk_start,
			      "a chunk that fits its CRC-32, computed", crc);
	return HVD_NEXT_RECORD;
}

/* What all records have in common, and what chunk records mean for the walk. */
static enum hvd_next check_record(struct hvd_reader *r, struct hvd_record *rec)
{
	const uint8_t *p = rec->desc;

	if (rec->desc_size < HVD_COMMON_SIZE)
		return damage(r, rec->offset, "a descriptor of 16 bytes or more",
			      rec->desc_size);
	rec->version = hvd_le16(p);
	rec->flags = hvd_le16(p + 2);
	rec->time = hvd_le64(p + 8);
	rec->body = p + HVD_COMMON_SIZE;
	rec->body_size = rec->desc_size - HVD_COMMON_SIZE;
	if (hvd_le32(p + 4) != rec->desc_size) {
		/* Either may be wrong: do not skip by n_descsz. */
		resync(r, rec->offset + HVD_NOTE_ALIGN);
		return damage(r, rec->offset,
			      "a record length equal to n_descsz",
			      hvd_le32(p + 4));
	}
	if (rec->type == HVD_TYPE_CHUNK) {
		r->chunk_start = rec->offset;
		r->in_chunk = true;
		r->chunk_damaged = false;
	} else if (rec->type == HVD_TYPE_CHUNK_END) {
		return check_chunk_end(r, rec);
	}
	return HVD_NEXT_RECORD;
}

/*
 * A note that is not ours, from @start to @end. Inside a chunk there is none;
 * elsewhere one that holds notes of ours is one of ours with a damaged header.
 */
static enum hvd_next skip_foreign(struct hvd_reader *r, uint64_t start,
				  uint64_t end)
{
	uint64_t ours = find_ours(r, start + HVD_NOTE_ALIGN, end);

	if (r->in_chunk || ours < end) {
		r->pos = r->in_chunk ? find_ours(r, ours, r->size) : ours;
		return damage(r, start, "a note of owner HVDUMP, type",
			      hvd_le32(r->data + start + 8));
	}
	r->foreign++;
	r->pos = end;
	return HVD_NEXT_END;
}

/*
 * Read the note at r->pos and step over it. HVD_NEXT_END here means: nothing
 * for the caller, go on.
 */
static enum hvd_next read_note(struct hvd_reader *r, struct hvd_record *rec)
{
	uint64_t left = r->size - r->pos, start = r->pos;
	const uint8_t *p = r->data + start;
	uint64_t namesz, descsz, name_end, desc_end;

	if (left < 12) {
		r->pos = r->size;
		return damage(r, start, "a note header of 12 bytes", left);
	}
	namesz = hvd_le32(p);
	descsz = hvd_le32(p + 4);
	if (namesz == 0) {
		/* The end of a chunk, as it lies in memory. */
		resync(r, start + HVD_NOTE_ALIGN);
		r->in_chunk = false;
		return HVD_NEXT_END;
	}
	name_end = 12 + ((namesz + 3) & ~UINT64_C(3));
	desc_end = name_end + descsz;
	if (name_end > left || desc_end > left) {
		resync(r, start + HVD_NOTE_ALIGN);
		return damage(r, start, "a note that ends inside the segment",
			      name_end > left ? namesz : descsz);
	}
	/* The last descriptor's padding may be missing. */
	desc_end = (desc_end + 3) & ~UINT64_C(3);
	desc_end = desc_end < left ? start + desc_end : r->size;
	if (!looks_like_ours(r, start))
		return skip_foreign(r, start, desc_end);
	r->pos = desc_end;
	memset(rec, 0, sizeof(*rec));
	rec->type = hvd_le32(p + 8);
	rec->offset = start;
	rec->desc = p + name_end;
	rec->desc_size = descsz;
	return check_record(r, rec);
}

enum hvd_next hvd_reader_next(struct hvd_reader *r, struct hvd_record *rec)
{
	enum hvd_next next = HVD_NEXT_END;

	while (next == HVD_NEXT_END && r->pos < r->size)
		next = read_note(r, rec);
	return next;
}

/* From the field lists of note.h: get_fields_<record>(p, out). */
#define GET_u16(p, field)	(field = hvd_le16(p), p += 2)
#define GET_u32(p, field)	(field = hvd_le32(p), p += 4)
#define GET_u64(p, field)	(field = hvd_le64(p), p += 8)
#define GET_b16(p, field)	(memcpy(field, p, 16), p += 16)
#define GET_b32(p, field)	(memcpy(field, p, 32), p += 32)
#define GET_b64(p, field)	(memcpy(field, p, 64), p += 64)
#define GET_FIELD(kind, name)	GET_##kind(p, out->name);
#define DEFINE_GET_FIELDS(name, type) \
	static void get_fields_##name(const uint8_t *p, \
				      struct hvd_##name *out) \
	{ \
		HVD_FIELDS_##name(GET_FIELD) \
	}

HVD_RECORDS(DEFINE_GET_FIELDS)
HVD_ELEMENTS(DEFINE_GET_FIELDS)

/* The bytes of fields that a record had when its type was new. */
static uint32_t first_size(uint32_t type, uint32_t now)
{
	switch (type) {
	case HVD_TYPE_CAPTURE:
		return 48;	/* up to anchor_ticks */
	case HVD_TYPE_STAGE:
	case HVD_TYPE_PARTITION:
		return 24;	/* up to flags; up to source */
	}
	return now;
}

/* What a record is too short for was not known to its writer: zeros. */
#define DEFINE_READ(name, type) \
	int hvd_read_##name(const struct hvd_record *rec, \
			    struct hvd_##name *out) \
	{ \
		uint8_t fields[HVD_WIRE_SIZE(name)] = {0}; \
		memset(out, 0, sizeof(*out)); \
		if (rec->body_size < first_size(type, sizeof(fields))) \
			return -1; \
		memcpy(fields, rec->body, \
		       rec->body_size < sizeof(fields) ? rec->body_size \
						       : sizeof(fields)); \
		get_fields_##name(fields, out); \
		return 0; \
	}

HVD_RECORDS(DEFINE_READ)

/* The fixed fields of the record that has this kind of elements; two have words. */
#define FIXED_word	(rec->type == HVD_TYPE_STATE ? HVD_WIRE_SIZE(state) \
						     : HVD_WIRE_SIZE(memory))
#define FIXED_dropped	HVD_WIRE_SIZE(end)
#define FIXED_leaf	HVD_WIRE_SIZE(hypervisor)
#define FIXED_register	HVD_WIRE_SIZE(registers)
#define FIXED_property	HVD_WIRE_SIZE(properties)
#define FIXED_page	HVD_WIRE_SIZE(pages)
#define FIXED_run_time	HVD_WIRE_SIZE(run_times)
#define FIXED_gap	HVD_WIRE_SIZE(unread)

static int find_elements(const struct hvd_record *rec, uint32_t fixed,
			 uint32_t min_stride, uint32_t count, uint32_t stride,
			 struct hvd_elements *els)
{
	uint64_t bytes = (uint64_t)count * stride;

	memset(els, 0, sizeof(*els));
	if (rec->body_size < fixed || bytes > rec->body_size - fixed ||
	    (count && stride < min_stride))
		return -1;
	els->data = rec->body + rec->body_size - bytes;
	els->count = count;
	els->stride = stride;
	return 0;
}

#define DEFINE_ELEMENTS(name, unused) \
	int hvd_##name##_elements(const struct hvd_record *rec, \
				  uint32_t count, uint32_t stride, \
				  struct hvd_elements *els) \
	{ \
		return find_elements(rec, FIXED_##name, HVD_WIRE_SIZE(name), \
				     count, stride, els); \
	} \
	void hvd_get_##name(const struct hvd_elements *els, uint32_t i, \
			    struct hvd_##name *out) \
	{ \
		get_fields_##name(els->data + (uint64_t)i * els->stride, out); \
	}

HVD_ELEMENTS(DEFINE_ELEMENTS)

const char *hvd_type_name(uint32_t type)
{
	switch (type) {
	case HVD_TYPE_CHUNK:
		return "chunk";
	case HVD_TYPE_CHUNK_END:
		return "chunk-end";
	case HVD_TYPE_HEADER:
		return "header";
	case HVD_TYPE_CAPTURE:
		return "capture";
	case HVD_TYPE_END:
		return "end";
	case HVD_TYPE_STAGE:
		return "stage";
	case HVD_TYPE_FAILURE:
		return "failure";
	case HVD_TYPE_HYPERVISOR:
		return "hypervisor";
	case HVD_TYPE_PARTITION:
		return "partition";
	case HVD_TYPE_VP:
		return "vp";
	case HVD_TYPE_REGISTERS:
		return "registers";
	case HVD_TYPE_PROPERTIES:
		return "properties";
	case HVD_TYPE_PAGES:
		return "pages";
	case HVD_TYPE_MEMORY:
		return "memory";
	case HVD_TYPE_STATE:
		return "state";
	case HVD_TYPE_BALANCE:
		return "balance";
	case HVD_TYPE_RUN_TIMES:
		return "run-times";
	case HVD_TYPE_UNREAD:
		return "unread";
	default:
		return NULL;
	}
}

const char *hvd_reason_name(uint32_t reason)
{
	switch (reason) {
	case HVD_REASON_LINUX_PANIC:
		return "linux-panic";
	case HVD_REASON_HV_CRASH:
		return "hypervisor-crash";
	case HVD_REASON_LIVE:
		return "live";
	default:
		return NULL;
	}
}

const char *hvd_why_name(uint32_t why)
{
	switch (why) {
	case HVD_WHY_SPACE:
		return "space";
	case HVD_WHY_TIME:
		return "time";
	case HVD_WHY_TABLE:
		return "table";
	case HVD_WHY_HYPERVISOR:
		return "hypervisor";
	default:
		return NULL;
	}
}
