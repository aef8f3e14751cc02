/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's view and the mshv driver's, as the note has them. */
#ifndef HVDUMP_VIEWS_H
#define HVDUMP_VIEWS_H

#include "finder.h"

/** Can they be compared at all: both were looked at, and as a whole? */
static inline bool has_two_views(const struct hvd_dump *d)
{
	return d->has_capture && d->capture.flags & HVD_CAPTURE_TRACKED &&
	       !(d->capture.flags & HVD_CAPTURE_PARTLY) &&
	       d->capture.hypervisor != HVD_HV_GONE &&
	       d->capture.hypervisor != HVD_HV_CRASHED;
}

#endif /* HVDUMP_VIEWS_H */
