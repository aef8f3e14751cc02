// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The note segment: what the encoder writes is what doc/note-format.md says,
 * the decoder reads it back, and no damage to it goes unseen or does harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

#include "bytes.h"
#include "decode.h"
#include "encode.h"

#define NONCE	UINT64_C(0x1122334455667788)

struct segment {
	struct hvd_writer w;
	struct hvd_chunk chunks[4];
	uint8_t memory[4][8192];
};

static void segment_begin(struct segment *s, uint32_t chunks, uint32_t size,
			  uint32_t role)
{
	memset(s, 0, sizeof(*s));
	for (uint32_t i = 0; i < chunks; i++) {
		s->chunks[i].base = s->memory[i];
		s->chunks[i].size = size;
		s->chunks[i].address = 0x100000 * (i + 1);
	}
	hvd_writer_init(&s->w, s->chunks, chunks, role, NONCE);
}

/* The chunks as /proc/vmcore shows them: one behind the other, without tails. */
static uint8_t *segment_merge(const struct segment *s, uint64_t *size)
{
	uint8_t *out = NULL;

	*size = 0;
	for (uint32_t i = 0; i <= s->w.current_chunk; i++) {
		out = realloc(out, *size + s->chunks[i].used);
		assert_non_null(out);
		memcpy(out + *size, s->chunks[i].base, s->chunks[i].used);
		*size += s->chunks[i].used;
	}
	return out;
}

/* A small but whole capture: two partitions, one VP, a failure. */
static void write_capture(struct segment *s)
{
	struct hvd_header header = { .format = HVD_NOTE_FORMAT, .machine = 62,
				     .page_shift = 12, .chunks = 1,
				     .release = "6.1.0-test" };
	struct hvd_capture capture = { .reason = HVD_REASON_LINUX_PANIC };
	struct hvd_partition partition = { .partition_id = 0x102,
					   .parent_id = 1,
					   .kind = HVD_KIND_CHILD };
	struct hvd_vp vp = { .partition_id = 0x102, .vtls = 1,
			     .cpu = HVD_CPU_NONE };
	struct hvd_registers regs = { .partition_id = 0x102 };
	struct hvd_register values[2] = { { .code = 0x20010, .low = 0x1234 },
					  { .code = 0x20004, .status = 5 } };
	struct hvd_failure failure = { .partition_id = 0x103, .call = 0x50,
				       .status = 0xd };

	hvd_write_header(&s->w, &header);
	s->w.time = 1000;
	hvd_write_capture(&s->w, &capture);
	hvd_write_partition(&s->w, &partition);
	hvd_write_vp(&s->w, &vp);
	hvd_write_registers(&s->w, &regs, values, 2);
	hvd_write_failure(&s->w, &failure);
	hvd_writer_finish(&s->w);
}

struct walk {
	unsigned int records;
	unsigned int damages;
	unsigned int by_type[0x20];
};

static struct walk walk(const uint8_t *data, uint64_t size)
{
	struct hvd_reader reader;
	struct hvd_record rec;
	struct walk out = { 0 };
	enum hvd_next next;

	hvd_reader_init(&reader, data, size);
	while ((next = hvd_reader_next(&reader, &rec)) != HVD_NEXT_END) {
		assert_true(out.records + out.damages <= size / 4 + 1);
		if (next == HVD_NEXT_DAMAGE) {
			assert_true(reader.damage.offset <= size);
			out.damages++;
			continue;
		}
		assert_true(rec.body_size <= size - rec.offset);
		out.records++;
		if (rec.type - HVD_TYPE_FIRST < 0x20)
			out.by_type[rec.type - HVD_TYPE_FIRST]++;
	}
	return out;
}

