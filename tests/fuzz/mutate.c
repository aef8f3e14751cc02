// SPDX-License-Identifier: GPL-2.0-or-later
/* Structure-aware mutations of note segments: see mutate.h. */
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "encode.h"
#include "mutate.h"

#define MAX_NOTES 256
#define MAX_NEW	  512 /* bytes of a note made here */

struct place {
	size_t at;
	size_t size;
};

struct notes {
	struct place note[MAX_NOTES];
	size_t nr;
};

/** A segment being changed. */
struct segment {
	uint8_t *data;
	size_t size;
	size_t max_size;
	uint32_t random;
};

/* xorshift32, after Marsaglia; its state is never 0. */
static uint32_t draw(struct segment *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 17;
	s->random ^= s->random << 5;
	return s->random;
}

static size_t draw_below(struct segment *s, size_t n)
{
	return n ? draw(s) % n : 0;
}

static void put_le32(uint8_t *p, uint32_t v)
{
	p[0] = v & 0xff;
	p[1] = (v >> 8) & 0xff;
	p[2] = (v >> 16) & 0xff;
	p[3] = v >> 24;
}

/* Notes of any owner, up to the first whose sizes make no sense. */
static void find_notes(const struct segment *s, struct notes *notes)
{
	uint64_t at = 0, end;

	notes->nr = 0;
	while (notes->nr < MAX_NOTES && s->size - at >= 12) {
		const uint8_t *p = s->data + at;

		end = at + 12 + ((hvd_le32(p) + UINT64_C(3)) & ~UINT64_C(3)) +
		      ((hvd_le32(p + 4) + UINT64_C(3)) & ~UINT64_C(3));
		if (end > s->size)
			return;
		notes->note[notes->nr++] =
			(struct place){(size_t)at, (size_t)(end - at)};
		at = end;
	}
}

static bool is_ours(const uint8_t *p, size_t size)
{
	return size >= HVD_NOTE_HDR + HVD_COMMON_SIZE &&
	       hvd_le32(p) == HVD_NOTE_NAMESZ &&
	       !memcmp(p + 12, HVD_NOTE_OWNER "\0", 8);
}

/* Record lengths, chunk lengths, CRCs. */
static void repair(struct segment *s)
{
	struct notes notes;
	size_t i, start = 0;

	find_notes(s, &notes);
	for (i = 0; i < notes.nr; i++) {
		size_t at = notes.note[i].at, size = notes.note[i].size;
		uint8_t *p = s->data + at;
		uint32_t type;

		if (!is_ours(p, size))
			continue;
		type = hvd_le32(p + 8);
		put_le32(p + HVD_NOTE_HDR + 4, hvd_le32(p + 4));
		if (type == HVD_TYPE_CHUNK)
			start = at;
		if (type != HVD_TYPE_CHUNK_END ||
		    size < HVD_RECORD_SIZE(chunk_end))
			continue;
		p += HVD_NOTE_HDR + HVD_COMMON_SIZE;
		put_le32(p, (uint32_t)(at - start));
		put_le32(p + 4, hvd_crc32(0, s->data + start, at - start));
	}
}

/* @with may lie in the segment only where that does not move. */
static bool insert(struct segment *s, size_t at, const uint8_t *with,
		   size_t len)
{
	if (len > s->max_size - s->size)
		return false;
	memmove(s->data + at + len, s->data + at, s->size - at);
	memcpy(s->data + at, with, len);
	s->size += len;
	return true;
}

static void cut(struct segment *s, size_t at, size_t len)
{
	memmove(s->data + at, s->data + at + len, s->size - at - len);
	s->size -= len;
}

static struct place any_note(struct segment *s, const struct notes *notes)
{
	return notes->note[draw_below(s, notes->nr)];
}

