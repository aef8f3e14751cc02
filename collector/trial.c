// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdumpctl test: see trial.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "finding.h"
#include "host.h"
#include "readiness.h"
#include "trial.h"

#define FOLDER		"/sys/kernel/hvdump/"
/* Another capture may be too recent, or under way. */
#define TRIES		50
#define PAUSE_MS	200
/* The module writes 64 MiB at most; a file that goes on and on is none. */
#define MAX_NOTES	(UINT64_C(64) << 20)
#define NS_PER_S	INT64_C(1000000000)
/* The anchor of its time is taken when the capture begins. */
#define CLOCK_SLACK_NS	NS_PER_S

/** One test: what was read, and what it says. */
struct trial {
	int64_t before, after;	/* wall time, ns */
	uint8_t *notes;
	size_t size;
	struct hvd_dump *dump;
};

/* A capture that nobody would collect is none: what status finds counts here. */
static void check_ready(struct trial *t, struct finding *f)
{
	char names[192];

	(void)t;
	if (readiness_failed(names, sizeof(names)))
		find(f, FAIL, "%s; hvdumpctl status says what to do", names);
	else
		find(f, OK, "no check of hvdumpctl status fails");
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* 0, or errno. */
static int ask_for_one(void)
{
	char *path = host_path(FOLDER "capture");
	int fd, error = 0;

	if (!path)
		return ENOMEM;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1\n", 2) != 2)
		error = errno ? errno : EIO;
	if (fd >= 0)
		close(fd);
	free(path);
	return error;
}

static void take(struct trial *t, struct finding *f)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	int error, i;

	for (i = 0; i < TRIES; i++) {
		t->before = now_ns();
		error = ask_for_one();
		t->after = now_ns();
		if (error != EAGAIN && error != EBUSY)
			break;
		nanosleep(&pause, NULL);
	}
	if (!error)
		find(f, OK, "taken in %" PRId64 " ms",
		     (t->after - t->before) / 1000000);
	else if (error == ENOENT)
		find(f, FAIL, "hvdump.ko is not loaded, or older than this;"
		     " modprobe hvdump");
	else if (error == EPERM || error == EACCES)
		find(f, FAIL, "only root may take one; run this as root");
	else
		find(f, FAIL, "hvdump.ko took none: %s; see dmesg",
		     strerror(error));
}

/* All of last, to be freed; NULL: @f says why. */
static uint8_t *read_last(size_t *size, struct finding *f)
{
	char *path = host_path(FOLDER "last");
	FILE *file = path ? fopen(path, "re") : NULL;
	uint8_t *data = NULL, *more;
	size_t room = 0, n = 1;

	*size = 0;
	while (file && n && *size < MAX_NOTES) {
		if (room == *size) {
			room = room ? 2 * room : 65536;
			more = realloc(data, room);
			if (!more)
				break;
			data = more;
		}
		n = fread(data + *size, 1, room - *size, file);
		*size += n;
	}
	if (!file || n || ferror(file)) {
		find(f, FAIL, "%s cannot be read: %s; see dmesg", FOLDER "last",
		     errno ? strerror(errno) : "it does not end");
		free(data);
		data = NULL;
	}
	if (file)
		fclose(file);
	free(path);
	return data;
}

static void read_twice(struct trial *t, struct finding *f)
{
	uint8_t *again;
	size_t size;

	t->notes = read_last(&t->size, f);
	if (!t->notes)
		return;
	again = read_last(&size, f);
	if (!again)
		return;
	if (size != t->size || memcmp(again, t->notes, size) != 0)
		find(f, FAIL, "two readings differ; was another one taken"
		     " meanwhile? Try again");
	else
		find(f, OK, "%zu bytes, twice the same", size);
	free(again);
}

static void check_notes(struct trial *t, struct finding *f)
{
	const struct hvd_dump *d = t->dump;
	size_t i, vps = 0;

	for (i = 0; i < d->nr_partitions; i++)
		vps += d->partitions[i].nr_vps;
	if (d->nr_damages)
		find(f, FAIL, "damaged: offset %" PRIu64 ": %s",
		     d->damages[0].offset, d->damages[0].what);
	else if (!d->has_header || !d->has_capture || !d->has_end)
		find(f, FAIL, "%" PRIu64 " records, and not the header, capture"
		     " and end records among them", d->records);
	else if (d->nr_dropped)
		find(f, WARN, "%zu kinds of records are missing, for want of"
		     " room or time; raise size_kb or budget_ms of hvdump.ko",
		     d->nr_dropped);
	else
		find(f, OK, "complete: %" PRIu64 " records, %zu partitions,"
		     " %zu VPs", d->records, d->nr_partitions, vps);
}

static void check_answers(struct trial *t, struct finding *f)
{
	if (t->dump->nr_failures)
		find(f, WARN, "%zu hypercalls failed; keep the notes (--output)"
		     " and read them with hvdump report",
		     t->dump->nr_failures);
	else
		find(f, OK, "the hypervisor answered all of it");
}

