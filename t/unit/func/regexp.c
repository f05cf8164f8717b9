/* SPDX-License-Identifier: Apache-2.0
 * regexp.c - patterns in JONI's syntax: what they match, what is refused. */
#include <stdio.h>

#include "base/check.h"
#include "func/regexp.h"
#include "tap.h"

/* The first match, "-" for none, or the error. */
static const char *
find(const char *pattern, const char *subject)
{
	static char out[128];
	struct str x = str_of(subject), got = { "", 0 };
	struct regexp_search s;
	struct regexp r;

	regexp_compile(&r, str_of(pattern));
	if (r.code == NULL) {
		snprintf(out, sizeof(out), "error: %s", r.error);
		regexp_release(&r);
		return out;
	}
	regexp_search_init(&s, &r);
	if (regexp_search(&s, x, 0) > 0 && regexp_group(&s, x, 0, &got))
		snprintf(out, sizeof(out), "%.*s", STR_ARG(got));
	else
		snprintf(out, sizeof(out), "-");
	regexp_search_release(&s);
	regexp_release(&r);
	return out;
}

int
main(void)
{
	static const struct {
		const char *pattern, *subject, *want;
	} cases[] = {
		{ "\\d+", "a12b", "12" },
		{ "\\W", "a\xc3\xaf", "\xc3\xaf" },
		{ "\\ba", "\xc3\xa9" "a", "-" },
		{ "[a-c&&[^b]]+", "bacb", "ac" },
		{ "[a-c[x-z]]+", "-ay-", "ay" },
		{ "[]]", "a]", "]" },
		{ "(?i)strasse", "Stra\xc3\x9f" "e", "Stra\xc3\x9f" "e" },
		{ "\\Qa+b\\E", "a+b", "a+b" },
		{ "(?<x>a)\\k<x>", "aa", "aa" },
		{ "a**", "aa", "aa" },
		{ "a{,2}", "aa", "-" },
		{ "\\h", "h", "h" },
		{ "[[:^alpha:]]", "a1", "1" },
		{ "\\p{Lu}", "a\xc3\x89", "\xc3\x89" },
		{ "(", "", "error: end pattern with unmatched parenthesis" },
		{ "[", "", "error: premature end of char-class" },
		{ "*", "", "error: target of repeat operator is not "
		    "specified" },
		{ "\\2", "", "error: invalid backref number/name" },
		{ "(?P<n>h)", "", "error: undefined group option" },
		{ "(?<=a*)b", "", "error: invalid pattern in look-behind" },
		{ "\\p{Nope}", "", "error: invalid character property name "
		    "<Nope>" },
		{ "a\\", "", "error: end pattern at escape" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_str(find(cases[i].pattern, cases[i].subject),
		    cases[i].want, cases[i].pattern);
	return tap_done();
}
