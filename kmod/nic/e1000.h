/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model of an Intel 82540EM, one stage of the card's work per file:
 *
 *   e1000.c            what the core calls; the card as a whole
 *   e1000_regs.c       the table of registers
 *   e1000_window.c     those that the guest may have as memory
 *   e1000_eeprom.c     EEPROM and what is loaded from it
 *   e1000_phy.c        PHY, autonegotiation, link
 *   e1000_irq.c        causes, masks and delays of interrupts
 *   e1000_stats.c      statistics
 *   e1000_tx.c         transmit ring and descriptors
 *   e1000_frame.c      a frame from the guest: pieces, checksums
 *   e1000_tso.c        TCP segmentation
 *   e1000_rx.c         receive ring and descriptors
 *   e1000_filter.c     which frames are received
 */
#ifndef _NEMU_NIC_E1000_H
#define _NEMU_NIC_E1000_H

#include "e1000_hw.h"
#include "model.h"

/*
 * Registers that a guest may have as memory: the rings, and what belongs to them.
 * None of them has a side effect when it is read.
 */
#define E1000_WINDOW		0x02000
#define E1000_WINDOW_SIZE	0x02000

/* Timers of a card */
enum nemu_e1000_timer {
	E1000_TIMER_RX,		/* RDTR, RADV */
	E1000_TIMER_TX,		/* TIDV, TADV */
	E1000_TIMER_ITR,
	E1000_TIMER_AUTONEG,
	E1000_TIMERS,
};

/**
 * struct nemu_e1000_irq - interrupts
 * @icr: causes
 * @ims: those that may interrupt
 * @line: level of the line
 * @raised: it was raised since the last reset
 * @raised_at: when
 * @throttled: %E1000_TIMER_ITR is set
 * @delayed: a cause waits for %E1000_TIMER_RX or %E1000_TIMER_TX
 * @latest: when it may wait no longer
 */
struct nemu_e1000_irq {
	u32 icr;
	u32 ims;
	bool line;
	bool raised;
	u64 raised_at;
	bool throttled;
	bool delayed[2];
	u64 latest[2];
};

/**
 * struct nemu_e1000_eeprom - EEPROM of the Microwire kind, 93C46
 * @word: contents
 * @in: bits that were clocked in since the start bit
 * @bits: how many
 * @started: the start bit was seen
 * @reading: a word is clocked out
 * @writable: the command that enables writing was seen
 * @do_bit: level of the data out pin
 * @addr: of what is read
 * @out: bits yet to be clocked out
 * @out_bits: how many
 */
struct nemu_e1000_eeprom {
	u16 word[E1000_EEPROM_WORDS];
	u32 in;
	u8 bits;
	bool started;
	bool reading;
	bool writable;
	bool do_bit;
	u8 addr;
	u16 out;
	u8 out_bits;
};

/**
 * struct nemu_e1000_phy - PHY
 * @reg: registers that are stored; others are made up when read
 * @cable: the cable is plugged in
 * @link: the link is up
 * @was_down: it was down since the status was last read
 * @negotiated: autonegotiation is complete
 * @page_received: a page came since that was last read
 */
struct nemu_e1000_phy {
	u16 reg[E1000_PHY_REGS];
	bool cable;
	bool link;
	bool was_down;
	bool negotiated;
	bool page_received;
};

/**
 * struct nemu_e1000_context - context descriptor, 3.3.6
 * @ipcss: where the IP checksum starts
 * @ipcso: where it is stored
 * @ipcse: its last byte, 0 = end of the frame
 * @tucss: where the TCP or UDP checksum starts
 * @tucso: where it is stored
 * @tucse: its last byte, 0 = end of the frame
 * @hdr_len: bytes of all headers
 * @mss: bytes of payload in each frame
 * @tcp: TCP, or else UDP
 * @ip: IPv4, or else IPv6
 */
struct nemu_e1000_context {
	u8 ipcss;
	u8 ipcso;
	u16 ipcse;
	u8 tucss;
	u8 tucso;
	u16 tucse;
	u8 hdr_len;
	u16 mss;
	bool tcp;
	bool ip;
};

#define E1000_TX_CACHE	32

/**
 * struct nemu_e1000_tx - transmitter
 * @context: of checksums, of TCP segmentation
 * @open: a frame has begun
 * @whole: and is complete
 * @bad: it can't be sent
 * @tse: it is to be segmented
 * @vlan: it gets a VLAN tag
 * @vlan_tci: which
 * @popts: checksums yet to be put in
 * @legacy: descriptors of the old kind
 * @cso: where those want the checksum
 * @css: where it starts
 * @len: bytes so far
 * @head_len: of which in @head
 * @first: first entry of @seg that is not yet in @head
 * @segs: end of @seg
 * @seg: where the frame is
 * @prepared: the headers are made ready to be sent
 * @cut: they are in @hdr: the card segments, not the core
 * @frames: frames of the segmentation that were sent
 * @sent: bytes of payload in them
 * @hdr: headers as the guest gave them
 * @cached: descriptors in @desc, the first of which is at the head of the ring
 * @next: those that are done
 * @desc: descriptors
 * @head: first bytes of the frame
 */
