// SPDX-License-Identifier: GPL-2.0
/*
 * The stream parser with any bytes, cut anywhere: it never leaves its input,
 * always goes on, and finds the same however the bytes are cut. The first two
 * bytes say how.
 */
#include "frame_parser.h"

#include <stdint.h>
#include <stdlib.h>

#define CHECK(what)	do { if (!(what)) abort(); } while (0)

struct sums {
	size_t kinds[NEMU_FRAME_BROKEN + 1];	/* frames that began or ended */
	size_t bytes;
	u32 hash;
};

static void note(struct sums *sums, const struct nemu_frame_piece *piece)
{
	size_t i;

	sums->kinds[piece->kind] += piece->first + 2 * piece->last;
	if (piece->kind != NEMU_FRAME_DATA)
		return;
	sums->bytes += piece->len;
	for (i = 0; i < piece->len; i++)
		sums->hash = sums->hash * 31 + piece->data[i];
}

static void check_piece(const struct nemu_frame_piece *piece, u32 max,
			const u8 *data, size_t n, size_t used, size_t left)
{
	CHECK(used && used <= n);
	CHECK(!piece->len || (piece->data >= data &&
			      piece->data + piece->len == data + used));
	if (piece->kind == NEMU_FRAME_DATA)
		CHECK(piece->frame_len >= NEMU_FRAME_MIN &&
		      piece->frame_len <= max && piece->len <= left);
	if (piece->kind == NEMU_FRAME_BROKEN)
		CHECK(piece->frame_len > NEMU_FRAME_LIMIT);
}

static struct sums run(const u8 *data, size_t len, size_t chunk, u32 max)
{
	struct nemu_frame_parser parser;
	struct nemu_frame_piece piece;
	struct sums sums = { .bytes = 0 };
	size_t at = 0, n, used, open = 0;

	nemu_frame_init(&parser);
	while (at < len) {
		n = len - at < chunk ? len - at : chunk;
		used = nemu_frame_next(&parser, max, data + at, n, &piece);
		if (piece.first)
			open = piece.frame_len;
		check_piece(&piece, max, data + at, n, used, open);
		open -= piece.len;
		if (piece.kind != NEMU_FRAME_NONE &&
		    piece.kind != NEMU_FRAME_BROKEN)
			CHECK(piece.last == !open);
		at += used;
		note(&sums, &piece);
		if (piece.kind == NEMU_FRAME_BROKEN)
			break;
	}
	return sums;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sums whole, cut;
	u32 max;

	if (len < 3)
		return 0;
	max = NEMU_FRAME_MIN + data[1] * 16;
	whole = run(data + 2, len - 2, len - 2, max);
	cut = run(data + 2, len - 2, 1 + data[0] % 64, max);
	CHECK(whole.bytes == cut.bytes && whole.hash == cut.hash);
	CHECK(whole.kinds[NEMU_FRAME_DATA] == cut.kinds[NEMU_FRAME_DATA]);
	CHECK(whole.kinds[NEMU_FRAME_BROKEN] == cut.kinds[NEMU_FRAME_BROKEN]);
	return 0;
}
