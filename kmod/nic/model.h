/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The line between the model of a network card and the core that carries it.
 *
 * A model turns what a guest's driver writes to registers and rings into frames
 * and interrupts, and back. It is pure: it knows neither VFIO nor net devices,
 * sees guest memory through nemu_dma_*() only, and compiles in user space as
 * well, where tests and fuzzers stand in for the core.
 *
 * DOC: Context and locking
 *
 * Each card has a mutex, the ring mutex. ->work, ->receive, ->received,
 * ->missed, ->timer, ->reset, ->set_link, ->set_mac, ->regs, ->sync and ->publish
 * run under it, in a
 * thread that may sleep: the card's worker, or for ->work the vCPU that wrote a
 * register. ->read and ->write run in the guest's vCPU threads, several at a time,
 * without it: registers are words that are read and written in one piece, and what
 * must change together has a spinlock of the model's own, which is taken inside the
 * ring mutex. A register write that must not meet a running ring (a reset) may take
 * the ring mutex by nemu_card_lock().
 *
 * The core calls nothing of the model before ->init, and ->init, ->reset follow
 * each other before the first access. Order of locks: ring mutex, the model's
 * spinlocks, the core's interrupt and timer locks.
 *
 * DOC: Doorbells
 *
 * A model may have whole pages of registers that a guest is given as memory, to
 * write to them without an exit (doorbell.c). The model's registers stay the
 * truth, and the window, which is that memory, is a letter box: the model puts
 * there what the guest is to read, and a word that differs from its register is
 * one that the guest has written. ->sync takes such words over, each as if it had
 * been written by ->write. So:
 *
 * - A window is for registers that mean the same a little later, and that have no
 *   side effect when they are read. All others stay outside.
 * - Whoever writes a register writes the window first and the register last, but
 *   for ->sync, which writes the register with cmpxchg() and the window only where
 *   it has to, and with cmpxchg(): neither undoes a write that came meanwhile.
 * - A word is copied once, and the copy is checked and used.
 * - A value that is there already is not seen to be written. A write of less than
 *   a word changes the word.
 */
#ifndef _NEMU_NIC_MODEL_H
#define _NEMU_NIC_MODEL_H

#include "../pure.h"

struct nemu_card;	/* the core's; the model keeps its own state inside */
struct nemu_rx;		/* the core's; a frame for the guest */

/* ---- what the core gives a model ---------------------------------------- */

/**
 * nemu_card_state() - the model's own memory
 * @card: card
 *
 * Return: &nemu_model.state_size bytes, zeroed before ->init.
 */
void *nemu_card_state(struct nemu_card *card);

/**
 * nemu_card_lock() - take the ring mutex
 * @card: card
 *
 * For ->write and ->read only; may sleep.
 */
void nemu_card_lock(struct nemu_card *card);

/**
 * nemu_card_unlock() - give the ring mutex back
 * @card: card
 */
void nemu_card_unlock(struct nemu_card *card);

/**
 * nemu_dma_read() - read guest memory
 * @card: card
 * @addr: address as the guest's driver gave it
 * @to: filled in only on success
 * @len: bytes, at most 64 KiB; 0 is fine
 *
 * Needs the ring mutex.
 *
 * Return: 0; -EFAULT: there is no such memory, or the guest has switched bus
 * mastering off: the model does what the hardware would; -EAGAIN: a limit of
 * the host, which the core counted: the model changes nothing and is called
 * again later.
 */
int nemu_dma_read(struct nemu_card *card, u64 addr, void *to, size_t len);

/**
 * nemu_dma_write() - write guest memory
 * @card: card
 * @addr: address as the guest's driver gave it
 * @from: bytes
 * @len: how many, at most 64 KiB
 *
 * Needs the ring mutex.
 *
 * Return: as nemu_dma_read(); on failure any part may have been written.
 */
int nemu_dma_write(struct nemu_card *card, u64 addr, const void *from,
		   size_t len);

