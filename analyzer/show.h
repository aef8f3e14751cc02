/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which parts of a dump are shown, and walking through them. */
#ifndef HVDUMP_SHOW_H
#define HVDUMP_SHOW_H

#include "session.h"

/** Is it within -p, --vp, -l? */
bool shows_partition(const struct session *s,
		     const struct hvd_dump_partition *p);
bool shows_vp(const struct session *s, const struct hvd_dump_vp *vp);
bool shows_vtl(const struct session *s, const struct hvd_dump_vtl *vtl);

/**
 * shows_register() - with --all every one, otherwise those that an engineer
 * looks at first: what was captured as essential, and what could be read of the
 * groups general, control, segment, table, suspend and event.
 */
bool shows_register(const struct session *s,
		    const struct hvd_dump_register *reg);

/** register_row() - the ABI's row of a register; NULL: unknown */
const struct hvd_abi_row *register_row(const struct hvd_dump *d, uint32_t code);

/** register_digits() - hex digits that show a register's value in full */
int register_digits(const struct hvd_dump *d,
		    const struct hvd_dump_register *reg);

/** partition_state() - "active", "suspended"; NULL: unknown */
const char *partition_state(const struct hvd_dump_partition *p);

#endif /* HVDUMP_SHOW_H */
