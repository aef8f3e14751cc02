// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls and prologues in machine code: see x86_code.h. */
#include "config.h"

#include <string.h>

#include "bytes.h"
#include "x86_code.h"

#define LONGEST_CALL 7 /* ff, ModRM, SIB, disp32; what precedes is a prefix */

/*
 * Is it "call *..." (ff /2) of exactly @size bytes? ModRM says how long it is;
 * a REX prefix would stand before it.
 */
static bool is_indirect(const uint8_t *p, unsigned int size)
{
	unsigned int modrm = p[1], length = 2;
	unsigned int mod = modrm >> 6, rm = modrm & 7;

	if (p[0] != 0xff || (modrm >> 3 & 7) != 2)
		return false;
	if (mod != 3 && rm == 4) {
		length++;
		if (size < length)
			return false;
		if (!mod && (p[2] & 7) == 5)
			length += 4;
	}
	if (!mod && rm == 5)
		length += 4;
	if (mod == 1)
		length += 1;
	if (mod == 2)
		length += 4;
	return length == size;
}

bool hvd_call_before(struct hvd_kmem *k, uint64_t address,
		     struct hvd_call_site *site)
{
	static const unsigned int sizes[] = {2, 3, 4, 6, 7};
	const uint8_t *p;
	uint8_t code[LONGEST_CALL];
	struct hvd_error err;
	size_t i;

	memset(site, 0, sizeof(*site));
	if (hvd_kmem_read(k, address - sizeof(code), code, sizeof(code),
			  &err) != HVD_READ_DATA)
		return false;
	p = code + sizeof(code);
	if (p[-5] == 0xe8) {
		site->direct = true;
		site->target =
			address + (uint64_t)(int64_t)(int32_t)hvd_le32(p - 4);
	}
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (is_indirect(p - sizes[i], sizes[i]))
			site->indirect = true;
	return site->direct || site->indirect;
}

/* Nothing that matters here: endbr64, a nop for ftrace, mov or xor. */
static unsigned int harmless(const uint8_t *p)
{
	static const uint8_t endbr[] = {0xf3, 0x0f, 0x1e, 0xfa};
	static const uint8_t nop5[] = {0x0f, 0x1f, 0x44, 0x00, 0x00};
	bool rex = (p[0] & 0xf0) == 0x40;
	const uint8_t *op = p + rex;

	if (!memcmp(p, endbr, sizeof(endbr)))
		return sizeof(endbr);
	if (!memcmp(p, nop5, sizeof(nop5)))
		return sizeof(nop5);
	if ((op[0] == 0x89 || op[0] == 0x8b || op[0] == 0x31 ||
	     op[0] == 0x33) &&
	    op[1] >> 6 == 3)
		return 2 + rex;
	return 0;
}

#define PROLOGUE 48
#define LONGEST	 5 /* of what is known here */

enum hvd_saved_bp hvd_saved_bp(struct hvd_kmem *k, uint64_t function,
			       unsigned int *words)
{
	uint8_t code[PROLOGUE + LONGEST];
	unsigned int at = 0, pushed = 0, size;
	struct hvd_error err;

	if (hvd_kmem_read(k, function, code, sizeof(code), &err) !=
	    HVD_READ_DATA)
		return HVD_BP_UNKNOWN;
	while (at < PROLOGUE) {
		bool rex = code[at] == 0x41;
		uint8_t op = code[at + rex];

		if (op >= 0x50 && op <= 0x57) {
			pushed++;
			if (op == 0x55 && !rex) {
				*words = pushed;
				return HVD_BP_PUSHED;
			}
			at += 1 + rex;
			continue;
		}
		size = harmless(code + at);
		/* ftrace may have made a call of its nop. */
		if (!pushed && code[at] == 0xe8)
			size = 5;
		if (!size)
			break;
		at += size;
	}
	return HVD_BP_UNKNOWN;
}
