/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the mshv driver of the kernel in a dump knew of its partitions: Linux's
 * own view, to be held against the hypervisor's in the note.
 * Source: drivers/hv/mshv_root.h, mshv_eventfd.h, include/uapi/linux/mshv.h.
 */
#ifndef HVDUMP_MSHV_H
#define HVDUMP_MSHV_H

#include "kernel.h"

/* Unknown members, of kernels that lack them, are HVD_UNKNOWN. */
#define HVD_UNKNOWN UINT64_MAX

struct hvd_mshv_vp {
	uint64_t address; /* of its struct mshv_vp */
	uint32_t index;
	uint64_t register_page, intercept_page; /* kernel addresses; 0: none */
	uint64_t register_pfn, intercept_pfn;	/* HVD_UNKNOWN: not translated */
	uint64_t flags, explicit_suspend, dispatched, signaled, intercept_run;
	struct hvd_error why; /* what of it could not be read; or empty */
};

struct hvd_mshv_region {
	uint64_t address;
	uint64_t start_gfn, pages, start_uaddr, hv_flags, type;
	const char *type_name; /* of the kernel's enum; NULL: it has none */
};

struct hvd_mshv_irqfd {
	uint64_t address, gsi, vector, apic_id, level_triggered;
};

struct hvd_mshv_partition {
	uint64_t address; /* of its struct mshv_partition */
	uint64_t id, vp_count, initialized, isolation_type, references;
	uint64_t sched_vp_count, nr_routes;
	struct hvd_mshv_vp *vps;
	size_t nr_vps;
	struct hvd_mshv_region *regions;
	size_t nr_regions;
	struct hvd_mshv_irqfd *irqfds;
	size_t nr_irqfds;
	struct hvd_error why;
};

struct hvd_mshv {
	bool loaded; /* the module mshv_root is there */
	struct hvd_mshv_partition *partitions;
	size_t nr_partitions;
	struct hvd_error why; /* the list broke off: where and why; or empty */
};

/** hvd_mshv_read() - -1 with @err: nothing can be said (no types, no symbols) */
int hvd_mshv_read(struct hvd_kernel *k, struct hvd_mshv *mshv,
		  struct hvd_error *err);
void hvd_mshv_free(struct hvd_mshv *mshv);

#endif /* HVDUMP_MSHV_H */
