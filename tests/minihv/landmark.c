// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rule: 64-bit word n is the (n+1)th number of the splitmix64 generator
 * (see pattern.c) that starts from the seed. No two pages are alike and none
 * is zero, so that no dump tool leaves one out.
 */
#include "landmark.h"

#include "options.h"

#define GOLDEN	0x9e3779b97f4a7c15ul

static u64 landmark[LANDMARK_SIZE / 8] __attribute__((aligned(PAGE_SIZE)));

void landmark_init(void)
{
	u64 state = options.seed;

	for (size_t i = 0; i < ARRAY_SIZE(landmark); i++) {
		u64 z = state += GOLDEN;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
		z = (z ^ z >> 27) * 0x94d049bb133111ebul;
		landmark[i] = z ^ z >> 31;
	}
}

u64 landmark_address(void)
{
	return (u64)landmark;
}
