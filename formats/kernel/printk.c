// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's log: see printk.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "printk.h"

/* log_buf_len= goes up to 2 GiB, and there is a descriptor for 32 bytes. */
#define MAX_COUNT_BITS 26
#define MAX_SIZE_BITS  31

/* What is read of a structure, and more than any kernel's has. */
#define MAX_STRUCT 512

/* The state is in the upper two bits of a descriptor's word, its ID below. */
#define STATE(word)    ((unsigned int)((word) >> 62))
#define ID(word)       ((word) & (UINT64_MAX >> 2))
#define STATE_RESERVED 0
#define STATE_REUSABLE 3

/* Positions of records without data are odd; this one is an empty line's. */
#define DATALESS(begin, next) ((begin) & (next) & 1)
#define EMPTY_LINE	      3

#define BLOCK_HEAD 8 /* of a block of text: the ID of its descriptor */

/** Where things are, from VMCOREINFO; offsets, sizes in bytes. */
struct layout {
	uint64_t rb;
	uint64_t desc_ring, text_ring;
	uint64_t count_bits, descs, infos, head_id, tail_id;
	uint64_t size_bits, data;
	uint64_t desc_size, state, lpos, begin, next;
	uint64_t info_size, seq, ts, text_len, caller;
};

struct ring {
	struct hvd_kmem *kmem;
	struct layout l;
	uint64_t head, tail, descs, infos, data;
	uint64_t count, size; /* of descriptors; of bytes of text */
	char *text;	      /* of one record */
};

static int find_symbol(const struct hvd_vmcoreinfo *v, struct layout *l,
		       struct hvd_error *err)
{
	if (hvd_vmcoreinfo_symbol(v, "prb", &l->rb))
		return 0;
	if (hvd_vmcoreinfo_symbol(v, "log_buf", &l->rb))
		return hvd_error_set(err, "expected SYMBOL(prb) in VMCOREINFO, "
				     "found log_buf: the kernel is older than "
				     "5.10");
	return hvd_error_set(err, "expected SYMBOL(prb) in VMCOREINFO, found "
			     "none: the kernel has no CONFIG_PRINTK");
}

static int find_layout(const struct hvd_vmcoreinfo *v, struct layout *l,
		       struct hvd_error *err)
{
	const struct {
		const char *name;
		uint64_t *value;
	} offsets[] = {
		{"printk_ringbuffer.desc_ring", &l->desc_ring},
		{"printk_ringbuffer.text_data_ring", &l->text_ring},
		{"prb_desc_ring.count_bits", &l->count_bits},
		{"prb_desc_ring.descs", &l->descs},
		{"prb_desc_ring.infos", &l->infos},
		{"prb_desc_ring.head_id", &l->head_id},
		{"prb_desc_ring.tail_id", &l->tail_id},
		{"prb_data_ring.size_bits", &l->size_bits},
		{"prb_data_ring.data", &l->data},
		{"prb_desc.state_var", &l->state},
		{"prb_desc.text_blk_lpos", &l->lpos},
		{"prb_data_blk_lpos.begin", &l->begin},
		{"prb_data_blk_lpos.next", &l->next},
		{"printk_info.seq", &l->seq},
		{"printk_info.ts_nsec", &l->ts},
		{"printk_info.text_len", &l->text_len},
		{"printk_info.caller_id", &l->caller},
	};
	size_t i;

	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		if (!hvd_vmcoreinfo_offset(v, offsets[i].name,
					   offsets[i].value) ||
		    *offsets[i].value > MAX_STRUCT)
			return hvd_error_set(err, "expected OFFSET(%s) in "
					     "VMCOREINFO, of at most %d",
					     offsets[i].name, MAX_STRUCT);
	if (!hvd_vmcoreinfo_size(v, "prb_desc", &l->desc_size) ||
	    !hvd_vmcoreinfo_size(v, "printk_info", &l->info_size))
		return hvd_error_set(err, "expected SIZE(prb_desc) and "
				     "SIZE(printk_info) in VMCOREINFO");
	l->begin += l->lpos;
	l->next += l->lpos;
	return 0;
}

