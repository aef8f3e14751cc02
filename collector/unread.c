// SPDX-License-Identifier: GPL-2.0-or-later
/* What hvdump_vmcore.ko knows of pages that cannot be read: see unread.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unread.h"

/* More ranges than the module keeps. */
#define MAX_RANGES	((size_t)1 << 20)

/* The list may change while it is read, if somebody else reads the vmcore. */
#define MAX_ROUNDS	5

static FILE *open_file(const char *folder, const char *name, char **path,
		       struct hvd_error *err)
{
	FILE *f;

	if (asprintf(path, "%s/%s", folder, name) < 0) {
		*path = NULL;
		hvd_error_set(err, "out of memory");
		return NULL;
	}
	f = fopen(*path, "re");
	if (!f)
		hvd_error_set(err, "%s: %s", *path, strerror(errno));
	return f;
}

int unread_scan(const char *folder, unsigned int ms, struct hvd_error *err)
{
	char *path, text[16];
	int fd, error = 0, n;

	if (asprintf(&path, "%s/scan", folder) < 0)
		return hvd_error_set(err, "out of memory");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	n = snprintf(text, sizeof(text), "%u\n", ms);
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		error = errno;
	if (error)
		hvd_error_set(err, "%s: %s", path, strerror(error));
	if (fd >= 0)
		close(fd);
	free(path);
	return error ? -1 : 0;
}

/* "NAME: VALUE" lines. */
static int read_status(struct unread *u, const char *folder,
		       struct hvd_error *err)
{
	char line[256], *path;
	FILE *f = open_file(folder, "status", &path, err);

	if (!f) {
		free(path);
		return -1;
	}
	while (fgets(line, sizeof(line), f)) {
		if (!strcmp(line, "probing: yes\n"))
			u->probing = true;
		sscanf(line, "no_room: %" SCNu64, &u->no_room);
	}
	fclose(f);
	free(path);
	return 0;
}

static int add_range(struct unread *u, uint64_t first, uint64_t pages)
{
	struct unread_range *more;
	uint64_t end = 0;

	if (u->nr)
		end = u->ranges[u->nr - 1].first + u->ranges[u->nr - 1].pages;
	if (!pages || first + pages < first || first < end ||
	    u->nr == MAX_RANGES)
		return -1;
	if (!(u->nr & (u->nr - 1))) {
		more = realloc(u->ranges, 2 * (u->nr + 1) * sizeof(*more));
		if (!more)
			return -1;
		u->ranges = more;
	}
	u->ranges[u->nr++] = (struct unread_range){ first, pages };
	u->pages += pages;
	return 0;
}

/* 0; ESTALE: it changed meanwhile; -1 with @err set */
static int read_list(struct unread *u, const char *folder,
		     struct hvd_error *err)
{
	uint64_t first, pages;
	char line[64], *path;
	int ret = 0;
	FILE *f = open_file(folder, "unread", &path, err);

	if (!f) {
		free(path);
		return -1;
	}
	while (!ret && fgets(line, sizeof(line), f))
		if (sscanf(line, "%" SCNx64 " %" SCNx64, &first, &pages) != 2 ||
		    add_range(u, first, pages))
			ret = hvd_error_set(err, "%s: expected a range, found"
					    " '%.40s'", path, line);
	if (!ret && ferror(f)) {
		hvd_error_set(err, "%s: %s", path, strerror(errno));
		ret = errno == ESTALE ? ESTALE : -1;
	}
	fclose(f);
	free(path);
	return ret;
}

int unread_read(struct unread *u, const char *folder, struct hvd_error *err)
{
	struct unread fresh;
	int round, ret;

	for (round = 0; round < MAX_ROUNDS; round++) {
		memset(&fresh, 0, sizeof(fresh));
		ret = read_status(&fresh, folder, err);
		if (!ret)
			ret = read_list(&fresh, folder, err);
		if (!ret) {
			unread_free(u);
			*u = fresh;
			return 0;
		}
		unread_free(&fresh);
		if (ret != ESTALE)
			break;
	}
	return -1;
}

void unread_free(struct unread *u)
{
	free(u->ranges);
	memset(u, 0, sizeof(*u));
}

bool unread_has(const struct unread *u, uint64_t pfn)
{
	size_t low = 0, high = u->nr, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (u->ranges[middle].first + u->ranges[middle].pages <= pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return low < u->nr && u->ranges[low].first <= pfn;
}

static int by_pfn(const void *x, const void *y)
{
	const struct hvd_gap *a = x, *b = y;

	return (a->pfn > b->pfn) - (a->pfn < b->pfn);
}

/*
 * Add the parts of @range that none of the first @nr gaps has. @from: the first
 * gap that may overlap it; it is moved on. Returns how many there are now.
 */
static size_t add_parts(struct hvd_gap *gaps, size_t nr, size_t *from,
			size_t all, const struct unread_range *range)
{
	uint64_t at = range->first, end = at + range->pages, stop;
	size_t i;

	while (*from < nr && gaps[*from].pfn + gaps[*from].pages <= at)
		++*from;
	for (i = *from; at < end; i++) {
		stop = i < nr && gaps[i].pfn < end ? gaps[i].pfn : end;
		if (stop > at)
			gaps[all++] = (struct hvd_gap){
				.pfn = at,
				.pages = stop - at,
				.error = EPERM,
			};
		at = stop < end ? gaps[i].pfn + gaps[i].pages : end;
	}
	return all;
}

struct hvd_gap *unread_gaps(const struct unread *u, const struct wanted *w,
			    size_t *nr)
{
	struct hvd_gap *gaps = wanted_gaps(w, nr), *more;
	size_t i, all = *nr, from = 0;

	if (!gaps)
		return NULL;
	/* Each gap parts a range in two at most. */
	more = reallocarray(gaps, 2 * *nr + u->nr + 1, sizeof(*gaps));
	if (!more) {
		free(gaps);
		return NULL;
	}
	for (i = 0; i < u->nr; i++)
		all = add_parts(more, *nr, &from, all, &u->ranges[i]);
	qsort(more, all, sizeof(*more), by_pfn);
	*nr = all;
	return more;
}
