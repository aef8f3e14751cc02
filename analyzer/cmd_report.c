// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump report: the answer first, then what it rests on. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "failures.h"
#include "findings.h"
#include "html/page.h"
#include "json.h"
#include "names.h"
#include "report_facts.h"
#include "report_stack.h"
#include "show.h"
#include "signature.h"
#include "table.h"
#include "text.h"

/* A report is read on one or two screens; the commands show the rest. */
#define MAX_VP_ROWS	   64
#define MAX_PARTITION_ROWS 64
#define MAX_FAILURE_ROWS   16

/* Of one finding, without -v. */
#define SHOWN_EVIDENCE 4

/** What a report rests on, gathered once. */
struct report {
	struct session *s;
	struct host host;
	struct findings findings;
	struct signature signature;
};

static void print_answer(const struct report *r)
{
	char buf[SENTENCE_SIZE];
	const char *line;
	size_t i;

	for (i = 0; (line = report_says(r->s, &r->findings, i, buf)); i++)
		fprintf(r->s->out, "%s\n", line);
}

static void print_fact(const struct session *s, const char *label,
		       const char *text, void *arg)
{
	(void)arg;
	text_line(s, label, "%s", text);
}

/* On one line where it fits. */
static void print_evidence(const struct session *s, const struct evidence *e)
{
	bool fits = strlen(e->what) + strlen(e->command) <= 66;

	fprintf(s->out, "           %s%s%s\n", e->what,
		fits ? ": " : ":\n             ", e->command);
}

/* All that is kept of it with -v, else the first few. */
static void print_finding(const struct session *s,
			  const struct finding *finding)
{
	size_t shown = s->opt.verbose ? FINDING_EVIDENCE : SHOWN_EVIDENCE, i;
	uint64_t more = finding->more;

	fprintf(s->out, "  %-8s %s\n", severity_name(finding->severity),
		finding->text);
	for (i = 0; i < finding->nr_evidence && i < shown; i++)
		print_evidence(s, &finding->evidence[i]);
	more += finding->nr_evidence - i;
	if (more)
		fprintf(s->out, "           and %" PRIu64 " more\n", more);
	if (finding->advice)
		fprintf(s->out, "           what to do: %s\n",
			finding->advice);
}

static void print_findings(const struct session *s, const struct findings *f)
{
	size_t i;

	if (!f->nr)
		return;
	fputs("\nFindings\n", s->out);
	for (i = 0; i < f->nr; i++)
		print_finding(s, f->at[i]);
}

enum { COL_ID, COL_KIND, COL_STATE, COL_VPS, COL_DOING };

static const struct column columns[] = {
	[COL_ID] = {"PARTITION", .right = true},
	[COL_KIND] = {"KIND"},
	[COL_STATE] = {"STATE"},
	[COL_VPS] = {"VPS", .right = true},
	[COL_DOING] = {"THEIR VPS WERE"},
};

/* "2 running, 1 halted" */
static const char *count_activities(const struct session *s,
				    const struct hvd_dump_partition *p,
				    char *buf, size_t size)
{
	size_t counts[HVD_VP_NOT_CAPTURED + 1] = {0}, used = 0, i;

	for (i = 0; i < p->nr_vps; i++)
		counts[hvd_vp_activity_get(s->dump, &p->vps[i])]++;
	snprintf(buf, size, "-");
	for (i = HVD_VP_RUNNING; i <= HVD_VP_NOT_CAPTURED + 1; i++) {
		/* What is unknown comes last. */
		size_t k = i <= HVD_VP_NOT_CAPTURED ? i : HVD_VP_UNKNOWN;

		if (counts[k] && used < size)
			used += (size_t)snprintf(buf + used, size - used,
						 "%s%zu %s", used ? ", " : "",
						 counts[k],
						 hvd_vp_activity_name(k));
	}
	return buf;
}

static void partition_row(const struct session *s, struct table *t,
			  const struct hvd_dump_partition *p)
{
	const char *state = partition_state(p);
	char doing[128];

	table_row(t);
	table_cell(t, COL_ID, "0x%016" PRIx64, (uint64_t)p->rec.partition_id);
	table_cell(t, COL_KIND, "%s", text_kind(p));
	table_cell(t, COL_STATE, "%s", state ? state : "-");
	table_cell(t, COL_VPS, "%zu", p->nr_vps);
	table_cell(t, COL_DOING, "%s",
		   count_activities(s, p, doing, sizeof(doing)));
}