/* Of a copied page its zeros at the end take no room, and no other byte is lost. */
static void memory_is_copied_to_its_last_word(void **state)
{
	struct hvd_memory r = { .partition_id = 1, .pfn = 0x1234, .size = 4096,
				.kind = HVD_PAGE_INPUT }, back;
	uint8_t page[4096] = { 1, 2, 3 };
	struct hvd_elements els;
	struct hvd_record rec;
	struct hvd_reader reader;
	struct hvd_word word;
	struct segment s;

	(void)state;
	page[800] = 0xab;
	segment_begin(&s, 1, 8192, HVD_ROLE_CAPTURE);
	assert_int_equal(hvd_write_memory(&s.w, &r, page), 1);
	hvd_reader_init(&reader, s.memory[0], s.chunks[0].used);
	hvd_reader_next(&reader, &rec);
	assert_int_equal(hvd_reader_next(&reader, &rec), HVD_NEXT_RECORD);
	assert_int_equal(rec.type, HVD_TYPE_MEMORY);
	assert_int_equal(hvd_read_memory(&rec, &back), 0);
	assert_int_equal(back.pfn, 0x1234);
	assert_int_equal(back.size, 4096);
	assert_int_equal(back.count, 808 / 8);
	assert_int_equal(hvd_word_elements(&rec, back.count, back.stride, &els),
			 0);
	assert_memory_equal(els.data, page, 808);
	hvd_get_word(&els, 100, &word);
	assert_int_equal(word.value, 0xab);
	memset(page, 0, sizeof(page));
	assert_int_equal(hvd_write_memory(&s.w, &r, page), 1);
	assert_int_equal(hvd_reader_next(&reader, &rec), HVD_NEXT_END);
	hvd_reader_init(&reader, s.memory[0], s.chunks[0].used);
	for (int i = 0; i < 3; i++)
		hvd_reader_next(&reader, &rec);
	assert_int_equal(hvd_read_memory(&rec, &back), 0);
	assert_int_equal(back.count, 0);
}

/* The bytes of one record, written out by hand from doc/note-format.md. */
static void bytes_are_as_specified(void **state)
{
	static const uint8_t expected[] = {
		0x07, 0, 0, 0,				/* n_namesz */
		48, 0, 0, 0,				/* n_descsz */
		0x11, 0x00, 0x56, 0x48,			/* n_type */
		'H', 'V', 'D', 'U', 'M', 'P', 0, 0,
		1, 0,					/* version */
		0, 0,					/* flags */
		48, 0, 0, 0,				/* length */
		0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01,	/* time */
		0x02, 0x01, 0, 0, 0, 0, 0, 0,		/* partition_id */
		0x01, 0, 0, 0, 0, 0, 0, 0,		/* parent_id */
		3, 0, 0, 0,				/* kind */
		2, 0, 0, 0,				/* source */
		4, 0, 0, 0,				/* seen */
		0, 0, 0, 0,				/* reserved */
		0, 0, 0, 0,				/* next: empty */
	};
	struct hvd_partition p = { .partition_id = 0x102, .parent_id = 1,
				   .kind = HVD_KIND_CHILD,
				   .source = HVD_SOURCE_ENUMERATION,
				   .seen = HVD_SEEN_BY(HVD_SOURCE_ENUMERATION) };
	struct segment s;
	uint32_t at;

	(void)state;
	segment_begin(&s, 1, 4096, HVD_ROLE_CAPTURE);
	at = s.chunks[0].used;
	s.w.time = UINT64_C(0x0123456789abcdef);
	assert_int_equal(hvd_write_partition(&s.w, &p), 1);
	assert_int_equal(s.chunks[0].used - at, sizeof(expected) - 4);
	assert_memory_equal(s.memory[0] + at, expected, sizeof(expected));
}

static void chunk_record_is_as_specified(void **state)
{
	static const uint8_t expected[] = {
		7, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0x56, 0x48,
		'H', 'V', 'D', 'U', 'M', 'P', 0, 0,
		1, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,	/* nonce */
		0, 0, 0, 0,				/* index */
		2, 0, 0, 0,				/* count */
		0, 0, 0, 0,				/* role */
		0x00, 0x10, 0, 0,			/* size */
		0x00, 0x00, 0x10, 0, 0, 0, 0, 0,	/* address */
	};
	struct segment s;

	(void)state;
	segment_begin(&s, 2, 4096, HVD_ROLE_CAPTURE);
	assert_int_equal(s.chunks[0].used, sizeof(expected));
	assert_memory_equal(s.memory[0], expected, sizeof(expected));
}

static void fill_random(void *p, size_t size)
{
	uint8_t *b = p;

	while (size--)
		*b++ = (uint8_t)rand();
}

