// SPDX-License-Identifier: GPL-2.0-or-later
/* VMCOREINFO taken apart: see vmcoreinfo.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "note.h"
#include "vmcoreinfo.h"

#define HEADER	   UINT64_C(12) /* of a note: two lengths and its type */
#define OWNER	   "VMCOREINFO"
#define OWNER_SIZE (sizeof(OWNER)) /* its NUL included, as in the note */

/* The kernel gives it a page; it has been two KiB to four. */
#define MAX_TEXT (1u << 20)

/** One line, its '=' made a NUL. */
struct line {
	const char *key;
	const char *value;
};

struct hvd_vmcoreinfo {
	char *text;
	struct line *lines; /* by key; of several with one key the first */
	size_t nr;
};

/* The descriptor of the note at @p, if one of VMCOREINFO begins there. */
static const uint8_t *note_at(const uint8_t *p, uint64_t left, size_t *size)
{
	uint64_t begin = HEADER + ((OWNER_SIZE + 3) & ~UINT64_C(3));

	if (left < begin || hvd_le32(p) != OWNER_SIZE || hvd_le32(p + 8) ||
	    memcmp(p + HEADER, OWNER, OWNER_SIZE))
		return NULL;
	*size = hvd_le32(p + 4);
	if (*size > left - begin)
		*size = (size_t)(left - begin);
	return p + begin;
}

/*
 * Not from note to note: one with a broken length would hide all behind it.
 * The header and the owner together are 23 bytes that nothing else has.
 */
static const uint8_t *find_note(const struct hvd_input *in, size_t *size)
{
	const uint8_t *desc, *owner, *from = in->notes;
	const uint8_t *end;
	uint64_t pos;

	if (!in->notes_size) /* then there may be no @notes either */
		return NULL;
	end = in->notes + in->notes_size;
	while (from < end &&
	       (owner = memmem(from, (size_t)(end - from), OWNER, OWNER_SIZE))) {
		pos = (uint64_t)(owner - in->notes);
		desc = pos < HEADER || pos % HVD_NOTE_ALIGN
			       ? NULL
			       : note_at(owner - HEADER,
					 (uint64_t)(end - owner) + HEADER, size);
		if (desc)
			return desc;
		from = owner + 1;
	}
	return NULL;
}

static int compare_lines(const void *x, const void *y)
{
	const struct line *a = x, *b = y;
	int order = strcmp(a->key, b->key);

	return order ? order : (a->key > b->key) - (a->key < b->key);
}

static size_t count_lines(const char *text)
{
	size_t nr = 1;

	for (; (text = strchr(text, '\n')); text++)
		nr++;
	return nr;
}

static int split(struct hvd_vmcoreinfo *v)
{
	char *line, *next, *equals;

	v->lines = calloc(count_lines(v->text), sizeof(*v->lines));
	if (!v->lines)
		return -1;
	for (line = v->text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		equals = strchr(line, '=');
		if (!equals)
			continue;
		*equals = '\0';
		v->lines[v->nr++] = (struct line){line, equals + 1};
	}
	if (v->nr)
		qsort(v->lines, v->nr, sizeof(*v->lines), compare_lines);
	return 0;
}

struct hvd_vmcoreinfo *hvd_vmcoreinfo_open(const struct hvd_input *in,
					   struct hvd_error *err)
{
	struct hvd_vmcoreinfo *v;
	const uint8_t *desc;
	size_t size;

	desc = find_note(in, &size);
	if (!desc) {
		hvd_error_set(err, "%s: holds no VMCOREINFO note of a Linux "
			      "kernel", in->path);
		return NULL;
	}
	v = calloc(1, sizeof(*v));
	if (v)
		v->text = strndup((const char *)desc,
				  size < MAX_TEXT ? size : MAX_TEXT);
	if (v && v->text && !split(v))
		return v;
	hvd_vmcoreinfo_close(v);
	hvd_error_set(err, "%s: no memory for VMCOREINFO", in->path);
	return NULL;
}

void hvd_vmcoreinfo_close(struct hvd_vmcoreinfo *v)
{
	if (!v)
		return;
	free(v->lines);
	free(v->text);
	free(v);
}

const char *hvd_vmcoreinfo_text(const struct hvd_vmcoreinfo *v,
				const char *key)
{
	size_t low = 0, high = v->nr, middle;

	/* low: the first line whose key is not below */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(v->lines[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == v->nr || strcmp(v->lines[low].key, key))
		return NULL;
	return v->lines[low].value;
}

static const char *value_of(const struct hvd_vmcoreinfo *v, const char *kind,
			    const char *name)
{
	char key[256];
	int n = snprintf(key, sizeof(key), "%s(%s)", kind, name);

	return n > 0 && (size_t)n < sizeof(key) ? hvd_vmcoreinfo_text(v, key)
						: NULL;
}

/* strtoull() would also take white space, signs, and what follows. */
static bool parse(const char *text, int base, uint64_t *value)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	uint64_t n;

	if (!text)
		return false;
	if (!strncmp(text, "0x", 2)) {
		base = 16;
		text += 2;
	}
	if (!*text || text[strspn(text, digits)])
		return false;
	if (base == 10 && text[strspn(text, "0123456789")])
		return false;
	errno = 0;
	n = strtoull(text, NULL, base);
	if (errno)
		return false;
	*value = n;
	return true;
}

bool hvd_vmcoreinfo_symbol(const struct hvd_vmcoreinfo *v, const char *name,
			   uint64_t *value)
{
	return parse(value_of(v, "SYMBOL", name), 16, value);
}

bool hvd_vmcoreinfo_offset(const struct hvd_vmcoreinfo *v, const char *name,
			   uint64_t *value)
{
	return parse(value_of(v, "OFFSET", name), 10, value);
}

bool hvd_vmcoreinfo_size(const struct hvd_vmcoreinfo *v, const char *name,
			 uint64_t *value)
{
	return parse(value_of(v, "SIZE", name), 10, value);
}

bool hvd_vmcoreinfo_length(const struct hvd_vmcoreinfo *v, const char *name,
			   uint64_t *value)
{
	return parse(value_of(v, "LENGTH", name), 10, value);
}

bool hvd_vmcoreinfo_number(const struct hvd_vmcoreinfo *v, const char *name,
			   int64_t *value)
{
	const char *text = value_of(v, "NUMBER", name);
	bool negative = text && *text == '-';
	uint64_t n;

	if (!parse(negative ? text + 1 : text, 10, &n))
		return false;
	/* A mask, in hexadecimal, may need the sign's bit. */
	if (negative ? n > INT64_MAX : n > INT64_MAX && strncmp(text, "0x", 2))
		return false;
	*value = negative ? -(int64_t)n : (int64_t)n;
	return true;
}
