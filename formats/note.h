/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/*
 * The hvdump note segment: the wire format that hvdump.ko writes and every
 * reader reads. The byte layout is specified in doc/note-format.md.
 *
 * HVD_NOTE_FORMAT must be raised when a reader that follows the rules of
 * doc/note-format.md could misread a newer segment. Whoever touches this file
 * looks at doc/note-format.md, formats/encode.c, formats/decode.c and
 * tests/unit/test_note.c as well.
 *
 * This header is all that kernel and user space have in common besides the
 * encoder. It needs no library and no type but the kernel's fixed-width ones.
 */
#ifndef HVDUMP_NOTE_H
#define HVDUMP_NOTE_H

#include <linux/types.h>

#define HVD_NOTE_FORMAT		1

/* ELF note header: n_namesz, n_descsz, n_type, then the padded owner name. */
#define HVD_NOTE_OWNER		"HVDUMP"
#define HVD_NOTE_NAMESZ		7	/* with its NUL */
#define HVD_NOTE_HDR		20	/* three words and the padded name */
#define HVD_NOTE_ALIGN		4

/*
 * Every descriptor begins with this: __u16 version, __u16 flags, __u32 length
 * (of the whole descriptor, in bytes), __u64 time (ticks since the capture
 * began; 0 in what was written before it).
 */
#define HVD_COMMON_SIZE		16
#define HVD_RECORD_VERSION	1

/*
 * A segment's reader stops at a zero n_namesz. This many zero bytes, an empty
 * note header, always stand behind the last note of a chunk.
 */
#define HVD_CHUNK_TAIL		12

/* Note types. A number, once released, keeps its meaning for ever. */
#define HVD_TYPE_FIRST		0x48560000u
#define HVD_TYPE_LAST		0x4856ffffu

#define HVD_TYPE_CHUNK		0x48560000u	/* first note of each chunk */
#define HVD_TYPE_CHUNK_END	0x48560001u	/* last note of a closed chunk */
#define HVD_TYPE_HEADER		0x48560002u	/* written when armed */
#define HVD_TYPE_CAPTURE	0x48560003u	/* the hook ran: why, where */
#define HVD_TYPE_END		0x48560004u	/* the capture ended by itself */
#define HVD_TYPE_STAGE		0x48560005u	/* a later call of the hook */
#define HVD_TYPE_FAILURE	0x48560006u	/* a hypercall that failed */
#define HVD_TYPE_HYPERVISOR	0x48560010u	/* the hypervisor's identity */
#define HVD_TYPE_PARTITION	0x48560011u
#define HVD_TYPE_VP		0x48560012u
#define HVD_TYPE_REGISTERS	0x48560013u	/* of one VP and VTL */
#define HVD_TYPE_PROPERTIES	0x48560014u	/* of one partition */
#define HVD_TYPE_PAGES		0x48560015u	/* memory that is referenced */
#define HVD_TYPE_MEMORY		0x48560016u	/* memory that was copied */
#define HVD_TYPE_STATE		0x48560017u	/* of one VP and VTL: a blob */
#define HVD_TYPE_BALANCE	0x48560018u	/* memory of one partition */
#define HVD_TYPE_RUN_TIMES	0x48560019u	/* of logical processors */
#define HVD_TYPE_UNREAD		0x48560080u	/* what a collector lacks */

/* hvd_chunk_record.role */
#define HVD_ROLE_CAPTURE	0	/* header, capture, end */
#define HVD_ROLE_STAGE		1	/* what later calls of the hook add */
#define HVD_ROLE_COLLECTOR	2	/* what the collector adds */

/* hvd_capture.reason */
#define HVD_REASON_LINUX_PANIC	1
#define HVD_REASON_HV_CRASH	2
#define HVD_REASON_LIVE		3

/* hvd_capture.flags */
#define HVD_CAPTURE_IN_NMI	0x0001u	/* the hook ran in NMI context */
#define HVD_CAPTURE_NOTIFIERS	0x0002u	/* crash_kexec_post_notifiers is on */
#define HVD_CAPTURE_PROTECTED	0x0004u	/* hypercalls by our own instruction */
#define HVD_CAPTURE_STOPPED	0x0008u	/* other CPUs were stopped before */
#define HVD_CAPTURE_SYNIC_OFF	0x0010u	/* VMBus closed this CPU's SynIC */
#define HVD_CAPTURE_DRIVER	0x0020u	/* the mshv driver is there */
#define HVD_CAPTURE_TRACKED	0x0040u	/* its life cycle was followed, */
#define HVD_CAPTURE_PARTLY	0x0080u	/* but not all of it is known */
#define HVD_CAPTURE_CRASHED	0x0100u	/* the hypervisor had crashed */

