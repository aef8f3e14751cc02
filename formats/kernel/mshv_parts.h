/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of mshv.c's work that have files of their own. */
#ifndef HVDUMP_MSHV_PARTS_H
#define HVDUMP_MSHV_PARTS_H

#include "mshv.h"

/** A partition that is being read. */
struct hvd_mshv_reader {
	struct hvd_object_source from;
	struct hvd_mshv_partition *p;
	struct hvd_object object; /* its struct mshv_partition */
};

/* The first reason is kept: later ones may only follow from it. */
static inline void hvd_keep_why(struct hvd_error *why,
				const struct hvd_error *err)
{
	if (!why->text[0])
		*why = *err;
}

/* Each reads one kind of what a partition has; what breaks is in its @why. */
void hvd_mshv_read_vps(struct hvd_mshv_reader *r);
void hvd_mshv_read_regions(struct hvd_mshv_reader *r);
void hvd_mshv_read_irqfds(struct hvd_mshv_reader *r);
void hvd_mshv_read_ioeventfds(struct hvd_mshv_reader *r);
void hvd_mshv_read_routes(struct hvd_mshv_reader *r);

/** hvd_mshv_read_ports() - of the struct idr at @idr; see @no_ports */
void hvd_mshv_read_ports(struct hvd_mshv *mshv,
			 const struct hvd_object_source *from, uint64_t idr);

#endif /* HVDUMP_MSHV_PARTS_H */
