// SPDX-License-Identifier: GPL-2.0-or-later
/* What VPs wait for: see stops.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi_codes.h"
#include "layout.h"
#include "stops.h"

/* After these the VP's parent has nothing to do for it but to reset it. */
static const char *const final[] = {
	"UNRECOVERABLE_EXCEPTION",
	"INVALID_VP_REGISTER_VALUE",
	"UNSUPPORTED_FEATURE",
};

/* Fields of a payload that say what it was about, one or two of a kind. */
static const char *const telling[] = {
	"guest_physical_address", "port_number", "msr_number", "call_code",
	"exception_vector", "error_code", "interrupt_vector", "register_name",
	"feature_code", "sw_exit_code", "gpa", "syndrome",
};

bool is_stopped(const struct hvd_dump_vtl *vtl)
{
	const struct hvd_dump_register *reg =
		hvd_dump_find_register(vtl, HVD_X64_INTERCEPT_SUSPEND);

	return hvd_register_good(reg) && reg->low == 1;
}

static int by_vp(const void *a, const void *b)
{
	const struct hvd_page *x = *(const struct hvd_page *const *)a;
	const struct hvd_page *y = *(const struct hvd_page *const *)b;

	if (x->partition_id != y->partition_id)
		return x->partition_id < y->partition_id ? -1 : 1;
	return (x->vp_index > y->vp_index) - (x->vp_index < y->vp_index);
}

/* The dump's own are in the order of page numbers: these are in that of VPs. */
static void sort_pages(struct stops *stops, const struct hvd_dump *d)
{
	size_t i;

	stops->pages = calloc(d->nr_pages + 1, sizeof(*stops->pages));
	if (!stops->pages) {
		stops->no_memory = true;
		return;
	}
	for (i = 0; i < d->nr_pages; i++)
		if (d->pages[i].kind == HVD_PAGE_INTERCEPT &&
		    !d->pages[i].detail)
			stops->pages[stops->nr++] = &d->pages[i];
	qsort(stops->pages, stops->nr, sizeof(*stops->pages), by_vp);
}

static struct stops *stops_of(struct session *s)
{
	if (s->stops)
		return s->stops;
	s->stops = calloc(1, sizeof(*s->stops));
	if (!s->stops)
		return NULL;
	host_open(&s->stops->host, s);
	sort_pages(s->stops, s->dump);
	return s->stops;
}

void stops_close(struct session *s)
{
	if (!s->stops)
		return;
	host_close(&s->stops->host);
	free(s->stops->pages);
	free(s->stops);
	s->stops = NULL;
}

static bool find_page(const struct stops *stops, const struct hvd_dump_vp *vp,
		      uint64_t *pfn)
{
	const struct hvd_page key = {.partition_id = vp->rec.partition_id,
				     .vp_index = vp->rec.vp_index};
	const struct hvd_page *wanted = &key, **found;

	if (!stops->nr)
		return false;
	found = bsearch(&wanted, stops->pages, stops->nr,
			sizeof(*stops->pages), by_vp);
	if (found)
		*pfn = (*found)->pfn;
	return found;
}

bool stopped_get(struct session *s, const struct hvd_dump_vp *vp,
		 struct stopped *st)
{
	struct stops *stops = stops_of(s);
	uint32_t index;

	st->has_page = false;
	st->has_message = false;
	if (!stops || stops->no_memory)
		return false;
	st->has_page = find_page(stops, vp, &st->pfn) &&
		       !host_page(&stops->host, st->pfn, st->bytes);
	if (!st->has_page)
		return true;
	st->has_message = !hvd_message_decode(st->bytes, HVD_MESSAGE_SIZE,
					      s->dump->machine,
					      &st->message) &&
			  st->message.row &&
			  hvd_message_is_intercept(&st->message) &&
			  hvd_message_vp(&st->message, &index) &&
			  index == vp->rec.vp_index;
	return true;
}

bool gave_up(const struct stopped *st)
{
	size_t i;

	for (i = 0; st->has_message && i < sizeof(final) / sizeof(final[0]);
	     i++)
		if (!strcmp(st->message.row->name, final[i]))
			return true;
	return false;
}

/** A text that grows. */
struct growing {
	char *buf;
	size_t used;
};

static int add_field(const struct hvd_field *field, void *arg)
{
	struct growing *g = arg;
	const char *name;
	size_t i;
	int n;

	for (i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
		if (!strcmp(field->row->name, telling[i]))
			break;
	if (i == sizeof(telling) / sizeof(telling[0]) || field->cut)
		return 0;
	name = hvd_field_name_of(field);
	n = name ? snprintf(g->buf + g->used, STOPPED_TEXT - g->used,
			    ", %s %s", field->row->name, name)
		 : snprintf(g->buf + g->used, STOPPED_TEXT - g->used,
			    ", %s 0x%" PRIx64, field->row->name, field->value);
	g->used += n > 0 ? (size_t)n : 0;
	return g->used >= STOPPED_TEXT;
}

const char *stopped_text(char *buf, const struct stopped *st)
{
	struct growing g = {buf, 0};

	if (!st->has_message) {
		snprintf(buf, STOPPED_TEXT, "no message of it is to be had");
		return buf;
	}
	g.used = (size_t)snprintf(buf, STOPPED_TEXT, "%s",
				  st->message.row->name);
	if (st->message.layout)
		hvd_layout_walk(st->message.layout, st->message.payload,
				st->message.size, add_field, &g);
	return buf;
}

/* What ends a wait; NULL: nothing, or nobody knows. */
static const char *const ends[] = {
	[HVD_VP_HALTED] = "an interrupt",
	[HVD_VP_IDLE] = "an interrupt",
	[HVD_VP_INTERCEPT] = "its parent",
	[HVD_VP_SUSPENDED] = "its parent, to resume it",
	[HVD_VP_DISPATCH] = "the root scheduler",
	[HVD_VP_STARTUP] = "being started",
	[HVD_VP_NOT_CAPTURED] = NULL,
};

const char *waits_text(struct session *s, const struct hvd_dump_vp *vp,
		       const struct hvd_dump_vtl *vtl,
		       enum hvd_vp_activity activity, char *buf)
{
	char text[STOPPED_TEXT];
	struct stopped st;

	if (activity != HVD_VP_INTERCEPT || !is_stopped(vtl) ||
	    !stopped_get(s, vp, &st) || !st.has_message)
		return ends[activity];
	snprintf(buf, WAITS_TEXT, "%s: %s", ends[activity],
		 stopped_text(text, &st));
	return buf;
}