/* hvd_header.kind, hvd_partition.kind */
#define HVD_KIND_UNKNOWN	0
#define HVD_KIND_ROOT		1
#define HVD_KIND_L1VH		2
#define HVD_KIND_CHILD		3
#define HVD_KIND_GUEST		4

/* hvd_partition.source: who told of it */
#define HVD_SOURCE_SELF		1	/* this kernel's own partition */
#define HVD_SOURCE_ENUMERATION	2	/* HvCallGetNextChildPartition */
#define HVD_SOURCE_DRIVER	3	/* the mshv driver's life cycle */

/* hvd_partition.seen: all that told of it */
#define HVD_SEEN_BY(source)	(1u << (source))

/* hvd_vp.flags */
#define HVD_VP_CAPTURING	0x0001u	/* the VP that ran the capture */
#define HVD_VP_VTLS_ASSUMED	0x0002u	/* VSM status unread: VTL 0 assumed */
#define HVD_VP_CREATED		0x0004u	/* the mshv driver created it */
#define HVD_VP_NOT_FOUND	0x0008u	/* the driver's only: no answer for it */

#define HVD_CPU_NONE		0xffffffffu

/* hvd_registers.set */
#define HVD_SET_ESSENTIAL	0
#define HVD_SET_REST		1

/* hvd_register.flags, hvd_property.flags */
#define HVD_VALUE_NOT_ASKED	0x0001u	/* not asked for, and so no value */
#define HVD_VALUE_REDACTED	0x0002u	/* taken out of this copy */

/* hvd_page.kind, hvd_memory.kind */
#define HVD_PAGE_HYPERCALL	1	/* code of the hypercall page */
#define HVD_PAGE_VP_ASSIST	2
#define HVD_PAGE_SIM		3	/* SynIC messages, of one VP */
#define HVD_PAGE_SIEF		4	/* SynIC event flags, of one VP */
#define HVD_PAGE_SIRB		5	/* SynIC event rings, of one VP */
#define HVD_PAGE_REFERENCE_TSC	6
#define HVD_PAGE_CRASH_AREA	7	/* the hypervisor's crash dump area */
#define HVD_PAGE_INPUT		8	/* Linux's hypercall input, of one CPU */
#define HVD_PAGE_OUTPUT		9	/* Linux's hypercall output */
#define HVD_PAGE_STATISTICS	10
#define HVD_PAGE_REGISTERS	11	/* VP state: the register page */
#define HVD_PAGE_INTERCEPT	12	/* VP state: the intercept message */
#define HVD_PAGE_GHCB		13	/* VP state: the GHCB */

/* hvd_page.flags, hvd_memory.flags */
#define HVD_PAGE_GUARDED	0x0001u	/* a read faults while it is alive */
#define HVD_PAGE_OVERWRITTEN	0x0002u	/* used again after the crash began */
#define HVD_PAGE_COPIED		0x0004u	/* a memory record holds it as it was */
#define HVD_PAGE_UNREADABLE	0x0008u	/* it could not be read */
#define HVD_PAGE_REDACTED	0x0010u	/* taken out of this copy */

/* hvd_page.detail of statistics: whose (HV_STATS_OBJECT_TYPE), which area */
#define HVD_STATISTICS(object, area)	((object) | (area) << 24)

/* hvd_capture.hypervisor, hvd_stage.hypervisor */
#define HVD_HV_UNKNOWN		0
#define HVD_HV_ALIVE		1
#define HVD_HV_GONE		2	/* its CPUID leaves differ: devirtualised */
#define HVD_HV_CRASHED		3	/* the crash area's valid bit is set */

/* hvd_stage.first: where the capture of the first call was */
#define HVD_FIRST_UNKNOWN	0
#define HVD_FIRST_ENDED		1	/* it has its end record */
#define HVD_FIRST_NESTED	2	/* interrupted, on the same CPU */
#define HVD_FIRST_ELSEWHERE	3	/* not at its end, on another CPU */

