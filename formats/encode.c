// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause
/* Writing a note segment, in the kernel and in user space: see encode.h. */
#ifdef __KERNEL__
#include <linux/string.h>
#include <asm/barrier.h>
/* Whoever sees a note's n_namesz sees the rest of the note. */
#define hvd_store_release(p, v)	smp_store_release(p, v)
#else
#include <string.h>
#define hvd_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#endif

#include "encode.h"

/*
 * The reflected polynomial 0xedb88320, eight bytes at a time ("slicing-by-8",
 * Kounavis and Berry, 2005): a capture of thousands of VPs is some ten
 * megabytes. Row k is the effect of a byte with k bytes behind it. Entries are
 * linear in the bits of their index, so that each row is given by eight.
 */
#define CRC_1(v, a)		(v), (v) ^ (a)
#define CRC_2(v, a, b)		CRC_1(v, a), CRC_1((v) ^ (b), a)
#define CRC_3(v, a, b, c)	CRC_2(v, a, b), CRC_2((v) ^ (c), a, b)
#define CRC_4(v, a, b, c, d)	CRC_3(v, a, b, c), CRC_3((v) ^ (d), a, b, c)
#define CRC_5(v, e, ...)	CRC_4(v, __VA_ARGS__), \
				CRC_4((v) ^ (e), __VA_ARGS__)
#define CRC_6(v, f, ...)	CRC_5(v, __VA_ARGS__), \
				CRC_5((v) ^ (f), __VA_ARGS__)
#define CRC_7(v, g, ...)	CRC_6(v, __VA_ARGS__), \
				CRC_6((v) ^ (g), __VA_ARGS__)
/* In the order of the bits 7, 6, 5, 4, then 0, 1, 2, 3. */
#define CRC_ROW(h, ...)		{ CRC_7(0, __VA_ARGS__), CRC_7(h, __VA_ARGS__) }

static const __u32 crc_table[8][256] = {
	CRC_ROW(0xedb88320, 0x76dc4190, 0x3b6e20c8, 0x1db71064,
		0x77073096, 0xee0e612c, 0x076dc419, 0x0edb8832),
	CRC_ROW(0x3b83984b, 0xf0794f05, 0x958424a2, 0x4ac21251,
		0x191b3141, 0x32366282, 0x646cc504, 0xc8d98a08),
	CRC_ROW(0xe1351b80, 0x709a8dc0, 0x384d46e0, 0x1c26a370,
		0x01c26a37, 0x0384d46e, 0x0709a8dc, 0x0e1351b8),
	CRC_ROW(0xed59b63b, 0x9b14583d, 0xa032af3e, 0x5019579f,
		0xb8bc6765, 0xaa09c88b, 0x8f629757, 0xc5b428ef),
	CRC_ROW(0xb1e6b092, 0x58f35849, 0xc1c12f04, 0x60e09782,
		0x3d6029b0, 0x7ac05360, 0xf580a6c0, 0x30704bc1),
	CRC_ROW(0x1eb014d8, 0x0f580a6c, 0x07ac0536, 0x03d6029b,
		0xcb5cd3a5, 0x4dc8a10b, 0x9b914216, 0xec53826d),
	CRC_ROW(0x8816eaf2, 0x440b7579, 0xcfbd399c, 0x67de9cce,
		0xa6770bb4, 0x979f1129, 0xf44f2413, 0x33ef4e67),
	CRC_ROW(0x533b85da, 0x299dc2ed, 0xf9766256, 0x7cbb312b,
		0xccaa009e, 0x4225077d, 0x844a0efa, 0xd3e51bb5),
};

/*
 * Words as they lie in the note: little-endian, at any address. Where that is
 * how the processor has them, each is one load or store.
 */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define TO_LE(bits, v)	(v)
#else
#define TO_LE(bits, v)	__builtin_bswap##bits(v)
#endif

static __u32 load_u32(const __u8 *p)
{
	__u32 v;

	memcpy(&v, p, sizeof(v));
	return TO_LE(32, v);
}

__u32 hvd_crc32(__u32 crc, const __u8 *data, __u64 len)
{
	__u32 next;

	crc = ~crc;
	for (; len >= 8; len -= 8, data += 8) {
		crc ^= load_u32(data);
		next = load_u32(data + 4);
		crc = crc_table[7][crc & 255] ^ crc_table[6][crc >> 8 & 255] ^
		      crc_table[5][crc >> 16 & 255] ^ crc_table[4][crc >> 24] ^
		      crc_table[3][next & 255] ^ crc_table[2][next >> 8 & 255] ^
		      crc_table[1][next >> 16 & 255] ^ crc_table[0][next >> 24];
	}
	for (; len; len--)
		crc = crc >> 8 ^ crc_table[0][(crc ^ *data++) & 255];
	return ~crc;
}

/* Each returns where it ended. */
#define DEFINE_PUT(bits)					\
	static __u8 *put_u##bits(__u8 *p, __u##bits v)		\
	{							\
		v = TO_LE(bits, v);				\
		memcpy(p, &v, sizeof(v));			\
		return p + sizeof(v);				\
	}

