// SPDX-License-Identifier: GPL-2.0-or-later
/* What other programs make: the log and the reports; step_vmcore.c: the vmcore. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "collect.h"

#define DMESG_SECONDS	120
#define REPORT_SECONDS	60
#define REPORT_MEMORY	((size_t)256 << 20)

/* hvdump's exit status for "shown, but something is damaged or incomplete" */
#define HVDUMP_SHOWN_DAMAGED	4

void step_versions(struct collector *c)
{
	static const char *const dump[] = { "makedumpfile", "-v", NULL };
	static const char *const hvdump[] = { "hvdump", "-V", NULL };
	struct manifest *m = &c->manifest;

	child_first_line(dump, m->makedumpfile_version,
			 sizeof(m->makedumpfile_version));
	child_first_line(hvdump, m->hvdump_version, sizeof(m->hvdump_version));
}

char *partial_path(const struct collector *c, enum manifest_file_id id)
{
	char *path;

	if (asprintf(&path, "%s/%s" SAVE_SUFFIX, c->dir,
		     c->manifest.files[id].name) < 0)
		return NULL;
	return path;
}

/* There will be no whole file: has anything of it been left behind? */
static enum file_state what_is_left(const struct collector *c,
				    enum manifest_file_id id)
{
	char partial[SAVE_NAME_MAX + sizeof(SAVE_SUFFIX)];
	struct stat st;

	snprintf(partial, sizeof(partial), "%s" SAVE_SUFFIX,
		 c->manifest.files[id].name);
	return fstatat(c->dirfd, partial, &st, AT_SYMLINK_NOFOLLOW) ?
		       STATE_MISSING : STATE_PARTIAL;
}

void child_failed(struct collector *c, enum manifest_file_id id,
		  const char *who, const struct child_end *end)
{
	char how[96];

	child_describe(end, how, sizeof(how));
	manifest_set(&c->manifest, id, what_is_left(c, id), "%s: %s", who, how);
}

void take_file(struct collector *c, enum manifest_file_id id, bool checksum)
{
	struct manifest *m = &c->manifest;
	const char *name = m->files[id].name;
	char sha256[DIGEST_HEX] = "";
	struct save_file f;
	struct hvd_error err;

	if (save_adopt(&f, c->dirfd, name, &err)) {
		manifest_set(m, id, what_is_left(c, id), "%s", err.text);
		return;
	}
	if (save_commit(&f, &err)) {
		manifest_set(m, id, STATE_PARTIAL, "%s", err.text);
		return;
	}
	if (checksum && digest_file(c->dirfd, name, sha256))
		manifest_say(m, "%s: cannot be read back", name);
	manifest_complete(m, id, f.size, sha256);
}

/* hvdump reads logs as well, and knows each kernel's form of it itself. */
static bool log_by_hvdump(struct collector *c)
{
	const char *argv[] = { "hvdump", "log", c->options.vmcore, NULL };
	struct child child = { .argv = argv, .seconds = REPORT_SECONDS,
			       .memory = REPORT_MEMORY };
	struct child_end end;
	struct hvd_error err;
	struct save_file f;
	bool done;

	if (save_open(&f, c->dirfd, c->manifest.files[FILE_DMESG].name, &err))
		return false;
	child.stdout_fd = f.fd;
	child_run(&child, &end);
	done = lseek(f.fd, 0, SEEK_END) > 0 &&
	       (end.status == 0 || end.status == HVDUMP_SHOWN_DAMAGED);
	if (done)
		save_close(&f);
	else
		save_drop(&f);
	return done;
}

void step_dmesg(struct collector *c)
{
	char *path = partial_path(c, FILE_DMESG);
	const char *argv[] = { "makedumpfile", "--dump-dmesg",
			       c->options.vmcore, path, NULL };
	struct child child = { .argv = argv, .stdout_fd = -1,
			       .seconds = DMESG_SECONDS };
	struct child_end end;

	if (!path)
		return;
	if (child_run(&child, &end) == 0 ||
	    (what_is_left(c, FILE_DMESG) == STATE_MISSING && log_by_hvdump(c)))
		take_file(c, FILE_DMESG, true);
	else
		child_failed(c, FILE_DMESG, "makedumpfile --dump-dmesg", &end);
	free(path);
}

/* hvdump report [--json] DIR/hvdump.elf, into a file */
static void make_report(struct collector *c, enum manifest_file_id id,
			const char *option, const char *elf)
{
	const char *argv[] = { "hvdump", "report", elf, option, NULL };
	struct child child = { .argv = argv, .seconds = REPORT_SECONDS,
			       .memory = REPORT_MEMORY };
	struct manifest *m = &c->manifest;
	struct child_end end;
	struct hvd_error err;
	struct save_file f;
	bool shown;

	if (save_open(&f, c->dirfd, m->files[id].name, &err)) {
		manifest_set(m, id, STATE_MISSING, "%s", err.text);
		return;
	}
	child.stdout_fd = f.fd;
	child_run(&child, &end);
	shown = end.status == 0 || end.status == HVDUMP_SHOWN_DAMAGED;
	if (end.error) {
		save_drop(&f);
		child_failed(c, id, "hvdump report", &end);
	} else if (!shown) {
		save_close(&f);
		child_failed(c, id, "hvdump report", &end);
	} else {
		save_close(&f);
		take_file(c, id, true);
	}
	if (shown && end.status && m->files[id].state == STATE_COMPLETE)
		snprintf(m->files[id].why, sizeof(m->files[id].why),
			 "it tells of damage, or of something left out");
}

void step_report(struct collector *c)
{
	struct manifest *m = &c->manifest;
	char *elf;

	if (m->files[FILE_ELF].state != STATE_COMPLETE) {
		/* That file is the one that is missing, not a report on it. */
		m->files[FILE_REPORT].wanted = false;
		m->files[FILE_REPORT_JSON].wanted = false;
		manifest_set(m, FILE_REPORT, STATE_MISSING, "no hvdump.elf");
		manifest_set(m, FILE_REPORT_JSON, STATE_MISSING,
			     "no hvdump.elf");
		return;
	}
	if (asprintf(&elf, "%s/%s", c->dir, m->files[FILE_ELF].name) < 0)
		return;
	make_report(c, FILE_REPORT, NULL, elf);
	if (!child_stop())
		make_report(c, FILE_REPORT_JSON, "--json", elf);
	free(elf);
}
