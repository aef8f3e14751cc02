// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types of a kernel and its modules: see type_store.h.
 *
 * The kernel's BTF lies between __start_BTF and __stop_BTF since 5.2, that of
 * modules in memory of their own since 5.11 (CONFIG_DEBUG_INFO_BTF_MODULES).
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "debug_fetch.h"
#include "debug_find.h"
#include "module_build_id.h"
#include "type_store.h"
#include "types_source.h"

/* Real ones have 3 to 10 MiB. */
#define MAX_BTF (UINT64_C(128) << 20)

#define CURE_KERNEL "give --vmlinux FILE or --debuginfo DIR"
#define CURE_MODULE "give --debuginfo DIR"

/** One search among files. */
struct attempt {
	struct hvd_debug_wanted wanted;
	struct hvd_types *base;
	struct hvd_types *types; /* what was found */
	struct hvd_error err;	 /* of the last file that was none */
};

/** What came of the search for one module. */
struct hvd_module_types {
	uint64_t address;	 /* of its struct module */
	struct hvd_types *types; /* NULL: @why */
	struct hvd_error why;
};

/*
 * Level 31 of makedumpfile leaves out what it takes for free pages. On 7.x it
 * takes some for free that the slab allocator has, and modules' BTF, which is
 * kvmalloc()ed, with them; level 23 does not look for free pages.
 */
static int read_data(struct hvd_kmem *kmem, uint64_t address, void *data,
		     uint64_t size, struct hvd_error *err)
{
	enum hvd_read outcome = hvd_kmem_read(kmem, address, data, size, err);

	if (outcome == HVD_READ_ABSENT)
		return hvd_error_prefix(err, "not in the dump (makedumpfile's "
					     "level 31 can lose it on 7.x, 23 "
					     "does not)");
	return outcome == HVD_READ_DATA ? 0 : hvd_error_prefix(err, "damaged");
}

static struct hvd_types *read_btf(struct hvd_kmem *kmem, uint64_t address,
				  uint64_t size, struct hvd_types *base,
				  struct hvd_error *err)
{
	struct hvd_types *types = NULL;
	void *data;

	if (!size || size > MAX_BTF) {
		hvd_error_set(err, "damaged: %" PRIu64 " bytes long", size);
		return NULL;
	}
	data = malloc(size);
	if (!data)
		hvd_error_set(err, "out of memory");
	else if (!read_data(kmem, address, data, size, err))
		types = hvd_types_from_btf(data, size, base, err);
	free(data);
	return types;
}

static struct hvd_types *kernel_btf(const struct hvd_type_sources *from,
				    struct hvd_error *err)
{
	uint64_t start, stop;

	if (!from->kmem || !from->symbols) {
		*err = from->why;
		return NULL;
	}
	if (!hvd_symbols_find(from->symbols, NULL, "__start_BTF", 0, &start) ||
	    !hvd_symbols_find(from->symbols, NULL, "__stop_BTF", 0, &stop)) {
		hvd_error_set(err, "the kernel was built without it "
				   "(CONFIG_DEBUG_INFO_BTF)");
		return NULL;
	}
	return read_btf(from->kmem, start, stop - start, NULL, err);
}

/* The BTF in the dump, also where the kernel's types come from a file. */
static struct hvd_types *get_btf(struct hvd_type_store *store,
				 const struct hvd_type_sources *from,
				 struct hvd_error *err)
{
	if (!store->asked_btf) {
		store->asked_btf = true;
		store->btf = kernel_btf(from, &store->why_no_btf);
		if (!store->btf)
			hvd_error_prefix(&store->why_no_btf,
					 "BTF of the kernel");
	}
	*err = store->why_no_btf;
	return store->btf;
}

/* What the BTF of a module goes on from: the kernel's, maybe out of a file. */
static struct hvd_types *get_base(struct hvd_type_store *store,
				  const struct hvd_type_sources *from,
				  struct hvd_error *err)
{
	struct hvd_types *btf = get_btf(store, from, err);

	if (!btf && store->kernel && !store->kernel->ops->whole)
		return store->kernel;
	return btf;
}

static bool try_file(void *arg, const char *path)
{
	struct attempt *a = arg;

	a->types = hvd_types_from_file(path, a->base, a->wanted.build_id.bytes,
				       a->wanted.build_id.size, &a->err);
	return a->types;
}

/* Below --debuginfo. What was tried and was not it is in a->err. */
static struct hvd_types *from_directory(const struct hvd_type_sources *from,
					struct attempt *a)
{
	const char *directory = from->files ? from->files->debuginfo : NULL;
	const char *module = a->wanted.module;

	a->err.text[0] = '\0';
	if (!directory || hvd_debug_find(directory, &a->wanted, try_file, a))
		return a->types;
	if (!*a->err.text)
		hvd_error_set(&a->err, "%s: no file of %s is there", directory,
			      module ? module : "the kernel");
	return NULL;
}

static struct hvd_types *from_server(const struct hvd_type_sources *from,
				     struct attempt *a)
{
	char *path;

	if (!from->files || !from->files->debuginfod)
		return NULL;
	path = hvd_debug_fetch(&a->wanted.build_id, &a->err);
	if (path)
		try_file(a, path);
	free(path);
	return a->types;
}

/*
 * What is certain to belong to the dump rather than a file of which that is not
 * known.
 */
static struct hvd_types *rather(struct hvd_types *dump, struct hvd_types *file)
{
	if (!dump)
		return file;
	hvd_types_close(file);
	return dump;
}