DEFINE_PUT(16)
DEFINE_PUT(32)
DEFINE_PUT(64)

static __u8 *put_bytes(__u8 *p, const __u8 *data, __u32 len)
{
	memcpy(p, data, len);
	return p + len;
}

/* From the field lists of note.h: put_fields_<record>(p, r) returns where it ended. */
#define PUT_u16(field)	put_u16(p, field)
#define PUT_u32(field)	put_u32(p, field)
#define PUT_u64(field)	put_u64(p, field)
#define PUT_b16(field)	put_bytes(p, field, 16)
#define PUT_b32(field)	put_bytes(p, field, 32)
#define PUT_b64(field)	put_bytes(p, field, 64)
#define PUT_FIELD(kind, name)	p = PUT_##kind(r->name);
#define DEFINE_PUT_FIELDS(name, type)					\
	static inline __u8 *put_fields_##name(__u8 *p,			\
					      const struct hvd_##name *r)	\
	{								\
		HVD_FIELDS_##name(PUT_FIELD)				\
		return p;						\
	}

HVD_RECORDS(DEFINE_PUT_FIELDS)
HVD_ELEMENTS(DEFINE_PUT_FIELDS)

/*
 * An element, of which there may be thousands: a structure without gaps lies in
 * memory as in the note, where numbers do.
 */
