// SPDX-License-Identifier: GPL-2.0-or-later
/* Arbitrary bytes as calls of the encoder: see sequence.h. */
#include <stdlib.h>
#include <string.h>

#include "sequence.h"

static uint8_t next_byte(struct sequence *s)
{
	if (!s->size)
		return 0;
	s->size--;
	return *s->data++;
}

static uint16_t next_u16(struct sequence *s)
{
	uint16_t low = next_byte(s);

	return (uint16_t)(low | next_byte(s) << 8);
}

/* xorshift64*, after Vigna; its state is never 0. */
static uint64_t draw(struct sequence *s)
{
	s->random ^= s->random >> 12;
	s->random ^= s->random << 25;
	s->random ^= s->random >> 27;
	return s->random * UINT64_C(0x2545f4914f6cdd1d);
}

static void draw_bytes(struct sequence *s, uint8_t *field, size_t size)
{
	while (size--)
		*field++ = (uint8_t)(draw(s) >> 32);
}

/* draw_<record>(): all fields of a record. */
#define DRAW_u16(field)	       (field = (__u16)(draw(s) >> 48))
#define DRAW_u32(field)	       (field = (__u32)(draw(s) >> 32))
#define DRAW_u64(field)	       (field = draw(s))
#define DRAW_b16(field)	       draw_bytes(s, field, 16)
#define DRAW_b32(field)	       draw_bytes(s, field, 32)
#define DRAW_b64(field)	       draw_bytes(s, field, 64)
#define DRAW_FIELD(kind, name) DRAW_##kind(r->name);
#define DEFINE_DRAW(name, type)                                               \
	__attribute__((unused)) static void draw_##name(struct sequence *s,   \
							struct hvd_##name *r) \
	{                                                                     \
		HVD_FIELDS_##name(DRAW_FIELD)                                 \
	}
HVD_RECORDS(DEFINE_DRAW)
HVD_ELEMENTS(DEFINE_DRAW)

static void *allocate(size_t nr, size_t size)
{
	void *data = calloc(nr ? nr : 1, size);

	if (!data)
		abort();
	return data;
}

static void count_drop(struct sequence *s, uint32_t type, uint32_t why,
		       uint64_t amount)
{
	size_t i;

	for (i = 0; i < s->nr_drops; i++)
		if (s->drops[i].type == type && s->drops[i].why == why)
			break;
	if (i == s->nr_drops)
		s->drops[s->nr_drops++] =
			(struct sequence_drop){.type = type, .why = why};
	s->drops[i].amount += amount;
}

/* Mostly few elements; sometimes too many for a chunk, or for any memory. */
#define TOO_MANY_FOR_MEMORY UINT32_C(0x08000000)
static uint32_t draw_count(struct sequence *s)
{
	uint8_t n = next_byte(s);

	if (n < 200)
		return n % 40;
	if (n < 250)
		return next_u16(s) % 1024;
	return (uint32_t)(draw(s) >> 32) | TOO_MANY_FOR_MEMORY;
}

/* No element may be looked at where they cannot fit: then there are none. */
#define DRAW_ELEMENTS(step, member, name)                              \
	do {                                                           \
		uint32_t els_nr = (step)->nr = draw_count(s);          \
		if (els_nr >= TOO_MANY_FOR_MEMORY)                     \
			break;                                         \
		(step)->els.any =                                      \
			allocate(els_nr, sizeof(*(step)->els.member)); \
		for (uint32_t els_i = 0; els_i < els_nr; els_i++)      \
			draw_##name(s, &(step)->els.member[els_i]);    \
	} while (0)

#define WRITE(name)                                                      \
	do {                                                             \
		draw_##name(s, &p->fixed.name);                          \
		p->written = e->hvd_write_##name(&s->w, &p->fixed.name); \
	} while (0)

