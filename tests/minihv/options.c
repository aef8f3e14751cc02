// SPDX-License-Identifier: GPL-2.0-or-later
/* Command-line options, a table of them. */
#include "options.h"

#include "crash.h"
#include "lib.h"
#include "lie.h"
#include "log.h"
#include "partition.h"

struct options options = { .crash_area_version = CRASH_AREA_VERSIONS };

struct option {
	const char *name;
	void (*set)(const char *value, size_t length);
};

static u64 number(const char *name, const char *value, size_t length, u64 max)
{
	const char *p = value;
	u64 v;

	if (!parse_u64(&p, &v) || p != value + length || v > max)
		fatal("bad number in option %s=", name);
	return v;
}

static void set_seed(const char *value, size_t length)
{
	options.seed = number("seed", value, length, ~0ul);
}

static void set_parts(const char *value, size_t length)
{
	partition_parse(value, length);
}

static void set_log(const char *value, size_t length)
{
	log_level = (unsigned int)number("log", value, length, LOG_TRACE);
}

static void set_crashmsr(const char *value, size_t length)
{
	options.crash_msrs = number("crashmsr", value, length, 1);
}

static void set_cda(const char *value, size_t length)
{
	options.crash_area_version = (u32)number("cda", value, length, CRASH_AREA_VERSIONS);
	if (!options.crash_area_version)
		fatal("cda= begins with 1");
}

static void set_ram(const char *value, size_t length)
{
	options.ram_setup_data = text_is(value, length, "setup_data");
	if (!options.ram_setup_data && !text_is(value, length, "reserved"))
		fatal("ram= is setup_data or reserved");
}

static void set_mode(const char *value, size_t length)
{
	if (text_is(value, length, "l1vh"))
		partition_set_own_kind(OWN_L1VH);
	else if (text_is(value, length, "guest"))
		partition_set_own_kind(OWN_GUEST);
	else if (!text_is(value, length, "root"))
		fatal("mode= is root, l1vh or guest");
}

static void set_synic(const char *value, size_t length)
{
	if (!text_is(value, length, "pattern"))
		fatal("synic= must be pattern");
	options.synic_pattern = true;
}

static const struct option table[] = {
	{ "mode", set_mode },
	{ "synic", set_synic },
	{ "seed", set_seed },
	{ "parts", set_parts },
	{ "log", set_log },
	{ "crashmsr", set_crashmsr },
	{ "lie", lie_parse },
	{ "ram", set_ram },
	{ "cda", set_cda },
	{ "hvcrash", crash_parse },
};

static void set_one(const char *word, size_t length)
{
	char copy[80];
	size_t n = 0;

	while (n < length && word[n] != '=')
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (n < length && text_is(word, n, table[i].name)) {
			table[i].set(word + n + 1, length - n - 1);
			return;
		}
	}
	length = length < sizeof(copy) ? length : sizeof(copy) - 1;
	memcpy(copy, word, length);
	copy[length] = '\0';
	fatal("unknown option '%s' (known: seed= parts= log= crashmsr= lie= ram= "
	      "cda= hvcrash= synic= mode=)", copy);
}

void options_parse(const char *args)
{
	while (*args) {
		size_t n = 0;

		while (args[n] && args[n] != ' ')
			n++;
		if (n)
			set_one(args, n);
		args += n + (args[n] == ' ');
	}
}
