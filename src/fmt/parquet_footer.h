/* SPDX-License-Identifier: Apache-2.0
 * parquet_footer.h - the footer's bytes to struct parquet_meta. */
#ifndef FMT_PARQUET_FOOTER_H
#define FMT_PARQUET_FOOTER_H

#include "fmt/parquet_priv.h"

/* Parses m->footer; fills everything but path and file_size. */
int parquet_footer(struct parquet_meta *m, struct err *e);

#endif
