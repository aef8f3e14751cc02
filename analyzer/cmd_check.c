// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump check: is the dump whole, and do its two views agree? */
#include "config.h"

#include <inttypes.h>

#include "check.h"
#include "json.h"
#include "names.h"

static void print_check(const struct session *s, const struct check *check)
{
	size_t i;

	fprintf(s->out, "%-8s %-12s %s\n", check_state_name(check->state),
		check->id, check->text);
	for (i = 0; i < check->nr_evidence; i++)
		fprintf(s->out, "%22s%s\n", "", check->evidence[i]);
	if (check->differences > check->nr_evidence)
		fprintf(s->out, "%22s%" PRIu64 " more\n", "",
			check->differences - check->nr_evidence);
}

static json_t *check_json(const struct check *check)
{
	json_t *o = json_object(), *evidence = json_array();
	size_t i;

	for (i = 0; i < check->nr_evidence; i++)
		json_append(evidence, json_string(check->evidence[i]));
	json_set(o, "id", json_string(check->id));
	json_set(o, "state", json_string(check_state_name(check->state)));
	json_set(o, "text", json_string(check->text));
	json_set(o, "differences",
		 json_integer((json_int_t)check->differences));
	json_set(o, "evidence", evidence);
	return o;
}

static int print_all(struct session *s, const struct checks *c)
{
	json_t *root, *list;
	size_t i;

	if (!s->opt.json) {
		for (i = 0; i < c->nr; i++)
			print_check(s, &c->at[i]);
		return STATUS_DONE;
	}
	root = json_begin(s);
	list = json_array();
	for (i = 0; i < c->nr; i++)
		json_append(list, check_json(&c->at[i]));
	json_set(root, "checks", list);
	return json_finish(s, root);
}

static int end_status(const struct session *s, const struct checks *c)
{
	uint64_t differences = 0;
	size_t i;

	for (i = 0; i < c->nr; i++)
		differences += c->at[i].differences;
	if (differences) {
		if (!s->opt.quiet)
			complain(s, "%s: %" PRIu64 " differences",
				 s->input->path, differences);
		return STATUS_DAMAGED;
	}
	if (c->has_driver || hvd_dump_is_ours(c->note))
		return STATUS_DONE;
	if (!s->opt.quiet)
		complain(s, "%s: holds no notes of owner HVDUMP, and nothing "
			 "of the mshv driver", s->input->path);
	return STATUS_NO_STATE;
}

int cmd_check(struct session *s)
{
	struct checks c;
	int status;

	checks_make(s, &c);
	if (c.no_memory) {
		complain(s, "no memory for the checks");
		status = STATUS_FAILED;
	} else {
		status = print_all(s, &c);
	}
	if (status == STATUS_DONE)
		status = end_status(s, &c);
	checks_free(&c);
	return status;
}
