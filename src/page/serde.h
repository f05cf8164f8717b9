/* SPDX-License-Identifier: Apache-2.0
 * serde.h - the wire format of a page: its memory layout with offsets in
 * place of pointers, versioned, checksummed, bounds-checked on receipt.
 * Spill files hold the same bytes. */
#ifndef PAGE_SERDE_H
#define PAGE_SERDE_H

#include "page/page.h"

enum page_codec { PAGE_PLAIN, PAGE_LZ4, PAGE_ZSTD };
enum { PAGE_FORMAT_VERSION = 1 };

/* Appends one page.  LZ4/ZSTD are used only when they make it smaller by a
 * fifth.  Constants and dictionaries stay what they are when that is
 * smaller; unused entries of a big base are left out. */
int page_encode(struct sbuf *to, const struct page *p, enum page_codec codec,
    struct err *e);
/* Bytes of the page that starts at `bytes` (to cut a batch), or a
 * CORRUPT_PAGE error when that cannot be right. */
int page_frame_size(struct str bytes, size_t *size, struct err *e);
/* Reads one page.  types[0..n): the columns expected; another shape, a wrong
 * checksum, offsets out of range or invalid views are CORRUPT_PAGE.  The
 * page's data is in a new buffer charged to account. */
int page_decode(struct str bytes, const struct type *const *types, int n,
    struct mem_account *account, struct page **out, struct err *e);

#endif