/**
 * nemu_dma_store64() - hand a descriptor over
 * @card: card
 * @addr: address, a multiple of 8
 * @value: in the CPU's byte order; stored as little-endian
 *
 * One store, which the guest sees after all that was written before. Needs the
 * ring mutex.
 *
 * Return: as nemu_dma_read().
 */
int nemu_dma_store64(struct nemu_card *card, u64 addr, u64 value);

/**
 * nemu_card_irq() - set the interrupt line
 * @card: card
 * @level: INTx is asserted; with MSI or MSI-X each rise is message 0
 *
 * Called under the model's spinlock, so that levels arrive in order.
 */
void nemu_card_irq(struct nemu_card *card, bool level);

/**
 * nemu_card_messages() - has the guest switched MSI or MSI-X on?
 * @card: card
 *
 * Return: whether; else there is only the line.
 */
bool nemu_card_messages(struct nemu_card *card);

/**
 * nemu_card_message() - send a message of MSI or MSI-X
 * @card: card
 * @vector: which, below those in &struct nemu_pci
 *
 * A masked one is pending until it is not. Lost if nobody listens to it, or while
 * neither is on. Any context.
 */
void nemu_card_message(struct nemu_card *card, unsigned int vector);

/**
 * nemu_card_kick() - there may be something to do
 * @card: card
 *
 * ->work will be called soon, and frames that ->receive refused are offered
 * again. Any context.
 */
void nemu_card_kick(struct nemu_card *card);

/**
 * nemu_card_transmit() - the guest has given something to send
 * @card: card
 *
 * As nemu_card_kick(), but ->work may run before this returns. From ->write only,
 * without any lock.
 */
void nemu_card_transmit(struct nemu_card *card);

/**
 * nemu_card_timer() - set a one-shot timer
 * @card: card
 * @index: which, below &nemu_model.timers
 * @ns: from now on; 0 = stop it
 *
 * When it expires the core calls ->timer. A timer that is set again is moved; one
 * that is stopped may still expire once if it was about to. Any context.
 */
void nemu_card_timer(struct nemu_card *card, unsigned int index, u64 ns);

/**
 * nemu_card_now() - nanoseconds of a clock that never goes back
 * @card: card
 *
 * Return: the time.
 */
u64 nemu_card_now(struct nemu_card *card);

/**
 * nemu_card_link() - is the cable plugged in?
 * @card: card
 *
 * Return: what the administrator set.
 */
bool nemu_card_link(struct nemu_card *card);

/**
 * nemu_card_forget() - the receiver was reset
 * @card: card
 *
 * Frames that wait for the guest are dropped, as a card's packet memory forgets
 * them: else the next driver would be given frames from before its time. Needs the
 * ring mutex, and must not be called from ->receive.
 */
void nemu_card_forget(struct nemu_card *card);

/**
 * nemu_card_missed() - frames the core dropped because its memory was full
 * @card: card
 *
 * For a counter that is about to be read: ->missed tells the rest, soon. Any
 * context.
 *
 * Return: how many, since this or ->missed last told.
 */
u32 nemu_card_missed(struct nemu_card *card);

/**
 * nemu_card_autoneg() - how long autonegotiation is to take
 * @card: card
 *
 * Return: nanoseconds, not 0, as the administrator set.
 */
u64 nemu_card_autoneg(struct nemu_card *card);

/**
 * nemu_card_window() - the memory of the doorbells
 * @card: card
 *
 * Return: &nemu_model.doorbell.size bytes, zeroed before ->init.
 */
u32 *nemu_card_window(struct nemu_card *card);

/**
 * nemu_card_is_shared() - may the guest have written to the window?
 * @card: card
 *
 * Any context.
 *
 * Return: whether: from the first time on that the guest was given it, until the
 * card is closed, while the card decodes memory.
 */
bool nemu_card_is_shared(const struct nemu_card *card);

/**
 * nemu_card_trapped() - the guest needed an exit
 * @card: card
 * @index: which of &nemu_model.traps to count
 *
 * Any context.
 */
void nemu_card_trapped(struct nemu_card *card, unsigned int index);

