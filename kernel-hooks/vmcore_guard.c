// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which pages of the dump may be read. Where a hypervisor guards pages of this
 * partition nobody has a list of them: each page is tried, once, before anybody
 * reads it. What was found is kept: a set of pages that can be read, which is
 * short because most of memory can, and a set of those that cannot.
 */
#include <linux/cc_platform.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <asm/cpufeature.h>

#include "compat.h"
#include "vmcore.h"

/* 2 MiB: a large page, and about what a reader asks for at once. */
#define BLOCK	512ULL

/* CPUID 0x40000003 EBX: privileges of this partition (TLFS 2.4) */
#define LEAF_VENDOR		0x40000000u
#define LEAF_PRIVILEGES		0x40000003u
#define CREATE_PARTITIONS	BIT(0)
#define ISOLATION		BIT(22)

static DEFINE_MUTEX(lock);	/* all of the following */
static struct hvd_ranges loads, good, unread, exclude;
static bool probing;
static const char *why;
static u64 unlisted;
static u32 changes;		/* of unread and exclude */
static u32 read_at_change[2];	/* by enum hvd_list: see hvd_guard_list() */

/*
 * Only a parent partition hands memory to the hypervisor. One whose hypervisor
 * was taken out of the way does not see it in CPUID any more.
 */
static bool is_guarded(const char **reason)
{
	u32 eax, ebx, ecx, edx;

	*reason = "no Microsoft hypervisor is there";
	if (!boot_cpu_has(X86_FEATURE_HYPERVISOR))
		return false;
	cpuid(LEAF_VENDOR, &eax, &ebx, &ecx, &edx);
	/* "Microsoft Hv" */
	if (eax < LEAF_PRIVILEGES || ebx != 0x7263694d || ecx != 0x666f736f ||
	    edx != 0x76482074)
		return false;
	cpuid(LEAF_PRIVILEGES, &eax, &ebx, &ecx, &edx);
	*reason = "this partition is no parent";
	if (!(ebx & CREATE_PARTITIONS) || ebx & ISOLATION)
		return false;
	*reason = "a Microsoft hypervisor is there, and this is a parent partition";
	return true;
}

/* What others see as encrypted must not be touched as if it were not. */
static bool is_encrypted(void)
{
	return cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT);
}

/**
 * hvd_guard_init() - find out whether pages are guarded
 * @probe: 0 or 1: as the parameter says; else by what CPUID tells
 * @limit: of ranges in each set
 */
void hvd_guard_init(int probe, u32 limit)
{
	hvd_ranges_init(&loads, limit);
	hvd_ranges_init(&good, limit);
	hvd_ranges_init(&unread, limit);
	hvd_ranges_init(&exclude, limit);
	probing = is_guarded(&why);
	if (probe == 0 || probe == 1) {
		why = "the parameter says so";
		probing = probe;
	}
	if (is_encrypted()) {
		why = "the memory is encrypted";
		probing = false;
	}
}

/**
 * hvd_guard_read_loads() - learn which memory the dump has
 * Opens /proc/vmcore, which must not come before the callback is registered.
 */
void hvd_guard_read_loads(void)
{
	struct hvd_ranges fresh;
	int ret;

	/* Not under the lock, which readers take below their mmap_lock. */
	hvd_ranges_init(&fresh, loads.limit);
	ret = hvd_loads_read(&fresh);
	mutex_lock(&lock);
	loads = fresh;
	mutex_unlock(&lock);
	if (ret)
		pr_notice("/proc/vmcore: error %d; pages are tried one by one\n",
			  ret);
}

void hvd_guard_exit(void)
{
	hvd_window_close();
	hvd_ranges_free(&loads);
	hvd_ranges_free(&good);
	hvd_ranges_free(&unread);
	hvd_ranges_free(&exclude);
}

/* A page that cannot be listed is tried again whenever it is asked for. */
static void note(u64 pfn, enum hvd_look look)
{
	u64 before;

	if (look == HVD_LOOK_READ || look == HVD_LOOK_OWN) {
		hvd_ranges_add(&good, pfn, 1);
		return;
	}
	before = unread.pages;
	if (hvd_ranges_add(&unread, pfn, 1))
		unlisted++;
	changes += unread.pages != before;
}

/*
 * Try the pages of the block that @pfn lies in, as far as the dump has them; of
 * other memory nothing is known, and only that page is tried.
 */
static enum hvd_look probe_block(u64 pfn)
{
	const struct hvd_range *load = hvd_ranges_find(&loads, pfn);
	u64 first = pfn, end = pfn + 1, at;
	enum hvd_look look, ret = HVD_LOOK_NOT_MAPPED;

	if (load) {
		first = max(load->first, round_down(pfn, BLOCK));
		end = min(load->end, round_down(pfn, BLOCK) + BLOCK);
	}
	if (!hvd_window_set(first, end - first) && end - first > 1) {
		/* Not as a whole: perhaps this page alone. */
		first = pfn;
		end = pfn + 1;
		hvd_window_set(first, 1);
	}
	for (at = first; at < end; at++) {
		if (exclude.nr && hvd_ranges_find(&exclude, at))
			continue;
		look = hvd_window_look(at);
		if (at == pfn)
			ret = look;
		note(at, look);
	}
	return ret;
}

