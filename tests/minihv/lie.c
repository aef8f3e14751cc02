// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A call is run as ever, and then its answer is replaced: the calls that a
 * capture makes change nothing, and what they are about is known by then.
 *
 * "From the crash on" is from the first GetNextChildPartition on. Linux never
 * makes that call, hvdump.ko not while it is loaded, and it is the first one
 * that a capture makes; so the kernel boots in honesty, and so does the crash
 * kernel, unless the lie is about a call that Linux itself makes.
 */
#include "lie.h"

#include "lib.h"
#include "log.h"
#include "options.h"
#include "partition.h"
#include "timer.h"

#define MAX_LIES	8
#define GET_NEXT_CHILD	0x0047

struct lie;

struct kind {
	const char *name;
	bool (*tell)(struct lie *l, const struct call *c, struct hypercall *h,
		     enum hv_status *status);
	const char *const *words;	/* what the argument can be, if not a number */
	bool needs_arg, takes_arg;
	bool needs_partition, needs_vp;
	u64 usual;			/* the argument when there is none */
	u64 max;
};

struct lie {
	const struct kind *kind;
	const struct call *call;	/* NULL: all calls */
	bool has_partition, has_vp;
	u64 partition;
	u32 vp;
	u64 arg;
	bool arg_plus;			/* "+N" */
	enum hv_status status;		/* the second argument */
	u64 seen;			/* calls that it was about */
};

static struct lie lies[MAX_LIES];
static unsigned int lie_count;
static bool crashed;

/* splitmix64 (see pattern.c), one stream from the seed on. */
static u64 random64(void)
{
	static u64 drawn;
	u64 z = options.seed + ++drawn * 0x9e3779b97f4a7c15ul;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
	z = (z ^ z >> 27) * 0x94d049bb133111ebul;
	return z ^ z >> 31;
}

/* ------------------------------------------------------------ the kinds */

static bool tell_error(struct lie *l, const struct call *c, struct hypercall *h,
		       enum hv_status *status)
{
	(void)c;
	*status = (enum hv_status)l->arg;
	h->reps_done = h->rep_start;
	return true;
}

static bool tell_garbage(struct lie *l, const struct call *c, struct hypercall *h,
			 enum hv_status *status)
{
	size_t size = c->out_size + h->rep_count * c->out_rep;

	(void)l;
	for (size_t i = 0; i < size; i += 8)
		put64(h->out + i, random64());
	*status = HV_SUCCESS;
	h->reps_done = h->rep_count;
	return true;
}

static bool tell_reps(struct lie *l, const struct call *c, struct hypercall *h,
		      enum hv_status *status)
{
	(void)c;
	*status = HV_SUCCESS;
	h->reps_done = (u32)(l->arg_plus ? h->rep_count + l->arg : l->arg) & 0xfff;
	return true;
}

static bool tell_partial(struct lie *l, const struct call *c, struct hypercall *h,
			 enum hv_status *status)
{
	(void)c;
	if (h->reps_done <= h->rep_start + l->arg)
		return false;
	*status = l->status;
	h->reps_done = h->rep_start + (u32)l->arg;
	return true;
}

static bool tell_slow(struct lie *l, const struct call *c, struct hypercall *h,
		      enum hv_status *status)
{
	(void)c;
	(void)h;
	(void)status;
	timer_wait_ms(l->arg);
	return true;
}

enum { CYCLE_BACK, CYCLE_SAME, CYCLE_ENDLESS, CYCLE_UP };
static const char *const cycle_words[] = { "back", "same", "endless", "up", NULL };

/* Children that do not exist, behind the last that does. */
static bool tell_endless(struct hypercall *h, u64 previous, enum hv_status *status)
{
	if (*status == HV_SUCCESS && get64(h->out))
		return false;
	put64(h->out, previous ? previous + 1 : ROOT_PARTITION_ID + 1);
	*status = HV_SUCCESS;
	return true;
}

static bool tell_cycle(struct lie *l, const struct call *c, struct hypercall *h,
		       enum hv_status *status)
{
	bool of_root = partition_find(h->partition) == partition_root();
	u64 previous = get64(h->in + 8);

