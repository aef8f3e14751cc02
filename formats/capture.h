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

/** A copy of memory: what @rec.size has beyond these bytes is zeros. */
struct hvd_dump_copy {
	struct hvd_memory rec; /* it lies in its page, whatever was claimed */
	const uint8_t *bytes;
	uint32_t nr_bytes; /* at most @rec.size */
};

/**
 * State of one VP and VTL: what @rec.size has beyond these bytes is zeros, if
 * HVD_STATE_REDACTED does not say that all of them were taken out.
 */
struct hvd_dump_state {
	struct hvd_state rec;
	const uint8_t *bytes;
	uint32_t nr_bytes; /* at most @rec.size */
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
	/*
	 * By page number, then by the segment's order. Addresses of these pages
	 * do not overflow. A page that is listed twice for the same use counts
	 * once, with the flags of both.
	 */
	struct hvd_page *pages;
	size_t nr_pages;
	struct hvd_dump_copy *copies;
	size_t nr_copies;
	struct hvd_gap *gaps;
	size_t nr_gaps;

	/* By partition, VP, VTL, type; by partition; by logical processor. */
	struct hvd_dump_state *states;
	size_t nr_states;
	struct hvd_balance *balances;
	size_t nr_balances;
	struct hvd_run_time *run_times;
	size_t nr_run_times;

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

/** hvd_dump_page_shift() - of page numbers; 12 where the header makes no sense
 */
unsigned int hvd_dump_page_shift(const struct hvd_dump *dump);

/*
 * What is told of the page of number @pfn: the first such element, or NULL; the
 * others stand behind it. Gaps do not overlap: the one that it lies in.
 */
const struct hvd_page *hvd_dump_find_page(const struct hvd_dump *dump,
					  uint64_t pfn);
const struct hvd_dump_copy *hvd_dump_find_copy(const struct hvd_dump *dump,
					       uint64_t pfn);
const struct hvd_gap *hvd_dump_find_gap(const struct hvd_dump *dump,
					uint64_t pfn);

/**
 * hvd_dump_find_state() - HV_GET_SET_VP_STATE_TYPE @type; or NULL
 * One that was redacted has no bytes to look at, and is not found.
 */
const struct hvd_dump_state *
hvd_dump_find_state(const struct hvd_dump *dump, uint64_t partition_id,
		    uint32_t vp_index, uint16_t vtl, uint32_t type);

/** hvd_dump_find_balance() - a partition's memory balance; or NULL */
const struct hvd_balance *hvd_dump_find_balance(const struct hvd_dump *dump,
						uint64_t partition_id);

/** Who died first. */
enum hvd_death {
	HVD_DEATH_UNKNOWN,
	HVD_DEATH_NOBODY, /* a live capture */
	HVD_DEATH_LINUX,
	HVD_DEATH_HYPERVISOR,
};

enum hvd_death hvd_dump_death(const struct hvd_dump *dump);

/**
 * hvd_dump_later_crash() - the hypervisor crashed after Linux had panicked
 * Returns the stage record that says so first, or NULL.
 */
const struct hvd_stage *hvd_dump_later_crash(const struct hvd_dump *dump);

/** Was the hypervisor taken out of the way before the crash kernel began? */
enum hvd_devirtualised {
	HVD_DEVIRTUALISED_UNKNOWN, /* nobody looked at the end of it */
	HVD_DEVIRTUALISED_NO,
	HVD_DEVIRTUALISED_YES,
};

enum hvd_devirtualised hvd_dump_devirtualised(const struct hvd_dump *dump);

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
