// SPDX-License-Identifier: GPL-2.0
#include "frame_parser.h"

/**
 * nemu_frame_init() - at the beginning of a stream
 * @parser: result
 */
void nemu_frame_init(struct nemu_frame_parser *parser)
{
	parser->have = 0;
	parser->left = 0;
	parser->skip = false;
}

static u32 length_of(const struct nemu_frame_parser *parser)
{
	const u8 *p = parser->header;

	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static size_t take_header(struct nemu_frame_parser *parser, const u8 *data,
			  size_t len)
{
	size_t used = 0;

	while (parser->have < NEMU_FRAME_HEADER && used < len)
		parser->header[parser->have++] = data[used++];
	return used;
}

/* The header is complete: what frame is it that begins? */
static void begin(struct nemu_frame_parser *parser, u32 max,
		  struct nemu_frame_piece *piece)
{
	u32 length = length_of(parser);

	piece->first = true;
	piece->frame_len = length;
	parser->left = length;
	parser->skip = length < NEMU_FRAME_MIN || length > max;
	if (length > NEMU_FRAME_LIMIT)
		piece->kind = NEMU_FRAME_BROKEN;
	else if (length < NEMU_FRAME_MIN)
		piece->kind = NEMU_FRAME_SHORT;
	else if (length > max)
		piece->kind = NEMU_FRAME_LONG;
	else
		piece->kind = NEMU_FRAME_DATA;
}

/**
 * nemu_frame_next() - find the next piece
 * @parser: where we are
 * @max: no frame that begins now may be larger; at least %NEMU_FRAME_MIN
 * @data: bytes that came in
 * @len: how many
 * @piece: result
 *
 * After %NEMU_FRAME_BROKEN the parser is of no use until nemu_frame_init().
 *
 * Return: how many bytes are done; not 0 unless @len is.
 */
size_t nemu_frame_next(struct nemu_frame_parser *parser, u32 max,
		       const u8 *data, size_t len,
		       struct nemu_frame_piece *piece)
{
	bool in_header = parser->have < NEMU_FRAME_HEADER;
	size_t used = 0;

	*piece = (struct nemu_frame_piece) { .kind = NEMU_FRAME_NONE };
	if (in_header) {
		used = take_header(parser, data, len);
		if (parser->have < NEMU_FRAME_HEADER)
			return used;
		begin(parser, max, piece);
		if (piece->kind == NEMU_FRAME_BROKEN)
			return used;
	} else {
		piece->kind = parser->skip ? NEMU_FRAME_SKIP : NEMU_FRAME_DATA;
		piece->frame_len = length_of(parser);
	}
	piece->data = data + used;
	piece->len = len - used < parser->left ? len - used : parser->left;
	parser->left -= piece->len;
	if (!parser->left) {
		piece->last = true;
		parser->have = 0;
	}
	return used + piece->len;
}
