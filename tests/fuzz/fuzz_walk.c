// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any control registers, any address, and any bytes for memory that repeats
 * itself for ever: every walk through page tables ends, and says what it found.
 */
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "pagewalk.h"

#define HEAD 48

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Memory, and how often it was asked for. */
struct memory {
	const uint8_t *data;
	size_t size;
	unsigned int reads;
};

/* Addresses wrap around the input; some pages are not there. */
static enum hvd_read read_memory(void *arg, uint64_t address, void *buf,
				 size_t size, struct hvd_error *err)
{
	struct memory *m = arg;
	uint8_t *out = buf;
	size_t i;

	CHECK(m->reads++ < HVD_PAGEWALK_STEPS);
	CHECK(size == 4 || size == 8);
	CHECK(address % size == 0);
	if ((address >> 12) % 61 == 60) {
		hvd_error_set(err, "not there");
		return HVD_READ_ABSENT;
	}
	for (i = 0; i < size; i++)
		out[i] = m->size ? m->data[(address + i) % m->size] : 0;
	return HVD_READ_DATA;
}

static void check_walk(const struct hvd_pagewalk_regime *regime,
		       const struct hvd_pagewalk *w, uint64_t address)
{
	char bits[HVD_PAGEWALK_BITS];
	unsigned int i;

	CHECK(w->nr_steps <= HVD_PAGEWALK_STEPS);
	CHECK(w->result == HVD_WALK_MAPPED || w->why.text[0]);
	for (i = 0; i < w->nr_steps; i++)
		CHECK(strlen(hvd_pagewalk_bits(bits, regime->paging,
					       &w->steps[i])) <
		      HVD_PAGEWALK_BITS);
	if (w->result != HVD_WALK_MAPPED || regime->paging == HVD_PAGING_NONE)
		return;
	CHECK(w->nr_steps && w->steps[w->nr_steps - 1].is_page);
	CHECK(w->size && !(w->size & (w->size - 1)));
	CHECK(!((w->physical ^ address) & (w->size - 1)));
	CHECK(w->physical >> 52 == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory m = {.data = data + HEAD, .size = size - HEAD};
	struct hvd_pagewalk_memory memory = {.read = read_memory, .arg = &m};
	struct hvd_pagewalk_regime regime;
	struct hvd_pagewalk walk;
	uint64_t r[6];
	size_t i;

	if (size < HEAD)
		return 0;
	for (i = 0; i < 6; i++)
		r[i] = hvd_le64(data + 8 * i);
	hvd_pagewalk_x86(&regime, r[0], r[1], r[2], r[3]);
	hvd_pagewalk_in(&memory, &regime, r[5], &walk);
	check_walk(&regime, &walk, r[5]);
	m.reads = 0;
	hvd_pagewalk_arm64(&regime, r[0], r[1], r[2], r[3]);
	hvd_pagewalk_in(&memory, &regime, r[5], &walk);
	check_walk(&regime, &walk, r[5]);
	return 0;
}
