// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever is written, in chunks of whatever number and size: what is read is
 * just that, in its order, and what is missing is counted as dropped; nothing
 * is damaged, wherever the encoder was interrupted.
 */
#include <string.h>

#include "capture.h"
#include "check.h"
#include "sequence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct encoder user = {ENCODER_FUNCTIONS(ENCODER_OF_USER)};

/** A note segment, as a reader gets it. */
struct segment {
	uint8_t *data; /* malloc()ed, so that no read beyond it goes unseen */
	uint64_t size;
};

static uint64_t put(uint8_t *to, uint64_t at, const uint8_t *from, uint64_t len)
{
	if (to)
		memcpy(to + at, from, len);
	return at + len;
}

/* @memory: the chunks as they lie there; else as /proc/vmcore shows them. */
static uint64_t merge(const struct sequence *s, bool memory, uint8_t *to)
{
	uint64_t size = 0;
	uint32_t i, last = memory ? s->nr_chunks - 1 : s->w.current_chunk;

	for (i = 0; i <= last; i++)
		size = put(to, size, s->chunks[i].base,
			   memory ? s->chunks[i].size : s->chunks[i].used);
	return size;
}

static struct segment segment_of(const struct sequence *s, bool memory)
{
	struct segment segment = {.size = merge(s, memory, NULL)};

	segment.data = malloc(segment.size);
	CHECK(segment.data);
	merge(s, memory, segment.data);
	return segment;
}

#define SAME_u16(name)	       CHECK(a->name == b->name);
#define SAME_u32(name)	       CHECK(a->name == b->name);
#define SAME_u64(name)	       CHECK(a->name == b->name);
#define SAME_b16(name)	       CHECK(!memcmp(a->name, b->name, 16));
#define SAME_b32(name)	       CHECK(!memcmp(a->name, b->name, 32));
#define SAME_b64(name)	       CHECK(!memcmp(a->name, b->name, 64));
#define SAME_FIELD(kind, name) SAME_##kind(name)
#define DEFINE_SAME(name, type)                                         \
	__attribute__((unused)) static void same_##name(                \
		const struct hvd_##name *a, const struct hvd_##name *b) \
	{                                                               \
		HVD_FIELDS_##name(SAME_FIELD)                           \
	}
HVD_RECORDS(DEFINE_SAME)
HVD_ELEMENTS(DEFINE_SAME)

