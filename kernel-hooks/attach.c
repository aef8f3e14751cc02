// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The chunks become PT_NOTE program headers of the crash image, so that
 * /proc/vmcore and all that read it carry them without knowing them. Where that
 * is not possible the crash kernel gets the address of the chunk table on its
 * command line, and whoever put it there says so by writing to pin.
 *
 * kexec_file_load() makes the ELF header of the vmcore in the kernel, by
 * crash_prepare_elf64_headers(). A kretprobe edits the result: before it is
 * added as a segment, and so before purgatory's digest. The prototype has been
 * the same from 6.1 to 7.2; with LTO the function may be inlined, then there is
 * no probe, and status says so. Memory hotplug makes the headers anew, which is
 * edited again.
 *
 * While a crash image refers to the chunks, this module holds a reference to
 * itself. The image is gone when kimage_free() is called for a crash image: all
 * loading and unloading goes through it, before and instead of the image that
 * was. A poll of kexec_crash_loaded() stands in where that cannot be probed, or
 * where probes are switched off.
 */
#include <linux/elf.h>
#include <linux/kexec.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "hvdump.h"

/* An image is not "loaded" yet when its headers are made. */
#define LOADING_TIME	(60 * HZ)

/* What the spare buffer allows for besides CPUs and chunks. */
#define SPARE_RANGES	1024

struct headers {
	void **addr;
	unsigned long *size;
};

static DEFINE_SPINLOCK(lock);	/* all of the following */
static enum hvd_road road;	/* unless none, a reference is held */
static bool seen_loaded;	/* since it was taken */
static unsigned long attached_at;
static void *spare;		/* a bigger buffer, for the next image */
static void *replaced;		/* a buffer to be freed */
static u32 spare_size;
static struct hvd_attach_stats stats;

static bool free_probed;

enum hvd_road hvd_attached(void)
{
	return READ_ONCE(road);
}

static u32 note_headers(void)
{
	return hvd_nr_chunks + 1;
}

static void put_note(Elf64_Phdr *ph, const struct hvd_chunk *c)
{
	memset(ph, 0, sizeof(*ph));
	ph->p_type = PT_NOTE;
	ph->p_offset = c->address;
	ph->p_paddr = c->address;
	ph->p_filesz = c->size;
	ph->p_memsz = c->size;
}

/*
 * Behind the PT_NOTEs that are there and before the first PT_LOAD: the crash
 * kernel merges the leading PT_NOTEs only, and loses a PT_LOAD for each that
 * stands elsewhere.
 */
static void insert_notes(void *buf)
{
	Elf64_Ehdr *eh = buf;
	Elf64_Phdr *ph = buf + eh->e_phoff;
	u32 nr = note_headers();
	u32 at, i;

	for (at = 0; at < eh->e_phnum && ph[at].p_type == PT_NOTE; at++)
		;
	memmove(ph + at + nr, ph + at, (eh->e_phnum - at) * sizeof(*ph));
	for (i = 0; i < hvd_nr_chunks; i++)
		put_note(ph + at + i, &hvd_chunks[i]);
	put_note(ph + at + i, &hvd_stage_chunk);
	eh->e_phnum += nr;
}

/*
 * 6.6 and later may size the segment in advance for CPU and memory hotplug, from
 * CONFIG_NR_CPUS_DEFAULT and, with memory hotplug, thousands of ranges; a buffer
 * beyond that makes the load fail.
 */
static bool segment_has_room(u32 nr)
{
#if defined(CONFIG_CRASH_HOTPLUG) && !defined(CONFIG_MEMORY_HOTPLUG)
	return num_possible_cpus() + nr <= CONFIG_NR_CPUS_DEFAULT;
#else
	return true;
#endif
}

/* NULL, or why these headers are not to be edited. */
static const char *check_headers(const void *buf, unsigned long size)
{
	const Elf64_Ehdr *eh = buf;

	if (size < sizeof(*eh) || memcmp(eh->e_ident, ELFMAG, SELFMAG) ||
	    eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_phoff != sizeof(*eh) ||
	    eh->e_phentsize != sizeof(Elf64_Phdr) ||
	    size < eh->e_phoff + (u64)eh->e_phnum * sizeof(Elf64_Phdr))
		return "unknown ELF headers";
	if ((u32)eh->e_phnum + note_headers() >= PN_XNUM)
		return "too many program headers";
	if (!segment_has_room(note_headers()))
		return "no room in the segment";
	return NULL;
}

/* Edit the headers in place, or in the bigger buffer made ready for that. */
static const char *edit(struct headers *h)
{
	const Elf64_Ehdr *eh = *h->addr;
	const char *why = check_headers(*h->addr, *h->size);
	u64 used, need;

	if (why)
		return why;
	used = eh->e_phoff + (u64)eh->e_phnum * sizeof(Elf64_Phdr);
	need = used + (u64)note_headers() * sizeof(Elf64_Phdr);
	if (need > *h->size || hvd_force_grow) {
		need = ALIGN(max_t(u64, need, *h->size), ELF_CORE_HEADER_ALIGN);
		if (!spare || replaced || need > spare_size)
			return "no buffer of that size";
		memcpy(spare, *h->addr, used);
		replaced = *h->addr;
		*h->addr = spare;
		*h->size = need;
		spare = NULL;
	}
	insert_notes(*h->addr);
	return NULL;
}

