/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/*
 * Writing a note segment. One source for hvdump.ko and for user space, so that
 * there is one writer to test; fit for the moment of a crash: it allocates
 * nothing, takes no lock, calls nothing, and an encoder that is interrupted
 * anywhere leaves a segment whose notes so far are valid.
 *
 * One writer belongs to one context. A context that may interrupt it needs a
 * writer, and chunks, of its own.
 */
#ifndef HVDUMP_ENCODE_H
#define HVDUMP_ENCODE_H

#include "note.h"

#define HVD_MAX_DROPPED		16

/** A physically contiguous piece of memory that holds notes. */
struct hvd_chunk {
	__u8 *base;		/* zeroed by the owner before it is used */
	__u32 size;		/* bytes, a multiple of HVD_NOTE_ALIGN */
	__u32 used;		/* bytes of finished notes */
	__u64 address;		/* physical; 0 where nobody asks */
};

/** The state of one writer. All but @time and @calls is its own. */
struct hvd_writer {
	struct hvd_chunk *chunks;
	__u32 nr_chunks;
	__u32 current_chunk;
	__u32 role;
	__u64 nonce;
	__u64 time;		/* put into each record from now on */
	__u32 calls;		/* hypercalls, for the end record */
	__u32 records;		/* since the capture record */
	__u64 bytes;
	__u32 nr_dropped;
	struct hvd_dropped dropped[HVD_MAX_DROPPED];
	/* the note being written */
	__u8 *note;
	__u32 end;
};

/**
 * hvd_writer_init() - begin a segment in zeroed chunks
 * @chunks stays the caller's and must live as long as the writer; each must
 * hold at least HVD_CHUNK_MIN bytes. Writes the first chunk's chunk record.
 */
void hvd_writer_init(struct hvd_writer *w, struct hvd_chunk *chunks,
		     __u32 nr_chunks, __u32 role, __u64 nonce);

/**
 * hvd_write_<record>() - append one record
 * Those with elements take them as an array of @nr; the record's own count and
 * stride are filled in here. A record that does not fit into the current chunk
 * goes into the next one; where there is no next one, it is counted as dropped
 * and 0 is returned. 1 when it was written.
 */
int hvd_write_header(struct hvd_writer *w, const struct hvd_header *r);
int hvd_write_capture(struct hvd_writer *w, const struct hvd_capture *r);
int hvd_write_stage(struct hvd_writer *w, const struct hvd_stage *r);
int hvd_write_failure(struct hvd_writer *w, const struct hvd_failure *r);
int hvd_write_partition(struct hvd_writer *w, const struct hvd_partition *r);
int hvd_write_vp(struct hvd_writer *w, const struct hvd_vp *r);
int hvd_write_balance(struct hvd_writer *w, const struct hvd_balance *r);
int hvd_write_hypervisor(struct hvd_writer *w, const struct hvd_leaf *leaves,
			 __u32 nr);
int hvd_write_registers(struct hvd_writer *w, const struct hvd_registers *r,
			const struct hvd_register *regs, __u32 nr);
int hvd_write_properties(struct hvd_writer *w, const struct hvd_properties *r,
			 const struct hvd_property *props, __u32 nr);
int hvd_write_pages(struct hvd_writer *w, const struct hvd_page *pages,
		    __u32 nr);
int hvd_write_unread(struct hvd_writer *w, const struct hvd_gap *gaps,
		     __u32 nr);
int hvd_write_run_times(struct hvd_writer *w, const struct hvd_run_time *times,
			__u32 nr);

/**
 * hvd_write_memory(), hvd_write_state() - append a copy of memory; a blob
 * @r: @r->size, at most a page, says how many bytes there are at @data, a
 * multiple of 8. Zeros at their end take no room.
 */
int hvd_write_state(struct hvd_writer *w, const struct hvd_state *r,
		    const __u8 *data);
int hvd_write_memory(struct hvd_writer *w, const struct hvd_memory *r,
		     const __u8 *data);

/** hvd_drop() - count @amount records of @type as missing because of @why */
void hvd_drop(struct hvd_writer *w, __u32 type, __u32 why, __u64 amount);

/**
 * hvd_writer_finish() - write the end record and close the last chunk
 * The room for both is kept free all along: this cannot fail. A writer of role
 * HVD_ROLE_STAGE closes its chunk and writes no end record.
 */
void hvd_writer_finish(struct hvd_writer *w);

/**
 * hvd_table_begin() - an empty chunk table in the zeroed page @page
 * @page has HVD_TABLE_SIZE bytes; @nonce is that of the chunks' writers.
 */
void hvd_table_begin(__u8 *page, __u64 nonce);

/**
 * hvd_table_add() - list a chunk; 0 when the page is full, otherwise 1
 * The table is valid after each call.
 */
int hvd_table_add(__u8 *page, const struct hvd_chunk *c, __u32 role);

/** hvd_crc32() - CRC-32 as zlib's crc32(); start with @crc 0 */
__u32 hvd_crc32(__u32 crc, const __u8 *data, __u64 len);

/* What a note with a descriptor of @len bytes takes in the segment. */
#define HVD_NOTE_SIZE(len) \
	(HVD_NOTE_HDR + (((len) + HVD_NOTE_ALIGN - 1) & ~(HVD_NOTE_ALIGN - 1)))
#define HVD_RECORD_SIZE(name) \
	HVD_NOTE_SIZE(HVD_COMMON_SIZE + HVD_WIRE_SIZE(name))

/* Kept free in every chunk: its end record and the empty note behind it. */
#define HVD_CHUNK_RESERVE	(HVD_RECORD_SIZE(chunk_end) + HVD_CHUNK_TAIL)
/* Kept free in the last chunk of a capture besides that. */
#define HVD_END_RESERVE \
	(HVD_RECORD_SIZE(end) + HVD_MAX_DROPPED * HVD_WIRE_SIZE(dropped))
/* A smaller chunk would hold its own bookkeeping and nothing else. */
#define HVD_CHUNK_MIN		4096

#endif /* HVDUMP_ENCODE_H */
