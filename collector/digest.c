// SPDX-License-Identifier: GPL-2.0-or-later
/* Checksums of saved files: see digest.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "digest.h"

static int hash_fd(int fd, struct sha256_ctx *ctx)
{
	uint8_t buf[65536];
	ssize_t n;

	do {
		n = read(fd, buf, sizeof(buf));
		if (n > 0)
			sha256_update(ctx, n, buf);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -1 : 0;
}

int digest_file(int dirfd, const char *name, char hex[DIGEST_HEX])
{
	uint8_t sum[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;
	int fd, ret;
	size_t i;

	hex[0] = '\0';
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	sha256_init(&ctx);
	ret = hash_fd(fd, &ctx);
	close(fd);
	if (ret)
		return -1;
	sha256_digest(&ctx, sizeof(sum), sum);
	for (i = 0; i < sizeof(sum); i++)
		sprintf(hex + 2 * i, "%02x", sum[i]);
	return 0;
}
