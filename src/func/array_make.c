/* SPDX-License-Identifier: Apache-2.0
 * array_make.c - sequence, zip, ngrams, combinations. */
#include "func/datetime.h"
#include "func/list.h"
#include "func/tables.h"

enum { MOST_ENTRIES = 10000, MOST_COMBINATIONS = 100000 };

/* ---- sequence ---- */

static const char wrong_way[] = "sequence stop value should be greater than "
    "or equal to start value if step is greater than zero otherwise stop "
    "should be less than or equal to start";

/* How many values from x to y by step; -1: an error was recorded. */
static int64_t
steps(struct eval *ev, uint32_t row, int64_t x, int64_t y, int64_t step)
{
	uint64_t span = step > 0 ? (uint64_t)y - (uint64_t)x
	    : (uint64_t)x - (uint64_t)y;
	uint64_t by = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
	const char *error = NULL;

	if (step == 0)
		error = "step must not be zero";
	else if (step > 0 ? y < x : y > x)
		error = wrong_way;
	else if (span / by >= MOST_ENTRIES)
		error = "result of sequence function must not have more than "
		    "10000 entries";
	if (error == NULL)
		return (int64_t)(span / by) + 1;
	eval_row_error(ev, row, ERR_INVALID_FUNCTION_ARGUMENT, "%s", error);
	return -1;
}

static int
sequence(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	bool date = args->types[0]->id == TYPE_DATE;
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		int64_t x = date ? KERNEL_AT(int32_t, args->v[0], i)
		    : KERNEL_AT(int64_t, args->v[0], i);
		int64_t y = date ? KERNEL_AT(int32_t, args->v[1], i)
		    : KERNEL_AT(int64_t, args->v[1], i);
		int64_t step = args->n > 2 ? KERNEL_AT(int64_t, args->v[2], i)
		    : x <= y ? 1 : -1, n;

		if (date && args->n > 2) {
			if (step % 86400000 != 0) {
				eval_row_error(ev, i,
				    ERR_INVALID_FUNCTION_ARGUMENT,
				    "sequence step must be a day interval if "
				    "start and end values are dates");
				continue;
			}
			step /= 86400000;
		}
		n = steps(ev, i, x, y, step);
		for (int64_t k = 0; k < n && rc == 0; k++) {
			int64_t v = (int64_t)((uint64_t)x + (uint64_t)step *
			    (uint64_t)k);
			int32_t day = (int32_t)v;

			rc = vec_builder_value(&l.b[0], date ? (void *)&day
			    : (void *)&v, e);
		}
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

static int
add_moment(struct vec_builder *b, const struct type *t,
    const struct moment *m, struct err *e)
{
	char value[16] __attribute__((aligned(16)));
	int32_t day = (int32_t)date_of_timestamp(m->micros);

	if (t->id == TYPE_DATE)
		return vec_builder_value(b, &day, e);
	timestamp_store(t, (struct long_time){ m->micros, m->picos, 0 },
	    value);
	return vec_builder_value(b, value, e);
}

/* Wall times from one to the other by milliseconds or months. */
static int
moments_row(struct vec_builder *b, const struct moment *from,
    const struct moment *to, int64_t step, bool months, const char **error,
    struct err *e)
{
	const struct type *t = b->type;
	int64_t days = date_of_timestamp(from->micros), count = 0;
	int rc = 0;

	if (months && step != 0)
		count = datetime_months_between(from->micros, to->micros) /
		    step;
	if (step == 0)
		*error = "step must not be zero";
	else if (step > 0 ? to->micros < from->micros
	    : to->micros > from->micros)
		*error = wrong_way;
	for (int64_t n = 0; *error == NULL && rc == 0; n++) {
		struct moment m = *from;

		m.micros += months ? (datetime_add_months(days, n * step) -
		    days) * MICROS_PER_DAY : n * step * 1000;
		if (months ? n > count : step > 0 ? m.micros > to->micros
		    : m.micros < to->micros)
			break;
		if (n == MOST_ENTRIES)
			*error = "result of sequence function must not have "
			    "more than 10000 entries";
		else
			rc = add_moment(b, t, &m, e);
	}
	return rc;
}

static int
sequence_moments(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	bool months = args->types[2]->id == TYPE_INTERVAL_YM;
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		int64_t step = months ? KERNEL_AT(int32_t, args->v[2], i)
		    : KERNEL_AT(int64_t, args->v[2], i);
		struct moment from, to;
		const char *error = NULL;

		moment_load(args->v[0], i, &from);
		moment_load(args->v[1], i, &to);
		rc = moments_row(&l.b[0], &from, &to, step, months, &error,
		    e);
		if (error != NULL)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "%s", error);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

/* ---- zip ---- */

static int
zip(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		uint32_t most = 0;

		for (int c = 0; c < args->n; c++)
			most = MAX(most, list_at(args->v[c], i).n);
		for (uint32_t k = 0; k < most && rc == 0; k++) {
			for (int c = 0; c < args->n && rc == 0; c++) {
				struct list_ref ref = list_at(args->v[c], i);
				struct vec_builder *b = &l.b[0].child[c];

				rc = k < ref.n ? vec_builder_row(b,
				    args->v[c]->child[0], ref.offset + k, e)
				    : vec_builder_null(b, e);
			}
			if (rc == 0)
				rc = vec_builder_struct(&l.b[0], e);
		}
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

/* ---- arrays of arrays ---- */

static int
ngrams(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0]->child[0];
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		int64_t n = KERNEL_AT(int64_t, args->v[1], i);
		uint32_t size, count;

		if (n <= 0) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "N must be positive");
			continue;
		}
		size = (uint32_t)MIN(n, ref.n);
		count = ref.n - size + 1;
		if ((uint64_t)size * count > 10000000) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "N-grams of the array are too large");
			continue;
		}
		for (uint32_t k = 0; k < count && rc == 0; k++) {
			rc = vec_builder_rows(&l.b[0].child[0], v, NULL,
			    ref.offset + k, size, e);
			if (rc == 0)
				rc = vec_builder_list(&l.b[0], size, e);
		}
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

