/* SPDX-License-Identifier: Apache-2.0
 * csv_input.c - a file's bytes in order: two reads are under way while one is
 * worked on; compressed ones are decompressed a piece at a time. */
#include "base/check.h"
#include "fmt/csv_priv.h"

enum {
	READ_PLAIN = 1 << 20,
	READ_PACKED = 256 << 10,        /* of a compressed file */
	READ_BEHIND = 64 << 10,         /* behind the range's end */
	UNPACKED = 512 << 10,           /* what a step makes */
};

void
csv_input_open(struct csv_input *in, struct fmt_io *io, struct fmt_file *f,
    int codec, uint64_t at, uint64_t soft_end)
{
	*in = (struct csv_input){ .io = io, .file = f, .codec = codec,
	    .at = at, .size = fmt_file_size(f) };
	in->soft_end = MIN(soft_end, in->size);
	if (codec != CSV_PLAIN) {
		in->at = 0;
		in->soft_end = in->size;
		in->inflate = csv_inflate_new(codec, f, io->account);
	}
}

void
csv_input_close(struct csv_input *in)
{
	for (int i = 0; i < 2; i++)
		fmt_read_drop(&in->reads[i]);
	buf_drop(&in->packed);
	buf_drop(&in->made);
	csv_inflate_free(&in->inflate);
}

/* Asks for the next piece, if there is one and it is wanted now. */
static int
ask(struct csv_input *in, int slot, bool ahead, struct err *e)
{
	size_t most = in->codec == CSV_PLAIN ? READ_PLAIN : READ_PACKED;
	uint64_t n;

	if (in->reads[slot] != NULL || in->at >= in->size)
		return 0;
	if (in->at >= in->soft_end) {
		if (ahead)
			return 0;
		n = MIN(in->size - in->at, (uint64_t)READ_BEHIND);
	} else {
		n = MIN(in->soft_end - in->at, (uint64_t)most);
	}
	in->reads[slot] = fmt_read_start(in->io, in->file, in->at, (size_t)n,
	    e);
	if (in->reads[slot] == NULL)
		return -(int)e->code;
	in->lengths[slot] = (size_t)n;
	in->at += n;
	in->bytes_read += n;
	return 0;
}

static enum source_step
next_plain(struct csv_input *in, struct buf **out, size_t *n,
    struct wait **blocked, struct err *e)
{
	int rc = ask(in, 0, false, e);

	if (rc == 0 && in->reads[0] == NULL)
		return SOURCE_DONE;
	if (rc == 0)
		rc = ask(in, 1, true, e);
	if (rc < 0)
		return SOURCE_FAILED;
	rc = fmt_read_take(in->reads[0], out, blocked, e);
	if (rc < 0)
		return SOURCE_FAILED;
	if (rc == 0)
		return SOURCE_BLOCKED;
	*n = in->lengths[0];
	fmt_read_drop(&in->reads[0]);
	in->reads[0] = in->reads[1];
	in->lengths[0] = in->lengths[1];
	in->reads[1] = NULL;
	return SOURCE_READY;
}

/* Bytes to decompress are at hand, or there are no more. */
static enum source_step
fill_packed(struct csv_input *in, struct wait **blocked, struct err *e)
{
	enum source_step step;

	if (in->packed != NULL && in->packed_at < in->packed_n)
		return SOURCE_READY;
	if (in->packed_last)
		return SOURCE_READY;
	buf_drop(&in->packed);
	in->packed_at = in->packed_n = 0;
	step = next_plain(in, &in->packed, &in->packed_n, blocked, e);
	if (step == SOURCE_DONE)
		step = SOURCE_READY;
	in->packed_last = step == SOURCE_READY && in->reads[0] == NULL &&
	    in->at >= in->size;
	return step;
}

static enum source_step
next_unpacked(struct csv_input *in, struct buf **out, size_t *n,
    struct wait **blocked, struct err *e)
{
	if (in->made == NULL) {
		in->made = buf_new(in->io->account, UNPACKED, e);
		in->made_n = 0;
		if (in->made == NULL)
			return SOURCE_FAILED;
	}
	for (;;) {
		enum source_step step = fill_packed(in, blocked, e);
		size_t used, made;

		if (step != SOURCE_READY)
			return step;
		used = in->packed_n - in->packed_at;
		made = UNPACKED - in->made_n;
		if (csv_inflate_step(in->inflate, in->packed == NULL
		    ? (const uint8_t *)"" : in->packed->data + in->packed_at,
		    &used, in->made->data + in->made_n, &made,
		    in->packed_last, e) < 0)
			return SOURCE_FAILED;
		in->packed_at += used;
		in->made_n += made;
		if (in->made_n == UNPACKED)
			break;
		if (in->packed_last && in->packed_at == in->packed_n &&
		    made == 0 && used == 0)
			break;
	}
	if (in->made_n == 0)
		return SOURCE_DONE;
	*out = in->made;
	*n = in->made_n;
	in->made = NULL;
	return SOURCE_READY;
}

enum source_step
csv_input_next(struct csv_input *in, struct buf **out, size_t *n,
    struct wait **blocked, struct err *e)
{
	return in->codec == CSV_PLAIN ? next_plain(in, out, n, blocked, e)
	    : next_unpacked(in, out, n, blocked, e);
}
