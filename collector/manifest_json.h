/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVDUMP_MANIFEST_JSON_H
#define HVDUMP_MANIFEST_JSON_H

struct manifest;

/** manifest_json() - the manifest's text; to be freed; NULL: no memory */
char *manifest_json(const struct manifest *m);

#endif /* HVDUMP_MANIFEST_JSON_H */
