/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the mshv driver of the kernel in a dump knew of its partitions: Linux's
 * own view, to be held against the hypervisor's in the note.
 * Source: drivers/hv/mshv_root.h, mshv_eventfd.h, mshv_portid_table.c (6.15).
 */
#ifndef HVDUMP_MSHV_H
#define HVDUMP_MSHV_H

#include "kernel.h"
#include "object.h"

/* Members that the kernel's driver lacks are HVD_UNKNOWN. */

struct hvd_mshv_vp {
	uint64_t address; /* of its struct mshv_vp */
	uint64_t slot;	  /* of the partition's array */
	uint64_t index;
	uint64_t partition; /* the object that it says it belongs to */
	/* Kernel addresses; 0: none. */
	uint64_t register_page, intercept_page, ghcb_page;
	uint64_t statistics_page[2]; /* its own; its parent's */
	/* HVD_UNKNOWN: none, or it is not mapped. */
	uint64_t register_pfn, intercept_pfn, ghcb_pfn, statistics_pfn[2];
	/* Run state, each 0 or 1; the root scheduler's: blocked, dispatched. */
	uint64_t intercept_suspend, blocked, dispatched, kicked;
	uint64_t signaled; /* how often, since it last ran */
	struct hvd_error why; /* what of it could not be read; or empty */
};

struct hvd_mshv_region {
	uint64_t address;
	uint64_t start_gfn, pages, start_uaddr, hv_flags;
	uint64_t type;	       /* since 6.19 */
	const char *type_name; /* of the kernel's enum; NULL: it has none */
};

/** An eventfd that an interrupt of the guest is raised by. */
struct hvd_mshv_irqfd {
	uint64_t address, gsi, vector, apic_id, level_triggered;
	bool resampled;
};

/** An eventfd that a write of the guest signals. */
struct hvd_mshv_ioeventfd {
	uint64_t address, gpa, length, match, doorbell, wildcard;
};

/** An interrupt of the guest, and the MSI that it is sent as. */
struct hvd_mshv_route {
	uint64_t gsi, msi_address, msi_data;
};

struct hvd_mshv_partition {
	uint64_t address; /* of its struct mshv_partition */
	uint64_t id, vp_count, initialized, import_completed;
	uint64_t isolation_type, references, async_status;
	struct hvd_mshv_vp *vps; /* by slot */
	size_t nr_vps;
	struct hvd_mshv_region *regions; /* by start_gfn */
	size_t nr_regions;
	struct hvd_mshv_irqfd *irqfds;
	size_t nr_irqfds;
	struct hvd_mshv_ioeventfd *ioeventfds;
	size_t nr_ioeventfds;
	struct hvd_mshv_route *routes; /* the valid ones */
	size_t nr_routes;
	struct hvd_error why; /* what of it could not be read; or empty */
};

/** What the hypervisor signals Linux through. */
struct hvd_mshv_port {
	uint64_t id, address, type;
	const char *type_name;	 /* of the kernel's enum; NULL: it has none */
	uint64_t callback, data; /* of a doorbell port */
};

struct hvd_mshv {
	bool loaded; /* the driver is there, as a module or built in */
	struct hvd_mshv_partition *partitions; /* by id */
	size_t nr_partitions;
	struct hvd_mshv_port *ports; /* by id */
	size_t nr_ports;
	uint64_t scheduler; /* its type */
	const char *scheduler_name;
	struct hvd_error why; /* a list broke off: where and why; or empty */
	struct hvd_error no_ports; /* why those could not be read; or empty */
};

/**
 * hvd_mshv_read() - read all of it
 * Returns -1 with @err when nothing can be said: no symbols, no types, no memory
 * of the driver. A kernel without the driver is no error: @loaded is false.
 * Names belong to @k, all else is released by hvd_mshv_free().
 */
int hvd_mshv_read(struct hvd_kernel *k, struct hvd_mshv *mshv,
		  struct hvd_error *err);
void hvd_mshv_free(struct hvd_mshv *mshv);

/** hvd_mshv_find_region() - that has the guest's page @gfn; or NULL */
const struct hvd_mshv_region *
hvd_mshv_find_region(const struct hvd_mshv_partition *p, uint64_t gfn);

/**
 * hvd_mshv_page() - the number, in this kernel's memory, of a guest's page
 * @gfn lies in @region. ABSENT: the guest had none there; DAMAGED: it cannot be
 * told. Then @err says why.
 */
enum hvd_read hvd_mshv_page(struct hvd_kernel *k,
			    const struct hvd_mshv_region *region, uint64_t gfn,
			    uint64_t *pfn, struct hvd_error *err);

/** What the pages of guests are found by. */
struct hvd_mshv_map {
	struct hvd_kmem *kmem;
	const struct hvd_types *types; /* those that the driver has */
	uint64_t array;		       /* of the list, in a region */
	uint64_t start, size;	       /* of the page structures; of one */
};

/* Pages that one read yields at most. */
#define HVD_MSHV_MAP_PAGES 512

/**
 * hvd_mshv_map_open() - look up what reading many pages needs; all of it is @k's
 * Returns -1 with @err set where the dump does not tell.
 */
int hvd_mshv_map_open(struct hvd_mshv_map *map, struct hvd_kernel *k,
		      struct hvd_error *err);

/**
 * hvd_mshv_map_read() - the numbers of the pages @from, @from + 1, ... of a
 * region, @nr of them, no more than HVD_MSHV_MAP_PAGES
 * HVD_UNKNOWN: the guest had none there. Anything but DATA: none of them can be
 * relied on, and @err says why.
 */
enum hvd_read hvd_mshv_map_read(const struct hvd_mshv_map *map,
				const struct hvd_mshv_region *region,
				uint64_t from, size_t nr, uint64_t *pfns,
				struct hvd_error *err);

/** hvd_mshv_is_whole() - was nothing broken anywhere? @why: the first that was */
bool hvd_mshv_is_whole(const struct hvd_mshv *mshv, struct hvd_error *why);

#endif /* HVDUMP_MSHV_H */
