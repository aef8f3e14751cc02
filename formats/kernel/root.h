/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel on Microsoft's hypervisor knows besides its partitions: of the
 * hypervisor, of hv_crash, of its SynIC and hypercall pages, of VMBus. A subject
 * a file, which names the kernel's source that it was learnt from; root.c lists
 * them.
 */
#ifndef HVDUMP_ROOT_H
#define HVDUMP_ROOT_H

#include "capture.h"
#include "cpus.h"
#include "view.h"

/** What subjects are read with. */
struct hvd_root {
	struct hvd_kernel *kernel;
	struct hvd_symbols *symbols;
	struct hvd_object_source from; /* with the kernel's types */
	struct hvd_cpus cpus;	       /* none where they cannot be found */
	struct hvd_error no_cpus;
	const struct hvd_dump *dump; /* the note; or NULL */
};

/**
 * hvd_root_open() - @dump may be NULL
 * -1 with @err: nothing can be said (no symbols, no types).
 */
int hvd_root_open(struct hvd_root *r, struct hvd_kernel *k,
		  const struct hvd_dump *dump, struct hvd_error *err);
void hvd_root_close(struct hvd_root *r);

/**
 * hvd_root_view() - the @i-th subject; false: there are no more
 * What cannot be read of it is said in @view->why. Release with
 * hvd_view_free().
 */
bool hvd_root_view(struct hvd_root *r, size_t i, struct hvd_view *view);

/* ----------------------------------------------- for the subjects' own files */

/** hvd_root_find() - a symbol of @module, or else of the kernel itself */
bool hvd_root_find(const struct hvd_root *r, const char *module,
		   const char *name, uint64_t *address);

/** hvd_root_word() - a number of @size bytes at such a symbol */
bool hvd_root_word(const struct hvd_root *r, const char *module,
		   const char *name, size_t size, uint64_t *value);

/**
 * hvd_root_types() - types of a module, or the kernel's where it is built in
 * False with @view->why set.
 */
bool hvd_root_types(const struct hvd_root *r, const char *module,
		    struct hvd_object_source *from, struct hvd_view *view);

/** hvd_root_fact() - the number at a symbol of the kernel, as a fact */
void hvd_root_fact(const struct hvd_root *r, struct hvd_view *view,
		   const char *symbol, size_t size, enum hvd_fact_kind kind);

/** hvd_root_page() - facts @name, an address, and @pfn_name, where it is */
void hvd_root_page(const struct hvd_root *r, struct hvd_view *view,
		   const char *name, const char *pfn_name, bool known,
		   uint64_t address);

/* The subjects; root.c has their names. Each fills @view. */
void hvd_root_hyperv(struct hvd_root *r, struct hvd_view *view);
void hvd_root_crash(struct hvd_root *r, struct hvd_view *view);
void hvd_root_synic(struct hvd_root *r, struct hvd_view *view);
void hvd_root_calls(struct hvd_root *r, struct hvd_view *view);
void hvd_root_scheduler(struct hvd_root *r, struct hvd_view *view);
void hvd_root_vmbus(struct hvd_root *r, struct hvd_view *view);
void hvd_root_channels(struct hvd_root *r, struct hvd_view *view);
void hvd_root_vmbus_synic(struct hvd_root *r, struct hvd_view *view);
void hvd_root_savic(struct hvd_root *r, struct hvd_view *view);
void hvd_root_vtl(struct hvd_root *r, struct hvd_view *view);

#endif /* HVDUMP_ROOT_H */
