// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a log out of a text: see log_file.h. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log_file.h"

#define FILE_NAME "vmcore-dmesg.txt"

/* Records are of 64 KiB at most; a file may be of anything. */
#define MAX_TEXT (1u << 20)

/** A record as it grows, line by line. */
struct growing {
	bool any;
	uint64_t nanoseconds;
	size_t indent; /* of the lines that go on with it */
	char *text;
	size_t length;
};

char *log_file_find(const struct session *s)
{
	const char *path = s->input->path, *slash = strrchr(path, '/');
	char *found;
	int n;

	if (s->input->directory)
		n = asprintf(&found, "%s/" FILE_NAME, s->input->directory);
	else
		n = asprintf(&found, "%.*s" FILE_NAME,
			     slash ? (int)(slash + 1 - path) : 0, path);
	if (n < 0)
		return NULL;
	if (!access(found, R_OK))
		return found;
	free(found);
	return NULL;
}

/* "[   12.345678] ": how long it is; 0: it is not there. */
static size_t parse_time(const char *line, uint64_t *nanoseconds)
{
	uint64_t seconds = 0, micros = 0;
	const char *p = line;
	int digits;

	if (*p++ != '[')
		return 0;
	while (*p == ' ')
		p++;
	for (digits = 0; *p >= '0' && *p <= '9' && digits < 10; digits++)
		seconds = seconds * 10 + (uint64_t)(*p++ - '0');
	if (!digits || *p++ != '.')
		return 0;
	for (digits = 0; *p >= '0' && *p <= '9' && digits < 6; digits++)
		micros = micros * 10 + (uint64_t)(*p++ - '0');
	if (digits != 6 || *p++ != ']')
		return 0;
	*nanoseconds = (seconds * 1000000 + micros) * 1000;
	return (size_t)(p - line) + (*p == ' ');
}

static int hand_over(struct growing *g,
		     int (*each)(void *, const struct hvd_log_record *),
		     void *arg)
{
	const struct hvd_log_record r = {
		.nanoseconds = g->nanoseconds,
		.level = LOG_UNKNOWN,
		.facility = LOG_UNKNOWN,
		.text = g->text,
		.length = g->length,
	};

	return g->any ? each(arg, &r) : 0;
}

static void append(struct growing *g, const char *line, size_t length)
{
	if (length > MAX_TEXT - g->length)
		length = MAX_TEXT - g->length;
	memcpy(g->text + g->length, line, length);
	g->length += length;
}

/* @line has no newline any more. */
static int take_line(struct growing *g, const char *line, size_t length,
		     int (*each)(void *, const struct hvd_log_record *),
		     void *arg)
{
	uint64_t nanoseconds;
	size_t head = parse_time(line, &nanoseconds), blanks = 0;

	if (!head && g->any) {
		while (blanks < g->indent && line[blanks] == ' ')
			blanks++;
		append(g, "\n", 1);
		append(g, line + blanks, length - blanks);
		return 0;
	}
	if (hand_over(g, each, arg))
		return -1;
	*g = (struct growing){.any = true, .text = g->text, .indent = head};
	g->nanoseconds = head ? nanoseconds : 0;
	append(g, line + head, length - head);
	return 0;
}

static int read_lines(FILE *file, struct growing *g,
		      int (*each)(void *, const struct hvd_log_record *),
		      void *arg)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int end = 0;

	while (!end && (length = getline(&line, &size, file)) >= 0) {
		if (length && line[length - 1] == '\n')
			line[--length] = '\0';
		end = take_line(g, line, (size_t)length, each, arg);
	}
	free(line);
	return end ? 0 : hand_over(g, each, arg);
}

int64_t log_file_read(const char *path,
		      int (*each)(void *arg, const struct hvd_log_record *r),
		      void *arg, struct hvd_error *err)
{
	struct growing g = {.text = malloc(MAX_TEXT)};
	FILE *file = fopen(path, "re");
	int bad = 1;

	if (file && g.text) {
		read_lines(file, &g, each, arg);
		bad = ferror(file);
	}
	if (bad)
		hvd_error_set(err, "%s: %s", path, strerror(errno));
	if (file)
		fclose(file);
	free(g.text);
	return bad ? -1 : 0;
}
