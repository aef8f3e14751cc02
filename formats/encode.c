// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause
/* Writing a note segment, in the kernel and in user space: see encode.h. */
#ifdef __KERNEL__
#include <linux/string.h>
#include <asm/barrier.h>
#define hvd_store_release(p, v)	smp_store_release(p, v)
#else
#include <string.h>
#define hvd_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#endif

#include "encode.h"

/* The reflected polynomial 0xedb88320, four bits at a time: 64 bytes of table. */
static const __u32 crc_nibble[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
	0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

__u32 hvd_crc32(__u32 crc, const __u8 *data, __u64 len)
{
	crc = ~crc;
	while (len--) {
		crc ^= *data++;
		crc = (crc >> 4) ^ crc_nibble[crc & 15];
		crc = (crc >> 4) ^ crc_nibble[crc & 15];
	}
	return ~crc;
}

static void put_u16(struct hvd_writer *w, __u16 v)
{
	w->note[w->pos++] = v & 0xff;
	w->note[w->pos++] = v >> 8;
}

static void put_u32(struct hvd_writer *w, __u32 v)
{
	put_u16(w, v & 0xffff);
	put_u16(w, v >> 16);
}

static void put_u64(struct hvd_writer *w, __u64 v)
{
	put_u32(w, v & 0xffffffff);
	put_u32(w, v >> 32);
}

static void put_bytes(struct hvd_writer *w, const __u8 *data, __u32 len)
{
	memcpy(w->note + w->pos, data, len);
	w->pos += len;
}

/* From the field lists of note.h: put_fields_<record>(w, r). */
#define PUT_u16(w, field)	put_u16(w, field)
#define PUT_u32(w, field)	put_u32(w, field)
#define PUT_u64(w, field)	put_u64(w, field)
#define PUT_b16(w, field)	put_bytes(w, field, 16)
#define PUT_b32(w, field)	put_bytes(w, field, 32)
#define PUT_b64(w, field)	put_bytes(w, field, 64)
#define PUT_FIELD(kind, name)	PUT_##kind(w, r->name);
#define DEFINE_PUT_FIELDS(name, type)					\
	static void put_fields_##name(struct hvd_writer *w,		\
				      const struct hvd_##name *r)	\
	{								\
		HVD_FIELDS_##name(PUT_FIELD)				\
	}

HVD_RECORDS(DEFINE_PUT_FIELDS)
HVD_ELEMENTS(DEFINE_PUT_FIELDS)

/*
 * Lay out a note at the end of the current chunk: all but n_namesz. A reader
 * takes n_namesz 0 for the end of the segment, so nothing of it counts yet.
 */
static void note_begin(struct hvd_writer *w, __u32 type, __u32 len)
{
	struct hvd_chunk *c = &w->chunks[w->current_chunk];

	w->note = c->base + c->used;
	w->type = type;
	w->end = HVD_NOTE_SIZE(len);
	w->pos = 4;
	put_u32(w, len);
	put_u32(w, type);
	put_bytes(w, (const __u8 *)HVD_NOTE_OWNER "\0", 8);
	put_u16(w, HVD_RECORD_VERSION);
	put_u16(w, 0);
	put_u32(w, len);
	put_u64(w, w->time);
}

/* Pad the note, then publish it: n_namesz last, by one store. */
static void note_publish(struct hvd_writer *w)
{
	static const __u8 namesz[4] = { HVD_NOTE_NAMESZ };
	__u32 word;

	while (w->pos < w->end)
		w->note[w->pos++] = 0;
	memcpy(&word, namesz, sizeof(word));
	hvd_store_release((__u32 *)w->note, word);
	w->chunks[w->current_chunk].used += w->end;
	w->records++;
	w->bytes += w->end;
}

static void chunk_open(struct hvd_writer *w)
{
	struct hvd_chunk *c = &w->chunks[w->current_chunk];
	struct hvd_chunk_record r = {
		.nonce = w->nonce,
		.index = w->current_chunk,
		.count = w->nr_chunks,
		.role = w->role,
		.size = c->size,
		.address = c->address,
	};

	c->used = 0;
	note_begin(w, HVD_TYPE_CHUNK,
		   HVD_COMMON_SIZE + HVD_WIRE_SIZE(chunk_record));
	put_fields_chunk_record(w, &r);
	note_publish(w);
}

static void chunk_close(struct hvd_writer *w)
{
	struct hvd_chunk *c = &w->chunks[w->current_chunk];
	struct hvd_chunk_end r = {
		.length = c->used,
		.crc = hvd_crc32(0, c->base, c->used),
	};

	note_begin(w, HVD_TYPE_CHUNK_END,
		   HVD_COMMON_SIZE + HVD_WIRE_SIZE(chunk_end));
	put_fields_chunk_end(w, &r);
	note_publish(w);
}

/* Bytes that the current chunk has left for records. */
static __u32 chunk_room(const struct hvd_writer *w)
{
	const struct hvd_chunk *c = &w->chunks[w->current_chunk];
	__u32 kept = HVD_CHUNK_RESERVE;

	if (w->role == HVD_ROLE_CAPTURE && w->current_chunk + 1 == w->nr_chunks)
		kept += HVD_END_RESERVE;
	return c->size > c->used + kept ? c->size - c->used - kept : 0;
}

/* Make room for a record of @len bytes of fields and elements, and begin it. */
static int record_begin(struct hvd_writer *w, __u32 type, __u64 len)
{
	__u64 size = HVD_NOTE_SIZE(HVD_COMMON_SIZE + len);

	if (size > chunk_room(w)) {
		if (w->current_chunk + 1 >= w->nr_chunks ||
		    size > w->chunks[w->current_chunk + 1].size -
			   HVD_RECORD_SIZE(chunk_record) -
			   HVD_CHUNK_RESERVE - HVD_END_RESERVE) {
			hvd_drop(w, type, HVD_WHY_SPACE, 1);
			return 0;
		}
		chunk_close(w);
		w->current_chunk++;
		chunk_open(w);
	}
	note_begin(w, type, HVD_COMMON_SIZE + len);
	return 1;
}

void hvd_writer_init(struct hvd_writer *w, struct hvd_chunk *chunks,
		     __u32 nr_chunks, __u32 role, __u64 nonce)
{
	memset(w, 0, sizeof(*w));
	w->chunks = chunks;
	w->nr_chunks = nr_chunks;
	w->role = role;
	w->nonce = nonce;
	chunk_open(w);
}

void hvd_drop(struct hvd_writer *w, __u32 type, __u32 why, __u64 amount)
{
	__u32 i;

	for (i = 0; i < w->nr_dropped; i++)
		if (w->dropped[i].type == type && w->dropped[i].why == why)
			break;
	if (i == HVD_MAX_DROPPED) {
		/* No row left: the last one then speaks for all types. */
		i = HVD_MAX_DROPPED - 1;
		w->dropped[i].type = 0;
	} else if (i == w->nr_dropped) {
		w->nr_dropped++;
		w->dropped[i].type = type;
		w->dropped[i].why = why;
		w->dropped[i].amount = 0;
	}
	w->dropped[i].amount += amount;
}

#define DEFINE_WRITE(name, type)					\
	int hvd_write_##name(struct hvd_writer *w,			\
			     const struct hvd_##name *r)		\
	{								\
		if (!record_begin(w, type, HVD_WIRE_SIZE(name)))	\
			return 0;					\
		put_fields_##name(w, r);				\
		note_publish(w);					\
		return 1;						\
	}

DEFINE_WRITE(header, HVD_TYPE_HEADER)
DEFINE_WRITE(stage, HVD_TYPE_STAGE)
DEFINE_WRITE(failure, HVD_TYPE_FAILURE)
DEFINE_WRITE(partition, HVD_TYPE_PARTITION)
DEFINE_WRITE(vp, HVD_TYPE_VP)

int hvd_write_capture(struct hvd_writer *w, const struct hvd_capture *r)
{
	if (!record_begin(w, HVD_TYPE_CAPTURE, HVD_WIRE_SIZE(capture)))
		return 0;
	/*
	 * The end record counts from here: neither what was armed, nor a chunk
	 * that was closed to make room for this record.
	 */
	w->records = 0;
	w->bytes = 0;
	put_fields_capture(w, r);
	note_publish(w);
	return 1;
}

/* Records that are nothing but a list of elements. */
#define DEFINE_WRITE_LIST(record, type, element)			\
	int hvd_write_##record(struct hvd_writer *w,			\
			       const struct hvd_##element *list,	\
			       __u32 nr)				\
	{								\
		struct hvd_##record r = { nr, HVD_WIRE_SIZE(element) };	\
		__u32 i;						\
									\
		if (!record_begin(w, type, HVD_WIRE_SIZE(record) +	\
				  (__u64)nr * HVD_WIRE_SIZE(element)))	\
			return 0;					\
		put_fields_##record(w, &r);				\
		for (i = 0; i < nr; i++) {				\
			const struct hvd_##element *e = &list[i];	\
									\
			put_fields_##element(w, e);			\
		}							\
		note_publish(w);					\
		return 1;						\
	}

