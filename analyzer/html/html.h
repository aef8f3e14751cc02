/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing HTML. Whatever comes out of a dump goes through here: it is escaped,
 * and nothing but text can come of it.
 */
#ifndef HVDUMP_HTML_H
#define HVDUMP_HTML_H

#include <stdarg.h>
#include <stdio.h>

/** html_text() - print @text; it may stand in quotes, too */
void html_text(FILE *out, const char *text);

/** html_printf() - what printf() would print, as text; cut at 1 KiB */
void html_printf(FILE *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * html_element() - "<tag>text</tag>"
 * @tag is ours, and may be followed by attributes: "td class=\"n\"".
 */
void html_element(FILE *out, const char *tag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** html_section() - begin a section with its heading; html_end_section() it */
void html_section(FILE *out, const char *id, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void html_end_section(FILE *out);

/**
 * html_json() - print @text, which is JSON, so that no "</script>" is in it
 * Of JSON only strings can hold the characters, and there \u003c is the same.
 */
void html_json(FILE *out, const char *text);

#endif /* HVDUMP_HTML_H */
