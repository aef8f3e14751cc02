// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: the hypervisor lacked memory for what Linux asked of it: by the status
 * of the capture's own calls, by Linux's log, or by where Linux died. Linux
 * deposits pages when it is told so, and asks again: that alone is no fault.
 */
#include "config.h"

#include "../failures.h"
#include "rules.h"

/* Pages that were left: fewer than Linux deposits for one call. */
#define FEW 16

static bool is_of_memory(uint16_t status)
{
	return status == HVD_STATUS_INSUFFICIENT_MEMORY ||
	       status == HVD_STATUS_INSUFFICIENT_ROOT_MEMORY ||
	       status == HVD_STATUS_INSUFFICIENT_CONTIGUOUS_MEMORY ||
	       status == HVD_STATUS_INSUFFICIENT_CONTIGUOUS_ROOT_MEMORY;
}

static struct finding *once(struct finder *f, struct finding *finding)
{
	if (finding)
		return finding;
	finding = finding_add(f, "hypervisor-out-of-memory", SEVERITY_ERROR,
			      "The hypervisor had not enough memory for what "
			      "it was asked.");
	finding->in_answer = true;
	finding->advice = "leave the hypervisor more memory, or the host fewer "
			  "and smaller guests";
	return finding;
}

static struct finding *look_at_calls(struct finder *f, struct finding *finding)
{
	const struct hvd_dump *d = f->dump;
	char call[NAME_SIZE], status[NAME_SIZE], text[FAILURE_SIZE];
	size_t i;

	for (i = 0; i < d->nr_failures; i++) {
		const struct hvd_failure *x = &d->failures[i];

		if (!is_of_memory(x->status))
			continue;
		finding = once(f, finding);
		rests_on(f, finding, "notes", "%s: %s (%s)",
			 name_of_call(call, x->call),
			 failure_status(status, x->status),
			 failure_text(text, x, d->machine));
	}
	return finding;
}

static struct finding *look_at_stack(struct finder *f, struct finding *finding)
{
	const struct hvd_cpu *cpu = host_crashed(f->host);
	const struct stacks *st = &f->host->stacks;
	struct stacks_place place;
	size_t i;

	for (i = 0; cpu && i < st->stack.nr; i++) {
		stacks_place(st, &st->stack.frames[i], &place);
		if (strncmp(place.name, "hv_call_deposit", 15) &&
		    strncmp(place.name, "hv_deposit_memory", 17))
			continue;
		finding = once(f, finding);
		rests_on(f, finding, "stacks", "CPU %u died in %s()",
			 cpu->number, place.name);
		break;
	}
	return finding;
}

/* Sources differ on which of the two numbers is what is left: the smaller. */
static void look_at_balances(struct finder *f, struct finding *finding)
{
	const struct hvd_dump *d = f->dump;
	size_t i;

	for (i = 0; i < d->nr_balances; i++) {
		const struct hvd_balance *b = &d->balances[i];

		if (b->first < FEW || b->second < FEW)
			rests_on(f, finding, "notes",
				 "memory balance of partition 0x%" PRIx64
				 ": %" PRIu64 " and %" PRIu64 " pages",
				 (uint64_t)b->partition_id,
				 (uint64_t)b->first, (uint64_t)b->second);
	}
}

void find_out_of_memory(struct finder *f)
{
	struct finding *finding = look_at_calls(f, NULL);
	uint64_t lines = host_lacked_memory(f->host);

	finding = look_at_stack(f, finding);
	if (lines) {
		finding = once(f, finding);
		rests_on(f, finding, "log",
			 "%" PRIu64 " %s of the log: INSUFFICIENT_MEMORY",
			 lines, plural(lines, "line", "lines"));
	}
	if (finding)
		look_at_balances(f, finding);
}