static void check_time(struct trial *t, struct finding *f)
{
	uint64_t ns;

	if (t->dump->capture.reason != HVD_REASON_LIVE)
		find(f, FAIL, "reason %" PRIu32 ", not a live capture",
		     t->dump->capture.reason);
	else if (hvd_dump_wall_ns(t->dump, &ns))
		find(f, FAIL, "it has no time that makes sense");
	else if ((int64_t)ns < t->before - CLOCK_SLACK_NS ||
		 (int64_t)ns > t->after + CLOCK_SLACK_NS)
		find(f, FAIL, "it began %.1f s before it was asked for; is the"
		     " TSC stable?", (t->before - (double)ns) / NS_PER_S);
	else
		find(f, OK, "it was taken when it was asked for");
}

/* The kernel and the boot that the header tells of are these. */
static void check_host(struct trial *t, struct finding *f)
{
	const struct hvd_header *h = &t->dump->header;
	const uint8_t *b = h->boot_id;
	char boot[48], release[80], said[48];

	snprintf(said, sizeof(said),
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
		 b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		 b[15]);
	host_read("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	host_read("/proc/sys/kernel/osrelease", release, sizeof(release));
	if (strcmp(said, boot) != 0)
		find(f, FAIL, "boot id %s, and this boot's is %s", said, boot);
	else if (strncmp((const char *)h->release, release,
			 sizeof(h->release)) != 0)
		find(f, FAIL, "kernel %.64s, and this is %s",
		     (const char *)h->release, release);
	else
		find(f, OK, "of this boot, Linux %s", release);
}

/* How many numbers "0-3,5" stands for; 0 where it makes no sense. */
static unsigned long count_list(const char *list)
{
	unsigned long count = 0, first, past;
	char *end;

	while (*list) {
		first = strtoul(list, &end, 10);
		past = first;
		if (end == list)
			return 0;
		if (*end == '-')
			past = strtoul(end + 1, &end, 10);
		if (past < first || (*end && *end != ','))
			return 0;
		count += past - first + 1;
		list = *end ? end + 1 : end;
	}
	return count;
}

/* A parent reads all VPs of its own, a guest the one that it runs on. */
static void check_vps(struct trial *t, struct finding *f)
{
	const struct hvd_dump_partition *self = hvd_dump_self(t->dump);
	bool guest = t->dump->header.kind == HVD_KIND_GUEST;
	char list[4096];
	unsigned long cpus;

	host_sysfs("devices/system/cpu/online", list, sizeof(list));
	cpus = count_list(list);
	if (!self)
		find(f, FAIL, "this kernel's own partition is not in it");
	else if (self->nr_vps < (guest ? 1 : cpus))
		find(f, FAIL, "%zu VPs of this kernel's own, and %lu CPUs are"
		     " online", self->nr_vps, cpus);
	else
		find(f, OK, "%zu VPs of this kernel's own, %lu CPUs are online",
		     self->nr_vps, cpus);
}

static void decode(struct trial *t, struct finding *f)
{
	struct hvd_error err;

	t->dump = hvd_dump_create(t->notes, t->size, 0, &err);
	if (t->dump)
		check_notes(t, f);
	else
		find(f, FAIL, "%s", err.text);
}

static void collect(struct trial *t, struct finding *f)
{
	trial_collect(t->notes, t->size, f);
}

int trial_write(int dirfd, const char *path, const uint8_t *notes, size_t size)
{
	int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			0600);
	size_t done = 0;
	ssize_t n = 0;
	int error;

	while (fd >= 0 && done < size && n >= 0) {
		n = write(fd, notes + done, size - done);
		done += n > 0 ? n : 0;
	}
	error = fd < 0 || n < 0 ? errno : 0;
	if (fd >= 0 && close(fd) && !error)
		error = errno;
	return error;
}

static int keep(const struct trial *t, const char *path)
{
	int error = trial_write(AT_FDCWD, path, t->notes, t->size);

	if (error)
		fprintf(stderr, "hvdumpctl: %s: %s\n", path, strerror(error));
	return error ? -1 : 0;
}

static const struct {
	const char *name;
	void (*check)(struct trial *t, struct finding *f);
	bool ends;	/* nothing follows when it fails */
} steps[] = {
	{ "ready", check_ready, false },
	{ "capture", take, true },
	{ "read", read_twice, true },
	{ "notes", decode, true },
	{ "answers", check_answers, false },
	{ "time", check_time, false },
	{ "host", check_host, false },
	{ "vps", check_vps, false },
	{ "collect", collect, false },
};

int trial(const char *output)
{
	struct trial t = { .notes = NULL };
	struct finding f;
	int bad = 0;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		steps[i].check(&t, &f);
		bad |= finding_print(&f, steps[i].name);
		if (f.verdict == FAIL && steps[i].ends)
			break;
	}
	if (output && t.notes)
		bad |= keep(&t, output);
	hvd_dump_destroy(t.dump);
	free(t.notes);
	return bad ? -1 : 0;
}
