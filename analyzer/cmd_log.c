// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump log: the kernel's log, as dmesg shows it. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_stream.h"
#include "kernel_open.h"
#include "log_file.h"
#include "names.h"

#define NR_LEVELS  8
#define ALL_LEVELS ((1u << NR_LEVELS) - 1)

#define CALLER_CPU 0x80000000u

/** What is shown, and how far we are. */
struct view {
	struct session *s;
	unsigned int levels; /* a bit for each */
	bool has_tail;
	uint64_t tail;
	uint64_t skip;	/* records that are left out at the start */
	uint64_t found; /* of the levels that are shown */
	struct json_stream *json; /* NULL: text */
	char *file; /* where it was read from, if not from memory */
};

/* As dmesg names them. */
static const char *const level_names[NR_LEVELS] = {
	"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"};

static int find_level(const char *name, size_t length)
{
	int i;

	if (length == 1 && *name >= '0' && *name < '0' + NR_LEVELS)
		return *name - '0';
	for (i = 0; i < NR_LEVELS; i++)
		if (strlen(level_names[i]) == length &&
		    !strncmp(level_names[i], name, length))
			return i;
	return -1;
}

/* "err", "err+" (and what is graver), "+err" (and what is not); 0: wrong */
static unsigned int parse_level(const char *text, size_t length)
{
	bool less = length > 1 && text[0] == '+';
	bool more = length > 1 && !less && text[length - 1] == '+';
	int level = find_level(text + less, length - less - more);

	if (level < 0)
		return 0;
	if (more)
		return (2u << level) - 1;
	return less ? ALL_LEVELS & ~((1u << level) - 1) : 1u << level;
}

static int parse_levels(struct view *v)
{
	const char *p = v->s->opt.level;
	unsigned int some;
	size_t length;

	v->levels = p ? 0 : ALL_LEVELS;
	for (; p; p = p[length] ? p + length + 1 : NULL) {
		length = strcspn(p, ",");
		some = parse_level(p, length);
		if (!some) {
			complain(v->s, "--level %s: expected emerg, alert, "
				 "crit, err, warn, notice, info, debug, or 0 to "
				 "7, separated by commas", v->s->opt.level);
			return -1;
		}
		v->levels |= some;
	}
	return 0;
}

static int parse_tail(struct view *v)
{
	v->has_tail = v->s->opt.tail;
	if (!v->has_tail ||
	    !parse_number(v->s->opt.tail, UINT64_MAX, &v->tail))
		return 0;
	complain(v->s, "--tail %s: expected a number of records",
		 v->s->opt.tail);
	return -1;
}

/* What a terminal would take for a command is shown, not sent. */
static void put_byte(FILE *out, uint8_t byte)
{
	if (byte == '\t' || (byte >= ' ' && byte <= '~'))
		fputc(byte, out);
	else
		fprintf(out, "\\x%02x", byte);
}

static void caller_text(char *buf, size_t size, uint32_t caller)
{
	snprintf(buf, size, "%c%" PRIu32, caller & CALLER_CPU ? 'C' : 'T',
		 caller & ~CALLER_CPU);
}

static void print_record(const struct view *v, const struct hvd_log_record *r)
{
	FILE *out = v->s->out;
	char caller[16];
	size_t i;
	int indent;

	indent = fprintf(out, "[%5" PRIu64 ".%06" PRIu64 "]",
			 r->nanoseconds / 1000000000,
			 r->nanoseconds / 1000 % 1000000);
	if (v->s->opt.verbose && !v->file) {
		caller_text(caller, sizeof(caller), r->caller);
		indent += fprintf(out, "[%6s]", caller);
	}
	fputc(' ', out);
	for (i = 0; i < r->length; i++)
		if (r->text[i] == '\n')
			fprintf(out, "\n%*s", indent + 1, "");
		else
			put_byte(out, (uint8_t)r->text[i]);
	fputc('\n', out);
}

/* The same text as is printed, but for the indentation. */
static json_t *text_json(const struct hvd_log_record *r)
{
	json_t *text = NULL;
	size_t i, size = 0;
	char *buf = NULL;
	FILE *out = open_memstream(&buf, &size);

	for (i = 0; out && i < r->length; i++)
		if (r->text[i] == '\n')
			fputc('\n', out);
		else
			put_byte(out, (uint8_t)r->text[i]);
	if (out && !fclose(out))
		text = json_stringn(buf, size);
	free(buf);
	return text;
}

static json_t *number_json(bool known, uint64_t n)
{
	return known && n <= INT64_MAX ? json_integer((json_int_t)n)
				       : json_null();
}

