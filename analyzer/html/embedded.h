/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page's style and script, as they are in report.css and report.js. */
#ifndef HVDUMP_HTML_EMBEDDED_H
#define HVDUMP_HTML_EMBEDDED_H

#include <stddef.h>

struct html_embedded {
	const unsigned char *bytes;
	size_t size;
	const char *hash; /* "sha256-...", for a content security policy */
};

extern const struct html_embedded html_style;
extern const struct html_embedded html_script;

#endif /* HVDUMP_HTML_EMBEDDED_H */
