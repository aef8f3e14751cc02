/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file layouts.h
 * Every structure that hvdump takes apart by rows, in one list: for those who
 * compare them with another source, and for those who look one up.
 */
#ifndef HVD_LAYOUTS_H
#define HVD_LAYOUTS_H

#include "layout.h"

/** A structure, and what Linux's own debugging information calls it. */
struct hvd_layout_entry {
	const struct hvd_layout *layout;
	const char *linux_name;	/**< "hv_message" of struct or union hv_message;
				 *   NULL: Linux has no such structure */
};

/** All of them: the one of number @p i, or NULL behind the last. */
const struct hvd_layout_entry *hvd_layouts(size_t i);

/* Parts that more than one table needs. */
extern const struct hvd_layout hvd_layout_x64_segment;	/* 16 bytes */

#endif /* HVD_LAYOUTS_H */
