// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as values of registers and properties with their statuses, as any
 * structure that there are rows for, and as a message; on both architectures,
 * as text and as JSON. Input: the architecture, which structure (2 bytes),
 * where codes and statuses come from, then the bytes.
 */
#include "config.h"

#include <elf.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "bytes.h"
#include "call_input.h"
#include "check.h"
#include "json.h"
#include "layouts.h"
#include "message.h"
#include "names.h"
#include "page/page.h"
#include "property_fields.h"
#include "property_text.h"
#include "register_fields.h"
#include "register_text.h"
#include "stops.h"
#include "vpstate.h"

#define HEAD	   4
#define MAX_BYTES  HV_PAGE_BYTES
#define MAX_OUTPUT (1 << 20) /* of a page's worth of bytes */
#define VALUE	   24	     /* bytes of the input for one of them */
#define MAX_VALUES (MAX_BYTES / VALUE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What an input is about. */
struct input {
	uint16_t machine;
	enum hvd_abi_arch arch;
	size_t layout;
	uint8_t from; /* 1: codes are the bytes', 2: statuses too */
	const uint8_t *bytes;
	size_t size;
};

/** Text and JSON go into memory. */
struct sink {
	FILE *stream;
	char *text;
	size_t size;
};

static void check_text(const char *text, size_t size)
{
	size_t i;

	CHECK(size <= MAX_OUTPUT);
	for (i = 0; i < size; i++)
		CHECK(text[i] == '\n' || (text[i] >= 0x20 && text[i] < 0x7f));
}

static FILE *sink_open(struct sink *k)
{
	k->stream = open_memstream(&k->text, &k->size);
	CHECK(k->stream);
	return k->stream;
}

static void sink_close(struct sink *k)
{
	CHECK(!fclose(k->stream));
	check_text(k->text, k->size);
}