/* Facility and level stand in the two bytes behind text_len. */
static int check_layout(const struct layout *l, struct hvd_error *err)
{
	if (l->desc_size > MAX_STRUCT || l->info_size > MAX_STRUCT ||
	    l->state + 8 > l->desc_size || l->begin + 8 > l->desc_size ||
	    l->next + 8 > l->desc_size || l->seq + 8 > l->info_size ||
	    l->ts + 8 > l->info_size || l->text_len + 4 > l->info_size ||
	    l->caller + 4 > l->info_size)
		return hvd_error_set(err, "VMCOREINFO: expected members of "
				     "prb_desc and printk_info within %" PRIu64
				     " and %" PRIu64 " bytes", l->desc_size,
				     l->info_size);
	return 0;
}

static int read_words(struct ring *r, uint64_t rb, struct hvd_error *err)
{
	uint64_t desc_ring = rb + r->l.desc_ring, count_bits = 0;
	uint64_t text_ring = rb + r->l.text_ring, size_bits = 0;

	if (hvd_kmem_word(r->kmem, desc_ring + r->l.count_bits, 4, &count_bits,
			  err) ||
	    hvd_kmem_word(r->kmem, desc_ring + r->l.descs, 8, &r->descs, err) ||
	    hvd_kmem_word(r->kmem, desc_ring + r->l.infos, 8, &r->infos, err) ||
	    hvd_kmem_word(r->kmem, desc_ring + r->l.head_id, 8, &r->head,
			  err) ||
	    hvd_kmem_word(r->kmem, desc_ring + r->l.tail_id, 8, &r->tail,
			  err) ||
	    hvd_kmem_word(r->kmem, text_ring + r->l.size_bits, 4, &size_bits,
			  err) ||
	    hvd_kmem_word(r->kmem, text_ring + r->l.data, 8, &r->data, err))
		return -1;
	if (count_bits > MAX_COUNT_BITS || size_bits > MAX_SIZE_BITS)
		return hvd_error_set(err, "expected at most 2^%d records in "
				     "2^%d bytes, found 2^%" PRIu64
				     " in 2^%" PRIu64, MAX_COUNT_BITS,
				     MAX_SIZE_BITS, count_bits, size_bits);
	r->count = UINT64_C(1) << count_bits;
	r->size = UINT64_C(1) << size_bits;
	return 0;
}

static int open_ring(struct ring *r, const struct hvd_vmcoreinfo *v,
		     struct hvd_error *err)
{
	uint64_t rb;

	if (find_symbol(v, &r->l, err) || find_layout(v, &r->l, err) ||
	    check_layout(&r->l, err))
		return -1;
	if (hvd_kmem_word(r->kmem, r->l.rb, 8, &rb, err) ||
	    read_words(r, rb, err))
		return hvd_error_prefix(err, "the kernel's log");
	r->text = malloc(UINT16_MAX);
	return r->text ? 0 : hvd_error_set(err, "the kernel's log: no memory");
}

static int lose(struct hvd_error *err, uint64_t id, const char *why)
{
	return hvd_error_set(err, "record 0x%" PRIx64 ": %s", id, why);
}

/*
 * A block goes from begin to next; both count on and on, so that a wrap shows.
 * A block that does not fit in before the end lies at the start as a whole.
 * In 7.x one may end exactly there, where next is of the next wrap.
 */
static int place_text(const struct ring *r, uint64_t begin, uint64_t next,
		      uint64_t *offset, uint64_t *size)
{
	uint64_t wrap = begin / r->size, last = (next - 1) / r->size;

	if ((begin | next) % BLOCK_HEAD)
		return -1;
	if (wrap == last && begin < next) {
		*offset = begin % r->size;
		*size = next - begin;
	} else if (wrap + 1 == last) {
		*offset = 0;
		*size = next % r->size;
	} else {
		return -1;
	}
	return *size > BLOCK_HEAD ? 0 : -1;
}

static int read_text(const struct ring *r, uint64_t id, const uint8_t *desc,
		     struct hvd_log_record *record, struct hvd_error *err)
{
	uint64_t begin = hvd_le64(desc + r->l.begin), offset = 0, size = 0;
	uint64_t next = hvd_le64(desc + r->l.next), owner = 0;

