/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the kernel's header: all that formats/encode.c takes of it. */
#ifndef SHIM_LINUX_STRING_H
#define SHIM_LINUX_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);

#endif