static void copy_note(struct segment *s, const struct notes *notes)
{
	struct place from = any_note(s, notes), to = any_note(s, notes);
	uint8_t copy[4096];

	if (from.size > sizeof(copy))
		return;
	memcpy(copy, s->data + from.at, from.size);
	if (draw(s) & 1)
		to.at += to.size;
	insert(s, to.at, copy, from.size);
}

static void move_note(struct segment *s, const struct notes *notes)
{
	struct place from = any_note(s, notes);
	uint8_t copy[4096];
	struct notes rest;
	size_t at = 0;

	if (from.size > sizeof(copy))
		return;
	memcpy(copy, s->data + from.at, from.size);
	cut(s, from.at, from.size);
	find_notes(s, &rest);
	if (rest.nr)
		at = any_note(s, &rest).at;
	insert(s, at, copy, from.size);
}

static void cut_note(struct segment *s, const struct notes *notes)
{
	struct place p = any_note(s, notes);

	cut(s, p.at, p.size);
}

/* The bytes behind the common header, by libFuzzer, to any size. */
static void mutate_body(struct segment *s, const struct notes *notes)
{
	struct place p = any_note(s, notes);
	size_t head = HVD_NOTE_HDR + HVD_COMMON_SIZE, len, room;
	uint8_t body[4096 + 256];

	if (p.size <= head || p.size - head > sizeof(body) - 256)
		return;
	len = p.size - head;
	memcpy(body, s->data + p.at + head, len);
	room = len + 256;
	if (room > len + (s->max_size - s->size))
		room = len + (s->max_size - s->size);
	if (draw(s) % 4)
		room = len;
	cut(s, p.at + head, len);
	len = LLVMFuzzerMutate(body, len, room) & ~(size_t)3;
	insert(s, p.at + head, body, len);
	put_le32(s->data + p.at + 4, (uint32_t)(HVD_COMMON_SIZE + len));
}

/* Numbers that mean something, and those at the edges. */
static const uint32_t telling[] = {
	0,
	1,
	2,
	3,
	4,
	16,
	24,
	0x102,
	0x1000,
	0x7fffffff,
	0x80000000,
	0xfffffff0,
	0xffffffff,
	/* suspend registers; RSP, RIP, RFLAGS, CR0, SS, CS, EFER */
	0x10002,
	0x10003,
	0x10004,
	0x20004,
	0x20010,
	0x20011,
	0x40000,
	0x60001,
	0x60002,
	0x80001,
	/* leaves, calls */
	0x40000000,
	0x40000002,
	0x40000003,
	0x44,
	0x50,
};
#define NR_TELLING (sizeof(telling) / sizeof(telling[0]))

static void set_word(struct segment *s, const struct notes *notes)
{
	struct place p = any_note(s, notes);
	size_t words = p.size / 4;

	put_le32(s->data + p.at + 4 * draw_below(s, words),
		 telling[draw_below(s, NR_TELLING)]);
}

