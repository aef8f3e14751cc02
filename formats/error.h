/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, in one line that is put together on its way up. */
#ifndef HVDUMP_ERROR_H
#define HVDUMP_ERROR_H

/** Owned by the caller; no memory behind it. Empty text: nothing went wrong. */
struct hvd_error {
	char text[512];
};

/** hvd_error_set() - set the text; returns -1, for "return hvd_error_set()" */
int hvd_error_set(struct hvd_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** hvd_error_prefix() - put "prefix: " before the text; returns -1 */
int hvd_error_prefix(struct hvd_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* HVDUMP_ERROR_H */
