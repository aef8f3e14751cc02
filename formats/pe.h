/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header of a PE32+ image as it lies in memory: who it is, where its symbols
 * are, what its sections are. All of it is hostile until checked.
 * Source: Microsoft PE and COFF specification; the layout of the "RSDS" record
 * is that of LLVM's PDB documentation.
 */
#ifndef HVDUMP_PE_H
#define HVDUMP_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "loads.h"

#define HVD_PE_SECTIONS 96 /* the specification's own limit for loading */
#define HVD_PE_NAME	260

/** Where the image is read from: @rva counts from its base. */
struct hvd_pe_memory {
	enum hvd_read (*read)(void *arg, uint32_t rva, void *buf, size_t size,
			      struct hvd_error *err);
	void *arg;
};

struct hvd_pe_section {
	char name[9];
	uint32_t rva, size; /* in memory */
	uint32_t flags;
};

#define HVD_PE_EXECUTE UINT32_C(0x20000000)
#define HVD_PE_READ    UINT32_C(0x40000000)
#define HVD_PE_WRITE   UINT32_C(0x80000000)

struct hvd_pe {
	uint16_t machine; /* 0x8664 x86-64, 0xaa64 arm64 */
	uint32_t timestamp, checksum, size, entry;
	uint64_t base; /* that it was linked or relocated for */
	uint16_t major, minor; /* of the image */
	struct hvd_pe_section sections[HVD_PE_SECTIONS];
	unsigned int nr_sections;
	bool has_pdb;
	uint8_t guid[16];
	uint32_t age;
	char pdb[HVD_PE_NAME]; /* as it stands there */
	struct hvd_error no_pdb; /* why there is none */
};

/**
 * hvd_pe_read() - read the header, the sections, and the debug directory
 * -1 with @err: there is no PE32+ image. That its symbols are not named is no
 * error: @no_pdb says why. Makes a bounded number of reads.
 */
int hvd_pe_read(const struct hvd_pe_memory *memory, struct hvd_pe *pe,
		struct hvd_error *err);

/** hvd_pe_section_of() - the section that an offset lies in; or NULL */
const struct hvd_pe_section *hvd_pe_section_of(const struct hvd_pe *pe,
					       uint32_t rva);

#endif /* HVDUMP_PE_H */
