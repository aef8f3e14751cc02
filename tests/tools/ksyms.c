// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ksyms FILE: the symbols of the kernel in a dump, and of its modules, as nm
 * prints them; each is looked up by its name and by its address, too.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/kallsyms.h"
#include "kernel/kernel.h"

static int failed(const char *what, const char *name)
{
	fprintf(stderr, "ksyms: %s: %s\n", name, what);
	return -1;
}

/* Of several of one name, one must be this one. */
static int check(const struct hvd_symbols *s, const char *module,
		 const char *name, uint64_t address)
{
	uint64_t found = 0;
	unsigned int nth;

	for (nth = 0; hvd_symbols_find(s, module, name, nth, &found); nth++)
		if (found == address)
			return 0;
	return failed("not found by its name", name);
}

static int print_kernel(struct hvd_kernel *k, const struct hvd_symbols *s,
			struct hvd_error *err)
{
	struct hvd_kmem *kmem = hvd_kernel_kmem(k, err);
	struct hvd_kallsyms *t =
		hvd_kallsyms_open(kmem, hvd_kernel_vmcoreinfo(k), err);
	const char *name;
	int status = 0;
	uint32_t i;
	char type;

	for (i = 0; t && i < t->nr; i++) {
		name = hvd_kallsyms_name(t, i, &type);
		printf("%016" PRIx64 " %c %s\n", t->entries[i].address, type,
		       name);
		/* Each lookup goes through all names: some will do. */
		if (i % 64 == 0)
			status |= check(s, NULL, name, t->entries[i].address);
	}
	hvd_kallsyms_close(t);
	return t ? status : -1;
}

static int print_module(const struct hvd_symbols *s, const struct hvd_module *m)
{
	struct hvd_symbol sym;
	uint64_t at = m->part[0].start, end = at + m->part[0].size;

	/* From one symbol of its text to the next. */
	while (at < end && hvd_symbols_at(s, at, &sym) && sym.size) {
		printf("%016" PRIx64 " %c %s [%s]\n", sym.address, sym.type,
		       sym.name, sym.module);
		if (check(s, m->name, sym.name, sym.address))
			return -1;
		at = sym.address + sym.size;
	}
	return m->why ? failed(m->why, m->name) : 0;
}

static int print_all(struct hvd_kernel *k, struct hvd_error *err)
{
	struct hvd_symbols *s = hvd_kernel_symbols(k, err);
	const struct hvd_module *m;
	int status;
	size_t i;

	if (!s)
		return -1;
	status = print_kernel(k, s, err);
	for (i = 0; (m = hvd_symbols_module(s, i)); i++)
		status |= print_module(s, m);
	return status;
}

int main(int argc, char **argv)
{
	struct hvd_error err = {""};
	struct hvd_input *in = argc == 2 ? hvd_input_open(argv[1], &err) : NULL;
	struct hvd_kernel *k = in ? hvd_kernel_open(in, NULL, &err) : NULL;
	int status = k ? print_all(k, &err) : -1;

	if (status)
		fprintf(stderr, "ksyms: %s\n", err.text);
	hvd_kernel_close(k);
	hvd_input_close(in);
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
