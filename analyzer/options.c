// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of all commands: see options.h. */
#include "config.h"

#include <getopt.h>

#include "options.h"

enum {
	OPT_VP = 256,
	OPT_CPU,
	OPT_TAIL,
	OPT_LEVEL,
	OPT_SIGNATURE,
	OPT_VMLINUX,
	OPT_DEBUGINFO,
	OPT_DEBUGINFOD,
	OPT_HTML,
	OPT_LP,
	OPT_CODE,
};

static const struct option long_options[] = {
	{"json", no_argument, NULL, 'j'},
	{"output", required_argument, NULL, 'o'},
	{"noheadings", no_argument, NULL, 'n'},
	{"partition", required_argument, NULL, 'p'},
	{"vp", required_argument, NULL, OPT_VP},
	{"vtl", required_argument, NULL, 'l'},
	{"cpu", required_argument, NULL, OPT_CPU},
	{"tail", required_argument, NULL, OPT_TAIL},
	{"level", required_argument, NULL, OPT_LEVEL},
	{"all", no_argument, NULL, 'a'},
	{"signature", no_argument, NULL, OPT_SIGNATURE},
	{"vmlinux", required_argument, NULL, OPT_VMLINUX},
	{"debuginfo", required_argument, NULL, OPT_DEBUGINFO},
	{"debuginfod", no_argument, NULL, OPT_DEBUGINFOD},
	{"code", no_argument, NULL, OPT_CODE},
	{"lp", required_argument, NULL, OPT_LP},
	{"html", required_argument, NULL, OPT_HTML},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0}};

static int take_option(struct options *o, int c)
{
	switch (c) {
	case 'j':
		o->json = true;
		break;
	case 'o':
		o->columns = optarg;
		break;
	case 'n':
		o->no_headings = true;
		break;
	case 'p':
		o->partition = optarg;
		break;
	case OPT_VP:
		o->vp = optarg;
		break;
	case 'l':
		o->vtl = optarg;
		break;
	case OPT_CPU:
		o->cpu = optarg;
		break;
	case OPT_TAIL:
		o->tail = optarg;
		break;
	case OPT_LEVEL:
		o->level = optarg;
		break;
	case 'a':
		o->all = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case OPT_SIGNATURE:
		o->signature = true;
		break;
	case OPT_VMLINUX:
		o->vmlinux = optarg;
		break;
	case OPT_DEBUGINFO:
		o->debuginfo = optarg;
		break;
	case OPT_CODE:
		o->code = true;
		break;
	case OPT_LP:
		o->lp = optarg;
		break;
	case OPT_HTML:
		o->html = optarg;
		break;
	case OPT_DEBUGINFOD:
		o->debuginfod = true;
		break;
	default:
		return -1;
	}
	return 0;
}

int options_parse(struct options *o, int argc, char **argv)
{
	int c;

	/* Whatever was parsed before, or by others in this process. */
	optind = 0;
	while ((c = getopt_long(argc, argv, "jo:np:l:aqvhV", long_options,
				NULL)) != -1) {
		if (c == 'h' || c == 'V')
			return c;
		if (take_option(o, c))
			return OPTIONS_WRONG;
	}
	return OPTIONS_TAKEN;
}
