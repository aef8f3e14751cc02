/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Secure Boot and lockdown ask of the module and the crash kernel. */
#ifndef HVDUMP_LOCKDOWN_H
#define HVDUMP_LOCKDOWN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * lockdown_tell() - how far this host is locked down, and what follows for us
 * @text: gets one line, cut to @size bytes
 *
 * The level is the word in brackets in /sys/kernel/security/lockdown (the
 * kernel's security/lockdown/lockdown.c); one that is not known counts as
 * locked down.
 * Return: what still has to be loaded needs a signature
 */
bool lockdown_tell(char *text, size_t size);

#endif /* HVDUMP_LOCKDOWN_H */
