/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version of the modules, unless the build says otherwise. */
#ifndef HVDUMP_VERSION_H
#define HVDUMP_VERSION_H

#ifndef HVDUMP_VERSION
#define HVDUMP_VERSION	"0.1.0"
#endif

#endif
