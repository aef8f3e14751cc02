/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVDUMP_DIGEST_H
#define HVDUMP_DIGEST_H

#define DIGEST_HEX	65	/* SHA-256 in hex, and its NUL */

/**
 * digest_file() - SHA-256 of a file, as its storage holds it
 * @dirfd, @name: as for openat()
 * The page cache is asked to let go of the file first, so that what is hashed
 * has been read back. Returns 0, or -1 with @hex empty and errno set.
 */
int digest_file(int dirfd, const char *name, char hex[DIGEST_HEX]);

#endif /* HVDUMP_DIGEST_H */
