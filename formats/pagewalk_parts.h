/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the walks of both architectures share. */
#ifndef HVDUMP_PAGEWALK_PARTS_H
#define HVDUMP_PAGEWALK_PARTS_H

#include "pagewalk.h"

/** hvd_pagewalk_read() - step->entry from step->address; false: the walk ends */
bool hvd_pagewalk_read(const struct hvd_pagewalk_memory *memory, size_t size,
		       struct hvd_pagewalk_step *step,
		       struct hvd_pagewalk *walk);

/** hvd_pagewalk_say() - the walk ends, because of this entry */
void hvd_pagewalk_say(struct hvd_pagewalk *walk,
		      enum hvd_pagewalk_result result,
		      const struct hvd_pagewalk_step *step, const char *what);

/** hvd_pagewalk_arm64_down() - hvd_pagewalk_in() of HVD_PAGING_ARM64 */
void hvd_pagewalk_arm64_down(const struct hvd_pagewalk_memory *memory,
			     const struct hvd_pagewalk_regime *regime,
			     uint64_t virtual, struct hvd_pagewalk *walk);

#endif /* HVDUMP_PAGEWALK_PARTS_H */
