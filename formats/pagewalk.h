/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walking page tables: of the kernel in a dump, and of guests. One entry after
 * the other, so that a command can show each.
 * Source: Intel SDM vol. 3A chapter 4, AMD APM vol. 2 chapter 5; Arm ARM D8.
 */
#ifndef HVDUMP_PAGEWALK_H
#define HVDUMP_PAGEWALK_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "loads.h"

enum hvd_paging {
	HVD_PAGING_NONE,   /* virtual addresses are physical ones */
	HVD_PAGING_X86_32, /* two levels, 4-byte entries; 4 MiB pages with PSE */
	HVD_PAGING_X86_PAE,
	HVD_PAGING_X86_4,
	HVD_PAGING_X86_5,
};

/**
 * Where table entries are read from. For a guest the table addresses are GPAs,
 * and read() translates them first. As hvd_physmem_read().
 */
struct hvd_pagewalk_memory {
	enum hvd_read (*read)(void *arg, uint64_t address, void *buf,
			      size_t size, struct hvd_error *err);
	void *arg;
	uint64_t not_address; /* bits of entries that say "encrypted"; or 0 */
};

/** One entry on the way down; level 1 is that of 4 KiB pages. */
struct hvd_pagewalk_step {
	unsigned int level;
	uint64_t address; /* of the entry */
	uint64_t entry;
};

#define HVD_PAGEWALK_STEPS 5

enum hvd_pagewalk_result {
	HVD_WALK_MAPPED,
	HVD_WALK_NOT_PRESENT,	/* the last step's entry says so */
	HVD_WALK_NOT_CANONICAL, /* no such address in this mode */
	HVD_WALK_RESERVED,	/* the last step's entry sets reserved bits */
	HVD_WALK_ABSENT,	/* an entry is not in the dump */
	HVD_WALK_DAMAGED,	/* an entry could not be read */
};

/** A finished walk. */
struct hvd_pagewalk {
	enum hvd_pagewalk_result result;
	unsigned int nr_steps;
	struct hvd_pagewalk_step steps[HVD_PAGEWALK_STEPS];
	uint64_t physical; /* of the address asked for; where mapped */
	uint64_t size;	   /* of the page: 4 KiB, 2 MiB, 4 MiB, 1 GiB */
	struct hvd_error why; /* where it is not mapped */
};

/** hvd_pagewalk() - translate @virtual with the table at @root (CR3) */
void hvd_pagewalk(const struct hvd_pagewalk_memory *memory,
		  enum hvd_paging paging, uint64_t root, uint64_t virtual,
		  struct hvd_pagewalk *walk);

#endif /* HVDUMP_PAGEWALK_H */
