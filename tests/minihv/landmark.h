/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mebibyte of the guarded memory with known content, so that a dump can be
 * asked whether it really holds the hypervisor's memory (landmark.py).
 */
#ifndef MINIHV_LANDMARK_H
#define MINIHV_LANDMARK_H

#include "x86.h"

#define LANDMARK_SIZE	MIB

/** Fill it, from the seed. */
void landmark_init(void);

/** Where it is. */
u64 landmark_address(void);

#endif
