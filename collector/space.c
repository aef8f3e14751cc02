// SPDX-License-Identifier: GPL-2.0-or-later
/* Room on file systems, and their limits: see space.h. */
#include "config.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/statfs.h>

#include "space.h"

/* Not in every linux/magic.h. */
#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC		0x58465342
#endif
#ifndef EXFAT_SUPER_MAGIC
#define EXFAT_SUPER_MAGIC	0x2011bab0
#endif

/* FAT keeps a file's size in 32 bits. */
#define FAT_FILE_MAX	((UINT64_C(1) << 32) - 1)

static const struct {
	uint64_t magic;
	const char *type;
	uint64_t file_max;
	bool no_modes;
} types[] = {
	{ TMPFS_MAGIC, "tmpfs", UINT64_MAX, false },
	{ EXT4_SUPER_MAGIC, "ext4", UINT64_MAX, false },
	{ XFS_SUPER_MAGIC, "xfs", UINT64_MAX, false },
	{ BTRFS_SUPER_MAGIC, "btrfs", UINT64_MAX, false },
	{ NFS_SUPER_MAGIC, "nfs", UINT64_MAX, false },
	{ MSDOS_SUPER_MAGIC, "vfat", FAT_FILE_MAX, true },
	{ EXFAT_SUPER_MAGIC, "exfat", UINT64_MAX, true },
};

void space_look(int fd, struct space *s)
{
	struct statfs st;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->file_max = UINT64_MAX;
	s->modes = true;
	if (fstatfs(fd, &st))
		return;
	/* ramfs tells nothing. */
	s->known = st.f_blocks;
	s->free = (uint64_t)st.f_bavail * st.f_bsize;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].magic != (uint64_t)(unsigned long)st.f_type)
			continue;
		s->type = types[i].type;
		s->file_max = types[i].file_max;
		s->modes = !types[i].no_modes;
	}
}
