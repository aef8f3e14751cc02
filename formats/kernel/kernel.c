// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is known of a kernel, opened piece by piece: see kernel.h.
 *
 * Modules are found by the kernel's types, and those by the kernel's symbols:
 * so the table of symbols is opened first, and modules are added to it when it
 * is asked for from outside.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "type_store.h"

struct hvd_kernel {
	struct hvd_vmcoreinfo *vmcoreinfo;
	struct hvd_physmem *physmem;
	struct hvd_kmem *kmem;
	struct hvd_symbols *symbols;
	struct hvd_type_store types;
	struct hvd_kernel_files files;
	char *vmlinux, *debuginfo;
	bool asked_kmem, asked_symbols, asked_modules;
	struct hvd_error no_kmem, no_symbols, no_modules;
};

static int keep_files(struct hvd_kernel *k,
		      const struct hvd_kernel_files *files,
		      struct hvd_error *err)
{
	if (files && files->vmlinux)
		k->vmlinux = strdup(files->vmlinux);
	if (files && files->debuginfo)
		k->debuginfo = strdup(files->debuginfo);
	if (files && ((files->vmlinux && !k->vmlinux) ||
		      (files->debuginfo && !k->debuginfo)))
		return hvd_error_set(err, "no memory for names of files");
	k->files.vmlinux = k->vmlinux;
	k->files.debuginfo = k->debuginfo;
	return 0;
}

static int open_dump(struct hvd_kernel *k, const struct hvd_input *in,
		     struct hvd_error *err)
{
	if (in->format == HVD_FORMAT_NOTES)
		return hvd_error_set(err, "%s: bare notes hold none of the "
				     "kernel's memory: give the vmcore",
				     in->path);
	k->vmcoreinfo = hvd_vmcoreinfo_open(in, err);
	if (!k->vmcoreinfo)
		return -1;
	k->physmem = hvd_physmem_open(in, err);
	return k->physmem ? 0 : -1;
}

struct hvd_kernel *hvd_kernel_open(const struct hvd_input *in,
				   const struct hvd_kernel_files *files,
				   struct hvd_error *err)
{
	struct hvd_kernel *k = calloc(1, sizeof(*k));

	if (!k) {
		hvd_error_set(err, "%s: no memory", in->path);
		return NULL;
	}
	if (!open_dump(k, in, err) && !keep_files(k, files, err))
		return k;
	hvd_kernel_close(k);
	return NULL;
}

void hvd_kernel_close(struct hvd_kernel *k)
{
	if (!k)
		return;
	hvd_type_store_close(&k->types);
	hvd_symbols_close(k->symbols);
	hvd_kmem_close(k->kmem);
	hvd_physmem_close(k->physmem);
	hvd_vmcoreinfo_close(k->vmcoreinfo);
	free(k->vmlinux);
	free(k->debuginfo);
	free(k);
}

struct hvd_vmcoreinfo *hvd_kernel_vmcoreinfo(struct hvd_kernel *k)
{
	return k->vmcoreinfo;
}

struct hvd_physmem *hvd_kernel_physmem(struct hvd_kernel *k)
{
	return k->physmem;
}

struct hvd_kmem *hvd_kernel_kmem(struct hvd_kernel *k, struct hvd_error *err)
{
	if (!k->asked_kmem) {
		k->asked_kmem = true;
		k->kmem = hvd_kmem_open(k->physmem, k->vmcoreinfo,
					&k->no_kmem);
	}
	if (!k->kmem)
		*err = k->no_kmem;
	return k->kmem;
}

/* The kernel's own, with or without those of modules. */
static struct hvd_symbols *get_symbols(struct hvd_kernel *k,
				       struct hvd_error *err)
{
	struct hvd_kmem *kmem;

	if (!k->asked_symbols) {
		k->asked_symbols = true;
		kmem = hvd_kernel_kmem(k, &k->no_symbols);
		if (kmem)
			k->symbols = hvd_symbols_open(kmem, k->vmcoreinfo,
						      &k->no_symbols);
	}
	if (!k->symbols)
		*err = k->no_symbols;
	return k->symbols;
}

static void load_modules(struct hvd_kernel *k)
{
	struct hvd_types *types;

	if (k->asked_modules)
		return;
	k->asked_modules = true;
	types = hvd_kernel_types(k, &k->no_modules);
	if (types &&
	    !hvd_symbols_load_modules(k->symbols, types, &k->no_modules))
		k->no_modules.text[0] = '\0';
}

struct hvd_symbols *hvd_kernel_symbols(struct hvd_kernel *k,
				       struct hvd_error *err)
{
	struct hvd_symbols *symbols = get_symbols(k, err);

	if (symbols)
		load_modules(k);
	return symbols;
}

bool hvd_kernel_lacks_modules(struct hvd_kernel *k, struct hvd_error *err)
{
	struct hvd_symbols *symbols = hvd_kernel_symbols(k, err);

	if (symbols && k->no_modules.text[0])
		*err = k->no_modules;
	return !symbols || k->no_modules.text[0];
}

static struct hvd_type_sources type_sources(struct hvd_kernel *k)
{
	struct hvd_type_sources from = {
		.files = &k->files,
		.vmcoreinfo = k->vmcoreinfo,
	};

	from.kmem = hvd_kernel_kmem(k, &from.why);
	if (from.kmem)
		from.symbols = get_symbols(k, &from.why);
	return from;
}

struct hvd_types *hvd_kernel_types(struct hvd_kernel *k, struct hvd_error *err)
{
	struct hvd_type_sources from = type_sources(k);

	return hvd_type_store_kernel(&k->types, &from, err);
}

struct hvd_types *hvd_kernel_module_types(struct hvd_kernel *k,
					  const char *module,
					  struct hvd_error *err)
{
	struct hvd_symbols *symbols = hvd_kernel_symbols(k, err);
	struct hvd_type_sources from = type_sources(k);
	const struct hvd_module *m;

	if (!symbols)
		return NULL;
	m = hvd_symbols_find_module(symbols, module);
	if (m)
		return hvd_type_store_module(&k->types, &from, m, err);
	hvd_error_set(err, "module %s is not loaded%s%s", module,
		      k->no_modules.text[0] ? ", as far as is known: " : "",
		      k->no_modules.text);
	return NULL;
}
