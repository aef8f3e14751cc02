// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of partitions and the text that describes it. */
#include "partition.h"

#include "cpu.h"
#include "created.h"
#include "lib.h"
#include "log.h"

#define MAX_VTLS	3
#define MAX_VP_INDEX	4095

/* Only what minihv answers for: each further bit makes Linux ask for more. */
static struct partition root = {
	.id = ROOT_PARTITION_ID,
	.kind = KIND_ROOT,
	.privileges = PRIV_SYNIC_MSRS | PRIV_APIC_MSRS | PRIV_HYPERCALL_MSRS | PRIV_VP_INDEX |
		      PRIV_TSC_INVARIANT | PRIV_CREATE_PARTITIONS | PRIV_PARTITION_ID |
		      PRIV_MEMORY_POOL | PRIV_STATS | PRIV_CPU_MANAGEMENT | PRIV_VP_REGISTERS,
};

/* Those of the root that are not about the machine, or its own number; then a guest's. */
#define PRIV_OF_L1VH	(~(PRIV_PARTITION_ID | PRIV_CPU_MANAGEMENT))
#define PRIV_OF_GUEST	(PRIV_OF_L1VH & ~(PRIV_CREATE_PARTITIONS | PRIV_MEMORY_POOL | PRIV_STATS))

static enum own_kind own_kind;

struct spinlock partition_lock;
static struct partition children[MAX_CHILDREN];
static u64 highest_id = ROOT_PARTITION_ID;	/* ever in use */
static u32 vp_indexes[MAX_CHILD_VPS];
static unsigned int vp_indexes_used;

/* The entry being parsed. */
struct parser {
	const char *p, *end;
	unsigned int entry;	/* its number, from 1, for messages */
};

static _Noreturn void bad(const struct parser *s, const char *why)
{
	fatal("parts= entry %u: %s (want ID[@PARENT]:KIND:VPS[:VTLS[:INDEXES]];...)", s->entry,
	      why);
}

static u64 parse_number(struct parser *s, const char *why)
{
	u64 v;

	if (s->p >= s->end || !parse_u64(&s->p, &v) || s->p > s->end)
		bad(s, why);
	return v;
}

