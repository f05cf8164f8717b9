/* SPDX-License-Identifier: Apache-2.0
 * settings.h - the settings of a node: quern.conf, --set, --help and the man
 * page come from this one table. */
#ifndef ACTORS_SETTINGS_H
#define ACTORS_SETTINGS_H

#include "base/conf.h"

extern const struct conf_item node_items[];
extern const int node_items_n;

/* --help=settings and the man page's list. */
void settings_print_text(struct sbuf *to);
void settings_print_mdoc(struct sbuf *to);
/* The commented sample file. */
void settings_print_sample(struct sbuf *to);

#endif
