/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCOREINFO: what a Linux kernel says of itself to whoever reads its memory,
 * lines KEY=VALUE in a note of the dump.
 * Source: Documentation/admin-guide/kdump/vmcoreinfo.rst.
 */
#ifndef HVDUMP_VMCOREINFO_H
#define HVDUMP_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "input.h"

struct hvd_vmcoreinfo;

/**
 * hvd_vmcoreinfo_open() - find the note and take it apart
 * Returns NULL, with @err set, when the dump has none. Lines that make no sense
 * are passed over. Release with hvd_vmcoreinfo_close(); NULL is allowed there.
 */
struct hvd_vmcoreinfo *hvd_vmcoreinfo_open(const struct hvd_input *in,
					   struct hvd_error *err);
void hvd_vmcoreinfo_close(struct hvd_vmcoreinfo *v);

/** hvd_vmcoreinfo_text() - the value of a key as it stands there; or NULL */
const char *hvd_vmcoreinfo_text(const struct hvd_vmcoreinfo *v,
				const char *key);

/*
 * SYMBOL(@name), an address (hexadecimal); OFFSET(@name), "struct.member",
 * SIZE(@name), LENGTH(@name), NUMBER(@name) (decimal, or hexadecimal with 0x).
 * False: not there, or no number; @value is then left alone.
 */
bool hvd_vmcoreinfo_symbol(const struct hvd_vmcoreinfo *v, const char *name,
			   uint64_t *value);
bool hvd_vmcoreinfo_offset(const struct hvd_vmcoreinfo *v, const char *name,
			   uint64_t *value);
bool hvd_vmcoreinfo_size(const struct hvd_vmcoreinfo *v, const char *name,
			 uint64_t *value);
bool hvd_vmcoreinfo_length(const struct hvd_vmcoreinfo *v, const char *name,
			   uint64_t *value);
bool hvd_vmcoreinfo_number(const struct hvd_vmcoreinfo *v, const char *name,
			   int64_t *value);

#endif /* HVDUMP_VMCOREINFO_H */