/* hvd_state.type: HV_GET_SET_VP_STATE_TYPE */
#define HVD_STATE_BY_PAGES	0x80000000u	/* answered into the caller's */
#define HVD_STATE_TIMERS	0x00000004u	/* synthetic timers */
#define HVD_STATE_LOCAL_APIC	0x80000000u	/* arm64: GIC */
#define HVD_STATE_XSAVE		0x80000001u
#define HVD_STATE_SIM		0x80000002u	/* SynIC messages */
#define HVD_STATE_SIEF		0x80000003u	/* SynIC event flags */

/* hvd_state.flags */
#define HVD_STATE_REDACTED	0x0001u	/* taken out of this copy */

/* hvd_dropped.why */
#define HVD_WHY_SPACE		1	/* the chunks were full */
#define HVD_WHY_TIME		2	/* the time budget was spent */
#define HVD_WHY_TABLE		3	/* a table of fixed size was full */
#define HVD_WHY_HYPERVISOR	4	/* the hypervisor could not be asked */

/*
 * The chunk table: one page that lists the chunks, for crash kernels that are
 * told of it on their command line because no PT_NOTE leads to the chunks.
 * "HVDTABLE", __u32 version, __u32 count, __u64 nonce (as in the chunks' own
 * records), __u32 stride, __u32 crc (of all before it, then of the elements);
 * count elements follow, one every stride bytes: __u64 address (physical),
 * __u32 length (bytes), __u32 role.
 */
#define HVD_TABLE_MAGIC		"HVDTABLE"
#define HVD_TABLE_VERSION	1
#define HVD_TABLE_HDR		32
#define HVD_TABLE_CRC_AT	28	/* offset of crc */
#define HVD_TABLE_STRIDE	16
#define HVD_TABLE_SIZE		4096	/* of the page */

/*
 * The records' fields, in the order in which they lie in the descriptor behind
 * the common header: little-endian, packed, each at a multiple of its width.
 * From these lists the structures below, the encoder and the decoder are made.
 * A released list only ever grows at its end: length tells a reader which
 * fields a record has. u16, u32, u64 are integers; bN is an array of N bytes
 * (text in it is padded with NULs).
 *
 * "count" and "stride" describe the elements behind the fixed fields: count
 * elements, one every stride bytes.
 */
#define HVD_FIELDS_chunk_record(F)					\
	F(u64, nonce)		/* drawn when the module was loaded */	\
	F(u32, index)		/* of this chunk within its role */	\
	F(u32, count)		/* chunks of this role */		\
	F(u32, role)							\
	F(u32, size)		/* bytes that the chunk can hold */	\
	F(u64, address)		/* physical */

#define HVD_FIELDS_chunk_end(F)						\
	F(u32, length)		/* bytes before this note */		\
	F(u32, crc)		/* CRC-32 of those bytes, as in zlib */

#define HVD_FIELDS_header(F)						\
	F(u32, format)		/* HVD_NOTE_FORMAT */			\
	F(u16, machine)		/* ELF e_machine of the kernel */	\
	F(u16, page_shift)	/* of PFNs in this segment */		\
	F(u32, kind)		/* of this kernel's partition */	\
	F(u32, chunks)		/* of the capture role */		\
	F(u64, partition_id)						\
	F(u64, ticks_khz)	/* of every time in ticks */		\
	F(u64, wall_ns)		/* the time anchor: CLOCK_REALTIME, */	\
	F(u64, mono_ns)		/* CLOCK_MONOTONIC */			\
	F(u64, ticks)		/* and the tick counter, read as one */	\
	F(u32, cpus_possible)						\
	F(u32, cpus_online)						\
	F(u32, budget_ms)	/* time that a capture may take */	\
	F(u32, reserved)						\
	F(b16, boot_id)		/* /proc/sys/kernel/random/boot_id */	\
	F(b16, vendor)		/* of the hypervisor, as in CPUID */	\
	F(b32, module)		/* hvdump.ko's version */		\
	F(b64, release)		/* uname -r */

#define HVD_FIELDS_capture(F)						\
	F(u32, reason)							\
	F(u32, flags)							\
	F(u32, cpu)		/* Linux's number of the CPU */		\
	F(u32, vp_index)	/* the same CPU's VP */			\
	F(u64, ticks)		/* the tick counter at the start */	\
	F(u64, wall_ns)		/* the freshest time anchor */		\
	F(u64, mono_ns)							\
	F(u64, anchor_ticks)						\
	F(u32, hypervisor)	/* HVD_HV_... at the start */		\
	F(u32, reserved)

