// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers for the page's script, in few bytes: names and statuses stand once
 * in a list, a VTL's registers in one string of words,
 *
 *	NAME=VALUE   NAME!STATUS   NAME?
 *
 * a value, the status that came instead of one, or that it was not asked for;
 * NAME and STATUS are places in the lists, all numbers are hexadecimal.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "html.h"
#include "../names.h"
#include "parts.h"
#include "../show.h"
#include "abi.h"

/** Codes in the order in which they were met. */
struct codes {
	uint32_t *at;
	size_t nr, room;
};

struct printer {
	FILE *out;
	const struct session *s;
	struct codes registers;
	struct codes statuses;
	bool failed; /* no memory */
};

/* There are some hundred at most, and the last ones come again. */
static size_t place_of(struct printer *p, struct codes *c, uint32_t code)
{
	size_t i;

	for (i = 0; i < c->nr; i++)
		if (c->at[i] == code)
			return i;
	if (c->nr == c->room) {
		size_t room = c->room ? 2 * c->room : 64;
		uint32_t *at = realloc(c->at, room * sizeof(*at));

		if (!at) {
			p->failed = true;
			return 0;
		}
		c->at = at;
		c->room = room;
	}
	c->at[c->nr] = code;
	return c->nr++;
}

static void print_register(struct printer *p,
			   const struct hvd_dump_register *reg)
{
	size_t name = place_of(p, &p->registers, reg->code);

	fprintf(p->out, " %zx", name);
	if (reg->status)
		fprintf(p->out, "!%zx",
			place_of(p, &p->statuses, reg->status));
	else if (reg->flags & HVD_VALUE_NOT_ASKED)
		fputc('?', p->out);
	else if (reg->high)
		fprintf(p->out, "=%" PRIx64 "%016" PRIx64, reg->high, reg->low);
	else
		fprintf(p->out, "=%" PRIx64, reg->low);
}

static int print_vtl(const struct html_vtl *v, size_t i, void *arg)
{
	struct printer *p = arg;
	size_t k;

	fputs(i ? ",\n\"" : "\n\"", p->out);
	for (k = 0; v->vtl && k < v->vtl->nr_regs; k++)
		if (shows_register(p->s, &v->vtl->regs[k]))
			print_register(p, &v->vtl->regs[k]);
	fputc('"', p->out);
	return p->failed;
}

/* Names are the ABI's or numbers: nothing in them ends a string. */
static void print_names(struct printer *p)
{
	const struct hvd_dump *d = p->s->dump;
	char name[NAME_SIZE];
	size_t i;

	fputs("\n],\n\"names\": [", p->out);
	for (i = 0; i < p->registers.nr; i++) {
		uint32_t code = p->registers.at[i];
		const struct hvd_abi_row *row = register_row(d, code);

		fprintf(p->out, "%s[\"%s\", \"%s\", %d]", i ? ", " : "",
			name_of_register(name, d->machine, code),
			row ? hvd_abi_group_name(row->group) : "unknown",
			row && row->bits && row->bits <= 64 ? 16 : 32);
	}
	fputs("],\n\"statuses\": [", p->out);
	for (i = 0; i < p->statuses.nr; i++)
		fprintf(p->out, "%s\"%s\"", i ? ", " : "",
			name_of_status(name, (uint16_t)p->statuses.at[i]));
	fputs("]", p->out);
}

void html_registers(FILE *out, const struct session *s)
{
	struct printer p = {.out = out, .s = s};

	fputs("<script type=\"application/json\" id=\"registers\">{\"vtls\": [",
	      out);
	html_vtls(s->dump, print_vtl, &p);
	print_names(&p);
	fputs("}</script>\n", out);
	free(p.registers.at);
	free(p.statuses.at);
}
