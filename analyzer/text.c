// SPDX-License-Identifier: GPL-2.0-or-later
/* Text that several commands print: see text.h. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "abi_codes.h"
#include "names.h"
#include "text.h"

const char *text_kind(const struct hvd_dump_partition *p)
{
	const char *kind = name_of_kind(p->rec.kind);

	if (kind)
		return kind;
	return p->recorded ? "unknown" : "no record";
}

void text_line(const struct session *s, const char *label, const char *format,
	       ...)
{
	va_list args;

	fprintf(s->out, "  %-14s", label);
	va_start(args, format);
	vfprintf(s->out, format, args);
	va_end(args);
	fputc('\n', s->out);
}

void text_damages(const struct session *s, const char *indent)
{
	const struct hvd_dump *d = s->dump;
	uint64_t i;

	if (s->input->damage)
		fprintf(s->out, "%sfile: %s\n", indent, s->input->damage);
	for (i = 0; i < d->nr_damages && i < HVD_DUMP_DAMAGES; i++)
		fprintf(s->out, "%snote offset %" PRIu64 ": %s\n", indent,
			d->damages[i].offset, d->damages[i].what);
	if (d->nr_damages > HVD_DUMP_DAMAGES)
		fprintf(s->out, "%s%" PRIu64 " more damaged places\n", indent,
			d->nr_damages - HVD_DUMP_DAMAGES);
}

const char *text_level(char *buf, size_t size, const struct hvd_vp_state *st)
{
	bool arm = st->mode == HVD_MODE_AARCH32 || st->mode == HVD_MODE_AARCH64;

	if (st->level < 0)
		return "-";
	snprintf(buf, size, "%s%d", arm ? "EL" : "ring", st->level);
	return buf;
}

/* Intel SDM volume 1, 3.4.3; volume 3, 2.5 and 2.2.1. */
static const struct flag_name rflags_bits[] = {
	{1 << 0, "CF"},	 {1 << 2, "PF"},   {1 << 4, "AF"},   {1 << 6, "ZF"},
	{1 << 7, "SF"},	 {1 << 8, "TF"},   {1 << 9, "IF"},   {1 << 10, "DF"},
	{1 << 11, "OF"}, {1 << 14, "NT"},  {1 << 16, "RF"},  {1 << 17, "VM"},
	{1 << 18, "AC"}, {1 << 19, "VIF"}, {1 << 20, "VIP"}, {1 << 21, "ID"},
	{0, NULL}};

static const struct flag_name cr0_bits[] = {{1 << 0, "PE"},
					    {1 << 1, "MP"},
					    {1 << 2, "EM"},
					    {1 << 3, "TS"},
					    {1 << 4, "ET"},
					    {1 << 5, "NE"},
					    {1 << 16, "WP"},
					    {1 << 18, "AM"},
					    {1 << 29, "NW"},
					    {1 << 30, "CD"},
					    {UINT64_C(1) << 31, "PG"},
					    {0, NULL}};

static const struct flag_name cr4_bits[] = {
	{1 << 0, "VME"},       {1 << 1, "PVI"},		{1 << 2, "TSD"},
	{1 << 3, "DE"},	       {1 << 4, "PSE"},		{1 << 5, "PAE"},
	{1 << 6, "MCE"},       {1 << 7, "PGE"},		{1 << 8, "PCE"},
	{1 << 9, "OSFXSR"},    {1 << 10, "OSXMMEXCPT"}, {1 << 11, "UMIP"},
	{1 << 12, "LA57"},     {1 << 13, "VMXE"},	{1 << 14, "SMXE"},
	{1 << 16, "FSGSBASE"}, {1 << 17, "PCIDE"},	{1 << 18, "OSXSAVE"},
	{1 << 20, "SMEP"},     {1 << 21, "SMAP"},	{1 << 22, "PKE"},
	{1 << 23, "CET"},      {1 << 24, "PKS"},	{0, NULL}};

static const struct flag_name efer_bits[] = {
	{1 << 0, "SCE"},    {1 << 8, "LME"},   {1 << 10, "LMA"},
	{1 << 11, "NX"},    {1 << 12, "SVME"}, {1 << 13, "LMSLE"},
	{1 << 14, "FFXSR"}, {1 << 15, "TCE"},  {0, NULL}};

const char *text_bits(char *buf, size_t size, uint32_t code, uint64_t value)
{
	const struct flag_name *names;

	switch (code) {
	case HVD_X64_RFLAGS:
		names = rflags_bits;
		value &= ~UINT64_C(0x3002); /* always set; IOPL */
		break;
	case HVD_X64_CR0:
		names = cr0_bits;
		break;
	case HVD_X64_CR4:
		names = cr4_bits;
		break;
	case HVD_X64_EFER:
		names = efer_bits;
		break;
	default:
		return "";
	}
	return join_flags(buf, size, names, value);
}