struct nemu_e1000_tx {
	struct nemu_e1000_context context[2];
	bool open;
	bool whole;
	bool bad;
	bool tse;
	bool vlan;
	u16 vlan_tci;
	u8 popts;
	bool legacy;
	u8 cso;
	u8 css;
	u32 len;
	u32 head_len;
	unsigned int first;
	unsigned int segs;
	struct nemu_seg seg[NEMU_TX_SEGS];
	bool prepared;
	bool cut;
	u32 frames;
	u32 sent;
	u8 hdr[256];
	unsigned int cached;
	unsigned int next;
	u8 desc[E1000_TX_CACHE * E1000_DESC_SIZE];
	u8 head[NEMU_TX_LEN];
};

/* What one frame may take, empty ones among them */
#define E1000_RX_DESCS	128

/**
 * struct nemu_e1000_rx - receiver
 * @waiting: the core keeps a frame until there are descriptors
 * @starved: that was counted
 * @arrived: frames were handed over, and the driver was not told yet
 * @causes: what else it is to be told
 * @ready: end of the descriptors in @desc
 * @next: the first that is not used, it is at the head of the ring
 * @desc: descriptors that were read
 */
struct nemu_e1000_rx {
	bool waiting;
	bool starved;
	bool arrived;
	u32 causes;
	unsigned int ready;
	unsigned int next;
	u8 desc[E1000_RX_DESCS * E1000_DESC_SIZE];
};

/**
 * struct nemu_e1000 - state of a card
 * @lock: protects @irq, @eeprom, @phy and statistics; inside the ring mutex
 * @ioaddr: register that I/O ports reach
 * @irq: interrupts
 * @eeprom: EEPROM
 * @phy: PHY
 * @tx: transmitter, under the ring mutex
 * @rx: receiver, under the ring mutex but for @rx.waiting
 * @window: what the guest has of some of them as memory, see model.h
 * @reg: registers, a word each; read and written in one piece
 */
struct nemu_e1000 {
	spinlock_t lock;
	u32 ioaddr;
	struct nemu_e1000_irq irq;
	struct nemu_e1000_eeprom eeprom;
	struct nemu_e1000_phy phy;
	struct nemu_e1000_tx tx;
	struct nemu_e1000_rx rx;
	u32 *window;
	u32 reg[E1000_BAR0_SIZE / sizeof(u32)];
};

/* A register whose offset is known to be one. */
static inline u32 nemu_e1000_get(const struct nemu_e1000 *e, u32 offset)
{
	return READ_ONCE(e->reg[offset / sizeof(u32)]);
}

static inline bool nemu_e1000_in_window(u32 offset)
{
	return offset - E1000_WINDOW < E1000_WINDOW_SIZE;
}

static inline u32 *nemu_e1000_window(struct nemu_e1000 *e, u32 offset)
{
	return &e->window[(offset - E1000_WINDOW) / sizeof(u32)];
}

static inline void nemu_e1000_set(struct nemu_e1000 *e, u32 offset, u32 value)
{
	if (nemu_e1000_in_window(offset)) {
		WRITE_ONCE(*nemu_e1000_window(e, offset), value);
		smp_wmb();	/* whoever sees the register sees the window */
	}
	WRITE_ONCE(e->reg[offset / sizeof(u32)], value);
}

/*
 * The head of a ring, which goes on many times under the ring mutex before the
 * guest is told: then it is shown once. The guest writes the tail beside it.
 */
static inline void nemu_e1000_set_head(struct nemu_e1000 *e, u32 offset, u32 value)
{
	WRITE_ONCE(e->reg[offset / sizeof(u32)], value);
}

static inline void nemu_e1000_show_head(struct nemu_e1000 *e, u32 offset)
{
	WRITE_ONCE(*nemu_e1000_window(e, offset), nemu_e1000_get(e, offset));
}

/* e1000_regs.c; no lock, but for the last: ring mutex held */
u32 nemu_e1000_load(struct nemu_card *card, u32 offset);
u32 nemu_e1000_peek(struct nemu_card *card, u32 offset);
void nemu_e1000_store(struct nemu_card *card, u32 offset, u32 value);
void nemu_e1000_regs_reset(struct nemu_e1000 *e, bool power_on);
const char *nemu_e1000_reg_name(u32 offset);
extern const char *const nemu_e1000_traps[];
void nemu_e1000_take_over(struct nemu_card *card, struct nemu_e1000 *e, u32 offset,
			  u32 old, u32 word);

/* e1000_window.c; ring mutex held, but for the first */
bool nemu_e1000_rung(struct nemu_card *card);
void nemu_e1000_sync(struct nemu_card *card, bool all);
void nemu_e1000_publish(struct nemu_card *card);

/* e1000.c; ring mutex held */
void nemu_e1000_software_reset(struct nemu_card *card, struct nemu_e1000 *e);

