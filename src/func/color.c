/* SPDX-License-Identifier: Apache-2.0
 * color.c - colors and what shows them on a terminal: color, rgb, render,
 * bar.
 *
 * A color is 0xRRGGBB, or -1 to -8 for one of the terminal's own eight. */
#include <math.h>

#include "func/kernel.h"
#include "func/tables.h"
#include "type/text.h"
#include "type/value.h"

/* The number behind ESC[38;5;: of 256 colors the nearest in their cube. */
static int
ansi_code(int32_t color)
{
	int r = color >> 16 & 0xff, g = color >> 8 & 0xff, b = color & 0xff;

	if (color < 0)
		return -color - 1;
	return 16 + r * 6 / 256 * 36 + g * 6 / 256 * 6 + b * 6 / 256;
}

static const char *const color_names[] = { "black", "red", "green", "yellow",
	"blue", "magenta", "cyan", "white" };

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f'
	    ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
color_parse(struct str text, int32_t *out)
{
	int32_t x = 0;

	for (int k = 0; k < 8; k++)
		if (str_ieq(text, str_of(color_names[k]))) {
			*out = -k - 1;
			return true;
		}
	if (text.n != 4 || text.p[0] != '#')
		return false;
	for (int k = 1; k < 4; k++) {
		int digit = hex_digit(text.p[k]);

		if (digit < 0)
			return false;
		x = x << 8 | digit * 17;
	}
	*out = x;
	return true;
}

static int
color_of_text(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct str text = kernel_str(args->v[0], i);

		if (!color_parse(text, (int32_t *)(*out)->data + i))
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Invalid color: '%.*s'", STR_ARG(text));
	}
	return 0;
}

static int
rgb(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	static const char *const names[] = { "red", "green", "blue" };

	KERNEL_EACH(s, i) {
		int32_t color = 0;
		bool ok = true;

		for (int k = 0; k < 3 && ok; k++) {
			int64_t x = KERNEL_AT(int64_t, args->v[k], i);

			ok = x >= 0 && x <= 255;
			if (!ok)
				eval_row_error(ev, i,
				    ERR_INVALID_FUNCTION_ARGUMENT,
				    "%s must be between 0 and 255", names[k]);
			color = color << 8 | (int32_t)(x & 0xff);
		}
		if (ok)
			((int32_t *)(*out)->data)[i] = color;
	}
	return 0;
}

/* ---- between two colors ---- */

/* Hue 0..1, saturation and value of a color, and back: colors are mixed by
 * hue, the shorter way is not looked for. */
static void
to_hsb(int32_t color, float hsb[3])
{
	int r = color >> 16 & 0xff, g = color >> 8 & 0xff, b = color & 0xff;
	int max = MAX(r, MAX(g, b)), min = MIN(r, MIN(g, b));
	float span = (float)(max - min), hue = 0;

	if (max != min) {
		float red = (float)(max - r) / span;
		float green = (float)(max - g) / span;
		float blue = (float)(max - b) / span;

		hue = r == max ? blue - green : g == max ? 2 + red - blue
		    : 4 + green - red;
		hue /= 6;
		if (hue < 0)
			hue += 1;
	}
	hsb[0] = hue;
	hsb[1] = max == 0 ? 0 : span / (float)max;
	hsb[2] = (float)max / 255;
}

static int
level(float x)
{
	return (int)(x * 255 + 0.5f);
}

static int32_t
from_hsb(const float hsb[3])
{
	float h = (hsb[0] - floorf(hsb[0])) * 6, f = h - floorf(h);
	float v = hsb[2], p = v * (1 - hsb[1]), q = v * (1 - hsb[1] * f);
	float t = v * (1 - hsb[1] * (1 - f));
	const float ways[6][3] = { { v, t, p }, { q, v, p }, { p, v, t },
		{ p, q, v }, { t, p, v }, { v, p, q } };
	const float *way = ways[(int)h % 6];

	if (hsb[1] == 0)
		return level(v) << 16 | level(v) << 8 | level(v);
	return level(way[0]) << 16 | level(way[1]) << 8 | level(way[2]);
}

static int32_t
mix(float at, int32_t low, int32_t high)
{
	float a[3], b[3], c[3];

	at = at < 0 ? 0 : at > 1 ? 1 : at;
	to_hsb(low, a);
	to_hsb(high, b);
	for (int k = 0; k < 3; k++)
		c[k] = a[k] + at * (b[k] - a[k]);
	return from_hsb(c);
}

static bool
both_rgb(struct eval *ev, uint32_t i, int32_t low, int32_t high)
{
	if (low >= 0 && high >= 0)
		return true;
	eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
	    "%s not a valid RGB color", low < 0 ? "lowColor" : "highColor");
	return false;
}

