/* SPDX-License-Identifier: Apache-2.0
 * cast_text.c - values to text and back. */
#include "func/cast_priv.h"
#include "type/address.h"
#include "type/float.h"
#include "type/text.h"
#include "type/value.h"

/* ---- to text ---- */

/* Which of the two messages does a text that is too long give? */
static bool
says_represented(const struct type *t)
{
	switch (t->id) {
	case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INTEGER:
	case TYPE_BIGINT: case TYPE_REAL: case TYPE_DOUBLE:
	case TYPE_DECIMAL: case TYPE_NUMBER: case TYPE_DATE:
		return true;
	default:
		return false;
	}
}

static void
too_long(const struct cast_job *j, uint32_t i, struct str text)
{
	const struct type *t = j->in->type;
	struct sbuf b = { 0 };

	if (!says_represented(t)) {
		eval_row_error(j->ev, i, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast '%.*s' to varchar(%d)", STR_ARG(text),
		    j->out->type->length);
		return;
	}
	if (t->id == TYPE_DOUBLE)
		double_print(&b, KERNEL_AT(double, j->in, i));
	else if (t->id == TYPE_REAL)
		real_print(&b, KERNEL_AT(float, j->in, i));
	if (b.n > 0)
		sbuf_addf(&b, " (%.*s)", STR_ARG(text));
	else
		sbuf_adds(&b, text);
	eval_row_error(j->ev, i, ERR_INVALID_CAST_ARGUMENT,
	    "Value %s cannot be represented as varchar(%d)", sbuf_z(&b),
	    j->out->type->length);
	sbuf_release(&b);
}

/* Texts among themselves: cut, padded, as bytes. */
static int
text_to_text(const struct cast_job *j)
{
	const struct type *from = j->in->type, *to = j->out->type;
	struct sbuf b = { 0 };
	int rc = 0;

	if (to->id == TYPE_VARBINARY && from->id == TYPE_CHAR) {
		KERNEL_EACH(j->s, i) {
			sbuf_clear(&b);
			char_pad(&b, kernel_str(j->in, i), from->length);
			rc = kernel_put(j->ev, j->out, i, sbuf_str(&b), j->e);
			if (rc != 0)
				break;
		}
		sbuf_release(&b);
		return rc;
	}
	vec_share_bufs(j->out, j->in);
	KERNEL_EACH(j->s, i) {
		struct str s = kernel_str(j->in, i);

		if (to->id == TYPE_VARCHAR)
			s = varchar_cut(s, to->length);
		else if (to->id == TYPE_CHAR)
			s = char_cut(s, to->length);
		kernel_put_shared(j->out, i, s);
	}
	return 0;
}

