// SPDX-License-Identifier: GPL-2.0-or-later
/* The manifest as JSON. Unknown is null, never absent. */
#include "config.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest.h"
#include "manifest_json.h"

/* Put @value in, also when there was no memory for it: then it is null. */
static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value ? value : json_null());
}

/*
 * Text from a dump, a path or a program may be any bytes, and JSON is UTF-8:
 * what is not printable ASCII becomes a question mark if need be.
 */
static json_t *text_n(const char *s, size_t n)
{
	json_t *value;
	char *copy;
	size_t i;

	n = strnlen(s, n);
	value = json_stringn(s, n);
	copy = value ? NULL : strndup(s, n);
	if (!copy)
		return value;
	for (i = 0; i < n; i++)
		if (copy[i] < 0x20 || copy[i] > 0x7e)
			copy[i] = '?';
	value = json_stringn(copy, n);
	free(copy);
	return value;
}

/* Empty or NULL: not known. */
static json_t *text(const char *s)
{
	return s && *s ? text_n(s, SIZE_MAX) : json_null();
}

static json_t *number_or_null(int64_t n)
{
	return n < 0 ? json_null() : json_integer(n);
}

static json_t *hex64(uint64_t n)
{
	char s[19];

	snprintf(s, sizeof(s), "0x%016" PRIx64, n);
	return json_string(s);
}

