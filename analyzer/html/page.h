/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `report --html`: one page that needs nothing but itself. Its text is whole
 * without the script, and a content security policy lets no request leave it,
 * whatever a dump's strings try.
 */
#ifndef HVDUMP_HTML_PAGE_H
#define HVDUMP_HTML_PAGE_H

#include "../findings.h"
#include "../host.h"
#include "../session.h"
#include "../signature.h"

/** What the page tells of. */
struct html_subject {
	struct session *s;
	struct host *host;
	const struct findings *findings;
	const struct signature *signature;
};

/**
 * html_report() - write the page to a new file of name @path
 * Returns STATUS_DONE, or has complained.
 */
int html_report(const struct html_subject *subject, const char *path);

#endif /* HVDUMP_HTML_PAGE_H */
