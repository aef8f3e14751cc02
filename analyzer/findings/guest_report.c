// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Crash registers in words: see guest_report.h. Linux writes an oops's error
 * code, its OS id, RIP, RAX and RSP; or, of a panic, where its last messages are
 * (arch/x86/hyperv/hv_init.c, drivers/hv/hv_common.c). Windows writes the bug
 * check's code and parameters.
 */
#include "config.h"

#include "guest_report.h"

/* GuestCrashCtl */
#define RESERVED    ((UINT64_C(1) << 58) - 1)
#define PRE_OS(c)   ((unsigned int)((c) >> 58 & 7))
#define HAS_MESSAGE (UINT64_C(1) << 62)

/* The OS id: TLFS, "Reporting the Guest OS Identity". */
#define IS_OPEN(id)   ((id) >> 63)
#define OPEN_OS(id)   ((unsigned int)((id) >> 56 & 0x7f))
#define OPEN_LINUX    1
#define VENDOR(id)    ((unsigned int)((id) >> 48))
#define VENDOR_MS     1

#define PAGE 4096

/* The bug checks that are seen most: Microsoft's "Bug Check Code Reference". */
static const struct {
	uint32_t code;
	const char *name;
} bug_checks[] = {
	{0x01, "APC_INDEX_MISMATCH"},
	{0x0a, "IRQL_NOT_LESS_OR_EQUAL"},
	{0x18, "REFERENCE_BY_POINTER"},
	{0x19, "BAD_POOL_HEADER"},
	{0x1a, "MEMORY_MANAGEMENT"},
	{0x1e, "KMODE_EXCEPTION_NOT_HANDLED"},
	{0x24, "NTFS_FILE_SYSTEM"},
	{0x3b, "SYSTEM_SERVICE_EXCEPTION"},
	{0x50, "PAGE_FAULT_IN_NONPAGED_AREA"},
	{0x7a, "KERNEL_DATA_INPAGE_ERROR"},
	{0x7b, "INACCESSIBLE_BOOT_DEVICE"},
	{0x7e, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED"},
	{0x7f, "UNEXPECTED_KERNEL_MODE_TRAP"},
	{0x80, "NMI_HARDWARE_FAILURE"},
	{0x8e, "KERNEL_MODE_EXCEPTION_NOT_HANDLED"},
	{0x9c, "MACHINE_CHECK_EXCEPTION"},
	{0x9f, "DRIVER_POWER_STATE_FAILURE"},
	{0xc2, "BAD_POOL_CALLER"},
	{0xc4, "DRIVER_VERIFIER_DETECTED_VIOLATION"},
	{0xc5, "DRIVER_CORRUPTED_EXPOOL"},
	{0xd1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL"},
	{0xe2, "MANUALLY_INITIATED_CRASH"},
	{0xef, "CRITICAL_PROCESS_DIED"},
	{0xf4, "CRITICAL_OBJECT_TERMINATION"},
	{0xf7, "DRIVER_OVERRAN_STACK_BUFFER"},
	{0xfc, "ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY"},
	{0x101, "CLOCK_WATCHDOG_TIMEOUT"},
	{0x109, "CRITICAL_STRUCTURE_CORRUPTION"},
	{0x124, "WHEA_UNCORRECTABLE_ERROR"},
	{0x133, "DPC_WATCHDOG_VIOLATION"},
	{0x139, "KERNEL_SECURITY_CHECK_FAILURE"},
	{0x13a, "KERNEL_MODE_HEAP_CORRUPTION"},
	{0x154, "UNEXPECTED_STORE_EXCEPTION"},
	{0x18b, "SECURE_KERNEL_ERROR"},
	{0x1c6, "FAST_ERESOURCE_PRECONDITION_VIOLATION"},
	{0x1ca, "SYNTHETIC_WATCHDOG_TIMEOUT"},
	{0x20001, "HYPERVISOR_ERROR"},
};

static const char *bug_check_name(uint64_t code)
{
	size_t i;

	for (i = 0; i < sizeof(bug_checks) / sizeof(bug_checks[0]); i++)
		if (bug_checks[i].code == code)
			return bug_checks[i].name;
	return "a bug check without a name here";
}

static uint64_t find_os_id(const struct hvd_dump_partition *p,
			   const struct hvd_dump_vtl *vtl)
{
	uint64_t id;
	size_t i;

	if (finder_register(vtl, HVD_X64_GUEST_OS_ID, &id) && id)
		return id;
	for (i = 0; i < p->nr_props; i++)
		if (p->props[i].code == HVD_PROP_GUEST_OS_ID &&
		    !p->props[i].status &&
		    !(p->props[i].flags & HVD_VALUE_NOT_ASKED))
			return p->props[i].value;
	return 0;
}

static enum guest_os os_of(uint64_t id)
{
	if (!id)
		return GUEST_UNKNOWN;
	if (IS_OPEN(id))
		return OPEN_OS(id) == OPEN_LINUX ? GUEST_LINUX : GUEST_OTHER;
	return VENDOR(id) == VENDOR_MS ? GUEST_WINDOWS : GUEST_OTHER;
}

/* The numbers are the same on both architectures. */
_Static_assert((int)HVD_X64_GUEST_CRASH_P0 == (int)HVD_ARM64_GUEST_CRASH_P0 &&
		       (int)HVD_X64_GUEST_OS_ID == (int)HVD_ARM64_GUEST_OS_ID,
	       "crash registers differ between architectures");

bool guest_report_get(const struct hvd_dump_partition *p,
		      const struct hvd_dump_vtl *vtl, struct guest_report *r)
{
	uint64_t any = 0;
	uint32_t i;

	memset(r, 0, sizeof(*r));
	if (!finder_register(vtl, HVD_X64_GUEST_CRASH_CTL, &r->control) ||
	    r->control & RESERVED)
		return false;
	for (i = 0; i < 5; i++) {
		finder_register(vtl, HVD_X64_GUEST_CRASH_P0 + i, &r->p[i]);
		any |= r->p[i];
	}
	r->os_id = find_os_id(p, vtl);
	r->os = os_of(r->os_id);
	return any;
}

/* Nothing but the place of its messages. */
static bool is_of_messages(const struct guest_report *r)
{
	return r->control & HAS_MESSAGE && !r->p[0] && !r->p[1] && !r->p[2] &&
	       r->p[4] <= PAGE;
}

static const char *linux_text(char *buf, const struct guest_report *r)
{
	unsigned int major = (unsigned int)(r->os_id >> 32 & 0xffff);
	unsigned int minor = (unsigned int)(r->os_id >> 24 & 0xff);

	if (is_of_messages(r))
		snprintf(buf, GUEST_REPORT_TEXT, "Linux %u.%u panicked, %" PRIu64
			 " bytes of messages at GPA 0x%" PRIx64, major, minor,
			 r->p[4], r->p[3]);
	else
		snprintf(buf, GUEST_REPORT_TEXT, "Linux %u.%u oopsed, code "
			 "0x%" PRIx64 ", RIP 0x%016" PRIx64 ", RSP 0x%016"
			 PRIx64, major, minor, r->p[0], r->p[2], r->p[4]);
	return buf;
}

const char *guest_report_text(char *buf, const struct guest_report *r)
{
	const char *when = PRE_OS(r->control) ? ", before a system ran" : "";

	if (r->os == GUEST_LINUX && !when[0])
		return linux_text(buf, r);
	if (r->os == GUEST_WINDOWS && !when[0])
		snprintf(buf, GUEST_REPORT_TEXT, "Windows, bug check 0x%" PRIX64
			 " %s", r->p[0], bug_check_name(r->p[0]));
	else
		snprintf(buf, GUEST_REPORT_TEXT, "P0 0x%" PRIx64 ", P1 0x%"
			 PRIx64 ", P2 0x%" PRIx64 "%s", r->p[0], r->p[1],
			 r->p[2], when);
	return buf;
}

const char *guest_report_word(char *buf, const struct guest_report *r)
{
	if (r->os == GUEST_LINUX && is_of_messages(r))
		snprintf(buf, GUEST_REPORT_WORD, "guest linux panic");
	else
		snprintf(buf, GUEST_REPORT_WORD, "guest %s 0x%" PRIx64,
			 r->os == GUEST_LINUX	  ? "linux"
			 : r->os == GUEST_WINDOWS ? "windows"
						  : "other",
			 r->p[0]);
	return buf;
}