static json_t *utc(time_t t)
{
	char s[32];
	struct tm tm;

	if (!gmtime_r(&t, &tm) ||
	    !strftime(s, sizeof(s), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return json_null();
	return json_string(s);
}

static json_t *boot_id(const uint8_t id[16])
{
	char s[37];
	int i, pos = 0;

	for (i = 0; i < 16; i++)
		pos += sprintf(s + pos, "%s%02x",
			       i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			       id[i]);
	return json_string(s);
}

static json_t *file_json(const struct manifest_file *f)
{
	static const char *const states[] = {
		[STATE_MISSING] = "missing",
		[STATE_PARTIAL] = "partial",
		[STATE_COMPLETE] = "complete",
	};
	char partial[SAVE_NAME_MAX + sizeof(SAVE_SUFFIX)];
	bool whole = f->state == STATE_COMPLETE;
	json_t *j = json_object();

	snprintf(partial, sizeof(partial), "%s" SAVE_SUFFIX, f->name);
	put(j, "name", json_string(f->name));
	put(j, "path", whole ? json_string(f->name) :
		       f->state == STATE_PARTIAL ? json_string(partial) :
		       json_null());
	put(j, "wanted", json_boolean(f->wanted));
	put(j, "state", json_string(states[f->state]));
	put(j, "size", whole ? json_integer(f->size) : json_null());
	put(j, "sha256", text(f->sha256));
	put(j, "ms", number_or_null(f->ms));
	put(j, "why", text(f->why));
	return j;
}

static json_t *files_json(const struct manifest *m)
{
	json_t *j = json_array();
	int i;

	for (i = 0; i < NR_FILES; i++)
		json_array_append_new(j, file_json(&m->files[i]));
	return j;
}

static json_t *dropped_json(const struct summary *s)
{
	json_t *all = json_array(), *j;
	uint32_t i;

	for (i = 0; i < s->nr_dropped; i++) {
		const struct hvd_dropped *d = &s->dropped[i];

		j = json_object();
		put(j, "type", text(hvd_type_name(d->type)));
		put(j, "type_code", json_integer(d->type));
		put(j, "why", text(hvd_why_name(d->why)));
		put(j, "amount", json_integer(d->amount & INT64_MAX));
		json_array_append_new(all, j);
	}
	return all;
}

static json_t *damage_json(const struct summary *s)
{
	json_t *j = json_object();

	put(j, "count", json_integer(s->damages));
	put(j, "first", s->damages ? text(s->first_damage.what) : json_null());
	put(j, "offset", s->damages ? hex64(s->first_damage.offset) :
				      json_null());
	return j;
}

/* What the notes say of the capture; null: there are none, or not yet. */
static json_t *capture_json(const struct manifest *m)
{
	const struct summary *s = &m->summary;
	const struct hvd_header *h = &s->header;
	json_t *j;

	if (!m->has_summary || !summary_any(s))
		return json_null();
	j = json_object();
	put(j, "complete", json_boolean(summary_complete(s)));
	put(j, "header", json_boolean(s->has_header));
	put(j, "capture", json_boolean(s->has_capture));
	put(j, "end", json_boolean(s->has_end));
	put(j, "reason", s->has_capture ? text(hvd_reason_name(s->capture.reason)) :
					  json_null());
	put(j, "cpu", s->has_capture ? json_integer(s->capture.cpu) :
				       json_null());
	put(j, "kernel", s->has_header ?
		text_n((const char *)h->release, sizeof(h->release)) :
		json_null());
	put(j, "module", s->has_header ?
		text_n((const char *)h->module, sizeof(h->module)) :
		json_null());
	put(j, "boot_id", s->has_header ? boot_id(h->boot_id) : json_null());
	put(j, "records", json_integer(s->records));
	put(j, "failures", json_integer(s->failures));
	put(j, "dropped", dropped_json(s));
	put(j, "damage", damage_json(s));
	return j;
}

static json_t *pages_json(const struct manifest *m)
{
	static const char *const states[] = {
		[PAGES_PENDING] = "pending",
		[PAGES_NONE] = "none",
		[PAGES_DONE] = "done",
		[PAGES_FAILED] = "failed",
	};
	const struct manifest_pages *p = &m->pages;
	json_t *j = json_object();

#define COUNT(name, n) put(j, name, p->known ? json_integer(n) : json_null())
	put(j, "state", json_string(states[p->state]));
	COUNT("referenced", p->referenced);
	COUNT("copied", p->copied);
	COUNT("in_notes", p->in_notes);
	COUNT("guarded", p->guarded);
	COUNT("absent", p->absent);
	COUNT("failed", p->failed);
	COUNT("beyond_limit", p->beyond);
#undef COUNT
	put(j, "limit", json_integer(m->options->max_pages));
	put(j, "ms", number_or_null(p->ms));
	put(j, "why", text(p->why));
	return j;
}

/* All that was wanted and is in no file of ours. */
static json_t *not_read_json(const struct manifest_pages *p)
{
	return p->known ? json_integer(p->referenced + p->beyond - p->copied -
				       p->in_notes) :
			  json_null();
}

static json_t *unread_json(const struct manifest_unread *u)
{
	static const char *const states[] = {
		[UNREAD_PENDING] = "pending",
		[UNREAD_UNKNOWN] = "unknown",
		[UNREAD_NONE] = "none",
		[UNREAD_LISTED] = "listed",
		[UNREAD_PARTIAL] = "partial",
	};
	bool known = u->ms >= 0;
	json_t *j = json_object();

	put(j, "state", json_string(states[u->state]));
	put(j, "pages", known ? json_integer(u->pages) : json_null());
	put(j, "ranges", known ? json_integer(u->ranges) : json_null());
	put(j, "ms", number_or_null(u->ms));
	put(j, "why", text(u->why));
	return j;
}

static json_t *source_json(const struct manifest *m)
{
	static const char *const roads[] = {
		[ROAD_NONE] = NULL,
		[ROAD_NOTES] = "notes",
		[ROAD_COMMAND_LINE] = "command-line",
		[ROAD_OPTION] = "option",
	};
	const struct manifest_source *s = &m->source;
	json_t *j = json_object();

	put(j, "path", text(m->options->vmcore));
	put(j, "format", text(s->format));
	put(j, "notes_size", s->open ? json_integer(s->notes_size) :
				       json_null());
	put(j, "damage", text(s->damage));
	put(j, "road", text(roads[s->road]));
	return j;
}

static json_t *makedumpfile_json(const struct manifest *m)
{
	char how[96] = "";
	json_t *j = json_object(), *args = json_array();
	size_t i;

	for (i = 0; i < m->nr_dump_words; i++)
		json_array_append_new(args, text(m->dump_words[i]));
	if (m->dumped)
		child_describe(&m->dump, how, sizeof(how));
	put(j, "arguments", args);
	put(j, "exit", m->dumped ? number_or_null(m->dump.status) :
				   json_null());
	put(j, "signal", m->dumped && m->dump.signal ?
			 json_integer(m->dump.signal) : json_null());
	put(j, "end", text(how));
	return j;
}

static json_t *guests_json(const struct manifest *m)
{
	static const char *const states[] = {
		[GUESTS_PENDING] = "pending",
		[GUESTS_KEPT] = "kept",
		[GUESTS_FILTERED] = "filtered",
		[GUESTS_NONE] = "none",
		[GUESTS_EXCLUDED] = "excluded",
		[GUESTS_UNPROTECTED] = "unprotected",
	};
	const struct manifest_guests *g = &m->guests;
	bool known = g->state == GUESTS_NONE || g->state == GUESTS_EXCLUDED;
	json_t *j = json_object();

	put(j, "state", json_string(states[g->state]));
	put(j, "partitions", known ? json_integer(g->partitions) : json_null());
	put(j, "pages", known ? json_integer(g->pages) : json_null());
	put(j, "ranges", known ? json_integer(g->ranges) : json_null());
	put(j, "ms", number_or_null(g->ms));
	put(j, "why", text(g->why));
	return j;
}

/* What reading the vmcore back has shown. */
static json_t *check_json(const struct manifest *m)
{
	const struct vmcore_check *c = &m->check;
	bool looked = m->checked && c->looked;
	json_t *j = json_object();

	put(j, "header", m->checked ? json_boolean(c->header) : json_null());
	put(j, "tasks", looked ? json_integer(c->tasks) : json_null());
	put(j, "modules", looked ? json_integer(c->modules) : json_null());
	put(j, "caches", looked ? json_integer(c->caches) : json_null());
	put(j, "lost", looked ? json_integer(c->lost) : json_null());
	put(j, "why", text(c->why));
	return j;
}

static json_t *target_json(const struct manifest *m)
{
	const struct space *s = &m->space;
	json_t *j = json_object();

	put(j, "file_system", text(s->type));
	put(j, "free", s->known ? json_integer(s->free & INT64_MAX) :
				  json_null());
	put(j, "needed", m->estimated ? json_integer(m->needed & INT64_MAX) :
					json_null());
	return j;
}

static json_t *removed_json(const struct manifest *m)
{
	json_t *j = json_array();
	unsigned int i;

	for (i = 0; i < m->nr_removed; i++)
		json_array_append_new(j, text(m->removed[i]));
	return j;
}

static json_t *tools_json(const struct manifest *m)
{
	json_t *j = json_object();

	put(j, "hvdump-collect", json_string(PACKAGE_VERSION));
	put(j, "makedumpfile", text(m->makedumpfile_version));
	put(j, "hvdump", text(m->hvdump_version));
	return j;
}

static json_t *times_json(const struct manifest *m)
{
	json_t *j = json_object();

	put(j, "started", utc(m->started));
	put(j, "written", utc(time(NULL)));
	put(j, "finished", m->finished ? utc(time(NULL)) : json_null());
	put(j, "ms", json_integer(manifest_ms(m)));
	return j;
}

static json_t *messages_json(const struct manifest *m)
{
	json_t *j = json_array();
	unsigned int i;

	for (i = 0; i < m->nr_messages; i++)
		json_array_append_new(j, text(m->messages[i]));
	return j;
}

char *manifest_json(const struct manifest *m)
{
	json_t *j = json_object();
	int level = options_dump_level(m->dump_words, m->nr_dump_words);
	char *bare, *out = NULL;

	put(j, "schema", json_string(MANIFEST_SCHEMA));
	put(j, "tool", json_string("hvdump-collect " PACKAGE_VERSION));
	put(j, "state", json_string(m->finished ? "finished" : "running"));
	put(j, "exit", m->finished ? json_integer(m->exit_status) :
				     json_null());
	put(j, "source", source_json(m));
	put(j, "capture", capture_json(m));
	put(j, "files", files_json(m));
	put(j, "dump_level", m->options->save_vmcore ? number_or_null(level) :
						       json_null());
	put(j, "pages_not_read", not_read_json(&m->pages));
	put(j, "pages", pages_json(m));
	put(j, "vmcore_not_read", unread_json(&m->unread));
	put(j, "makedumpfile", m->options->save_vmcore ? makedumpfile_json(m) :
							 json_null());
	put(j, "guest_memory", m->options->save_vmcore ? guests_json(m) :
							 json_null());
	put(j, "check", m->options->save_vmcore ? check_json(m) : json_null());
	put(j, "target", target_json(m));
	put(j, "removed", removed_json(m));
	put(j, "configuration", text(m->options->config));
	put(j, "tools", tools_json(m));
	put(j, "times", times_json(m));
	put(j, "messages", messages_json(m));
	bare = json_dumps(j, JSON_INDENT(2));
	json_decref(j);
	if (!bare || asprintf(&out, "%s\n", bare) < 0)
		out = NULL;
	free(bare);
	return out;
}
