/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvdump.ko: what its files share.
 *
 * Two worlds meet here. Whatever is marked "road" may run on the way to the
 * crash kernel: on any stack, in NMI context, with any lock held by a CPU that
 * no longer runs. It allocates nothing, takes no lock, does not sleep or print,
 * reads no clock but the TSC, and touches memory that is not the module's own
 * through guarded loads only. check-stack.py verifies the calls. The rest runs
 * in process context, when the module is loaded or from a work item.
 */
#ifndef HVDUMP_H
#define HVDUMP_H

#include <linux/types.h>

#include "arch.h"
#include "formats/encode.h"
#include "formats/abi_codes.h"
#include "version.h"

#undef pr_fmt
#define pr_fmt(fmt)	"hvdump: " fmt

/* Chunks of the capture role; their table fits into a sysfs file. */
#define HVD_MAX_CHUNKS		128
#define HVD_PARTITION_SELF	(~0ULL)
#define HVD_NO_VP		U32_MAX	/* as VP_INVAL of the kernel */
#define HVD_PAGE_SIZE		4096

/* main.c: module parameters */
extern uint hvd_size_kb;
extern uint hvd_chunk_kb;
extern uint hvd_budget_ms;
extern uint hvd_max_partitions;
extern uint hvd_max_vps;
extern uint hvd_vp_misses;
extern uint hvd_live_pause_ms;
extern bool hvd_force_grow;

/* identity.c: who answers, and what this kernel's partition may ask */
struct hvd_identity {
	u32 kind;		/* HVD_KIND_... */
	u64 partition_id;	/* HVD_PARTITION_SELF where it is not known */
	bool calls;		/* hypercalls can be made at all */
	bool parent;		/* may enumerate and read children */
	bool own_registers;	/* may read registers of its own VP */
	u8 vendor[16];
	u32 nr_leaves;
	struct hvd_leaf leaves[20];
};

extern struct hvd_identity hvd_self;

int hvd_identify(void);
void hvd_identify_partition(void);

/* alive.c: may the hypervisor be asked? */
void hvd_alive_prepare(void);
void hvd_alive_release(void);
u32 hvd_alive_quick(bool leaf);	/* road */
u32 hvd_alive_full(void);	/* road */
bool hvd_alive_crashed(void);	/* road */
u64 hvd_alive_area(const void **va); /* road */
u32 hvd_alive_area_pages(void); /* road */

/* hypercall.c */
struct hvd_call_pages {
	void *in, *out;		/* one page each, of one hypercall at a time */
	u64 in_pa, out_pa;
};

int hvd_pages_alloc(struct hvd_call_pages *p);
void hvd_pages_free(struct hvd_call_pages *p);
void hvd_hypercall_prepare(void);
bool hvd_hypercall_protected(void);
bool hvd_hypercall(const struct hvd_call_pages *p, u64 control, u64 *result); /* road */

#define HVD_STATUS_OF(result)	((u16)((result) & 0xffff))
#define HVD_REPS_OF(result)	((u32)(((result) >> 32) & 0xfff))
#define HVD_REPS(n)		((u64)(n) << 32)

/* chunks.c */
extern struct hvd_chunk hvd_chunks[HVD_MAX_CHUNKS];
extern u32 hvd_nr_chunks;
extern struct hvd_chunk hvd_stage_chunk;

int hvd_chunks_alloc(void);
int hvd_table_make(u64 nonce);
u64 hvd_table_address(void);
void hvd_chunks_free(void);

/* room.c: what would fit, and what is needed; bytes */
struct hvd_room {
	u64 vps;		/* of this kernel's and of the driver's */
	u64 have;
	u64 essential;		/* partitions, VPs, their essential registers */
	u64 all;		/* at most, with one VTL each */
};

void hvd_room(struct hvd_room *r);

/* anchor.c: wall, monotonic and TSC time, read as one */
struct hvd_anchor {
	u64 wall_ns;
	u64 mono_ns;
	u64 ticks;
};