/* "no types: BTF of the kernel: ...; DIR: ...; give ..." */
static void tell_why(struct hvd_error *err, const struct attempt *a,
		     const char *cure)
{
	struct hvd_error btf = *err;

	hvd_error_set(err, "no types: %s%s%s; %s", btf.text,
		      *a->err.text ? "; " : "", a->err.text, cure);
}

static void want_kernel(const struct hvd_type_sources *from,
			struct hvd_debug_wanted *wanted)
{
	const char *id = NULL;

	*wanted = (struct hvd_debug_wanted){0};
	if (!from->vmcoreinfo)
		return;
	wanted->release = hvd_vmcoreinfo_text(from->vmcoreinfo, "OSRELEASE");
	id = hvd_vmcoreinfo_text(from->vmcoreinfo, "BUILD-ID"); /* since 5.9 */
	if (id)
		hvd_build_id_parse(id, &wanted->build_id);
}

static struct hvd_types *find_kernel(struct hvd_type_store *store,
				     const struct hvd_type_sources *from,
				     struct hvd_error *err)
{
	const char *vmlinux = from->files ? from->files->vmlinux : NULL;
	struct hvd_types *types;
	struct attempt a = {0};

	want_kernel(from, &a.wanted);
	if (vmlinux) {
		if (!try_file(&a, vmlinux))
			hvd_error_set(err,
				      "no types: %s; without --vmlinux those "
				      "in the dump are taken",
				      a.err.text);
		return a.types;
	}
	types = from_directory(from, &a);
	if (!types || hvd_types_doubt(types))
		types = rather(get_btf(store, from, err), types);
	if (!types)
		types = from_server(from, &a);
	if (!types)
		tell_why(err, &a, CURE_KERNEL);
	return types;
}

struct hvd_types *hvd_type_store_kernel(struct hvd_type_store *store,
					const struct hvd_type_sources *from,
					struct hvd_error *err)
{
	if (!store->asked) {
		store->asked = true;
		store->kernel = find_kernel(store, from, &store->why);
	}
	if (!store->kernel)
		*err = store->why;
	return store->kernel;
}

static struct hvd_types *module_btf(struct hvd_type_store *store,
				    const struct hvd_type_sources *from,
				    const struct hvd_module *module,
				    struct hvd_error *err)
{
	struct hvd_types *base;

	if (!module->btf) {
		hvd_error_set(err, "the kernel holds none for it%s%s",
			      module->why ? ": " : "",
			      module->why ? module->why : "");
		return NULL;
	}
	base = get_base(store, from, err);
	if (!base)
		return NULL;
	return read_btf(from->kmem, module->btf, module->btf_size, base, err);
}

static void want_module(const struct hvd_type_sources *from,
			const struct hvd_types *kernel,
			const struct hvd_module *module,
			struct hvd_debug_wanted *wanted)
{
	want_kernel(from, wanted);
	wanted->module = module->name;
	wanted->build_id.size = 0;
	if (from->kmem && from->files &&
	    (from->files->debuginfo || from->files->debuginfod))
		hvd_module_build_id(from->kmem, kernel, module,
				    &wanted->build_id);
}

static struct hvd_types *find_module(struct hvd_type_store *store,
				     const struct hvd_type_sources *from,
				     const struct hvd_module *module,
				     struct hvd_error *err)
{
	struct hvd_types *types, *kernel;
	struct attempt a = {0};

	kernel = hvd_type_store_kernel(store, from, &a.err);
	want_module(from, kernel, module, &a.wanted);
	a.base = get_base(store, from, &a.err);
	types = from_directory(from, &a);
	if (!types || hvd_types_doubt(types))
		types = rather(module_btf(store, from, module, err), types);
	if (!types)
		types = from_server(from, &a);
	if (!types) {
		hvd_error_prefix(err, "BTF of %s", module->name);
		tell_why(err, &a, CURE_MODULE);
	} else if (types->ops->whole) {
		types->base = kernel;
	}
	return types;
}

static struct hvd_module_types *remembered(struct hvd_type_store *store,
					   const struct hvd_module *module)
{
	size_t i;

	for (i = 0; i < store->nr_modules; i++)
		if (store->modules[i].address == module->address)
			return &store->modules[i];
	return NULL;
}

static struct hvd_module_types *remember(struct hvd_type_store *store,
					 const struct hvd_module *module)
{
	struct hvd_module_types *more;

	more = realloc(store->modules, (store->nr_modules + 1) * sizeof(*more));
	if (!more)
		return NULL;
	store->modules = more;
	more += store->nr_modules++;
	*more = (struct hvd_module_types){.address = module->address};
	return more;
}

struct hvd_types *hvd_type_store_module(struct hvd_type_store *store,
					const struct hvd_type_sources *from,
					const struct hvd_module *module,
					struct hvd_error *err)
{
	struct hvd_module_types *m = remembered(store, module);

	if (!m) {
		m = remember(store, module);
		if (!m) {
			hvd_error_set(err, "out of memory");
			return NULL;
		}
		m->types = find_module(store, from, module, &m->why);
	}
	if (!m->types)
		*err = m->why;
	return m->types;
}

void hvd_type_store_close(struct hvd_type_store *store)
{
	size_t i;

	for (i = 0; i < store->nr_modules; i++)
		hvd_types_close(store->modules[i].types);
	free(store->modules);
	if (store->kernel != store->btf)
		hvd_types_close(store->kernel);
	hvd_types_close(store->btf);
	*store = (struct hvd_type_store){0};
}
