/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where processors start: a page of low memory that is still ours at that time. */
#ifndef MINIHV_TRAMPOLINE_H
#define MINIHV_TRAMPOLINE_H

#define TRAMPOLINE	0x8000

#endif
