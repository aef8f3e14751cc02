/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the root kernel knew, read for `driver` and held against the note by
 * `check`.
 */
#ifndef HVDUMP_ANALYZER_DRIVER_H
#define HVDUMP_ANALYZER_DRIVER_H

#include <jansson.h>

#include "session.h"
#include "kernel/mshv.h"
#include "kernel/root.h"

#define DRIVER_VIEWS 16

struct driver {
	struct hvd_mshv mshv;
	struct hvd_error no_mshv; /* why nothing can be said of it; or empty */
	struct hvd_view views[DRIVER_VIEWS];
	size_t nr_views;
	bool has_id; /* only this partition is shown: -p */
	uint64_t id;
};

/**
 * driver_open() - read all of it
 * A STATUS_, other than DONE with @err: the dump's kernel cannot be read. Close
 * it in either case.
 */
int driver_open(struct session *s, struct driver *d, struct hvd_error *err);
void driver_close(struct driver *d);

/** driver_shows() - is it the partition asked for, or all? */
bool driver_shows(const struct driver *d, const struct hvd_mshv_partition *p);

/** driver_is_whole() - was nothing broken? @why: the first thing that was */
bool driver_is_whole(const struct driver *d, struct hvd_error *why);

/** driver_json() - "driver", as doc/schema/ has it */
json_t *driver_json(const struct driver *d);

#endif /* HVDUMP_ANALYZER_DRIVER_H */
