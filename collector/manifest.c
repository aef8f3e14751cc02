// SPDX-License-Identifier: GPL-2.0-or-later
/* What manifest.json says, and how it is put in place: see manifest.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest.h"
#include "manifest_json.h"

/* Twice what a manifest with all its messages takes. */
#define ROOM	32768

static const char *const names[NR_FILES] = {
	[FILE_ELF] = "hvdump.elf",
	[FILE_DMESG] = "vmcore-dmesg.txt",
	[FILE_REPORT] = "report.txt",
	[FILE_REPORT_JSON] = "report.json",
	[FILE_VMCORE] = "vmcore",
};

void manifest_init(struct manifest *m, const struct options *o)
{
	int i;

	memset(m, 0, sizeof(*m));
	m->options = o;
	m->started = time(NULL);
	clock_gettime(CLOCK_MONOTONIC, &m->started_mono);
	m->next.fd = -1;
	m->pages.ms = -1;
	m->unread.ms = -1;
	m->guests.ms = -1;
	for (i = 0; i < NR_FILES; i++) {
		struct manifest_file *f = &m->files[i];

		f->name = names[i];
		f->wanted = true;
		f->ms = -1;
		snprintf(f->why, sizeof(f->why), "not its turn yet");
	}
}

void manifest_free(struct manifest *m)
{
	unsigned int i;

	for (i = 0; i < m->nr_messages; i++)
		free(m->messages[i]);
	m->nr_messages = 0;
	for (i = 0; i < m->nr_removed; i++)
		free(m->removed[i]);
	m->nr_removed = 0;
	save_drop(&m->next);
}

int64_t manifest_ms(const struct manifest *m)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - m->started_mono.tv_sec) * INT64_C(1000) +
	       (now.tv_nsec - m->started_mono.tv_nsec) / 1000000;
}

void manifest_say(struct manifest *m, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		return;
	fprintf(stderr, "hvdump-collect: %s\n", text);
	if (m->nr_messages < MANIFEST_MESSAGES)
		m->messages[m->nr_messages++] = text;
	else
		free(text);
}

void manifest_set(struct manifest *m, enum manifest_file_id id,
		  enum file_state state, const char *format, ...)
{
	struct manifest_file *f = &m->files[id];
	va_list args;

	f->state = state;
	va_start(args, format);
	vsnprintf(f->why, sizeof(f->why), format, args);
	va_end(args);
	if (f->wanted)
		fprintf(stderr, "hvdump-collect: %s is %s: %s\n", f->name,
			state == STATE_PARTIAL ? "incomplete" : "missing",
			f->why);
}

void manifest_complete(struct manifest *m, enum manifest_file_id id,
		       uint64_t size, const char *sha256)
{
	struct manifest_file *f = &m->files[id];

	f->state = STATE_COMPLETE;
	f->size = size;
	f->ms = manifest_ms(m);
	f->why[0] = '\0';
	snprintf(f->sha256, sizeof(f->sha256), "%s", sha256);
}

void manifest_replaced(struct manifest *m, enum manifest_file_id id,
		       uint64_t size, const char *sha256)
{
	struct manifest_file *f = &m->files[id];

	f->size = size;
	snprintf(f->sha256, sizeof(f->sha256), "%s", sha256);
}

void manifest_pages_failed(struct manifest *m, const char *format, ...)
{
	struct manifest_pages *p = &m->pages;
	va_list args;

	p->state = PAGES_FAILED;
	p->copied = 0;
	va_start(args, format);
	vsnprintf(p->why, sizeof(p->why), format, args);
	va_end(args);
	fprintf(stderr, "hvdump-collect: pages of memory are missing: %s\n",
		p->why);
}

int manifest_verdict(const struct manifest *m)
{
	bool any = false, all = true;
	int i;

	for (i = 0; i < NR_FILES; i++) {
		const struct manifest_file *f = &m->files[i];

		any |= f->state != STATE_MISSING;
		all &= !f->wanted || f->state == STATE_COMPLETE;
	}
	if (!any)
		return EXIT_NOTHING;
	/* What was cut or damaged before it came to us is missing as well. */
	if (!m->source.open || m->source.damage[0] || m->summary.damages ||
	    m->lost_chunks || m->pages.state == PAGES_FAILED ||
	    m->pages.unsafe || m->pages.failed || m->pages.beyond ||
	    (m->checked && m->check.lost) ||
	    (m->guests.state == GUESTS_UNPROTECTED && m->guests.pages))
		all = false;
	return all ? 0 : EXIT_INCOMPLETE;
}

static int put_in_place(struct manifest *m, int dirfd, const char *text,
			struct hvd_error *err)
{
	if (m->next.fd < 0 &&
	    save_open(&m->next, dirfd, MANIFEST_NAME, err))
		return -1;
	m->next.replaces = true;
	if (save_write(&m->next, text, strlen(text), err) == 0 &&
	    save_commit(&m->next, err) == 0)
		return 0;
	save_drop(&m->next);
	return -1;
}

int manifest_write(struct manifest *m, int dirfd)
{
	struct hvd_error err = { "out of memory" };
	char *text = manifest_json(m);
	int ret;

	ret = text ? put_in_place(m, dirfd, text, &err) : -1;
	free(text);
	if (ret)
		fprintf(stderr, "hvdump-collect: %s: %s\n", MANIFEST_NAME,
			err.text);
	if (!m->finished && save_open(&m->next, dirfd, MANIFEST_NAME, &err) == 0)
		save_reserve(&m->next, ROOM);
	return ret;
}
