// SPDX-License-Identifier: GPL-2.0
/* 82540EM: registers that the guest has as memory, kmod/nic/model.h, "Doorbells". */
#include "nic_rings.h"

#include <pthread.h>

#define TX_WORD(len)	LEGACY(len, LAST)

static void put_frame(FIXTURE_DATA(card) *self)
{
	make_frame(self->card->memory + TX_DATA, 60, peer, 0x88b5);
	tx_desc(self, TX_DATA, TX_WORD(60));
}

TEST_F(card, a_tail_in_memory_sends)
{
	struct nemu_card *card = self->card;
	u32 i;

	tx_on(card);
	for (i = 0; i < 3 * RING; i++) {
		put_frame(self);
		card_poke(card, E1000_TDT, self->tail);
		card_run(card);
		ASSERT_EQ(1, card->sent_count);
		EXPECT_EQ(self->tail, card_peek(card, E1000_TDH));
		EXPECT_EQ(self->tail, card_peek(card, E1000_TDT));
		card_forget(card);
	}
}

/* The other way shows what was written this way, and the reverse. */
TEST_F(card, a_register_is_one_by_either_way)
{
	struct nemu_card *card = self->card;

	card_poke(card, E1000_TDT, 5);
	EXPECT_EQ(5, card_read(card, E1000_TDT));
	card_write(card, E1000_TDT, 6);
	EXPECT_EQ(6, card_peek(card, E1000_TDT));
	card_poke(card, E1000_RDBAL, 0xffffffff);
	EXPECT_EQ(0xfffffff0, card_read(card, E1000_RDBAL));
	EXPECT_EQ(0xfffffff0, card_peek(card, E1000_RDBAL));
	card_poke(card, E1000_TDT, 0xabcd0007);
	card_sync(card, false);
	EXPECT_EQ(7, card_peek(card, E1000_TDT));
	/* Where an older card had it */
	card_poke(card, E1000_TDT, 9);
	EXPECT_EQ(9, card_read(card, 0x438));
}

/* Each bit that can be written by an exit can be written by memory, no other. */
TEST_F(card, masks_are_those_of_registers)
{
	static const u32 patterns[] = { 0xffffffff, 0x5a5a5a5a, 0xa5a5a5a5, 0 };
	struct nemu_card *other = malloc(sizeof(*other));
	u32 offset, i;

	card_init(other, &nemu_e1000, mac);
	for (offset = E1000_WINDOW; offset < E1000_WINDOW + E1000_WINDOW_SIZE; offset += 4) {
		for (i = 0; i < ARRAY_SIZE(patterns); i++) {
			card_write(other, offset, patterns[i]);
			card_poke(self->card, offset, patterns[i]);
			card_sync(self->card, true);
			ASSERT_EQ(card_read(other, offset), card_peek(self->card, offset))
				TH_LOG("0x%x after 0x%x", offset, patterns[i]);
			ASSERT_EQ(card_read(other, offset), card_read(self->card, offset));
		}
	}
	card_free(other);
	free(other);
}

/* A ring that was set up in memory is there when an exit switches it on. */
TEST_F(card, what_starts_a_ring_comes_after_it)
{
	struct nemu_card *card = self->card;

	card_poke(card, E1000_TDBAL, TX_RING);
	card_poke(card, E1000_TDLEN, RING * E1000_DESC_SIZE);
	put_frame(self);
	card_poke(card, E1000_TDT, 1);
	card_write(card, E1000_TCTL, E1000_TCTL_EN | E1000_TCTL_PSP);
	card_run(card);
	EXPECT_EQ(1, card->sent_count);
	EXPECT_EQ(1, card_peek(card, E1000_TDH));
}