static const struct {
	uint32_t type;
	uint16_t fixed;
	uint16_t element; /* 0: has none */
	uint16_t count_at;
} layouts[] = {
	{HVD_TYPE_CHUNK, HVD_WIRE_SIZE(chunk_record), 0, 0},
	{HVD_TYPE_CHUNK_END, HVD_WIRE_SIZE(chunk_end), 0, 0},
	{HVD_TYPE_HEADER, HVD_WIRE_SIZE(header), 0, 0},
	{HVD_TYPE_CAPTURE, HVD_WIRE_SIZE(capture), 0, 0},
	{HVD_TYPE_END, HVD_WIRE_SIZE(end), HVD_WIRE_SIZE(dropped), 16},
	{HVD_TYPE_STAGE, HVD_WIRE_SIZE(stage), 0, 0},
	{HVD_TYPE_FAILURE, HVD_WIRE_SIZE(failure), 0, 0},
	{HVD_TYPE_HYPERVISOR, HVD_WIRE_SIZE(hypervisor), HVD_WIRE_SIZE(leaf),
	 0},
	{HVD_TYPE_PARTITION, HVD_WIRE_SIZE(partition), 0, 0},
	{HVD_TYPE_VP, HVD_WIRE_SIZE(vp), 0, 0},
	{HVD_TYPE_REGISTERS, HVD_WIRE_SIZE(registers), HVD_WIRE_SIZE(register),
	 16},
	{HVD_TYPE_PROPERTIES, HVD_WIRE_SIZE(properties),
	 HVD_WIRE_SIZE(property), 8},
	{HVD_TYPE_PAGES, HVD_WIRE_SIZE(pages), HVD_WIRE_SIZE(page), 0},
	{HVD_TYPE_MEMORY, HVD_WIRE_SIZE(memory), HVD_WIRE_SIZE(word), 40},
	{HVD_TYPE_STATE, HVD_WIRE_SIZE(state), HVD_WIRE_SIZE(word), 24},
	{HVD_TYPE_BALANCE, HVD_WIRE_SIZE(balance), 0, 0},
	{HVD_TYPE_RUN_TIMES, HVD_WIRE_SIZE(run_times),
	 HVD_WIRE_SIZE(run_time), 0},
	{HVD_TYPE_UNREAD, HVD_WIRE_SIZE(unread), HVD_WIRE_SIZE(gap), 0},
	{HVD_TYPE_LAST, 8, 0, 0},
};
#define NR_LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static void make_body(struct segment *s, uint8_t *body, size_t len)
{
	size_t i;

	for (i = 0; i + 4 <= len; i += 4)
		put_le32(body + i, draw(s) % 8
					   ? telling[draw_below(s, NR_TELLING)]
					   : draw(s));
}

/* A record of any type, its sizes right. */
static size_t make_note(struct segment *s, uint8_t *note)
{
	size_t kind = draw_below(s, NR_LAYOUTS), nr = 0, len;
	uint8_t *body = note + HVD_NOTE_HDR + HVD_COMMON_SIZE;

	if (layouts[kind].element)
		nr = draw_below(s, 8);
	len = layouts[kind].fixed + nr * layouts[kind].element;
	memset(note, 0, MAX_NEW);
	put_le32(note, HVD_NOTE_NAMESZ);
	put_le32(note + 4, (uint32_t)(HVD_COMMON_SIZE + len));
	put_le32(note + 8, layouts[kind].type);
	memcpy(note + 12, HVD_NOTE_OWNER, sizeof(HVD_NOTE_OWNER));
	note[HVD_NOTE_HDR] = HVD_RECORD_VERSION;
	make_body(s, body, len);
	if (layouts[kind].element) {
		put_le32(body + layouts[kind].count_at, (uint32_t)nr);
		put_le32(body + layouts[kind].count_at + 4,
			 layouts[kind].element);
	}
	return HVD_NOTE_SIZE(HVD_COMMON_SIZE + len);
}

static void insert_note(struct segment *s, const struct notes *notes)
{
	uint8_t note[MAX_NEW];
	size_t len = make_note(s, note);

	insert(s, notes->nr ? any_note(s, notes).at : 0, note, len);
}

typedef void (*mutation)(struct segment *s, const struct notes *notes);

static const mutation mutations[] = {
	copy_note,   move_note, cut_note,    mutate_body,
	mutate_body, set_word,	insert_note, insert_note,
};
#define NR_MUTATIONS (sizeof(mutations) / sizeof(mutations[0]))

size_t mutate_notes(uint8_t *data, size_t size, size_t max_size,
		    unsigned int seed)
{
	struct segment s = {data, size, max_size, seed | 1};
	struct notes notes;
	uint32_t how;

	draw(&s);
	how = draw(&s);
	find_notes(&s, &notes);
	if (how % 8 == 0)
		s.size = LLVMFuzzerMutate(data, size, max_size);
	else if (notes.nr)
		mutations[draw_below(&s, NR_MUTATIONS)](&s, &notes);
	else
		insert_note(&s, &notes);
	if (how / 8 % 8)
		repair(&s);
	return s.size;
}
