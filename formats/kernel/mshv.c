// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The mshv driver's partitions: see mshv.h.
 *
 * They hang in the hash table mshv_root.pt_htable, by their ids; all buckets
 * are read, so how the ids are hashed does not matter.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mshv_parts.h"

#define MODULE	  "mshv_root"
#define PARTITION "struct mshv_partition"

/* The table has 512 buckets (7.2); how many is told by types out of the dump. */
#define MAX_BUCKETS (UINT64_C(1) << 16)

/** The whole of it, being read. */
struct whole {
	struct hvd_mshv *mshv;
	struct hvd_object_source from;
	struct hvd_symbols *symbols;
	const char *module; /* NULL: the driver is built in */
};

static void read_parts(struct hvd_mshv_reader *r)
{
	const struct hvd_object *o = &r->object;
	struct hvd_mshv_partition *p = r->p;

	p->id = hvd_object_value(o, "pt_id");
	p->vp_count = hvd_object_value(o, "pt_vp_count");
	p->initialized = hvd_object_value(o, "pt_initialized");
	p->import_completed = hvd_object_value(o, "import_completed");
	p->isolation_type = hvd_object_value(o, "isolation_type");
	p->references = hvd_object_value(o, "pt_ref_count.refs.counter");
	p->async_status = hvd_object_value(o, "async_hypercall_status");
	hvd_mshv_read_vps(r);
	hvd_mshv_read_regions(r);
	hvd_mshv_read_irqfds(r);
	hvd_mshv_read_ioeventfds(r);
	hvd_mshv_read_routes(r);
}

/* One that cannot be read is not there; the list goes on behind it. */
static int add_partition(void *arg, uint64_t address, struct hvd_error *err)
{
	struct whole *w = arg;
	struct hvd_mshv *m = w->mshv;
	struct hvd_mshv_reader r = {.from = w->from};
	struct hvd_mshv_partition *grown;
	struct hvd_error why;

	grown = hvd_grow(m->partitions, m->nr_partitions, sizeof(*grown));
	if (!grown)
		return hvd_error_set(err, "no memory for partitions");
	m->partitions = grown;
	r.p = &grown[m->nr_partitions];
	r.p->address = address;
	if (hvd_object_read(&r.object, &r.from, PARTITION, address, &why) !=
	    HVD_READ_DATA) {
		hvd_keep_why(&m->why, &why);
		return 0;
	}
	m->nr_partitions++;
	read_parts(&r);
	hvd_object_free(&r.object);
	return 0;
}

static int compare_partitions(const void *x, const void *y)
{
	const struct hvd_mshv_partition *a = x, *b = y;

	return (a->id > b->id) - (a->id < b->id);
}

/* Bucket by bucket: one that is broken does not hide the others. */
static int read_table(struct whole *w, uint64_t root, struct hvd_error *err)
{
	struct hvd_list bucket = {.from = &w->from, .type = PARTITION,
				  .member = "pt_hnode", .each = add_partition,
				  .arg = w};
	struct hvd_member table;
	uint64_t i, size;

	if (!hvd_types_member(w->from.types, "struct mshv_root", "pt_htable",
			      &table) ||
	    !table.elements)
		return hvd_error_set(err, "struct mshv_root: expected a table "
				     "pt_htable, found none: types of another "
				     "kernel?");
	if (table.elements > MAX_BUCKETS)
		return hvd_error_set(err, "struct mshv_root: expected at most "
				     "%" PRIu64 " buckets in pt_htable, found "
				     "%" PRIu64, MAX_BUCKETS, table.elements);
	size = table.size / table.elements;
	for (i = 0; i < table.elements; i++) {
		bucket.head = root + table.offset + i * size;
		if (hvd_hlist_walk(&bucket, err))
			hvd_keep_why(&w->mshv->why, err);
	}
	if (w->mshv->nr_partitions)
		qsort(w->mshv->partitions, w->mshv->nr_partitions,
		      sizeof(*w->mshv->partitions), compare_partitions);
	return 0;
}

