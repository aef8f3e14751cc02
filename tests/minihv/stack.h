/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host stack's size, also its alignment: this_cpu() looks at its lowest word. */
#ifndef MINIHV_STACK_H
#define MINIHV_STACK_H

#define STACK_SIZE	0x4000

#endif
