// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as the hypervisor's image in memory: its header is read, and what
 * comes of it has to make sense.
 */
#include <string.h>

#include "check.h"
#include "pe.h"

#define MAX_READS (2 + 2 + HVD_PE_SECTIONS + 40)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** The image, and how often it was asked for. */
struct image {
	const uint8_t *data;
	size_t size;
	unsigned int reads;
};

static enum hvd_read read_image(void *arg, uint32_t rva, void *buf,
				size_t size, struct hvd_error *err)
{
	struct image *i = arg;

	CHECK(i->reads++ < MAX_READS);
	CHECK(size <= 4096);
	if (rva > i->size || size > i->size - rva) {
		hvd_error_set(err, "behind the end");
		return HVD_READ_ABSENT;
	}
	memcpy(buf, i->data + rva, size);
	return HVD_READ_DATA;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image = {.data = data, .size = size};
	const struct hvd_pe_memory memory = {read_image, &image};
	const struct hvd_pe_section *section;
	struct hvd_error err = {""};
	struct hvd_pe pe;
	unsigned int i;

	if (hvd_pe_read(&memory, &pe, &err)) {
		CHECK(err.text[0]);
		return 0;
	}
	CHECK(pe.nr_sections <= HVD_PE_SECTIONS);
	CHECK(memchr(pe.pdb, '\0', sizeof(pe.pdb)));
	CHECK(pe.has_pdb || pe.no_pdb.text[0] || !pe.pdb[0]);
	for (i = 0; i < pe.nr_sections; i++) {
		CHECK(!pe.sections[i].name[8]);
		section = hvd_pe_section_of(&pe, pe.sections[i].rva);
		CHECK(section || !pe.sections[i].size);
	}
	return 0;
}