/* ---- frames from the guest ---------------------------------------------- */

/* A frame of more pieces has to be put together by the model. */
#define NEMU_TX_SEGS	48

/* The longest frame that may be handed on: a TSO super-frame. */
#define NEMU_TX_LEN	(65535 + 256)

/**
 * enum nemu_gso - how a super-frame is to be cut
 * @NEMU_GSO_NONE: it is one frame
 * @NEMU_GSO_TCPV4: TCP over IPv4
 * @NEMU_GSO_TCPV6: TCP over IPv6
 */
enum nemu_gso {
	NEMU_GSO_NONE,
	NEMU_GSO_TCPV4,
	NEMU_GSO_TCPV6,
};

/**
 * struct nemu_seg - a piece of a frame in guest memory
 * @addr: where
 * @len: how long, not 0
 */
struct nemu_seg {
	u64 addr;
	u32 len;
};

/**
 * struct nemu_tx - a frame or super-frame from the guest
 * @head: its first bytes, in the model's memory
 * @head_len: how many, 0 to &nemu_tx.len
 * @seg: the rest, in guest memory
 * @segs: how many, at most %NEMU_TX_SEGS
 * @len: bytes of both, %ETH_HLEN to %NEMU_TX_LEN; without FCS
 * @vlan: a VLAN tag (0x8100) is to be put in behind the addresses
 * @vlan_tci: it
 * @csum: from @csum_start to the end the Internet checksum is to be stored at
 *	@csum_start + @csum_offset, where the pseudo header's sum stands now; as
 *	CHECKSUM_PARTIAL. The model has checked that the place is in the frame.
 * @csum_start: offset in the frame, counted without @vlan
 * @csum_offset: offset of the checksum from there
 * @gso: how to cut; then @csum is set, and the headers are in @head, correct
 *	for a frame of the whole length (IP length and checksum, pseudo header)
 * @gso_size: bytes of TCP payload in each frame, not 0
 * @hdr_len: bytes in front of the payload
 * @loopback: the frame comes back to this card and goes nowhere else
 * @dst: filled in with the destination address if the frame is gone: the model may
 *	have seen nothing of it; or NULL
 */
struct nemu_tx {
	const u8 *head;
	u32 head_len;
	const struct nemu_seg *seg;
	unsigned int segs;
	u32 len;
	bool vlan;
	u16 vlan_tci;
	bool csum;
	u16 csum_start;
	u16 csum_offset;
	enum nemu_gso gso;
	u16 gso_size;
	u16 hdr_len;
	bool loopback;
	u8 *dst;
};

/**
 * nemu_card_send() - hand a frame on
 * @card: card
 * @tx: frame; nothing of it is used after the call
 *
 * Called from ->work, in the order in which the guest sends.
 *
 * Return: 0: gone, be it to a drop that the core counted; -EFAULT: a piece is
 * not in guest memory, nothing was sent; -EAGAIN: a limit of the host, nothing
 * was sent, the model keeps the frame and leaves ->work with -EAGAIN.
 */
int nemu_card_send(struct nemu_card *card, const struct nemu_tx *tx);

/* ---- frames to the guest ------------------------------------------------ */

/* Who wants to know more of a frame than its first bytes must copy it. */
#define NEMU_RX_HEAD	64

#define NEMU_RX_IP_OK	BIT(0)	/* the IPv4 header checksum is right */
#define NEMU_RX_L4_OK	BIT(1)	/* so is that of TCP or UDP */
#define NEMU_RX_LOOPBACK BIT(2)	/* the card sent it itself, &nemu_tx.loopback */

/**
 * nemu_rx_len() - length of a frame
 * @rx: frame: a VLAN tag is inside, checksums are complete, no GSO
 *
 * Return: %ETH_HLEN to &nemu_model.max_frame bytes, without FCS.
 */
u32 nemu_rx_len(const struct nemu_rx *rx);

/**
 * nemu_rx_head() - the first bytes of a frame
 * @rx: frame
 *
 * Return: %NEMU_RX_HEAD bytes, or as many as the frame has.
 */