#define PUT_ELEMENT(name, p, e)						\
	(TO_LE(16, 1) == 1 && sizeof(*(e)) == HVD_WIRE_SIZE(name) ?	\
	 (__u8 *)memcpy(p, e, sizeof(*(e))) + sizeof(*(e)) :		\
	 put_fields_##name(p, e))

/*
 * Lay out a note at the end of the current chunk: all but n_namesz. A reader
 * takes n_namesz 0 for the end of the segment, so nothing of it counts yet.
 * Returns where the fields go.
 */
static __u8 *note_begin(struct hvd_writer *w, __u32 type, __u32 len)
{
	struct hvd_chunk *c = &w->chunks[w->current_chunk];
	__u8 *p;

	w->note = c->base + c->used;
	w->end = HVD_NOTE_SIZE(len);
	p = w->note + 4;
	p = put_u32(p, len);
	p = put_u32(p, type);
	p = put_bytes(p, (const __u8 *)HVD_NOTE_OWNER "\0", 8);
	p = put_u16(p, HVD_RECORD_VERSION);
	p = put_u16(p, 0);
	p = put_u32(p, len);
	return put_u64(p, w->time);
}

/* Pad the note from @p on, then publish it: n_namesz last, by one store. */
static void note_publish(struct hvd_writer *w, __u8 *p)
{
	static const __u8 namesz[4] = { HVD_NOTE_NAMESZ };
	__u32 word;

	while (p < w->note + w->end)
		*p++ = 0;
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
	__u8 *p;

	c->used = 0;
	p = note_begin(w, HVD_TYPE_CHUNK,
		       HVD_COMMON_SIZE + HVD_WIRE_SIZE(chunk_record));
	note_publish(w, put_fields_chunk_record(p, &r));
}

static void chunk_close(struct hvd_writer *w)
{
	struct hvd_chunk *c = &w->chunks[w->current_chunk];
	struct hvd_chunk_end r = {
		.length = c->used,
		.crc = hvd_crc32(0, c->base, c->used),
	};
	__u8 *p;

	p = note_begin(w, HVD_TYPE_CHUNK_END,
		       HVD_COMMON_SIZE + HVD_WIRE_SIZE(chunk_end));
	note_publish(w, put_fields_chunk_end(p, &r));
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

/*
 * Make room for a record of @len bytes of fields and elements, and begin it.
 * Returns where they go; NULL: there is no room.
 */
static __u8 *record_begin(struct hvd_writer *w, __u32 type, __u64 len)
{
	__u64 size = HVD_NOTE_SIZE(HVD_COMMON_SIZE + len);

	if (size > chunk_room(w)) {
		if (w->current_chunk + 1 >= w->nr_chunks ||
		    size > w->chunks[w->current_chunk + 1].size -
			   HVD_RECORD_SIZE(chunk_record) -
			   HVD_CHUNK_RESERVE - HVD_END_RESERVE) {
			hvd_drop(w, type, HVD_WHY_SPACE, 1);
			return NULL;
		}
		chunk_close(w);
		w->current_chunk++;
		chunk_open(w);
	}
	return note_begin(w, type, HVD_COMMON_SIZE + len);
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
		__u8 *p = record_begin(w, type, HVD_WIRE_SIZE(name));	\
									\
		if (!p)							\
			return 0;					\
		note_publish(w, put_fields_##name(p, r));		\
		return 1;						\
	}

DEFINE_WRITE(header, HVD_TYPE_HEADER)
DEFINE_WRITE(stage, HVD_TYPE_STAGE)
DEFINE_WRITE(failure, HVD_TYPE_FAILURE)
DEFINE_WRITE(partition, HVD_TYPE_PARTITION)
DEFINE_WRITE(vp, HVD_TYPE_VP)
DEFINE_WRITE(balance, HVD_TYPE_BALANCE)

int hvd_write_capture(struct hvd_writer *w, const struct hvd_capture *r)
{
	__u8 *p = record_begin(w, HVD_TYPE_CAPTURE, HVD_WIRE_SIZE(capture));

	if (!p)
		return 0;
	/*
	 * The end record counts from here: neither what was armed, nor a chunk
	 * that was closed to make room for this record.
	 */
	w->records = 0;
	w->bytes = 0;
	note_publish(w, put_fields_capture(p, r));
	return 1;
}

/*
 * The body of hvd_write_<record>(w, ..., list, nr): a record and its elements.
 * @fixed: the record's own fields; count and stride are filled in here
 */
#define WRITE_ELEMENTS(record, type, element, fixed)			\
	struct hvd_##record r = fixed;					\
	__u32 i;							\
	__u8 *p;							\
									\
	r.count = nr;							\
	r.stride = HVD_WIRE_SIZE(element);				\
	p = record_begin(w, type, HVD_WIRE_SIZE(record) +		\
			 (__u64)nr * HVD_WIRE_SIZE(element));		\
	if (!p)								\
		return 0;						\
	p = put_fields_##record(p, &r);					\
	for (i = 0; i < nr; i++)					\
		p = PUT_ELEMENT(element, p, &list[i]);			\
	note_publish(w, p);						\
	return 1;

/* Records with fields of their own besides count and stride, and without. */
#define DEFINE_WRITE_ELEMENTS(record, type, element)			\
	int hvd_write_##record(struct hvd_writer *w,			\
			       const struct hvd_##record *own,		\
			       const struct hvd_##element *list,	\
			       __u32 nr)				\
	{								\
		WRITE_ELEMENTS(record, type, element, *own)		\
	}
#define DEFINE_WRITE_LIST(record, type, element)			\
	int hvd_write_##record(struct hvd_writer *w,			\
			       const struct hvd_##element *list,	\
			       __u32 nr)				\
	{								\
		WRITE_ELEMENTS(record, type, element, { 0 })		\
	}

DEFINE_WRITE_ELEMENTS(registers, HVD_TYPE_REGISTERS, register)
DEFINE_WRITE_ELEMENTS(properties, HVD_TYPE_PROPERTIES, property)
DEFINE_WRITE_LIST(hypervisor, HVD_TYPE_HYPERVISOR, leaf)
DEFINE_WRITE_LIST(pages, HVD_TYPE_PAGES, page)
DEFINE_WRITE_LIST(unread, HVD_TYPE_UNREAD, gap)
DEFINE_WRITE_LIST(run_times, HVD_TYPE_RUN_TIMES, run_time)

static __u64 word_at(const __u8 *data, __u32 at)
{
	__u64 word;

	memcpy(&word, data + at, sizeof(word));
	return word;
}

/* Is there anything but zeros in the 32 bytes at @at? */
static int any_at(const __u8 *data, __u32 at)
{
	return (word_at(data, at) | word_at(data, at + 8) |
		word_at(data, at + 16) | word_at(data, at + 24)) != 0;
}

/* Bytes of @data up to the last word that is not zero; most of a page is. */
static __u32 significant(const __u8 *data, __u32 size)
{
	for (; size % 8; size--)
		if (data[size - 1])
			return (size + 7) & ~7U;
	while (size >= 32 && !any_at(data, size - 32))
		size -= 32;
	while (size && !word_at(data, size - 8))
		size -= 8;
	return size;
}

/* The eight-byte words of @used bytes of @data become the elements. */
static __u8 *put_words(__u8 *p, const __u8 *data, __u32 used)
{
	__u32 i;

	for (i = 0; i < used; i += sizeof(struct hvd_word))
		p = put_u64(p, word_at(data, i));
	return p;
}

/* r->size says how many bytes there are; zeros at their end take no room. */
#define DEFINE_WRITE_WORDS(record, type)				\
	int hvd_write_##record(struct hvd_writer *w,			\
			       const struct hvd_##record *r,		\
			       const __u8 *data)			\
	{								\
		__u32 used = significant(data, r->size);		\
		struct hvd_##record fixed = *r;				\
		__u8 *p;						\
									\
		fixed.count = used / HVD_WIRE_SIZE(word);		\
		fixed.stride = HVD_WIRE_SIZE(word);			\
		p = record_begin(w, type,				\
				 HVD_WIRE_SIZE(record) + (__u64)used);	\
		if (!p)							\
			return 0;					\
		p = put_fields_##record(p, &fixed);			\
		note_publish(w, put_words(p, data, used));		\
		return 1;						\
	}

DEFINE_WRITE_WORDS(memory, HVD_TYPE_MEMORY)
DEFINE_WRITE_WORDS(state, HVD_TYPE_STATE)

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
	__u8 *p;

	p = note_begin(w, HVD_TYPE_END, HVD_COMMON_SIZE + len);
	p = put_fields_end(p, &r);
	for (i = 0; i < w->nr_dropped; i++)
		p = put_fields_dropped(p, &w->dropped[i]);
	note_publish(w, p);
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
