// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump diff: what differs between two captures. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "diff.h"
#include "json.h"
#include "json_stream.h"
#include "names.h"

/** Who prints, and what was printed last. */
struct printer {
	struct session *s;
	struct json_stream *json; /* NULL: text */
	bool any;
	bool has_partition, has_vp;
	uint64_t partition;
	uint32_t vp;
};

/* A heading for each partition, and for each VP. */
static void print_headings(struct printer *p, const struct difference *d)
{
	FILE *out = p->s->out;
	bool same = p->any && d->has_partition == p->has_partition &&
		    d->partition == p->partition;

	if (!same && d->has_partition)
		fprintf(out, "%spartition 0x%016" PRIx64 "\n",
			p->any ? "\n" : "", d->partition);
	else if (!same)
		fprintf(out, "%sthe host\n", p->any ? "\n" : "");
	if (d->has_vp &&
	    (!same || !p->has_vp || d->vp != p->vp))
		fprintf(out, "  %s %" PRIu32 "\n",
			d->has_partition ? "VP" : "LP", d->vp);
	p->any = true;
	p->has_partition = d->has_partition;
	p->partition = d->partition;
	p->has_vp = d->has_vp;
	p->vp = d->vp;
}

static const char *or_absent(const char *value)
{
	return *value ? value : "not there";
}

static void print_difference(const struct difference *d, void *arg)
{
	struct printer *p = arg;
	char name[DIFF_NAME + 16];

	if (d->is_volatile && !p->s->opt.all)
		return;
	print_headings(p, d);
	if (d->has_vtl && d->vtl)
		snprintf(name, sizeof(name), "VTL %u %s", d->vtl, d->name);
	else
		snprintf(name, sizeof(name), "%s", d->name);
	fprintf(p->s->out, "%s%-28s %s -> %s%s\n", d->has_vp ? "    " : "  ",
		name, or_absent(d->a), or_absent(d->b),
		d->is_volatile ? " (it moves by itself)" : "");
}

static json_t *value_json(const char *value)
{
	return *value ? json_string(value) : json_null();
}

static void stream_difference(const struct difference *d, void *arg)
{
	struct printer *p = arg;
	json_t *o = json_object();

	json_set(o, "kind", json_string(d->kind));
	json_set(o, "partition",
		 d->has_partition ? json_hex(d->partition, 16) : json_null());
	json_set(o, "vp", d->has_vp ? json_integer(d->vp) : json_null());
	json_set(o, "vtl", d->has_vtl ? json_integer(d->vtl) : json_null());
	json_set(o, "name", json_string(d->name));
	json_set(o, "a", value_json(d->a));
	json_set(o, "b", value_json(d->b));
	json_set(o, "volatile", json_boolean(d->is_volatile));
	stream_value(p->json, NULL, o);
}

static json_t *side_json(const struct session *s)
{
	const struct hvd_dump *d = s->dump;
	char clean[512], time[TIME_SIZE];
	json_t *o = json_object();
	uint64_t ns;

	json_set(o, "path", json_string(clean_string(clean, sizeof(clean),
						     s->input->path)));
	json_set(o, "format", json_string(s->input->format_name));
	json_set(o, "reason",
		 !d->has_capture ? json_null()
				 : json_string_or_null(hvd_reason_name(
					   d->capture.reason)));
	json_set(o, "complete", json_boolean(hvd_dump_is_complete(d)));
	json_set(o, "time",
		 hvd_dump_wall_ns(d, &ns) ? json_null()
					  : json_string(time_text(time, ns)));
	return o;
}