static bool readable(u64 pfn)
{
	enum hvd_look look;

	if (hvd_ranges_find(&exclude, pfn))
		return false;
	if (!probing || hvd_ranges_find(&good, pfn))
		return true;
	if (hvd_ranges_find(&unread, pfn))
		return false;
	look = probe_block(pfn);
	return look == HVD_LOOK_READ || look == HVD_LOOK_OWN;
}

/** hvd_guard_readable() - may page @pfn be read? May sleep. */
bool hvd_guard_readable(u64 pfn)
{
	bool ret;

	/* The usual case: nothing is guarded, nothing is left out. */
	if (!READ_ONCE(probing) && !READ_ONCE(exclude.nr))
		return true;
	mutex_lock(&lock);
	ret = readable(pfn);
	mutex_unlock(&lock);
	return ret;
}

/* The first page from @pfn on that nothing is known of yet, or @end. */
static u64 next_unknown(u64 pfn, u64 end)
{
	const struct hvd_ranges *const known[] = { &exclude, &good, &unread };
	const struct hvd_range *r;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known) && pfn < end;) {
		r = hvd_ranges_find(known[i], pfn);
		i = r ? 0 : i + 1;
		if (r)
			pfn = r->end;
	}
	return min(pfn, end);
}

/*
 * Try the next block from @pfn on that is not known. A page that the lists have
 * no room for does not stop the scan: it goes on behind the block.
 */
static u64 scan_block(u64 pfn, u64 end)
{
	mutex_lock(&lock);
	pfn = next_unknown(pfn, end);
	if (pfn < end)
		probe_block(pfn);
	mutex_unlock(&lock);
	return min(round_down(pfn, BLOCK) + BLOCK, end);
}

/**
 * hvd_guard_scan() - try all pages that the dump has, beforehand
 * @ms: at most so long; 0: as long as it takes
 *
 * Return: 0; -ETIMEDOUT or -EINTR when it ended early: what was tried is kept.
 */
int hvd_guard_scan(u32 ms)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(ms);
	u64 pfn;
	u32 i;

	if (!probing)
		return 0;
	/* The segments are read once, and do not change any more. */
	for (i = 0; i < loads.nr; i++) {
		for (pfn = loads.list[i].first; pfn < loads.list[i].end;) {
			pfn = scan_block(pfn, loads.list[i].end);
			if (signal_pending(current))
				return -EINTR;
			if (ms && time_after(jiffies, deadline))
				return -ETIMEDOUT;
			cond_resched();
		}
	}
	return 0;
}

/** hvd_guard_exclude() - leave out pages: hvd_ranges_parse() */
int hvd_guard_exclude(const char *text, size_t len, size_t *taken)
{
	unsigned long used;
	int ret;

	mutex_lock(&lock);
	changes++;
	ret = hvd_ranges_parse(&exclude, text, len, &used);
	mutex_unlock(&lock);
	*taken = used;
	return ret;
}

void hvd_guard_counts(struct hvd_guard_counts *c)
{
	mutex_lock(&lock);
	*c = (struct hvd_guard_counts){
		.probing = probing,
		.why = why,
		.loads = loads.pages,
		.probed = good.pages + unread.pages,
		.unread = unread.pages,
		.unread_ranges = unread.nr,
		.excluded = exclude.pages,
		.excluded_ranges = exclude.nr,
		.unlisted = unlisted,
	};
	mutex_unlock(&lock);
}

/* All lines have the same length, so that an offset tells which one. */
#define LINE	"0x%016llx 0x%016llx\n"
#define LINE_SIZE	(2 * 18 + 2)

static ssize_t put_lines(const struct hvd_ranges *r, char *buf, loff_t at,
			 size_t count)
{
	char line[LINE_SIZE + 1];
	size_t done = 0, n;
	u32 within;
	u64 i = div_u64_rem(at, LINE_SIZE, &within);

	for (; i < r->nr && done < count; i++) {
		snprintf(line, sizeof(line), LINE, r->list[i].first,
			 r->list[i].end - r->list[i].first);
		n = min_t(size_t, count - done, LINE_SIZE - within);
		memcpy(buf + done, line + within, n);
		done += n;
		within = 0;
	}
	return done;
}

/**
 * hvd_guard_list() - a set as text: first page number and count, one range a line
 * @which: the set
 * @buf: gets the text
 * @at: which part of it, from this byte on
 * @count: bytes, at most
 *
 * Return: bytes, 0 at the end; -ESTALE when the set has changed since its
 * beginning was read.
 */
ssize_t hvd_guard_list(enum hvd_list which, char *buf, loff_t at, size_t count)
{
	const struct hvd_ranges *r = which == HVD_LIST_UNREAD ? &unread :
								&exclude;
	ssize_t ret;

	mutex_lock(&lock);
	if (!at)
		read_at_change[which] = changes;
	if (read_at_change[which] != changes)
		ret = -ESTALE;
	else
		ret = put_lines(r, buf, at, count);
	mutex_unlock(&lock);
	return ret;
}