/* Descriptors that were read ahead are not those of the new ring. */
TEST_F(card, another_ring_counts_before_its_tail)
{
	struct nemu_card *card = self->card;

	tx_on(card);
	put_frame(self);
	card_poke(card, E1000_TDT, self->tail);
	card_run(card);
	memcpy(card->memory + RX_RING, card->memory + TX_RING, E1000_DESC_SIZE);
	put64(card, RX_RING + 8, TX_WORD(99));
	make_frame(card->memory + TX_DATA, 99, peer, 0x88b5);
	card_poke(card, E1000_TDBAL, RX_RING);
	card_poke(card, E1000_TDH, 0);
	/* The same as before: that is not seen, but the rest of it is. */
	card_poke(card, E1000_TDT, 1);
	card_sync(card, true);
	card_run(card);
	ASSERT_EQ(2, card->sent_count);
	EXPECT_EQ(99, card->sent[1].len);
}

TEST_F(card, a_waiting_frame_hears_of_descriptors)
{
	struct nemu_card *card = self->card;
	u8 frame[60];

	rx_on(card, 0);
	card_write(card, E1000_RDT, 0);
	make_frame(frame, sizeof(frame), (const u8 *)"\xff\xff\xff\xff\xff\xff", 0x88b5);
	card->kicked = false;
	EXPECT_EQ(-ENOBUFS, card_give(card, frame, sizeof(frame), 0));
	EXPECT_FALSE(card->kicked);
	card_poke(card, E1000_RDT, 4);
	EXPECT_TRUE(card->kicked);
	EXPECT_EQ(0, card_give(card, frame, sizeof(frame), 0));
	EXPECT_EQ(1, card_peek(card, E1000_RDH));
}

/* RDTR has a bit that does something and is not stored. */
TEST_F(card, a_delay_is_cut_short)
{
	struct nemu_card *card = self->card;
	u8 frame[60];

	rx_on(card, 0);
	card_write(card, E1000_RDTR, 1000);
	card_write(card, E1000_IMS, E1000_ICR_RXT0);
	make_frame(frame, sizeof(frame), (const u8 *)"\xff\xff\xff\xff\xff\xff", 0x88b5);
	EXPECT_EQ(0, card_give(card, frame, sizeof(frame), 0));
	EXPECT_FALSE(card->line);
	card_poke(card, E1000_RDTR, 1000 | E1000_RDTR_FPD);
	EXPECT_TRUE(card->line);
	EXPECT_EQ(1000, card_peek(card, E1000_RDTR));
}

TEST_F(card, a_reset_shows_in_memory)
{
	struct nemu_card *card = self->card;
	u32 offset;

	for (offset = E1000_WINDOW; offset < E1000_WINDOW + E1000_WINDOW_SIZE; offset += 4)
		card_poke(card, offset, 0x12345678);
	card_reset(card);
	for (offset = E1000_WINDOW; offset < E1000_WINDOW + E1000_WINDOW_SIZE; offset += 4)
		ASSERT_EQ(nemu_e1000_peek(card, offset), card_peek(card, offset))
			TH_LOG("at 0x%x", offset);
	EXPECT_EQ(0, card_peek(card, E1000_TDT));
	EXPECT_EQ(0x00010000, card_peek(card, E1000_RXDCTL));
	EXPECT_FALSE(card->model->rung(card));
}

/* A guest's processor writes while the worker takes over: the last one stays. */
static void *write_tails(void *arg)
{
	struct nemu_card *card = arg;
	u32 i;

	for (i = 0; i < 1000000; i++)
		WRITE_ONCE(card->window[(E1000_TDT - E1000_WINDOW) / 4],
			   i % 3 ? i & 0xffff : i | 0xffff0000);
	WRITE_ONCE(card->window[(E1000_TDT - E1000_WINDOW) / 4], 0x10042);
	return NULL;
}

TEST_F(card, no_write_is_undone)
{
	struct nemu_card *card = self->card;
	pthread_t thread;
	bool over = false;
	u32 i, n = 0;

	card->shared = true;
	ASSERT_EQ(0, pthread_create(&thread, NULL, write_tails, card));
	while (!over) {
		over = !pthread_tryjoin_np(thread, NULL);
		for (i = 0; i < 100; i++) {
			if (card->model->rung(card)) {
				card_sync(card, i % 2);
				n++;
			}
		}
	}
	EXPECT_LT(0, n);
	EXPECT_EQ(0x42, card_peek(card, E1000_TDT));
	EXPECT_EQ(0x42, card_read(card, E1000_TDT));
}

TEST_HARNESS_MAIN