/* Free the buffer that was replaced, and prepare the next spare one. */
static void renew(struct work_struct *work)
{
	unsigned long flags;
	void *fresh = vzalloc(spare_size), *old;

	spin_lock_irqsave(&lock, flags);
	old = replaced;
	replaced = NULL;
	if (!spare) {
		spare = fresh;
		fresh = NULL;
	}
	spin_unlock_irqrestore(&lock, flags);
	vfree(old);
	vfree(fresh);
}

static DECLARE_WORK(renew_work, renew);

/* The caller holds the lock. */
static void detach(void)
{
	if (road != HVD_ROAD_NONE)
		module_put(THIS_MODULE);
	WRITE_ONCE(road, HVD_ROAD_NONE);
}

/* Take the reference, once. The caller holds the lock. */
static bool hold(enum hvd_road by)
{
	if (road == HVD_ROAD_NONE && !try_module_get(THIS_MODULE))
		return false;
	WRITE_ONCE(road, by);
	attached_at = jiffies;
	return true;
}

/* NULL, or why not. The caller holds the lock. */
static const char *attach(struct headers *h)
{
	const char *why;

	/*
	 * An image of kexec_load() whose headers are made anew after hotplug:
	 * its segment was sized in user space, without room for the notes.
	 */
	if (road == HVD_ROAD_COMMAND_LINE && free_probed)
		return "the crash image has the table's address";
	if (!hold(HVD_ROAD_NOTES))
		return "being unloaded";
	seen_loaded = false;
	why = edit(h);
	if (why)
		detach();
	return why;
}

static int prepare_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct headers *h = (struct headers *)ri->data;

	h->addr = (void **)regs_get_kernel_argument(regs, 2);
	h->size = (unsigned long *)regs_get_kernel_argument(regs, 3);
	return 0;
}

static int prepare_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct headers *h = (struct headers *)ri->data;
	unsigned long flags;
	const char *why;

	if ((int)regs_return_value(regs))
		return 0;
	spin_lock_irqsave(&lock, flags);
	why = attach(h);
	stats.why = why;
	if (why)
		stats.refused++;
	else
		stats.edits++;
	spin_unlock_irqrestore(&lock, flags);
	schedule_work(&renew_work);
	return 0;
}

static struct kretprobe prepare_probe = {
	.kp.symbol_name = "crash_prepare_elf64_headers",
	.entry_handler = prepare_entry,
	.handler = prepare_return,
	.data_size = sizeof(struct headers),
	/* kexec's own lock admits one call at a time; spare ones cost little */
	.maxactive = 4,
};

static int free_entry(struct kprobe *kp, struct pt_regs *regs)
{
	struct kimage *image = (void *)regs_get_kernel_argument(regs, 0);
	unsigned long flags;

	if (!image || image->type != KEXEC_TYPE_CRASH)
		return 0;
	spin_lock_irqsave(&lock, flags);
	detach();
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static struct kprobe free_probe = {
	.symbol_name = "kimage_free",
	.pre_handler = free_entry,
};

/**
 * hvd_attach_pin() - the crash image that is loaded has the table's address
 * It cannot be seen from here, so whoever loaded it says so, afterwards: the
 * module stays until that image is gone. Nothing changes when the image has the
 * notes. -ENXIO: no crash image is loaded.
 */
int hvd_attach_pin(void)
{
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&lock, flags);
	if (road == HVD_ROAD_NONE && !hold(HVD_ROAD_COMMAND_LINE))
		ret = -EBUSY;
	seen_loaded = true;
	spin_unlock_irqrestore(&lock, flags);
	/* An image that went before the reference was taken will not tell. */
	if (kexec_crash_loaded())
		return ret;
	spin_lock_irqsave(&lock, flags);
	if (road == HVD_ROAD_COMMAND_LINE)
		detach();
	spin_unlock_irqrestore(&lock, flags);
	return -ENXIO;
}

/** hvd_attach_check() - let go of the module when the crash image is gone */
void hvd_attach_check(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (kexec_crash_loaded())
		seen_loaded = true;
	else if (road != HVD_ROAD_NONE &&
		 (seen_loaded || (!free_probed &&
		  time_after(jiffies, attached_at + LOADING_TIME))))
		detach();
	spin_unlock_irqrestore(&lock, flags);
}

void hvd_attach_stats(struct hvd_attach_stats *st)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	*st = stats;
	spin_unlock_irqrestore(&lock, flags);
	st->missed = prepare_probe.nmissed + prepare_probe.kp.nmissed;
}

/**
 * hvd_attach_init() - from now on crash images get the notes
 * The chunks must be ready. Where the probe is refused the module is of use
 * all the same: the chunks' addresses can travel on the command line.
 */
int hvd_attach_init(void)
{
	int ret;

	spare_size = ALIGN(sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) *
			   (num_possible_cpus() + SPARE_RANGES +
			    note_headers()), ELF_CORE_HEADER_ALIGN);
	spare = vzalloc(spare_size);
	if (!spare)
		return -ENOMEM;
	ret = register_kprobe(&free_probe);
	free_probed = !ret;
	ret = register_kretprobe(&prepare_probe);
	if (ret) {
		pr_warn("no probe on %s (%d): crash images are not extended\n",
			prepare_probe.kp.symbol_name, ret);
		stats.why = "no probe";
		prepare_probe.kp.addr = NULL;
	}
	return 0;
}

/* Only reached when no crash image refers to the chunks. */
void hvd_attach_exit(void)
{
	if (prepare_probe.kp.addr)
		unregister_kretprobe(&prepare_probe);
	if (free_probed)
		unregister_kprobe(&free_probe);
	cancel_work_sync(&renew_work);
	vfree(spare);
	vfree(replaced);
}
