/* SPDX-License-Identifier: Apache-2.0
 * parquet_schema.c - from the footer's flat list of schema elements to a tree
 * of SQL shapes, by the format's rules for lists and maps, old ones
 * included. */
#include "base/check.h"
#include "fmt/parquet_priv.h"

enum { SCHEMA_DEPTH = 64 };

/* LogicalType's and ConvertedType's numbers for groups. */
enum { LOGICAL_MAP = 2, LOGICAL_LIST = 3 };
enum { CONVERTED_MAP = 1, CONVERTED_MAP_KEY_VALUE = 2, CONVERTED_LIST = 3 };

struct schema {
	struct parquet_meta *m;
	const struct parquet_element *el;
	int n, at;              /* the next element */
	struct { struct parquet_leaf **v; int n, cap; } leaves;
	struct err *e;
	int depth;
	struct sbuf path;
};

static int
bad(struct schema *s, const char *what)
{
	if (s->path.n == 0)
		return err_set(s->e, ERR_HIVE_CANNOT_OPEN_SPLIT, "%s", what);
	return err_set(s->e, ERR_HIVE_CANNOT_OPEN_SPLIT, "column %s: %s",
	    sbuf_z(&s->path), what);
}

static bool
is_group(const struct parquet_element *el)
{
	return el->n_children > 0;
}

static bool
is_list(const struct parquet_element *el)
{
	return is_group(el) && (el->logical == LOGICAL_LIST ||
	    (el->logical == 0 && el->converted == CONVERTED_LIST));
}

static bool
is_map(const struct parquet_element *el)
{
	return is_group(el) && (el->logical == LOGICAL_MAP ||
	    (el->logical == 0 && (el->converted == CONVERTED_MAP ||
	    el->converted == CONVERTED_MAP_KEY_VALUE)));
}

static int build_field(struct schema *s, const struct parquet_node *slot,
    struct parquet_node **out);
static int build_content(struct schema *s, const struct parquet_element *el,
    struct parquet_node *node);

static struct parquet_node *
node_new(struct schema *s, enum parquet_node_kind kind, int n)
{
	struct arena *a = &s->m->arena;
	struct parquet_node *node = arena_new(a, struct parquet_node);

	node->kind = kind;
	node->n = n;
	node->child = arena_array(a, struct parquet_node *, n);
	return node;
}

/* Takes the next element; NULL and an error when there is none. */
static const struct parquet_element *
take(struct schema *s)
{
	const struct parquet_element *el;

	if (s->at >= s->n) {
		err_set(s->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "the schema ends before its children");
		return NULL;
	}
	el = &s->el[s->at++];
	if (el->name.p == NULL) {
		bad(s, "a column without a name");
		return NULL;
	}
	if (s->path.n > 0)
		sbuf_addc(&s->path, '.');
	sbuf_adds(&s->path, el->name);
	if (el->n_children < 0)
		bad(s, "negative number of children");
	else if (el->repetition < 0)
		bad(s, "a column without a repetition");
	else if (el->repetition > REPEATED)
		err_set(s->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "column %s: unknown repetition %d", sbuf_z(&s->path),
		    el->repetition);
	else if (el->n_children == 0 && el->physical < 0)
		bad(s, "a column without a type");
	else if (el->n_children > 0 && el->n_children > s->n - s->at)
		err_set(s->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "the schema ends before its children");
	else
		return el;
	return NULL;
}

static int
build_leaf(struct schema *s, const struct parquet_element *el,
    struct parquet_node *node)
{
	struct arena *a = &s->m->arena;
	struct parquet_leaf *leaf = arena_new(a, struct parquet_leaf);
	int rc;

	leaf->index = s->leaves.n;
	leaf->path = arena_strndup(a, s->path.p, s->path.n);
	leaf->max_def = node->def;
	leaf->max_rep = node->slot_rep;
	rc = parquet_leaf_type(s->m, leaf, el, s->e);
	if (rc < 0)
		return rc;
	arena_push(a, &s->leaves, leaf);
	node->kind = NODE_LEAF;
	node->leaf = leaf;
	node->type = leaf->type;
	return 0;
}

