// SPDX-License-Identifier: GPL-2.0-or-later
/* Making the checks: see check.h. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void (*const families[])(struct checks *c) = {
	check_file,	   check_complete,  check_identity,
	check_partitions,  check_vps,	    check_state_pages,
	check_registers,   check_regions,
};

/* Where there is no memory for another, the last is written over, and said. */
static struct check *last(struct checks *c)
{
	static struct check nowhere;

	return c->nr ? &c->at[c->nr - 1] : &nowhere;
}

void check_begin(struct checks *c, const char *id)
{
	struct check *grown = hvd_grow(c->at, c->nr, sizeof(*grown));

	if (!grown) {
		c->no_memory = true;
		return;
	}
	c->at = grown;
	grown[c->nr++].id = id;
}

void check_differs(struct checks *c, const char *format, ...)
{
	struct check *check = last(c);
	char *line;
	va_list args;

	check->state = CHECK_DIFFERS;
	check->differences++;
	if (check->nr_evidence == CHECK_EVIDENCE)
		return;
	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		c->no_memory = true;
	else
		check->evidence[check->nr_evidence++] = line;
	va_end(args);
}

void check_unknown(struct checks *c, const char *format, ...)
{
	struct check *check = last(c);
	va_list args;

	check->state = CHECK_UNKNOWN;
	va_start(args, format);
	vsnprintf(check->text, sizeof(check->text), format, args);
	va_end(args);
}

void check_end(struct checks *c, const char *format, ...)
{
	struct check *check = last(c);
	va_list args;

	va_start(args, format);
	vsnprintf(check->text, sizeof(check->text), format, args);
	va_end(args);
}

bool check_both(struct checks *c, const char *id)
{
	check_begin(c, id);
	if (!c->has_driver)
		check_unknown(c, "no view of Linux's: %s", c->no_driver.text);
	else if (!hvd_dump_has_state(c->note))
		check_unknown(c, "no view of the hypervisor's: the note holds "
				 "no state of it");
	else
		return true;
	return false;
}

static void read_driver(struct checks *c)
{
	if (driver_open(c->session, &c->driver, &c->no_driver) != STATUS_DONE)
		return;
	if (c->driver.no_mshv.text[0])
		c->no_driver = c->driver.no_mshv;
	else if (!c->driver.mshv.loaded)
		hvd_error_set(&c->no_driver, "the kernel has no mshv driver");
	else
		c->has_driver = true;
}

void checks_make(struct session *s, struct checks *c)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->session = s;
	c->note = s->dump;
	read_driver(c);
	memory_open(s, &c->memory);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		families[i](c);
}

void checks_free(struct checks *c)
{
	size_t i, k;

	for (i = 0; i < c->nr; i++)
		for (k = 0; k < c->at[i].nr_evidence; k++)
			free(c->at[i].evidence[k]);
	free(c->at);
	memory_close(&c->memory);
	driver_close(&c->driver);
}

const char *check_state_name(enum check_state state)
{
	static const char *const names[] = {
		[CHECK_OK] = "ok",
		[CHECK_DIFFERS] = "differs",
		[CHECK_UNKNOWN] = "unknown",
	};

	return names[state];
}
