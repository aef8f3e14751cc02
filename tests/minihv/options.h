/* SPDX-License-Identifier: GPL-2.0-or-later */
/* minihv's command line; README.md has the grammar. */
#ifndef MINIHV_OPTIONS_H
#define MINIHV_OPTIONS_H

#include "x86.h"

struct options {
	u64 seed;
	bool crash_msrs;	/* offer the guest crash MSRs */
	u32 crash_area_version;	/* of CRASH_AREA_VERSIONS */
	bool synic_pattern;	/* fill the root VPs' SynIC pages */
	bool ram_setup_data;	/* minihv's memory is RAM that setup_data reserves */
};

extern struct options options;

/** Parse "name=value name=value ..."; stops at anything it does not know. */
void options_parse(const char *args);

#endif