	(void)c;
	if (l->arg == CYCLE_UP) {	/* each child is its own parent's parent */
		if (of_root || previous || *status != HV_SUCCESS)
			return false;
		put64(h->out, ROOT_PARTITION_ID);
		return true;
	}
	if (!of_root)
		return false;
	if (l->arg == CYCLE_ENDLESS)
		return tell_endless(h, previous, status);
	if (!previous || *status != HV_SUCCESS)
		return false;
	if (l->arg == CYCLE_SAME)
		put64(h->out, previous);
	else if (!get64(h->out))
		put64(h->out, partition_next_child(ROOT_PARTITION_ID, 0)->id);
	else
		return false;
	return true;
}

/* Out of the list of children, too. */
static bool leave_list(const struct lie *l, struct hypercall *h, enum hv_status status)
{
	const struct partition *parent = partition_find(h->partition), *next;

	if (h->code != GET_NEXT_CHILD || status != HV_SUCCESS || get64(h->out) != l->partition)
		return false;
	next = partition_next_child(parent->id, l->partition);
	put64(h->out, next ? next->id : 0);
	return true;
}

static bool names_partition(const struct lie *l, const struct hypercall *h)
{
	return h->has_partition && (h->partition == l->partition ||
		(h->code == GET_NEXT_CHILD && get64(h->in + 8) == l->partition));
}

static bool tell_vanish(struct lie *l, const struct call *c, struct hypercall *h,
			enum hv_status *status)
{
	(void)c;
	if (l->seen <= l->arg)
		return false;
	if (!names_partition(l, h))
		return leave_list(l, h, *status);
	*status = HV_INVALID_PARTITION_ID;
	h->reps_done = h->rep_start;
	return true;
}

static const struct kind kinds[] = {
	{ .name = "error", .tell = tell_error, .needs_arg = true, .max = 0xffff },
	{ .name = "garbage", .tell = tell_garbage },
	{ .name = "reps", .tell = tell_reps, .needs_arg = true, .max = 0xfff },
	{ .name = "partial", .tell = tell_partial, .needs_arg = true, .max = 0xfff },
	{ .name = "slow", .tell = tell_slow, .needs_arg = true, .max = 60000 },
	{ .name = "cycle", .tell = tell_cycle, .needs_arg = true, .words = cycle_words },
	{ .name = "vanish", .tell = tell_vanish, .takes_arg = true, .max = ~0ul,
	  .needs_partition = true },
	{ .name = "unreadable", .tell = tell_error, .takes_arg = true, .max = 0xffff,
	  .needs_partition = true, .needs_vp = true, .usual = HV_INVALID_VP_STATE },
};

/* ---------------------------------------------------------- the command line */

struct parser {
	const char *p, *end;
};

static _Noreturn void bad(const char *why)
{
	fatal("lie=: %s (KIND:CALL[@PARTITION[.VP]][:ARG[:STATUS]])", why);
}

/* The text up to one of the separators, or to the end. */
static size_t word_length(const struct parser *s)
{
	const char *p = s->p;

	while (p < s->end && *p != ':' && *p != '@' && *p != '.')
		p++;
	return (size_t)(p - s->p);
}

static bool take(struct parser *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static u64 parse_number(struct parser *s, u64 max, const char *why)
{
	const char *end = s->p + word_length(s);
	u64 v;

	if (s->p == end || !parse_u64(&s->p, &v) || s->p != end || v > max)
		bad(why);
	return v;
}

static const struct kind *parse_kind(struct parser *s)
{
	size_t n = word_length(s);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (text_is(s->p, n, kinds[i].name)) {
			s->p += n;
			return &kinds[i];
		}
	}
	bad("unknown kind");
}

static const struct call *parse_call(struct parser *s)
{
	size_t n = word_length(s);
	const struct call *c = hypercall_by_name(s->p, n);

	if (c || text_is(s->p, n, "any")) {
		s->p += n;
		return c;
	}
	c = hypercall_by_code((u16)parse_number(s, 0xffff, "unknown call"));
	if (!c)
		bad("unknown call");
	return c;
}

