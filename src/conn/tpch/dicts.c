/* SPDX-License-Identifier: Apache-2.0
 * dicts.c - the dictionaries of columns with few values. */
#include <stdio.h>

#include "base/check.h"
#include "conn/tpch/tpch.h"
#include "conn/tpch/words.h"

enum { TEXT_MAX = 32 };

/* The order decides what a draw means. */
static void
word_text(enum tpch_dict_id id, uint32_t i, char out[TEXT_MAX])
{
	static const char *const grade[] = { "STANDARD", "SMALL", "MEDIUM",
	    "LARGE", "ECONOMY", "PROMO" };
	static const char *const finish[] = { "ANODIZED", "BURNISHED",
	    "PLATED", "POLISHED", "BRUSHED" };
	static const char *const metal[] = { "TIN", "NICKEL", "BRASS",
	    "STEEL", "COPPER" };
	static const char *const size[] = { "SM", "LG", "MED", "JUMBO",
	    "WRAP" };
	static const char *const box[] = { "CASE", "BOX", "BAG", "JAR",
	    "PACK", "PKG", "CAN", "DRUM" };
	static const char *const letters[] = {
		[TPCH_DICT_STATUS] = "FOP", [TPCH_DICT_RETURN] = "RAN",
		[TPCH_DICT_LINE_STATUS] = "FO",
	};
	static const struct tpch_word *const words[TPCH_DICTS] = {
		[TPCH_DICT_SEGMENT] = tpch_segments,
		[TPCH_DICT_PRIORITY] = tpch_priorities,
		[TPCH_DICT_INSTRUCT] = tpch_instructs,
		[TPCH_DICT_MODE] = tpch_modes,
		[TPCH_DICT_NATION] = tpch_nations,
		[TPCH_DICT_REGION] = tpch_regions,
	};

	switch (id) {
	case TPCH_DICT_MFGR:
		snprintf(out, TEXT_MAX, "Manufacturer#%u", i + 1);
		break;
	case TPCH_DICT_BRAND:
		snprintf(out, TEXT_MAX, "Brand#%u%u", i / 5 + 1, i % 5 + 1);
		break;
	case TPCH_DICT_TYPE:
		snprintf(out, TEXT_MAX, "%s %s %s", grade[i / 25],
		    finish[i / 5 % 5], metal[i % 5]);
		break;
	case TPCH_DICT_CONTAINER:
		snprintf(out, TEXT_MAX, "%s %s", size[i / 8], box[i % 8]);
		break;
	case TPCH_DICT_STATUS:
	case TPCH_DICT_RETURN:
	case TPCH_DICT_LINE_STATUS:
		snprintf(out, TEXT_MAX, "%c", letters[id][i]);
		break;
	case TPCH_DICT_CLERK:
		snprintf(out, TEXT_MAX, "Clerk#%09u", i + 1);
		break;
	default:
		snprintf(out, TEXT_MAX, "%s", words[id][i].text);
	}
}

static const struct {
	uint32_t n;
	int length;
} sizes[TPCH_DICTS] = {
	[TPCH_DICT_SEGMENT] = { TPCH_SEGMENTS, 10 },
	[TPCH_DICT_MFGR] = { 5, 25 },
	[TPCH_DICT_BRAND] = { 25, 10 },
	[TPCH_DICT_TYPE] = { 150, 25 },
	[TPCH_DICT_CONTAINER] = { 40, 10 },
	[TPCH_DICT_STATUS] = { 3, 1 },
	[TPCH_DICT_PRIORITY] = { TPCH_PRIORITIES, 15 },
	[TPCH_DICT_RETURN] = { 3, 1 },
	[TPCH_DICT_LINE_STATUS] = { 2, 1 },
	[TPCH_DICT_INSTRUCT] = { TPCH_INSTRUCTS, 25 },
	[TPCH_DICT_MODE] = { TPCH_MODES, 10 },
	[TPCH_DICT_NATION] = { TPCH_NATIONS, 25 },
	[TPCH_DICT_REGION] = { TPCH_REGIONS, 25 },
	[TPCH_DICT_CLERK] = { 0, 15 },
};

/* Dictionaries outlive queries, so no query is charged. */
static bool
make_dict(enum tpch_dict_id id, uint32_t n, struct tpch_dict *out,
    struct err *e)
{
	static const struct type types[] = {
#define STRINGS(len) { .id = TYPE_VARCHAR, .rep = REP_STR, .length = len }
		STRINGS(1), STRINGS(10), STRINGS(15), STRINGS(25),
	};
	const struct type *t = types;
	struct vec *v;
	struct buf *heap;
	struct strview *views;

	while (t->length != sizes[id].length)
		t++;
	v = vec_new_flat(t, n, false, NULL, e);
	heap = v == NULL ? NULL : buf_new(NULL, (size_t)n * TEXT_MAX, e);
	if (heap == NULL) {
		vec_drop(&v);
		return false;
	}
	views = v->data;
	for (uint32_t i = 0; i < n; i++) {
		char *to = (char *)heap->data + (size_t)i * TEXT_MAX;

		word_text(id, i, to);
		views[i] = strview_of(str_of(to));
	}
	vec_add_buf(v, heap);
	out->vec = v;
	out->id = vec_new_dict_id();
	return true;
}

uint32_t
tpch_clerks(double scale)
{
	return (uint32_t)MIN(MAX(scale * 1000.0, 1000.0), 100e6);
}

bool
tpch_dict_get(struct tpch_gen *g, enum tpch_dict_id id,
    struct tpch_dict *out, struct err *e)
{
	struct tpch_conn *c = g->conn;
	struct tpch_dict *d = NULL;
	uint32_t n = sizes[id].n;
	bool good = true;

	pthread_mutex_lock(&c->lock);
	if (id != TPCH_DICT_CLERK) {
		d = &c->dicts[id];
	} else {
		n = tpch_clerks(g->scale);
		for (uint32_t i = 0; i < c->n_clerks; i++)
			if (c->clerks[i].n == n)
				d = &c->clerks[i].dict;
		if (d == NULL) {
			/* The place of the last one is used again. */
			uint32_t at = MIN(c->n_clerks,
			    ARRAY_LEN(c->clerks) - 1);

			c->n_clerks = at + 1;
			c->clerks[at].n = n;
			d = &c->clerks[at].dict;
			vec_drop(&d->vec);
		}
	}
	if (d->vec == NULL)
		good = make_dict(id, n, d, e);
	if (good)
		*out = (struct tpch_dict){ vec_ref(d->vec), d->id };
	pthread_mutex_unlock(&c->lock);
	return good;
}

void
tpch_dicts_release(struct tpch_conn *c)
{
	for (int i = 0; i < TPCH_DICTS; i++)
		vec_drop(&c->dicts[i].vec);
	for (uint32_t i = 0; i < c->n_clerks; i++)
		vec_drop(&c->clerks[i].dict.vec);
}