static void record_json(const struct view *v, const struct hvd_log_record *r)
{
	json_t *o = json_object();
	char caller[16] = "";

	if (!v->file)
		caller_text(caller, sizeof(caller), r->caller);
	json_set(o, "sequence", number_json(!v->file, r->sequence));
	json_set(o, "time_ns", number_json(true, r->nanoseconds));
	json_set(o, "level", number_json(!v->file, r->level));
	json_set(o, "facility", number_json(!v->file, r->facility));
	json_set(o, "caller", json_string_or_null(caller));
	json_set(o, "text", text_json(r));
	stream_value(v->json, NULL, o);
}

static bool shows(const struct view *v, const struct hvd_log_record *r)
{
	return v->file || v->levels & 1u << r->level;
}

static int count_record(void *arg, const struct hvd_log_record *r)
{
	struct view *v = arg;

	v->found += shows(v, r);
	return 0;
}

static int show_record(void *arg, const struct hvd_log_record *r)
{
	struct view *v = arg;

	if (!shows(v, r) || v->found++ < v->skip)
		return 0;
	if (v->json)
		record_json(v, r);
	else
		print_record(v, r);
	return 0;
}

static int64_t read_memory(struct view *v,
			   int (*each)(void *, const struct hvd_log_record *),
			   struct hvd_error *err)
{
	struct hvd_kernel *k = session_kernel(v->s, err);
	struct hvd_kmem *kmem = k ? hvd_kernel_kmem(k, err) : NULL;

	if (!kmem)
		return -1;
	return hvd_log_read(kmem, hvd_kernel_vmcoreinfo(k), each, v, err);
}

static int64_t read_log(struct view *v,
			int (*each)(void *, const struct hvd_log_record *),
			struct hvd_error *err)
{
	return v->file ? log_file_read(v->file, each, v, err)
		       : read_memory(v, each, err);
}

/*
 * Where there is no memory to read it from, the text that a collector saved
 * serves; it has no levels.
 */
static int choose_file(struct view *v, const struct hvd_error *why,
		       struct hvd_error *err)
{
	*err = *why;
	v->file = log_file_find(v->s);
	if (!v->file)
		return hvd_error_prefix(err, "no log can be read, and no text "
					"of it lies beside %s",
					session_kernel_path(v->s));
	if (v->s->opt.level)
		return hvd_error_prefix(err, "%s has no levels to choose by, "
					"and the dump no log", v->file);
	if (!v->s->opt.quiet)
		complain(v->s, "%s; this is %s", why->text, v->file);
	v->found = 0;
	return read_log(v, count_record, err) < 0 ? -1 : 0;
}

/* Null: the source itself. */
static json_t *json_log_file(const struct view *v)
{
	const char *from = v->file ? v->file : session_kernel_path(v->s);
	char path[128];

	if (!strcmp(from, v->s->input->path))
		return json_null();
	return json_string(clean_string(path, sizeof(path), from));
}

static int print_log(struct view *v, int64_t *lost, struct hvd_error *err)
{
	struct json_stream st = {.out = v->s->out};

	v->skip = v->has_tail && v->found > v->tail ? v->found - v->tail : 0;
	v->found = 0;
	if (!v->s->opt.json) {
		*lost = read_log(v, show_record, err);
		return STATUS_DONE;
	}
	v->json = &st;
	stream_open(&st, NULL, '{');
	stream_members(&st, json_begin(v->s));
	stream_value(&st, "log_file", json_log_file(v));
	stream_open(&st, "log", '[');
	*lost = read_log(v, show_record, err);
	stream_close(&st, ']');
	stream_value(&st, "log_lost",
		     json_integer(*lost > 0 ? (json_int_t)*lost : 0));
	stream_close(&st, '}');
	return json_end(v->s, st.failed);
}

static int show_log(struct view *v)
{
	struct hvd_error why, err;
	int64_t lost;
	int status;

	if (read_log(v, count_record, &why) < 0 &&
	    choose_file(v, &why, &err)) {
		complain(v->s, "%s", err.text);
		return STATUS_FAILED;
	}
	status = print_log(v, &lost, &err);
	if (status != STATUS_DONE || !lost)
		return status;
	if (lost < 0) {
		complain(v->s, "%s", err.text);
		return STATUS_FAILED;
	}
	if (!v->s->opt.quiet)
		complain(v->s, "%s: %" PRIi64 " records of the log are lost, "
			 "the first: %s", session_kernel_path(v->s), lost,
			 err.text);
	return STATUS_DAMAGED;
}

int cmd_kernel_log(struct session *s)
{
	struct view v = {.s = s};
	int status;

	if (parse_levels(&v) || parse_tail(&v))
		return STATUS_USAGE;
	status = show_log(&v);
	free(v.file);
	return status;
}
