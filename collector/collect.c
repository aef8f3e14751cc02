// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump-collect: runs in the crash kernel; see hvdump-collect(8). */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "collect.h"

/* A UTC stamp, and the first half of the crashed kernel's boot id if known. */
static void default_name(const struct summary *s, char *name, size_t size)
{
	const uint8_t *id = s->header.boot_id;
	time_t now = time(NULL);
	struct tm tm;
	size_t n;

	if (!gmtime_r(&now, &tm))
		memset(&tm, 0, sizeof(tm));
	n = strftime(name, size, "%Y%m%dT%H%M%SZ", &tm);
	if (s->has_header)
		snprintf(name + n, size - n, "-%02x%02x%02x%02x", id[0], id[1],
			 id[2], id[3]);
}

static int open_directory(struct collector *c)
{
	const char *name = c->options.name;
	struct hvd_error err;
	char made_up[64];

	if (!name) {
		default_name(&c->manifest.summary, made_up, sizeof(made_up));
		name = made_up;
	}
	c->dirfd = save_directory(c->options.output, name, &c->dir, &err);
	if (c->dirfd < 0) {
		fprintf(stderr, "hvdump-collect: %s\n", err.text);
		return -1;
	}
	printf("hvdump-collect: saving to %s\n", c->dir);
	/* What the children make is nobody else's business either. */
	umask(077);
	return 0;
}

/* What the command line asks to leave out. */
static void leave_out(struct manifest *m, enum manifest_file_id id,
		      const char *option)
{
	m->files[id].wanted = false;
	manifest_set(m, id, STATE_MISSING, "not asked for (%s)", option);
}

static void apply_options(struct collector *c)
{
	if (!c->options.save_vmcore)
		leave_out(&c->manifest, FILE_VMCORE, "--no-vmcore");
	if (!c->options.report) {
		leave_out(&c->manifest, FILE_REPORT, "--no-report");
		leave_out(&c->manifest, FILE_REPORT_JSON, "--no-report");
	}
}

/*
 * The steps. The small and precious first; after each the manifest is brought
 * up to date. Once a signal asks to stop, no other step is begun.
 */
static void collect(struct collector *c)
{
	void (*const steps[])(struct collector *) = {
		step_notes, step_unread, step_pages, step_versions, step_dmesg, step_report,
		step_prune, step_guests,
		c->options.stream ? step_stream : step_vmcore,
	};
	bool vmcore = c->options.save_vmcore;
	bool asked[] = { true, true, true, true, true, c->options.report, vmcore,
			 vmcore, vmcore || c->options.stream };
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (child_stop())
			break;
		if (!asked[i])
			continue;
		steps[i](c);
		manifest_write(&c->manifest, c->dirfd);
	}
}

static int finish(struct collector *c)
{
	struct manifest *m = &c->manifest;
	int sig = child_stop(), i;

	if (sig)
		manifest_say(m, "asked to stop by SIG%s", sigabbrev_np(sig));
	for (i = 0; sig && i < NR_FILES; i++)
		if (m->files[i].ms < 0 && m->files[i].wanted &&
		    m->files[i].state == STATE_MISSING)
			manifest_set(m, i, STATE_MISSING, "asked to stop");
	if (sig && m->pages.state == PAGES_PENDING)
		manifest_pages_failed(m, "asked to stop");
	if (m->files[FILE_VMCORE].state == STATE_COMPLETE ||
	    !c->options.save_vmcore)
		step_prune(c);
	m->exit_status = manifest_verdict(m);
	if (sig && m->exit_status == 0)
		m->exit_status = EXIT_INCOMPLETE;
	m->finished = true;
	if (manifest_write(m, c->dirfd) && m->exit_status == 0) {
		/* Who reads the manifest shall know what we exit with. */
		m->exit_status = EXIT_INCOMPLETE;
		manifest_say(m, "the manifest could not be made safe");
		manifest_write(m, c->dirfd);
	}
	return m->exit_status;
}

static void say_complaints(struct collector *c)
{
	size_t i;

	for (i = 0; i < c->options.nr_complaints; i++)
		manifest_say(&c->manifest, "%s", c->options.complaints[i]);
}

static int run(struct collector *c)
{
	int status = EXIT_NOTHING;

	manifest_init(&c->manifest, &c->options);
	apply_options(c);
	say_complaints(c);
	load_guard(c);
	step_gather(c);
	if (c->options.if_state && c->manifest.source.open &&
	    !summary_any(&c->manifest.summary) && !c->manifest.lost_chunks) {
		printf("hvdump-collect: no hypervisor state in %s\n",
		       c->options.vmcore);
		status = 0;
	} else if (open_directory(c) == 0) {
		collect(c);
		status = finish(c);
		if (c->options.stream)
			stream_tidy(c);
		close(c->dirfd);
	}
	if (c->stream_fd >= 0)
		close(c->stream_fd);
	manifest_free(&c->manifest);
	free_notes(c);
	unread_free(&c->unread);
	free(c->dir);
	return status;
}

int main(int argc, char **argv)
{
	struct collector c = { .dirfd = -1, .stream_fd = -1 };
	enum options_verdict verdict;
	int status;

	/* The console is where somebody may look: show each line at once. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	verdict = options_read(&c.options, argc, argv);
	if (verdict == OPTIONS_RUN) {
		child_signals();
		status = c.options.stream && stream_begin(&c) ? EXIT_NOTHING :
								run(&c);
	} else {
		status = verdict == OPTIONS_DONE ? 0 : EXIT_NOTHING;
	}
	options_free(&c.options);
	return status;
}
