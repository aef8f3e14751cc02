/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file system that a dump is written to. */
#ifndef HVDUMP_SPACE_H
#define HVDUMP_SPACE_H

#include <stdbool.h>
#include <stdint.h>

/** What is known of it. */
struct space {
	bool known;
	uint64_t free;		/* bytes that this process may write */
	uint64_t file_max;	/* no file is larger; UINT64_MAX: no such limit */
	bool modes;		/* files have owners and modes */
	const char *type;	/* a constant string; NULL: one not known here */
};

/** space_look() - at the file system of an open file or directory */
void space_look(int fd, struct space *s);

#endif /* HVDUMP_SPACE_H */