DEFINE_WRITE_LIST(hypervisor, HVD_TYPE_HYPERVISOR, leaf)
DEFINE_WRITE_LIST(pages, HVD_TYPE_PAGES, page)
DEFINE_WRITE_LIST(unread, HVD_TYPE_UNREAD, gap)

int hvd_write_registers(struct hvd_writer *w, const struct hvd_registers *r,
			const struct hvd_register *regs, __u32 nr)
{
	struct hvd_registers fixed = *r;
	__u32 i;

	fixed.count = nr;
	fixed.stride = HVD_WIRE_SIZE(register);
	if (!record_begin(w, HVD_TYPE_REGISTERS, HVD_WIRE_SIZE(registers) +
			  (__u64)nr * HVD_WIRE_SIZE(register)))
		return 0;
	put_fields_registers(w, &fixed);
	for (i = 0; i < nr; i++)
		put_fields_register(w, &regs[i]);
	note_publish(w);
	return 1;
}

int hvd_write_properties(struct hvd_writer *w, const struct hvd_properties *r,
			 const struct hvd_property *props, __u32 nr)
{
	struct hvd_properties fixed = *r;
	__u32 i;

	fixed.count = nr;
	fixed.stride = HVD_WIRE_SIZE(property);
	if (!record_begin(w, HVD_TYPE_PROPERTIES, HVD_WIRE_SIZE(properties) +
			  (__u64)nr * HVD_WIRE_SIZE(property)))
		return 0;
	put_fields_properties(w, &fixed);
	for (i = 0; i < nr; i++)
		put_fields_property(w, &props[i]);
	note_publish(w);
	return 1;
}

