// SPDX-License-Identifier: GPL-2.0-or-later
/* The note encoder: one source for this module and for user space. */
#include "formats/encode.c"
