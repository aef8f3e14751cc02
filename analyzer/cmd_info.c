// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump info: what the file is, the capture, the hypervisor's identity. */
#include "config.h"

#include <inttypes.h>

#include "abi.h"
#include "failures.h"
#include "json.h"
#include "memory.h"
#include "names.h"
#include "text.h"

static const char *or_unknown(const char *text)
{
	return text && *text ? text : "unknown";
}

static void print_source(const struct session *s)
{
	const struct hvd_input *in = s->input;

	fprintf(s->out, "File\n");
	text_line(s, "path", "%s", in->path);
	text_line(s, "format", "%s", in->format_name);
	text_line(s, "notes",
		  "%" PRIu64 " bytes at offset %" PRIu64 ", %" PRIu64
		  " records of hvdump",
		  in->notes_size, in->notes_offset, s->dump->records);
	if (s->opt.verbose)
		text_line(s, "other notes", "%" PRIu64, s->dump->foreign);
}

static void print_header(const struct session *s)
{
	const struct hvd_header *h = &s->dump->header;
	char text[80];

	fprintf(s->out, "Host\n");
	text_line(s, "kernel", "%s",
		  clean_text(text, sizeof(text), h->release,
			     sizeof(h->release)));
	text_line(s, "machine", "%s",
		  or_unknown(name_of_machine(s->dump->machine)));
	text_line(s, "partition", "0x%016" PRIx64 " (%s)",
		  (uint64_t)h->partition_id, or_unknown(name_of_kind(h->kind)));
	text_line(s, "CPUs", "%" PRIu32 " online of %" PRIu32, h->cpus_online,
		  h->cpus_possible);
	text_line(s, "hvdump.ko", "%s",
		  clean_text(text, sizeof(text), h->module, sizeof(h->module)));
	text_line(s, "note format", "%" PRIu32, h->format);
	text_line(s, "tick rate", "%" PRIu64 " kHz", (uint64_t)h->ticks_khz);
}

static void print_hypervisor(const struct session *s)
{
	struct hypervisor_facts f;
	const struct hvd_abi_row *row;
	uint32_t bit;

	hypervisor_facts_get(s->dump, &f);
	fprintf(s->out, "Hypervisor\n");
	text_line(s, "vendor", "%s", or_unknown(f.vendor));
	text_line(s, "version", "%s", or_unknown(f.version));
	if (!f.has_privileges)
		return;
	text_line(s, "privileges", "0x%016" PRIx64, f.privileges);
	for (bit = 0; s->opt.verbose && bit < 64; bit++) {
		if (!(f.privileges >> bit & 1))
			continue;
		row = hvd_abi_find(HVD_ABI_PRIVILEGES, HVD_ABI_ANY, bit);
		text_line(s, "", "%2" PRIu32 " %s", bit,
			  row ? row->name : "unknown");
	}
}

static void print_end(const struct session *s)
{
	const struct hvd_dump *d = s->dump;
	char text[32];
	uint64_t ns;

	if (!d->has_end)
		return;
	if (!hvd_dump_ticks_ns(d, d->end_time, &ns))
		text_line(s, "took", "%s",
			  duration_text(text, sizeof(text), ns));
	text_line(s, "records", "%" PRIu32, d->end.records);
	text_line(s, "hypercalls", "%" PRIu32 ", %zu failed", d->end.calls,
		  d->nr_failures);
}

static void print_dropped(const struct session *s)
{
	char text[DROPPED_SIZE];
	size_t i;

	for (i = 0; i < s->dump->nr_dropped; i++)
		text_line(s, "incomplete", "%s",
			  dropped_text(text, &s->dump->dropped[i]));
}

static void print_stages(const struct session *s)
{
	const struct hvd_stage *g;
	char text[STAGE_SIZE];
	size_t i;

	for (i = 0; i < s->dump->nr_stages; i++) {
		g = &s->dump->stages[i];
		text_line(s, "later call",
			  "%" PRIu32 " on CPU %" PRIu32
			  ": the hypervisor was %s",
			  g->call, g->cpu,
			  or_unknown(name_of_stage(g->hypervisor)));
		if (g->first)
			text_line(s, "", "%s", stage_text(text, g));
	}
}

/** The dump's pages, by where their bytes are. */
struct page_counts {
	uint64_t total;
	uint64_t by_state[PAGE_UNKNOWN + 1];
};

