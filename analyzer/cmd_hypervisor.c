// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump hypervisor: its image, its symbols' key, its crash. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "crash_area.h"
#include "hypervisor.h"
#include "json.h"
#include "names.h"
#include "text.h"
#include "page/page.h"

#define GUID_TEXT 37
#define KEY_TEXT  48

/* The first three parts are little-endian numbers. */
static const char *guid_text(char *buf, const uint8_t *g)
{
	snprintf(buf, GUID_TEXT,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x",
		 g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9],
		 g[10], g[11], g[12], g[13], g[14], g[15]);
	return buf;
}

/* As symbol servers have it: the GUID's digits, then the age. */
static const char *key_text(char *buf, const struct hvd_pe *pe)
{
	char guid[GUID_TEXT], *to = buf;
	const char *c;

	for (c = guid_text(guid, pe->guid); *c; c++)
		if (*c != '-')
			*to++ = (char)(*c >= 'a' ? *c - 'a' + 'A' : *c);
	snprintf(to, KEY_TEXT - (size_t)(to - buf), "%" PRIX32, pe->age);
	return buf;
}

static const char *clean(char *buf, size_t size, const char *text)
{
	return clean_text(buf, size, (const uint8_t *)text, strlen(text));
}

static const char *rights_text(char *buf, uint32_t flags)
{
	snprintf(buf, 4, "%c%c%c", flags & HVD_PE_READ ? 'r' : '-',
		 flags & HVD_PE_WRITE ? 'w' : '-',
		 flags & HVD_PE_EXECUTE ? 'x' : '-');
	return buf;
}

static void print_pe(const struct session *s, const struct hypervisor *h)
{
	const struct hvd_pe *pe = &h->pe;
	char guid[GUID_TEXT], key[KEY_TEXT], name[2 * HVD_PE_NAME], rights[4];
	unsigned int i;

	text_line(s, "base", "0x%016" PRIx64 ", %" PRIu32 "K, at 0x%" PRIx64
		  " of the system's memory", h->base, pe->size >> 10,
		  h->image_at);
	text_line(s, "version", "%u.%u, timestamp 0x%08" PRIx32 ", checksum "
		  "0x%08" PRIx32, pe->major, pe->minor, pe->timestamp,
		  pe->checksum);
	if (pe->has_pdb) {
		text_line(s, "symbols", "%s",
			  clean(name, sizeof(name), pe->pdb));
		text_line(s, "GUID", "%s, age %" PRIu32,
			  guid_text(guid, pe->guid), pe->age);
		text_line(s, "key", "%s", key_text(key, pe));
	} else {
		text_line(s, "symbols", "not known: %s", pe->no_pdb.text);
	}
	for (i = 0; i < pe->nr_sections; i++)
		text_line(s, i ? "" : "sections",
			  "%-8s +0x%-8" PRIx32 " %8" PRIu32 "K %s",
			  clean(name, sizeof(name), pe->sections[i].name),
			  pe->sections[i].rva, pe->sections[i].size >> 10,
			  rights_text(rights, pe->sections[i].flags));
}

static uint64_t register_of(const struct hv_processor *p, const char *name)
{
	uint64_t value = 0;

	if (p->registers)
		hvd_layout_value(&hvd_layout_x64_context, p->registers,
				 p->registers_size, name, 0, &value);
	return value;
}

static void print_processor(const struct session *s,
			    const struct hypervisor *h,
			    const struct hv_processor *p)
{
	char text[HV_TEXT_SIZE];
	struct view v = {.s = s};
	size_t i;

	fprintf(s->out, "\nProcessor %u", p->index);
	if (!p->registers)
		fputs(": no registers", s->out);
	else
		fprintf(s->out, " at %s",
			hypervisor_text(text, h, register_of(p, "rip")));
	fputc('\n', s->out);
	if (p->registers && s->opt.verbose)
		view_layout(&v, &hvd_layout_x64_context, p->registers,
			    p->registers_size);
	for (i = 0; i < p->nr_returns; i++)
		fprintf(s->out, "  0x%016" PRIx64 "  %s%s\n", p->returns[i].at,
			hypervisor_text(text, h, p->returns[i].address),
			p->returns[i].follows_call ? "" : " (no call before)");
}

static void print_area(const struct session *s, const struct hypervisor *h)
{
	struct view v = {.s = s};
	size_t i;

	fprintf(s->out, "\nCrash area, page 0x%" PRIx64 ": %s\n", h->area_pfn,
		h->valid ? "the hypervisor has crashed" : "no crash");
	view_layout(&v, h->layout, h->area,
		    h->area_size < h->layout->size ? h->area_size
						   : h->layout->size);
	for (i = 0; i < h->nr_processors; i++)
		print_processor(s, h, &h->processors[i]);
}

static void print_text(const struct session *s, const struct hypervisor *h)
{
	fputs("The hypervisor's image\n", s->out);
	if (h->has_image)
		print_pe(s, h);
	else
		text_line(s, "not found", "%s", h->no_image.text);
	if (h->layout)
		print_area(s, h);
	else
		fprintf(s->out, "\nCrash area: %s\n", h->no_area.text);
}