static int print_partitions(const struct session *s)
{
	const struct hvd_dump *d = s->dump;
	struct table *t;
	size_t i;
	int status;

	if (!d->nr_partitions)
		return STATUS_DONE;
	fprintf(s->out, "\nPartitions (%zu)\n", d->nr_partitions);
	t = table_create(s, columns, sizeof(columns) / sizeof(columns[0]));
	if (!t)
		return STATUS_FAILED;
	for (i = 0; i < d->nr_partitions && i < MAX_PARTITION_ROWS; i++)
		partition_row(s, t, &d->partitions[i]);
	status = table_finish(t, 2);
	if (i < d->nr_partitions)
		fprintf(s->out, "  and %zu more: hvdump partitions\n",
			d->nr_partitions - i);
	return status;
}

static size_t count_vtls(const struct hvd_dump *d)
{
	size_t i, k, nr = 0;

	for (i = 0; i < d->nr_partitions; i++)
		for (k = 0; k < d->partitions[i].nr_vps; k++)
			nr += d->partitions[i].vps[k].nr_vtls
				      ? d->partitions[i].vps[k].nr_vtls
				      : 1;
	return nr;
}

static int print_vps(struct session *s)
{
	size_t nr = count_vtls(s->dump);
	int status;

	if (!nr)
		return STATUS_DONE;
	fputs("\nVirtual processors\n", s->out);
	status = text_vp_table(s, MAX_VP_ROWS, 2);
	if (nr > MAX_VP_ROWS)
		fprintf(s->out, "  and %zu more: hvdump vps\n",
			nr - MAX_VP_ROWS);
	return status;
}

static void print_failures(const struct session *s)
{
	const struct hvd_dump *d = s->dump;
	struct failure_group groups[FAILURE_GROUPS];
	char call[NAME_SIZE], status[NAME_SIZE], text[FAILURE_SIZE];
	uint64_t left;
	size_t i, nr = failures_group(d, groups, &left);

	if (!nr)
		return;
	fprintf(s->out, "\nHypercalls that failed (%zu)\n", d->nr_failures);
	for (i = 0; i < nr; i++)
		fprintf(s->out, "  %" PRIu64 " %s: %s\n    %s%s\n",
			groups[i].count,
			name_of_call(call, groups[i].first->call),
			failure_status(status, groups[i].first->status),
			groups[i].count > 1 ? "first: " : "",
			failure_text(text, groups[i].first, d->machine));
	if (left)
		fprintf(s->out, "  and %" PRIu64 " more: hvdump notes\n", left);
}

static void print_warning(const struct session *s)
{
	if (!s->dump->nr_partitions)
		return;
	fputs("\nBefore you pass this file on\n"
	      "  It holds registers of the root and of guests, and perhaps their "
	      "messages: keys\n  and addresses may be among them. Treat it as "
	      "you would treat their memory.\n",
	      s->out);
}

static int print_json(struct report *r)
{
	struct session *s = r->s;
	json_t *root = json_begin(s);

	json_set(root, "hypervisor", json_hypervisor(s));
	json_set(root, "signature", signature_json(&r->signature));
	json_set(root, "findings", findings_json(&r->findings));
	json_set(root, "cpus", report_stack_json(&r->host));
	return json_finish_partitions(
		s, root, JSON_PROPERTIES | JSON_VPS | JSON_REGISTERS);
}

static void print_signature(const struct report *r)
{
	size_t i;

	fputs(r->signature.id, r->s->out);
	for (i = 0; i < r->signature.nr; i++)
		fprintf(r->s->out, "%s%s", i ? "; " : "  ",
			r->signature.words[i]);
	fputc('\n', r->s->out);
}

static int print_text(struct report *r)
{
	struct session *s = r->s;
	int status;

	/* One -o cannot fit two tables. */
	s->opt.columns = NULL;
	print_answer(r);
	print_findings(s, &r->findings);
	fputs("\nSummary\n", s->out);
	report_facts(s, print_fact, NULL);
	print_fact(s, "signature", r->signature.id, NULL);
	report_stack_print(&r->host);
	status = print_partitions(s);
	if (status == STATUS_DONE)
		status = print_vps(s);
	print_failures(s);
	print_warning(s);
	return status;
}

static int print_report(struct report *r)
{
	const struct html_subject page = {
		.s = r->s,
		.host = &r->host,
		.findings = &r->findings,
		.signature = &r->signature,
	};
	struct session *s = r->s;

	if (r->findings.no_memory) {
		complain(s, "no memory for the findings");
		return STATUS_FAILED;
	}
	if (s->opt.html)
		return html_report(&page, s->opt.html);
	if (s->opt.json)
		return print_json(r);
	if (!s->opt.signature)
		return print_text(r);
	print_signature(r);
	return STATUS_DONE;
}

int cmd_report(struct session *s)
{
	struct report r = {.s = s};
	int status;

	host_open(&r.host, s);
	findings_get(s, &r.host, &r.findings);
	signature_get(s, &r.host, &r.signature);
	status = print_report(&r);
	findings_free(&r.findings);
	host_close(&r.host);
	return status;
}
