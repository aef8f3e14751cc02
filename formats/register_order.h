/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of a VTL put in order, of which each record is in order already. */
#ifndef HVD_REGISTER_ORDER_H
#define HVD_REGISTER_ORDER_H

#include "capture.h"

/** Room for the merge of two records' registers; begins as zeros. */
struct hvd_order_room {
	struct hvd_dump_register *at;
	size_t nr;
};

/**
 * hvd_order_registers() - sort by code, and drop repetitions
 * @nr: registers at @regs, whose @order tells which was captured first
 *
 * Of several with one code the one that was captured first stays. Returns how
 * many stayed. Takes time in proportion to @nr where there are one or two
 * ascending runs, as of the essential and the other registers of a VTL.
 */
size_t hvd_order_registers(struct hvd_order_room *room,
			   struct hvd_dump_register *regs, size_t nr);
void hvd_order_room_free(struct hvd_order_room *room);

#endif /* HVD_REGISTER_ORDER_H */
