// SPDX-License-Identifier: GPL-2.0-or-later
/* The report's page: its frame, and what stands first. See page.h. */
#include "config.h"

#include <inttypes.h>

#include "embedded.h"
#include "../failures.h"
#include "html.h"
#include "../names.h"
#include "../new_file.h"
#include "page.h"
#include "parts.h"
#include "../report_facts.h"

#define MAX_FAILURES 16

static void print_embedded(FILE *out, const char *tag,
			   const struct html_embedded *e)
{
	fprintf(out, "<%s>", tag);
	fwrite(e->bytes, 1, e->size, out);
	fprintf(out, "</%s>\n", tag);
}

static void print_head(FILE *out, const char *title)
{
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" "
		"content=\"default-src 'none'; style-src '%s'; "
		"script-src '%s'; img-src data:; base-uri 'none'; "
		"form-action 'none'\">\n"
		"<meta name=\"viewport\" "
		"content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"generator\" content=\"hvdump " PACKAGE_VERSION
		"\">\n<link rel=\"icon\" href=\"data:,\">\n",
		html_style.hash, html_script.hash);
	html_element(out, "title", "%s", title);
	fputc('\n', out);
	print_embedded(out, "style", &html_style);
	fputs("</head>\n", out);
}

static void print_fact(const struct session *s, const char *label,
		       const char *text, void *arg)
{
	FILE *out = arg;

	(void)s;
	html_element(out, "dt", "%s", label);
	html_element(out, "dd", "%s", text);
	fputc('\n', out);
}

static void print_link(FILE *out, const char *id, const char *text)
{
	fprintf(out, "<li><a href=\"#%s\">%s</a></li>", id, text);
}

static void print_contents(FILE *out, const struct html_subject *p)
{
	const struct hvd_dump *d = p->s->dump;

	fputs("<nav aria-label=\"Contents\"><ul>", out);
	if (p->findings->nr)
		print_link(out, "findings", "Findings");
	if (host_crashed(p->host))
		print_link(out, "stack", "Where Linux crashed");
	if (d->nr_partitions)
		print_link(out, "partitions", "Partitions");
	if (d->nr_pages)
		print_link(out, "memory", "Memory");
	if (html_has_counters(p->host))
		print_link(out, "counters", "Counters");
	if (d->nr_failures)
		print_link(out, "failures", "Hypercalls that failed");
	fputs("</ul></nav>\n", out);
}

/* The answer: what died is the heading, and below it why. */
static void print_header(FILE *out, const struct html_subject *p)
{
	char buf[SENTENCE_SIZE];
	const char *line;
	size_t i;

	fputs("<header>\n", out);
	for (i = 0; (line = report_says(p->s, p->findings, i, buf)); i++) {
		html_element(out, i ? "p" : "h1", "%s", line);
		fputc('\n', out);
	}
	fputs("<dl>\n", out);
	report_facts(p->s, print_fact, out);
	print_fact(p->s, "signature", p->signature->id, out);
	fputs("</dl>\n", out);
	print_contents(out, p);
	fputs("</header>\n", out);
}

static void print_evidence(FILE *out, const struct finding *finding)
{
	size_t i;

	if (!finding->nr_evidence)
		return;
	fputs("<ul class=\"evidence\">\n", out);
	for (i = 0; i < finding->nr_evidence; i++) {
		fputs("<li>", out);
		html_printf(out, "%s: ", finding->evidence[i].what);
		html_element(out, "code", "%s", finding->evidence[i].command);
		fputs("</li>\n", out);
	}
	if (finding->more)
		html_element(out, "li", "and %" PRIu64 " more", finding->more);
	fputs("</ul>", out);
}

static void print_findings(FILE *out, const struct findings *f)
{
	size_t i;

	if (!f->nr)
		return;
	html_section(out, "findings", "Findings (%zu)", f->nr);
	fputs("<ol class=\"findings\">\n", out);
	for (i = 0; i < f->nr; i++) {
		const struct finding *finding = f->at[i];
		const char *severity = severity_name(finding->severity);

		fprintf(out, "<li class=\"%s\" id=\"finding-%s\"><p>", severity,
			finding->id);
		html_element(out, "span class=\"severity\"", "%s", severity);
		html_printf(out, "%s", finding->text);
		fputs("</p>\n", out);
		if (finding->advice)
			html_element(out, "p class=\"note\"", "%s",
				     finding->advice);
		print_evidence(out, finding);
		fputs("</li>\n", out);
	}
	fputs("</ol>\n", out);
	html_end_section(out);
}

static void print_failures(FILE *out, const struct hvd_dump *d)
{
	struct failure_group groups[FAILURE_GROUPS];
	char call[NAME_SIZE], status[NAME_SIZE], text[FAILURE_SIZE];
	uint64_t left;
	size_t i, nr = failures_group(d, groups, &left);

	if (!nr)
		return;
	html_section(out, "failures", "Hypercalls that failed (%zu)",
		     d->nr_failures);
	fputs("<div class=\"wide\"><table>\n<thead><tr>"
	      "<th scope=\"col\" class=\"right\">Count</th>"
	      "<th scope=\"col\">Call</th><th scope=\"col\">Status</th>"
	      "<th scope=\"col\">The first</th></tr></thead>\n<tbody>\n",
	      out);
	for (i = 0; i < nr; i++) {
		const struct hvd_failure *first = groups[i].first;

		fputs("<tr>", out);
		html_element(out, "td class=\"n right\"", "%" PRIu64,
			     groups[i].count);
		html_element(out, "td", "%s", name_of_call(call, first->call));
		html_element(out, "td", "%s",
			     failure_status(status, first->status));
		html_element(out, "td", "%s",
			     failure_text(text, first, d->machine));
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
	if (left)
		html_element(out, "p class=\"note\"",
			     "and %" PRIu64 " more: hvdump notes", left);
	html_end_section(out);
}

static void print_warning(FILE *out)
{
	fputs("<footer><p class=\"note\">This page holds registers of the root "
	      "and of guests: keys and addresses may be among them. Treat it as "
	      "you would treat their memory; hvdump redact makes a capture that "
	      "may be passed on.</p></footer>\n",
	      out);
}

static void print_page(FILE *out, const struct html_subject *p)
{
	char answer[ANSWER_SIZE];

	print_head(out, report_answer(p->s, answer));
	fputs("<body>\n<a class=\"skip\" href=\"#main\">To the findings</a>\n",
	      out);
	print_header(out, p);
	fputs("<main id=\"main\">\n", out);
	print_findings(out, p->findings);
	html_stack(out, p->host);
	html_partitions(out, p->s);
	html_memory(out, p->s);
	html_counters(out, p->host);
	print_failures(out, p->s->dump);
	fputs("</main>\n", out);
	print_warning(out);
	html_registers(out, p->s);
	print_embedded(out, "script", &html_script);
	fputs("</body>\n</html>\n", out);
}

int html_report(const struct html_subject *subject, const char *path)
{
	const struct session *s = subject->s;
	struct hvd_error err;
	struct new_file file;

	if (new_file_open(&file, path, &err)) {
		complain(s, "%s", err.text);
		return STATUS_FAILED;
	}
	print_page(file.out, subject);
	if (!new_file_finish(&file, &err))
		return STATUS_DONE;
	complain(s, "%s", err.text);
	return STATUS_FAILED;
}
