// SPDX-License-Identifier: GPL-2.0-or-later
/* Error texts: see error.h. A text that is too long is cut, never an error. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

int hvd_error_set(struct hvd_error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return -1;
}

int hvd_error_prefix(struct hvd_error *err, const char *format, ...)
{
	struct hvd_error old = *err;
	va_list args;
	size_t len;

	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", old.text);
	return -1;
}
