// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a capture would need, told before there is a crash. The VPs are those of
 * this kernel's own partition and those that the mshv driver was seen to make,
 * with one VTL each. How many VTLs a VP has, and what will be refused, only the
 * capture learns: so this is a warning, and no promise.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>

#include "formats/abi_capture.h"
#include "hvdump.h"

#define LIST_SIZE(record, element, nr)					\
	HVD_NOTE_SIZE(HVD_COMMON_SIZE + HVD_WIRE_SIZE(record) +		\
		      (nr) * HVD_WIRE_SIZE(element))

/* Bytes for each VP: what is asked of every one before anything else; */
#define ESSENTIAL	(HVD_RECORD_SIZE(vp) +				\
			 LIST_SIZE(registers, register,			\
				   ARRAY_SIZE(hvd_capture_essential)))
/* the other registers; */
#define REST		LIST_SIZE(registers, register,			\
				  ARRAY_SIZE(hvd_capture_rest))
/* of a child's, the timers and at most three pages: local APIC, SIM, SIEF. */
#define STATES		(4 * LIST_SIZE(state, word, 0) + 200 +		\
			 3 * HVD_PAGE_SIZE)
/* Bytes for each partition. */
#define PARTITION	(HVD_RECORD_SIZE(partition) +			\
			 HVD_RECORD_SIZE(balance) +			\
			 LIST_SIZE(properties, property,		\
				   ARRAY_SIZE(hvd_capture_properties)))
/* What copies of shared pages may take. */
#define COPIES(bytes)	((bytes) / HVD_COPIES_SHARE)

static u64 room_of_chunks(void)
{
	u64 bytes = 0;
	u32 i;

	for (i = 0; i < hvd_nr_chunks; i++)
		bytes += hvd_chunks[i].size - HVD_CHUNK_RESERVE;
	return bytes;
}

/** hvd_room() - what the notes have room for, and what would be needed */
void hvd_room(struct hvd_room *r)
{
	struct hvd_track_counts made;
	u64 own = 0;

	hvd_track_count(&made);
	if (hvd_self.own_registers)
		own = hvd_self.parent ? num_possible_cpus() : 1;
	r->vps = own + made.vps;
	r->have = room_of_chunks();
	r->essential = r->vps * ESSENTIAL +
		       (made.partitions + 1ULL) * HVD_RECORD_SIZE(partition) +
		       COPIES(r->have);
	r->all = r->vps * (ESSENTIAL + REST) + made.vps * (u64)STATES +
		 (made.partitions + 1ULL) * PARTITION + COPIES(r->have);
}