static void read_scheduler(struct whole *w)
{
	struct hvd_mshv *m = w->mshv;
	struct hvd_error err;
	uint64_t address;

	m->scheduler = HVD_UNKNOWN;
	if (!hvd_symbols_find(w->symbols, w->module, "hv_scheduler_type", 0,
			      &address) ||
	    hvd_kmem_word(w->from.kmem, address, 4, &m->scheduler, &err) !=
		    HVD_READ_DATA)
		return;
	m->scheduler_name = hvd_types_enum_name(w->from.types,
						"enum hv_scheduler_type",
						(int64_t)m->scheduler);
}

static void read_ports(struct whole *w)
{
	uint64_t idr;

	if (hvd_symbols_find(w->symbols, w->module, "port_table_idr", 0, &idr))
		hvd_mshv_read_ports(w->mshv, &w->from, idr);
	else
		hvd_error_set(&w->mshv->no_ports, "ports: expected a symbol "
			      "port_table_idr, found none");
}

/*
 * 0: there is no such driver, or @root is where it keeps all it knows. Names of
 * data are only there with CONFIG_KALLSYMS_ALL.
 */
static int find_root(struct whole *w, struct hvd_kernel *k, uint64_t *root,
		     struct hvd_error *err)
{
	const struct hvd_module *module;

	w->from.kmem = hvd_kernel_kmem(k, err);
	w->symbols = w->from.kmem ? hvd_kernel_symbols(k, err) : NULL;
	if (!w->symbols)
		return -1;
	module = hvd_symbols_find_module(w->symbols, MODULE);
	w->module = module ? MODULE : NULL;
	w->mshv->loaded = hvd_symbols_find(w->symbols, w->module, "mshv_root",
					   0, root);
	if (w->mshv->loaded || !module)
		return 0;
	return hvd_error_set(err, "module " MODULE ": expected a symbol "
			     "mshv_root, found none%s%s: was the kernel built "
			     "without CONFIG_KALLSYMS_ALL?",
			     module->why ? ": " : "",
			     module->why ? module->why : "");
}

int hvd_mshv_read(struct hvd_kernel *k, struct hvd_mshv *mshv,
		  struct hvd_error *err)
{
	struct whole w = {.mshv = mshv};
	uint64_t root;

	memset(mshv, 0, sizeof(*mshv));
	mshv->scheduler = HVD_UNKNOWN;
	if (find_root(&w, k, &root, err))
		return -1;
	if (!mshv->loaded)
		return 0;
	w.from.types = w.module ? hvd_kernel_module_types(k, w.module, err)
				: hvd_kernel_types(k, err);
	if (!w.from.types || read_table(&w, root, err)) {
		hvd_mshv_free(mshv);
		return -1;
	}
	read_scheduler(&w);
	read_ports(&w);
	return 0;
}

static void free_partition(struct hvd_mshv_partition *p)
{
	free(p->vps);
	free(p->regions);
	free(p->irqfds);
	free(p->ioeventfds);
	free(p->routes);
}

void hvd_mshv_free(struct hvd_mshv *mshv)
{
	size_t i;

	for (i = 0; i < mshv->nr_partitions; i++)
		free_partition(&mshv->partitions[i]);
	free(mshv->partitions);
	free(mshv->ports);
	memset(mshv, 0, sizeof(*mshv));
}

static const struct hvd_error *first_broken(const struct hvd_mshv_partition *p)
{
	size_t i;

	if (p->why.text[0])
		return &p->why;
	for (i = 0; i < p->nr_vps; i++)
		if (p->vps[i].why.text[0])
			return &p->vps[i].why;
	return NULL;
}

bool hvd_mshv_is_whole(const struct hvd_mshv *mshv, struct hvd_error *why)
{
	const struct hvd_error *found = NULL;
	size_t i;

	if (mshv->why.text[0])
		found = &mshv->why;
	else if (mshv->no_ports.text[0])
		found = &mshv->no_ports;
	for (i = 0; !found && i < mshv->nr_partitions; i++)
		found = first_broken(&mshv->partitions[i]);
	if (found)
		*why = *found;
	return !found;
}
