/* SPDX-License-Identifier: Apache-2.0
 * agg_text.c - listagg(value, separator, fail on overflow, filler, with
 * count).  The last four are the same in all rows; the first one's count. */
#include "func/agg.h"
#include "func/tables.h"

enum { LONGEST = 1048576 };

struct texts {
	struct byte_list values;
	struct str separator, filler;
	bool any, fail, with_count;
};

static void
begin(struct agg_context *c, struct texts *t, struct str separator,
    struct str filler, bool fail, bool with_count)
{
	t->any = true;
	t->separator = arena_str(c->heap, separator);
	t->filler = arena_str(c->heap, filler);
	t->fail = fail;
	t->with_count = with_count;
}

static void
add_text(struct agg_context *c, struct texts *t, const struct vec *v,
    uint32_t i, struct sbuf *b)
{
	sbuf_clear(b);
	value_bytes_add(b, v, i);
	byte_list_add(c, &t->values, b->p, b->n);
}

static int
listagg_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	struct sbuf b = { 0 };

	KERNEL_EACH(s, i) {
		struct texts *t = AGG_STATE(struct texts, rows, offset, i);

		if (vec_is_null(args[0], i) || vec_is_null(args[1], i))
			continue;
		if (!t->any)
			begin(c, t, kernel_str(args[1], i),
			    kernel_str(args[3], i),
			    KERNEL_AT(uint8_t, args[2], i) != 0,
			    KERNEL_AT(uint8_t, args[4], i) != 0);
		add_text(c, t, args[0], i, &b);
	}
	sbuf_release(&b);
	return 0;
}

static int
listagg_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	struct vec *const *part = in->child;
	const struct vec *lists = vec_values(part[4]);
	struct sbuf b = { 0 };

	KERNEL_EACH(s, i) {
		struct texts *t = AGG_STATE(struct texts, rows, offset, i);
		uint32_t at = kernel_is_const(in) ? 0 : i;
		struct list_ref ref;

		if (vec_is_null(in, i))
			continue;
		if (!t->any)
			begin(c, t, strview_str(vec_at(part[0], at)),
			    strview_str(vec_at(part[2], at)),
			    *(const uint8_t *)vec_at(part[1], at) != 0,
			    *(const uint8_t *)vec_at(part[3], at) != 0);
		memcpy(&ref, vec_at(part[4], at), sizeof(ref));
		for (uint32_t k = 0; k < ref.n; k++)
			add_text(c, t, lists->child[0], ref.offset + k, &b);
	}
	sbuf_release(&b);
	return 0;
}

static int
save_one(const struct texts *t, struct vec_builder *out, struct err *e)
{
	uint8_t fail = t->fail, with_count = t->with_count;
	struct vec_builder *part = out->child;
	int rc;

	if ((rc = vec_builder_str(&part[0], t->separator, e)) != 0 ||
	    (rc = vec_builder_value(&part[1], &fail, e)) != 0 ||
	    (rc = vec_builder_str(&part[2], t->filler, e)) != 0 ||
	    (rc = vec_builder_value(&part[3], &with_count, e)) != 0 ||
	    (rc = byte_list_read(&t->values, &part[4].child[0], e)) != 0 ||
	    (rc = vec_builder_list(&part[4], (uint32_t)t->values.count,
	    e)) != 0)
		return rc;
	return vec_builder_struct(out, e);
}

static int
listagg_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct texts *t = AGG_STATE(struct texts, rows, offset, i);

		rc = t->any ? save_one(t, out, e) : vec_builder_null(out, e);
	}
	return rc;
}

/* The text at *at, as value_bytes has it. */
static struct str
next_text(const char **at)
{
	struct str s;
	uint32_t n;

	memcpy(&n, *at + 1, 4);
	s = (struct str){ *at + 5, n };
	*at += 5 + n;
	return s;
}

/* No room for the next value: what stands instead of all that are left. */
static void
put_filler(const struct texts *t, uint64_t left, struct sbuf *to)
{
	sbuf_adds(to, t->separator);
	sbuf_adds(to, t->filler);
	if (t->with_count)
		sbuf_addf(to, "(%llu)", (unsigned long long)left);
}

static int
join(const struct texts *t, struct sbuf *to, struct err *e)
{
	const struct byte_chunk *k = t->values.first;
	uint64_t done = 0;

	for (; k != NULL; k = k->next)
		for (const char *at = k->bytes; at < k->bytes + k->n;
		    done++) {
			struct str s = next_text(&at);
			size_t need = s.n + (done > 0 ? t->separator.n : 0);

			if (to->n + need <= LONGEST) {
				if (done > 0)
					sbuf_adds(to, t->separator);
				sbuf_adds(to, s);
				continue;
			}
			if (t->fail)
				return err_set(e,
				    ERR_EXCEEDED_FUNCTION_MEMORY_LIMIT,
				    "Concatenated string has the length in "
				    "bytes larger than the maximum output "
				    "length %d", LONGEST);
			put_filler(t, t->values.count - done, to);
			return 0;
		}
	return 0;
}

static int
listagg_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct texts *t = AGG_STATE(struct texts, rows, offset, i);

		if (!t->any) {
			rc = vec_builder_null(out, e);
			continue;
		}
		sbuf_clear(&b);
		rc = join(t, &b, e);
		if (rc == 0)
			rc = vec_builder_str(out, sbuf_str(&b), e);
	}
	sbuf_release(&b);
	return rc;
}

const struct agg_func agg_text[] = {
	{ .signature =
	    "listagg(varchar,varchar,boolean,varchar,boolean):varchar",
	    .intermediate =
	    "row(varchar,boolean,varchar,boolean,array(varchar))",
	    .flags = AGG_ORDER_SENSITIVE, .state_size = sizeof(struct texts),
	    .update = listagg_update, .combine = listagg_combine,
	    .save = listagg_save, .final = listagg_final,
	    .help = "concatenates the input values with the specified "
	    "separator" },
	{ 0 }
};
