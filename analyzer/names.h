/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers as words. What is not known comes out as its number: a function that
 * may have to do so takes the buffer for it, of NAME_SIZE bytes.
 */
#ifndef HVDUMP_NAMES_H
#define HVDUMP_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "capture.h"

#define NAME_SIZE 16

const char *name_of_type(char *buf, uint32_t type);
const char *name_of_status(char *buf, uint16_t status);
const char *name_of_call(char *buf, uint16_t call);
const char *name_of_property(char *buf, uint32_t code);
const char *name_of_register(char *buf, uint16_t machine, uint32_t code);

const char *name_of_kind(uint32_t kind);	/* NULL: unknown */
const char *name_of_source(uint32_t source);	/* NULL: unknown */
const char *name_of_stage(uint32_t hypervisor); /* NULL: unknown */
const char *name_of_machine(uint16_t machine);	/* NULL: unknown */
const char *name_of_first(uint32_t first);	/* NULL: unknown */
const char *name_of_page_kind(uint32_t kind);	/* NULL: unknown */
const char *name_of_object(uint32_t object);	/* NULL: unknown */
const char *name_of_area(uint32_t area);	/* NULL: unknown */
const char *name_of_vp_state(uint32_t type);	/* NULL: unknown */

/** dropped_text() - "7 vp records are missing: ...", of DROPPED_SIZE bytes */
#define DROPPED_SIZE 112
const char *dropped_text(char *buf, const struct hvd_dropped *d);

/** died_text() - who died first, and who then: constant */
const char *died_text(const struct hvd_dump *dump);
/** devirtualised_text() - "yes", ...: constant */
const char *devirtualised_text(const struct hvd_dump *dump);

/** stage_text() - where the first call's capture was, of STAGE_SIZE bytes */
#define STAGE_SIZE 160
const char *stage_text(char *buf, const struct hvd_stage *g);

/** A table of flags and their words; ends with a NULL name. */
struct flag_name {
	uint64_t bit;
	const char *name;
};

extern const struct flag_name capture_flag_names[];
extern const struct flag_name vp_flag_names[];
extern const struct flag_name page_flag_names[];
extern const struct flag_name seen_names[]; /* of hvd_partition.seen */

/** join_flags() - "a b c"; bits without a name as one number at the end */
const char *join_flags(char *buf, size_t size, const struct flag_name *names,
		       uint64_t value);

/** clean_text() - bytes of a dump as text that is safe to print */
const char *clean_text(char *buf, size_t size, const uint8_t *bytes,
		       size_t len);
/** clean_string() - the same for text that ends with a NUL */
const char *clean_string(char *buf, size_t size, const char *text);

/** The hypervisor, from the capture's leaves. */
struct hypervisor_facts {
	char vendor[17];  /* "" when unknown */
	char version[72]; /* "" when unknown */
	int has_privileges;
	uint64_t privileges;
};

void hypervisor_facts_get(const struct hvd_dump *dump,
			  struct hypervisor_facts *facts);

/** Nanoseconds since 1970, UTC: "2026-11-22T19:36:43.123456789Z" */
#define TIME_SIZE 32
const char *time_text(char *buf, uint64_t ns);

/** "1.234 ms"; of a length of time that a person is to judge */
const char *duration_text(char *buf, size_t size, uint64_t ns);

#endif /* HVDUMP_NAMES_H */
