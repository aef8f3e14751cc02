/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the report's page, one a file. */
#ifndef HVDUMP_HTML_PARTS_H
#define HVDUMP_HTML_PARTS_H

#include "../host.h"
#include "../session.h"

/** What stands for one VTL in all tables and pictures. */
struct html_vtl {
	const struct hvd_dump_partition *partition;
	const struct hvd_dump_vp *vp;
	const struct hvd_dump_vtl *vtl; /* NULL: of the VP nothing was read */
};

/** Takes one VTL, which is number @i of all; anything but 0 ends the walk. */
typedef int (*html_vtl_fn)(const struct html_vtl *v, size_t i, void *arg);

/**
 * html_vtls() - walk through all VTLs, in the order of the capture
 * A VP without VTLs comes once. The numbers are what the page's parts know each
 * other's VTLs by.
 */
void html_vtls(const struct hvd_dump *dump, html_vtl_fn fn, void *arg);

/** html_stack() - where Linux crashed, if the dump has Linux's memory */
void html_stack(FILE *out, struct host *host);

/** html_counters() - of statistics pages that the dump has, as bars */
bool html_has_counters(struct host *host);
void html_counters(FILE *out, struct host *host);

/** html_memory() - who owns which pages, as a picture and a table */
void html_memory(FILE *out, const struct session *s);

/** html_partitions() - the tree, and for each partition its VPs */
void html_partitions(FILE *out, const struct session *s);

/** html_registers() - what the script shows on demand: JSON */
void html_registers(FILE *out, const struct session *s);

#endif /* HVDUMP_HTML_PARTS_H */