/* True, and steps over it, if this character comes next. */
static bool parse_char(struct parser *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool parse_colon(struct parser *s)
{
	return parse_char(s, ':');
}

static enum partition_kind parse_kind(struct parser *s)
{
	const char *word = s->p;
	size_t n;

	while (s->p < s->end && *s->p != ':')
		s->p++;
	n = (size_t)(s->p - word);
	if (text_is(word, n, "pattern"))
		return KIND_PATTERN;
	if (text_is(word, n, "scenario"))
		return KIND_SCENARIO;
	bad(s, "unknown kind");
}

static void add_vp(struct parser *s, struct partition *c, u64 index)
{
	if (vp_indexes_used == MAX_CHILD_VPS)
		bad(s, "too many VPs in all");
	if (index > MAX_VP_INDEX)
		bad(s, "VP index too big");
	if (c->vp_count && vp_indexes[vp_indexes_used - 1] >= index)
		bad(s, "VP indexes must increase");
	vp_indexes[vp_indexes_used++] = (u32)index;
	c->vp_count++;
}

/* "0.5.17": sparse VP indexes, as many as VPS says; without it 0, 1, 2... */
static void parse_vps(struct parser *s, struct partition *c, u64 count, bool sparse)
{
	c->vp_index = &vp_indexes[vp_indexes_used];
	for (u64 i = 0; i < count; i++) {
		if (sparse && i) {
			if (s->p == s->end || *s->p != '.')
				bad(s, "fewer VP indexes than VPs");
			s->p++;
		}
		add_vp(s, c, sparse ? parse_number(s, "bad VP index") : i);
	}
}

static void parse_child(struct parser *s, struct partition *c)
{
	u64 count, vtls = 1;

	c->id = parse_number(s, "bad partition id");
	c->parent = root.id;
	if (parse_char(s, '@'))
		c->parent = parse_number(s, "bad parent");
	if (!parse_colon(s))
		bad(s, "no kind");
	c->kind = parse_kind(s);
	if (!parse_colon(s))
		bad(s, "no VP count");
	count = parse_number(s, "bad VP count");
	if (parse_colon(s))
		vtls = parse_number(s, "bad VTL count");
	if (vtls < 1 || vtls > MAX_VTLS)
		bad(s, "VTLS must be 1 to 3");
	if (c->kind == KIND_SCENARIO && vtls != 1)
		bad(s, "the VTLs of a scenario partition are fixed");
	c->vtl_count = (u32)vtls;
	parse_vps(s, c, count, parse_colon(s));
	if (s->p != s->end)
		bad(s, "trailing text");
}

static struct partition *free_entry(void)
{
	for (unsigned int i = 0; i < MAX_CHILDREN; i++)
		if (!children[i].id)
			return &children[i];
	return NULL;
}

static void insert_child(struct parser *s, const struct partition *c)
{
	struct partition *entry = free_entry();

	if (c->id == 0 || c->id == root.id || c->id == HV_PARTITION_ID_SELF)
		bad(s, "partition id is reserved");
	if (partition_find(c->id))
		bad(s, "partition id is used twice");
	if (!partition_find(c->parent))
		bad(s, "the parent must come before its children");
	if (!entry)
		bad(s, "too many partitions");
	*entry = *c;
	if (c->id > highest_id)
		highest_id = c->id;
}

void partition_parse(const char *spec, size_t length)
{
	struct parser s = { spec, spec, 0 };
	const char *end = spec + length;

	while (s.p < end) {
		struct partition c = { .privileges = 0 };

		s.entry++;
		for (s.end = s.p; s.end < end && *s.end != ';';)
			s.end++;
		parse_child(&s, &c);
		insert_child(&s, &c);
		s.p = s.end + (s.end < end);
	}
}

const struct partition *partition_root(void)
{
	return &root;
}

enum own_kind partition_own_kind(void)
{
	return own_kind;
}

void partition_set_own_kind(enum own_kind kind)
{
	own_kind = kind;
	if (kind == OWN_L1VH)
		root.privileges &= PRIV_OF_L1VH;
	else if (kind == OWN_GUEST)
		root.privileges &= PRIV_OF_GUEST;
}

struct partition *partition_find(u64 id)
{
	if (id == root.id || id == HV_PARTITION_ID_SELF)
		return &root;
	for (unsigned int i = 0; id && i < MAX_CHILDREN; i++)
		if (children[i].id == id)
			return &children[i];
	return NULL;
}

const struct partition *partition_next_child(u64 parent, u64 id)
{
	const struct partition *next = NULL;

	for (unsigned int i = 0; i < MAX_CHILDREN; i++) {
		const struct partition *c = &children[i];

		if (c->parent == parent && c->id > id && (!next || c->id < next->id))
			next = c;
	}
	return next;
}

struct partition *partition_add(u64 parent)
{
	struct partition *p = free_entry();

	if (p)
		*p = (struct partition){ .id = ++highest_id, .parent = parent,
					 .kind = KIND_CREATED, .state = STATE_NEW,
					 .vtl_count = 1 };
	return p;
}

void partition_remove(struct partition *p)
{
	*p = (struct partition){ .id = 0 };
}

bool partition_has_vp(const struct partition *p, u32 vp)
{
	if (p->kind == KIND_ROOT)
		return vp < cpu_count && cpus[vp].vp_created;
	if (p->kind == KIND_CREATED)
		return created_vp(p, vp);
	for (u32 i = 0; i < p->vp_count; i++)
		if (p->vp_index[i] == vp)
			return true;
	return false;
}

void partition_log(void)
{
	for (u64 id = 0;;) {
		const struct partition *c = NULL;

		for (unsigned int i = 0; i < MAX_CHILDREN; i++)
			if (children[i].id > id && (!c || children[i].id < c->id))
				c = &children[i];
		if (!c)
			return;
		log_line(LOG_EVENTS, "partition id=0x%lx kind=%s vps=%u vtls=%u parent=0x%lx",
			 c->id, c->kind == KIND_PATTERN ? "pattern" : "scenario", c->vp_count,
			 c->vtl_count, c->parent);
		id = c->id;
	}
}
