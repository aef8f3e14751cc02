// SPDX-License-Identifier: GPL-2.0-or-later
/* What a run was asked for, and how it ends: see session.h. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "session.h"

void complain(const struct session *s, const char *format, ...)
{
	va_list args;

	fputs(s->prefix, s->err);
	va_start(args, format);
	vfprintf(s->err, format, args);
	va_end(args);
	fputc('\n', s->err);
}

int parse_number(const char *text, uint64_t max, uint64_t *value)
{
	bool hex = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2);
	const char *digits = text + (hex ? 2 : 0);
	char *end;

	/* strtoull() would also take a sign, white space, or nothing. */
	if (strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") !=
		    strlen(digits) ||
	    !*digits)
		return -1;
	errno = 0;
	*value = strtoull(digits, &end, hex ? 16 : 10);
	return errno || *value > max ? -1 : 0;
}

static int select_partition(struct session *s)
{
	const char *text = s->opt.partition;
	uint64_t id;

	if (!strcmp(text, "self")) {
		s->sel.partition = hvd_dump_self(s->dump);
	} else if (parse_number(text, UINT64_MAX, &id)) {
		complain(s, "-p %s: expected a number, 0x-hex, or self", text);
		return STATUS_USAGE;
	} else {
		s->sel.partition = hvd_dump_find_partition(s->dump, id);
	}
	/* Where there is nothing at all, that is what will be said. */
	if (s->sel.partition || !s->dump->nr_partitions)
		return STATUS_DONE;
	complain(s, "%s: partition %s was not captured", s->input->path, text);
	return STATUS_FAILED;
}

static bool has_vp(const struct session *s)
{
	const struct hvd_dump_partition *p = s->sel.partition;
	size_t i;

	if (p)
		return hvd_dump_find_vp(p, s->sel.vp);
	for (i = 0; i < s->dump->nr_partitions; i++)
		if (hvd_dump_find_vp(&s->dump->partitions[i], s->sel.vp))
			return true;
	return false;
}

static int select_vp(struct session *s)
{
	uint64_t n;

	if (parse_number(s->opt.vp, UINT32_MAX, &n)) {
		complain(s, "--vp %s: expected a VP index", s->opt.vp);
		return STATUS_USAGE;
	}
	s->sel.has_vp = true;
	s->sel.vp = (uint32_t)n;
	if (has_vp(s) || !s->dump->nr_partitions)
		return STATUS_DONE;
	complain(s, "%s: VP %s was not captured", s->input->path, s->opt.vp);
	return STATUS_FAILED;
}

static int select_vtl(struct session *s)
{
	uint64_t n;

	if (parse_number(s->opt.vtl, UINT16_MAX, &n)) {
		complain(s, "-l %s: expected a VTL", s->opt.vtl);
		return STATUS_USAGE;
	}
	s->sel.has_vtl = true;
	s->sel.vtl = (uint16_t)n;
	return STATUS_DONE;
}

int session_select(struct session *s)
{
	int status = STATUS_DONE;

	if (s->opt.partition)
		status = select_partition(s);
	if (status == STATUS_DONE && s->opt.vp)
		status = select_vp(s);
	if (status == STATUS_DONE && s->opt.vtl)
		status = select_vtl(s);
	return status;
}

static void say_dropped(const struct hvd_dump *d, struct hvd_error *why)
{
	char text[DROPPED_SIZE];

	hvd_error_set(why, "the capture is incomplete: %s",
		      dropped_text(text, &d->dropped[0]));
}

/* Damage, then what the capture itself says is missing. */
static int say_damage(const struct session *s, struct hvd_error *why)
{
	const struct hvd_dump *d = s->dump;

	if (d->nr_damages)
		hvd_error_set(why, "damaged: note offset %" PRIu64 ": %s",
			      d->damages[0].offset, d->damages[0].what);
	else if (s->input->damage)
		hvd_error_set(why, "damaged: %s", s->input->damage);
	else if (!d->has_capture)
		hvd_error_set(why, "damaged: expected a capture record, found "
				   "none");
	else if (!d->has_end)
		hvd_error_set(why, "the capture was cut off: expected an end "
				   "record, found none");
	else if (d->nr_dropped)
		say_dropped(d, why);
	else
		return STATUS_DONE;
	return STATUS_DAMAGED;
}

int session_status(const struct session *s, struct hvd_error *why)
{
	const struct hvd_dump *d = s->dump;

	why->text[0] = '\0';
	if (!hvd_dump_is_ours(d) && !d->nr_damages) {
		hvd_error_set(why, "holds no notes of owner HVDUMP%s%s",
			      s->input->damage ? "; damaged: " : "",
			      s->input->damage ? s->input->damage : "");
		return STATUS_NO_STATE;
	}
	if (!hvd_dump_has_state(d) && !d->nr_damages && !s->input->damage) {
		hvd_error_set(why, "holds no hypervisor state: hvdump.ko was "
				   "armed, and its hook never ran");
		return STATUS_NO_STATE;
	}
	return say_damage(s, why);
}
