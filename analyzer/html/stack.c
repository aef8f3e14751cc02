// SPDX-License-Identifier: GPL-2.0-or-later
/* Where Linux crashed, call by call. */
#include "config.h"

#include <inttypes.h>

#include "html.h"
#include "../names.h"
#include "parts.h"

#define MAX_FRAMES 64

void html_stack(FILE *out, struct host *host)
{
	const struct hvd_cpu *cpu = host_crashed(host);
	const struct stacks *st = &host->stacks;
	char comm[64], place[PLACE_SIZE];
	size_t i;

	if (!cpu || !st->stack.nr)
		return;
	html_section(out, "stack", "Where Linux crashed: CPU %u", cpu->number);
	if (cpu->has_task)
		html_element(out, "p", "PID %" PRId32 ", %s", cpu->pid,
			     clean_string(comm, sizeof(comm), cpu->comm));
	if (st->stack.why.text[0])
		html_element(out, "p class=\"note\"", "Not whole: %s",
			     st->stack.why.text);
	fputs("<pre tabindex=\"0\">", out);
	for (i = 0; i < st->stack.nr && i < MAX_FRAMES; i++)
		html_printf(out, "%s\n",
			    stacks_place_text(place, st, &st->stack.frames[i]));
	fputs("</pre>\n", out);
	html_end_section(out);
}
