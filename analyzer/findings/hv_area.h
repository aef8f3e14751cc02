/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The codes of the hypervisor's own crash, from its crash dump area. */
#ifndef HVDUMP_HV_AREA_H
#define HVDUMP_HV_AREA_H

#include "finder.h"

struct hv_area {
	bool there; /* and valid: it says that the hypervisor crashed */
	uint64_t pfn;
	uint32_t version;
	uint64_t base, size; /* of the hypervisor's image */
	uint64_t code[5];    /* the bug check and its four parameters */
	uint64_t from;	     /* where it was called: a return address */
};

/** hv_area_get() - out of the dump; !@there: it has none, or none that is valid */
void hv_area_get(struct finder *f, struct hv_area *area);

/** hv_area_place() - is @from within the image? @offset: how far in */
bool hv_area_place(const struct hv_area *area, uint64_t *offset);

/** hv_area_text() - ": bug check 0x20001, at image+0x1234", of HV_AREA_TEXT */
#define HV_AREA_TEXT 96
const char *hv_area_text(char *buf, const struct hv_area *area);

void hv_area_evidence(struct finder *f, struct finding *finding,
		      const struct hv_area *area);

#endif /* HVDUMP_HV_AREA_H */
