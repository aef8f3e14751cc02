// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdump translate: a guest's virtual addresses to its physical ones, with each
 * table entry on the way, and these to the system's.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guest_memory.h"
#include "json.h"
#include "text.h"
#include "vpstate.h"

#define SHOWN_BYTES 16

/** Of one VTL, while its addresses are translated. */
struct translator {
	struct session *s;
	const struct hvd_dump_partition *partition;
	const struct hvd_dump_vp *vp;
	const struct hvd_dump_vtl *vtl;
	struct guest_memory memory;
	struct hvd_pagewalk_regime regime;
};

/** One address, and what became of it. */
struct translation {
	uint64_t gva;
	struct hvd_pagewalk walk;
	enum hvd_read found; /* where the walk says "mapped" */
	uint64_t physical;   /* in the dump's memory */
	bool has_spa;
	uint64_t spa;
	struct hvd_error why; /* no physical, or no SPA; or empty */
	uint8_t bytes[SHOWN_BYTES];
	size_t nr_bytes;
	struct hvd_error no_bytes;
};

static const char *result_name(enum hvd_pagewalk_result result)
{
	static const char *const names[] = {
		[HVD_WALK_MAPPED] = "mapped",
		[HVD_WALK_NOT_PRESENT] = "not-mapped",
		[HVD_WALK_NOT_CANONICAL] = "not-canonical",
		[HVD_WALK_RESERVED] = "reserved",
		[HVD_WALK_ABSENT] = "absent",
		[HVD_WALK_DAMAGED] = "damaged",
	};

	return names[result];
}

static void translate(struct translator *t, uint64_t gva,
		      struct translation *x)
{
	struct guest_memory *g = &t->memory;

	memset(x, 0, sizeof(*x));
	x->gva = gva;
	guest_memory_walk(g, &t->regime, gva, &x->walk);
	if (x->walk.result != HVD_WALK_MAPPED)
		return;
	x->found = guest_memory_find(g, x->walk.physical, &x->physical,
				     &x->why);
	if (x->found != HVD_READ_DATA)
		return;
	x->has_spa = !guest_memory_spa(g, x->physical, &x->spa, &x->why);
	x->nr_bytes = guest_memory_read_virtual(g, &t->regime, gva, x->bytes,
						SHOWN_BYTES, &x->no_bytes);
}

static const char *size_text(char *buf, size_t size, uint64_t bytes)
{
	static const char units[] = "KMGT";
	size_t i = 0;

	for (bytes >>= 10; bytes >= 1024 && units[i + 1]; i++)
		bytes >>= 10;
	snprintf(buf, size, "%" PRIu64 "%c", bytes, units[i]);
	return buf;
}

static void print_steps(const struct translator *t,
			const struct hvd_pagewalk *w)
{
	const struct hvd_pagewalk_step *step;
	char bits[HVD_PAGEWALK_BITS];
	bool unread = w->result == HVD_WALK_ABSENT ||
		      w->result == HVD_WALK_DAMAGED;
	unsigned int i;

	for (i = 0; i < w->nr_steps; i++) {
		step = &w->steps[i];
		fprintf(t->s->out, "  level %-2d at 0x%016" PRIx64, step->level,
			step->address);
		if (unread && i + 1 == w->nr_steps)
			fputs("  not read\n", t->s->out);
		else
			fprintf(t->s->out, "  0x%016" PRIx64 "  %s\n",
				step->entry,
				hvd_pagewalk_bits(bits, t->regime.paging,
						  step));
	}
}

static void print_bytes(const struct translator *t,
			const struct translation *x)
{
	size_t i;

	fputs("  bytes  ", t->s->out);
	for (i = 0; i < x->nr_bytes; i++)
		fprintf(t->s->out, " %02x", x->bytes[i]);
	if (x->nr_bytes < SHOWN_BYTES)
		fprintf(t->s->out, "%s%s", x->nr_bytes ? "; then " : " ",
			x->no_bytes.text);
	fputc('\n', t->s->out);
}