static int print_json(struct diff *d)
{
	struct json_stream st = {.out = d->a->out};
	struct printer p = {.s = d->a, .json = &st};
	json_t *root = json_begin_plain(), *ends = json_object();

	d->fn = stream_difference;
	d->arg = &p;
	stream_open(&st, NULL, '{');
	stream_members(&st, root);
	stream_open(&st, "diff", '{');
	stream_value(&st, "a", side_json(d->a));
	stream_value(&st, "b", side_json(d->b));
	stream_open(&st, "differences", '[');
	diff_walk(d);
	stream_close(&st, ']');
	json_set(ends, "count", json_integer((json_int_t)d->count));
	json_set(ends, "volatile", json_integer((json_int_t)d->volatiles));
	stream_members(&st, ends);
	stream_close(&st, '}');
	stream_close(&st, '}');
	return json_end(d->a, st.failed);
}

static void print_side(const struct session *s, const char *name)
{
	const struct hvd_dump *d = s->dump;
	char time[TIME_SIZE], clean[512];
	const char *reason = d->has_capture ? hvd_reason_name(d->capture.reason)
					    : "no capture";
	uint64_t ns;

	fprintf(s->out, "%s  %s, %s", name,
		clean_string(clean, sizeof(clean), s->input->path),
		reason ? reason : "unknown reason");
	if (!hvd_dump_wall_ns(d, &ns))
		fprintf(s->out, ", %.10s %.12s UTC", time_text(time, ns),
			time + 11);
	fputc('\n', s->out);
}

static int print_text(struct diff *d)
{
	struct printer p = {.s = d->a};
	FILE *out = d->a->out;

	print_side(d->a, "A");
	print_side(d->b, "B");
	fputc('\n', out);
	d->fn = print_difference;
	d->arg = &p;
	diff_walk(d);
	fprintf(out, "%s%" PRIu64 " %s", p.any ? "\n" : "", d->count,
		d->count == 1 ? "difference" : "differences");
	if (d->volatiles)
		fprintf(out, "; %" PRIu64 " more of what moves by itself%s",
			d->volatiles, d->a->opt.all ? "" : ": -a");
	fputc('\n', out);
	return STATUS_DONE;
}

/* ---------------------------------------------------------------------- two files */

static int open_side(struct session *s, const char *path)
{
	struct hvd_error err;

	s->input = hvd_input_open(path, &err);
	if (s->input)
		s->dump = hvd_dump_create(s->input->notes, s->input->notes_size,
					  s->input->machine, &err);
	if (s->dump)
		return STATUS_DONE;
	complain(s, "%s", err.text);
	return STATUS_FAILED;
}

/* The graver of the two; DONE is less than DAMAGED, and that than NO_STATE. */
static int end_status(const struct session *a, const struct session *b)
{
	const struct session *sides[] = {a, b};
	struct hvd_error why;
	int status = STATUS_DONE, one;
	size_t i;

	for (i = 0; i < 2; i++) {
		one = session_status(sides[i], &why);
		if (one == STATUS_DONE || status == STATUS_NO_STATE ||
		    (status && one != STATUS_NO_STATE))
			continue;
		if (!a->opt.quiet && !status)
			complain(a, "%s: %s", sides[i]->input->path, why.text);
		status = one;
	}
	return status;
}

static int run(struct session *a, struct session *b)
{
	struct diff d = {.a = a, .b = b};
	int status = session_select(a);

	if (status != STATUS_DONE)
		return status;
	memory_open(a, &d.memory_a);
	memory_open(b, &d.memory_b);
	status = a->opt.json ? print_json(&d) : print_text(&d);
	memory_close(&d.memory_a);
	memory_close(&d.memory_b);
	return status == STATUS_DONE ? end_status(a, b) : status;
}

int cmd_diff(struct session *s)
{
	struct session b = *s;
	int status;

	if (s->nr_args != 2) {
		complain(s, "diff: expected two files");
		return STATUS_USAGE;
	}
	status = open_side(s, s->args[0]);
	if (status == STATUS_DONE)
		status = open_side(&b, s->args[1]);
	if (status == STATUS_DONE)
		status = run(s, &b);
	hvd_dump_destroy(b.dump);
	hvd_input_close(b.input);
	return status;
}
