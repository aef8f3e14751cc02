/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between capture.c, which collects records, and capture_tree.c. */
#ifndef HVDUMP_CAPTURE_BUILD_H
#define HVDUMP_CAPTURE_BUILD_H

#include "capture.h"

/** An array that grows. */
struct hvd_vec {
	void *data;
	size_t nr;
	size_t room;
};

/** hvd_vec_add() - a zeroed element of @size bytes; NULL: no memory */
void *hvd_vec_add(struct hvd_vec *v, size_t size);

/** A record with elements; they still lie in the segment. */
struct hvd_regs_item {
	struct hvd_registers rec;
	struct hvd_elements els;
};

struct hvd_props_item {
	struct hvd_properties rec;
	struct hvd_elements els;
};

struct hvd_memory_item {
	struct hvd_memory rec;
	struct hvd_elements els;
};

/** What the walk through the segment collects, in the segment's order. */
struct hvd_collected {
	struct hvd_vec partitions; /* struct hvd_partition */
	struct hvd_vec vps;	   /* struct hvd_vp */
	struct hvd_vec regs;	   /* struct hvd_regs_item */
	struct hvd_vec props;	   /* struct hvd_props_item */
	struct hvd_vec pages;	   /* struct hvd_page */
	struct hvd_vec memory;	   /* struct hvd_memory_item */
	struct hvd_vec gaps;	   /* struct hvd_gap */
};

/** The memory behind the arrays of a dump that are slices of larger ones. */
struct hvd_dump_memory {
	struct hvd_dump_vp *vps;
	struct hvd_dump_vtl *vtls;
	struct hvd_dump_register *regs;
	struct hvd_dump_property *props;
	struct hvd_dump_partition **by_id;
	uint8_t *bytes; /* of all copies */
};

/** hvd_dump_build_tree() - make dump->partitions; -1: no memory */
int hvd_dump_build_tree(struct hvd_dump *dump, const struct hvd_collected *all);

/**
 * hvd_dump_build_memory() - make dump->pages, copies and gaps; -1: no memory
 * The vectors of pages and gaps become the dump's own, also when it fails.
 */
int hvd_dump_build_memory(struct hvd_dump *dump, struct hvd_collected *all);

#endif /* HVDUMP_CAPTURE_BUILD_H */