/* Bytes of @data up to the last that is not zero, in whole words. */
static __u32 significant(const __u8 *data, __u32 size)
{
	while (size && !data[size - 1])
		size--;
	return (size + 7) & ~7U;
}

int hvd_write_memory(struct hvd_writer *w, const struct hvd_memory *r,
		     const __u8 *data)
{
	__u32 used = significant(data, r->size);
	struct hvd_memory fixed = *r;
	struct hvd_word word;
	__u32 i;

	fixed.count = used / HVD_WIRE_SIZE(word);
	fixed.stride = HVD_WIRE_SIZE(word);
	if (!record_begin(w, HVD_TYPE_MEMORY, HVD_WIRE_SIZE(memory) +
			  (__u64)used))
		return 0;
	put_fields_memory(w, &fixed);
	for (i = 0; i < used; i += sizeof(word.value)) {
		memcpy(&word.value, data + i, sizeof(word.value));
		put_fields_word(w, &word);
	}
	note_publish(w);
	return 1;
}

/* The end record may use what chunk_room() keeps for it. */
static void write_end(struct hvd_writer *w)
{
	__u32 len = HVD_WIRE_SIZE(end) + w->nr_dropped * HVD_WIRE_SIZE(dropped);
	struct hvd_end r = {
		.bytes = w->bytes + HVD_NOTE_SIZE(HVD_COMMON_SIZE + len),
		.records = w->records + 1,
		.calls = w->calls,
		.count = w->nr_dropped,
		.stride = HVD_WIRE_SIZE(dropped),
	};
	__u32 i;

	note_begin(w, HVD_TYPE_END, HVD_COMMON_SIZE + len);
	put_fields_end(w, &r);
	for (i = 0; i < w->nr_dropped; i++) {
		const struct hvd_dropped *d = &w->dropped[i];

		put_fields_dropped(w, d);
	}
	note_publish(w);
}

void hvd_writer_finish(struct hvd_writer *w)
{
	if (w->role == HVD_ROLE_CAPTURE) {
		/* Chunks before the last keep no room for it: check there. */
		if (w->current_chunk + 1 < w->nr_chunks &&
		    chunk_room(w) < HVD_END_RESERVE) {
			chunk_close(w);
			w->current_chunk++;
			chunk_open(w);
		}
		write_end(w);
	}
	chunk_close(w);
}

static void store_u32(__u8 *p, __u32 v)
{
	p[0] = v & 0xff;
	p[1] = v >> 8 & 0xff;
	p[2] = v >> 16 & 0xff;
	p[3] = v >> 24;
}

static void store_u64(__u8 *p, __u64 v)
{
	store_u32(p, v & 0xffffffff);
	store_u32(p + 4, v >> 32);
}

static void table_seal(__u8 *page, __u32 count)
{
	__u32 crc;

	store_u32(page + 12, count);
	crc = hvd_crc32(0, page, HVD_TABLE_CRC_AT);
	crc = hvd_crc32(crc, page + HVD_TABLE_HDR, count * HVD_TABLE_STRIDE);
	store_u32(page + HVD_TABLE_CRC_AT, crc);
}

void hvd_table_begin(__u8 *page, __u64 nonce)
{
	memcpy(page, HVD_TABLE_MAGIC, 8);
	store_u32(page + 8, HVD_TABLE_VERSION);
	store_u64(page + 16, nonce);
	store_u32(page + 24, HVD_TABLE_STRIDE);
	table_seal(page, 0);
}

int hvd_table_add(__u8 *page, const struct hvd_chunk *c, __u32 role)
{
	__u32 count = page[12] | page[13] << 8;
	__u8 *p = page + HVD_TABLE_HDR + count * HVD_TABLE_STRIDE;

	if (p + HVD_TABLE_STRIDE > page + HVD_TABLE_SIZE)
		return 0;
	store_u64(p, c->address);
	store_u32(p + 8, c->size);
	store_u32(p + 12, role);
	table_seal(page, count + 1);
	return 1;
}
