// SPDX-License-Identifier: GPL-2.0-or-later
/* The header record: what is known before anything happens. */
#include <linux/elf.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <linux/uuid.h>

#include "hvdump.h"

/* Zeros where /proc is not mounted yet. */
static void read_boot_id(u8 id[16])
{
	char text[UUID_STRING_LEN + 1];
	uuid_t uuid;

	if (hvd_read_text("/proc/sys/kernel/random/boot_id", text,
			  sizeof(text)) == UUID_STRING_LEN &&
	    !uuid_parse(text, &uuid))
		memcpy(id, uuid.b, 16);
}

/**
 * hvd_put_header() - the first record of a segment
 * @w: initialised
 * @chunks: how many chunks it has
 *
 * "Armed": a segment with this record and no capture record tells that the
 * module was there and the hook never ran.
 */
int hvd_put_header(struct hvd_writer *w, u32 chunks)
{
	struct hvd_header *h = kzalloc(sizeof(*h), GFP_KERNEL);
	struct hvd_anchor anchor;

	if (!h)
		return -ENOMEM;
	h->format = HVD_NOTE_FORMAT;
	h->machine = ELF_ARCH;
	h->page_shift = PAGE_SHIFT;
	h->kind = hvd_self.kind;
	h->chunks = chunks;
	h->partition_id = hvd_self.partition_id;
	h->ticks_khz = hvd_ticks_khz();
	hvd_anchor_latest(&anchor);
	h->wall_ns = anchor.wall_ns;
	h->mono_ns = anchor.mono_ns;
	h->ticks = anchor.ticks;
	h->cpus_possible = num_possible_cpus();
	h->cpus_online = num_online_cpus();
	h->budget_ms = hvd_budget_ms;
	read_boot_id(h->boot_id);
	memcpy(h->vendor, hvd_self.vendor, sizeof(h->vendor));
	strscpy_pad(h->module, HVDUMP_VERSION, sizeof(h->module));
	strscpy_pad(h->release, init_utsname()->release, sizeof(h->release));
	hvd_write_header(w, h);
	kfree(h);
	return 0;
}
