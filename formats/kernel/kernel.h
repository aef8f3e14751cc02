/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Linux kernel in a dump: its memory, names and types, opened one after the
 * other as they are asked for, each with the reason where it cannot be had.
 */
#ifndef HVDUMP_KERNEL_H
#define HVDUMP_KERNEL_H

#include "kmem.h"
#include "symbols.h"
#include "types.h"
#include "vmcoreinfo.h"

struct hvd_kernel;

/** Where types may come from besides the dump. NULL: nothing was given. */
struct hvd_kernel_files {
	const char *vmlinux;   /* --vmlinux */
	const char *debuginfo; /* --debuginfo: a directory */
	bool debuginfod;       /* --debuginfod: servers may be asked */
};

/**
 * hvd_kernel_open() - of the dump @in
 * @files may be NULL. Returns NULL with @err when there can be none (a bare
 * note segment, no VMCOREINFO). Release with hvd_kernel_close().
 */
struct hvd_kernel *hvd_kernel_open(const struct hvd_input *in,
				   const struct hvd_kernel_files *files,
				   struct hvd_error *err);
void hvd_kernel_close(struct hvd_kernel *k); /* NULL is allowed */

/*
 * Each is opened when it is first asked for, and kept. NULL: it cannot be had,
 * and @err says why and what would help; asking again says the same again.
 */
struct hvd_vmcoreinfo *hvd_kernel_vmcoreinfo(struct hvd_kernel *k);
struct hvd_physmem *hvd_kernel_physmem(struct hvd_kernel *k);
struct hvd_kmem *hvd_kernel_kmem(struct hvd_kernel *k, struct hvd_error *err);
struct hvd_symbols *hvd_kernel_symbols(struct hvd_kernel *k,
				       struct hvd_error *err);
struct hvd_types *hvd_kernel_types(struct hvd_kernel *k, struct hvd_error *err);

/**
 * hvd_kernel_lacks_modules() - may there be modules that symbols know nothing of?
 * The symbols' list of modules is then short, and @err says why.
 */
bool hvd_kernel_lacks_modules(struct hvd_kernel *k, struct hvd_error *err);

/**
 * hvd_kernel_module_types() - types of a module, the kernel's own among them
 * NULL with @err: the module is not loaded, or its types cannot be had.
 */
struct hvd_types *hvd_kernel_module_types(struct hvd_kernel *k,
					  const char *module,
					  struct hvd_error *err);

#endif /* HVDUMP_KERNEL_H */
