// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages that a dump refers to: see memory.h. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "json.h"
#include "memory.h"
#include "names.h"

#define NOBODY	UINT64_MAX
#define NO_ONE	UINT32_MAX

#define OBJECT(detail) ((detail) & 0xffffff)
#define AREA(detail)   ((detail) >> 24)

#define OBJECT_LP 2

/* hvdump.elf holds what was small; the vmcore beside it, all the rest. */
static void open_vmcore(const struct session *s, struct memory *m)
{
	struct hvd_error err;
	struct hvd_input *in;
	struct stat st;
	char *path;

	if (asprintf(&path, "%s/vmcore", s->input->directory) < 0)
		return;
	if (!strcmp(path, s->input->path) || stat(path, &st) ||
	    !(in = hvd_input_open(path, &err))) {
		free(path);
		return;
	}
	m->vmcore = hvd_physmem_open(in, &err);
	m->vmcore_path = path;
	hvd_input_close(in);
}

void memory_open(const struct session *s, struct memory *m)
{
	memset(m, 0, sizeof(*m));
	m->file = hvd_physmem_open(s->input, &m->why);
	if (s->input->directory)
		open_vmcore(s, m);
}

void memory_close(struct memory *m)
{
	hvd_physmem_close(m->file);
	hvd_physmem_close(m->vmcore);
	free(m->vmcore_path);
}

bool memory_zeroed(const struct session *s, uint64_t pfn)
{
	const struct hvd_gap *gap = hvd_dump_find_gap(s->dump, pfn);

	return gap && gap->error == EPERM;
}

enum page_state memory_state(const struct session *s, const struct memory *m,
			     uint64_t pfn)
{
	unsigned int shift = hvd_dump_page_shift(s->dump);
	const struct hvd_gap *gap;
	uint64_t address = pfn << shift;
	size_t size = (size_t)1 << shift;

	if (hvd_dump_find_copy(s->dump, pfn))
		return PAGE_IN_NOTE;
	if (memory_zeroed(s, pfn))
		return PAGE_GUARDED;
	if (m->file &&
	    hvd_physmem_has(m->file, address, size) == HVD_READ_DATA)
		return PAGE_IN_FILE;
	if (m->vmcore &&
	    hvd_physmem_has(m->vmcore, address, size) == HVD_READ_DATA)
		return PAGE_IN_VMCORE;
	gap = hvd_dump_find_gap(s->dump, pfn);
	if (gap)
		return gap->error ? PAGE_UNREAD : PAGE_GUARDED;
	return m->file ? PAGE_ABSENT : PAGE_UNKNOWN;
}

/* What a copy speaks for; what it leaves out of its bytes is zeros. */
static void read_copy(const struct hvd_dump_copy *copy, uint8_t *buf,
		      size_t size)
{
	size_t there = copy->nr_bytes;

	memset(buf, 0, size);
	if (copy->rec.offset >= size)
		return;
	if (there > size - copy->rec.offset)
		there = size - copy->rec.offset;
	memcpy(buf + copy->rec.offset, copy->bytes, there);
}

enum hvd_read memory_read_physical(const struct memory *m, uint64_t address,
				   void *buf, size_t size,
				   struct hvd_error *err)
{
	enum hvd_read got = HVD_READ_DAMAGED;

	if (m->file)
		got = hvd_physmem_read(m->file, address, buf, size, err);
	else
		*err = m->why;
	if (got != HVD_READ_DATA && m->vmcore)
		got = hvd_physmem_read(m->vmcore, address, buf, size, err);
	return got;
}

int memory_read_whole(const struct session *s, const struct memory *m,
		      uint64_t pfn, void *buf, size_t size)
{
	const struct hvd_dump_copy *copy = hvd_dump_find_copy(s->dump, pfn);
	unsigned int shift = hvd_dump_page_shift(s->dump);
	struct hvd_error err;

	if (copy && !copy->rec.offset && copy->rec.size >= size) {
		read_copy(copy, buf, size);
		return 0;
	}
	if (pfn > UINT64_MAX >> shift || memory_zeroed(s, pfn))
		return -1;
	return memory_read_physical(m, pfn << shift, buf, size, &err) ==
			       HVD_READ_DATA
		       ? 0
		       : -1;
}

int memory_read(const struct session *s, const struct memory *m, uint64_t pfn,
		void *buf, size_t size)
{
	const struct hvd_dump_copy *copy;

	if (!memory_read_whole(s, m, pfn, buf, size))
		return 0;
	copy = hvd_dump_find_copy(s->dump, pfn);
	if (!copy)
		return -1;
	read_copy(copy, buf, size);
	return 0;
}

const char *page_state_name(enum page_state state)
{
	static const char *const names[] = {
		[PAGE_IN_NOTE] = "note",     [PAGE_IN_FILE] = "file",
		[PAGE_IN_VMCORE] = "vmcore", [PAGE_GUARDED] = "guarded",
		[PAGE_UNREAD] = "unread",    [PAGE_ABSENT] = "absent",
		[PAGE_UNKNOWN] = "unknown",
	};

	return names[state];
}

