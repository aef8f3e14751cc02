/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The little of x86-64 machine code that says who called whom: calls that stand
 * before a return address, registers that a function pushes first.
 */
#ifndef HVDUMP_X86_CODE_H
#define HVDUMP_X86_CODE_H

#include "kmem.h"

/** What may stand before an address; both can be meant by the same bytes. */
struct hvd_call_site {
	bool direct;
	uint64_t target; /* of the direct call */
	bool indirect;	 /* through a register or memory */
};

/** hvd_call_before() - false: no call ends at @address */
bool hvd_call_before(struct hvd_kmem *k, uint64_t address,
		     struct hvd_call_site *site);

/** Where a function has put the rbp of its caller. */
enum hvd_saved_bp {
	HVD_BP_PUSHED,	/* *@words below its return address */
	HVD_BP_UNKNOWN, /* it may have, somewhere else, or not */
};

/** hvd_saved_bp() - as told by the first instructions at @function */
enum hvd_saved_bp hvd_saved_bp(struct hvd_kmem *k, uint64_t function,
			       unsigned int *words);

#endif /* HVDUMP_X86_CODE_H */