static uint64_t
choose(uint64_t n, uint64_t k)
{
	uint64_t r = 1;

	for (uint64_t i = 0; i < k; i++) {
		r = r * (n - i) / (i + 1);
		if (r > MOST_COMBINATIONS)
			break;
	}
	return r;
}

/* The next combination in Trino's order (the first index moves first). */
static bool
next_combination(uint32_t *pick, uint32_t k, uint32_t n)
{
	for (uint32_t i = 0; i < k; i++) {
		uint32_t limit = i + 1 < k ? pick[i + 1] : n;

		if (pick[i] + 1 < limit) {
			pick[i]++;
			for (uint32_t j = 0; j < i; j++)
				pick[j] = j;
			return true;
		}
	}
	return false;
}

static int
combine_row(struct list_out *l, const struct vec *v, struct list_ref ref,
    uint32_t k, struct err *e)
{
	uint32_t pick[5] = { 0, 1, 2, 3, 4 };
	int rc = 0;

	if (k > ref.n)
		return 0;
	do {
		for (uint32_t j = 0; j < k && rc == 0; j++)
			rc = vec_builder_row(&l->b[0].child[0], v,
			    ref.offset + pick[j], e);
		if (rc == 0)
			rc = vec_builder_list(&l->b[0], k, e);
	} while (rc == 0 && next_combination(pick, k, ref.n));
	return rc;
}

static int
combinations(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0]->child[0];
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		int32_t k = KERNEL_AT(int32_t, args->v[1], i);

		if (k < 0 || k > 5)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    k < 0 ? "combination size must not be negative: %d"
			    : "combination size must not exceed 5: %d", k);
		else if (choose(ref.n, (uint64_t)k) > MOST_COMBINATIONS)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "combinations exceed max size");
		else
			rc = combine_row(&l, v, ref, (uint32_t)k, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

#define SEQUENCE(args, r, fn) \
	{ .signature = "sequence(" args "):array(" r ")", .kernel = fn, \
	    .help = "Values from start to stop" }
#define ZIP(args, row) \
	{ .signature = "zip(" args "):array(row(" row "))", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = zip, \
	    .help = "Rows of the arrays' elements" }
#define A(n) "array(T" #n ")"

const struct func func_array_make[] = {
	SEQUENCE("bigint,bigint", "bigint", sequence),
	SEQUENCE("bigint,bigint,bigint", "bigint", sequence),
	SEQUENCE("date,date", "date", sequence),
	SEQUENCE("date,date,interval day to second", "date", sequence),
	SEQUENCE("date,date,interval year to month", "date",
	    sequence_moments),
	SEQUENCE("timestamp(p),timestamp(p),interval day to second",
	    "timestamp(p)", sequence_moments),
	SEQUENCE("timestamp(p),timestamp(p),interval year to month",
	    "timestamp(p)", sequence_moments),
	ZIP(A(1) "," A(2), "T1,T2"), ZIP(A(1) "," A(2) "," A(3), "T1,T2,T3"),
	ZIP(A(1) "," A(2) "," A(3) "," A(4), "T1,T2,T3,T4"),
	ZIP(A(1) "," A(2) "," A(3) "," A(4) "," A(5), "T1,T2,T3,T4,T5"),
	{ .signature = "ngrams(array(T),bigint):array(array(T))",
	    .kernel = ngrams, .help = "All runs of n elements" },
	{ .signature = "combinations(array(T),integer):array(array(T))",
	    .kernel = combinations, .help = "All choices of n elements" },
	{ 0 }
};
