// SPDX-License-Identifier: GPL-2.0-or-later
/* Facts about a subject: see view.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

void hvd_view_row(struct hvd_view *v)
{
	v->nr_rows++;
}

static struct hvd_fact *add(struct hvd_view *v, const char *name,
			    enum hvd_fact_kind kind)
{
	struct hvd_fact *grown, *f;

	grown = hvd_grow(v->facts, v->nr_facts, sizeof(*grown));
	if (!grown) {
		v->no_memory = true;
		hvd_error_set(&v->why, "no memory");
		return NULL;
	}
	v->facts = grown;
	f = &grown[v->nr_facts++];
	f->row = v->nr_rows ? v->nr_rows - 1 : 0;
	f->name = name;
	f->kind = kind;
	return f;
}

void hvd_view_fact(struct hvd_view *v, const char *name,
		   enum hvd_fact_kind kind, bool known, uint64_t value)
{
	struct hvd_fact *f = add(v, name, kind);

	if (!f)
		return;
	f->known = known;
	f->value = known ? value : 0;
}

void hvd_view_text(struct hvd_view *v, const char *name, const char *text)
{
	struct hvd_fact *f = add(v, name, HVD_FACT_TEXT);

	if (!f || !text)
		return;
	f->known = true;
	snprintf(f->text, sizeof(f->text), "%s", text);
}

void hvd_view_member(struct hvd_view *v, const struct hvd_object *o,
		     const char *path, const char *name,
		     enum hvd_fact_kind kind)
{
	uint64_t value = 0;
	bool known = hvd_object_get(o, path, &value);

	hvd_view_fact(v, name, kind, known, value);
}

void hvd_view_enum(struct hvd_view *v, const struct hvd_object *o,
		   const char *path, const char *name, const char *type)
{
	char text[24];
	const char *found = NULL;
	uint64_t value;

	if (hvd_object_get(o, path, &value)) {
		found = hvd_types_enum_name(o->from->types, type,
					    (int64_t)value);
		snprintf(text, sizeof(text), "%lli", (long long)value);
		found = found ? found : text;
	}
	hvd_view_text(v, name, found);
}

int hvd_view_absent(struct hvd_view *v, const char *why)
{
	v->absent = true;
	hvd_error_set(&v->why, "%s", why);
	return 0;
}

void hvd_view_free(struct hvd_view *v)
{
	free(v->facts);
	memset(v, 0, sizeof(*v));
}