static int
build_row(struct schema *s, const struct parquet_element *el,
    struct parquet_node *node)
{
	struct arena *a = &s->m->arena;
	int n = el->n_children;
	const struct type **types = arena_array(a, const struct type *, n);
	const char **names = arena_array(a, const char *, n);
	struct parquet_node slot = *node;

	node->kind = NODE_ROW;
	node->n = n;
	node->child = arena_array(a, struct parquet_node *, n);
	for (int i = 0; i < n; i++) {
		int rc;

		if (s->at < s->n && s->el[s->at].name.p != NULL)
			names[i] = arena_strndup(a, s->el[s->at].name.p,
			    s->el[s->at].name.n);
		rc = build_field(s, &slot, &node->child[i]);
		if (rc < 0)
			return rc;
		types[i] = node->child[i]->type;
	}
	node->type = type_row(a, n, types, names);
	return 0;
}

/* The repeated field `el` inside a list is the element itself, not a wrapper
 * of it. */
static bool
is_element(struct schema *s, const struct parquet_element *list,
    const struct parquet_element *el)
{
	struct str name = list->name;

	if (el->n_children != 1 || is_list(el) || is_map(el))
		return true;
	if (s->at < s->n && s->el[s->at].repetition == REPEATED)
		return true;
	if (str_eq(el->name, STR("array")))
		return true;
	return el->name.n == name.n + 6 && str_starts(el->name, name) &&
	    str_ends(el->name, STR("_tuple"));
}

/* Children of arrays and maps are slots of the repeated level. */
static struct parquet_node
inside(const struct parquet_node *node)
{
	struct parquet_node slot = { 0 };

	slot.slot_rep = node->rep;
	slot.slot_def = slot.def = node->def_element;
	return slot;
}

static int
build_list(struct schema *s, const struct parquet_element *el,
    struct parquet_node *node)
{
	const struct parquet_element *repeated;
	struct parquet_node slot;
	size_t path = s->path.n;
	int rc;

	if (el->n_children != 1)
		return bad(s, "a list of two fields");
	repeated = take(s);
	if (repeated == NULL)
		return -ERR_HIVE_CANNOT_OPEN_SPLIT;
	if (repeated->repetition != REPEATED)
		return bad(s, "a list without a repeated field");
	node->kind = NODE_ARRAY;
	node->n = 1;
	node->child = arena_array(&s->m->arena, struct parquet_node *, 1);
	node->rep = node->slot_rep + 1;
	node->def_element = node->def + 1;
	slot = inside(node);
	if (is_element(s, el, repeated)) {
		node->child[0] = node_new(s, NODE_LEAF, 0);
		*node->child[0] = slot;
		rc = build_content(s, repeated, node->child[0]);
	} else {
		rc = build_field(s, &slot, &node->child[0]);
	}
	s->path.n = path;
	if (rc == 0)
		node->type = type_array(&s->m->arena, node->child[0]->type);
	return rc;
}

static int
build_map(struct schema *s, const struct parquet_element *el,
    struct parquet_node *node)
{
	const struct parquet_element *repeated;
	struct parquet_node slot;
	size_t path = s->path.n;
	int rc = 0;

	if (el->n_children != 1)
		return bad(s, "a map of more than one field");
	repeated = take(s);
	if (repeated == NULL)
		return -ERR_HIVE_CANNOT_OPEN_SPLIT;
	if (repeated->repetition != REPEATED)
		return bad(s, "a map without a repeated field");
	if (repeated->n_children != 2)
		return err_set(s->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "column %s: a map of %d fields", sbuf_z(&s->path),
		    repeated->n_children);
	node->kind = NODE_MAP;
	node->n = 2;
	node->child = arena_array(&s->m->arena, struct parquet_node *, 2);
	node->rep = node->slot_rep + 1;
	node->def_element = node->def + 1;
	slot = inside(node);
	for (int i = 0; i < 2 && rc == 0; i++)
		rc = build_field(s, &slot, &node->child[i]);
	s->path.n = path;
	if (rc == 0)
		node->type = type_map(&s->m->arena, node->child[0]->type,
		    node->child[1]->type);
	return rc;
}