static void parse_target(struct parser *s, struct lie *l)
{
	if (take(s, '@')) {
		l->has_partition = true;
		l->partition = parse_number(s, ~0ul, "bad partition id");
		if (take(s, '.')) {
			l->has_vp = true;
			l->vp = (u32)parse_number(s, 0xffffffff, "bad VP index");
		}
	}
	if (l->kind->needs_partition && !l->has_partition)
		bad("this kind needs @PARTITION");
	if (l->kind->needs_vp && !l->has_vp)
		bad("this kind needs @PARTITION.VP");
}

static u64 parse_word(struct parser *s, const char *const *words)
{
	size_t n = word_length(s);

	for (u64 i = 0; words[i]; i++) {
		if (text_is(s->p, n, words[i])) {
			s->p += n;
			return i;
		}
	}
	bad("unknown argument");
}

static void parse_args(struct parser *s, struct lie *l)
{
	const struct kind *k = l->kind;

	l->arg = k->usual;
	l->status = HV_INVALID_PARAMETER;
	if ((k->needs_arg || k->takes_arg) && take(s, ':')) {
		l->arg_plus = k->tell == tell_reps && take(s, '+');
		l->arg = k->words ? parse_word(s, k->words) :
				    parse_number(s, k->max, "bad argument");
		if (k->tell == tell_partial && take(s, ':'))
			l->status = (enum hv_status)parse_number(s, 0xffff, "bad status");
	} else if (k->needs_arg) {
		bad("this kind needs an argument");
	}
}

/* What could not do what it says. */
static void check(const struct lie *l)
{
	bool (*tell)(struct lie *, const struct call *, struct hypercall *,
		     enum hv_status *) = l->kind->tell;

	if (tell == tell_error && !l->arg)
		bad("status 0 is no error");
	if (tell == tell_partial && !l->status)
		bad("status 0 is no error");
	if (tell == tell_partial && (!l->call || !(l->call->flags & CALL_REP)))
		bad("not a rep call");
	if (tell == tell_cycle && (!l->call || l->call->code != GET_NEXT_CHILD))
		bad("only GetNextChildPartition has a cycle");
}

void lie_parse(const char *spec, size_t length)
{
	struct parser s = { spec, spec + length };
	struct lie *l = &lies[lie_count];

	if (lie_count == MAX_LIES)
		bad("too many lies");
	l->kind = parse_kind(&s);
	if (!take(&s, ':'))
		bad("no call");
	l->call = parse_call(&s);
	parse_target(&s, l);
	parse_args(&s, l);
	if (s.p != s.end)
		bad("trailing text");
	check(l);
	lie_count++;
}

/* ---------------------------------------------------------------- telling */

/* A partition that vanishes is also missed in the lists that it was in. */
static bool is_about(const struct lie *l, const struct call *c, const struct hypercall *h)
{
	if (l->call && l->call != c)
		return false;
	if (l->kind->tell == tell_vanish)
		return names_partition(l, h) || h->code == GET_NEXT_CHILD;
	if (l->has_vp && (!h->has_vp || h->vp != l->vp))
		return false;
	if (!l->has_partition)
		return true;
	if (!h->has_partition)
		return false;
	return h->partition == l->partition || (l->partition == ROOT_PARTITION_ID &&
						partition_find(h->partition) == partition_root());
}

static void tell_one(struct lie *l, const struct call *c, struct hypercall *h,
		     enum hv_status *status)
{
	if (!is_about(l, c, h))
		return;
	if (l->kind->tell != tell_vanish || names_partition(l, h))
		l->seen++;
	if (l->kind->tell(l, c, h, status))
		log_line(LOG_CALLS, "lie kind=%s cpu=%u code=0x%04x seen=%lu", l->kind->name,
			 h->cpu->index, (u32)h->code, l->seen);
}

enum hv_status lie_tell(const struct call *c, struct hypercall *h, enum hv_status status)
{
	if (!crashed && h->code == GET_NEXT_CHILD && lie_count) {
		crashed = true;
		log_line(LOG_EVENTS, "lies-begin cpu=%u lies=%u", h->cpu->index, lie_count);
	}
	for (unsigned int i = 0; crashed && i < lie_count; i++)
		tell_one(&lies[i], c, h, &status);
	return status;
}
