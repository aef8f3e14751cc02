/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following the mshv driver: what driver.c, tracepoints.c and probes.c share. */
#ifndef HVDUMP_DRIVER_H
#define HVDUMP_DRIVER_H

#include "hvdump.h"

#define HVD_DRIVER	"mshv_root"	/* as a module is called */

/* The driver has made a partition, or, of @kind HVD_MADE_VP, one of its VPs. */
static inline void hvd_driver_made(u32 kind, u64 partition_id, u32 vp_index)
{
	struct hvd_page p = {
		.kind = kind,
		.partition_id = partition_id,
		.vp_index = vp_index,
	};

	hvd_track_add(&p);
}

/* tracepoints.c: its partitions and VPs, where it has tracepoints for them */
int hvd_tracepoints_init(void);
void hvd_tracepoints_exit(void);
bool hvd_tracepoints_set(void);		/* all of them; road */

/* probes.c: its pages; and its partitions and VPs, unless by tracepoints */
void hvd_probes_set(void);
void hvd_probes_release(void);
bool hvd_probes_on_life(void);		/* road */
bool hvd_probes_on_pages(void);
u32 hvd_probes_missed(void);		/* road */

#endif /* HVDUMP_DRIVER_H */