/* e1000_eeprom.c; @lock held but for init */
void nemu_e1000_eeprom_init(struct nemu_e1000 *e, const u8 *mac);
void nemu_e1000_eeprom_set_mac(struct nemu_e1000 *e, const u8 *mac);
void nemu_e1000_eeprom_load(struct nemu_e1000 *e);
u32 nemu_e1000_eecd_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset);
void nemu_e1000_eecd_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);
void nemu_e1000_eerd_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);

/* e1000_phy.c; @lock held, but for link and loopback */
void nemu_e1000_phy_reset(struct nemu_card *card, struct nemu_e1000 *e);
void nemu_e1000_phy_hold(struct nemu_card *card, struct nemu_e1000 *e, bool hold);
void nemu_e1000_phy_cable(struct nemu_card *card, struct nemu_e1000 *e, bool plugged);
void nemu_e1000_phy_negotiated(struct nemu_card *card, struct nemu_e1000 *e);
void nemu_e1000_mdic_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);
u32 nemu_e1000_status_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset);
bool nemu_e1000_link(const struct nemu_e1000 *e);
bool nemu_e1000_loopback(const struct nemu_e1000 *e);

/* e1000_irq.c; @lock held */
void nemu_e1000_irq_reset(struct nemu_card *card, struct nemu_e1000 *e);
void nemu_e1000_irq_cause(struct nemu_card *card, struct nemu_e1000 *e, u32 causes);
void nemu_e1000_irq_delay(struct nemu_card *card, struct nemu_e1000 *e,
			  enum nemu_e1000_timer timer);
void nemu_e1000_irq_flush(struct nemu_card *card, struct nemu_e1000 *e,
			  enum nemu_e1000_timer timer);
void nemu_e1000_irq_update(struct nemu_card *card, struct nemu_e1000 *e);
u32 nemu_e1000_icr_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset);
void nemu_e1000_icr_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);
u32 nemu_e1000_ics_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset);
void nemu_e1000_ics_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);
u32 nemu_e1000_ims_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset);
void nemu_e1000_ims_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);
void nemu_e1000_imc_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);
void nemu_e1000_itr_store(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);
void nemu_e1000_rdtr_written(struct nemu_card *card, struct nemu_e1000 *e, u32 offset, u32 value);

/* e1000_stats.c; @lock held */
void nemu_e1000_stat_add(struct nemu_e1000 *e, u32 offset, u32 n);
u32 nemu_e1000_stat_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset);
void nemu_e1000_stat_sent(struct nemu_e1000 *e, const u8 *dst, u32 len, u32 frames);
void nemu_e1000_stat_received(struct nemu_e1000 *e, const u8 *dst, u32 len);

/* e1000_tx.c; ring mutex held */
void nemu_e1000_tx_reset(struct nemu_e1000 *e);
void nemu_e1000_tx_ring_changed(struct nemu_e1000 *e);
int nemu_e1000_work(struct nemu_card *card, int budget);

/* e1000_frame.c; ring mutex held */
void nemu_e1000_frame_end(struct nemu_e1000 *e);
int nemu_e1000_frame_add(struct nemu_card *card, struct nemu_e1000 *e, u64 addr, u32 len);
int nemu_e1000_frame_pull(struct nemu_card *card, struct nemu_e1000 *e, u32 len);
int nemu_e1000_frame_pass(struct nemu_card *card, struct nemu_e1000 *e, struct nemu_tx *tx);
int nemu_e1000_frame_send(struct nemu_card *card, struct nemu_e1000 *e, int *budget);
u16 nemu_e1000_sum(const u8 *data, u32 len);
void nemu_e1000_sum_put(u8 *data, u32 len, u32 start, u32 at, u32 last);

/* e1000_tso.c; ring mutex held */
int nemu_e1000_tso_send(struct nemu_card *card, struct nemu_e1000 *e, int *budget);

/* e1000_rx.c; ring mutex held but for the tail; @lock for the counter */
void nemu_e1000_rx_ring_changed(struct nemu_e1000 *e);
int nemu_e1000_receive(struct nemu_card *card, struct nemu_rx *rx);
void nemu_e1000_received(struct nemu_card *card);
void nemu_e1000_rx_tail(struct nemu_card *card, struct nemu_e1000 *e);
void nemu_e1000_missed(struct nemu_card *card, u32 frames);
u32 nemu_e1000_mpc_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset);

/* What the filter makes of a frame. */
enum nemu_e1000_match {
	E1000_MATCH_NONE,
	E1000_MATCH_EXACT,
	E1000_MATCH_INEXACT,	/* by the hash or promiscuously: RXD.PIF */
};

/* e1000_filter.c; no lock */
enum nemu_e1000_match nemu_e1000_filter(const struct nemu_e1000 *e, const u8 *frame);
bool nemu_e1000_is_vlan(const struct nemu_e1000 *e, const u8 *frame, u32 len);

#endif /* _NEMU_NIC_E1000_H */
