/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one check of hvdumpctl has found: a verdict, and a line that says it. */
#ifndef HVDUMP_FINDING_H
#define HVDUMP_FINDING_H

enum verdict { OK, WARN, FAIL };

struct finding {
	enum verdict verdict;
	char text[256];		/* what is, and, unless ok, the cure */
};

/** find() - the verdict and its text */
void find(struct finding *f, enum verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** finding_print() - "ok    NAME          TEXT" on stdout; 1 for a FAIL, else 0 */
int finding_print(const struct finding *f, const char *name);

#endif /* HVDUMP_FINDING_H */
