// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers and blobs of state that differ: see diff.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diff.h"
#include "names.h"
#include "show.h"

/* Registers that tell time, by the names of both architectures' tables. */
static const char *const clocks[] = {
	"TSC",		  "TIME_REF_COUNT",	"VP_RUNTIME",
	"APIC_CURRENT_COUNT",
	"CNTVCT_EL0",	  "CNTPCT_EL0",		"CNTP_TVAL_EL0",
	"CNTV_TVAL_EL0",
};

static bool is_clock(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		if (!strcmp(clocks[i], name))
			return true;
	return false;
}

/* The digits that its table says, and no fewer than it has. */
static const char *value_text(const struct hvd_dump *d, char *buf,
			      const struct hvd_dump_register *r)
{
	char status[NAME_SIZE];
	int digits;

	if (!r || r->flags & HVD_VALUE_NOT_ASKED)
		return "";
	digits = register_digits(d, r);
	if (r->status)
		snprintf(buf, DIFF_VALUE, "%s",
			 name_of_status(status, r->status));
	else if (digits > 16)
		snprintf(buf, DIFF_VALUE, "0x%0*" PRIx64 "%016" PRIx64,
			 digits - 16, r->high, r->low);
	else
		snprintf(buf, DIFF_VALUE, "0x%0*" PRIx64, digits, r->low);
	return buf;
}

static void compare(struct diff *d, const struct difference *where,
		    const struct hvd_dump_register *a,
		    const struct hvd_dump_register *b)
{
	uint16_t machine = d->a->dump->machine;
	char number[NAME_SIZE], x[DIFF_VALUE], y[DIFF_VALUE];
	const char *from = value_text(d->a->dump, x, a);
	const char *to = value_text(d->b->dump, y, b);
	struct difference at = *where;
	const char *name;

	if (!strcmp(from, to))
		return;
	name = name_of_register(number, machine, a ? a->code : b->code);
	at.is_volatile |= is_clock(name);
	diff_say(d, &at, "register", name, from, to);
}

/* Both are in ascending order of their codes. */
void diff_registers(struct diff *d, const struct difference *where,
		    const struct hvd_dump_vtl *a, const struct hvd_dump_vtl *b)
{
	size_t i = 0, k = 0;

	while (i < a->nr_regs || k < b->nr_regs) {
		const struct hvd_dump_register *x =
			i < a->nr_regs ? &a->regs[i] : NULL;
		const struct hvd_dump_register *y =
			k < b->nr_regs ? &b->regs[k] : NULL;

		if (x && y && x->code != y->code) {
			if (x->code < y->code)
				y = NULL;
			else
				x = NULL;
		}
		compare(d, where, x, y);
		i += x != NULL;
		k += y != NULL;
	}
}

static const uint32_t states[] = {
	HVD_STATE_LOCAL_APIC, HVD_STATE_TIMERS, HVD_STATE_XSAVE,
	HVD_STATE_SIM,	      HVD_STATE_SIEF,
};

/* What a blob leaves out at its end is zeros. */
static uint8_t byte_at(const struct hvd_dump_state *s, uint32_t i)
{
	return i < s->nr_bytes ? s->bytes[i] : 0;
}

static void compare_state(struct diff *d, const struct difference *where,
			  const char *name, const struct hvd_dump_state *a,
			  const struct hvd_dump_state *b)
{
	uint32_t size = a->rec.size > b->rec.size ? a->rec.size : b->rec.size;
	uint32_t i, first = 0, nr = 0;
	char x[DIFF_VALUE], y[DIFF_VALUE];

	for (i = 0; i < size && (i < a->nr_bytes || i < b->nr_bytes); i++) {
		if (byte_at(a, i) == byte_at(b, i))
			continue;
		if (!nr++)
			first = i;
	}
	if (!nr && a->rec.size == b->rec.size)
		return;
	snprintf(x, sizeof(x), "%" PRIu32 " bytes", a->rec.size);
	snprintf(y, sizeof(y), "%" PRIu32 " bytes, %" PRIu32 " of them differ "
		 "from offset 0x%" PRIx32 " on", b->rec.size, nr, first);
	diff_say(d, where, "blob", name, x, y);
}

void diff_states(struct diff *d, const struct difference *where)
{
	const struct hvd_dump_state *a, *b;
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		a = hvd_dump_find_state(d->a->dump, where->partition,
					where->vp, where->vtl, states[i]);
		b = hvd_dump_find_state(d->b->dump, where->partition,
					where->vp, where->vtl, states[i]);
		if (a && b)
			compare_state(d, where, name_of_vp_state(states[i]), a, b);
		else if (a || b)
			diff_say(d, where, "blob", name_of_vp_state(states[i]),
				 a ? "there" : "", b ? "there" : "");
	}
}
