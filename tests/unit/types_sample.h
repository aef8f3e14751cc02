/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of every kind that C has. The compiler that test_types.c is compiled
 * with knows where their members are; types_sample.c gives them to pahole and
 * to the compiler's DWARF, and both are asked.
 */
#ifndef TYPES_SAMPLE_H
#define TYPES_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

enum sample_signed { SAMPLE_MINUS = -2, SAMPLE_ZERO, SAMPLE_SEVEN = 7 };
enum sample_unsigned { SAMPLE_200 = 200, SAMPLE_HIGH = 0xfffffff0u };
enum sample_wide { SAMPLE_WIDE = 0x123456789abcull };
enum { SAMPLE_NAMELESS = 77 };

struct sample_unknown; /* never defined */

struct sample_inner {
	uint8_t tag;
	uint32_t value;
	char name[12];
};

typedef struct {
	int counter;
} sample_atomic;

typedef const volatile struct sample_inner sample_inner_t;
typedef sample_inner_t sample_alias;

typedef uint16_t sample_mask[3];

union sample_union {
	uint64_t whole;
	struct {
		uint32_t low;
		uint32_t high;
	};
	struct sample_inner inner;
};

struct sample_all {
	char letter;
	signed char small;
	bool truth;
	int64_t far;
	double real;
	enum sample_signed colour;
	enum sample_wide wide;
	sample_atomic count;
	const struct sample_inner *pointer;
	const struct sample_inner *const *pointers[5];
	struct sample_unknown *unknown;
	void (*function)(struct sample_all *self);
	void *nothing;
	sample_alias alias;
	struct sample_inner many[4];
	uint16_t grid[3][5];
	sample_mask masks[2];
	union sample_union both;
	struct {
		int deep;
		union {
			short deeper;
			struct {
				char deepest;
				uint64_t right;
			};
		};
	};
	struct {
		uint16_t x, y;
	} nested[2];
	__int128 huge;
	char none[0];
	uint32_t rest[];
};

struct sample_bits {
	uint8_t before;
	unsigned int one : 1;
	unsigned int three : 3;
	int minus : 5;
	unsigned int : 7;
	unsigned int across : 20;
	uint64_t page : 52;
	uint64_t low : 12;
	bool flag : 1;
	enum sample_signed kind : 9;
	uint16_t behind;
};

struct sample_packed {
	uint8_t first;
	uint32_t second;
	uint64_t straddling : 13;
	uint64_t behind : 19;
	uint16_t last;
} __attribute__((packed));

#endif /* TYPES_SAMPLE_H */
