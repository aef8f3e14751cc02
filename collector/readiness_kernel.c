// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of the running kernel, its module and its crash kernel. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "host.h"
#include "lockdown.h"
#include "readiness_checks.h"

/*
 * The crash kernel holds the notes about twice: once for /proc/vmcore, once
 * while makedumpfile copies them. Beyond this share of its memory that hurts.
 */
#define NOTES_SHARE	4

void check_module(struct finding *f)
{
	char version[64], armed[16];

	if (host_sysfs("kernel/hvdump/version", version, sizeof(version))) {
		find(f, FAIL, "hvdump.ko is not loaded; modprobe hvdump, then"
		     " load the crash kernel again");
		return;
	}
	host_status("armed", armed, sizeof(armed));
	if (strcmp(armed, "yes") != 0)
		find(f, FAIL, "hvdump.ko %s is loaded and not armed; see"
		     " dmesg, then load it again", version);
	else
		find(f, OK, "hvdump.ko %s is loaded and armed", version);
}

void check_hypervisor(struct finding *f)
{
	char vendor[32], kind[32], calls[32];

	host_status("hypervisor", vendor, sizeof(vendor));
	host_status("partition_kind", kind, sizeof(kind));
	host_status("hypercalls", calls, sizeof(calls));
	if (!vendor[0])
		find(f, FAIL, "hvdump.ko names no hypervisor; see dmesg");
	else if (!strcmp(calls, "none"))
		find(f, WARN, "%s, partition kind %s: it cannot be asked, only"
		     " memory is recorded; see dmesg", vendor, kind);
	else
		find(f, OK, "%s, partition kind %s", vendor, kind);
}

void check_reserved(struct finding *f)
{
	int64_t size = host_number("kernel/kexec_crash_size");

	if (size > 0)
		find(f, OK, "%" PRId64 " MiB are reserved for a crash kernel",
		     size >> 20);
	else
		find(f, FAIL, "no memory is reserved for a crash kernel; boot"
		     " with crashkernel=256M or more");
}

void check_loaded(struct finding *f)
{
	if (host_number("kernel/kexec_crash_loaded") == 1)
		find(f, OK, "a crash kernel is loaded");
	else
		find(f, FAIL, "no crash kernel is loaded; kdump-config load"
		     " (Debian, Ubuntu) or kdumpctl start (Fedora, RHEL)");
}

void check_lockdown(struct finding *f)
{
	f->verdict = lockdown_tell(f->text, sizeof(f->text)) ? WARN : OK;
}

void check_attached(struct finding *f)
{
	char attached[16], road[32], why[160];

	host_status("attached", attached, sizeof(attached));
	host_status("road", road, sizeof(road));
	host_status("not_attached", why, sizeof(why));
	if (!strcmp(attached, "yes"))
		find(f, OK, "the crash kernel will see the notes, %s",
		     arm_road_text(road));
	else
		find(f, FAIL, "the crash kernel would not see the notes%s%s;"
		     " hvdumpctl arm", why[0] ? ": " : "", why);
}

/* The sum of the lengths in "ADDRESS LENGTH" lines; -1: not readable. */
int64_t readiness_notes(void)
{
	char buf[4096], *save = NULL, *line;
	int64_t sum = 0;

	if (host_sysfs("kernel/hvdump/chunks", buf, sizeof(buf)))
		return -1;
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		const char *blank = strchr(line, ' ');

		sum += blank ? strtoul(blank, NULL, 0) : 0;
	}
	return sum;
}

/* What the module tells of the VPs that it knows; ones that say nothing are older. */
static void tell_room(struct finding *f, int64_t notes)
{
	char room[16], vps[24], needed[24];

	host_status("room", room, sizeof(room));
	host_status("room_vps", vps, sizeof(vps));
	host_status("room_needed_kb", needed, sizeof(needed));
	if (!strcmp(room, "short"))
		find(f, FAIL, "%" PRId64 " KiB of notes do not hold the"
		     " essential registers of %s VPs; load hvdump.ko with"
		     " size_kb=%s", notes >> 10, vps, needed);
	else if (!strcmp(room, "essential"))
		find(f, WARN, "%" PRId64 " KiB of notes hold the essential"
		     " registers of %s VPs and not all of the others; load"
		     " hvdump.ko with size_kb=%s", notes >> 10, vps, needed);
	else if (!strcmp(room, "all"))
		find(f, OK, "%" PRId64 " KiB are set aside for notes, enough"
		     " for all registers of %s VPs", notes >> 10, vps);
	else
		find(f, OK, "%" PRId64 " KiB are set aside for notes",
		     notes >> 10);
}

