// SPDX-License-Identifier: GPL-2.0-or-later
/* Running the rules: see findings.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "findings/finder.h"
#include "json.h"

/* Few enough for this; and those of one weight keep their order. */
static void sort_findings(struct findings *f)
{
	struct finding *moved;
	size_t i, k;

	for (i = 1; i < f->nr; i++) {
		moved = f->at[i];
		for (k = i; k && f->at[k - 1]->severity > moved->severity; k--)
			f->at[k] = f->at[k - 1];
		f->at[k] = moved;
	}
}

void findings_get(struct session *s, struct host *host, struct findings *f)
{
	struct finder finder = {
		.s = s,
		.dump = s->dump,
		.host = host,
		.out = f,
	};
	const struct finding_rule *rule;
	size_t i;

	memset(f, 0, sizeof(*f));
	for (i = 0; (rule = finding_rules(i)); i++)
		rule->find(&finder);
	sort_findings(f);
}

void findings_free(struct findings *f)
{
	size_t i;

	for (i = 0; i < f->nr; i++) {
		free(f->at[i]->evidence);
		free(f->at[i]);
	}
	free(f->at);
	memset(f, 0, sizeof(*f));
}

bool findings_has(const struct findings *f, const char *id)
{
	size_t i;

	for (i = 0; i < f->nr; i++)
		if (!strcmp(f->at[i]->id, id))
			return true;
	return false;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_FATAL] = "fatal",
		[SEVERITY_ERROR] = "error",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_INFO] = "info",
	};

	return names[severity];
}

static json_t *evidence_json(const struct finding *finding)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < finding->nr_evidence; i++) {
		json_t *o = json_object();

		json_set(o, "what", json_string(finding->evidence[i].what));
		json_set(o, "command",
			 json_string(finding->evidence[i].command));
		json_append(list, o);
	}
	return list;
}

static json_t *finding_json(const struct finding *finding)
{
	json_t *o = json_object();

	json_set(o, "id", json_string(finding->id));
	json_set(o, "severity",
		 json_string(severity_name(finding->severity)));
	json_set(o, "text", json_string(finding->text));
	json_set(o, "advice", json_string_or_null(finding->advice));
	json_set(o, "evidence", evidence_json(finding));
	json_set(o, "more_evidence", json_integer((json_int_t)finding->more));
	return o;
}

json_t *findings_json(const struct findings *f)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < f->nr; i++)
		json_append(list, finding_json(f->at[i]));
	return list;
}
