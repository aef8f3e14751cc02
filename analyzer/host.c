// SPDX-License-Identifier: GPL-2.0-or-later
/* The Linux that died: see host.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "kernel_open.h"
#include "log_file.h"
#include "names.h"

void host_open(struct host *h, struct session *s)
{
	memset(h, 0, sizeof(*h));
	h->s = s;
}

void host_close(struct host *h)
{
	if (h->asked_stacks)
		stacks_close(&h->stacks);
	if (h->asked_driver)
		driver_close(&h->driver);
	if (h->asked_memory)
		memory_close(&h->memory);
}

const struct stacks *host_stacks(struct host *h)
{
	struct stacks *st = &h->stacks;
	size_t i = 0;

	if (h->asked_stacks)
		return h->has_stacks ? st : NULL;
	h->asked_stacks = true;
	h->has_stacks = stacks_open(h->s, st, &h->no_stacks) == STATUS_DONE;
	if (!h->has_stacks || st->cpus.crashing < 0)
		return h->has_stacks ? st : NULL;
	st->has_cpu = true;
	st->cpu = st->cpus.cpu[st->cpus.crashing].number;
	h->crashed = stacks_next(st, &i);
	return st;
}

const struct hvd_cpu *host_crashed(struct host *h)
{
	return host_stacks(h) ? h->crashed : NULL;
}

const struct driver *host_driver(struct host *h)
{
	struct hvd_error err;

	if (!h->asked_driver) {
		h->asked_driver = true;
		h->has_driver = driver_open(h->s, &h->driver, &err) ==
					STATUS_DONE &&
				!h->driver.no_mshv.text[0] &&
				h->driver.mshv.loaded;
	}
	return h->has_driver ? &h->driver : NULL;
}

const struct hvd_mshv_vp *host_vp(struct host *h, uint64_t partition,
				  uint64_t index)
{
	const struct driver *d = host_driver(h);
	const struct hvd_mshv *m = d ? &d->mshv : NULL;
	size_t i, k;

	for (i = 0; m && i < m->nr_partitions; i++) {
		const struct hvd_mshv_partition *p = &m->partitions[i];

		if (p->id != partition)
			continue;
		for (k = 0; k < p->nr_vps; k++)
			if (p->vps[k].slot == index)
				return &p->vps[k];
	}
	return NULL;
}

/* ------------------------------------------------------------- the last words */

/* How the kernel's own last words begin: lib/dump_stack.c's callers, traps.c. */
static const char panic_begins[] = "Kernel panic - not syncing: ";
static const char *const oopses[] = {
	"BUG: ", "kernel BUG at ", "Oops: ", "general protection fault",
	"PANIC: double fault", "divide error", "invalid opcode",
	"Internal error: ", "Unable to handle kernel ",
	"stack segment", "traps: PANIC: double fault",
};

/* Of a line that says why, the first; the text of a record is not terminated. */
static bool begins(const struct hvd_log_record *r, const char *with)
{
	return r->length >= strlen(with) &&
	       !memcmp(r->text, with, strlen(with));
}

static void keep_line(char *buf, size_t size, const struct hvd_log_record *r,
		      size_t from)
{
	const char *newline = memchr(r->text, '\n', r->length);
	size_t end = newline ? (size_t)(newline - r->text) : r->length;

	if (end > from)
		clean_text(buf, size, (const uint8_t *)r->text + from,
			   end - from);
}

/* "RIP: 0010:name+0x12/0x34": the first is that of the oops. */
static void take_place(struct host *h, const struct hvd_log_record *r)
{
	static const char rip[] = "RIP: 0010:";
	size_t from = strlen(rip), end = from;

	if (h->place[0] || !begins(r, rip))
		return;
	while (end < r->length && r->text[end] != '+' && r->text[end] != '\n')
		end++;
	if (end < r->length && r->text[end] == '+')
		clean_text(h->place, sizeof(h->place),
			   (const uint8_t *)r->text + from, end - from);
}

static bool contains(const struct hvd_log_record *r, const char *word)
{
	return memmem(r->text, r->length, word, strlen(word));
}

/* Only the first of a chain of them says what began it. */
static int take_record(void *arg, const struct hvd_log_record *r)
{
	struct host *h = arg;
	size_t i;

	if (begins(r, panic_begins) && !h->panic[0])
		keep_line(h->panic, sizeof(h->panic), r,
			  strlen(panic_begins));
	for (i = 0; i < sizeof(oopses) / sizeof(oopses[0]); i++)
		if (begins(r, oopses[i]) && !h->oops[0] && !h->panic[0])
			keep_line(h->oops, sizeof(h->oops), r, 0);
	take_place(h, r);
	if (contains(r, "INSUFFICIENT_MEMORY") ||
	    contains(r, "INSUFFICIENT_ROOT_MEMORY") ||
	    contains(r, "INSUFFICIENT_CONTIGUOUS"))
		h->no_memory++;
	return 0;
}

/* From memory; where there is none, from the text that was saved beside it. */
static void read_log(struct host *h)
{
	struct hvd_error err;
	struct hvd_kernel *k = session_kernel(h->s, &err);
	struct hvd_vmcoreinfo *v = k ? hvd_kernel_vmcoreinfo(k) : NULL;
	struct hvd_kmem *kmem = v ? hvd_kernel_kmem(k, &err) : NULL;
	char *path;

	if (kmem && hvd_log_read(kmem, v, take_record, h, &err) >= 0)
		return;
	path = log_file_find(h->s);
	if (path)
		log_file_read(path, take_record, h, &err);
	free(path);
}

static void ask_log(struct host *h)
{
	if (!h->asked_log)
		read_log(h);
	h->asked_log = true;
}

/* panic() after an oops says no more than that there was one. */
const char *host_words(struct host *h)
{
	ask_log(h);
	if (h->oops[0] && (!h->panic[0] ||
			   !strncmp(h->panic, "Fatal exception", 15)))
		return h->oops;
	return h->panic[0] ? h->panic : NULL;
}

const char *host_place(struct host *h)
{
	ask_log(h);
	return h->place[0] ? h->place : NULL;
}

uint64_t host_lacked_memory(struct host *h)
{
	ask_log(h);
	return h->no_memory;
}

/* ---------------------------------------------------------------------- pages */

int host_page(struct host *h, uint64_t pfn, uint8_t *bytes)
{
	if (!h->asked_memory)
		memory_open(h->s, &h->memory);
	h->asked_memory = true;
	return memory_read_whole(h->s, &h->memory, pfn, bytes, HOST_PAGE);
}
