// SPDX-License-Identifier: GPL-2.0-or-later
/* Recognising a crash: see signature.h; doc/findings.md describes it. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "findings/guest_report.h"
#include "findings/hv_area.h"
#include "json.h"
#include "signature.h"

/* Functions of the stack that are taken, behind those that every crash has. */
#define FRAMES 5

__attribute__((format(printf, 2, 3))) static void
add(struct signature *sig, const char *format, ...)
{
	va_list args;

	if (sig->nr == SIGNATURE_WORDS)
		return;
	va_start(args, format);
	vsnprintf(sig->words[sig->nr++], SIGNATURE_WORD, format, args);
	va_end(args);
}

/* ------------------------------------------------------------ Linux's own words */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
	return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') ||
	       c == '_';
}

/* Bytes of a number at @p, also of an address; 0: it is none. */
static size_t number_at(const char *p)
{
	size_t i = !strncmp(p, "0x", 2) ? 2 : 0;
	bool digits = i;

	for (; is_hex(p[i]); i++)
		digits |= p[i] >= '0' && p[i] <= '9';
	return digits && !is_word(p[i]) ? i : 0;
}

/* Numbers are CPUs, addresses, lines of source: what differs between boots. */
static void add_words(struct signature *sig, const char *text)
{
	char clean[SIGNATURE_WORD];
	size_t used = 0, number;
	bool within = false;

	while (*text && used + 1 < sizeof(clean)) {
		number = within ? 0 : number_at(text);
		clean[used++] = number ? 'N' : *text;
		within = is_word(*text);
		text += number ? number : 1;
	}
	clean[used] = '\0';
	add(sig, "%s", clean);
}

/* ------------------------------------------------------------------- the stack */

static void add_stack(struct signature *sig, struct host *host)
{
	const struct hvd_cpu *cpu = host_crashed(host);
	const struct hvd_stack *stack = &host->stacks.stack;
	struct stacks_place place;
	size_t i, nr = 0;

	if (!cpu && host_place(host))
		add(sig, "%s", host_place(host));
	for (i = 0; cpu && i < stack->nr && nr < FRAMES; i++) {
		/* What was only found on the stack may be of an older call. */
		if (stack->frames[i].how == HVD_FRAME_SCAN)
			continue;
		stacks_place(&host->stacks, &stack->frames[i], &place);
		stacks_plain_name(place.name);
		if (place.is_user || (nr && stacks_is_entry(place.name)))
			return;
		if (!place.has_symbol || (!nr && stacks_is_dying(place.name)))
			continue;
		add(sig, "%s%s%s", place.name, place.module[0] ? " " : "",
		    place.module);
		nr++;
	}
}

/* ---------------------------------------------------- the hypervisor, the guests */

static void add_hypervisor(struct signature *sig, struct finder *f)
{
	struct hv_area area;
	uint64_t offset;

	hv_area_get(f, &area);
	if (!area.there)
		return;
	add(sig, "hypervisor bug check 0x%" PRIx64, area.code[0]);
	if (hv_area_place(&area, &offset))
		add(sig, "hypervisor image+0x%" PRIx64, offset);
}

static void take_guest(struct finder *f, const struct hvd_dump_partition *p,
		       const struct hvd_dump_vp *vp,
		       const struct hvd_dump_vtl *vtl, void *arg)
{
	struct signature *sig = arg;
	char word[GUEST_REPORT_WORD];
	struct guest_report r;
	size_t i;

	(void)vp;
	if (finder_is_self(f, p) || !guest_report_get(p, vtl, &r))
		return;
	guest_report_word(word, &r);
	for (i = 0; i < sig->nr; i++)
		if (!strcmp(sig->words[i], word))
			return;
	add(sig, "%s", word);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* In the order of their words, not of their partitions. */
static void add_guests(struct signature *sig, struct finder *f)
{
	size_t before = sig->nr;

	for_each_vtl(f, take_guest, sig);
	qsort(sig->words[before], sig->nr - before, SIGNATURE_WORD, by_text);
}

/* FNV-1a (Fowler, Noll, Vo), 64 bits, each word with the NUL that ends it. */
static void set_id(struct signature *sig)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const char *p;
	size_t i;

	for (i = 0; i < sig->nr; i++) {
		p = sig->words[i];
		do
			hash = (hash ^ (uint8_t)*p) * UINT64_C(0x100000001b3);
		while (*p++);
	}
	snprintf(sig->id, sizeof(sig->id), "%012" PRIx64, hash >> 16);
}

void signature_get(struct session *s, struct host *host, struct signature *sig)
{
	struct finder f = {.s = s, .dump = s->dump, .host = host};
	const struct hvd_dump *d = s->dump;
	const char *reason = d->has_capture ? hvd_reason_name(d->capture.reason)
					    : "no-capture";
	const char *words;

	memset(sig, 0, sizeof(*sig));
	add(sig, "%s", reason ? reason : "unknown");
	if (hvd_dump_death(d) == HVD_DEATH_LINUX || !d->has_capture) {
		words = host_words(host);
		if (words)
			add_words(sig, words);
		add_stack(sig, host);
	}
	/* The stack is then only where CPU 0 happened to be. */
	if (hvd_dump_death(d) == HVD_DEATH_HYPERVISOR ||
	    hvd_dump_later_crash(d))
		add_hypervisor(sig, &f);
	add_guests(sig, &f);
	set_id(sig);
}

json_t *signature_json(const struct signature *sig)
{
	json_t *o = json_object(), *words = json_array();
	size_t i;

	for (i = 0; i < sig->nr; i++)
		json_append(words, json_string(sig->words[i]));
	json_set(o, "id", json_string(sig->id));
	json_set(o, "words", words);
	return o;
}
