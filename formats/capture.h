/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a note segment says, as one tree: partitions, their VPs, the VPs' VTLs,
 * the VTLs' registers. Built in one go, then constant; nothing in it leads back
 * into the segment. Its size is in proportion to the segment's, whatever the
 * segment claims.
 */
#ifndef HVDUMP_CAPTURE_H
#define HVDUMP_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "error.h"

/* VTLs that a VP record's mask is taken for; the specification has 16. */
#define HVD_DUMP_VTLS 16
/* Damaged places that are kept; more are only counted. */
#define HVD_DUMP_DAMAGES 64

/** One register of one VP and VTL. */
struct hvd_dump_register {
	uint32_t code;
	uint16_t status; /* HV_STATUS; 0: the value is good */
	uint16_t flags;	 /* HVD_VALUE_... */
	uint16_t set;	 /* HVD_SET_... it was captured in */
	uint32_t order;	 /* of capture, within its VTL */
	uint64_t low;
	uint64_t high;
};

/** One property of a partition. */
struct hvd_dump_property {
	uint32_t code;
	uint16_t status; /* HV_STATUS; 0: the value is good */
	uint16_t flags;	 /* HVD_VALUE_... */
	uint64_t value;
	uint32_t order; /* of capture */
};

/** One VTL of a VP. Registers in ascending order of their codes. */
struct hvd_dump_vtl {
	uint16_t vtl;
	bool recorded; /* the VP's record has it; else only registers */
	bool active;   /* false as well when that is unknown */
	const struct hvd_dump_register *regs;
	size_t nr_regs;
};

/** One VP. VTLs in ascending order. */
struct hvd_dump_vp {
	struct hvd_vp rec; /* ids only, unless recorded */
	bool recorded;
	const struct hvd_dump_vtl *vtls;
	size_t nr_vtls;
};

/** One partition. VPs and properties in ascending order. */
struct hvd_dump_partition {
	struct hvd_partition rec; /* id only, unless recorded */
	bool recorded;
	const struct hvd_dump_vp *vps;
	size_t nr_vps;
	const struct hvd_dump_property *props;
	size_t nr_props;
};

/** The whole. Arrays are in the order of the segment where not said otherwise.
 */
struct hvd_dump {
	bool has_header;
	bool has_capture;
	bool has_end;
	struct hvd_header header;
	struct hvd_capture capture;
	struct hvd_end end;
	uint16_t machine; /* ELF e_machine: the header's, else the file's */

	struct hvd_leaf *leaves;
	size_t nr_leaves;
	/* As captured; those that have no record of their own stand last. */
	struct hvd_dump_partition *partitions;
	size_t nr_partitions;
	struct hvd_failure *failures;
	size_t nr_failures;
	struct hvd_stage *stages;
	size_t nr_stages;
	struct hvd_dropped *dropped;
	size_t nr_dropped;

	struct hvd_damage damages[HVD_DUMP_DAMAGES];
	uint64_t nr_damages; /* may be more than are kept */
	uint64_t records;    /* of ours, of any kind, in the whole segment */
	uint64_t captured;   /* counted as hvd_end.records is */
	uint64_t unknown;    /* records of a type that is not known here */
	uint64_t duplicates; /* what was there already: the first counts */
	uint64_t foreign;    /* notes of other owners */
	uint64_t end_time;   /* ticks that the capture took; 0: no end */
	uint64_t last_time;  /* ticks since the capture began, of the last */

	void *priv; /* memory behind the above */
};

/**
 * hvd_dump_create() - read a note segment
 * @machine is the file's own ELF e_machine (0: unknown), used when the segment
 * has no header record. @notes is not needed afterwards. Damage in the segment
 * is no error: it is listed, and the rest is there. Returns NULL, with @err
 * set, only when there is no memory. Release with hvd_dump_destroy().
 */
struct hvd_dump *hvd_dump_create(const void *notes, uint64_t size,
				 uint16_t machine, struct hvd_error *err);

/** hvd_dump_destroy() - release; NULL is allowed */
void hvd_dump_destroy(struct hvd_dump *dump);

/** Is there anything of ours at all? Then hvdump.ko was loaded. */
bool hvd_dump_is_ours(const struct hvd_dump *dump);

/** Is there anything that a capture wrote, and not only what armed it? */
bool hvd_dump_has_state(const struct hvd_dump *dump);

/** Was the capture ended by itself, with nothing dropped and nothing damaged?
 */
bool hvd_dump_is_complete(const struct hvd_dump *dump);

/*
 * Look-ups by binary search; NULL if there is no such thing.
 */
const struct hvd_dump_partition *
hvd_dump_find_partition(const struct hvd_dump *dump, uint64_t id);
const struct hvd_dump_vp *
hvd_dump_find_vp(const struct hvd_dump_partition *partition, uint32_t index);
const struct hvd_dump_vtl *hvd_dump_find_vtl(const struct hvd_dump_vp *vp,
					     uint16_t vtl);
const struct hvd_dump_register *
hvd_dump_find_register(const struct hvd_dump_vtl *vtl, uint32_t code);

/** The partition this kernel ran in; NULL if it was not captured. */
const struct hvd_dump_partition *hvd_dump_self(const struct hvd_dump *dump);

/**
 * hvd_dump_wall_ns() - the wall time of the capture's start
 * In nanoseconds since 1970, computed from the time anchor. Returns 0, or -1
 * when something that it takes is missing or makes no sense.
 */
int hvd_dump_wall_ns(const struct hvd_dump *dump, uint64_t *ns);

/** hvd_dump_ticks_ns() - ticks as nanoseconds; -1 when their rate is unknown */
int hvd_dump_ticks_ns(const struct hvd_dump *dump, uint64_t ticks,
		      uint64_t *ns);

#endif /* HVDUMP_CAPTURE_H */
