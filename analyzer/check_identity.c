// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks: do both speak of the same partition, hypervisor and crash? */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "names.h"

/* CPUID leaves: features and hints (TLFS, "Feature discovery"). */
#define LEAF_FEATURES 0x40000003
#define LEAF_HINTS    0x40000004

/* A fact of one of the driver's subjects; NULL: it is not known. */
static const struct hvd_fact *fact(const struct checks *c, const char *view,
				   const char *name)
{
	const struct driver *d = &c->driver;
	size_t i, k;

	for (i = 0; i < d->nr_views; i++)
		for (k = 0; k < d->views[i].nr_facts; k++)
			if (!strcmp(d->views[i].name, view) &&
			    !strcmp(d->views[i].facts[k].name, name))
				return d->views[i].facts[k].known
					       ? &d->views[i].facts[k]
					       : NULL;
	return NULL;
}

static void compare_word(struct checks *c, const char *name, uint32_t noted)
{
	const struct hvd_fact *f = fact(c, "ms_hyperv", name);

	if (f && f->value != noted)
		check_differs(c, "ms_hyperv.%s is 0x%08" PRIx64 ", the "
			      "hypervisor's leaf said 0x%08" PRIx32, name,
			      f->value, noted);
}

static void compare_leaves(struct checks *c)
{
	const struct hvd_dump *d = c->note;
	size_t i;

	for (i = 0; i < d->nr_leaves; i++) {
		const struct hvd_leaf *l = &d->leaves[i];

		if (l->code == LEAF_FEATURES) {
			compare_word(c, "features", l->eax);
			compare_word(c, "priv_high", l->ebx);
			compare_word(c, "misc_features", l->edx);
		} else if (l->code == LEAF_HINTS) {
			compare_word(c, "hints", l->eax);
		}
	}
}

/* Linux keeps all ones where it may not ask for its own id. */
static void compare_self(struct checks *c)
{
	const struct hvd_header *h = &c->note->header;
	const struct hvd_fact *f = fact(c, "ms_hyperv", "partition_kind");
	const char *kind = name_of_kind(h->kind);

	if (f && kind && strcmp(f->text, kind))
		check_differs(c, "Linux took its partition for %s, the note "
			      "says %s", f->text, kind);
	f = fact(c, "ms_hyperv", "hv_current_partition_id");
	if (f && f->value != UINT64_MAX && h->partition_id &&
	    h->partition_id != UINT64_MAX && f->value != h->partition_id)
		check_differs(c, "Linux's partition is 0x%" PRIx64 " by "
			      "hv_current_partition_id, and 0x%" PRIx64 " by "
			      "the note", f->value, (uint64_t)h->partition_id);
}

static void check_self(struct checks *c)
{
	check_begin(c, "identity");
	if (!c->driver.nr_views) {
		check_unknown(c, "no view of Linux's: %s", c->no_driver.text);
		return;
	}
	if (!c->note->has_header) {
		check_unknown(c, "the file holds no notes of hvdump.ko");
		return;
	}
	compare_self(c);
	compare_leaves(c);
	check_end(c, "This partition and the hypervisor's features.");
}

/* hv_crash sets a flag of its own when the hypervisor's crash is seen. */
static void check_death(struct checks *c)
{
	const struct hvd_fact *f = fact(c, "hv_crash", "hv_has_crashed");
	bool crashed;

	check_begin(c, "death");
	if (!f || !c->note->has_capture) {
		check_unknown(c, "%s", f ? "the note has no capture record"
					 : "the kernel has no hv_crash");
		return;
	}
	crashed = c->note->capture.reason == HVD_REASON_HV_CRASH ||
		  hvd_dump_later_crash(c->note);
	if (f->value && !crashed)
		check_differs(c, "hv_has_crashed is set, the note knows of no "
				 "crash of the hypervisor");
	if (!f->value && c->note->capture.reason == HVD_REASON_HV_CRASH)
		check_differs(c, "the note tells of a crash of the hypervisor, "
				 "hv_has_crashed is not set");
	check_end(c, "Who died.");
}

void check_identity(struct checks *c)
{
	check_self(c);
	check_death(c);
}
