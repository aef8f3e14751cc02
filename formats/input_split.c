// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dumps that makedumpfile split (--split): each file has all headers, notes and
 * bitmaps, and the pages of one range.
 */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kdump.h"

/* What all parts have in common: names of the machine, the time. */
#define COMMON_BEGIN 12
#define COMMON_SIZE  412

/** One file, while they are compared. */
struct part {
	const char *path;
	struct hvd_kdump_layout layout;
	uint8_t common[COMMON_SIZE];
};

static int read_part(struct part *p, const char *path, struct hvd_error *err)
{
	struct hvd_file f;
	uint8_t magic[8];
	int failed = -1;

	p->path = path;
	if (hvd_file_open(&f, path, NULL, err))
		return hvd_error_prefix(err, "%s", path);
	if (hvd_file_read(&f, 0, magic, sizeof(magic)) < sizeof(magic) ||
	    memcmp(magic, "KDUMP   ", sizeof(magic)))
		hvd_error_set(err, "is no kdump file");
	else if (!hvd_kdump_layout_read(&f, &p->layout, err) &&
		 hvd_file_read(&f, COMMON_BEGIN, p->common, COMMON_SIZE) ==
			 COMMON_SIZE)
		failed = 0;
	hvd_file_close(&f);
	return failed ? hvd_error_prefix(err, "%s", path) : 0;
}

bool hvd_input_is_part(const char *path)
{
	struct hvd_error err;
	struct part p;

	return !read_part(&p, path, &err) && p.layout.is_part;
}

static bool belong_together(const struct part *a, const struct part *b)
{
	return a->layout.is_part && b->layout.is_part &&
	       a->layout.block == b->layout.block &&
	       a->layout.max_pfn == b->layout.max_pfn &&
	       !memcmp(a->common, b->common, COMMON_SIZE);
}

static int compare_parts(const void *x, const void *y)
{
	const struct part *a = x, *b = y;

	return (a->layout.first_pfn > b->layout.first_pfn) -
	       (a->layout.first_pfn < b->layout.first_pfn);
}

/* By their first pages: the order in which they are given means nothing. */
static struct part *read_parts(const char *const *paths, size_t nr,
			       struct hvd_error *err)
{
	struct part *parts = calloc(nr + 1, sizeof(*parts));
	int failed = 0;
	size_t i;

	if (!parts)
		failed = hvd_error_set(err, "no memory for %zu files", nr);
	for (i = 0; !failed && i < nr; i++) {
		failed = read_part(&parts[i], paths[i], err);
		if (!failed && !belong_together(&parts[0], &parts[i]))
			failed = hvd_error_set(err, "%s: expected a part of "
					       "the same dump as %s",
					       paths[i], paths[0]);
	}
	if (failed) {
		free(parts);
		return NULL;
	}
	qsort(parts, nr, sizeof(*parts), compare_parts);
	return parts;
}

/* Pages that no part has to hold; the first of them is damage. */
static void check_whole(struct hvd_input *in, const struct part *parts,
			size_t nr)
{
	uint64_t next = 0, first;
	size_t i;

	for (i = 0; i <= nr; i++) {
		first = i < nr ? parts[i].layout.first_pfn
			       : parts[0].layout.max_pfn;
		if (first > next) {
			in->lacks_parts = !in->damage;
			hvd_input_damage(in, "a part of the split dump is "
					 "missing: that with pages 0x%" PRIx64
					 " to 0x%" PRIx64, next, first - 1);
			return;
		}
		if (i < nr && parts[i].layout.end_pfn > next)
			next = parts[i].layout.end_pfn;
	}
}

void hvd_input_check_part(struct hvd_input *in,
			  const struct hvd_kdump_layout *l)
{
	struct part whole = {.layout = *l};

	if (l->is_part)
		check_whole(in, &whole, 1);
}

static int add_parts(struct hvd_input *in, const struct part *parts, size_t nr,
		     struct hvd_error *err)
{
	size_t i;

	in->parts = calloc(nr + 1, sizeof(*in->parts));
	if (!in->parts)
		return hvd_error_set(err, "%s: no memory", in->path);
	for (i = 0; i < nr; i++) {
		in->parts[i] = strdup(parts[i].path);
		if (!in->parts[i])
			return hvd_error_set(err, "%s: no memory", in->path);
		in->nr_parts++;
	}
	return 0;
}

/* What is wrong with any of them is wrong with all. */
static int check_others(struct hvd_input *in, const struct part *parts,
			size_t nr, struct hvd_error *err)
{
	struct hvd_input *other;
	size_t i;

	for (i = 0; i < nr; i++) {
		other = hvd_input_open(parts[i].path, err);
		if (!other)
			return -1;
		if (other->damage && !other->lacks_parts)
			hvd_input_damage(in, "%s: %s", other->path,
					 other->damage);
		in->file_size += other->file_size;
		hvd_input_close(other);
	}
	return 0;
}

struct hvd_input *hvd_input_open_parts(const char *const *paths, size_t nr,
				       struct hvd_error *err)
{
	struct part *parts = read_parts(paths, nr, err);
	struct hvd_input *in;

	if (!parts)
		return NULL;
	in = hvd_input_open(parts[0].path, err);
	if (in && in->lacks_parts) {
		free(in->damage);
		in->damage = NULL;
		in->lacks_parts = false;
	}
	if (in)
		check_whole(in, parts, nr);
	if (in)
		in->format_name = "split";
	if (in && (check_others(in, parts + 1, nr - 1, err) ||
		   add_parts(in, parts + 1, nr - 1, err))) {
		hvd_input_close(in);
		in = NULL;
	}
	free(parts);
	return in;
}