const u8 *nemu_rx_head(const struct nemu_rx *rx);

/**
 * nemu_rx_flags() - what is known of a frame
 * @rx: frame
 *
 * Return: NEMU_RX_*; nothing is known of checksums that are not said to be OK.
 */
u32 nemu_rx_flags(const struct nemu_rx *rx);

/**
 * nemu_rx_copy() - put a part of a frame into guest memory
 * @card: card
 * @rx: frame
 * @offset: first byte of the frame
 * @addr: where to
 * @len: bytes; @offset + @len is not beyond the end of the frame
 *
 * Return: as nemu_dma_write().
 */
int nemu_rx_copy(struct nemu_card *card, struct nemu_rx *rx, u32 offset,
		 u64 addr, u32 len);

/* ---- what a model gives the core ---------------------------------------- */

#define NEMU_BARS	6

/**
 * enum nemu_bar_kind - base address register
 * @NEMU_BAR_NONE: not there
 * @NEMU_BAR_MEM32: memory
 * @NEMU_BAR_MEM64: memory, takes the next register as well
 * @NEMU_BAR_IO: I/O ports
 */
enum nemu_bar_kind {
	NEMU_BAR_NONE,
	NEMU_BAR_MEM32,
	NEMU_BAR_MEM64,
	NEMU_BAR_IO,
};

/**
 * struct nemu_bar - a region of registers
 * @kind: &enum nemu_bar_kind
 * @size: bytes, a power of two
 */
struct nemu_bar {
	enum nemu_bar_kind kind;
	u64 size;
};

/**
 * struct nemu_window - registers that a guest may be given as memory
 * @bar: base address register for memory
 * @offset: in it, a multiple of 4096
 * @size: bytes, a multiple of 4096; 0 = there are none
 */
struct nemu_window {
	u8 bar;
	u32 offset;
	u32 size;
};

/* What a model may count of exits. */
#define NEMU_TRAPS	16

/* No card may have more vectors. */
#define NEMU_VECTORS	64

/**
 * struct nemu_msix - MSI-X
 * @vectors: at most %NEMU_VECTORS, 0 = there is none
 * @bar: where table and pending bits are: a base address register for memory. The
 *	rest of it is the model's.
 * @table: offset of the table, of 16 bytes for each vector; a multiple of 8
 * @pba: offset of the pending bits, of 8 bytes; a multiple of 8
 */
struct nemu_msix {
	u16 vectors;
	u8 bar;
	u32 table;
	u32 pba;
};

/**
 * struct nemu_pci - what configuration space says of a card
 * @vendor: vendor
 * @device: device
 * @subsystem_vendor: subsystem vendor
 * @subsystem: subsystem
 * @class: base class, sub-class, interface in the lower three bytes
 * @revision: revision
 * @bar: base address registers
 * @msi: vectors of MSI, a power of two up to 32; 0 = there is none
 * @msix: MSI-X
 */
struct nemu_pci {
	u16 vendor;
	u16 device;
	u16 subsystem_vendor;
	u16 subsystem;
	u32 class;
	u8 revision;
	struct nemu_bar bar[NEMU_BARS];
	u8 msi;
	struct nemu_msix msix;
};

/* What a guest may leave to the card; told to the administrator. */
#define NEMU_MODEL_TSO		BIT(0)	/* to cut super-frames */
#define NEMU_MODEL_VLAN		BIT(1)	/* to put VLAN tags in and take them out */
#define NEMU_MODEL_CSUM		BIT(2)	/* to compute and check checksums */

/**
 * struct nemu_rings - what a driver has set up
 * @rx_size: descriptors of the receive ring, 0 = none
 * @rx_max: at most
 * @tx_size: descriptors of the transmit ring
 * @tx_max: at most
 * @rx_on: receiving
 * @tx_on: transmitting
 * @mac: the address the card answers to
 */
