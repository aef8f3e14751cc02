// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Live captures: the same code as at a crash, in process context, with hypercall
 * pages and chunks of its own, since a crash may interrupt it at any point.
 * /sys/kernel/hvdump/capture takes one, last is what the latest one wrote.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "hvdump.h"

/* Readers of last that are known at a time. */
#define MAX_READERS	32

/** An open file that is being read, and what of. */
struct reader {
	const void *file;
	u32 generation;
};

static DEFINE_MUTEX(lock);	/* all of the following */
static u8 *last;		/* NULL: there was none yet */
static size_t last_size;
static u32 generation;		/* of last */
static struct reader readers[MAX_READERS];
static u32 next_reader;
static unsigned long again_at;	/* jiffies: no capture before */

static void breathe(void)
{
	cond_resched();
}

static void chunks_free(struct hvd_chunk *c, u32 nr)
{
	while (c && nr)
		vfree(c[--nr].base);
	kfree(c);
}

/* As many and as large as those of a crash, so that the same finds room. */
static struct hvd_chunk *chunks_alloc(u32 nr)
{
	struct hvd_chunk *c = kcalloc(nr, sizeof(*c), GFP_KERNEL);
	u32 i;

	for (i = 0; c && i < nr; i++) {
		c[i].size = hvd_chunks[i].size;
		c[i].base = vzalloc(c[i].size);
		if (!c[i].base) {
			chunks_free(c, nr);
			return NULL;
		}
	}
	return c;
}

/* One piece of memory as large as what was written. */
static u8 *join(const struct hvd_chunk *c, u32 nr, size_t *size)
{
	size_t at = 0;
	u8 *all;
	u32 i;

	*size = 0;
	for (i = 0; i < nr; i++)
		*size += c[i].used;
	all = vmalloc(*size);
	for (i = 0; all && i < nr; i++) {
		memcpy(all + at, c[i].base, c[i].used);
		at += c[i].used;
	}
	return all;
}

static int run(struct hvd_session *s, struct hvd_chunk *c, u32 nr)
{
	u32 flags = hvd_driver_flags();
	u64 nonce;
	int ret = hvd_session_alloc(s);

	if (ret)
		return ret;
	if (hvd_hypercall_protected())
		flags |= HVD_CAPTURE_PROTECTED;
	s->live = true;
	s->pause = breathe;
	get_random_bytes(&nonce, sizeof(nonce));
	hvd_writer_init(&s->writer, c, nr, HVD_ROLE_CAPTURE, nonce);
	ret = hvd_put_header(&s->writer, nr);
	if (!ret)
		hvd_capture_run(s, flags);
	return ret;
}

/* The notes of a new capture, to be freed with vfree(); or an error. */
static u8 *take(size_t *size)
{
	u32 nr = hvd_nr_chunks;
	struct hvd_chunk *c = chunks_alloc(nr);
	struct hvd_session *s = kzalloc(sizeof(*s), GFP_KERNEL);
	u8 *notes = NULL;
	int ret = -ENOMEM;

	if (c && s)
		ret = run(s, c, nr);
	if (!ret) {
		notes = join(c, nr, size);
		ret = notes ? 0 : -ENOMEM;
	}
	if (s)
		hvd_session_free(s);
	kfree(s);
	chunks_free(c, nr);
	return ret ? ERR_PTR(ret) : notes;
}

/**
 * hvd_live_capture() - take a live capture, which becomes the last one
 *
 * Return: -EPERM: not allowed; -EBUSY: one is being taken or read; -EAGAIN: the
 * one before ended less than live_pause_ms ago; -ENOMEM.
 */
int hvd_live_capture(void)
{
	size_t size = 0;
	int ret = 0;
	u8 *notes;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!mutex_trylock(&lock))
		return -EBUSY;
	if (generation && time_before(jiffies, again_at)) {
		ret = -EAGAIN;
		goto out;
	}
	hvd_anchor_refresh();
	notes = take(&size);
	if (IS_ERR(notes)) {
		ret = PTR_ERR(notes);
		goto out;
	}
	vfree(last);
	last = notes;
	last_size = size;
	generation++;
	again_at = jiffies + msecs_to_jiffies(hvd_live_pause_ms);
out:
	mutex_unlock(&lock);
	return ret;
}

static struct reader *find_reader(const void *file)
{
	u32 i;

	for (i = 0; i < MAX_READERS; i++)
		if (readers[i].file == file)
			return &readers[i];
	return NULL;
}

/*
 * Who reads from the beginning reads what is the last capture then, and must
 * not be given the rest of another one.
 */
static int check_reader(const void *file, loff_t at)
{
	struct reader *r = find_reader(file);

	if (!at) {
		if (!r)
			r = &readers[next_reader++ % MAX_READERS];
		r->file = file;
		r->generation = generation;
	}
	return r && r->generation == generation ? 0 : -ESTALE;
}

/**
 * hvd_live_read() - read of the last capture
 * @file: who reads; only compared with others
 * @buf: where to
 * @at: the place in the capture
 * @count: bytes, at most
 *
 * Return: bytes; -ENODATA: there is none yet; -ESTALE: another one was taken
 * since @file read its beginning, which it never did if this is its first read.
 */
ssize_t hvd_live_read(const void *file, char *buf, loff_t at, size_t count)
{
	ssize_t ret;

	if (mutex_lock_interruptible(&lock))
		return -ERESTARTSYS;
	ret = last ? check_reader(file, at) : -ENODATA;
	if (!ret)
		ret = memory_read_from_buffer(buf, count, &at, last, last_size);
	mutex_unlock(&lock);
	return ret;
}

/** hvd_live_stats() - how many captures were taken, and the last one's bytes */
void hvd_live_stats(u32 *captures, size_t *bytes)
{
	*captures = READ_ONCE(generation);
	*bytes = READ_ONCE(last_size);
}

/* Nobody can take or read one any more. */
void hvd_live_exit(void)
{
	vfree(last);
	last = NULL;
}
