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

/* Of "makedumpfile: version 1.7.2 ..."; 0: it makes no sense. */
static unsigned long tool_number(const char *version)
{
	int at = 0;

	if (!version || sscanf(version, "makedumpfile: version %n", &at) < 0)
		return 0;
	return at ? number_of(version + at) : 0;
}

/*
 * Where a kernel moved what tells slab pages from others, and the makedumpfile
 * that knows of it. Those before 1.7.6 take slab pages for user pages; 1.7.6
 * itself takes all pages of 6.12 for slab pages, those of guests, too. From
 * makedumpfile's log and its issue 16; measured was 6.12 with 1.7.2.
 */
static const struct {
	unsigned long kernel, tool;
} moved[] = {
	{ 6002000, 1007003 },
	{ 6010000, 1007006 },
	{ 6012000, 1007007 },
};

unsigned int level_for(const char *release, const char *version)
{
	unsigned long kernel = number_of(release);
	unsigned long tool = tool_number(version);
	size_t i;

	for (i = 0; i < sizeof(moved) / sizeof(moved[0]); i++)
		if (kernel >= moved[i].kernel && tool < moved[i].tool)
			return 31 & ~LEVEL_USER;
	return kernel && kernel < 7000000 ? 31 : 31 & ~LEVEL_USER;
}

bool level_doubt(const char *release, const char *version, char *text,
		 size_t size)
{
	unsigned long tool = tool_number(version);

	if (!tool || tool >= 1007007 || number_of(release) < 6012000)
		return false;
	/* Its page types moved in 6.12; reported as sonic-buildimage#25899. */
	snprintf(text, size, "it does not know the free pages of Linux 6.12"
		 " and later, which makes dumps larger; 1.7.7 or newer does");
	return true;
}
