/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the types of a kernel and of its modules are looked for, and those that
 * were found. A file that the user names comes before what the dump carries.
 */
#ifndef HVDUMP_TYPE_STORE_H
#define HVDUMP_TYPE_STORE_H

#include "kernel.h"

/** What there is to look in. */
struct hvd_type_sources {
	const struct hvd_kernel_files *files; /* NULL: none were given */
	const struct hvd_vmcoreinfo *vmcoreinfo;
	struct hvd_kmem *kmem;		   /* NULL: see @why */
	const struct hvd_symbols *symbols; /* the kernel's own; NULL: @why */
	struct hvd_error why;
};

struct hvd_module_types;

/** All zeros: nothing was asked for yet. */
struct hvd_type_store {
	bool asked;
	struct hvd_types *kernel; /* NULL: @why */
	struct hvd_error why;
	bool asked_btf;
	struct hvd_types *btf; /* what modules' BTF goes on from; or NULL */
	struct hvd_error why_no_btf;
	struct hvd_module_types *modules;
	size_t nr_modules;
};

/**
 * hvd_type_store_kernel() - types of the kernel, looked for only once
 * NULL with @err: what is missing, and what would help. Owned by the store.
 */
struct hvd_types *hvd_type_store_kernel(struct hvd_type_store *store,
					const struct hvd_type_sources *from,
					struct hvd_error *err);

/** hvd_type_store_module() - the same of a module, the kernel's behind them */
struct hvd_types *hvd_type_store_module(struct hvd_type_store *store,
					const struct hvd_type_sources *from,
					const struct hvd_module *module,
					struct hvd_error *err);

/** hvd_type_store_close() - release all types: the store is as it was */
void hvd_type_store_close(struct hvd_type_store *store);

#endif /* HVDUMP_TYPE_STORE_H */