#define HVD_FIELDS_end(F)						\
	F(u64, bytes)		/* of all records of this capture */	\
	F(u32, records)		/* of this capture, this one included */ \
	F(u32, calls)		/* hypercalls made */			\
	F(u32, count)		/* dropped elements follow */		\
	F(u32, stride)

#define HVD_FIELDS_dropped(F)						\
	F(u32, type)		/* of the records that are missing */	\
	F(u32, why)							\
	F(u64, amount)		/* how many */

#define HVD_FIELDS_stage(F)						\
	F(u64, ticks)							\
	F(u32, cpu)							\
	F(u32, call)		/* 2 for the second call, and so on */	\
	F(u32, hypervisor)						\
	F(u32, flags)		/* as hvd_capture.flags */		\
	F(u32, first)		/* HVD_FIRST_...: the first call, */	\
	F(u32, records)		/* what its capture had written, */	\
	F(u64, partition_id)	/* and where it was: all ones: nowhere */ \
	F(u32, vp_index)						\
	F(u32, hypercall)	/* not yet returned; 0: none */

#define HVD_FIELDS_failure(F)						\
	F(u64, partition_id)						\
	F(u64, argument)	/* property code, previous child, ... */ \
	F(u32, vp_index)						\
	F(u16, vtl)							\
	F(u16, call)							\
	F(u16, status)							\
	F(u16, reps)		/* asked for */				\
	F(u16, reps_done)						\
	F(u16, reserved)

#define HVD_FIELDS_hypervisor(F)					\
	F(u32, count)		/* leaf elements follow */		\
	F(u32, stride)

#define HVD_FIELDS_leaf(F)						\
	F(u32, code)		/* CPUID leaf; arm64: register name */	\
	F(u32, eax)		/* arm64: the value's four words */	\
	F(u32, ebx)							\
	F(u32, ecx)							\
	F(u32, edx)

#define HVD_FIELDS_partition(F)						\
	F(u64, partition_id)						\
	F(u64, parent_id)	/* 0: unknown, or none */		\
	F(u32, kind)							\
	F(u32, source)		/* the first that told of it */		\
	F(u32, seen)		/* HVD_SEEN_BY() of all that did */	\
	F(u32, reserved)

#define HVD_FIELDS_vp(F)						\
	F(u64, partition_id)						\
	F(u32, vp_index)						\
	F(u32, cpu)		/* of a root VP, else HVD_CPU_NONE */	\
	F(u32, vtls)		/* bit n: VTL n is enabled */		\
	F(u32, active_vtl)						\
	F(u32, flags)							\
	F(u32, reserved)

#define HVD_FIELDS_registers(F)						\
	F(u64, partition_id)						\
	F(u32, vp_index)						\
	F(u16, vtl)							\
	F(u16, set)		/* HVD_SET_... */			\
	F(u32, count)		/* register elements follow */		\
	F(u32, stride)

#define HVD_FIELDS_register(F)						\
	F(u32, code)		/* the hypervisor's register name */	\
	F(u16, status)		/* HV_STATUS; 0: the value is good */	\
	F(u16, flags)							\
	F(u64, low)							\
	F(u64, high)

#define HVD_FIELDS_properties(F)					\
	F(u64, partition_id)						\
	F(u32, count)		/* property elements follow */		\
	F(u32, stride)

#define HVD_FIELDS_property(F)						\
	F(u32, code)							\
	F(u16, status)							\
	F(u16, flags)							\
	F(u64, value)

#define HVD_FIELDS_pages(F)						\
	F(u32, count)		/* page elements follow */		\
	F(u32, stride)

#define HVD_FIELDS_page(F)						\
	F(u64, partition_id)	/* whose; all ones: nobody's */		\
	F(u64, pfn)		/* in this kernel's physical memory */	\
	F(u32, vp_index)	/* all ones: of no VP; an LP's index */	\
	F(u32, kind)							\
	F(u32, detail)		/* VTL; statistics: object and area */	\
	F(u32, flags)

#define HVD_FIELDS_memory(F)						\
	F(u64, partition_id)	/* these fields as in page */		\
	F(u64, pfn)							\
	F(u32, vp_index)						\
	F(u32, kind)							\
	F(u32, detail)							\
	F(u32, flags)							\
	F(u32, offset)		/* of the copy, in the page */		\
	F(u32, size)		/* bytes that the copy speaks for */	\
	F(u32, count)		/* word elements; zeros behind them */	\
	F(u32, stride)

