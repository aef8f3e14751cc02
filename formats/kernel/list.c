// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of the kernel in a dump: see object.h. */
#include "config.h"

#include <inttypes.h>

#include "object.h"

/** The two kinds of lists: a node's members, and where the last one leads. */
struct kind {
	const char *node, *next, *back;
	bool ring; /* the last leads to the head; else to nothing */
};

static const struct kind hlist = {"struct hlist_node", "next", "pprev", false};
static const struct kind ring = {"struct list_head", "next", "prev", true};

static int broken(const struct hvd_list *l, uint64_t node,
		  struct hvd_error *err)
{
	return hvd_error_prefix(err, "list of %s, node 0x%016" PRIx64,
				l->type, node);
}

/*
 * What a node should point back to: in a ring the node before it, in an hlist
 * the word that led to it.
 */
static int check_back(const struct hvd_list *l, const struct hvd_object *node,
		      const struct kind *kind, uint64_t expected,
		      struct hvd_error *err)
{
	uint64_t found = hvd_object_value(node, kind->back);

	if (found == expected)
		return 0;
	hvd_error_set(err, "expected a link back to 0x%016" PRIx64
		      ", found 0x%016" PRIx64, expected, found);
	return broken(l, node->address, err);
}

static int visit(const struct hvd_list *l, const struct kind *kind,
		 uint64_t offset, uint64_t *at, uint64_t *before,
		 struct hvd_error *err)
{
	struct hvd_object node;
	int result;

	if (hvd_object_read(&node, l->from, kind->node, *at, err) !=
	    HVD_READ_DATA)
		return broken(l, *at, err);
	result = check_back(l, &node, kind, *before, err);
	if (!result)
		result = l->each(l->arg, *at - offset, err);
	*before = kind->ring ? *at : hvd_object_where(&node, kind->next);
	*at = hvd_object_value(&node, kind->next);
	hvd_object_free(&node);
	return result;
}

static int walk(const struct hvd_list *l, const struct kind *kind,
		struct hvd_error *err)
{
	uint64_t at, before = l->head, end = kind->ring ? l->head : 0;
	struct hvd_member m;

	if (!hvd_types_member(l->from->types, l->type, l->member, &m))
		return hvd_error_set(err, "%s: expected a member %s, found "
				     "none", l->type, l->member);
	/* Both heads begin with the pointer to the first. */
	if (hvd_kmem_word(l->from->kmem, l->head, 8, &at, err) !=
	    HVD_READ_DATA)
		return hvd_error_prefix(err, "list of %s", l->type);
	while (at != end)
		if (visit(l, kind, m.offset, &at, &before, err))
			return -1;
	return 0;
}

int hvd_hlist_walk(const struct hvd_list *list, struct hvd_error *err)
{
	return walk(list, &hlist, err);
}

int hvd_list_walk(const struct hvd_list *list, struct hvd_error *err)
{
	return walk(list, &ring, err);
}
