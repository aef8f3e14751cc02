/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a crash is recognised by when it comes again: words that say what died
 * and how, and a short number made of them. Nothing in it differs between boots
 * (addresses, ids, times) or counts what happened to be there.
 */
#ifndef HVDUMP_SIGNATURE_H
#define HVDUMP_SIGNATURE_H

#include <jansson.h>

#include "host.h"
#include "session.h"

#define SIGNATURE_WORDS 24
#define SIGNATURE_WORD	128

struct signature {
	char id[13]; /* 12 hex digits of FNV-1a over the words */
	char words[SIGNATURE_WORDS][SIGNATURE_WORD];
	size_t nr;
};

void signature_get(struct session *s, struct host *host, struct signature *sig);

json_t *signature_json(const struct signature *sig);

#endif /* HVDUMP_SIGNATURE_H */
