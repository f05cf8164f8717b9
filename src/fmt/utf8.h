/* SPDX-License-Identifier: Apache-2.0
 * utf8.h - is it UTF-8?  Fast for ASCII. */
#ifndef FMT_UTF8_H
#define FMT_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* No byte is above 127. */
bool ascii_only(const void *p, size_t n);
/* Well-formed: no surrogates, no overlong forms, nothing above U+10FFFF. */
bool utf8_check(const void *p, size_t n);

#endif