	if (DATALESS(begin, next)) {
		record->length = 0;
		return begin == EMPTY_LINE && next == EMPTY_LINE
			? 0 : lose(err, id, "its text was lost: there was no "
					    "room for it");
	}
	if (place_text(r, begin, next, &offset, &size))
		return lose(err, id, "damaged: its text is at no place that "
				     "could be");
	if (hvd_kmem_word(r->kmem, r->data + offset, 8, &owner, err))
		return hvd_error_prefix(err, "record 0x%" PRIx64, id);
	if (owner != id)
		return lose(err, id, "damaged: its text is of another record");
	if (record->length > size - BLOCK_HEAD)
		record->length = (size_t)(size - BLOCK_HEAD);
	if (hvd_kmem_read(r->kmem, r->data + offset + BLOCK_HEAD, r->text,
			  record->length, err))
		return hvd_error_prefix(err, "record 0x%" PRIx64, id);
	return 0;
}

static void decode_info(const struct ring *r, const uint8_t *info,
			struct hvd_log_record *record)
{
	record->sequence = hvd_le64(info + r->l.seq);
	record->nanoseconds = hvd_le64(info + r->l.ts);
	record->length = hvd_le16(info + r->l.text_len);
	record->facility = info[r->l.text_len + 2];
	record->level = info[r->l.text_len + 3] >> 5;
	record->caller = hvd_le32(info + r->l.caller);
	record->text = r->text;
}

/** What there is to be told of a record. */
enum found { RECORD, LOST, GONE };

/*
 * A committed record is whole, though its writer might have continued it; one
 * that is reserved is not. What is reusable has been given up by the ring.
 */
static enum found read_record(const struct ring *r, uint64_t id,
			      struct hvd_log_record *record,
			      struct hvd_error *err)
{
	uint64_t slot = id & (r->count - 1), state;
	uint8_t desc[MAX_STRUCT], info[MAX_STRUCT];

	if (hvd_kmem_read(r->kmem, r->descs + slot * r->l.desc_size, desc,
			  (size_t)r->l.desc_size, err) ||
	    hvd_kmem_read(r->kmem, r->infos + slot * r->l.info_size, info,
			  (size_t)r->l.info_size, err)) {
		hvd_error_prefix(err, "record 0x%" PRIx64, id);
		return LOST;
	}
	state = hvd_le64(desc + r->l.state);
	if (ID(state) == id && STATE(state) == STATE_REUSABLE)
		return GONE;
	if (ID(state) != id || STATE(state) == STATE_RESERVED) {
		lose(err, id, ID(state) == id ? "it was being written"
					      : "damaged, or was being made");
		return LOST;
	}
	decode_info(r, info, record);
	return read_text(r, id, desc, record, err) ? LOST : RECORD;
}

static int64_t read_records(struct ring *r,
			    int (*each)(void *, const struct hvd_log_record *),
			    void *arg, struct hvd_error *err)
{
	uint64_t i, nr = ID(r->head - r->tail) + 1, first = r->tail;
	struct hvd_log_record record;
	struct hvd_error why;
	int64_t lost = 0;
	enum found found;

	/* Whatever the tail is: there are no more than that. */
	if (nr > r->count) {
		hvd_error_set(err, "the kernel's log: expected at most %" PRIu64
			      " records, found %" PRIu64, r->count, nr);
		lost = 1;
		nr = r->count;
		first = r->head - (nr - 1);
	}
	for (i = 0; i < nr; i++) {
		found = read_record(r, ID(first + i), &record, &why);
		if (found == LOST && !lost++)
			*err = why;
		if (found == RECORD && each(arg, &record))
			break;
	}
	return lost;
}

int64_t hvd_log_read(struct hvd_kmem *k, const struct hvd_vmcoreinfo *v,
		     int (*each)(void *arg, const struct hvd_log_record *r),
		     void *arg, struct hvd_error *err)
{
	struct ring r = {.kmem = k};
	int64_t lost;

	if (open_ring(&r, v, err))
		return -1;
	lost = read_records(&r, each, arg, err);
	free(r.text);
	return lost;
}
