// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading what the root kernel knew: see driver.h. */
#include "config.h"

#include <string.h>

#include "driver.h"
#include "kernel_open.h"

static void read_views(struct driver *d, struct hvd_root *r)
{
	while (d->nr_views < DRIVER_VIEWS &&
	       hvd_root_view(r, d->nr_views, &d->views[d->nr_views]))
		d->nr_views++;
}

int driver_open(struct session *s, struct driver *d, struct hvd_error *err)
{
	struct hvd_kernel *k;
	struct hvd_root r;

	memset(d, 0, sizeof(*d));
	k = session_kernel(s, err);
	if (!k)
		return STATUS_FAILED;
	if (hvd_root_open(&r, k, s->dump, err)) {
		hvd_error_prefix(err, "%s", session_kernel_path(s));
		return STATUS_FAILED;
	}
	if (hvd_mshv_read(k, &d->mshv, err))
		d->no_mshv = *err;
	read_views(d, &r);
	hvd_root_close(&r);
	return STATUS_DONE;
}

void driver_close(struct driver *d)
{
	size_t i;

	for (i = 0; i < d->nr_views; i++)
		hvd_view_free(&d->views[i]);
	hvd_mshv_free(&d->mshv);
}

bool driver_shows(const struct driver *d, const struct hvd_mshv_partition *p)
{
	return !d->has_id || p->id == d->id;
}

bool driver_is_whole(const struct driver *d, struct hvd_error *why)
{
	size_t i;

	if (d->no_mshv.text[0]) {
		*why = d->no_mshv;
		return false;
	}
	if (!hvd_mshv_is_whole(&d->mshv, why))
		return false;
	for (i = 0; i < d->nr_views; i++)
		if (d->views[i].why.text[0] && !d->views[i].absent) {
			*why = d->views[i].why;
			hvd_error_prefix(why, "%s", d->views[i].name);
			return false;
		}
	return true;
}
