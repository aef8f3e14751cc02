/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvdumpctl test: a live capture, read back and compared with the host. */
#ifndef HVDUMP_TRIAL_H
#define HVDUMP_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "finding.h"

/**
 * trial() - take a live capture and print one line a check
 * @output: where to keep the notes, a file that must not exist yet; or NULL
 * Nothing on the host is stopped or changed. Returns 0, or -1 when a check
 * failed.
 */
int trial(const char *output);

/**
 * trial_write() - write notes to a file that must not exist yet: nothing is ever
 * written over
 * Returns 0 or an errno.
 */
int trial_write(int dirfd, const char *path, const uint8_t *notes, size_t size);

/**
 * trial_collect() - one of these checks: hvdump-collect saves the notes
 * In a folder in $TMPDIR or /tmp, which is removed again.
 */
void trial_collect(const uint8_t *notes, size_t size, struct finding *f);

#endif /* HVDUMP_TRIAL_H */
