/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Having a distribution's kdump service run hvdump-collect. */
#ifndef HVDUMP_INSTALL_H
#define HVDUMP_INSTALL_H

/**
 * install() - add one file to the kdump service that is here
 * It runs the collector before the service's own dump, which stays as it is, and
 * only where there is hypervisor state. Returns -1, said on stderr.
 */
int install(void);

/** uninstall() - remove that file; one that is not ours stays */
int uninstall(void);

#endif /* HVDUMP_INSTALL_H */
