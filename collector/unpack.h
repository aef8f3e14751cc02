/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVDUMP_UNPACK_H
#define HVDUMP_UNPACK_H

/**
 * unpack() - what hvdump-collect --stream wrote, into files below @output
 * @path: NULL for standard input. A vmcore that does not come to its end stays
 * vmcore.partial. Returns -1, said on stderr, if anything is missing.
 */
int unpack(const char *path, const char *output);

#endif /* HVDUMP_UNPACK_H */
