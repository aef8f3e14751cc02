/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a VTL's registers say about where its VP was. */
#ifndef HVDUMP_VPSTATE_H
#define HVDUMP_VPSTATE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture.h"

/** What the VP was doing, from the suspend and activity registers. */
enum hvd_vp_activity {
	HVD_VP_UNKNOWN, /* those registers are not all there */
	HVD_VP_RUNNING, /* nothing holds it; it may be waiting for an LP */
	HVD_VP_HALTED,
	HVD_VP_IDLE,
	HVD_VP_INTERCEPT,    /* waits for its parent to handle an intercept */
	HVD_VP_SUSPENDED,    /* suspended by its parent */
	HVD_VP_DISPATCH,     /* not dispatched by the root scheduler */
	HVD_VP_STARTUP,	     /* waits to be started */
	HVD_VP_NOT_CAPTURED, /* there is no register of it at all */
};

/** How it interpreted its instructions. */
enum hvd_vp_mode {
	HVD_MODE_UNKNOWN,
	HVD_MODE_REAL,
	HVD_MODE_V86,
	HVD_MODE_PROTECTED_16,
	HVD_MODE_PROTECTED_32,
	HVD_MODE_COMPAT, /* 16 or 32-bit code in long mode */
	HVD_MODE_LONG,	 /* 64-bit */
	HVD_MODE_AARCH32,
	HVD_MODE_AARCH64,
};

struct hvd_vp_state {
	enum hvd_vp_activity activity;
	enum hvd_vp_mode mode;
	int level; /* x86: ring; arm64: exception level; -1: unknown */
	bool has_pc;
	uint64_t pc; /* RIP or PC */
	bool has_sp;
	uint64_t sp;
};

/** The parts of an x86-64 segment register's 128-bit value. */
struct hvd_segment {
	uint64_t base;
	uint32_t limit;
	uint16_t selector;
	uint16_t attributes;
};

#define HVD_SEGMENT_TYPE(a) ((a)&0xf)
#define HVD_SEGMENT_DPL(a)  (((a) >> 5) & 3)
#define HVD_SEGMENT_PRESENT 0x0080
#define HVD_SEGMENT_LONG    0x2000
#define HVD_SEGMENT_DEFAULT 0x4000

/** hvd_vp_state_get() - derive what can be derived; the rest is unknown */
void hvd_vp_state_get(const struct hvd_dump *dump,
		      const struct hvd_dump_vtl *vtl,
		      struct hvd_vp_state *state);

/**
 * hvd_vp_activity_get() - what a VP was doing: in its active VTL, or in its
 * lowest where it is not known which one that was
 */
enum hvd_vp_activity hvd_vp_activity_get(const struct hvd_dump *dump,
					 const struct hvd_dump_vp *vp);

/** hvd_vp_activity_name() - "running", "halted", ...; "unknown" */
const char *hvd_vp_activity_name(enum hvd_vp_activity activity);

/** hvd_vp_mode_name() - "64-bit", "real", ...; "unknown" */
const char *hvd_vp_mode_name(enum hvd_vp_mode mode);

/** hvd_segment_get() - take a segment register's value apart */
struct hvd_segment hvd_segment_get(const struct hvd_dump_register *reg);

/** hvd_register_good() - is there a value: read, status 0, and asked for? */
bool hvd_register_good(const struct hvd_dump_register *reg);

#endif /* HVDUMP_VPSTATE_H */
