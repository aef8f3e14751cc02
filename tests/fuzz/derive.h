/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that formats/ makes of a note segment, and what must hold of it.
 */
#ifndef FUZZ_DERIVE_H
#define FUZZ_DERIVE_H

#include <stddef.h>
#include <stdint.h>

/** derive_all() - decode @notes, build the model, look everything up in it */
void derive_all(const uint8_t *notes, size_t size, uint16_t machine);

#endif /* FUZZ_DERIVE_H */
