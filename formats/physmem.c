// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Physical memory of any dump: see physmem.h.
 *
 * Small reads go through a cache of pages. Where a page cannot be had as a
 * whole (it is half in a PT_LOAD, or cut), the read is tried by itself, and
 * that says what became of it.
 */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kdump_pages.h"
#include "page_cache.h"
#include "physmem.h"

/* Longer ones would push out what is read again and again. */
#define MAX_CACHED_READ (4 * HVD_CACHE_PAGE)

/** One of the two, or none. */
struct hvd_physmem {
	struct hvd_loads *loads;
	struct hvd_kdump_pages *pages;
	struct hvd_page_cache cache;
};

static int open_memory(struct hvd_physmem *m, const struct hvd_input *in,
		       struct hvd_error *err)
{
	if (in->format == HVD_FORMAT_ELF)
		m->loads = hvd_loads_open(in->path, in->flattened, err);
	else if (in->format == HVD_FORMAT_KDUMP)
		m->pages = hvd_kdump_pages_open(in, err);
	else
		return 0;
	return m->loads || m->pages ? 0 : -1;
}

struct hvd_physmem *hvd_physmem_open(const struct hvd_input *in,
				     struct hvd_error *err)
{
	struct hvd_physmem *m = calloc(1, sizeof(*m));

	if (!m) {
		hvd_error_set(err, "%s: no memory", in->path);
		return NULL;
	}
	if (!open_memory(m, in, err))
		return m;
	free(m);
	return NULL;
}

void hvd_physmem_close(struct hvd_physmem *m)
{
	if (!m)
		return;
	hvd_loads_close(m->loads);
	hvd_kdump_pages_close(m->pages);
	hvd_page_cache_free(&m->cache);
	free(m);
}

static enum hvd_read read_file(struct hvd_physmem *m, uint64_t address,
			       void *buf, size_t size, struct hvd_error *err)
{
	if (m->loads)
		return hvd_loads_read(m->loads, address, buf, size, err);
	if (m->pages)
		return hvd_kdump_pages_read(m->pages, address, buf, size, err);
	hvd_error_set(err, "bare notes hold no memory");
	return HVD_READ_ABSENT;
}

/* The page's bytes; NULL: not as a whole. */
static const uint8_t *get_page(struct hvd_physmem *m, uint64_t number)
{
	const uint8_t *data = hvd_page_cache_find(&m->cache, number);
	struct hvd_cached_page *p;
	struct hvd_error err;

	if (data)
		return data;
	p = hvd_page_cache_place(&m->cache, number);
	if (!p || read_file(m, number * HVD_CACHE_PAGE, p->data,
			    HVD_CACHE_PAGE, &err) != HVD_READ_DATA)
		return NULL;
	hvd_page_cache_keep(p, number);
	return p->data;
}

/* Of no machine; and whoever adds to addresses need not look. */
static bool reaches_end(uint64_t address, size_t size)
{
	return size > UINT64_MAX - address;
}

enum hvd_read hvd_physmem_read(struct hvd_physmem *m, uint64_t address,
			       void *buf, size_t size, struct hvd_error *err)
{
	enum hvd_read outcome = HVD_READ_DATA;
	const uint8_t *page;
	uint8_t *p = buf;
	size_t in_page, len;

	if (reaches_end(address, size)) {
		hvd_error_set(err, "address 0x%016" PRIx64 " is behind all "
			      "memory", address);
		return HVD_READ_ABSENT;
	}
	if (size > MAX_CACHED_READ)
		return read_file(m, address, buf, size, err);
	while (size && outcome == HVD_READ_DATA) {
		in_page = address % HVD_CACHE_PAGE;
		len = HVD_CACHE_PAGE - in_page;
		len = size < len ? size : len;
		page = get_page(m, address / HVD_CACHE_PAGE);
		if (page)
			memcpy(p, page + in_page, len);
		else
			outcome = read_file(m, address, p, len, err);
		address += len;
		p += len;
		size -= len;
	}
	return outcome;
}

enum hvd_read hvd_physmem_has(struct hvd_physmem *m, uint64_t address,
			      size_t size)
{
	if (reaches_end(address, size))
		return HVD_READ_ABSENT;
	if (m->loads)
		return hvd_loads_has(m->loads, address, size);
	if (m->pages)
		return hvd_kdump_pages_has(m->pages, address, size);
	return HVD_READ_ABSENT;
}