const char *page_reason(char *buf, uint32_t error)
{
	switch (error) {
	case 0:
		return "not tried: the hypervisor guards it";
	case EPERM:
		return "the hypervisor guards it: a load from it faulted";
	case ENXIO:
		return "the vmcore has no memory there";
	case ENODATA:
		return "it was filtered out of the vmcore";
	case EFBIG:
		return "more pages were referenced than may be copied";
	case EOPNOTSUPP:
		return "the collector did not know how";
	case ECANCELED:
		return "redacted: it was taken out of this copy";
	case EIO:
	case EFAULT:
		snprintf(buf, REASON_SIZE, "reading it failed (errno %" PRIu32
			 ", %s)", error, error == EIO ? "EIO" : "EFAULT");
		return buf;
	default:
		snprintf(buf, REASON_SIZE, "reading it failed (errno %" PRIu32
			 ")", error);
		return buf;
	}
}

const char *page_kind(char *buf, const struct hvd_page *page)
{
	const char *name = name_of_page_kind(page->kind);

	if (name)
		return name;
	snprintf(buf, NAME_SIZE, "%" PRIu32, page->kind);
	return buf;
}

static bool is_cpu(const struct hvd_page *p)
{
	return p->kind == HVD_PAGE_INPUT || p->kind == HVD_PAGE_OUTPUT;
}

static bool is_statistics(const struct hvd_page *p)
{
	return p->kind == HVD_PAGE_STATISTICS;
}

static bool is_lp(const struct hvd_page *p)
{
	return is_statistics(p) && OBJECT(p->detail) == OBJECT_LP;
}

static bool has_vtl(const struct hvd_page *p)
{
	return p->kind >= HVD_PAGE_REGISTERS && p->kind <= HVD_PAGE_GHCB;
}

static void add(char *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(char *buf, const char *format, ...)
{
	size_t used = strlen(buf);
	va_list args;

	if (used)
		used += (size_t)snprintf(buf + used, OWNER_SIZE - used, ", ");
	if (used >= OWNER_SIZE)
		return;
	va_start(args, format);
	vsnprintf(buf + used, OWNER_SIZE - used, format, args);
	va_end(args);
}

static void add_area(char *buf, uint32_t area)
{
	const char *name = name_of_area(area);

	if (name)
		add(buf, "area %s", name);
	else
		add(buf, "area %" PRIu32, area);
}

const char *page_owner(char *buf, const struct hvd_page *page)
{
	buf[0] = '\0';
	if (page->partition_id != NOBODY)
		add(buf, "partition 0x%" PRIx64, (uint64_t)page->partition_id);
	if (page->vp_index != NO_ONE)
		add(buf, "%s %" PRIu32,
		    is_cpu(page)  ? "CPU"
		    : is_lp(page) ? "LP"
				  : "VP",
		    page->vp_index);
	if (!buf[0])
		add(buf, "hypervisor");
	if (has_vtl(page))
		add(buf, "VTL %" PRIu32, page->detail);
	if (is_statistics(page)) {
		if (!name_of_object(OBJECT(page->detail)))
			add(buf, "object 0x%" PRIx32, OBJECT(page->detail));
		add_area(buf, AREA(page->detail));
	}
	return buf;
}

struct hvd_page copy_use(const struct hvd_dump_copy *copy)
{
	return (struct hvd_page){
		.partition_id = copy->rec.partition_id,
		.pfn = copy->rec.pfn,
		.vp_index = copy->rec.vp_index,
		.kind = copy->rec.kind,
		.detail = copy->rec.detail,
		.flags = copy->rec.flags,
	};
}

static json_t *number_if(bool known, uint32_t n)
{
	return known ? json_integer((json_int_t)n) : json_null();
}

json_t *page_json(const struct hvd_page *p)
{
	bool one = p->vp_index != NO_ONE, stats = is_statistics(p);
	json_t *o = json_object();
	char flags[64];

	json_set(o, "kind", json_string_or_null(name_of_page_kind(p->kind)));
	json_set(o, "kind_code", json_integer((json_int_t)p->kind));
	json_set(o, "partition",
		 p->partition_id == NOBODY ? json_null()
					   : json_hex(p->partition_id, 16));
	json_set(o, "vp", number_if(one && !is_cpu(p) && !is_lp(p),
				    p->vp_index));
	json_set(o, "lp", number_if(one && is_lp(p), p->vp_index));
	json_set(o, "cpu", number_if(one && is_cpu(p), p->vp_index));
	json_set(o, "vtl", number_if(has_vtl(p), p->detail));
	json_set(o, "object",
		 stats ? json_string_or_null(name_of_object(OBJECT(p->detail)))
		       : json_null());
	json_set(o, "area",
		 stats ? json_string_or_null(name_of_area(AREA(p->detail)))
		       : json_null());
	json_set(o, "detail", json_hex(p->detail, 8));
	json_set(o, "flags",
		 json_string(join_flags(flags, sizeof(flags), page_flag_names,
					p->flags)));
	return o;
}
