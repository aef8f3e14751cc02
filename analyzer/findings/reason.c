// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: why the host died, or that nothing did. */
#include "config.h"

#include "hv_area.h"
#include "rules.h"

/* Frames of the stack that are shown. */
#define FRAMES 6

/* "f < g < h": what it died of, in one line; "": nothing is known. */
static void stack_line(struct finder *f, char *buf, size_t size)
{
	const struct hvd_cpu *cpu = host_crashed(f->host);
	const struct stacks *st = &f->host->stacks;
	struct stacks_place place;
	size_t i, used = 0, nr = 0;

	buf[0] = '\0';
	for (i = 0; cpu && i < st->stack.nr && nr < FRAMES; i++) {
		stacks_place(st, &st->stack.frames[i], &place);
		stacks_plain_name(place.name);
		if (!place.has_symbol || used + 64 > size ||
		    (!nr && stacks_is_dying(place.name)))
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%.48s",
					 nr++ ? " < " : "", place.name);
	}
}

static void linux_panic(struct finder *f)
{
	const char *words = host_words(f->host);
	uint32_t cpu = f->dump->capture.cpu;
	struct finding *finding;
	char line[192], command[32];

	finding = finding_add(f, "linux-panic", SEVERITY_FATAL,
			      words ? "Linux panicked on CPU %" PRIu32 ": %s."
				    : "Linux panicked on CPU %" PRIu32 "%s.",
			      cpu, words ? words : "");
	rests_on(f, finding, "info", "the capture record");
	if (words)
		rests_on(f, finding, "log", "the log's last words");
	stack_line(f, line, sizeof(line));
	snprintf(command, sizeof(command), "stacks --cpu %u",
		 line[0] ? f->host->crashed->number : 0);
	if (line[0])
		rests_on(f, finding, command, "%s", line);
}

static void hypervisor_crash(struct finder *f)
{
	struct finding *finding;
	struct hv_area area;
	char text[HV_AREA_TEXT];

	hv_area_get(f, &area);
	finding = finding_add(f, "hypervisor-crash", SEVERITY_FATAL,
			      "The hypervisor crashed%s; Linux was told on CPU "
			      "%" PRIu32 ".", hv_area_text(text, &area),
			      f->dump->capture.cpu);
	rests_on(f, finding, "info", "the capture record");
	hv_area_evidence(f, finding, &area);
}

/* No capture tells of it, but Linux's log does. */
static void panic_by_log(struct finder *f)
{
	const char *words = host_words(f->host);
	struct finding *finding;

	if (!words)
		return;
	finding = finding_add(f, "linux-panic", SEVERITY_FATAL,
			      "Linux panicked: %s.", words);
	rests_on(f, finding, "log", "the log's last words");
}

void find_reason(struct finder *f)
{
	const struct hvd_capture *c = &f->dump->capture;
	struct finding *finding;

	if (!f->dump->has_capture) {
		panic_by_log(f);
		return;
	}
	switch (c->reason) {
	case HVD_REASON_LINUX_PANIC:
		linux_panic(f);
		return;
	case HVD_REASON_HV_CRASH:
		hypervisor_crash(f);
		return;
	case HVD_REASON_LIVE:
		finding = finding_add(f, "live-capture", SEVERITY_INFO,
				      "Nothing died: this capture was asked "
				      "for.");
		break;
	default:
		finding = finding_add(f, "unknown-reason", SEVERITY_WARNING,
				      "The capture's reason, %" PRIu32
				      ", is not known to this version.",
				      c->reason);
	}
	rests_on(f, finding, "info", "the capture record");
}