void hvd_anchor_refresh(void);
void hvd_anchor_latest(struct hvd_anchor *a);	/* road */
u64 hvd_ticks_khz(void);

/* readfile.c: what only a file tells, read in process context */
ssize_t hvd_read_text(const char *path, char *buf, size_t size);
bool hvd_path_exists(const char *path);

/* attach.c: the crash image that refers to the chunks, and by which road */
enum hvd_road {
	HVD_ROAD_NONE,
	HVD_ROAD_NOTES,		/* PT_NOTE program headers */
	HVD_ROAD_COMMAND_LINE,	/* the table's address; we were told of it */
};

int hvd_attach_init(void);
void hvd_attach_exit(void);
void hvd_attach_check(void);
int hvd_attach_pin(void);
enum hvd_road hvd_attached(void);

struct hvd_attach_stats {
	u32 edits;		/* crash images that carry the notes */
	u32 refused;		/* crash images that could not */
	u32 missed;		/* calls that the probe missed */
	const char *why;	/* of the last refusal, or NULL */
};

void hvd_attach_stats(struct hvd_attach_stats *st);

/* hook.c: the way in */
int hvd_hook_install(void);
void hvd_hook_remove(void);
void hvd_hook_refresh(void);
void hvd_hook_check(void);
bool hvd_hook_capture_first(void);
bool hvd_hook_wrapped(void);
u32 hvd_hook_flags(void);

/* own.c: what this kernel's partition shares with the hypervisor */
int hvd_own_init(void);
void hvd_own_exit(void);
void hvd_own_refresh(void);
void hvd_own_refresh_soon(void);
u32 hvd_own_count(void);			/* road */
bool hvd_own_get(u32 i, struct hvd_page *p);	/* road */

/* track.c: what the mshv driver has made. Beside pages (HVD_PAGE_...): */
#define HVD_MADE_PARTITION	0x10000
#define HVD_MADE_VP		0x10001

struct hvd_track_counts {
	u32 partitions, vps, pages;
	u32 lost;		/* that the table had no room for */
};

int hvd_track_alloc(void);
void hvd_track_free(void);
void hvd_track_add(const struct hvd_page *page);
void hvd_track_remove(const struct hvd_page *key);
void hvd_track_end(u64 partition_id, bool vps_only);
void hvd_track_count(struct hvd_track_counts *c);
u32 hvd_track_used(void);				/* road */
u32 hvd_track_lost(void);				/* road */
bool hvd_track_get(u32 i, struct hvd_page *page);	/* road */
bool hvd_track_partition(u64 partition_id);		/* road */

/* driver.c: following the mshv driver */
struct hvd_driver_state {
	bool driver;		/* is there */
	const char *life;	/* how its partitions and VPs are followed, */
	const char *pages;	/* and its pages */
	bool late;		/* it was at work before */
	u32 missed;		/* calls */
};

int hvd_driver_init(void);
void hvd_driver_exit(void);
void hvd_driver_state(struct hvd_driver_state *st);
u32 hvd_driver_flags(void);				/* road */

/* header.c */
int hvd_put_header(struct hvd_writer *w, u32 chunks);

/* live.c: captures on request */
int hvd_live_capture(void);
ssize_t hvd_live_read(const void *file, char *buf, loff_t at, size_t count);
void hvd_live_stats(u32 *captures, size_t *bytes);
void hvd_live_exit(void);

/* sysfs.c */
int hvd_sysfs_init(void);
void hvd_sysfs_exit(void);

/* capture.c: one capture, from its memory to its end record */
struct hvd_vp_entry {
	u32 partition;		/* index into hvd_session.partitions */
	u32 index;
	u16 vtls;
};

/* Registers that the hypervisor does not know: see hvd_get_set(). */
struct hvd_learned {
	u64 partition_id;
	u16 set;
	u16 *status;		/* of each register of the set; 0: ask */
	bool chosen;		/* session's names are those to ask for, */
	u32 nr_names;		/* so many */
};

