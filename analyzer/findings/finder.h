/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the rules alone. A rule is a function find_NAME() in a file NAME.c and a
 * row of table.c: it looks at the dump and, where its subject is there, adds a
 * finding and what that rests on. Nothing that a dump says is trusted: a register
 * whose reserved bits are set tells nothing.
 */
#ifndef HVDUMP_FINDER_H
#define HVDUMP_FINDER_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../findings.h"
#include "../names.h"
#include "abi_codes.h"
#include "bytes.h"
#include "vpstate.h"

struct finder {
	struct session *s;
	const struct hvd_dump *dump;
	struct host *host;
	struct findings *out;
};

/** finding_add() - a finding with its sentence; never NULL */
struct finding *finding_add(struct finder *f, const char *id,
			    enum severity severity, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** finding_text() - another sentence, once all of it is known */
void finding_text(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * rests_on() - what the finding rests on, and the command that shows it
 * @command: behind "hvdump", without the file.
 */
void rests_on(struct finder *f, struct finding *finding, const char *command,
	      const char *format, ...) __attribute__((format(printf, 4, 5)));

/** rests_on_vp() - the same of a VP: shown by @command -p ID --vp N */
void rests_on_vp(struct finder *f, struct finding *finding,
		 const char *command, uint64_t partition, uint32_t vp,
		 const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/** rests_on_page() - the same of a page: shown by page FILE ADDRESS */
void rests_on_page(struct finder *f, struct finding *finding, uint64_t pfn,
		   const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** plural() - @one for 1, else @many */
const char *plural(uint64_t n, const char *one, const char *many);

/** finder_is_live() - nobody died: VPs were seen at whatever they did */
bool finder_is_live(const struct finder *f);

/** finder_register() - a value that can be believed; false: none */
bool finder_register(const struct hvd_dump_vtl *vtl, uint32_t code,
		     uint64_t *value);

/** finder_is_self() - is it the partition of the Linux that died? */
bool finder_is_self(const struct finder *f,
		    const struct hvd_dump_partition *p);

/** Takes one VTL; for_each_vtl() calls it for all of the dump. */
typedef void (*vtl_fn)(struct finder *f, const struct hvd_dump_partition *p,
		       const struct hvd_dump_vp *vp,
		       const struct hvd_dump_vtl *vtl, void *arg);
void for_each_vtl(struct finder *f, vtl_fn fn, void *arg);

/** One rule. */
struct finding_rule {
	const char *name; /* of its file */
	void (*find)(struct finder *f);
};

/** finding_rules() - the @i-th; NULL: there are no more */
const struct finding_rule *finding_rules(size_t i);

#endif /* HVDUMP_FINDER_H */