static json_t *sections_json(const struct hvd_pe *pe)
{
	char name[4 * 9], rights[4];
	json_t *list = json_array(), *o;
	unsigned int i;

	for (i = 0; i < pe->nr_sections; i++) {
		o = json_object();
		json_set(o, "name",
			 json_string(clean(name, sizeof(name),
					   pe->sections[i].name)));
		json_set(o, "offset", json_integer(pe->sections[i].rva));
		json_set(o, "size", json_integer(pe->sections[i].size));
		json_set(o, "rights", json_string(rights_text(
					      rights, pe->sections[i].flags)));
		json_append(list, o);
	}
	return list;
}

static json_t *pdb_json(const struct hvd_pe *pe)
{
	char guid[GUID_TEXT], key[KEY_TEXT], name[2 * HVD_PE_NAME];
	json_t *o;

	if (!pe->has_pdb)
		return json_null();
	o = json_object();
	json_set(o, "name", json_string(clean(name, sizeof(name), pe->pdb)));
	json_set(o, "guid", json_string(guid_text(guid, pe->guid)));
	json_set(o, "age", json_integer(pe->age));
	json_set(o, "key", json_string(key_text(key, pe)));
	return o;
}

static json_t *image_json(const struct hypervisor *h)
{
	const struct hvd_pe *pe = &h->pe;
	json_t *o;

	if (!h->has_image)
		return json_null();
	o = json_object();
	json_set(o, "base", json_hex(h->base, 16));
	json_set(o, "spa", json_hex(h->image_at, 16));
	json_set(o, "size", json_integer(pe->size));
	json_set(o, "entry", json_hex(pe->entry, 8));
	json_set(o, "machine", json_hex(pe->machine, 4));
	json_set(o, "timestamp", json_hex(pe->timestamp, 8));
	json_set(o, "checksum", json_hex(pe->checksum, 8));
	json_set(o, "version", json_sprintf("%u.%u", pe->major, pe->minor));
	json_set(o, "pdb", pdb_json(pe));
	json_set(o, "sections", sections_json(pe));
	return o;
}

static json_t *layout_json(const struct session *s,
			   const struct hvd_layout *layout,
			   const uint8_t *bytes, size_t size)
{
	json_t *parts = json_array(), *fields;
	struct view v = {.s = s, .parts = parts};

	view_part(&v, "%s", layout->name);
	view_layout(&v, layout, bytes, size);
	fields = json_incref(v.fields);
	json_decref(parts);
	return fields;
}

static json_t *processor_json(const struct session *s,
			      const struct hypervisor *h,
			      const struct hv_processor *p)
{
	json_t *o = json_object(), *list = json_array(), *r;
	uint64_t rip = register_of(p, "rip");
	char text[HV_TEXT_SIZE];
	size_t i;

	json_set(o, "index", json_integer(p->index));
	json_set(o, "rip", p->registers ? json_hex(rip, 16) : json_null());
	json_set(o, "rip_text",
		 p->registers ? json_string(hypervisor_text(text, h, rip))
			      : json_null());
	json_set(o, "registers",
		 p->registers ? layout_json(s, &hvd_layout_x64_context,
					    p->registers, p->registers_size)
			      : json_null());
	json_set(o, "stack",
		 p->stack_size ? json_hex(p->stack, 16) : json_null());
	json_set(o, "stack_size", json_integer(p->stack_size));
	for (i = 0; i < p->nr_returns; i++) {
		r = json_object();
		json_set(r, "at", json_hex(p->returns[i].at, 16));
		json_set(r, "word", json_hex(p->returns[i].word, 16));
		json_set(r, "address", json_hex(p->returns[i].address, 16));
		json_set(r, "text", json_string(hypervisor_text(
					    text, h, p->returns[i].address)));
		json_set(r, "follows_call",
			 json_boolean(p->returns[i].follows_call));
		json_append(list, r);
	}
	json_set(o, "returns", list);
	return o;
}

static json_t *area_json(const struct session *s, const struct hypervisor *h)
{
	json_t *o, *list;
	size_t i;

	if (!h->layout)
		return json_null();
	o = json_object();
	json_set(o, "pfn", json_integer((json_int_t)h->area_pfn));
	json_set(o, "version", json_integer(h->version));
	json_set(o, "valid", json_boolean(h->valid));
	json_set(o, "fields", layout_json(s, h->layout, h->area, h->area_size));
	list = json_array();
	for (i = 0; i < h->nr_processors; i++)
		json_append(list, processor_json(s, h, &h->processors[i]));
	json_set(o, "processors", list);
	return o;
}

static int print_json(const struct session *s, const struct hypervisor *h)
{
	json_t *root = json_begin(s);

	json_set(root, "hypervisor", json_hypervisor(s));
	json_set(root, "image", image_json(h));
	json_set(root, "image_why", json_string_or_null(h->no_image.text));
	json_set(root, "crash_area", area_json(s, h));
	json_set(root, "crash_area_why", json_string_or_null(h->no_area.text));
	return json_finish(s, root);
}

int cmd_hypervisor(struct session *s)
{
	int status = STATUS_DONE;
	struct hypervisor h;

	hypervisor_open(s, &h);
	if (s->opt.json)
		status = print_json(s, &h);
	else
		print_text(s, &h);
	if (status == STATUS_DONE && (!h.has_image || !h.layout)) {
		complain(s, "%s: %s", s->input->path,
			 h.has_image ? h.no_area.text : h.no_image.text);
		status = STATUS_DAMAGED;
	}
	hypervisor_close(&h);
	return status;
}