/* Each page once, whatever refers to it; copies alone count as well. */
static void count_pages(const struct session *s, struct page_counts *c)
{
	const struct hvd_dump *d = s->dump;
	uint64_t last = UINT64_MAX;
	struct memory m;
	size_t i;

	*c = (struct page_counts){0};
	if (!d->nr_pages && !d->nr_copies)
		return;
	memory_open(s, &m);
	for (i = 0; i < d->nr_pages; i++) {
		if (d->pages[i].pfn == last)
			continue;
		last = d->pages[i].pfn;
		c->by_state[memory_state(s, &m, last)]++;
		c->total++;
	}
	memory_close(&m);
	last = UINT64_MAX;
	for (i = 0; i < d->nr_copies; i++) {
		if (d->copies[i].rec.pfn != last &&
		    !hvd_dump_find_page(d, d->copies[i].rec.pfn)) {
			c->by_state[PAGE_IN_NOTE]++;
			c->total++;
		}
		last = d->copies[i].rec.pfn;
	}
}

static void print_memory(const struct session *s)
{
	static const char *const where[] = {
		[PAGE_IN_NOTE] = "in the notes",
		[PAGE_IN_FILE] = "in this file",
		[PAGE_IN_VMCORE] = "in the vmcore beside it",
		[PAGE_GUARDED] = "not read: the hypervisor guards them",
		[PAGE_UNREAD] = "could not be read",
		[PAGE_ABSENT] = "not in this file",
		[PAGE_UNKNOWN] = "perhaps in this file",
	};
	struct page_counts c;
	size_t i;

	count_pages(s, &c);
	if (!c.total)
		return;
	text_line(s, "memory", "%" PRIu64 " %s referred to", c.total,
		  c.total == 1 ? "page" : "pages");
	for (i = 0; i <= PAGE_UNKNOWN; i++)
		if (c.by_state[i])
			text_line(s, "", "%" PRIu64 " %s", c.by_state[i],
				  where[i]);
}

static json_t *memory_json(const struct session *s)
{
	json_t *o = json_object();
	struct page_counts c;
	size_t i;

	count_pages(s, &c);
	json_set(o, "pages", json_integer((json_int_t)c.total));
	for (i = 0; i <= PAGE_UNKNOWN; i++)
		json_set(o, page_state_name(i),
			 json_integer((json_int_t)c.by_state[i]));
	return o;
}

static void print_capture(const struct session *s)
{
	const struct hvd_dump *d = s->dump;
	const struct hvd_capture *c = &d->capture;
	char text[192];
	uint64_t ns;

	fprintf(s->out, "Capture\n");
	if (!d->has_capture) {
		text_line(s, "reason", "none: the hook never ran");
	} else {
		text_line(s, "reason", "%s",
			  or_unknown(hvd_reason_name(c->reason)));
		text_line(s, "died first", "%s", died_text(d));
		text_line(s, "devirtualised", "%s", devirtualised_text(d));
		text_line(s, "CPU", "%" PRIu32, c->cpu);
		if (c->vp_index != NO_VP)
			text_line(s, "VP", "%" PRIu32, c->vp_index);
		text_line(s, "time", "%s",
			  hvd_dump_wall_ns(d, &ns) ? "unknown"
						   : time_text(text, ns));
		text_line(s, "flags", "%s",
			  join_flags(text, sizeof(text), capture_flag_names,
				     c->flags));
	}
	print_end(s);
	print_dropped(s);
	print_stages(s);
	print_memory(s);
	text_line(s, "complete", "%s", hvd_dump_is_complete(d) ? "yes" : "no");
}

static int print_json(struct session *s)
{
	json_t *root = json_begin(s);

	json_set(root, "hypervisor", json_hypervisor(s));
	json_set(root, "memory", memory_json(s));
	return json_finish(s, root);
}

int cmd_info(struct session *s)
{
	struct hvd_error why;

	if (s->opt.json)
		return print_json(s);
	print_source(s);
	if (s->dump->has_header)
		print_header(s);
	if (s->dump->has_header || s->dump->nr_leaves)
		print_hypervisor(s);
	if (hvd_dump_is_ours(s->dump))
		print_capture(s);
	if (session_status(s, &why) == STATUS_DAMAGED) {
		fprintf(s->out, "Damage\n  %s\n", why.text);
		text_damages(s, "  ");
	}
	return STATUS_DONE;
}
