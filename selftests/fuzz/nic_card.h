/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A card without a kernel: what the core gives a model (kmod/nic/model.h), over
 * an array as guest memory and a clock that the test moves.
 */
#ifndef _FUZZ_NIC_CARD_H
#define _FUZZ_NIC_CARD_H

#include "model.h"

#define CARD_MEMORY	(4 * 1024 * 1024)
#define CARD_TIMERS	8
#define CARD_FRAMES	256
#define CARD_FRAME_MAX	(NEMU_TX_LEN + 4)

/* What the model handed on, completed as the core would. */
struct card_frame {
	u32 len;
	u8 *data;
	bool csum;
	enum nemu_gso gso;
	u16 gso_size;
	bool vlan;
};

struct nemu_rx {
	const u8 *data;
	u32 len;
	u32 flags;
};

struct nemu_card {
	const struct nemu_model *model;
	void *state;
	u8 *memory;
	u64 now;
	u64 timer[CARD_TIMERS];		/* when it expires; 0 = stopped */
	bool link;
	u64 autoneg;			/* how long it takes */
	bool line;
	unsigned int rises;		/* of the line */
	unsigned int falls;
	bool kicked;
	bool locked;			/* the ring mutex */
	bool no_master;			/* bus mastering is off */
	u32 *window;			/* what the guest has as memory */
	bool shared;			/* and that it may have written there */
	unsigned int trapped[NEMU_TRAPS];
	unsigned int again_every;	/* each n-th access to memory is refused once */
	unsigned int accesses;
	struct card_frame sent[CARD_FRAMES];	/* that left the card */
	unsigned int sent_count;
	struct card_frame looped[CARD_FRAMES];
	unsigned int looped_count;
	unsigned int super_frames;
	unsigned int missed;		/* frames, and the model was not told yet */
	unsigned int forgotten;		/* how often it wanted what waits dropped */
};

/* The card as it is plugged in, with this address. */
void card_init(struct nemu_card *card, const struct nemu_model *model, const u8 *mac);
void card_free(struct nemu_card *card);

/* Accesses by the guest */
u32 card_read(struct nemu_card *card, u32 offset);
void card_write(struct nemu_card *card, u32 offset, u32 value);

/* The same as memory, without an exit; a write rings if the model says so. */
u32 card_peek(struct nemu_card *card, u32 offset);
void card_poke(struct nemu_card *card, u32 offset, u32 value);
/* The worker takes over what was written there, all of it when it goes to sleep. */
void card_sync(struct nemu_card *card, bool all);

/* Lets the worker run until it has nothing to do. */
void card_run(struct nemu_card *card);
/* Time passes; timers expire. */
void card_wait(struct nemu_card *card, u64 ns);
/* A frame for the guest; returns what ->receive says. */
int card_give(struct nemu_card *card, const void *data, u32 len, u32 flags);
void card_plug(struct nemu_card *card, bool plugged);
void card_reset(struct nemu_card *card);
/* Forgets what was sent. */
void card_forget(struct nemu_card *card);

/* The Internet checksum of some bytes is right, or would be stored as this. */
u16 card_sum(const u8 *data, u32 len, u32 start);

#endif /* _FUZZ_NIC_CARD_H */