/* color(fraction, low, high), color(value, from, to, low, high) */
static int
color_between(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int n = args->n;

	KERNEL_EACH(s, i) {
		int32_t low = KERNEL_AT(int32_t, args->v[n - 2], i);
		int32_t high = KERNEL_AT(int32_t, args->v[n - 1], i);
		double x = KERNEL_AT(double, args->v[0], i);

		if (n == 5) {
			double from = KERNEL_AT(double, args->v[1], i);
			double to = KERNEL_AT(double, args->v[2], i);

			x = (x - from) / (to - from);
		}
		if (both_rgb(ev, i, low, high))
			((int32_t *)(*out)->data)[i] = mix((float)x, low,
			    high);
	}
	return 0;
}

/* ---- showing ---- */

static void
add_colored(struct sbuf *to, int code, struct str text)
{
	sbuf_addf(to, "\033[38;5;%dm", code);
	sbuf_adds(to, text);
}

static int
render_value(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0];
	struct sbuf b = { 0 }, text = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		sbuf_clear(&b);
		sbuf_clear(&text);
		if (v->type->id == TYPE_DOUBLE)
			sbuf_addz(&text, eval_double_text(ev,
			    KERNEL_AT(double, v, i)));
		else
			value_print(&text, v->type, vec_at(v, i));
		add_colored(&b, ansi_code(KERNEL_AT(int32_t, args->v[1], i)),
		    sbuf_str(&text));
		sbuf_addz(&b, "\033[0m");
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	sbuf_release(&text);
	return rc;
}

static int
render_mark(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int rc = 0;

	KERNEL_EACH(s, i) {
		rc = kernel_put(ev, *out, i, KERNEL_AT(uint8_t, args->v[0], i)
		    ? STR("\033[38;5;2m\342\234\223\033[0m")
		    : STR("\033[38;5;1m\342\234\227\033[0m"), e);
		if (rc != 0)
			break;
	}
	return rc;
}

/* Room for the escapes around a text. */
enum { RENDER_EXTRA = 15 };

static int
render_resolve(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	const struct type *t = args[0];

	if (t->id != TYPE_VARCHAR)
		*result = type_varchar(a, t->id == TYPE_DOUBLE ? 41 : 35);
	else if (t->length == TYPE_UNBOUNDED || t->length > INT32_MAX -
	    RENDER_EXTRA)
		*result = type_varchar(a, TYPE_UNBOUNDED);
	else
		*result = type_varchar(a, t->length + RENDER_EXTRA);
	return 0;
}

static void
add_bar(struct sbuf *to, double x, int64_t width, int32_t low, int32_t high)
{
	int64_t n = x != x ? 0 : (int64_t)((x < 0 ? 0 : x > 1 ? 1 : x) *
	    (double)width);

	for (int64_t k = 0; k < n; k++) {
		int code = ansi_code(mix((float)((double)k /
		    (double)(width - 1)), low, high));

		add_colored(to, code, STR("\342\226\210"));
	}
	sbuf_addz(to, "\033[0m");
	for (int64_t k = n; k < width; k++)
		sbuf_addc(to, ' ');
}

enum { BAR_MAX = 1 << 24 };

static int
bar(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		int64_t width = KERNEL_AT(int64_t, args->v[1], i);
		int32_t low = 0xff0000, high = 0x00ff00;

		if (args->n == 4) {
			low = KERNEL_AT(int32_t, args->v[2], i);
			high = KERNEL_AT(int32_t, args->v[3], i);
		}
		if (width > BAR_MAX) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "width is too large");
			continue;
		}
		if (!both_rgb(ev, i, low, high))
			continue;
		sbuf_clear(&b);
		add_bar(&b, KERNEL_AT(double, args->v[0], i),
		    MAX(width, 0), low, high);
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

#define FN(text, fn, what) { .signature = text, .kernel = fn, .help = what }
#define RENDER(T) { .signature = "render(" T ",color):varchar", \
	.kernel = render_value, .resolve = render_resolve, \
	.help = "Text in color" }

const struct func func_color[] = {
	FN("color(varchar(x)):color", color_of_text, "A color by name or #rgb"),
	FN("color(double,double,double,color,color):color", color_between,
	    "A color between two"),
	FN("color(double,color,color):color", color_between,
	    "A color between two"),
	FN("rgb(bigint,bigint,bigint):color", rgb, "A color of its parts"),
	RENDER("varchar(x)"), RENDER("bigint"), RENDER("double"),
	FN("render(boolean):varchar(16)", render_mark, "A mark in color"),
	FN("bar(double,bigint):varchar", bar, "A bar of the given width"),
	FN("bar(double,bigint,color,color):varchar", bar,
	    "A bar of the given width"),
	{ 0 }
};