static void print_mapped(const struct translator *t,
			 const struct translation *x)
{
	const struct hvd_pagewalk *w = &x->walk;
	char size[24];

	fprintf(t->s->out, "  GPA     0x%016" PRIx64, w->physical);
	if (t->regime.paging == HVD_PAGING_NONE)
		fputs("  no paging\n", t->s->out);
	else
		fprintf(t->s->out, "  %s page, read%s%s, %s\n",
			size_text(size, sizeof(size), w->size),
			w->writable ? ", write" : "",
			w->executable || w->user_executable ? ", execute" : "",
			w->user ? "user" : "supervisor");
	if (x->has_spa)
		fprintf(t->s->out, "  SPA     0x%016" PRIx64 "\n", x->spa);
	else
		fprintf(t->s->out, "  SPA     not known: %s\n", x->why.text);
	if (x->found == HVD_READ_DATA)
		print_bytes(t, x);
}

static void print_translation(const struct translator *t,
			      const struct translation *x)
{
	fprintf(t->s->out, "\n0x%016" PRIx64 "\n", x->gva);
	print_steps(t, &x->walk);
	if (x->walk.result == HVD_WALK_MAPPED)
		print_mapped(t, x);
	else
		fprintf(t->s->out, "  %s\n", x->walk.why.text);
}

static json_t *step_json(const struct translator *t,
			 const struct hvd_pagewalk_step *step, bool unread)
{
	char bits[HVD_PAGEWALK_BITS];
	json_t *o = json_object();

	json_set(o, "level", json_integer(step->level));
	json_set(o, "address", json_hex(step->address, 16));
	json_set(o, "entry", unread ? json_null() : json_hex(step->entry, 16));
	json_set(o, "page", unread ? json_null() : json_boolean(step->is_page));
	json_set(o, "bits", unread ? json_null()
				   : json_string(hvd_pagewalk_bits(
					     bits, t->regime.paging, step)));
	return o;
}

static json_t *steps_json(const struct translator *t,
			  const struct hvd_pagewalk *w)
{
	bool broken = w->result == HVD_WALK_ABSENT ||
		      w->result == HVD_WALK_DAMAGED;
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < w->nr_steps; i++)
		json_append(list, step_json(t, &w->steps[i],
					    broken && i + 1 == w->nr_steps));
	return list;
}

static json_t *rights_json(const struct hvd_pagewalk *w)
{
	json_t *o = json_object();

	json_set(o, "write", json_boolean(w->writable));
	json_set(o, "user", json_boolean(w->user));
	json_set(o, "execute", json_boolean(w->executable));
	json_set(o, "user_execute", json_boolean(w->user_executable));
	return o;
}

static json_t *bytes_json(const struct translation *x)
{
	char text[2 * SHOWN_BYTES + 1] = "";
	size_t i;

	for (i = 0; i < x->nr_bytes; i++)
		sprintf(text + 2 * i, "%02x", x->bytes[i]);
	return json_string_or_null(text);
}

static json_t *translation_json(const struct translator *t,
				const struct translation *x)
{
	const struct hvd_pagewalk *w = &x->walk;
	bool mapped = w->result == HVD_WALK_MAPPED;
	bool found = mapped && x->found == HVD_READ_DATA;
	json_t *o = json_object();

	json_set(o, "gva", json_hex(x->gva, 16));
	json_set(o, "result", json_string(result_name(w->result)));
	json_set(o, "why", mapped ? json_null()
				  : json_string_or_null(w->why.text));
	json_set(o, "steps", steps_json(t, w));
	json_set(o, "gpa", mapped ? json_hex(w->physical, 16) : json_null());
	json_set(o, "page_size",
		 mapped ? json_integer((json_int_t)w->size) : json_null());
	json_set(o, "rights", mapped ? rights_json(w) : json_null());
	json_set(o, "dump_address",
		 found ? json_hex(x->physical, 16) : json_null());
	json_set(o, "spa", x->has_spa ? json_hex(x->spa, 16) : json_null());
	json_set(o, "spa_why", mapped && !x->has_spa
				       ? json_string_or_null(x->why.text)
				       : json_null());
	json_set(o, "bytes", bytes_json(x));
	return o;
}

/* What could not be told for want of memory is not done. */
static bool is_answer(const struct translation *x)
{
	return x->walk.result != HVD_WALK_ABSENT &&
	       x->walk.result != HVD_WALK_DAMAGED &&
	       x->found != HVD_READ_DAMAGED;
}

