// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks: is the file whole, are the note's checksums and sizes right? */
#include "config.h"

#include <inttypes.h>

#include "check.h"

static void check_input(struct checks *c)
{
	const struct hvd_input *in = c->session->input;

	check_begin(c, "file");
	if (in->damage)
		check_differs(c, "%s", in->damage);
	check_end(c, "The file: %s, %" PRIu64 " bytes.", in->format_name,
		  in->file_size);
}

/* The reader checks each chunk's CRC, and every length, as it goes. */
static void check_notes(struct checks *c)
{
	const struct hvd_dump *d = c->note;
	uint64_t i;

	check_begin(c, "checksums");
	if (!hvd_dump_is_ours(d) && !d->nr_damages) {
		check_unknown(c, "the file holds no notes of hvdump.ko");
		return;
	}
	for (i = 0; i < d->nr_damages && i < HVD_DUMP_DAMAGES; i++)
		check_differs(c, "note offset %" PRIu64 ": %s",
			      d->damages[i].offset, d->damages[i].what);
	check_end(c, "Checksums and sizes of the notes: %" PRIu64 " records.",
		  d->records);
}

static void check_driver(struct checks *c)
{
	struct hvd_error why;

	check_begin(c, "objects");
	if (!c->has_driver) {
		check_unknown(c, "no view of Linux's: %s", c->no_driver.text);
		return;
	}
	if (!driver_is_whole(&c->driver, &why))
		check_differs(c, "%s", why.text);
	check_end(c, "Linux's own objects: lists and links.");
}

void check_file(struct checks *c)
{
	check_input(c);
	check_notes(c);
	check_driver(c);
}
