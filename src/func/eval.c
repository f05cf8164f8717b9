/* SPDX-License-Identifier: Apache-2.0
 * eval.c - what kernels call: row errors, heap memory for strings, bitmaps. */
#include <stdio.h>

#include "func/kernel.h"
#include "func/select_table.h"

void
eval_errors_clear(struct eval_errors *errors)
{
	errors->n = 0;
	errors->fatal = false;
	memset(errors->failed, 0, sizeof(errors->failed));
	errors->first.code = ERR_OK;
}

void
eval_row_error(struct eval *ev, uint32_t row, enum err_code code,
    const char *fmt, ...)
{
	struct eval_errors *errors = ev->errors;
	bool caught = errors->quiet > 0 && (errors->catch_all ||
	    code == ERR_DIVISION_BY_ZERO || code == ERR_INVALID_CAST_ARGUMENT ||
	    code == ERR_INVALID_FUNCTION_ARGUMENT ||
	    code == ERR_NUMERIC_VALUE_OUT_OF_RANGE);
	va_list ap;

	errors->n++;
	if (row < PAGE_ROWS)
		bit_set(errors->failed, row);
	if (caught) {
		if (errors->first.code == ERR_OK) {
			errors->first.code = code;
			errors->first.text[0] = '\0';
		}
		return;
	}
	if (errors->first.code != ERR_OK && (errors->quiet == 0 ||
	    errors->fatal))
		return;
	errors->fatal = errors->quiet > 0;
	va_start(ap, fmt);
	err_vset(&errors->first, code, fmt, ap);
	va_end(ap);
	errors->first.line = errors->first.column = 0;
}

char *
eval_heap(struct eval *ev, struct vec *v, size_t n, struct err *e)
{
	struct buf *b;
	char *p;

	if (ev->heap_owner != v) {
		ev->heap_owner = v;
		ev->heap_at = ev->heap_end = NULL;
		ev->heap_block = 4096;
	}
	if ((size_t)(ev->heap_end - ev->heap_at) < n || n == 0) {
		size_t want = MAX(n, ev->heap_block);

		if ((b = buf_new(ev->account, want, e)) == NULL)
			return NULL;
		vec_add_buf(v, b);
		ev->heap_at = (char *)b->data;
		ev->heap_end = ev->heap_at + b->size;
		if (ev->heap_block < 256 << 10)
			ev->heap_block *= 2;
	}
	p = ev->heap_at;
	ev->heap_at += n;
	return p;
}

uint64_t *
vec_make_nullable(struct eval *ev, struct vec *v, struct err *e)
{
	struct buf *b;

	if (v->valid != NULL)
		return v->valid;
	b = buf_new(ev->account, MAX(bitmap_words(v->n), 1) * 8, e);
	if (b == NULL)
		return NULL;
	v->valid = (uint64_t *)b->data;
	bitmap_fill(v->valid, v->n);
	vec_add_buf(v, b);
	return v->valid;
}

int
kernel_put_null(struct eval *ev, struct vec *out, uint32_t i, struct err *e)
{
	if (out->valid == NULL && vec_make_nullable(ev, out, e) == NULL)
		return -e->code;
	bit_clear(out->valid, i);
	return 0;
}

void
kernel_fill(struct vec *out, const struct rows_sel *s, const void *value)
{
	size_t width = (size_t)type_width(out->type);

	KERNEL_EACH(s, i)
		memcpy((char *)out->data + i * width, value, width);
}

uint32_t
kernel_select_bytes(const uint8_t *b, uint32_t n, uint16_t *out)
{
	uint32_t k = 0, i = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t x, at;
		uint16_t *o = out + k;
		unsigned mask;

		memcpy(&x, b + i, 8);
		/* The low bits of eight bytes meet in the top byte. */
		mask = (unsigned)((x & UINT64_C(0x0101010101010101)) *
		    UINT64_C(0x0102040810204080) >> 56);
		at = select_table[mask];
		for (int j = 0; j < 8; j++)
			o[j] = (uint16_t)(i + (at >> (8 * j) & 0xff));
		k += (uint32_t)__builtin_popcount(mask);
	}
	for (; i < n; i++) {
		out[k] = (uint16_t)i;
		k += b[i] & 1;
	}
	return k;
}