/* No structure of note.h has padding, so whole structures can be compared. */
#define ROUND_TRIP(name, number) \
	static void name##_round_trip(struct segment *s, \
				      int (*write)(struct hvd_writer *, \
						   const struct hvd_##name *)) \
	{ \
		struct hvd_##name in, out; \
		struct hvd_reader reader; \
		struct hvd_record rec; \
		uint32_t at = s->chunks[0].used; \
		_Static_assert(sizeof(in) == HVD_WIRE_SIZE(name), "padding"); \
		fill_random(&in, sizeof(in)); \
		assert_int_equal(write(&s->w, &in), 1); \
		hvd_reader_init(&reader, s->memory[0] + at, \
				s->chunks[0].used - at); \
		assert_int_equal(hvd_reader_next(&reader, &rec), \
				 HVD_NEXT_RECORD); \
		assert_int_equal(rec.type, number); \
		assert_int_equal(hvd_read_##name(&rec, &out), 0); \
		assert_memory_equal(&in, &out, sizeof(in)); \
	}

ROUND_TRIP(header, HVD_TYPE_HEADER)
ROUND_TRIP(capture, HVD_TYPE_CAPTURE)
ROUND_TRIP(stage, HVD_TYPE_STAGE)
ROUND_TRIP(failure, HVD_TYPE_FAILURE)
ROUND_TRIP(partition, HVD_TYPE_PARTITION)
ROUND_TRIP(vp, HVD_TYPE_VP)

static void fixed_records_round_trip(void **state)
{
	struct segment s;

	(void)state;
	for (int i = 0; i < 100; i++) {
		segment_begin(&s, 1, 8192, HVD_ROLE_CAPTURE);
		header_round_trip(&s, hvd_write_header);
		capture_round_trip(&s, hvd_write_capture);
		stage_round_trip(&s, hvd_write_stage);
		failure_round_trip(&s, hvd_write_failure);
		partition_round_trip(&s, hvd_write_partition);
		vp_round_trip(&s, hvd_write_vp);
	}
}

/*
 * What a record of an older writer lacks, because it came later, is 0; a record
 * that lacks more is refused. Sizes as in doc/note-format.md, "Versions".
 */
static void older_records_are_read(void **state)
{
	struct hvd_record rec = { .version = 1 };
	uint8_t body[64];
	struct hvd_capture capture;
	struct hvd_stage stage;
	struct hvd_partition partition;

	(void)state;
	memset(body, 0xff, sizeof(body));
	rec.body = body;
	rec.body_size = 64 - 16;
	assert_int_equal(hvd_read_capture(&rec, &capture), 0);
	assert_int_equal(capture.anchor_ticks, UINT64_MAX);
	assert_int_equal(capture.hypervisor, HVD_HV_UNKNOWN);
	rec.body_size--;
	assert_int_equal(hvd_read_capture(&rec, &capture), -1);
	rec.body_size = 40 - 16;
	assert_int_equal(hvd_read_stage(&rec, &stage), 0);
	assert_int_equal(stage.flags, UINT32_MAX);
	assert_int_equal(stage.first, HVD_FIRST_UNKNOWN);
	assert_int_equal(stage.hypercall, 0);
	assert_int_equal(hvd_read_partition(&rec, &partition), 0);
	assert_int_equal(partition.source, UINT32_MAX);
	assert_int_equal(partition.seen, 0);
	rec.body_size--;
	assert_int_equal(hvd_read_stage(&rec, &stage), -1);
	assert_int_equal(hvd_read_partition(&rec, &partition), -1);
}

static void registers_round_trip(void **state)
{
	struct hvd_registers fixed = { .partition_id = 7, .vp_index = 8,
				       .vtl = 2, .set = HVD_SET_REST }, got;
	struct hvd_register in[50], out;
	struct hvd_elements els;
	struct hvd_reader reader;
	struct hvd_record rec;
	struct segment s;

	(void)state;
	fill_random(in, sizeof(in));
	segment_begin(&s, 1, 8192, HVD_ROLE_CAPTURE);
	assert_int_equal(hvd_write_registers(&s.w, &fixed, in, 50), 1);
	hvd_reader_init(&reader, s.memory[0], s.chunks[0].used);
	assert_int_equal(hvd_reader_next(&reader, &rec), HVD_NEXT_RECORD);
	assert_int_equal(hvd_reader_next(&reader, &rec), HVD_NEXT_RECORD);
	assert_int_equal(hvd_read_registers(&rec, &got), 0);
	assert_int_equal(got.vtl, 2);
	assert_int_equal(got.count, 50);
	assert_int_equal(hvd_register_elements(&rec, got.count, got.stride,
					       &els), 0);
	for (uint32_t i = 0; i < els.count; i++) {
		hvd_get_register(&els, i, &out);
		assert_memory_equal(&in[i], &out, sizeof(out));
	}
	/* A count or stride that the record does not hold is refused. */
	assert_int_equal(hvd_register_elements(&rec, 51, got.stride, &els), -1);
	assert_int_equal(hvd_register_elements(&rec, 50, 23, &els), -1);
	assert_int_equal(hvd_register_elements(&rec, UINT32_MAX, UINT32_MAX,
					       &els), -1);
}

static void crc_is_zlibs(void **state)
{
	uint8_t data[1000];

	(void)state;
	fill_random(data, sizeof(data));
	for (uint32_t len = 0; len <= sizeof(data); len++)
		assert_int_equal(hvd_crc32(0, data, len), crc32(0, data, len));
}

static void whole_capture_is_read(void **state)
{
	struct segment s;
	struct walk got;
	uint64_t size;
	uint8_t *data;

	(void)state;
	segment_begin(&s, 1, 4096, HVD_ROLE_CAPTURE);
	write_capture(&s);
	data = segment_merge(&s, &size);
	got = walk(data, size);
	assert_int_equal(got.damages, 0);
	assert_int_equal(got.records, 9);
	free(data);
	/* The same from the chunk's memory, with its empty rest. */
	got = walk(s.memory[0], 4096);
	assert_int_equal(got.damages, 0);
	assert_int_equal(got.records, 9);
}

/* What does not fit goes to the next chunk; in the last one it is counted. */
static void full_chunks_are_left_in_order(void **state)
{
	struct hvd_registers fixed = { .partition_id = 1 };
	struct hvd_register regs[40] = { 0 };
	unsigned int written = 0, dropped = 0;
	struct hvd_elements els;
	struct hvd_reader reader;
	struct hvd_dropped drop;
	struct hvd_record rec;
	struct hvd_end end = { 0 };
	struct segment s;
	uint64_t size;
	uint8_t *data;
	struct walk got;

	(void)state;
	segment_begin(&s, 3, 4096, HVD_ROLE_CAPTURE);
	for (int i = 0; i < 20; i++) {
		if (hvd_write_registers(&s.w, &fixed, regs, 40))
			written++;
		else
			dropped++;
	}
	hvd_writer_finish(&s.w);
	assert_true(written >= 8 && dropped > 0);
	for (int i = 0; i < 3; i++)
		assert_true(s.chunks[i].used + HVD_CHUNK_TAIL <= 4096);
	data = segment_merge(&s, &size);
	got = walk(data, size);
	assert_int_equal(got.damages, 0);
	assert_int_equal(got.by_type[0], 3);
	assert_int_equal(got.by_type[1], 3);
	assert_int_equal(got.by_type[0x13], written);
	hvd_reader_init(&reader, data, size);
	while (hvd_reader_next(&reader, &rec) == HVD_NEXT_RECORD)
		if (rec.type == HVD_TYPE_END)
			break;
	assert_int_equal(hvd_read_end(&rec, &end), 0);
	assert_int_equal(hvd_dropped_elements(&rec, end.count, end.stride,
					      &els), 0);
	assert_int_equal(els.count, 1);
	hvd_get_dropped(&els, 0, &drop);
	assert_int_equal(drop.type, HVD_TYPE_REGISTERS);
	assert_int_equal(drop.why, HVD_WHY_SPACE);
	assert_int_equal(drop.amount, dropped);
	free(data);
}

/* Whatever was dropped, and however full it was: both ends are written. */
static void end_always_has_room(void **state)
{
	struct hvd_partition p = { .partition_id = 1 };
	struct segment s;
	struct walk got;

	(void)state;
	for (int extra = 0; extra < 80; extra++) {
		segment_begin(&s, 1, 4096, HVD_ROLE_CAPTURE);
		for (uint32_t why = 0; why < 2 * HVD_MAX_DROPPED; why++)
			hvd_drop(&s.w, HVD_TYPE_VP, why, 1);
		for (int i = 0; i < extra; i++)
			hvd_write_partition(&s.w, &p);
		hvd_writer_finish(&s.w);
		assert_true(s.chunks[0].used + HVD_CHUNK_TAIL <= 4096);
		got = walk(s.memory[0], 4096);
		assert_int_equal(got.damages, 0);
		assert_int_equal(got.by_type[4], 1);
		assert_int_equal(got.by_type[1], 1);
	}
}

/* A record that is not published does not count, whatever lies behind it. */
static void interrupted_encoder_leaves_a_prefix(void **state)
{
	struct hvd_partition p = { .partition_id = 1 };
	struct segment s;
	struct walk got;
	uint32_t at;

	(void)state;
	segment_begin(&s, 1, 4096, HVD_ROLE_CAPTURE);
	for (unsigned int n = 1; n < 20; n++) {
		at = s.chunks[0].used;
		hvd_write_partition(&s.w, &p);
		memset(s.memory[0] + at, 0, 4);
		got = walk(s.memory[0], 4096);
		assert_int_equal(got.damages, 0);
		assert_int_equal(got.records, n);
		s.memory[0][at] = HVD_NOTE_NAMESZ;
	}
}

/* Bits of the last note's common header that no checksum covers. */
static bool uncovered(uint64_t byte, uint64_t chunk_end)
{
	return (byte >= chunk_end + 20 && byte < chunk_end + 24) ||
	       (byte >= chunk_end + 28 && byte < chunk_end + 36);
}

static void every_flipped_bit_is_noticed(void **state)
{
	struct segment s;
	struct walk good, got;
	uint64_t size;
	uint8_t *data;

	(void)state;
	segment_begin(&s, 1, 4096, HVD_ROLE_CAPTURE);
	write_capture(&s);
	data = segment_merge(&s, &size);
	good = walk(data, size);
	for (uint64_t bit = 0; bit < size * 8; bit++) {
		data[bit / 8] ^= 1 << bit % 8;
		got = walk(data, size);
		data[bit / 8] ^= 1 << bit % 8;
		if (uncovered(bit / 8, size - HVD_RECORD_SIZE(chunk_end)))
			continue;
		/* Noticed, or (a chunk end that is none) missing. */
		assert_true(got.damages > 0 || got.by_type[1] == 0 ||
			    got.by_type[0] == 0);
		assert_true(got.records + 3 >= good.records);
	}
	free(data);
}

static void every_truncation_is_survived(void **state)
{
	struct segment s;
	uint64_t size;
	uint8_t *data, *cut;

	(void)state;
	segment_begin(&s, 1, 4096, HVD_ROLE_CAPTURE);
	write_capture(&s);
	data = segment_merge(&s, &size);
	for (uint64_t len = 0; len < size; len++) {
		struct walk got;

		/* In memory of its own, so that ASan sees a read too far. */
		cut = malloc(len ? len : 1);
		assert_non_null(cut);
		memcpy(cut, data, len);
		got = walk(cut, len);
		assert_int_equal(got.by_type[1], 0);
		assert_true(got.damages <= 1);
		free(cut);
	}
	free(data);
}

/* Notes of other owners, before and behind ours, are none of our business. */
static void foreign_notes_are_skipped(void **state)
{
	static const uint8_t foreign[] = {
		5, 0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 'C', 'O', 'R', 'E', 0, 0, 0,
		0, 1, 2, 3, 4, 5, 6, 0, 0,
	};
	uint8_t data[8192 + 2 * sizeof(foreign)];
	struct hvd_reader reader;
	struct hvd_record rec;
	unsigned int records = 0;
	struct segment s;
	uint64_t size;
	uint8_t *ours;

	(void)state;
	segment_begin(&s, 1, 4096, HVD_ROLE_CAPTURE);
	write_capture(&s);
	ours = segment_merge(&s, &size);
	memcpy(data, foreign, sizeof(foreign));
	memcpy(data + sizeof(foreign), ours, size);
	memcpy(data + sizeof(foreign) + size, foreign, sizeof(foreign));
	hvd_reader_init(&reader, data, size + 2 * sizeof(foreign));
	while (hvd_reader_next(&reader, &rec) == HVD_NEXT_RECORD)
		records++;
	assert_int_equal(records, 9);
	assert_int_equal(reader.foreign, 2);
	free(ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_as_specified),
		cmocka_unit_test(memory_is_copied_to_its_last_word),
		cmocka_unit_test(chunk_record_is_as_specified),
		cmocka_unit_test(fixed_records_round_trip),
		cmocka_unit_test(older_records_are_read),
		cmocka_unit_test(registers_round_trip),
		cmocka_unit_test(crc_is_zlibs),
		cmocka_unit_test(whole_capture_is_read),
		cmocka_unit_test(full_chunks_are_left_in_order),
		cmocka_unit_test(end_always_has_room),
		cmocka_unit_test(interrupted_encoder_leaves_a_prefix),
		cmocka_unit_test(every_flipped_bit_is_noticed),
		cmocka_unit_test(every_truncation_is_survived),
		cmocka_unit_test(foreign_notes_are_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
