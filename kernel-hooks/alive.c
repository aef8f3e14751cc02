// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * May the hypervisor be asked? Decided anew before each hypercall.
 *
 * Crashed: bit 0 of the second dword of the crash dump area, where the root
 * knows that area (system property 47). Gone, that is, taken out of the way by
 * the disable call: its CPUID leaves differ from those saved. CPUID 1:ECX[31]
 * alone does not tell, and the valid bit stays 0 after a Linux panic's
 * devirtualisation.
 */
#include <linux/io.h>
#include <linux/kernel.h>

#include "compat.h"
#include "guard.h"
#include "hvdump.h"

/* hv_pfn_range: the first PFN in the low 40 bits, how many more follow above */
#define AREA_PFN(v)	((v) & ((1ULL << 40) - 1))
#define AREA_PAGES(v)	((u32)((v) >> 40) + 1)
#define MAX_PAGES	256u	/* references to them must not fill a chunk */
#define AREA_FLAGS	4	/* offset of the dword with the valid bit */
#define AREA_VALID	1u

static void *area;
static u64 area_pfn;
static u32 area_pages;

/* Ask for the crash area: no kernel before 6.19 does it itself. 0: none */
static u64 ask_area(void)
{
	struct hvd_call_pages pages;
	u64 result, range = 0;

	if (hvd_pages_alloc(&pages))
		return 0;
	/* hv_input_get_system_property: the property's number, u32 at 0 */
	*(u32 *)pages.in = HVD_SYSPROP_CRASHDUMP_AREA_ADDRESS;
	if (hvd_hypercall(&pages, HVD_CALL_GET_SYSTEM_PROPERTY, &result) &&
	    HVD_STATUS_OF(result) == HVD_STATUS_SUCCESS)
		range = *(u64 *)pages.out;
	hvd_pages_free(&pages);
	return range;
}

/**
 * hvd_alive_prepare() - find and map the crash area, where there is one
 * Only a root partition may ask for it. An area that cannot be read now is
 * not looked at later either. Its first page is all that is mapped.
 */
void hvd_alive_prepare(void)
{
	u32 flags;
	u64 range, pfn;

	if (hvd_self.kind != HVD_KIND_ROOT || !hvd_self.calls)
		return;
	range = ask_area();
	pfn = AREA_PFN(range);
	if (!pfn)
		return;
	area = memremap(pfn * HVD_PAGE_SIZE, HVD_PAGE_SIZE, MEMREMAP_WB);
	if (!area)
		return;
	if (!hvd_load_u32(area + AREA_FLAGS, &flags) || flags & AREA_VALID) {
		hvd_alive_release();
		return;
	}
	area_pfn = pfn;
	area_pages = min(AREA_PAGES(range), MAX_PAGES);
	if (area_pages < AREA_PAGES(range))
		pr_warn("crash area of %u pages: the first %u are referenced\n",
			AREA_PAGES(range), area_pages);
}

/**
 * hvd_alive_area() - the crash area
 * @va: where its first page is mapped
 * Returns its first PFN; 0: none known.
 */
u64 hvd_alive_area(const void **va)
{
	*va = area;
	return area_pfn;
}

/** hvd_alive_area_pages() - how many pages the crash area has; 0: none known */
u32 hvd_alive_area_pages(void)
{
	return area_pages;
}

void hvd_alive_release(void)
{
	if (area)
		memunmap(area);
	area = NULL;
	area_pfn = 0;
	area_pages = 0;
}

static bool leaf_changed(const struct hvd_leaf *l)
{
	u32 eax, ebx, ecx, edx;

	cpuid(l->code, &eax, &ebx, &ecx, &edx);
	return eax != l->eax || ebx != l->ebx || ecx != l->ecx || edx != l->edx;
}

/**
 * hvd_alive_crashed() - has the hypervisor crashed, gone by now or not? road
 * The valid bit stays set when the hypervisor is taken out of the way.
 */
bool hvd_alive_crashed(void)
{
	u32 flags;

	return area && hvd_load_u32(area + AREA_FLAGS, &flags) &&
	       flags & AREA_VALID;
}

/* HVD_HV_...: the first @nr saved leaves, then the valid bit. */
static u32 state(u32 nr)
{
	u32 i;

	for (i = 0; i < nr && i < hvd_self.nr_leaves; i++)
		if (leaf_changed(&hvd_self.leaves[i]))
			return HVD_HV_GONE;
	return hvd_alive_crashed() ? HVD_HV_CRASHED : HVD_HV_ALIVE;
}

/**
 * hvd_alive_quick() - the check before each hypercall
 * @leaf: look at the vendor leaf, too
 *
 * The valid bit is a load, CPUID is an exit: hvd_ask() knows when that is due.
 * The vendor leaf alone: whatever takes the hypervisor away takes its vendor
 * away. All leaves are looked at when the hook is entered.
 */
u32 hvd_alive_quick(bool leaf)
{
	return state(leaf ? 1 : 0);
}

/** hvd_alive_full() - the check on entering the hook: leaves 0 to 5 */
u32 hvd_alive_full(void)
{
	return state(6);
}
