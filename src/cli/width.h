/* SPDX-License-Identifier: Apache-2.0
 * width.h - how many columns of a terminal a text takes. */
#ifndef CLI_WIDTH_H
#define CLI_WIDTH_H

#include "base/str.h"

int text_width(struct str s);   /* UTF-8; control characters take none */

#endif
