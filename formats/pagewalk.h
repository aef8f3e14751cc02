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
	HVD_PAGING_ARM64, /* VMSAv8-64, stage 1 of EL1 and EL0 */
};

/** How a processor translates: from its control registers. */
struct hvd_pagewalk_regime {
	enum hvd_paging paging;
	uint64_t root;	     /* CR3; TTBR0_EL1 */
	uint64_t upper_root; /* arm64: TTBR1_EL1 */
	uint64_t control;    /* arm64: TCR_EL1 */
	bool no_large;	     /* X86_32: CR4.PSE is off, bit 7 means nothing */
	bool no_nx;	     /* EFER.NXE is off: bit 63 is reserved */
};

/** hvd_pagewalk_x86() - of CR0, CR3, CR4 and EFER */
void hvd_pagewalk_x86(struct hvd_pagewalk_regime *regime, uint64_t cr0,
		      uint64_t cr3, uint64_t cr4, uint64_t efer);

/** hvd_pagewalk_arm64() - of SCTLR_EL1, TCR_EL1, TTBR0_EL1 and TTBR1_EL1 */
void hvd_pagewalk_arm64(struct hvd_pagewalk_regime *regime, uint64_t sctlr,
			uint64_t tcr, uint64_t ttbr0, uint64_t ttbr1);

/** hvd_paging_name() - "4-level", "PAE", ...; constant */
const char *hvd_paging_name(enum hvd_paging paging);

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

/**
 * One entry on the way down. On x86 level 1 is that of 4 KiB pages; on arm64
 * levels count as its manual does, down to 3.
 */
struct hvd_pagewalk_step {
	int level;
	bool is_page;	  /* it maps memory, and refers to no table */
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
	uint64_t size;	   /* of the page: 4 KiB, 2 MiB, 4 MiB, 1 GiB, ... */
	/* What all entries together allow; where mapped. */
	bool writable, user, executable;
	bool user_executable; /* on x86 the same as @executable */
	struct hvd_error why; /* where it is not mapped */
};

/**
 * hvd_pagewalk_in() - translate @virtual as a processor of that regime would
 * Whatever the tables hold, it makes at most HVD_PAGEWALK_STEPS reads of
 * @memory.
 */
void hvd_pagewalk_in(const struct hvd_pagewalk_memory *memory,
		     const struct hvd_pagewalk_regime *regime, uint64_t virtual,
		     struct hvd_pagewalk *walk);

/** hvd_pagewalk() - on x86, with the table at @root (CR3), PSE and NX on */
void hvd_pagewalk(const struct hvd_pagewalk_memory *memory,
		  enum hvd_paging paging, uint64_t root, uint64_t virtual,
		  struct hvd_pagewalk *walk);

/**
 * hvd_pagewalk_bits() - "P RW US A D" of the entry of a step
 * In @buf of HVD_PAGEWALK_BITS bytes, which is returned. The names are those of
 * the processors' manuals.
 */
#define HVD_PAGEWALK_BITS 128
const char *hvd_pagewalk_bits(char *buf, enum hvd_paging paging,
			      const struct hvd_pagewalk_step *step);

#endif /* HVDUMP_PAGEWALK_H */
