// SPDX-License-Identifier: GPL-2.0-or-later
/* From a note segment to struct hvd_dump: walk, check, collect. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "capture_build.h"

void *hvd_vec_add(struct hvd_vec *v, size_t size)
{
	size_t room = v->room ? v->room * 2 : 16;
	void *data;

	if (v->nr == v->room) {
		data = reallocarray(v->data, room, size);
		if (!data)
			return NULL;
		v->data = data;
		v->room = room;
	}
	return memset((char *)v->data + v->nr++ * size, 0, size);
}

void hvd_add_damage(struct hvd_dump *d, uint64_t offset, const char *format,
		    ...)
{
	struct hvd_damage *damage;
	va_list args;

	if (d->nr_damages++ >= HVD_DUMP_DAMAGES)
		return;
	damage = &d->damages[d->nr_damages - 1];
	damage->offset = offset;
	va_start(args, format);
	vsnprintf(damage->what, sizeof(damage->what), format, args);
	va_end(args);
}

/* Every record lies in a chunk; said once for those that lie together. */
static void check_in_chunk(struct hvd_walk *w, const struct hvd_record *rec)
{
	char type[16];

	if (rec->type == HVD_TYPE_CHUNK || w->in_chunk) {
		w->outside = false;
		return;
	}
	if (w->outside)
		return;
	w->outside = true;
	snprintf(type, sizeof(type), "0x%08" PRIx32, rec->type);
	hvd_add_damage(w->dump, rec->offset,
		       "expected a chunk record, found one "
		       "of type %s",
		       hvd_type_name(rec->type) ? hvd_type_name(rec->type)
						: type);
}

/* Bookkeeping that all records have in common. */
static void count_record(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_dump *d = w->dump;
	uint32_t role = w->seen_chunk ? w->chunk.role : HVD_ROLE_CAPTURE;

	d->records++;
	if (rec->type == HVD_TYPE_CHUNK || role != HVD_ROLE_CAPTURE)
		return;
	if (rec->time > d->last_time)
		d->last_time = rec->time;
}

/* hvd_end.records counts from the capture record on, chunk records included. */
static void count_captured(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_dump *d = w->dump;
	bool began = d->has_capture || rec->type == HVD_TYPE_CAPTURE;
	bool other = w->seen_chunk && w->chunk.role != HVD_ROLE_CAPTURE &&
		     (w->in_chunk || rec->type == HVD_TYPE_CHUNK_END);

	if (began && !d->has_end && !other)
		d->captured++;
}

/* A capture that ended by itself has closed its last chunk too. */
static void check_last_chunk(struct hvd_walk *w, uint64_t size)
{
	if (w->dump->has_end && w->in_chunk &&
	    w->chunk.role == HVD_ROLE_CAPTURE)
		hvd_add_damage(w->dump, size,
			       "expected the end of chunk %" PRIu32
			       ", found the end of the notes",
			       w->chunk.index);
}

static int walk_segment(struct hvd_walk *w, const void *notes, uint64_t size)
{
	struct hvd_reader reader;
	struct hvd_record rec;
	enum hvd_next next;

	hvd_reader_init(&reader, notes, size);
	while ((next = hvd_reader_next(&reader, &rec)) != HVD_NEXT_END) {
		if (next == HVD_NEXT_DAMAGE) {
			hvd_add_damage(w->dump, reader.damage.offset, "%s",
				       reader.damage.what);
			continue;
		}
		count_record(w, &rec);
		count_captured(w, &rec);
		check_in_chunk(w, &rec);
		if (hvd_take_record(w, &rec))
			return -1;
	}
	w->dump->foreign = reader.foreign;
	check_last_chunk(w, size);
	return 0;
}

/* The plain arrays become the dump's own. */
static void hand_over(struct hvd_walk *w)
{
	struct hvd_dump *d = w->dump;

	d->leaves = w->leaves.data;
	d->nr_leaves = w->leaves.nr;
	d->failures = w->failures.data;
	d->nr_failures = w->failures.nr;
	d->stages = w->stages.data;
	d->nr_stages = w->stages.nr;
	d->dropped = w->dropped.data;
	d->nr_dropped = w->dropped.nr;
}

struct hvd_dump *hvd_dump_create(const void *notes, uint64_t size,
				 uint16_t machine, struct hvd_error *err)
{
	struct hvd_walk w = {.dump = calloc(1, sizeof(*w.dump))};
	int failed = -1;

	if (w.dump) {
		w.dump->machine = machine;
		w.dump->priv = calloc(1, sizeof(struct hvd_dump_memory));
	}
	if (w.dump && w.dump->priv) {
		failed = walk_segment(&w, notes, size);
		hand_over(&w);
		if (!failed)
			failed = hvd_dump_build_tree(w.dump, &w.all);
		if (!failed)
			failed = hvd_dump_build_memory(w.dump, &w.all);
		if (!failed)
			failed = hvd_dump_build_states(w.dump, &w.all);
	}
	free(w.all.partitions.data);
	free(w.all.vps.data);
	free(w.all.regs.data);
	free(w.all.props.data);
	free(w.all.pages.data);
	free(w.all.memory.data);
	free(w.all.gaps.data);
	free(w.all.states.data);
	free(w.all.balances.data);
	free(w.all.run_times.data);
	if (!failed)
		return w.dump;
	hvd_dump_destroy(w.dump);
	hvd_error_set(err, "no memory for %" PRIu64 " bytes of notes", size);
	return NULL;
}

void hvd_dump_destroy(struct hvd_dump *dump)
{
	struct hvd_dump_memory *mem;

	if (!dump)
		return;
	mem = dump->priv;
	if (mem) {
		free(mem->vps);
		free(mem->vtls);
		free(mem->regs);
		free(mem->props);
		free(mem->by_id);
		free(mem->bytes);
		free(mem->state_bytes);
	}
	free(mem);
	free(dump->leaves);
	free(dump->partitions);
	free(dump->failures);
	free(dump->stages);
	free(dump->dropped);
	free(dump->pages);
	free(dump->copies);
	free(dump->gaps);
	free(dump->states);
	free(dump->balances);
	free(dump->run_times);
	free(dump);
}