/* Pages that can be: others are damage to a reader. */
static void write_pages(struct sequence *s, struct step *p)
{
	uint32_t i;

	DRAW_ELEMENTS(p, page, page);
	for (i = 0; p->els.any && i < p->nr; i++)
		p->els.page[i].pfn >>= 12;
	p->written = s->encoder->hvd_write_pages(&s->w, p->els.page, p->nr);
}

static void write_unread(struct sequence *s, struct step *p)
{
	uint32_t i;

	DRAW_ELEMENTS(p, gap, gap);
	for (i = 0; p->els.any && i < p->nr; i++) {
		p->els.gap[i].pfn >>= 13;
		p->els.gap[i].pages = 1 + p->els.gap[i].pages % 1024;
	}
	p->written = s->encoder->hvd_write_unread(&s->w, p->els.gap, p->nr);
}

/* Up to a page, of which some end in zeros. */
static void write_memory(struct sequence *s, struct step *p)
{
	struct hvd_memory *r = &p->fixed.memory;
	uint32_t used;

	draw_memory(s, r);
	r->pfn >>= 12;
	r->size = 8 * (r->size % 513);
	r->offset %= 4096 - r->size + 1;
	used = r->size - (next_byte(s) & 1 ? draw(s) % (r->size + 1) : 0);
	p->els.bytes = allocate(1, r->size);
	draw_bytes(s, p->els.bytes, used);
	p->written = s->encoder->hvd_write_memory(&s->w, r, p->els.bytes);
}

static void write_state(struct sequence *s, struct step *p)
{
	struct hvd_state *r = &p->fixed.state;

	draw_state(s, r);
	r->size = 8 * (r->size % 513);
	p->els.bytes = allocate(1, r->size);
	draw_bytes(s, p->els.bytes, draw(s) % (r->size + 1));
	p->written = s->encoder->hvd_write_state(&s->w, r, p->els.bytes);
}

static void write_run_times(struct sequence *s, struct step *p)
{
	DRAW_ELEMENTS(p, run_time, run_time);
	p->written = s->encoder->hvd_write_run_times(&s->w, p->els.run_time,
						     p->nr);
}

static void write_elements(struct sequence *s, struct step *p)
{
	const struct encoder *e = s->encoder;

	if (p->type == HVD_TYPE_HYPERVISOR) {
		DRAW_ELEMENTS(p, leaf, leaf);
		p->written = e->hvd_write_hypervisor(&s->w, p->els.leaf, p->nr);
	} else if (p->type == HVD_TYPE_REGISTERS) {
		DRAW_ELEMENTS(p, reg, register);
		draw_registers(s, &p->fixed.registers);
		p->written = e->hvd_write_registers(&s->w, &p->fixed.registers,
						    p->els.reg, p->nr);
	} else {
		DRAW_ELEMENTS(p, property, property);
		draw_properties(s, &p->fixed.properties);
		p->written = e->hvd_write_properties(
			&s->w, &p->fixed.properties, p->els.property, p->nr);
	}
}

static void write_record(struct sequence *s, uint32_t type)
{
	const struct encoder *e = s->encoder;
	struct step *p = &s->steps[s->nr_steps++];

	*p = (struct step){.type = type, .time = s->w.time};
	switch (type) {
	case HVD_TYPE_HEADER:
		draw_header(s, &p->fixed.header);
		p->fixed.header.format = HVD_NOTE_FORMAT;
		/* What the numbers of pages here are drawn for. */
		p->fixed.header.page_shift = 12;
		p->written = e->hvd_write_header(&s->w, &p->fixed.header);
		break;
	case HVD_TYPE_CAPTURE:
		WRITE(capture);
		break;
	case HVD_TYPE_STAGE:
		WRITE(stage);
		break;
	case HVD_TYPE_FAILURE:
		WRITE(failure);
		break;
	case HVD_TYPE_PARTITION:
		WRITE(partition);
		break;
	case HVD_TYPE_VP:
		WRITE(vp);
		break;
	case HVD_TYPE_PAGES:
		write_pages(s, p);
		break;
	case HVD_TYPE_MEMORY:
		write_memory(s, p);
		break;
	case HVD_TYPE_STATE:
		write_state(s, p);
		break;
	case HVD_TYPE_BALANCE:
		WRITE(balance);
		break;
	case HVD_TYPE_RUN_TIMES:
		write_run_times(s, p);
		break;
	case HVD_TYPE_UNREAD:
		write_unread(s, p);
		break;
	default:
		write_elements(s, p);
	}
	if (!p->written)
		count_drop(s, type, HVD_WHY_SPACE, 1);
}

