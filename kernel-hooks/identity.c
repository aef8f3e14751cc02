// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which hypervisor this is, and what its partition that runs this kernel may
 * ask of it. All of it is learned when the module is loaded.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/mshyperv.h>

#include "compat.h"
#include "hvdump.h"

#define LEAF_VENDOR	0x40000000u	/* and the highest leaf */
#define LEAF_INTERFACE	0x40000001u
#define LEAF_PRIVILEGES	0x40000003u	/* EAX, EBX: 64 privilege bits */
#define LEAF_ISOLATION	0x4000000cu
#define LEAF_STACK	0x40000080u	/* of the virtualization stack */
#define LEAF_STACK_LAST	0x40000082u
#define INTERFACE_HV1	0x31237648u	/* "Hv#1" */

struct hvd_identity hvd_self;

static const struct hvd_leaf *find_leaf(u32 code)
{
	u32 i;

	for (i = 0; i < hvd_self.nr_leaves; i++)
		if (hvd_self.leaves[i].code == code)
			return &hvd_self.leaves[i];
	return NULL;
}

static const struct hvd_leaf *save_leaf(u32 code)
{
	struct hvd_leaf *l;

	if (hvd_self.nr_leaves == ARRAY_SIZE(hvd_self.leaves))
		return NULL;
	l = &hvd_self.leaves[hvd_self.nr_leaves++];
	l->code = code;
	cpuid(code, &l->eax, &l->ebx, &l->ecx, &l->edx);
	return l;
}

/* Privilege bit @bit of CPUID 0x40000003, EAX and EBX taken as one mask. */
static bool privileged(u32 bit)
{
	const struct hvd_leaf *l = find_leaf(LEAF_PRIVILEGES);

	if (!l)
		return false;
	return (bit < 32 ? l->eax >> bit : l->ebx >> (bit - 32)) & 1;
}

/*
 * The leaves that exist: 0x40000000 to the limit in its EAX; the isolation leaf
 * only of an isolated partition; those of the virtualization stack, which that
 * limit does not cover, to the limit in the EAX of the first of them.
 */
static void save_leaves(u32 last)
{
	const struct hvd_leaf *l;
	u32 code;

	for (code = LEAF_INTERFACE; code <= min(last, LEAF_ISOLATION); code++)
		if (code != LEAF_ISOLATION || privileged(HVD_PRIV_ISOLATION))
			save_leaf(code);

	l = save_leaf(LEAF_STACK);
	if (!l || l->eax <= LEAF_STACK || l->eax > LEAF_STACK + 0x7f) {
		hvd_self.nr_leaves--;
		return;
	}
	last = min(l->eax, LEAF_STACK_LAST);
	for (code = LEAF_STACK + 1; code <= last; code++)
		save_leaf(code);
}

/*
 * As the kernel tells them apart (ms_hyperv_init_platform() up to 6.18,
 * hv_identify_partition_type() since), but whether or not it is built to run
 * as a parent itself: what counts is what the hypervisor permits.
 */
static u32 partition_kind(void)
{
	if (!privileged(HVD_PRIV_CREATE_PARTITIONS) ||
	    privileged(HVD_PRIV_ISOLATION))
		return HVD_KIND_GUEST;
	return privileged(HVD_PRIV_CPU_MANAGEMENT) ? HVD_KIND_ROOT :
						     HVD_KIND_L1VH;
}

/**
 * hvd_identify() - read the hypervisor's CPUID leaves
 * Return: 0, or -ENODEV where no Microsoft hypervisor answers.
 */
int hvd_identify(void)
{
	const struct hvd_leaf *vendor, *interface;

	if (!boot_cpu_has(X86_FEATURE_HYPERVISOR))
		return -ENODEV;
	vendor = save_leaf(LEAF_VENDOR);
	memcpy(hvd_self.vendor, &vendor->ebx, 4);
	memcpy(hvd_self.vendor + 4, &vendor->ecx, 4);
	memcpy(hvd_self.vendor + 8, &vendor->edx, 4);
	if (memcmp(hvd_self.vendor, "Microsoft Hv", 12) ||
	    vendor->eax < LEAF_VENDOR + 5 || vendor->eax > LEAF_VENDOR + 0xffff)
		return -ENODEV;

	save_leaves(vendor->eax);
	interface = find_leaf(LEAF_INTERFACE);
	if (!interface || interface->eax != INTERFACE_HV1)
		return -ENODEV;

	hvd_self.kind = partition_kind();
	hvd_self.partition_id = HVD_PARTITION_SELF;
	hvd_self.parent = hvd_self.kind != HVD_KIND_GUEST;
	/*
	 * A guest needs the privilege for its own registers, a parent does
	 * not. An isolated one would need pages shared with the hypervisor:
	 * of it the identity alone is recorded.
	 */
	hvd_self.own_registers = hvd_self.parent ||
		(privileged(HVD_PRIV_ACCESS_VP_REGISTERS) &&
		 !privileged(HVD_PRIV_ISOLATION));
	hvd_self.calls = hv_is_hyperv_initialized() &&
		!privileged(HVD_PRIV_ISOLATION);
	return 0;
}

/**
 * hvd_identify_partition() - learn this partition's id
 * The kernel knows it where it runs as a parent; otherwise it is asked for
 * here, if that is permitted. Needs hvd_hypercall_prepare().
 */
void hvd_identify_partition(void)
{
	struct hvd_call_pages pages;
	u64 result;

	hvd_self.partition_id = hv_current_partition_id;
	if (hvd_self.partition_id != HVD_PARTITION_SELF || !hvd_self.calls ||
	    !privileged(HVD_PRIV_ACCESS_PARTITION_ID))
		return;
	if (hvd_pages_alloc(&pages))
		return;
	if (hvd_hypercall(&pages, HVD_CALL_GET_PARTITION_ID, &result) &&
	    HVD_STATUS_OF(result) == HVD_STATUS_SUCCESS)
		hvd_self.partition_id = *(u64 *)pages.out;
	hvd_pages_free(&pages);
}
