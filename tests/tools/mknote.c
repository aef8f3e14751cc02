// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Make a note segment from a text, by hvdump.ko's own encoder.
 *
 * usage: mknote [-m] < DESCRIPTION > SEGMENT
 *	-m	the chunks as they lie in memory, with the zeros behind them;
 *		otherwise as /proc/vmcore has them
 *
 * A line of the description is one of
 *	chunks NUMBER SIZE		begin a writer (before anything else)
 *	later NUMBER SIZE		begin another one, of role stage
 *	collector NUMBER SIZE		begin another one, of role collector
 *	time TICKS			of all records from here on
 *	calls NUMBER			hypercalls, for the end record
 *	RECORD FIELD=VALUE ...		a record; names are those of note.h
 *	+ FIELD=VALUE ...		an element of the record above
 *	drop type=N why=N amount=N
 *	finish				write the end record, close the chunk
 *	# ...
 * A text's spaces are written as %. What is not given is 0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"

#define MAX_CHUNKS   64
#define MAX_ELEMENTS 4096

static struct hvd_writer writer;
static struct hvd_chunk chunks[MAX_CHUNKS];
static __u32 nr_chunks;
static int whole_memory;
static unsigned int line_number;

static void die(const char *what, const char *word)
{
	fprintf(stderr, "mknote: line %u: %s: %s\n", line_number, what, word);
	exit(1);
}

/** The record of the last line, kept until its elements are there. */
static char record[16];
static union {
#define MEMBER(name, type) struct hvd_##name name;
	HVD_RECORDS(MEMBER)
} fixed;
static union {
	struct hvd_leaf leaf[MAX_ELEMENTS];
	struct hvd_register reg[MAX_ELEMENTS];
	struct hvd_property property[MAX_ELEMENTS];
	struct hvd_page page[MAX_ELEMENTS];
	struct hvd_word word[MAX_ELEMENTS];
	struct hvd_gap gap[MAX_ELEMENTS];
	struct hvd_run_time run_time[MAX_ELEMENTS];
} elements;
static __u32 nr_elements;

static unsigned long long number(const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 0);

	if (*end || end == text)
		die("not a number", text);
	return value;
}

static void set_text(__u8 *field, size_t size, const char *text)
{
	size_t i;

	for (i = 0; i < size && text[i]; i++)
		field[i] = text[i] == '%' ? ' ' : (__u8)text[i];
}

#define SET_u16(field, text) (field = (__u16)number(text))
#define SET_u32(field, text) (field = (__u32)number(text))
#define SET_u64(field, text) (field = number(text))
#define SET_b16(field, text) set_text(field, 16, text)
#define SET_b32(field, text) set_text(field, 32, text)
#define SET_b64(field, text) set_text(field, 64, text)
#define SET_FIELD(kind, field)              \
	if (!strcmp(name, #field)) {        \
		SET_##kind(r->field, text); \
		return;                     \
	}
#define DEFINE_SET(record_name, type)                          \
	__attribute__((unused)) static void set_##record_name( \
		struct hvd_##record_name *r, const char *name, \
		const char *text)                              \
	{                                                      \
		HVD_FIELDS_##record_name(SET_FIELD)            \
			die("no such field", name);            \
	}
HVD_RECORDS(DEFINE_SET)
HVD_ELEMENTS(DEFINE_SET)

#define IS(name) (!strcmp(record, #name))

/* Words are elements; those that are not given are 0. */
static const __u8 *words(__u32 size)
{
	if (size > 8 * MAX_ELEMENTS || size % 8)
		die("no such size", record);
	return (const __u8 *)elements.word;
}

/* Write what the last lines described. */
static void flush_record(void)
{
	if (IS(header))
		hvd_write_header(&writer, &fixed.header);
	else if (IS(capture))
		hvd_write_capture(&writer, &fixed.capture);
	else if (IS(stage))
		hvd_write_stage(&writer, &fixed.stage);
	else if (IS(failure))
		hvd_write_failure(&writer, &fixed.failure);
	else if (IS(partition))
		hvd_write_partition(&writer, &fixed.partition);
	else if (IS(vp))
		hvd_write_vp(&writer, &fixed.vp);
	else if (IS(hypervisor))
		hvd_write_hypervisor(&writer, elements.leaf, nr_elements);
	else if (IS(registers))
		hvd_write_registers(&writer, &fixed.registers, elements.reg,
				    nr_elements);
	else if (IS(properties))
		hvd_write_properties(&writer, &fixed.properties,
				     elements.property, nr_elements);
	else if (IS(pages))
		hvd_write_pages(&writer, elements.page, nr_elements);
	else if (IS(memory))
		hvd_write_memory(&writer, &fixed.memory,
				 words(fixed.memory.size));
	else if (IS(state))
		hvd_write_state(&writer, &fixed.state,
				words(fixed.state.size));
	else if (IS(balance))
		hvd_write_balance(&writer, &fixed.balance);
	else if (IS(run_times))
		hvd_write_run_times(&writer, elements.run_time, nr_elements);
	else if (IS(unread))
		hvd_write_unread(&writer, elements.gap, nr_elements);
	record[0] = '\0';
}