static void drop(struct sequence *s)
{
	uint32_t type = HVD_TYPE_FIRST + next_byte(s);
	uint32_t why = next_byte(s) % 6;
	uint64_t amount = (uint32_t)draw(s);

	count_drop(s, type, why, amount);
	s->encoder->hvd_drop(&s->w, type, why, amount);
}

/* Many of those that have elements; the capture record at its place. */
static const uint32_t kinds[] = {
	HVD_TYPE_HEADER,     HVD_TYPE_STAGE,	  HVD_TYPE_FAILURE,
	HVD_TYPE_PARTITION,  HVD_TYPE_VP,	  HVD_TYPE_HYPERVISOR,
	HVD_TYPE_REGISTERS,  HVD_TYPE_REGISTERS,  HVD_TYPE_REGISTERS,
	HVD_TYPE_PROPERTIES, HVD_TYPE_PROPERTIES, HVD_TYPE_PAGES,
	HVD_TYPE_PAGES,	     HVD_TYPE_MEMORY,	  HVD_TYPE_UNREAD,
	HVD_TYPE_STATE,	     HVD_TYPE_BALANCE,	  HVD_TYPE_RUN_TIMES,
};
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* One step; false: interrupted here. */
static bool take_step(struct sequence *s)
{
	uint8_t op = next_byte(s);

	if (op == 0xff)
		return false;
	if (op % 20 < NR_KINDS)
		write_record(s, kinds[op % 20]);
	else if (op % 20 < 17)
		drop(s);
	else if (op % 20 < 19)
		s->w.time += next_u16(s);
	else
		s->w.calls += next_byte(s);
	return true;
}

static void begin(struct sequence *s)
{
	uint32_t i;

	s->nr_chunks = 1 + next_byte(s) % MAX_CHUNKS;
	s->role = next_byte(s) % 4 ? HVD_ROLE_CAPTURE : HVD_ROLE_STAGE;
	s->random = next_u16(s) | UINT64_C(0x9e3779b97f4a0000);
	for (i = 0; i < s->nr_chunks; i++) {
		struct hvd_chunk *c = &s->chunks[i];

		c->size = HVD_CHUNK_MIN + HVD_NOTE_ALIGN * (next_u16(s) % 1024);
		c->base = allocate(1, c->size);
		c->address = draw(s);
	}
	s->encoder->hvd_writer_init(&s->w, s->chunks, s->nr_chunks, s->role,
				    draw(s));
}

void sequence_run(struct sequence *s, const struct encoder *encoder,
		  const uint8_t *data, size_t size)
{
	uint8_t armed;

	*s = (struct sequence){.encoder = encoder, .data = data, .size = size};
	begin(s);
	/* Some are written when armed: more than the module has then. */
	for (armed = next_byte(s) % 32; armed; armed--)
		write_record(s, kinds[next_byte(s) % NR_KINDS]);
	if (s->role == HVD_ROLE_CAPTURE)
		write_record(s, HVD_TYPE_CAPTURE);
	while (s->size && s->nr_steps < MAX_STEPS)
		if (!take_step(s))
			return;
	s->encoder->hvd_writer_finish(&s->w);
	s->finished = true;
}

void sequence_free(struct sequence *s)
{
	size_t i;

	for (i = 0; i < s->nr_steps; i++)
		free(s->steps[i].els.any);
	for (i = 0; i < s->nr_chunks; i++)
		free(s->chunks[i].base);
}
