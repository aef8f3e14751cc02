// SPDX-License-Identifier: GPL-2.0-or-later
/* What one check has found: see finding.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "finding.h"

void find(struct finding *f, enum verdict verdict, const char *format, ...)
{
	va_list args;

	f->verdict = verdict;
	va_start(args, format);
	vsnprintf(f->text, sizeof(f->text), format, args);
	va_end(args);
}

int finding_print(const struct finding *f, const char *name)
{
	static const char *const words[] = { "ok", "warn", "fail" };

	printf("%-4s  %-12s  %s\n", words[f->verdict], name, f->text);
	return f->verdict == FAIL;
}
