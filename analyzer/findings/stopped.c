// SPDX-License-Identifier: GPL-2.0-or-later
/* Why a VP stopped: see stopped.h. */
#include "config.h"

#include <stdlib.h>

#include "layout.h"
#include "stopped.h"

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
	uint64_t value;

	return finder_register(vtl, HVD_X64_INTERCEPT_SUSPEND, &value) &&
	       value == 1;
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
static void sort_pages(struct finder *f)
{
	const struct hvd_dump *d = f->dump;
	size_t i;

	f->intercept_pages = calloc(d->nr_pages + 1,
				    sizeof(*f->intercept_pages));
	if (!f->intercept_pages) {
		f->out->no_memory = true;
		return;
	}
	for (i = 0; i < d->nr_pages; i++)
		if (d->pages[i].kind == HVD_PAGE_INTERCEPT &&
		    !d->pages[i].detail)
			f->intercept_pages[f->nr_intercept_pages++] =
				&d->pages[i];
	qsort(f->intercept_pages, f->nr_intercept_pages,
	      sizeof(*f->intercept_pages), by_vp);
}

static bool find_page(struct finder *f, uint64_t id, uint32_t vp,
		      uint64_t *pfn)
{
	const struct hvd_page key = {.partition_id = id, .vp_index = vp};
	const struct hvd_page *wanted = &key, **found;

	if (!f->intercept_pages)
		sort_pages(f);
	if (!f->nr_intercept_pages)
		return false;
	found = bsearch(&wanted, f->intercept_pages, f->nr_intercept_pages,
			sizeof(*f->intercept_pages), by_vp);
	if (found)
		*pfn = (*found)->pfn;
	return found;
}

void stopped_get(struct finder *f, const struct hvd_dump_partition *p,
		 const struct hvd_dump_vp *vp, struct stopped *st)
{
	uint32_t index;

	st->has_message = false;
	st->has_page = find_page(f, p->rec.partition_id,
				 vp->rec.vp_index, &st->pfn) &&
		       !host_page(f->host, st->pfn, st->bytes);
	if (!st->has_page)
		return;
	st->has_message = !hvd_message_decode(st->bytes, HVD_MESSAGE_SIZE,
					      f->dump->machine,
					      &st->message) &&
			  st->message.row &&
			  hvd_message_is_intercept(&st->message) &&
			  hvd_message_vp(&st->message, &index) &&
			  index == vp->rec.vp_index;
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
