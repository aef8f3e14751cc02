// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * debuginfod: see debug_fetch.h. Its library brings a whole web client along,
 * so it is loaded only when it is asked for, and need not be there.
 * Source: elfutils/debuginfod.h, debuginfod_find_debuginfo(3).
 */
#include "config.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debug_fetch.h"

#define LIBRARY "libdebuginfod.so.1"

struct library {
	void *handle;
	void *(*begin)(void);
	int (*find)(void *client, const unsigned char *id, int size,
		    char **path);
	void (*end)(void *client);
};

/* C has no conversion from an object's pointer to a function's. */
static bool find_symbol(const struct library *l, const char *name,
			void *function)
{
	void *symbol = dlsym(l->handle, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol;
}

static int load(struct library *l, struct hvd_error *err)
{
	l->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!l->handle)
		return hvd_error_set(err, LIBRARY " is not installed");
	if (find_symbol(l, "debuginfod_begin", &l->begin) &&
	    find_symbol(l, "debuginfod_find_debuginfo", &l->find) &&
	    find_symbol(l, "debuginfod_end", &l->end))
		return 0;
	dlclose(l->handle);
	return hvd_error_set(err, LIBRARY " is of another version");
}

static char *fetch(const struct library *l, const struct hvd_build_id *id,
		   struct hvd_error *err)
{
	void *client = l->begin();
	char *path = NULL;
	int fd;

	if (!client) {
		hvd_error_set(err, "out of memory");
		return NULL;
	}
	fd = l->find(client, id->bytes, (int)id->size, &path);
	l->end(client);
	if (fd >= 0) {
		close(fd);
		return path;
	}
	hvd_error_set(err, "%s", strerror(-fd));
	return NULL;
}

char *hvd_debug_fetch(const struct hvd_build_id *id, struct hvd_error *err)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	struct library l = {0};
	char *path = NULL;

	if (!id->size)
		hvd_error_set(err, "the build-id is not known");
	else if (!urls || !*urls)
		hvd_error_set(err, "DEBUGINFOD_URLS names no server");
	else if (!load(&l, err)) {
		path = fetch(&l, id, err);
		dlclose(l.handle);
	}
	if (!path)
		hvd_error_prefix(err, "debuginfod");
	return path;
}
