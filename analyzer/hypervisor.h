/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor in its own memory, which is readable where it was taken out of
 * the way before the crash kernel began: its image, and its crash area.
 */
#ifndef HVDUMP_ANALYZER_HYPERVISOR_H
#define HVDUMP_ANALYZER_HYPERVISOR_H

#include "memory.h"
#include "layout.h"
#include "pagewalk.h"
#include "pe.h"

/* Processors and words of stack that are looked at. */
#define HV_PROCESSORS 2048
#define HV_WORDS      4096

/** A word of a crash stack that may be a return address. */
struct hv_return {
	uint64_t at;	  /* the stack's address of it */
	uint64_t word;
	uint64_t address; /* what the word means: of code in the image */
	bool follows_call; /* a call instruction stands before it */
};

/** A processor, as the crash area has it. Offsets lie in the area. */
struct hv_processor {
	unsigned int index;
	const uint8_t *registers; /* in the area's bytes; NULL: none */
	size_t registers_size;
	uint64_t stack; /* its address */
	uint32_t stack_size;
	struct hv_return *returns;
	size_t nr_returns;
};

struct hypervisor {
	struct memory memory;
	/* The crash area. */
	uint64_t area_pfn;
	uint8_t *area;
	size_t area_size;
	uint32_t version;
	const struct hvd_layout *layout; /* NULL: that version is not known */
	bool valid; /* the hypervisor has crashed, it says */
	struct hvd_error no_area; /* why it cannot be shown; or empty */
	/* The image, by the address that it calls itself by. */
	uint64_t base;
	uint32_t size;
	struct hvd_pagewalk_regime regime;
	bool has_image;
	uint64_t image_at; /* system physical address of its first page */
	struct hvd_pe pe;
	struct hvd_error no_image;
	struct hv_processor *processors;
	size_t nr_processors;
};

/** hypervisor_open() - read it all; never fails. Close it. */
void hypervisor_open(struct session *s, struct hypervisor *h);
void hypervisor_close(struct hypervisor *h);

/** hypervisor_field() - of the crash area; false: it has no such field */
bool hypervisor_field(const struct hypervisor *h, const char *name,
		      unsigned int index, uint64_t *value);

/**
 * hypervisor_physical() - where its page tables map an address of its own
 * Returns -1 when they do not, or cannot be read.
 */
int hypervisor_physical(const struct session *s, struct hypervisor *h,
			uint64_t address, uint64_t *physical);

/** hypervisor_text() - "minihv+0x184c", or "0x...", of HV_TEXT_SIZE bytes */
#define HV_TEXT_SIZE 64
const char *hypervisor_text(char *buf, const struct hypervisor *h,
			    uint64_t address);

#endif /* HVDUMP_ANALYZER_HYPERVISOR_H */
