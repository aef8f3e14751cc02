// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines at the top of a report: see report_facts.h. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "names.h"
#include "report_facts.h"

#define MAX_FACT 1024

/** Who takes the lines. */
struct taker {
	const struct session *s;
	report_fact_fn fn;
	void *arg;
};

static void fact(const struct taker *t, const char *label, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));

static void fact(const struct taker *t, const char *label, const char *format,
		 ...)
{
	char text[MAX_FACT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	t->fn(t->s, label, text, t->arg);
}

static void host_facts(const struct taker *t)
{
	const struct hvd_dump *d = t->s->dump;
	const struct hvd_header *h = &d->header;
	const char *machine = name_of_machine(d->machine);
	const char *kind = name_of_kind(h->kind);
	struct hypervisor_facts f;
	char release[65];

	fact(t, "file", "%s (%s)", t->s->input->path,
	     t->s->input->format_name);
	if (d->has_header) {
		fact(t, "kernel", "%s %s, %" PRIu32 " CPUs",
		     clean_text(release, sizeof(release), h->release,
				sizeof(h->release)),
		     machine ? machine : "unknown machine", h->cpus_online);
		fact(t, "runs as", "%s partition 0x%016" PRIx64,
		     kind ? kind : "unknown", (uint64_t)h->partition_id);
	}
	hypervisor_facts_get(d, &f);
	if (f.vendor[0])
		fact(t, "hypervisor", "%s%s%s", f.vendor,
		     f.version[0] ? " " : "", f.version);
}

static void capture_facts(const struct taker *t)
{
	const struct hvd_dump *d = t->s->dump;
	char text[32];
	uint64_t ns;

	if (!d->has_capture)
		return;
	if (hvd_dump_ticks_ns(d, d->has_end ? d->end_time : d->last_time, &ns))
		snprintf(text, sizeof(text), "an unknown time");
	else
		duration_text(text, sizeof(text), ns);
	if (d->has_end)
		fact(t, "capture",
		     "%s: %" PRIu32 " records, %" PRIu32
		     " hypercalls (%zu failed), %s",
		     hvd_dump_is_complete(d) ? "complete" : "INCOMPLETE",
		     d->end.records, d->end.calls, d->nr_failures, text);
	else
		fact(t, "capture", "CUT OFF after %s and %" PRIu64 " records",
		     text, d->records);
}

void report_facts(const struct session *s, report_fact_fn fn, void *arg)
{
	const struct taker t = {.s = s, .fn = fn, .arg = arg};

	host_facts(&t);
	capture_facts(&t);
}

static void death_text(char *buf, size_t size, const struct hvd_capture *c)
{
	if (c->reason == HVD_REASON_LINUX_PANIC)
		snprintf(buf, size, "Linux panicked on CPU %" PRIu32, c->cpu);
	else if (c->reason == HVD_REASON_HV_CRASH)
		snprintf(buf, size,
			 "The hypervisor crashed (seen on CPU %" PRIu32 ")",
			 c->cpu);
	else if (c->reason == HVD_REASON_LIVE)
		snprintf(buf, size, "A live capture, made on CPU %" PRIu32,
			 c->cpu);
	else
		snprintf(buf, size,
			 "A capture of unknown reason %" PRIu32
			 ", made on CPU %" PRIu32,
			 c->reason, c->cpu);
}

const char *report_answer(const struct session *s, char *buf)
{
	const struct hvd_dump *d = s->dump;
	char death[64], time[TIME_SIZE];
	uint64_t ns;

	if (!d->has_capture) {
		snprintf(buf, ANSWER_SIZE, "No capture: %s.",
			 hvd_dump_is_ours(d)
				 ? "the hook of hvdump.ko never ran"
				 : "the file has no notes of hvdump.ko");
		return buf;
	}
	death_text(death, sizeof(death), &d->capture);
	if (hvd_dump_wall_ns(d, &ns))
		snprintf(buf, ANSWER_SIZE, "%s.", death);
	else
		snprintf(buf, ANSWER_SIZE, "%s, %.10s %.8s UTC.", death,
			 time_text(time, ns), time + 11);
	return buf;
}

/*
 * "Linux panicked on CPU 1: why.", "The hypervisor crashed: why; ...": the why
 * of the finding of the crash, with its colon; else a full stop.
 */
static const char *find_why(const struct findings *f, int *length)
{
	static const char *const crashes[] = {"linux-panic",
					      "hypervisor-crash"};
	const char *why, *end;
	size_t i, k;

	for (i = 0; i < f->nr; i++)
		for (k = 0; k < sizeof(crashes) / sizeof(crashes[0]); k++) {
			if (strcmp(f->at[i]->id, crashes[k]))
				continue;
			why = strstr(f->at[i]->text, ": ");
			end = why && k ? strrchr(why, ';') : NULL;
			if (!why)
				continue;
			*length = (int)(end ? end - why : (long)strlen(why));
			return why;
		}
	*length = 1;
	return ".";
}

/* The answer without its full stop, then why. */
static const char *first_sentence(const struct session *s,
				  const struct findings *f, char *buf)
{
	char answer[ANSWER_SIZE];
	int length;
	const char *why = find_why(f, &length);

	report_answer(s, answer);
	answer[strlen(answer) - 1] = '\0';
	snprintf(buf, SENTENCE_SIZE, "%s%.*s%s", answer, length, why,
		 why[length - 1] == '.' ? "" : ".");
	return buf;
}

const char *report_says(const struct session *s, const struct findings *f,
			size_t i, char *buf)
{
	size_t k;

	if (!i--)
		return s->dump->has_capture ? first_sentence(s, f, buf)
					    : report_answer(s, buf);
	if (hvd_dump_later_crash(s->dump) && !i--)
		return "Then the hypervisor crashed, too.";
	for (k = 0; k < f->nr; k++)
		if (f->at[k]->in_answer && !i--)
			return f->at[k]->text;
	return NULL;
}
