// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: exceptions that were about to be delivered to x86-64 guests: hv_x64_
 * pending_interruption_register and the exception form of pending event 0.
 */
#include "config.h"

#include <elf.h>

#include "rules.h"

/* PENDING_INTERRUPTION: pending, type, ..., reserved bits 10 to 15, vector. */
#define TYPE(v)		  ((v) >> 1 & 7)
#define TYPE_EXCEPTION	  3
#define INTERRUPTION_ZERO UINT64_C(0xfc00)

/* PENDING_EVENT0 of an exception: reserved bits 4 to 7, 9 to 15. */
#define EVENT_EXCEPTION 0
#define EVENT_ZERO	UINT64_C(0xfef0)

#define VECTOR(v)      ((v) >> 16 & 0xffff)
#define NR_VECTORS     32
#define DOUBLE_FAULT   8
#define MACHINE_CHECK  18

struct found {
	struct finding *finding;
	uint64_t count;
	bool grave;
};

static bool is_exception(uint64_t v, uint64_t zero, unsigned int type)
{
	return v & 1 && !(v & zero) && TYPE(v) == type &&
	       VECTOR(v) < NR_VECTORS;
}

static void tell(struct finder *f, const struct hvd_dump_partition *p,
		 const struct hvd_dump_vp *vp, struct found *found,
		 const char *name, uint64_t value)
{
	if (!found->count++)
		found->finding = finding_add(f, "pending-exception",
					     SEVERITY_INFO, " ");
	found->grave |= VECTOR(value) == DOUBLE_FAULT ||
			VECTOR(value) == MACHINE_CHECK;
	rests_on_vp(f, found->finding, "regs", p->rec.partition_id,
		    vp->rec.vp_index, "%s of partition 0x%" PRIx64 ", VP "
		    "%" PRIu32 ": vector %u, error code 0x%" PRIx64, name,
		    (uint64_t)p->rec.partition_id, vp->rec.vp_index,
		    (unsigned int)VECTOR(value), value >> 32);
}

static void look_at(struct finder *f, const struct hvd_dump_partition *p,
		    const struct hvd_dump_vp *vp,
		    const struct hvd_dump_vtl *vtl, void *arg)
{
	uint64_t value;

	if (finder_register(vtl, HVD_X64_PENDING_INTERRUPTION, &value) &&
	    is_exception(value, INTERRUPTION_ZERO, TYPE_EXCEPTION))
		tell(f, p, vp, arg, "PENDING_INTERRUPTION", value);
	if (finder_register(vtl, HVD_X64_PENDING_EVENT0, &value) &&
	    is_exception(value, EVENT_ZERO, EVENT_EXCEPTION))
		tell(f, p, vp, arg, "PENDING_EVENT0", value);
}

void find_pending(struct finder *f)
{
	struct found found = {0};

	if (f->dump->machine != EM_X86_64)
		return;
	for_each_vtl(f, look_at, &found);
	if (!found.finding)
		return;
	finding_text(found.finding, "%" PRIu64 " %s about to be delivered to "
		     "a guest%s.", found.count,
		     plural(found.count, "exception was", "exceptions were"),
		     found.grave ? ", double faults or machine checks among "
				   "them"
				 : "");
	if (found.grave)
		found.finding->severity = SEVERITY_WARNING;
}
