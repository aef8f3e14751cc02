// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration file: see config_file.h. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_file.h"
#include "core.h"

/** One setting: what it may be, and where it goes. */
struct setting {
	const char *key;
	const char *expected;	/* for who got it wrong */
	bool (*take)(struct options *o, const struct setting *s, char *value);
	size_t offset;		/* in struct options */
	uint64_t max;		/* of a number */
};

#define FIELD(o, s, type)	((type *)((char *)(o) + (s)->offset))

static bool take_text(struct options *o, const struct setting *s, char *value)
{
	if (!*value)
		return false;
	*FIELD(o, s, const char *) = value;
	return true;
}

static bool take_flag(struct options *o, const struct setting *s, char *value)
{
	bool yes = !strcmp(value, "yes");

	if (!yes && strcmp(value, "no") != 0)
		return false;
	*FIELD(o, s, bool) = yes;
	return true;
}

static bool take_number(struct options *o, const struct setting *s, char *value)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)*value))
		return false;
	errno = 0;
	n = strtoull(value, &end, 10);
	if (errno || *end || n > s->max)
		return false;
	*FIELD(o, s, uint64_t) = n;
	return true;
}

static bool take_words(struct options *o, const struct setting *s, char *value)
{
	(void)s;
	return options_words(o, value, false);
}

static bool take_guests(struct options *o, const struct setting *s, char *value)
{
	(void)s;
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0 &&
	    strcmp(value, "never") != 0)
		return false;
	o->guest_memory = !strcmp(value, "yes");
	o->guest_never = !strcmp(value, "never");
	return true;
}

static bool take_levels(struct options *o, const struct setting *s, char *value)
{
	(void)s;
	return options_levels(o, value);
}

#define TEXT(key, field, expected) \
	{ key, expected, take_text, offsetof(struct options, field), 0 }
#define FLAG(key, field) \
	{ key, "yes or no", take_flag, offsetof(struct options, field), 0 }
#define NUMBER(key, field, expected, max) \
	{ key, expected, take_number, offsetof(struct options, field), max }

/* hvdump.conf(5) and doc/hvdump.conf have the same, in the same order. */
static const struct setting settings[] = {
	TEXT("output", output, "a directory"),
	FLAG("vmcore", save_vmcore),
	{ "levels", "auto, or up to 8 levels of 0 to 255 parted by blanks",
	  take_levels, 0, 0 },
	{ "makedumpfile", "options of makedumpfile", take_words, 0, 0 },
	{ "guest-memory", "no, never or yes", take_guests, 0, 0 },
	NUMBER("time-limit", time_limit, "seconds, up to 604800", 604800),
	FLAG("check", check),
	FLAG("checksum", checksum),
	FLAG("report", report),
	NUMBER("pages", max_pages, "a number up to 65000", CORE_MAX_LOADS),
	NUMBER("keep-dumps", keep_dumps, "a number", INT_MAX),
	NUMBER("keep-size", keep_mib, "MiB", UINT64_MAX >> 21),
	NUMBER("keep-free", keep_free_mib, "MiB", UINT64_MAX >> 21),
};

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t\r");
	n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

static const struct setting *find_setting(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (!strcmp(key, settings[i].key))
			return &settings[i];
	return NULL;
}

static void take_line(struct options *o, const char *path, unsigned int number,
		      char *line)
{
	const struct setting *s;
	char *equals, *key;

	line = trim(line);
	if (!*line || *line == '#')
		return;
	equals = strchr(line, '=');
	if (!equals) {
		options_complain(o, "%s: line %u: expected KEY = VALUE, found"
				 " \"%.40s\"", path, number, line);
		return;
	}
	*equals = '\0';
	key = trim(line);
	s = find_setting(key);
	if (!s)
		options_complain(o, "%s: line %u: there is no setting"
				 " \"%.40s\"", path, number, key);
	else if (!s->take(o, s, trim(equals + 1)))
		options_complain(o, "%s: line %u: %s: expected %s, found"
				 " \"%.40s\"; as if it were not there", path,
				 number, key, s->expected, trim(equals + 1));
}

/* The whole file as text, to be freed; NULL: errno says why. */
static char *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	char *text;

	if (!f)
		return NULL;
	text = malloc(CONFIG_MAX + 1);
	if (text) {
		*size = fread(text, 1, CONFIG_MAX, f);
		text[*size] = '\0';
		if (ferror(f)) {
			int error = errno;

			free(text);
			text = NULL;
			errno = error;
		}
	}
	fclose(f);
	return text;
}

void config_read(struct options *o, const char *path, bool must)
{
	unsigned int number = 0;
	char *line, *rest;
	size_t size = 0;

	o->config_text = read_file(path, &size);
	if (!o->config_text) {
		if (must || errno != ENOENT)
			options_complain(o, "%s: %s", path, strerror(errno));
		return;
	}
	o->config = path;
	if (size == CONFIG_MAX)
		options_complain(o, "%s: what lies behind %u bytes is not"
				 " read", path, CONFIG_MAX);
	if (strlen(o->config_text) != size)
		options_complain(o, "%s: what lies behind a zero byte is not"
				 " read", path);
	rest = o->config_text;
	while ((line = strsep(&rest, "\n")))
		take_line(o, path, ++number, line);
}