#define HVD_FIELDS_word(F)						\
	F(u64, value)		/* eight bytes of memory */

#define HVD_FIELDS_state(F)						\
	F(u64, partition_id)						\
	F(u32, vp_index)						\
	F(u16, vtl)							\
	F(u16, flags)							\
	F(u32, type)		/* HV_GET_SET_VP_STATE_TYPE */		\
	F(u32, size)		/* bytes that the hypervisor gave */	\
	F(u32, count)		/* word elements; zeros behind them */	\
	F(u32, stride)

#define HVD_FIELDS_balance(F)						\
	F(u64, partition_id)						\
	F(u64, first)		/* as they came: sources differ on */	\
	F(u64, second)		/* what they are; see abi-sources.md */

#define HVD_FIELDS_run_times(F)						\
	F(u32, count)		/* run_time elements follow */		\
	F(u32, stride)

#define HVD_FIELDS_run_time(F)	/* times in units of 100 ns */		\
	F(u32, lp)		/* index of the logical processor */	\
	F(u32, reserved)						\
	F(u64, global)		/* since it was started */		\
	F(u64, local)		/* of which it was not idle */		\
	F(u64, hypervisor)	/* of which in the hypervisor */

#define HVD_FIELDS_unread(F)						\
	F(u32, count)		/* gap elements follow */		\
	F(u32, stride)

#define HVD_FIELDS_gap(F)						\
	F(u64, pfn)		/* the first */				\
	F(u64, pages)							\
	F(u32, kind)		/* of the page that was wanted */	\
	F(u32, error)		/* errno; 0: not tried */

/* All records, with the number of their note; then the elements. */
#define HVD_RECORDS(R)							\
	R(chunk_record, HVD_TYPE_CHUNK)					\
	R(chunk_end, HVD_TYPE_CHUNK_END)				\
	R(header, HVD_TYPE_HEADER)					\
	R(capture, HVD_TYPE_CAPTURE)					\
	R(end, HVD_TYPE_END)						\
	R(stage, HVD_TYPE_STAGE)					\
	R(failure, HVD_TYPE_FAILURE)					\
	R(hypervisor, HVD_TYPE_HYPERVISOR)				\
	R(partition, HVD_TYPE_PARTITION)				\
	R(vp, HVD_TYPE_VP)						\
	R(registers, HVD_TYPE_REGISTERS)				\
	R(properties, HVD_TYPE_PROPERTIES)				\
	R(pages, HVD_TYPE_PAGES)					\
	R(memory, HVD_TYPE_MEMORY)					\
	R(state, HVD_TYPE_STATE)					\
	R(balance, HVD_TYPE_BALANCE)					\
	R(run_times, HVD_TYPE_RUN_TIMES)				\
	R(unread, HVD_TYPE_UNREAD)

#define HVD_ELEMENTS(R)							\
	R(dropped, 0)							\
	R(leaf, 0)							\
	R(register, 0)							\
	R(property, 0)							\
	R(page, 0)							\
	R(word, 0)							\
	R(run_time, 0)							\
	R(gap, 0)

#define HVD_DECLARE_u16(name)	__u16 name;
#define HVD_DECLARE_u32(name)	__u32 name;
#define HVD_DECLARE_u64(name)	__u64 name;
#define HVD_DECLARE_b16(name)	__u8 name[16];
#define HVD_DECLARE_b32(name)	__u8 name[32];
#define HVD_DECLARE_b64(name)	__u8 name[64];
#define HVD_DECLARE(kind, name)	HVD_DECLARE_##kind(name)
#define HVD_STRUCT(name, type)						\
	struct hvd_##name { HVD_FIELDS_##name(HVD_DECLARE) };

HVD_RECORDS(HVD_STRUCT)
HVD_ELEMENTS(HVD_STRUCT)

/* HVD_WIRE_SIZE_<name>: the bytes that the fields of a record take. */
#define HVD_BYTES_u16		2
#define HVD_BYTES_u32		4
#define HVD_BYTES_u64		8
#define HVD_BYTES_b16		16
#define HVD_BYTES_b32		32
#define HVD_BYTES_b64		64
#define HVD_ADD_BYTES(kind, name)	+ HVD_BYTES_##kind
#define HVD_WIRE_SIZE(name)	(0 HVD_FIELDS_##name(HVD_ADD_BYTES))

#endif /* HVDUMP_NOTE_H */
