/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's crash dump area: what it leaves behind when it crashes. Of it
 * Linux knows the first eight bytes; the rest are layouts of the five versions
 * that are known. Addresses in it are the hypervisor's own virtual ones.
 */
#ifndef HVDUMP_CRASH_AREA_H
#define HVDUMP_CRASH_AREA_H

#include "layout.h"

#define HVD_CRASH_AREA_NAME 64 /* UTF-16, of the image's name */

/** hvd_crash_area_layout() - of a version; NULL: it is not known */
const struct hvd_layout *hvd_crash_area_layout(uint32_t version);

/** A processor's state, and its registers. */
extern const struct hvd_layout hvd_layout_crash_processor; /* 32 bytes */
extern const struct hvd_layout hvd_layout_x64_context;

/** HVD_CRASH_AREA_LAYOUTS() - as HVD_MESSAGE_LAYOUTS of message_layouts.h */
#define HVD_CRASH_AREA_LAYOUTS(L)	\
	L(crash_area_head, "hv_crashdump_area") \
	L(crash_area_1, NULL)		\
	L(crash_area_2, NULL)		\
	L(crash_area_3, NULL)		\
	L(crash_area_4, NULL)		\
	L(crash_area_5, NULL)		\
	L(crash_processor, NULL)	\
	L(x64_context, NULL)

extern const struct hvd_layout hvd_layout_crash_area_head;
extern const struct hvd_layout hvd_layout_crash_area_1;
extern const struct hvd_layout hvd_layout_crash_area_2;
extern const struct hvd_layout hvd_layout_crash_area_3;
extern const struct hvd_layout hvd_layout_crash_area_4;
extern const struct hvd_layout hvd_layout_crash_area_5;

/**
 * hvd_layout_value() - the number that a field of some bytes is
 * @index: of an array's element. False: there is no such field, or the bytes
 * end before it; @value is then 0.
 */
bool hvd_layout_value(const struct hvd_layout *layout, const uint8_t *bytes,
		      size_t size, const char *name, unsigned int index,
		      uint64_t *value);

#endif /* HVDUMP_CRASH_AREA_H */