/* Where a capture is, for whoever interrupts it: see stage() in hook.c. */
struct hvd_position {
	bool ended;
	bool referenced;	/* all shared pages are recorded */
	u16 hypercall;		/* that has not returned; 0: none */
	u32 vp_index;
	u64 partition_id;
};

/* Copies may take this part of all the room: partitions and VPs come first. */
#define HVD_COPIES_SHARE	8
/* Elements of one pages record. */
#define HVD_PAGE_BATCH	64
/* No partition has more VPs. */
#define HVD_MAX_VP_INDEX	2048

struct hvd_session {
	struct hvd_writer writer;
	struct hvd_call_pages pages;
	bool live;		/* on request, not at a crash */
	void (*pause)(void);	/* between calls; NULL at a crash */
	u64 start;		/* ticks */
	u32 cpu;		/* that it runs on */
	u32 hypervisor;		/* HVD_HV_... at the start */
	struct hvd_position at;
	u64 budget;		/* ticks */
	u64 looked;		/* ticks: when CPUID last told of the hypervisor */
	u64 look_period;	/* ticks */
	u32 stop;		/* HVD_WHY_...: ask nothing any more */
	bool full;		/* a set of registers found no room */
	u32 failures;
	struct hvd_partition *partitions;
	u32 nr_partitions;
	struct hvd_vp_entry *vps;
	u32 nr_vps;
	struct hvd_register *regs;
	u32 *names;
	struct hvd_learned learned;
	struct hvd_property *props;
	u32 *cpus;		/* the possible CPUs */
	u8 *copied;		/* of each, which argument pages were: bits */
	u32 nr_cpus;
	u8 *page;		/* one page */
	struct hvd_page *references;
	u64 made[HVD_MAX_VP_INDEX / 64];	/* VPs of one partition */
};

extern struct hvd_session hvd_crash_session;

int hvd_session_alloc(struct hvd_session *s);
void hvd_session_free(struct hvd_session *s);
void hvd_capture_run(struct hvd_session *s, u32 flags);		/* road */
bool hvd_ask(struct hvd_session *s, u64 control, u64 *result);	/* road */
void hvd_time(struct hvd_session *s);				/* road */
void hvd_fail(struct hvd_session *s, const struct hvd_failure *f); /* road */

void hvd_at(struct hvd_session *s, u64 partition_id, u32 vp_index); /* road */

/* pages.c: road */
void hvd_copy_arguments(struct hvd_session *s);
void hvd_write_references(struct hvd_writer *w, struct hvd_page *list,
			  const struct hvd_session *s);

/* partitions.c, vps.c, registers.c, properties.c, state.c: road */
void hvd_find_partitions(struct hvd_session *s);
void hvd_read_vps(struct hvd_session *s);
void hvd_read_rest(struct hvd_session *s);
void hvd_read_properties(struct hvd_session *s);
void hvd_read_states(struct hvd_session *s);

/* hv_input_vtl: the VTL that is named, not the caller's own */
#define HVD_USE_VTL	0x10

/* One VP and VTL whose registers are read. */
struct hvd_target {
	u64 partition_id;	/* recorded */
	u64 call_id;		/* asked for: the own partition is "self" */
	u32 vp_index;
	u16 vtl;
	bool own_vtl;		/* without naming a VTL */
};

u16 hvd_get_registers(struct hvd_session *s, const struct hvd_target *t,
		      const u32 *codes, u32 nr, u32 *got);
u32 hvd_get_set(struct hvd_session *s, const struct hvd_target *t, u16 set);
void hvd_fail_registers(struct hvd_session *s, const struct hvd_target *t,
			u32 code, u32 reps, u64 result);
void hvd_put_registers(struct hvd_session *s, const struct hvd_target *t,
		       u16 set, u32 nr);
void hvd_read_registers(struct hvd_session *s, const struct hvd_target *t,
			u16 set);
u64 hvd_call_id(u64 partition_id);
u32 hvd_max_registers(void);
u32 hvd_max_properties(void);

#endif /* HVDUMP_H */
