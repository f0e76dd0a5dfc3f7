/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames in a stream of bytes: each is a length, 32 bits with the high byte
 * first, and so many bytes. Pure: bytes in, pieces of frames out; also compiled
 * in user space, for unit tests and fuzzing.
 */
#ifndef _NEMU_FRAME_PARSER_H
#define _NEMU_FRAME_PARSER_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#define u8	__u8
#define u32	__u32
#endif

#define NEMU_FRAME_HEADER	4
#define NEMU_FRAME_MIN		14	/* an Ethernet header */
/* The buffer of QEMU, which hangs up too: nobody means a larger frame. */
#define NEMU_FRAME_LIMIT	(4096 + 65536)

/**
 * struct nemu_frame_parser - where in the stream we are
 * @header: length of the next frame, as far as it is there
 * @have: bytes of @header
 * @left: bytes of the frame that are still to come, with @have 4
 * @skip: nobody wants this frame
 */
struct nemu_frame_parser {
	u8 header[NEMU_FRAME_HEADER];
	u8 have;
	bool skip;
	u32 left;
};

enum nemu_frame_kind {
	NEMU_FRAME_NONE,	/* all bytes were of a header */
	NEMU_FRAME_DATA,	/* bytes of a frame */
	NEMU_FRAME_SHORT,	/* a frame that is too short begins */
	NEMU_FRAME_LONG,	/* a frame that is too long begins */
	NEMU_FRAME_SKIP,	/* bytes of such a frame */
	NEMU_FRAME_BROKEN,	/* this is no stream of frames: hang up */
};

/**
 * struct nemu_frame_piece - what was found
 * @kind: what it is
 * @data: bytes of a frame, within what was looked at; may be none
 * @len: how many
 * @frame_len: of the whole frame
 * @first: a frame begins here
 * @last: it ends here
 */
struct nemu_frame_piece {
	enum nemu_frame_kind kind;
	const u8 *data;
	size_t len;
	u32 frame_len;
	bool first;
	bool last;
};

void nemu_frame_init(struct nemu_frame_parser *parser);
size_t nemu_frame_next(struct nemu_frame_parser *parser, u32 max,
		       const u8 *data, size_t len,
		       struct nemu_frame_piece *piece);

#endif /* _NEMU_FRAME_PARSER_H */
