/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all VPs of a partition were doing, as a picture. */
#ifndef HVDUMP_HTML_HEAT_MAP_H
#define HVDUMP_HTML_HEAT_MAP_H

#include "../session.h"
#include "vpstate.h"

/** html_heat_map() - a figure for each VP, and what they mean */
void html_heat_map(FILE *out, const struct hvd_dump *dump,
		   const struct hvd_dump_partition *p);

#endif /* HVDUMP_HTML_HEAT_MAP_H */