void check_room(struct finding *f)
{
	int64_t size = host_number("kernel/kexec_crash_size");
	int64_t notes = readiness_notes();

	if (notes < 0 && errno == EACCES)
		find(f, WARN, "the size of the notes is root's to read; run"
		     " this as root");
	else if (notes < 0)
		find(f, FAIL, "hvdump.ko lists no memory for notes; see dmesg");
	else if (size > 0 && 2 * notes > size)
		find(f, FAIL, "a crash kernel of %" PRId64 " MiB cannot hold %"
		     PRId64 " KiB of notes twice; raise crashkernel=, or load"
		     " hvdump.ko with a smaller size_kb", size >> 20,
		     notes >> 10);
	else if (size > 0 && 2 * notes > size / NOTES_SHARE)
		find(f, WARN, "%" PRId64 " KiB of notes are much for a crash"
		     " kernel of %" PRId64 " MiB; raise crashkernel=",
		     notes >> 10, size >> 20);
	else
		tell_room(f, notes);
}

/* Has the processor of /proc/cpuinfo this flag? The kernel clears what is off. */
static bool has_flag(const char *flag)
{
	char info[4096], *line, *end, *at;
	size_t n = strlen(flag);

	host_read("/proc/cpuinfo", info, sizeof(info));
	line = strstr(info, "\nflags");
	end = line ? strchr(line + 1, '\n') : NULL;
	if (!line)
		return false;
	if (end)
		*end = '\0';
	for (at = line; (at = strstr(at, flag)); at += n)
		if (at[-1] == ' ' && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

/* Mainline has drivers/hv's hv_crash since 6.19. Older kernels may have been given it. */
static bool has_hv_crash(void)
{
	unsigned int major = 0, minor = 0;
	char release[80];

	host_read("/proc/sys/kernel/osrelease", release, sizeof(release));
	sscanf(release, "%u.%u", &major, &minor);
	return major > 6 || (major == 6 && minor >= 19);
}

/*
 * hv_crash takes the hypervisor out of the way. It refuses 5-level paging
 * (drivers/hv, arch/x86/hyperv/hv_crash.c), and older kernels have none of it.
 */
void check_hv_crash(struct finding *f)
{
	char kind[32], release[80];

	host_status("partition_kind", kind, sizeof(kind));
	host_read("/proc/sys/kernel/osrelease", release, sizeof(release));
	if (strcmp(kind, "root") != 0)
		find(f, OK, "hv_crash is a root partition's matter");
	else if (has_flag("la57"))
		find(f, WARN, "hv_crash does not work with 5-level paging: the"
		     " hypervisor's memory stays guarded, and its crash is not"
		     " survived; boot with no5lvl");
	else if (!has_hv_crash())
		find(f, OK, "Linux %s has no hv_crash: the hypervisor's memory"
		     " stays guarded", release);
	else
		find(f, OK, "nothing is known against hv_crash");
}

/* What to do where the setting is off on a root partition. */
#define WRITE_NOTIFIERS	"write Y to /sys/module/kernel/parameters/" \
			"crash_kexec_post_notifiers"

/*
 * On a root partition whose kernel has hv_crash there is no dump at all without
 * this setting: the machine hangs after devirtualisation, which 5-level paging
 * keeps it from.
 */
void check_notifiers(struct finding *f)
{
	char kind[32], on[8];

	host_status("partition_kind", kind, sizeof(kind));
	if (host_sysfs("module/kernel/parameters/crash_kexec_post_notifiers", on,
		     sizeof(on)))
		find(f, OK, "crash_kexec_post_notifiers is not known here");
	else if (!strcmp(on, "Y"))
		find(f, OK, "crash_kexec_post_notifiers is on");
	else if (strcmp(kind, "root") != 0)
		find(f, OK, "crash_kexec_post_notifiers is off");
	else if (has_hv_crash() && !has_flag("la57"))
		find(f, FAIL, "crash_kexec_post_notifiers is off on a root"
		     " partition with hv_crash: the dump would be lost; "
		     WRITE_NOTIFIERS);
	else
		find(f, WARN, "crash_kexec_post_notifiers is off on a root"
		     " partition: kernels with hv_crash lose the dump; "
		     WRITE_NOTIFIERS);
}
