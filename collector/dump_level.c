// SPDX-License-Identifier: GPL-2.0-or-later
/* Which dump level for which kernel: see dump_level.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "dump_level.h"

/* "6.12.1-x" and "1.7.2" as numbers that can be compared. */
static unsigned long number_of(const char *s)
{
	unsigned int a = 0, b = 0, c = 0;

	if (!s || sscanf(s, "%u.%u.%u", &a, &b, &c) < 2)
		return 0;
	return (a * 1000ul + b) * 1000 + c;
}

unsigned int level_for(const char *release)
{
	if (number_of(release) && strtoul(release, NULL, 10) < 7)
		return 31;
	return 31 & ~LEVEL_USER;
}

bool level_doubt(const char *release, const char *version, char *text,
		 size_t size)
{
	unsigned int at = 0;
	unsigned long tool;

	if (sscanf(version, "makedumpfile: version %n", &at) < 0 || !at)
		return false;
	tool = number_of(version + at);
	if (!tool || tool >= 1007007 || number_of(release) < 6012000)
		return false;
	/* Its page types moved in 6.12; reported as sonic-buildimage#25899. */
	snprintf(text, size, "it does not know the free pages of Linux 6.12"
		 " and later, which makes dumps larger; 1.7.7 or newer does");
	return true;
}
