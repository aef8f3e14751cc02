// SPDX-License-Identifier: GPL-2.0-or-later
/* Logging: a small formatter, one lock, two devices. */
#include "lib.h"
#include "log.h"

#define DEBUGCON_PORT	0xe9
#define COM1		0x3f8
#define LINE_MAX	512

unsigned int log_level = LOG_CALLS;
static struct spinlock log_lock;

struct out {
	char *p, *end;
};

static void put_char(struct out *o, char c)
{
	if (o->p < o->end)
		*o->p++ = c;
}

static void put_number(struct out *o, u64 v, unsigned int base, int width, char pad)
{
	char digits[20];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	for (int i = n; i < width; i++)
		put_char(o, pad);
	while (n)
		put_char(o, digits[--n]);
}

static void put_text(struct out *o, const char *s)
{
	while (*s)
		put_char(o, *s++);
}

/* One conversion, *pf behind its percent sign. */
static void put_conversion(struct out *o, const char **pf, va_list *ap)
{
	const char *f = *pf;
	char pad = ' ';
	bool wide = false;
	int width = 0;

	if (*f == '0')
		pad = *f++;
	while (*f >= '0' && *f <= '9')
		width = width * 10 + (*f++ - '0');
	if (*f == 'l') {
		wide = true;
		f++;
	}
	switch (*f) {
	case 's':
		put_text(o, va_arg(*ap, const char *));
		break;
	case 'c':
		put_char(o, (char)va_arg(*ap, int));
		break;
	case 'u':
	case 'x':
		put_number(o, wide ? va_arg(*ap, u64) : va_arg(*ap, u32),
			   *f == 'u' ? 10 : 16, width, pad);
		break;
	default:
		put_char(o, *f);
	}
	*pf = f + 1;
}

static size_t vformat(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, buf + size - 1 };
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		if (*fmt != '%') {
			put_char(&o, *fmt++);
			continue;
		}
		fmt++;
		put_conversion(&o, &fmt, &args);
	}
	va_end(args);
	*o.p = '\0';
	return (size_t)(o.p - buf);
}

size_t format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = vformat(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

static void debugcon_line(const char *s)
{
	spin_lock(&log_lock);
	while (*s)
		outb(DEBUGCON_PORT, (u8)*s++);
	outb(DEBUGCON_PORT, '\n');
	spin_unlock(&log_lock);
}

/* The firmware has set up the port; wait for room in the transmitter only. */
static void serial_line(const char *s)
{
	static const char end[] = "\r\n";

	for (int pass = 0; pass < 2; pass++, s = end) {
		for (; *s; s++) {
			for (int i = 0; i < 100000 && !(inb(COM1 + 5) & 0x20); i++)
				cpu_relax();
			outb(COM1, (u8)*s);
		}
	}
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char line[LINE_MAX];
	va_list ap;

	if (level > log_level)
		return;
	va_start(ap, fmt);
	vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	debugcon_line(line);
}

void fatal(const char *fmt, ...)
{
	char line[LINE_MAX];
	size_t n = format(line, sizeof(line), "minihv: fatal: ");
	va_list ap;

	va_start(ap, fmt);
	vformat(line + n, sizeof(line) - n, fmt, ap);
	va_end(ap);
	debugcon_line(line);
	serial_line(line);
	halt_forever();
}
