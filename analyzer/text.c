// SPDX-License-Identifier: GPL-2.0-or-later
/* Text that several commands print: see text.h. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "abi_codes.h"
#include "names.h"
#include "text.h"

const char *text_kind(const struct hvd_dump_partition *p)
{
	const char *kind = name_of_kind(p->rec.kind);

	if (kind)
		return kind;
	return p->recorded ? "unknown" : "no record";
}

void text_line(const struct session *s, const char *label, const char *format,
	       ...)
{
	va_list args;

	fprintf(s->out, "  %-14s", label);
	va_start(args, format);
	vfprintf(s->out, format, args);
	va_end(args);
	fputc('\n', s->out);
}

void text_damages(const struct session *s, const char *indent)
{
	const struct hvd_dump *d = s->dump;
	uint64_t i;

	if (s->input->damage)
		fprintf(s->out, "%sfile: %s\n", indent, s->input->damage);
	for (i = 0; i < d->nr_damages && i < HVD_DUMP_DAMAGES; i++)
		fprintf(s->out, "%snote offset %" PRIu64 ": %s\n", indent,
			d->damages[i].offset, d->damages[i].what);
	if (d->nr_damages > HVD_DUMP_DAMAGES)
		fprintf(s->out, "%s%" PRIu64 " more damaged places\n", indent,
			d->nr_damages - HVD_DUMP_DAMAGES);
}

const char *text_level(char *buf, size_t size, const struct hvd_vp_state *st)
{
	bool arm = st->mode == HVD_MODE_AARCH32 || st->mode == HVD_MODE_AARCH64;

	if (st->level < 0)
		return "-";
	snprintf(buf, size, "%s%d", arm ? "EL" : "ring", st->level);
	return buf;
}
