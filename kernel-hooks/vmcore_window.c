// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A window on the old kernel's memory: mapped as the kernel's own code maps it
 * for readers of /proc/vmcore (copy_oldmem_page() of x86), but for many pages at
 * once.
 *
 * A page that the hypervisor guards answers a load with #GP. The load here has an
 * exception-table entry of a type that never warns, so that panic_on_warn does not
 * matter, and that also recovers from a machine check, as bad memory causes.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "guard.h"
#include "vmcore.h"

static struct {
	u64 first, pages;
	void *map;		/* NULL: @look says why */
	enum hvd_look look;
} window;

void hvd_window_close(void)
{
	if (window.map)
		iounmap((void __iomem *)window.map);
	window.map = NULL;
	window.pages = 0;
}

/* ioremap() warns of memory that this kernel uses itself. */
static bool is_own(u64 first, u64 pages)
{
	return region_intersects(first << PAGE_SHIFT, pages << PAGE_SHIFT,
				 IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	       REGION_DISJOINT;
}

/**
 * hvd_window_set() - map some pages; the last window closes
 * @first: number of the first
 * @pages: how many
 *
 * Return: whether they are mapped; if not, a look tells why.
 */
bool hvd_window_set(u64 first, u64 pages)
{
	hvd_window_close();
	window.first = first;
	window.pages = pages;
	window.look = HVD_LOOK_OWN;
	if (is_own(first, pages))
		return false;
	window.look = HVD_LOOK_NOT_MAPPED;
	window.map = (__force void *)ioremap_cache(first << PAGE_SHIFT,
						   pages << PAGE_SHIFT);
	return window.map;
}

/** hvd_window_look() - can a word of page @pfn, which is in the window, be read? */
enum hvd_look hvd_window_look(u64 pfn)
{
	u64 word;

	if (pfn - window.first >= window.pages)
		return HVD_LOOK_NOT_MAPPED;
	if (!window.map)
		return window.look;
	if (hvd_load_recoverable(window.map +
				 ((pfn - window.first) << PAGE_SHIFT), &word))
		return HVD_LOOK_READ;
	return HVD_LOOK_FAILED;
}
