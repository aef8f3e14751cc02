// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and addresses of the table that was read: see kallsyms.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"

void hvd_kallsyms_plain(char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (text[i] && (text[i] <= ' ' || text[i] > '~'))
			text[i] = '?';
}

/* Since 6.1 a length beyond 127 takes a second byte; before, none came near. */
size_t hvd_kallsyms_length(const uint8_t *p, size_t left, size_t *head)
{
	*head = left && (p[0] & 0x80) ? 2 : 1;
	if (left < *head)
		return 0;
	return *head == 2 ? (p[0] & 0x7fu) | (size_t)p[1] << 7 : p[0];
}

void hvd_kallsyms_expand(const struct hvd_kallsyms *t, uint32_t at, char *buf)
{
	const uint8_t *p = t->names + at;
	size_t head, n, used = 0;
	const char *token;

	n = hvd_kallsyms_length(p, t->names_size - at, &head);
	for (p += head; n && used < HVD_KALLSYMS_NAME; n--) {
		token = t->tokens + t->token[*p++];
		while (*token && used < HVD_KALLSYMS_NAME)
			buf[used++] = *token++;
	}
	if (!used)
		buf[used++] = '?';
	buf[used] = '\0';
}

uint32_t hvd_kallsyms_lower(const struct hvd_kallsyms *t, uint64_t address)
{
	uint32_t low = 0, high = t->nr, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (t->entries[mid].address < address)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const char *hvd_kallsyms_name(struct hvd_kallsyms *t, uint32_t i, char *type)
{
	char text[HVD_KALLSYMS_NAME + 1];

	if (!t->expanded[i]) {
		hvd_kallsyms_expand(t, t->entries[i].at, text);
		t->expanded[i] = strdup(text);
	}
	if (!t->expanded[i])
		return NULL;
	*type = t->expanded[i][0];
	return t->expanded[i] + 1;
}

/*
 * A polynomial of the bytes: the hash of a name comes from those of its tokens.
 * A handful of names is looked for in a run, and going through all hashes takes
 * less time than putting them into a table.
 */
#define FACTOR 16777619u

struct part {
	uint32_t hash, power; /* of FACTOR, by the length */
};

static struct part hash_of(const char *text)
{
	struct part p = {0, 1};

	for (; *text; text++) {
		p.hash = p.hash * FACTOR + (uint8_t)*text;
		p.power *= FACTOR;
	}
	return p;
}

static int make_hashes(struct hvd_kallsyms *t)
{
	struct part first[HVD_KALLSYMS_TOKENS], rest[HVD_KALLSYMS_TOKENS];
	const uint8_t *p;
	uint32_t i, hash;
	size_t head, n;

	t->hashes = malloc(t->nr * sizeof(*t->hashes));
	if (!t->hashes)
		return -1;
	for (i = 0; i < HVD_KALLSYMS_TOKENS; i++) {
		const char *token = t->tokens + t->token[i];

		rest[i] = hash_of(token);
		first[i] = hash_of(*token ? token + 1 : token); /* the type */
	}
	for (i = 0; i < t->nr; i++) {
		p = t->names + t->entries[i].at;
		n = hvd_kallsyms_length(p, t->names_size - t->entries[i].at,
					&head);
		hash = first[p[head]].hash;
		for (p += head + 1; --n; p++)
			hash = hash * rest[*p].power + rest[*p].hash;
		t->hashes[i] = hash;
	}
	return 0;
}

int64_t hvd_kallsyms_find(struct hvd_kallsyms *t, const char *name,
			  unsigned int nth)
{
	uint32_t i, hash = hash_of(name).hash;
	char text[HVD_KALLSYMS_NAME + 1];

	if (!t->hashes && make_hashes(t))
		return -1;
	for (i = 0; i < t->nr; i++) {
		if (t->hashes[i] != hash)
			continue;
		hvd_kallsyms_expand(t, t->entries[i].at, text);
		if (!strcmp(text + 1, name) && !nth--)
			return i;
	}
	return -1;
}

int64_t hvd_kallsyms_at(const struct hvd_kallsyms *t, uint64_t address,
			uint64_t *size)
{
	uint32_t next, i;

	/* Below are absolute symbols, behind the last one is nothing. */
	if (address < t->stext || address > t->entries[t->nr - 1].address)
		return -1;
	next = address == UINT64_MAX ? t->nr
				     : hvd_kallsyms_lower(t, address + 1);
	i = hvd_kallsyms_lower(t, t->entries[next - 1].address);
	*size = next < t->nr ? t->entries[next].address - t->entries[i].address
			     : 0;
	return i;
}
