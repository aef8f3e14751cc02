// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump vps: a line a VP and VTL. */
#include "config.h"

#include "json.h"
#include "text.h"

int cmd_vps(struct session *s)
{
	json_t *root;

	if (!s->opt.json)
		return text_vp_table(s, SIZE_MAX, 0);
	root = json_begin(s);
	json_set(root, "partitions", json_partitions(s, JSON_VPS));
	return json_finish(s, root);
}
