// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a vmcore back: see vmcore_check.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/object.h"
#include "vmcore_check.h"

/* More than any kernel has: a list that damage has made endless. */
#define MAX_OBJECTS	(UINT64_C(1) << 22)

/** A walk through one list. */
struct walk {
	struct vmcore_check *check;
	const struct hvd_object_source *from;
	const char *type;
	uint64_t *count;
	uint64_t seen;
};

static void note(struct vmcore_check *check, const char *what,
		 const struct hvd_error *err)
{
	if (!check->why[0])
		snprintf(check->why, sizeof(check->why), "%s: %.200s", what,
			 err->text);
}

/* All of an object is read, not only the node that is in it. */
static int read_object(void *arg, uint64_t address, struct hvd_error *err)
{
	struct walk *w = arg;
	struct hvd_object o;

	if (++w->seen > MAX_OBJECTS)
		return hvd_error_set(err, "expected an end, found none");
	if (hvd_object_read(&o, w->from, w->type, address, err) ==
	    HVD_READ_DATA) {
		hvd_object_free(&o);
		(*w->count)++;
		return 0;
	}
	w->check->lost++;
	note(w->check, w->type, err);
	return 0;
}

/* A list whose head is a symbol, @offset into what the symbol names. */
static void walk(struct vmcore_check *check, const struct hvd_object_source *from,
		 uint64_t head, const char *type, const char *member,
		 uint64_t *count)
{
	struct walk w = { .check = check, .from = from, .type = type,
			  .count = count };
	const struct hvd_list list = { .from = from, .type = type,
				       .member = member, .head = head,
				       .each = read_object, .arg = &w };
	struct hvd_error err;

	if (!hvd_list_walk(&list, &err))
		return;
	check->lost++;
	note(check, type, &err);
}

static void check_objects(struct vmcore_check *check, struct hvd_kernel *k)
{
	struct hvd_object_source from;
	struct hvd_symbols *symbols;
	struct hvd_member tasks;
	struct hvd_error err;
	uint64_t at;

	from.kmem = hvd_kernel_kmem(k, &err);
	symbols = from.kmem ? hvd_kernel_symbols(k, &err) : NULL;
	from.types = symbols ? hvd_kernel_types(k, &err) : NULL;
	if (!from.types) {
		note(check, "not looked at", &err);
		return;
	}
	check->looked = true;
	if (hvd_symbols_find(symbols, NULL, "init_task", 0, &at) &&
	    hvd_types_member(from.types, "struct task_struct", "tasks", &tasks))
		walk(check, &from, at + tasks.offset, "struct task_struct",
		     "tasks", &check->tasks);
	if (hvd_symbols_find(symbols, NULL, "modules", 0, &at))
		walk(check, &from, at, "struct module", "list",
		     &check->modules);
	if (hvd_symbols_find(symbols, NULL, "slab_caches", 0, &at))
		walk(check, &from, at, "struct kmem_cache", "list",
		     &check->caches);
	if (!check->tasks && !check->lost) {
		check->lost++;
		snprintf(check->why, sizeof(check->why), "no task was found");
	}
}

/* A whole dump of a kernel, by its header alone? */
static bool check_header(struct vmcore_check *check, const struct hvd_input *in)
{
	if (in->format == HVD_FORMAT_NOTES)
		snprintf(check->why, sizeof(check->why),
			 "expected a dump, found %s", in->format_name);
	else if (in->damage)
		snprintf(check->why, sizeof(check->why), "%.250s", in->damage);
	else
		check->header = true;
	return check->header;
}

void vmcore_check(const char *path, struct vmcore_check *check)
{
	struct hvd_kernel *k;
	struct hvd_error err;
	struct hvd_input *in = hvd_input_open(path, &err);

	memset(check, 0, sizeof(*check));
	if (!in) {
		snprintf(check->why, sizeof(check->why), "%.250s", err.text);
		return;
	}
	if (check_header(check, in)) {
		k = hvd_kernel_open(in, NULL, &err);
		if (k)
			check_objects(check, k);
		else
			note(check, "not looked at", &err);
		hvd_kernel_close(k);
	}
	hvd_input_close(in);
}