struct nemu_rings {
	u32 rx_size;
	u32 rx_max;
	u32 tx_size;
	u32 tx_max;
	bool rx_on;
	bool tx_on;
	u8 mac[ETH_ALEN];
};

/**
 * struct nemu_model - a kind of card
 * @name: as the administrator names it
 * @description: in words
 * @pci: configuration space
 * @features: NEMU_MODEL_*
 * @speed: of its line, in Mb/s; told, not kept to
 * @max_frame: longest frame the guest can be given, in bytes, with VLAN tag,
 *	without FCS
 * @state_size: bytes of nemu_card_state()
 * @timers: how many it uses
 * @regs_words: words of a register dump
 * @doorbell: registers that may be a window, those that ring among them
 * @traps: names of the registers whose exits it counts, at most %NEMU_TRAPS, then
 *	NULL; none if there is nothing to be counted
 * @init: gives the state what lasts, the address among it; once
 * @reset: power-on: all registers as the datasheet says, no interrupt, no
 *	timer, nothing of a frame kept. The address stays.
 * @read: a register is read: @width 1, 2 or 4, all of it in @bar. Bits above
 *	the width are ignored.
 * @write: a register is written
 * @work: transmit; at most about @budget frames. Returns how many descriptors
 *	it took, the budget if there may be more to do (it is called again),
 *	or -EAGAIN after a limit of the host (it is called again later).
 * @receive: a frame for the guest. 0: it was taken, be it to be filtered out;
 *	-ENOBUFS: there is no descriptor: the core keeps it as the card's own
 *	packet memory would, and comes again after a kick; -EAGAIN: a limit of
 *	the host, the core comes again later. @rx stays the core's.
 * @received: the end of some calls of ->receive, within the same hold of the
 *	ring mutex: what interrupts the guest is better said once, here
 * @missed: the core dropped @frames because its memory for the card was full
 * @timer: timer @index has expired
 * @set_link: the cable was plugged in or pulled
 * @set_mac: the administrator gave the card another address; seen by the guest
 *	after the next reset
 * @regs: a dump, without any side effect
 * @rings: what the driver has set up; any context
 * @rung: has the guest written to a doorbell? Cheap, any context. This and the
 *	next two for models with @doorbell only. Where a trapped write says that the
 *	driver is about to wait, the model looks by itself, and kicks.
 * @sync: take over what the guest wrote into the window: those words that ->work
 *	and ->receive depend on, or @all; under the ring mutex
 * @publish: write all of the window anew, whatever the guest wrote there; under
 *	the ring mutex
 */
struct nemu_model {
	const char *name;
	const char *description;
	struct nemu_pci pci;
	u32 features;
	u32 speed;
	u32 max_frame;
	size_t state_size;
	unsigned int timers;
	unsigned int regs_words;
	struct nemu_window doorbell;
	const char *const *traps;

	void (*init)(struct nemu_card *card, const u8 *mac);
	void (*reset)(struct nemu_card *card);
	u32 (*read)(struct nemu_card *card, unsigned int bar, u64 offset,
		    unsigned int width);
	void (*write)(struct nemu_card *card, unsigned int bar, u64 offset,
		      unsigned int width, u32 value);
	int (*work)(struct nemu_card *card, int budget);
	int (*receive)(struct nemu_card *card, struct nemu_rx *rx);
	void (*received)(struct nemu_card *card);
	void (*missed)(struct nemu_card *card, u32 frames);
	void (*timer)(struct nemu_card *card, unsigned int index);
	void (*set_link)(struct nemu_card *card, bool up);
	void (*set_mac)(struct nemu_card *card, const u8 *mac);
	void (*regs)(struct nemu_card *card, u32 *words);
	void (*rings)(struct nemu_card *card, struct nemu_rings *rings);
	bool (*rung)(struct nemu_card *card);
	void (*sync)(struct nemu_card *card, bool all);
	void (*publish)(struct nemu_card *card);
};

extern const struct nemu_model nemu_e1000;
extern const struct nemu_model nemu_bell;	/* of the selftests */

#endif /* _NEMU_NIC_MODEL_H */
