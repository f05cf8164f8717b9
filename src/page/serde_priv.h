/* SPDX-License-Identifier: Apache-2.0
 * serde_priv.h - the page's wire format, as its writer and reader share it.
 *
 * A frame is a head and a body; the body (compressed or not) is one block a
 * column.  A block is a struct wire_vec and then, each padded to 16 bytes:
 * the validity bitmap, the data (indices of a dictionary), the string heap,
 * then the blocks of base or children.  Long strings' views hold the offset
 * in the heap where their pointer stands in memory.  Little endian. */
#ifndef PAGE_SERDE_PRIV_H
#define PAGE_SERDE_PRIV_H

#include "page/serde.h"

enum { WIRE_MAGIC = 0x31475051 /* "QPG1" */, WIRE_ALIGN = 16 };
enum { WIRE_MAX_COLUMNS = 1 << 16, WIRE_MAX_BODY = 1 << 30 };

struct wire_head {
	uint32_t magic;
	uint8_t version, codec;
	uint16_t zero;
	uint32_t columns, rows;
	uint64_t stored, plain; /* bytes of the body: as it is, unpacked */
	uint64_t zero2[3];
	uint64_t checksum;      /* xxh3 of the head without this field, folded
				 * with the stored body's */
};
_Static_assert(sizeof(struct wire_head) == 64, "wire format");

struct wire_vec {
	uint8_t form, rep, has_valid, zero;
	uint32_t rows;
	uint32_t values;        /* that lie here: 1 when constant */
	uint32_t n_child;
	uint64_t heap;          /* bytes */
	uint64_t dict_id;
};
_Static_assert(sizeof(struct wire_vec) == 32, "wire format");

static inline size_t
wire_pad(size_t n)
{
	return (n + WIRE_ALIGN - 1) & ~(size_t)(WIRE_ALIGN - 1);
}

#endif