static int
bytes_of_address(const struct cast_job *j)
{
	KERNEL_EACH(j->s, i) {
		struct str s = { vec_at(j->in, i), 16 };
		int rc = kernel_put(j->ev, j->out, i, s, j->e);

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Digits of integers, written from behind. */
static struct str
int_text(int64_t x, char buf[24])
{
	uint64_t u = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
	int at = 24;

	do {
		buf[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (x < 0)
		buf[--at] = '-';
	return (struct str){ buf + at, (size_t)(24 - at) };
}

static bool
int_value(const struct vec *v, uint32_t i, int64_t *x)
{
	switch (v->type->id) {
	case TYPE_TINYINT:
		*x = KERNEL_AT(int8_t, v, i);
		return true;
	case TYPE_SMALLINT:
		*x = KERNEL_AT(int16_t, v, i);
		return true;
	case TYPE_INTEGER:
		*x = KERNEL_AT(int32_t, v, i);
		return true;
	case TYPE_BIGINT:
		*x = KERNEL_AT(int64_t, v, i);
		return true;
	default:
		return false;
	}
}

int
cast_to_text(const struct cast_job *j)
{
	const struct type *from = j->in->type, *to = j->out->type;
	struct sbuf b = { 0 };
	char digits[24];
	int64_t x;
	int rc = 0;

	if (from->rep == REP_STR && from->id != TYPE_NUMBER)
		return text_to_text(j);
	if (to->id == TYPE_VARBINARY)
		return bytes_of_address(j);
	KERNEL_EACH(j->s, i) {
		struct str s;

		if (int_value(j->in, i, &x)) {
			s = int_text(x, digits);
		} else {
			sbuf_clear(&b);
			value_print(&b, from, vec_at(j->in, i));
			s = sbuf_str(&b);
		}
		if (s.n > (size_t)to->length) {
			too_long(j, i, s);
			continue;
		}
		if ((rc = kernel_put(j->ev, j->out, i, s, j->e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

/* ---- from text ---- */

/* Up to 18 digits with a sign and nothing else. */
static bool
quick_int(struct str s, int64_t *out)
{
	size_t i = 0;
	bool minus = s.n > 0 && s.p[0] == '-';
	int64_t v = 0;

	i += minus;
	if (s.n == i || s.n - i > 18)
		return false;
	for (; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		if (d > 9)
			return false;
		v = v * 10 + d;
	}
	*out = minus ? -v : v;
	return true;
}

static bool
parse_int(const struct cast_job *j, uint32_t i, struct str s)
{
	int64_t v;

	if (!quick_int(s, &v))
		return false;
	switch (j->out->type->id) {
	case TYPE_INTEGER:
		((int32_t *)j->out->data)[i] = (int32_t)v;
		return v == (int32_t)v;
	case TYPE_BIGINT:
		((int64_t *)j->out->data)[i] = v;
		return true;
	default:
		return false;
	}
}

static int
parse_row(const struct cast_job *j, uint32_t i, struct str s)
{
	const struct type *to = j->out->type;
	int zone = j->ev->session == NULL ? 0 : j->ev->session->zone;
	size_t width = (size_t)type_width(to);
	char value[16] __attribute__((aligned(16)));
	struct err e;

	if (value_parse(to, s, zone, j->ev->scratch, value, &e) != 0) {
		eval_row_error(j->ev, i, e.code, "%s", e.text);
		return 0;
	}
	if (to->rep == REP_STR)
		return kernel_put(j->ev, j->out, i, strview_str((void *)value),
		    j->e);
	memcpy((char *)j->out->data + i * width, value, width);
	return 0;
}

static void
bytes_to_address(const struct cast_job *j, uint32_t i, struct str s)
{
	bool uuid = j->out->type->id == TYPE_UUID;
	unsigned char *to = (unsigned char *)j->out->data + (size_t)i * 16;

	if (s.n == 16) {
		memcpy(to, s.p, 16);
	} else if (s.n == 4 && !uuid) {
		memset(to, 0, 10);
		memset(to + 10, 0xff, 2);
		memcpy(to + 12, s.p, 4);
	} else {
		eval_row_error(j->ev, i, ERR_INVALID_CAST_ARGUMENT,
		    "Invalid %s binary length: %zu",
		    uuid ? "UUID" : "IP address", s.n);
	}
}

/* number and the sketches by their texts and bytes. */
static int
by_text(const struct cast_job *j)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(j->s, i) {
		sbuf_clear(&b);
		value_print(&b, j->in->type, vec_at(j->in, i));
		if ((rc = parse_row(j, i, sbuf_str(&b))) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

int
cast_from_text(const struct cast_job *j)
{
	const struct type *from = j->in->type, *to = j->out->type;
	int rc = 0;

	if (from->id == TYPE_VARBINARY && to->rep == REP_B16) {
		KERNEL_EACH(j->s, i)
			bytes_to_address(j, i, kernel_str(j->in, i));
		return 0;
	}
	if (from->rep == REP_STR && to->rep == REP_STR &&
	    from->id != TYPE_VARCHAR && from->id != TYPE_CHAR)
		return text_to_text(j);
	if (from->id != TYPE_VARCHAR && from->id != TYPE_CHAR)
		return by_text(j);
	KERNEL_EACH(j->s, i) {
		struct str s = kernel_str(j->in, i);

		if (!parse_int(j, i, s) && (rc = parse_row(j, i, s)) != 0)
			return rc;
	}
	return 0;
}
