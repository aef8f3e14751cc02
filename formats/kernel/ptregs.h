/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct pt_regs of x86-64 as it stands in memory and in an NT_PRSTATUS: an ABI
 * of the kernel (arch/x86/include/uapi/asm/ptrace.h), the same in all versions.
 */
#ifndef HVDUMP_PTREGS_H
#define HVDUMP_PTREGS_H

#include "bytes.h"
#include "cpus.h"

#define HVD_PTREGS_SIZE 168

/** What the processor itself pushes ends it: ip, cs, flags, sp, ss. */
#define HVD_PTREGS_IRET 128

/** hvd_ptregs_decode_iret() - the last five of it alone */
static inline void hvd_ptregs_decode_iret(const uint8_t *p,
					  struct hvd_regs_x86 *r)
{
	r->ip = hvd_le64(p);
	/* With FRED (6.9) there are flags above the selectors. */
	r->cs = hvd_le16(p + 8);
	r->flags = hvd_le64(p + 16);
	r->sp = hvd_le64(p + 24);
	r->ss = hvd_le16(p + 32);
}

/** hvd_ptregs_decode() - all of it, of HVD_PTREGS_SIZE bytes */
static inline void hvd_ptregs_decode(const uint8_t *p, struct hvd_regs_x86 *r)
{
	uint64_t *const order[] = {&r->r15, &r->r14, &r->r13, &r->r12, &r->bp,
				   &r->bx,  &r->r11, &r->r10, &r->r9,  &r->r8,
				   &r->ax,  &r->cx,  &r->dx,  &r->si,  &r->di};
	unsigned int i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		*order[i] = hvd_le64(p + 8 * i);
	/* orig_ax lies between. */
	hvd_ptregs_decode_iret(p + HVD_PTREGS_IRET, r);
}

#endif /* HVDUMP_PTREGS_H */