#define COMPARE(name)                               \
	do {                                        \
		struct hvd_##name r;                \
		CHECK(!hvd_read_##name(rec, &r));   \
		same_##name(&r, &step->fixed.name); \
	} while (0)

/* The record's own fields, where the encoder sets count and stride. */
#define COMPARE_ELEMENTS(name, element, member)                         \
	do {                                                            \
		struct hvd_##name r, want = step->fixed.name;           \
		struct hvd_elements els;                                \
		struct hvd_##element e;                                 \
		CHECK(!hvd_read_##name(rec, &r));                       \
		want.count = step->nr;                                  \
		want.stride = HVD_WIRE_SIZE(element);                   \
		same_##name(&r, &want);                                 \
		CHECK(!hvd_##element##_elements(rec, r.count, r.stride, \
						&els));                 \
		CHECK(els.count == step->nr);                           \
		for (uint32_t i = 0; i < els.count; i++) {              \
			hvd_get_##element(&els, i, &e);                 \
			same_##element(&e, &step->els.member[i]);       \
		}                                                       \
	} while (0)

/* Word by word as it was in memory, but for zeros at the end. */
#define COMPARE_WORDS(name)                                                  \
	do {                                                                 \
		struct hvd_##name r, want = step->fixed.name;                \
		struct hvd_elements els;                                     \
		CHECK(!hvd_read_##name(rec, &r));                            \
		want.count = r.count;                                        \
		want.stride = HVD_WIRE_SIZE(word);                           \
		same_##name(&r, &want);                                      \
		CHECK(!hvd_word_elements(rec, r.count, r.stride, &els));     \
		CHECK(r.count * r.stride <= r.size);                         \
		CHECK(!memcmp(els.data, step->els.bytes,                     \
			      r.count * r.stride));                          \
		for (uint32_t i = r.count * r.stride; i < r.size; i++)       \
			CHECK(!step->els.bytes[i]);                          \
	} while (0)

static void compare(const struct hvd_record *rec, const struct step *step)
{
	CHECK(rec->type == step->type && rec->time == step->time);
	CHECK(rec->version == HVD_RECORD_VERSION && rec->flags == 0);
	switch (rec->type) {
	case HVD_TYPE_HEADER:
		COMPARE(header);
		break;
	case HVD_TYPE_CAPTURE:
		COMPARE(capture);
		break;
	case HVD_TYPE_STAGE:
		COMPARE(stage);
		break;
	case HVD_TYPE_FAILURE:
		COMPARE(failure);
		break;
	case HVD_TYPE_PARTITION:
		COMPARE(partition);
		break;
	case HVD_TYPE_VP:
		COMPARE(vp);
		break;
	case HVD_TYPE_HYPERVISOR:
		COMPARE_ELEMENTS(hypervisor, leaf, leaf);
		break;
	case HVD_TYPE_REGISTERS:
		COMPARE_ELEMENTS(registers, register, reg);
		break;
	case HVD_TYPE_PAGES:
		COMPARE_ELEMENTS(pages, page, page);
		break;
	case HVD_TYPE_UNREAD:
		COMPARE_ELEMENTS(unread, gap, gap);
		break;
	case HVD_TYPE_MEMORY:
		COMPARE_WORDS(memory);
		break;
	case HVD_TYPE_STATE:
		COMPARE_WORDS(state);
		break;
	case HVD_TYPE_BALANCE:
		COMPARE(balance);
		break;
	case HVD_TYPE_RUN_TIMES:
		COMPARE_ELEMENTS(run_times, run_time, run_time);
		break;
	default:
		COMPARE_ELEMENTS(properties, property, property);
	}
}

static void compare_chunk(const struct hvd_record *rec,
			  const struct sequence *s, uint32_t index)
{
	struct hvd_chunk_record r;

	CHECK(!hvd_read_chunk_record(rec, &r));
	CHECK(index < s->nr_chunks && r.index == index);
	CHECK(r.nonce == s->w.nonce && r.count == s->nr_chunks);
	CHECK(r.role == s->role && r.size == s->chunks[index].size);
	CHECK(r.address == s->chunks[index].address);
}

/* A full table's last row speaks for whatever had no row of its own. */
static void compare_drops(const struct hvd_elements *els,
			  const struct sequence *s)
{
	uint64_t got = 0, wanted = 0;
	struct hvd_dropped d;
	size_t i;

	for (i = 0; i < s->nr_drops; i++)
		wanted += s->drops[i].amount;
	for (i = 0; i < els->count; i++) {
		hvd_get_dropped(els, (uint32_t)i, &d);
		got += d.amount;
		CHECK(i < s->nr_drops);
		if (i + 1 == HVD_MAX_DROPPED && s->nr_drops > HVD_MAX_DROPPED) {
			CHECK(d.type == 0);
			continue;
		}
		CHECK(d.type == s->drops[i].type && d.why == s->drops[i].why);
		CHECK(d.amount == s->drops[i].amount);
	}
	CHECK(got == wanted);
}

/** What the walk has counted since the capture record. */
struct counts {
	bool began;
	uint32_t records;
	uint64_t bytes;
};

static void compare_end(const struct hvd_record *rec, const struct sequence *s,
			const struct counts *counts)
{
	struct hvd_elements els;
	struct hvd_end end;

	CHECK(s->role == HVD_ROLE_CAPTURE && s->finished);
	CHECK(!hvd_read_end(rec, &end));
	CHECK(!hvd_dropped_elements(rec, end.count, end.stride, &els));
	CHECK(end.calls == s->w.calls);
	if (counts->began)
		CHECK(end.records == counts->records &&
		      end.bytes == counts->bytes);
	compare_drops(&els, s);
}

static const struct step *next_written(const struct sequence *s, size_t *i)
{
	while (*i < s->nr_steps && !s->steps[*i].written)
		++*i;
	return *i < s->nr_steps ? &s->steps[(*i)++] : NULL;
}

static void count(struct counts *counts, const struct hvd_record *rec)
{
	counts->began |= rec->type == HVD_TYPE_CAPTURE;
	if (!counts->began)
		return;
	counts->records++;
	counts->bytes += HVD_NOTE_SIZE((uint64_t)rec->desc_size);
}

/*
 * Read it all. @withheld: the last note was never published; nothing of it may
 * be seen.
 */
static void check_segment(const struct sequence *s,
			  const struct segment *segment, bool withheld)
{
	struct counts counts = {0};
	struct hvd_reader reader;
	struct hvd_record rec;
	uint32_t chunks = 0;
	size_t i = 0;

	hvd_reader_init(&reader, segment->data, segment->size);
	for (;;) {
		enum hvd_next next = hvd_reader_next(&reader, &rec);

		CHECK(next != HVD_NEXT_DAMAGE);
		if (next == HVD_NEXT_END)
			break;
		count(&counts, &rec);
		if (rec.type == HVD_TYPE_CHUNK)
			compare_chunk(&rec, s, chunks++);
		else if (rec.type == HVD_TYPE_END)
			compare_end(&rec, s, &counts);
		else if (rec.type != HVD_TYPE_CHUNK_END) {
			const struct step *step = next_written(s, &i);

			CHECK(step);
			compare(&rec, step);
		}
	}
	CHECK(reader.foreign == 0);
	if (withheld)
		return;
	CHECK(!next_written(s, &i));
	CHECK(chunks == s->w.current_chunk + 1);
}

/* Room for an empty note header stays behind the last note of each chunk. */
static void check_tails(const struct sequence *s)
{
	uint32_t i, k;

	for (i = 0; i < s->nr_chunks; i++) {
		const struct hvd_chunk *c = &s->chunks[i];

		CHECK(c->used <= c->size - HVD_CHUNK_TAIL);
		for (k = c->used; k < c->size; k++)
			CHECK(c->base[k] == 0);
	}
}

static void check_dump(const struct sequence *s, const struct segment *segment)
{
	struct hvd_error err;
	struct hvd_dump *d =
		hvd_dump_create(segment->data, segment->size, 0, &err);

	CHECK(d);
	if (d->nr_damages)
		fprintf(stderr, "damage: %s\n", d->damages[0].what);
	CHECK(d->nr_damages == 0 && d->unknown == 0 && d->foreign == 0);
	CHECK(d->has_end == (s->finished && s->role == HVD_ROLE_CAPTURE));
	if (hvd_dump_is_complete(d))
		CHECK(s->nr_drops == 0);
	hvd_dump_destroy(d);
}

/* As if the last note had been laid out, and the machine stopped then. */
static void check_unpublished(const struct sequence *s, struct segment *segment)
{
	uint64_t at = 0;
	uint32_t i;

	for (i = 0; i < s->w.current_chunk; i++)
		at += s->chunks[i].size;
	at += (uint64_t)(s->w.note - s->chunks[i].base);
	memset(segment->data + at, 0, 4);
	check_segment(s, segment, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sequence s;
	struct segment merged, memory;

	sequence_run(&s, &user, data, size);
	merged = segment_of(&s, false);
	memory = segment_of(&s, true);
	check_tails(&s);
	check_segment(&s, &merged, false);
	check_segment(&s, &memory, false);
	check_dump(&s, &merged);
	check_dump(&s, &memory);
	check_unpublished(&s, &memory);
	free(merged.data);
	free(memory.data);
	sequence_free(&s);
	return 0;
}
