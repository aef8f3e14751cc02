/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of hvdumpctl status, each of one thing; readiness.c lists them. */
#ifndef HVDUMP_READINESS_CHECKS_H
#define HVDUMP_READINESS_CHECKS_H

#include <stdint.h>

#include "finding.h"

/* What hvdumpctl install makes. */
#define INTEGRATION_KDUMP_TOOLS \
	"/etc/systemd/system/kdump-tools-dump.service.d/10-hvdump.conf"
#define INTEGRATION_KDUMP_UTILS	"/etc/kdump/pre.d/10-hvdump"

/* readiness_kernel.c: the running kernel and its module */
int64_t readiness_notes(void);	/* bytes for the notes; -1: errno says why */
void check_module(struct finding *f);
void check_hypervisor(struct finding *f);
void check_reserved(struct finding *f);
void check_loaded(struct finding *f);
void check_lockdown(struct finding *f);
void check_attached(struct finding *f);
void check_room(struct finding *f);
void check_hv_crash(struct finding *f);
void check_notifiers(struct finding *f);

/* readiness_target.c: where the dump goes, and the tools */
void check_configuration(struct finding *f);
void check_target(struct finding *f);
void check_collector(struct finding *f);
void check_integration(struct finding *f);
void check_makedumpfile(struct finding *f);
void check_guests(struct finding *f);

#endif /* HVDUMP_READINESS_CHECKS_H */