/* What lies below an element; the node's slot and def are set. */
static int
build_content(struct schema *s, const struct parquet_element *el,
    struct parquet_node *node)
{
	int rc;

	if (++s->depth > SCHEMA_DEPTH)
		return err_set(s->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "the schema is nested too deeply");
	node->first_leaf = s->leaves.n;
	if (!is_group(el))
		rc = build_leaf(s, el, node);
	else if (is_list(el))
		rc = build_list(s, el, node);
	else if (is_map(el))
		rc = build_map(s, el, node);
	else
		rc = build_row(s, el, node);
	node->n_leaves = s->leaves.n - node->first_leaf;
	s->depth--;
	return rc;
}

/* The next element as a field of whatever `slot` describes. */
static int
build_field(struct schema *s, const struct parquet_node *slot,
    struct parquet_node **out)
{
	size_t path = s->path.n;
	const struct parquet_element *el = take(s);
	struct parquet_node *node = node_new(s, NODE_LEAF, 0), *list = NULL;
	int rc;

	*out = node;
	if (el == NULL)
		return -ERR_HIVE_CANNOT_OPEN_SPLIT;
	node->slot_rep = slot->slot_rep;
	node->slot_def = slot->slot_def;
	node->def = slot->def + (el->repetition == OPTIONAL);
	if (el->repetition == REPEATED) {
		/* A list without saying so; it is never NULL itself. */
		list = node;
		list->kind = NODE_ARRAY;
		list->n = 1;
		list->child = arena_array(&s->m->arena,
		    struct parquet_node *, 1);
		list->first_leaf = s->leaves.n;
		list->rep = list->slot_rep + 1;
		list->def_element = list->def + 1;
		node = list->child[0] = node_new(s, NODE_LEAF, 0);
		*node = inside(list);
	}
	rc = build_content(s, el, node);
	s->path.n = path;
	if (rc == 0 && list != NULL) {
		list->type = type_array(&s->m->arena, node->type);
		list->n_leaves = s->leaves.n - list->first_leaf;
	}
	return rc;
}

static int
build_columns(struct schema *s, int n)
{
	struct parquet_meta *m = s->m;
	struct parquet_node root = { 0 };

	m->columns = arena_array(&m->arena, struct parquet_column, n);
	m->nodes = arena_array(&m->arena, struct parquet_node *, n);
	for (int i = 0; i < n; i++) {
		const struct parquet_element *el = &s->el[s->at];
		struct parquet_column *c = &m->columns[i];
		int rc;

		if (s->at >= s->n)
			return err_set(s->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
			    "the schema ends before its children");
		rc = build_field(s, &root, &m->nodes[i]);
		if (rc < 0)
			return rc;
		c->name = arena_strndup(&m->arena, el->name.p, el->name.n);
		c->type = m->nodes[i]->type;
		c->not_null = el->repetition != OPTIONAL;
		c->field_id = el->field_id;
	}
	m->n_columns = n;
	return 0;
}

int
parquet_schema(struct parquet_meta *m, const struct parquet_element *el,
    int n, struct err *e)
{
	struct schema s = { .m = m, .el = el, .n = n, .e = e, .at = 1 };
	int rc;

	if (n == 0)
		return bad(&s, "the schema is empty");
	if (el[0].physical >= 0)
		return bad(&s, "the root of the schema is not a group");
	if (el[0].n_children < 0)
		return bad(&s, "negative number of children");
	if (el[0].n_children == 0)
		return bad(&s, "the schema says no columns");
	if (el[0].n_children > n - 1)
		return bad(&s, "the schema ends before its children");
	rc = build_columns(&s, el[0].n_children);
	if (rc == 0 && s.at != n) {
		s.path.n = 0;
		rc = bad(&s, "the schema has elements that are nobody's "
		    "children");
	}
	sbuf_release(&s.path);
	m->leaves = s.leaves.v;
	m->n_leaves = s.leaves.n;
	return rc;
}
