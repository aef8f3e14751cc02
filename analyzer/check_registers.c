// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks: do the registers that the hypervisor told equal those in the VPs'
 * register pages? Offsets: struct hv_vp_register_page, which is the hypervisor's
 * and the same for all kernels.
 */
#include "config.h"

#include <inttypes.h>

#include "abi.h"
#include "bytes.h"
#include "check.h"

#define PAGE_SIZE   4096
#define VALID_AT    2
#define MACHINE_X86 62

static const struct {
	const char *name;
	uint16_t offset;
} registers[] = {
	{"RAX", 0x08},	  {"RCX", 0x10},  {"RDX", 0x18}, {"RBX", 0x20},
	{"RSP", 0x28},	  {"RBP", 0x30},  {"RSI", 0x38}, {"RDI", 0x40},
	{"R8", 0x48},	  {"R9", 0x50},	  {"R10", 0x58}, {"R11", 0x60},
	{"R12", 0x68},	  {"R13", 0x70},  {"R14", 0x78}, {"R15", 0x80},
	{"RIP", 0x88},	  {"RFLAGS", 0x90}, {"CR0", 0x160}, {"CR3", 0x168},
	{"CR4", 0x170},	  {"CR8", 0x178}, {"EFER", 0x180}, {"DR7", 0x188},
};

#define NR_REGISTERS (sizeof(registers) / sizeof(registers[0]))

/* 1: both have it. */
static size_t compare(struct checks *c, const struct hvd_page *p,
		      const struct hvd_dump_vtl *vtl, const uint8_t *bytes,
		      size_t i)
{
	const struct hvd_abi_row *row = hvd_abi_find_name(
		HVD_ABI_REGISTERS, HVD_ABI_X86_64, registers[i].name);
	const struct hvd_dump_register *r =
		row ? hvd_dump_find_register(vtl, row->code) : NULL;
	uint64_t value = hvd_le64(bytes + registers[i].offset);

	if (!r || r->status || r->flags & HVD_VALUE_NOT_ASKED)
		return 0;
	if (r->low != value)
		check_differs(c, "partition 0x%" PRIx64 ", VP %" PRIu32
			      ": %s is 0x%016" PRIx64 " in the note, "
			      "0x%016" PRIx64 " in the register page 0x%" PRIx64
			      "%s", (uint64_t)p->partition_id, p->vp_index,
			      registers[i].name, r->low, value,
			      (uint64_t)p->pfn,
			      c->note->capture.reason == HVD_REASON_LIVE
				      ? " (it may have run in between)"
				      : "");
	return 1;
}

/* The page is VTL 0's, and holds something while its valid flag is set. */
static size_t compare_page(struct checks *c, const struct hvd_page *p)
{
	const struct hvd_dump_partition *partition =
		hvd_dump_find_partition(c->note, p->partition_id);
	const struct hvd_dump_vp *vp =
		partition ? hvd_dump_find_vp(partition, p->vp_index) : NULL;
	const struct hvd_dump_vtl *vtl =
		vp ? hvd_dump_find_vtl(vp, (uint16_t)p->detail) : NULL;
	uint8_t bytes[PAGE_SIZE];
	size_t i, nr = 0;

	if (!vtl ||
	    memory_read_whole(c->session, &c->memory, p->pfn, bytes,
			      PAGE_SIZE) ||
	    !bytes[VALID_AT])
		return 0;
	for (i = 0; i < NR_REGISTERS; i++)
		nr += compare(c, p, vtl, bytes, i);
	return nr;
}

void check_registers(struct checks *c)
{
	const struct hvd_dump *d = c->note;
	size_t i, nr = 0;

	check_begin(c, "registers");
	if (d->machine != MACHINE_X86) {
		check_unknown(c, "only x86-64 has register pages");
		return;
	}
	for (i = 0; i < d->nr_pages; i++)
		if (d->pages[i].kind == HVD_PAGE_REGISTERS)
			nr += compare_page(c, &d->pages[i]);
	if (nr)
		check_end(c, "Registers in the note and in register pages: "
			  "%zu.", nr);
	else
		check_unknown(c, "no register is both in the note and in a "
				 "register page that is there and valid");
}