static void check_json(json_t *value)
{
	char *text = json_dumps(value, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

	CHECK(text);
	check_text(text, strlen(text));
	free(text);
	json_decref(value);
}

/* ----------------------------------------------------------- structures */

/** A structure while it is taken apart. */
struct taken {
	const uint8_t *bytes;
	size_t size;
	size_t fields;
	uint32_t last; /* offset of the field before, of depth 0 */
};

static uint64_t bit_at(const uint8_t *bytes, unsigned int bit)
{
	return bytes[bit / 8] >> bit % 8 & 1;
}

/* A number's bits are those of the bytes, one by one. */
static void check_bits(const struct hvd_field *f, const uint8_t *bytes)
{
	const struct hvd_field_row *row = f->row;
	unsigned int i, bits = row->bits ? row->bits : row->size * 8u;

	CHECK(row->bit + bits <= row->size * 8u);
	for (i = 0; i < bits && i < 64; i++)
		CHECK((f->value >> i & 1) ==
		      bit_at(bytes + f->offset, row->bit + i));
	CHECK(bits >= 64 || f->value >> bits == 0);
	for (; i < bits && i < 128; i++)
		CHECK((f->high >> (i - 64) & 1) ==
		      bit_at(bytes + f->offset, row->bit + i));
}

static bool is_number(const struct hvd_field_row *row)
{
	return row->kind != HVD_FIELD_BYTES && row->kind != HVD_FIELD_TEXT &&
	       row->kind != HVD_FIELD_GUID && row->kind != HVD_FIELD_LAYOUT;
}

static int take_field(const struct hvd_field *f, void *arg)
{
	struct taken *t = arg;

	CHECK(f->cut == ((size_t)f->offset + f->row->size > t->size));
	CHECK(f->cut || f->bytes == t->bytes + f->offset);
	CHECK(!f->row->count || f->index < f->row->count);
	CHECK(f->depth || f->offset >= t->last);
	if (!f->depth)
		t->last = f->offset;
	if (!f->cut && is_number(f->row))
		check_bits(f, t->bytes);
	t->fields++;
	return 0;
}

static void check_layout(const struct session *s,
			 const struct hvd_layout *layout, const uint8_t *bytes,
			 size_t size)
{
	struct taken t = {.bytes = bytes, .size = size};
	struct session to = *s;
	struct view text = {.s = &to}, json = {.s = s};
	struct sink sink;

	CHECK(!hvd_layout_walk(layout, bytes, size, take_field, &t));
	CHECK(t.fields && t.last < layout->size);
	to.out = sink_open(&sink);
	view_layout(&text, layout, bytes, size);
	sink_close(&sink);
	free(sink.text);
	json.parts = json.fields = json_object();
	view_layout(&json, layout, bytes, size);
	CHECK(json_object_size(json.fields));
	check_json(json.fields);
}

static const struct hvd_layout *layout_of(size_t number)
{
	size_t nr = 0;

	while (hvd_layouts(nr))
		nr++;
	return hvd_layouts(number % nr)->layout;
}

/* ------------------------------------------------------------- messages */

static void check_message(const struct session *s, const struct input *in)
{
	struct view json = {.s = s, .parts = json_array()};
	struct hvd_message m;
	int bad = hvd_message_decode(in->bytes, in->size, in->machine, &m);

	CHECK(!!bad == (in->size < HVD_MESSAGE_HEADER));
	CHECK(bad || HVD_MESSAGE_HEADER + (size_t)m.size <= in->size);
	page_show_message(&json, "Message", in->bytes, in->size);
	CHECK(json.nr == (!bad && m.type));
	check_json(json.parts);
	if (!bad && m.layout)
		check_layout(s, m.layout, m.payload, m.size);
}

/* --------------------------------------------------------------- values */

/** Registers and properties of one VP and its partition. */
struct values {
	struct hvd_dump_register regs[MAX_VALUES];
	struct hvd_dump_property props[MAX_VALUES];
	size_t nr;
};

/* Half of the codes are those of a table's rows, so that values get there. */
static uint32_t code_of(const struct input *in, enum hvd_abi_kind kind,
			uint32_t code)
{
	const struct hvd_abi_row *rows;
	size_t nr;

	if (in->from & 1)
		return code;
	rows = hvd_abi_rows(kind, in->arch, &nr);
	CHECK(rows && nr);
	return rows[code % nr].code;
}

static void take_values(struct values *v, const struct input *in)
{
	const uint8_t *p = in->bytes;
	size_t left = in->size;

	for (; left >= VALUE && v->nr < MAX_VALUES; p += VALUE, left -= VALUE) {
		uint32_t code = hvd_le32(p);
		uint16_t status = hvd_le16(p + 4), flags = hvd_le16(p + 6);

		if (!(in->from & 2)) /* else few would have a value at all */
			status = flags = 0;
		v->regs[v->nr] = (struct hvd_dump_register){
			.code = code_of(in, HVD_ABI_REGISTERS, code),
			.status = status,
			.flags = flags,
			.low = hvd_le64(p + 8),
			.high = hvd_le64(p + 16),
		};
		v->props[v->nr++] = (struct hvd_dump_property){
			.code = code_of(in, HVD_ABI_PROPERTIES, code),
			.status = status,
			.flags = flags,
			.value = hvd_le64(p + 8),
		};
	}
}

/* A name is a row's, or the number, which it says. */
static void check_name(enum hvd_abi_kind kind, enum hvd_abi_arch arch,
		       uint32_t code, const char *name)
{
	const struct hvd_abi_row *row = hvd_abi_find(kind, arch, code);

	CHECK(!row || row->code == code);
	if (row)
		CHECK(!strcmp(name, row->name));
	else
		CHECK(!strncmp(name, "0x", 2) &&
		      strtoul(name, NULL, 16) == code);
	check_text(name, strlen(name));
}

static void check_names(const struct input *in,
			const struct hvd_dump_register *reg,
			const struct hvd_dump_property *prop)
{
	uint16_t call = (uint16_t)reg->low;
	char buf[NAME_SIZE];

	check_name(HVD_ABI_REGISTERS, in->arch, reg->code,
		   name_of_register(buf, in->machine, reg->code));
	check_name(HVD_ABI_PROPERTIES, HVD_ABI_ANY, prop->code,
		   name_of_property(buf, prop->code));
	check_name(HVD_ABI_STATUS, HVD_ABI_ANY, reg->status,
		   name_of_status(buf, reg->status));
	check_name(HVD_ABI_HYPERCALLS, HVD_ABI_ANY, call,
		   name_of_call(buf, call));
}

static void check_register(const struct session *s, const struct input *in,
			   const struct hvd_dump_register *reg)
{
	bool good = hvd_register_good(reg);
	const struct hvd_layout *layout =
		hvd_register_layout(in->arch, reg->code, reg->low);
	json_t *fields = register_fields_json(s, reg);
	char words[REGISTER_WORDS];
	uint8_t bytes[16];
	unsigned int i;

	CHECK(register_words(words, s->dump, reg) == words);
	CHECK(strlen(words) < REGISTER_WORDS);
	check_text(words, strlen(words));
	CHECK(good || !words[0]);
	CHECK(json_is_null(fields) == !(good && layout));
	check_json(fields);
	if (!layout)
		return;
	for (i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(reg->low >> 8 * i);
		bytes[8 + i] = (uint8_t)(reg->high >> 8 * i);
	}
	CHECK(layout->size <= sizeof(bytes));
	check_layout(s, layout, bytes, layout->size);
}

static void check_property(const struct session *s, const struct input *in,
			   const struct hvd_dump_property *prop)
{
	bool good = property_good(prop);
	bool layout = hvd_property_layout(in->arch, prop->code, prop->value);
	json_t *fields = property_fields_json(s, prop);
	char words[PROPERTY_WORDS];

	CHECK(property_words(words, s->dump, prop) == words);
	CHECK(strlen(words) < PROPERTY_WORDS);
	check_text(words, strlen(words));
	CHECK(good || !words[0]);
	CHECK(json_is_null(fields) == !(good && layout));
	check_json(fields);
}

/* Of a code its first value counts, as where a segment is read. */
static size_t without_twins(struct values *v, size_t *nr_props)
{
	size_t i, k, nr = 0, props = 0;

	for (i = 0; i < v->nr; i++) {
		for (k = 0; k < nr; k++)
			if (v->regs[k].code == v->regs[i].code)
				break;
		if (k == nr)
			v->regs[nr++] = v->regs[i];
	}
	for (i = 0; i < v->nr; i++) {
		for (k = 0; k < props; k++)
			if (v->props[k].code == v->props[i].code)
				break;
		if (k == props)
			v->props[props++] = v->props[i];
	}
	*nr_props = props;
	return nr;
}

static json_t *first_of(json_t *object, const char *list)
{
	return json_array_get(json_object_get(object, list), 0);
}

/* What `hvdump regs --all --json` prints: each value, under one name. */
static void check_document(const struct session *s, struct values *v)
{
	struct hvd_dump_vtl vtl = {.recorded = true, .regs = v->regs};
	struct hvd_dump_vp vp = {.recorded = true, .vtls = &vtl, .nr_vtls = 1};
	struct hvd_dump_partition p = {
		.recorded = true, .vps = &vp, .nr_vps = 1, .props = v->props};
	struct hvd_dump dump = {.machine = s->dump->machine,
				.partitions = &p,
				.nr_partitions = 1};
	struct session to = *s;
	json_t *root, *partition, *shown;
	struct sink sink;

	vtl.nr_regs = without_twins(v, &p.nr_props);
	to.dump = &dump;
	to.opt.all = true;
	to.out = sink_open(&sink);
	json_finish_partitions(&to, json_begin_plain(),
			       JSON_PROPERTIES | JSON_VPS | JSON_REGISTERS);
	stops_close(&to);
	sink_close(&sink);
	root = json_loads(sink.text, JSON_REJECT_DUPLICATES, NULL);
	partition = first_of(root, "partitions");
	shown = first_of(first_of(partition, "vps"), "vtls");
	CHECK(json_object_size(json_object_get(shown, "registers")) ==
	      vtl.nr_regs);
	CHECK(json_object_size(json_object_get(partition, "properties")) ==
	      p.nr_props);
	json_decref(root);
	free(sink.text);
}

static void check_values(const struct session *s, const struct input *in)
{
	static struct values v;
	size_t i;

	v.nr = 0;
	take_values(&v, in);
	for (i = 0; i < v.nr; i++) {
		check_names(in, &v.regs[i], &v.props[i]);
		check_register(s, in, &v.regs[i]);
		check_property(s, in, &v.props[i]);
	}
	check_document(s, &v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hvd_dump dump = {0};
	struct session s = {.err = stderr, .prefix = "fuzz", .dump = &dump};
	struct input in;

	if (size < HEAD)
		return 0;
	in.arch = data[0] & 1 ? HVD_ABI_ARM64 : HVD_ABI_X86_64;
	dump.machine = in.machine = data[0] & 1 ? EM_AARCH64 : EM_X86_64;
	in.layout = hvd_le16(data + 1);
	in.from = data[3];
	in.bytes = data + HEAD;
	in.size = size - HEAD < MAX_BYTES ? size - HEAD : MAX_BYTES;
	check_layout(&s, layout_of(in.layout), in.bytes, in.size);
	check_message(&s, &in);
	check_values(&s, &in);
	return 0;
}
