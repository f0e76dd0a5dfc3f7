// SPDX-License-Identifier: GPL-2.0
/* Frames in a stream: however the bytes are cut, the same frames come out. */
#include "frame_parser.h"
#include "kselftest_harness.h"

#include <stdlib.h>
#include <string.h>

#define MAX		1518
#define ROOM		65536

struct result {
	size_t frames, bytes, shorts, longs, skipped;
	bool broken;
	u8 data[ROOM];
};

/* Feeds @stream in chunks of @chunk bytes. */
static void feed(const u8 *stream, size_t len, size_t chunk, struct result *r)
{
	struct nemu_frame_parser parser;
	struct nemu_frame_piece piece;
	size_t at = 0, used, n;

	memset(r, 0, sizeof(*r));
	nemu_frame_init(&parser);
	while (at < len && !r->broken) {
		n = len - at < chunk ? len - at : chunk;
		used = nemu_frame_next(&parser, MAX, stream + at, n, &piece);
		if (!used || used > n)
			abort();
		at += used;
		switch (piece.kind) {
		case NEMU_FRAME_DATA:
			memcpy(r->data + r->bytes, piece.data, piece.len);
			r->bytes += piece.len;
			r->frames += piece.last;
			break;
		case NEMU_FRAME_SHORT:
			r->shorts++;
			r->skipped += piece.len;
			break;
		case NEMU_FRAME_LONG:
			r->longs++;
			r->skipped += piece.len;
			break;
		case NEMU_FRAME_SKIP:
			r->skipped += piece.len;
			break;
		case NEMU_FRAME_BROKEN:
			r->broken = true;
			break;
		case NEMU_FRAME_NONE:
			break;
		}
	}
}

/* Appends a frame whose bytes count up from its number. */
static size_t put(u8 *stream, size_t at, u32 length, u8 number)
{
	u32 i;

	stream[at++] = length >> 24;
	stream[at++] = length >> 16;
	stream[at++] = length >> 8;
	stream[at++] = length;
	for (i = 0; i < length; i++)
		stream[at++] = number + i;
	return at;
}

static u8 stream[ROOM], frames[ROOM];
static struct result r;

TEST(any_cut)
{
	static const u32 lengths[] = { 14, 60, 1514, 1518, 15, 100 };
	size_t i, len = 0, bytes = 0, chunk;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		len = put(stream, len, lengths[i], i);
		memcpy(frames + bytes, stream + len - lengths[i], lengths[i]);
		bytes += lengths[i];
	}
	for (chunk = 1; chunk <= len; chunk++) {
		feed(stream, len, chunk, &r);
		ASSERT_EQ(6, r.frames);
		ASSERT_EQ(bytes, r.bytes);
		ASSERT_EQ(0, memcmp(frames, r.data, bytes));
		ASSERT_FALSE(r.broken);
	}
}

TEST(empty_and_short_frames_are_passed_over)
{
	size_t len = put(stream, 0, 0, 0), chunk;

	len = put(stream, len, 13, 0);
	len = put(stream, len, 60, 7);
	len = put(stream, len, 0, 0);
	for (chunk = 1; chunk <= len; chunk++) {
		feed(stream, len, chunk, &r);
		ASSERT_EQ(1, r.frames);
		ASSERT_EQ(60, r.bytes);
		ASSERT_EQ(3, r.shorts);
		ASSERT_EQ(13, r.skipped);
	}
}

TEST(long_frames_are_passed_over)
{
	size_t len = put(stream, 0, MAX + 1, 0), chunk;

	len = put(stream, len, 60, 7);
	for (chunk = 1; chunk <= len; chunk++) {
		feed(stream, len, chunk, &r);
		ASSERT_EQ(1, r.frames);
		ASSERT_EQ(1, r.longs);
		ASSERT_EQ(MAX + 1, r.skipped);
	}
}

TEST(no_stream_of_frames)
{
	static const u8 http[] = "GET / HTTP/1.0\r\n\r\n";
	size_t chunk;

	for (chunk = 1; chunk <= sizeof(http); chunk++) {
		feed(http, sizeof(http), chunk, &r);
		ASSERT_TRUE(r.broken);
		ASSERT_EQ(0, r.bytes);
	}
}

TEST(the_largest_of_qemu)
{
	static const u8 most[] = { 0, 1, 0x10, 0, 1 };
	static const u8 more[] = { 0, 1, 0x10, 1, 1 };

	feed(most, sizeof(most), 5, &r);
	EXPECT_FALSE(r.broken);
	EXPECT_EQ(1, r.longs);
	feed(more, sizeof(more), 5, &r);
	EXPECT_TRUE(r.broken);
}

TEST_HARNESS_MAIN
