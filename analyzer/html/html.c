// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing HTML: see html.h. */
#include "config.h"

#include "html.h"

#define MAX_TEXT 1024

static const char *entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

void html_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *e = entity(*text);

		if (e)
			fputs(e, out);
		else
			fputc(*text, out);
	}
}

static void print_list(FILE *out, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void print_list(FILE *out, const char *format, va_list args)
{
	char text[MAX_TEXT];

	vsnprintf(text, sizeof(text), format, args);
	html_text(out, text);
}

void html_printf(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_list(out, format, args);
	va_end(args);
}

/* The tag's name, without its attributes. */
static void close_tag(FILE *out, const char *tag)
{
	fputs("</", out);
	for (; *tag && *tag != ' '; tag++)
		fputc(*tag, out);
	fputc('>', out);
}

void html_element(FILE *out, const char *tag, const char *format, ...)
{
	va_list args;

	fprintf(out, "<%s>", tag);
	va_start(args, format);
	print_list(out, format, args);
	va_end(args);
	close_tag(out, tag);
}

void html_section(FILE *out, const char *id, const char *format, ...)
{
	va_list args;

	fprintf(out, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n"
		     "<h2 id=\"%s-title\">", id, id, id);
	va_start(args, format);
	print_list(out, format, args);
	va_end(args);
	fputs("</h2>\n", out);
}

void html_end_section(FILE *out)
{
	fputs("</section>\n", out);
}

void html_json(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("\\u003c", out);
		else
			fputc(*text, out);
	}
}
