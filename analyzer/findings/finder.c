// SPDX-License-Identifier: GPL-2.0-or-later
/* What rules have in common: see finder.h. */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>

#include "finder.h"
#include "kernel/object.h"

/* Where there is no memory for another one; nobody sees it. */
static struct finding nowhere;

struct finding *finding_add(struct finder *f, const char *id,
			    enum severity severity, const char *format, ...)
{
	struct findings *out = f->out;
	struct finding **grown = hvd_grow(out->at, out->nr, sizeof(*grown));
	struct finding *finding = calloc(1, sizeof(*finding));
	va_list args;

	if (grown)
		out->at = grown;
	if (!grown || !finding) {
		free(finding);
		out->no_memory = true;
		finding = &nowhere;
	} else {
		grown[out->nr++] = finding;
	}
	finding->id = id;
	finding->severity = severity;
	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
	return finding;
}

void finding_text(struct finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
}

/* NULL: there is no room for another one, which was counted. */
static struct evidence *new_evidence(struct finder *f, struct finding *finding)
{
	struct evidence *grown;

	if (finding == &nowhere)
		return NULL;
	if (finding->nr_evidence == FINDING_EVIDENCE) {
		finding->more++;
		return NULL;
	}
	grown = hvd_grow(finding->evidence, finding->nr_evidence,
			 sizeof(*grown));
	if (!grown) {
		f->out->no_memory = true;
		return NULL;
	}
	finding->evidence = grown;
	return &grown[finding->nr_evidence++];
}

/* The path is left to the reader's shell. @behind: what stands behind it. */
static void set_command(struct finder *f, struct evidence *e,
			const char *command, const char *behind)
{
	const struct hvd_input *in = f->s->input;
	const char *path = in->directory ? in->directory : in->path;
	const char *name = strrchr(path, '/');
	char clean[96];

	/* Of a directory, all of it: the vmcore in it is wanted as well. */
	clean_string(clean, sizeof(clean), name && name[1] ? name + 1 : path);
	snprintf(e->command, sizeof(e->command), "hvdump %s %s%s", command,
		 clean, behind);
}

void rests_on(struct finder *f, struct finding *finding, const char *command,
	      const char *format, ...)
{
	struct evidence *e = new_evidence(f, finding);
	va_list args;

	if (!e)
		return;
	set_command(f, e, command, "");
	va_start(args, format);
	vsnprintf(e->what, sizeof(e->what), format, args);
	va_end(args);
}

void rests_on_vp(struct finder *f, struct finding *finding,
		 const char *command, uint64_t partition, uint32_t vp,
		 const char *format, ...)
{
	struct evidence *e = new_evidence(f, finding);
	char whole[64];
	va_list args;

	if (!e)
		return;
	snprintf(whole, sizeof(whole), "%s -p 0x%" PRIx64 " --vp %" PRIu32,
		 command, partition, vp);
	set_command(f, e, whole, "");
	va_start(args, format);
	vsnprintf(e->what, sizeof(e->what), format, args);
	va_end(args);
}

void rests_on_page(struct finder *f, struct finding *finding, uint64_t pfn,
		   const char *format, ...)
{
	struct evidence *e = new_evidence(f, finding);
	char address[24];
	va_list args;

	if (!e)
		return;
	snprintf(address, sizeof(address), " 0x%" PRIx64,
		 pfn << hvd_dump_page_shift(f->dump));
	set_command(f, e, "page", address);
	va_start(args, format);
	vsnprintf(e->what, sizeof(e->what), format, args);
	va_end(args);
}

const char *plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

bool finder_is_live(const struct finder *f)
{
	return f->dump->has_capture &&
	       f->dump->capture.reason == HVD_REASON_LIVE;
}

bool finder_register(const struct hvd_dump_vtl *vtl, uint32_t code,
		     uint64_t *value)
{
	const struct hvd_dump_register *r = hvd_dump_find_register(vtl, code);

	if (!hvd_register_good(r))
		return false;
	*value = r->low;
	return true;
}

bool finder_is_self(const struct finder *f, const struct hvd_dump_partition *p)
{
	return p == hvd_dump_self(f->dump);
}

void for_each_vtl(struct finder *f, vtl_fn fn, void *arg)
{
	const struct hvd_dump *d = f->dump;
	size_t i, k, l;

	for (i = 0; i < d->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &d->partitions[i];

		for (k = 0; k < p->nr_vps; k++)
			for (l = 0; l < p->vps[k].nr_vtls; l++)
				fn(f, p, &p->vps[k], &p->vps[k].vtls[l], arg);
	}
}
