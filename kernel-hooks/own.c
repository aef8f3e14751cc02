// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pages that this kernel's own partition shares with the hypervisor, as the
 * synthetic MSRs tell: per CPU the VP assist page and those of the SynIC, then
 * the hypercall page, the reference TSC page and the crash area.
 *
 * The MSRs are read in process context, when the module is loaded, when a CPU
 * comes, and from time to time. At a crash nothing is read but the table: once
 * the hypervisor is gone there are no such MSRs.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include <asm/mshyperv.h>
#include <asm/msr.h>

#include "guard.h"
#include "hvdump.h"

/* Of all of them bit 0 says "enabled"; bits 63:12 are the page's number. */
static const struct {
	u32 msr;
	u32 kind;
} of_cpu[] = {
	{ 0x40000073, HVD_PAGE_VP_ASSIST },
	{ 0x40000083, HVD_PAGE_SIM },
	{ 0x40000082, HVD_PAGE_SIEF },
	{ 0x40000085, HVD_PAGE_SIRB },
}, of_partition[] = {
	{ 0x40000001, HVD_PAGE_HYPERCALL },
	{ 0x40000021, HVD_PAGE_REFERENCE_TSC },
};

#define PER_CPU		ARRAY_SIZE(of_cpu)
#define PER_PARTITION	ARRAY_SIZE(of_partition)
#define ENABLED		1ULL

struct own_page {
	u64 pfn;		/* 0: none, or being changed */
	u32 kind;
	u32 vp_index;
	void *map;
};

/* PER_CPU of each CPU, by its number, then PER_PARTITION. */
static struct own_page *table;
static u32 size;
static DEFINE_MUTEX(lock);	/* whoever changes it */
static int hotplug_state = -1;

struct values {
	u64 cpu[PER_CPU];
	u64 partition[PER_PARTITION];
};

/* 0 where there is no such MSR, or its page is not enabled. */
static u64 page_of(u32 msr)
{
	u32 low, high;

	if (rdmsr_safe(msr, &low, &high) || !(low & ENABLED))
		return 0;
	return ((u64)high << 32 | low) >> 12;
}

/* On the CPU whose MSRs they are. */
static void read_values(void *data)
{
	struct values *v = data;
	u32 i;

	for (i = 0; i < PER_CPU; i++)
		v->cpu[i] = page_of(of_cpu[i].msr);
	for (i = 0; i < PER_PARTITION; i++)
		v->partition[i] = page_of(of_partition[i].msr);
}

/* A crash sees an entry as it was, as it is, or none. */
static void set_page(struct own_page *o, u64 pfn, u32 kind, u32 vp_index)
{
	void *map = NULL;

	if (o->pfn == pfn && o->kind == kind && o->vp_index == vp_index)
		return;
	if (pfn)
		map = memremap(pfn * HVD_PAGE_SIZE, HVD_PAGE_SIZE,
			       MEMREMAP_WB);
	WRITE_ONCE(o->pfn, 0);
	/* Before anything else of it: see hvd_own_get(). */
	smp_wmb();
	if (o->map)
		memunmap(o->map);
	o->map = map;
	o->kind = kind;
	o->vp_index = vp_index;
	/* Whoever sees the page sees the rest: hvd_own_get(). */
	smp_store_release(&o->pfn, pfn);
}

static void set_cpu(unsigned int cpu, const struct values *v)
{
	struct own_page *o = table + cpu * PER_CPU;
	u32 i;

	for (i = 0; i < PER_CPU; i++)
		set_page(&o[i], v->cpu[i], of_cpu[i].kind, hv_vp_index[cpu]);
}

static void set_partition(const struct values *v)
{
	struct own_page *o = table + nr_cpu_ids * PER_CPU;
	u32 i;

	for (i = 0; i < PER_PARTITION; i++)
		set_page(&o[i], v->partition[i], of_partition[i].kind,
			 HVD_NO_VP);
}

static int cpu_comes(unsigned int cpu)
{
	struct values v;

	read_values(&v);
	mutex_lock(&lock);
	set_cpu(cpu, &v);
	set_partition(&v);
	mutex_unlock(&lock);
	return 0;
}

static int cpu_goes(unsigned int cpu)
{
	static const struct values none;

	mutex_lock(&lock);
	set_cpu(cpu, &none);
	mutex_unlock(&lock);
	return 0;
}

/** hvd_own_refresh() - read the MSRs again; in process context */
void hvd_own_refresh(void)
{
	unsigned int cpu;
	struct values v;

	if (!table)
		return;
	cpus_read_lock();
	mutex_lock(&lock);
	for_each_online_cpu(cpu) {
		smp_call_function_single(cpu, read_values, &v, 1);
		set_cpu(cpu, &v);
	}
	/* The same on each: the last one's will do. */
	set_partition(&v);
	mutex_unlock(&lock);
	cpus_read_unlock();
}

static void refresh(struct work_struct *work)
{
	hvd_own_refresh();
}

static DECLARE_WORK(refresh_work, refresh);

/** hvd_own_refresh_soon() - the same, from where that would deadlock */
void hvd_own_refresh_soon(void)
{
	schedule_work(&refresh_work);
}

/**
 * hvd_own_init() - learn the pages, and follow CPUs that come and go
 * Where the MSRs must not be touched nothing is known, and nothing wrong with
 * that.
 */
int hvd_own_init(void)
{
	int ret;

	if (!hvd_self.calls)
		return 0;
	size = nr_cpu_ids * PER_CPU + PER_PARTITION;
	table = kvcalloc(size, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "hvdump:online",
				cpu_comes, cpu_goes);
	if (ret < 0)
		return ret;
	hotplug_state = ret;
	return 0;
}

void hvd_own_exit(void)
{
	u32 i;

	cancel_work_sync(&refresh_work);
	if (hotplug_state >= 0)
		cpuhp_remove_state_nocalls(hotplug_state);
	hotplug_state = -1;
	for (i = 0; i < size; i++)
		if (table[i].map)
			memunmap(table[i].map);
	kvfree(table);
	table = NULL;
	size = 0;
}

/** hvd_own_count() - how many hvd_own_get() can tell of, holes included; road */
u32 hvd_own_count(void)
{
	return size + hvd_alive_area_pages();
}

/* Does a load from the page fault, though it is mapped? */
static bool faults(const void *map)
{
	u64 word;

	return map && !hvd_load_u64(map, &word);
}

/* Page @i of the crash area; they are guarded together. */
static bool get_area(u32 i, struct hvd_page *p)
{
	const void *va;

	p->partition_id = HVD_PARTITION_SELF;
	p->kind = HVD_PAGE_CRASH_AREA;
	p->pfn = hvd_alive_area(&va) + i;
	if (faults(va))
		p->flags = HVD_PAGE_GUARDED;
	return true;
}

/** hvd_own_get() - page @i; false where there is none; road */
bool hvd_own_get(u32 i, struct hvd_page *p)
{
	const struct own_page *o;

	*p = (struct hvd_page){ .vp_index = HVD_NO_VP };
	if (i >= size)
		return get_area(i - size, p);
	o = &table[i];
	/* Pairs with both barriers of set_page(), as does the one below. */
	p->pfn = smp_load_acquire(&o->pfn);
	if (!p->pfn)
		return false;
	p->partition_id = hvd_self.partition_id;
	p->kind = o->kind;
	p->vp_index = o->vp_index;
	if (faults(READ_ONCE(o->map)))
		p->flags = HVD_PAGE_GUARDED;
	/* The same page still? Then the rest was this page's. */
	smp_rmb();
	return READ_ONCE(o->pfn) == p->pfn;
}
