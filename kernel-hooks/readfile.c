// SPDX-License-Identifier: GPL-2.0-or-later
/* What no exported symbol tells: small text files, read in process context. */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/namei.h>

#include "hvdump.h"

/**
 * hvd_read_text() - the beginning of a file
 * @path: the file
 * @buf: gets its first bytes and a NUL
 * @size: of @buf
 *
 * Return: bytes read, or a negative errno.
 */
ssize_t hvd_read_text(const char *path, char *buf, size_t size)
{
	struct file *f;
	ssize_t len;
	loff_t pos = 0;

	f = filp_open(path, O_RDONLY, 0);
	if (IS_ERR(f))
		return PTR_ERR(f);
	len = kernel_read(f, buf, size - 1, &pos);
	filp_close(f, NULL);
	if (len >= 0)
		buf[len] = '\0';
	return len;
}

bool hvd_path_exists(const char *path)
{
	struct path p;

	if (kern_path(path, LOOKUP_FOLLOW, &p))
		return false;
	path_put(&p);
	return true;
}
