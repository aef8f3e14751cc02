/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One record of a note segment in a few words. */
#ifndef HVDUMP_SUMMARY_H
#define HVDUMP_SUMMARY_H

#include "capture.h"

#define SUMMARY_SIZE 288

/**
 * record_summary() - what the record says, for `hvdump notes`
 * @machine is what registers are named by. Always one line of plain ASCII.
 */
const char *record_summary(char *buf, const struct hvd_record *rec,
			   uint16_t machine);

#endif /* HVDUMP_SUMMARY_H */
