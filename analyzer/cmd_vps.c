// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump vps: a line a VP and VTL. */
#include "config.h"

#include "json.h"
#include "text.h"

int cmd_vps(struct session *s)
{
	if (!s->opt.json)
		return text_vp_table(s, SIZE_MAX, 0);
	return json_finish_partitions(s, json_begin(s), JSON_VPS);
}
