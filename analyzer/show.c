// SPDX-License-Identifier: GPL-2.0-or-later
/* What is shown: see show.h. */
#include "config.h"

#include <elf.h>

#include "abi.h"
#include "abi_codes.h"
#include "show.h"
#include "vpstate.h"

bool shows_partition(const struct session *s,
		     const struct hvd_dump_partition *p)
{
	return !s->sel.partition || s->sel.partition == p;
}

bool shows_vp(const struct session *s, const struct hvd_dump_vp *vp)
{
	return !s->sel.has_vp || s->sel.vp == vp->rec.vp_index;
}

bool shows_vtl(const struct session *s, const struct hvd_dump_vtl *vtl)
{
	return !s->sel.has_vtl || s->sel.vtl == vtl->vtl;
}

const struct hvd_abi_row *register_row(const struct hvd_dump *d, uint32_t code)
{
	if (d->machine == EM_X86_64)
		return hvd_abi_find(HVD_ABI_REGISTERS, HVD_ABI_X86_64, code);
	if (d->machine == EM_AARCH64)
		return hvd_abi_find(HVD_ABI_REGISTERS, HVD_ABI_ARM64, code);
	return NULL;
}

bool shows_register(const struct session *s,
		    const struct hvd_dump_register *reg)
{
	const struct hvd_abi_row *row;

	if (s->opt.all || reg->set == HVD_SET_ESSENTIAL)
		return true;
	row = register_row(s->dump, reg->code);
	if (!row || !hvd_register_good(reg))
		return false;
	switch (row->group) {
	case HVD_ABI_GROUP_GENERAL:
	case HVD_ABI_GROUP_CONTROL:
	case HVD_ABI_GROUP_SEGMENT:
	case HVD_ABI_GROUP_TABLE:
	case HVD_ABI_GROUP_SUSPEND:
	case HVD_ABI_GROUP_EVENT:
		return true;
	default:
		return row->capture == HVD_ABI_ESSENTIAL;
	}
}

/* Never fewer digits than the value has, whatever the table says. */
int register_digits(const struct hvd_dump *d,
		    const struct hvd_dump_register *reg)
{
	const struct hvd_abi_row *row = register_row(d, reg->code);

	return row && row->bits && row->bits <= 64 && !reg->high ? 16 : 32;
}

const char *partition_state(const struct hvd_dump_partition *p)
{
	size_t i;

	for (i = 0; i < p->nr_props; i++)
		if (p->props[i].code == HVD_PROP_SUSPEND &&
		    !p->props[i].status &&
		    !(p->props[i].flags & HVD_VALUE_NOT_ASKED))
			return p->props[i].value ? "suspended" : "active";
	return NULL;
}
