// SPDX-License-Identifier: GPL-2.0-or-later
/* Physical memory of any dump: see physmem.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "physmem.h"
#include "physmem_kdump.h"

/** One of the two, or none. */
struct hvd_physmem {
	struct hvd_loads *loads;
	struct hvd_kdump *kdump;
};

struct hvd_physmem *hvd_physmem_open(const struct hvd_input *in,
				     struct hvd_error *err)
{
	struct hvd_physmem *m = calloc(1, sizeof(*m));
	const char *path = in->path;

	if (!m) {
		hvd_error_set(err, "%s: no memory", path);
		return NULL;
	}
	if (in->format == HVD_FORMAT_ELF)
		m->loads = hvd_loads_open(path, err);
	else if (in->format == HVD_FORMAT_KDUMP)
		m->kdump = hvd_kdump_open(path, in->damage, err);
	if (m->loads || m->kdump || in->format == HVD_FORMAT_NOTES)
		return m;
	free(m);
	return NULL;
}

void hvd_physmem_close(struct hvd_physmem *m)
{
	if (!m)
		return;
	hvd_loads_close(m->loads);
	hvd_kdump_close(m->kdump);
	free(m);
}

enum hvd_read hvd_physmem_read(struct hvd_physmem *m, uint64_t address,
			       void *buf, size_t size, struct hvd_error *err)
{
	if (m->loads)
		return hvd_loads_read(m->loads, address, buf, size, err);
	if (m->kdump)
		return hvd_kdump_read(m->kdump, address, buf, size, err);
	hvd_error_set(err, "bare notes hold no memory");
	return HVD_READ_ABSENT;
}

enum hvd_read hvd_physmem_has(struct hvd_physmem *m, uint64_t address,
			      size_t size)
{
	if (m->loads)
		return hvd_loads_has(m->loads, address, size);
	if (m->kdump)
		return hvd_kdump_has(m->kdump, address, size);
	return HVD_READ_ABSENT;
}