#define SET_OF(member)                                   \
	if (IS(member)) {                                \
		set_##member(&fixed.member, name, text); \
		return;                                  \
	}

static void set_field(const char *name, const char *text)
{
	SET_OF(header)
	SET_OF(capture)
	SET_OF(stage)
	SET_OF(failure)
	SET_OF(partition)
	SET_OF(vp)
	SET_OF(registers)
	SET_OF(properties)
	SET_OF(memory)
	SET_OF(state)
	SET_OF(balance)
	die("a record without fields, or none", record);
}

static void set_element(const char *name, const char *text)
{
	if (IS(hypervisor))
		set_leaf(&elements.leaf[nr_elements], name, text);
	else if (IS(registers))
		set_register(&elements.reg[nr_elements], name, text);
	else if (IS(properties))
		set_property(&elements.property[nr_elements], name, text);
	else if (IS(pages))
		set_page(&elements.page[nr_elements], name, text);
	else if (IS(memory) || IS(state))
		set_word(&elements.word[nr_elements], name, text);
	else if (IS(run_times))
		set_run_time(&elements.run_time[nr_elements], name, text);
	else if (IS(unread))
		set_gap(&elements.gap[nr_elements], name, text);
	else
		die("a record without elements, or none", record);
}

/* The FIELD=VALUE words that are left of a line. */
static void set_all(void (*set)(const char *name, const char *text))
{
	char *word, *value;

	while ((word = strtok(NULL, " \t"))) {
		value = strchr(word, '=');
		if (!value)
			die("expected FIELD=VALUE", word);
		*value++ = '\0';
		set(word, value);
	}
}

static void begin_record(const char *name)
{
	snprintf(record, sizeof(record), "%s", name);
	memset(&fixed, 0, sizeof(fixed));
	memset(&elements, 0, sizeof(elements));
	nr_elements = 0;
	set_all(set_field);
}

static void add_element(void)
{
	if (nr_elements == MAX_ELEMENTS)
		die("too many elements", record);
	set_all(set_element);
	nr_elements++;
}

static struct hvd_dropped dropped;

static void set_drop(const char *name, const char *text)
{
	set_dropped(&dropped, name, text);
}

static void drop(void)
{
	memset(&dropped, 0, sizeof(dropped));
	set_all(set_drop);
	hvd_drop(&writer, dropped.type, dropped.why, dropped.amount);
}

static unsigned long long argument(void)
{
	char *word = strtok(NULL, " \t");

	if (!word)
		die("expected a number", "");
	return number(word);
}

static void put_chunks(void)
{
	__u32 i, size;

	for (i = 0; i < nr_chunks; i++) {
		size = whole_memory ? chunks[i].size : chunks[i].used;
		fwrite(chunks[i].base, 1, size, stdout);
		free(chunks[i].base);
	}
	nr_chunks = 0;
}

static void begin_writer(__u32 role)
{
	unsigned long long nr = argument(), size = argument();
	__u32 i;

	put_chunks();
	if (nr < 1 || nr > MAX_CHUNKS || size < HVD_CHUNK_MIN || size % 4)
		die("no such chunks", "");
	for (i = 0; i < nr; i++)
		chunks[i] = (struct hvd_chunk){
			.base = calloc(1, size),
			.size = (__u32)size,
			.address = 0x40000000 + i * size,
		};
	nr_chunks = (__u32)nr;
	hvd_writer_init(&writer, chunks, nr_chunks, role, 0x1122334455667788);
}

static void take_line(char *line)
{
	const char *word = strtok(line, " \t");

	if (!word || *word == '#')
		return;
	if (!strcmp(word, "+")) {
		add_element();
		return;
	}
	flush_record();
	if (!strcmp(word, "chunks"))
		begin_writer(HVD_ROLE_CAPTURE);
	else if (!strcmp(word, "later"))
		begin_writer(HVD_ROLE_STAGE);
	else if (!strcmp(word, "collector"))
		begin_writer(HVD_ROLE_COLLECTOR);
	else if (!nr_chunks)
		die("expected chunks first", word);
	else if (!strcmp(word, "time"))
		writer.time = argument();
	else if (!strcmp(word, "calls"))
		writer.calls = (__u32)argument();
	else if (!strcmp(word, "drop"))
		drop();
	else if (!strcmp(word, "finish"))
		hvd_writer_finish(&writer);
	else
		begin_record(word);
}

int main(int argc, char **argv)
{
	char line[1024];

	whole_memory = argc > 1 && !strcmp(argv[1], "-m");
	while (fgets(line, sizeof(line), stdin)) {
		line_number++;
		line[strcspn(line, "\n")] = '\0';
		take_line(line);
	}
	flush_record();
	put_chunks();
	return fflush(stdout) ? 1 : 0;
}
