/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that several commands print. */
#ifndef HVDUMP_TEXT_H
#define HVDUMP_TEXT_H

#include "session.h"
#include "vpstate.h"

/** text_kind() - "root", "child", ...; "not captured", "unknown" */
const char *text_kind(const struct hvd_dump_partition *p);

/** text_line() - "  Label         text" */
void text_line(const struct session *s, const char *label, const char *format,
	       ...) __attribute__((format(printf, 3, 4)));

/** text_damages() - a line each */
void text_damages(const struct session *s, const char *indent);

/** text_vp_table() - the table of `hvdump vps`, up to @limit rows of @p */
int text_vp_table(struct session *s, size_t limit, int indent);

/** text_level() - "ring0", "EL1", "-" */
const char *text_level(char *buf, size_t size, const struct hvd_vp_state *st);

#endif /* HVDUMP_TEXT_H */