static json_t *vp_json(const struct translator *t, json_t *list)
{
	json_t *o = json_object();

	json_set(o, "partition",
		 json_hex(t->partition->rec.partition_id, 16));
	json_set(o, "vp", json_integer(t->vp->rec.vp_index));
	json_set(o, "vtl", json_integer(t->vtl->vtl));
	json_set(o, "paging", json_string(hvd_paging_name(t->regime.paging)));
	json_set(o, "root", json_hex(t->regime.root, 16));
	json_set(o, "addresses", list);
	return o;
}

static void print_title(const struct translator *t)
{
	fprintf(t->s->out,
		"Partition 0x%016" PRIx64 " (%s), VP %" PRIu32 ", VTL %u: "
		"paging %s, table at 0x%016" PRIx64 "\n",
		(uint64_t)t->partition->rec.partition_id,
		text_kind(t->partition), t->vp->rec.vp_index, t->vtl->vtl,
		hvd_paging_name(t->regime.paging), t->regime.root);
}

static int translate_all(struct translator *t)
{
	json_t *list = t->s->opt.json ? json_array() : NULL, *root;
	int without = 0, i, status;
	struct translation x;
	uint64_t gva;

	if (!list)
		print_title(t);
	for (i = 0; i < t->s->nr_words; i++) {
		if (parse_number(t->s->words[i], UINT64_MAX, &gva))
			continue; /* they were all looked at before */
		translate(t, gva, &x);
		if (list)
			json_append(list, translation_json(t, &x));
		else
			print_translation(t, &x);
		without += !is_answer(&x);
	}
	status = without ? STATUS_DAMAGED : STATUS_DONE;
	if (without && !t->s->opt.quiet)
		complain(t->s, "%s: %d of %d addresses could not be translated",
			 t->s->input->path, without, t->s->nr_words);
	if (!list)
		return status;
	root = json_begin(t->s);
	json_set(root, "translations", vp_json(t, list));
	return json_finish(t->s, root) == STATUS_DONE ? status : STATUS_FAILED;
}

/* The VTL asked for, or that was active, or the lowest. */
static const struct hvd_dump_vtl *choose_vtl(const struct session *s,
					     const struct hvd_dump_vp *vp)
{
	size_t i;

	if (s->sel.has_vtl)
		return hvd_dump_find_vtl(vp, s->sel.vtl);
	for (i = 0; i < vp->nr_vtls; i++)
		if (vp->vtls[i].active)
			return &vp->vtls[i];
	return vp->nr_vtls ? vp->vtls : NULL;
}

static int check_usage(const struct session *s)
{
	uint64_t gva;
	int i;

	if (!s->opt.partition || !s->opt.vp) {
		complain(s, "translate: expected -p and --vp: whose addresses?");
		return STATUS_USAGE;
	}
	for (i = 0; i < s->nr_words; i++)
		if (parse_number(s->words[i], UINT64_MAX, &gva)) {
			complain(s, "translate: %s: expected an address, "
				    "0x-hex or decimal", s->words[i]);
			return STATUS_USAGE;
		}
	return STATUS_DONE;
}

static int run(struct translator *t)
{
	struct hvd_error err;
	int status;

	if (guest_memory_regime(t->s->dump, t->vtl, &t->regime, &err)) {
		complain(t->s, "partition 0x%" PRIx64 ", VP %" PRIu32 ", VTL "
			 "%u: %s",
			 (uint64_t)t->partition->rec.partition_id,
			 t->vp->rec.vp_index, t->vtl->vtl, err.text);
		return STATUS_FAILED;
	}
	guest_memory_open(&t->memory, t->s, t->partition);
	status = translate_all(t);
	guest_memory_close(&t->memory);
	return status;
}

int cmd_translate(struct session *s)
{
	struct translator t = {.s = s, .partition = s->sel.partition};
	int status = check_usage(s);

	if (status != STATUS_DONE)
		return status;
	if (t.partition)
		t.vp = hvd_dump_find_vp(t.partition, s->sel.vp);
	if (t.vp)
		t.vtl = choose_vtl(s, t.vp);
	if (t.vtl)
		return run(&t);
	complain(s, "%s: no registers of that VP", s->input->path);
	return STATUS_FAILED;
}
