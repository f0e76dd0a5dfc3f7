/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core's side of a card: what stands between a model on the one hand and
 * VFIO and the net device on the other. "Transmit" and "receive" are the guest's
 * words here: rx.c takes what the host sends out of the net device.
 *
 * A card is born with its mediated device and dies with it. Between open and
 * close a virtual machine has it; only then there is a worker, guest memory and
 * interrupts.
 *
 * Locks, outermost first: RTNL; life (open or not, which net device); ring (the
 * model, see model.h); config; memory.lock; the model's own spinlocks; the locks
 * of the backlog and of interrupts. The worker never takes RTNL or life. Who has a
 * page fault on a doorbell holds the address space of the virtual machine, which is
 * inside memory.lock: he takes none of all these.
 */
#ifndef _NEMU_NIC_CARD_H
#define _NEMU_NIC_CARD_H

#include "model.h"
#include "pci_config.h"

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/vfio.h>
#include <linux/wait.h>
#include <linux/xarray.h>

/*
 * Milliseconds that autonegotiation takes, and at most. Long enough for a driver to
 * see the link go, short enough not to be waited for.
 */
#define NEMU_NIC_AUTONEG	2
#define NEMU_NIC_AUTONEG_MAX	60000

/* Where a region begins in the device file. */
#define NEMU_REGION_SHIFT	40
#define NEMU_REGION_INDEX(pos)	((u64)(pos) >> NEMU_REGION_SHIFT)
#define NEMU_REGION_OFFSET(pos)	((u64)(pos) & (BIT_ULL(NEMU_REGION_SHIFT) - 1))

/* Timers a model may have. */
#define NEMU_TIMERS		8

/* Descriptors and frames at a time, by a processor of the guest or to it. */
#define NEMU_NIC_BUDGET		64

/*
 * Those of the transmitter by the worker: a guest that waits since its ring is full is
 * told when much of it is free again, not each time that a little is.
 */
#define NEMU_NIC_TX_BUDGET	256

/* Pages of a guest that a card keeps pinned. */
#define NEMU_NIC_PAGES		1024

/* A power of two: pages of the guest that are found without a search. */
#define NEMU_NIC_RECENT		256

/* Frames waiting for a guest, in bytes with their overhead. */
#define NEMU_NIC_BACKLOG	(4 * 1024 * 1024)

/* What a card counts: symbol, name in "ethtool -S". */
#define NEMU_NIC_COUNTERS(_)						\
	_(DROP_CLOSED,		"drop_closed")				\
	_(DROP_BACKLOG,		"drop_backlog")				\
	_(DROP_TOO_LONG,	"drop_too_long")			\
	_(DROP_PREPARE,		"drop_prepare")				\
	_(DROP_DOWN,		"drop_down")				\
	_(DROP_MALFORMED,	"drop_malformed")			\
	_(NO_MEMORY,		"no_memory")				\
	_(BAD_ADDRESS,		"bad_address")				\
	_(INTERRUPTS,		"interrupts")				\
	_(PINNED,		"pages_pinned")				\
	_(EVICTED,		"pages_evicted")			\
	_(PIN_REFUSED,		"pin_refused")				\
	_(BOUNCED,		"copies_bounced")			\
	_(UNMAPPED,		"pages_unmapped")			\
	_(KICKS,		"doorbell_kicks")			\
	_(POLLS,		"doorbell_polls")			\
	_(NAPS,			"doorbell_naps")			\
	_(ZAPS,			"doorbell_zaps")			\
	_(MAPPED_NS,		"doorbell_mapped_ns")			\
	_(POLL_NS,		"doorbell_poll_ns")

#define NEMU_NIC_COUNTER_SYMBOL(symbol, name)	NEMU_NIC_##symbol,
enum nemu_nic_counter {
	NEMU_NIC_COUNTERS(NEMU_NIC_COUNTER_SYMBOL)
	NEMU_NIC_COUNTER_MAX,
};

struct nemu_nic_stats {
	unsigned long count[NEMU_NIC_COUNTER_MAX];
	unsigned long trapped[NEMU_TRAPS];
};

/**
 * struct nemu_irq - the interrupt line of a card
 * @lock: protects @level and @masked
 * @level: the model asserts its line
 * @masked: a signal is under way, nothing is sent before it is unmasked
 * @intx: where to signal, or NULL
 * @request: where to ask for the card back, or NULL
 * @unmask: an event that unmasks, or NULL
 */
struct nemu_irq {
	spinlock_t lock; /* protects level, masked */
	bool level;
	bool masked;
	struct eventfd_ctx __rcu *intx;
	struct eventfd_ctx __rcu *request;
	struct virqfd *unmask;
};

/* Words of an entry of MSI-X's table that mean nothing here: address and data. */
#define NEMU_MSIX_WORDS	3

/**
 * struct nemu_messages - MSI and MSI-X of a card
 * @lock: protects @pending and @masked; @kind is written under it, too
 * @kind: VFIO_PCI_MSI_IRQ_INDEX, VFIO_PCI_MSIX_IRQ_INDEX, or 0: neither is on
 * @pending: vectors that are due and masked
 * @masked: vectors that are not to be sent now, for whatever reason
 * @table_mask: those that the table of MSI-X masks
 * @table: the rest of that
 * @event: where to signal a vector, or NULL
 */
struct nemu_messages {
	spinlock_t lock; /* protects pending, masked */
	u32 kind;
	u64 pending;
	u64 masked;
	u64 table_mask;
	u32 table[NEMU_VECTORS][NEMU_MSIX_WORDS];
	struct eventfd_ctx __rcu *event[NEMU_VECTORS];
};

/**
 * struct nemu_memory - the guest's memory
 * @lock: protects all of it, and is held while bytes are copied
 * @pages: pinned pages by their number in the guest
 * @recent: those used last, by the lower bits of their number
 * @order: the same, oldest first
 * @count: how many
 * @no_pin_before: jiffies; the host refused a pin
 * @refused: @no_pin_before means something
 * @bounce: a page for copies without a pin
 */
struct nemu_memory {
	struct mutex lock; /* see above */
	struct xarray pages;
	struct nemu_page *recent[NEMU_NIC_RECENT];
	struct list_head order;
	unsigned int count;
	unsigned long no_pin_before;
	bool refused;
	void *bounce;
};

/**
 * struct nemu_backlog - frames on their way to the guest
 * @queue: as the host sent them; its lock protects @bytes and @open as well
 * @bytes: of memory in @queue
 * @open: frames are taken
 * @missed: frames dropped that the model was not told of
 * @ready: cut and checked; the worker's
 * @flags: of the first of @ready, NEMU_RX_*
 * @held: the model had no room for it
 */
struct nemu_backlog {
	struct sk_buff_head queue;
	size_t bytes;
	bool open;
	atomic_t missed;
	struct sk_buff *ready;
	bool held;
};

/**
 * struct nemu_doorbell - registers that the guest has as memory
 * @trap: the administrator wants none
 * @offered: while open: the guest is offered them
 * @window: their memory, see model.h
 * @inode: while open: whose pages they pass for, where VFIO has none for each card
 * @shared: the guest may have written there
 * @kicked: a page was given to the guest, and the worker has not seen that yet
 * @kicked_at: when; only a hint
 */
struct nemu_doorbell {
	bool trap;
	bool offered;
	u32 *window;
	struct inode *inode;
	bool shared;
	int kicked;
	u64 kicked_at;
};

/**
 * struct nemu_poll - the worker while the guest needs no exit; its own
 * @on: it looks for what the guest writes
 * @rang: the guest wrote something since @on
 * @since: when @on was set
 * @idle_since: when there was something last
 * @off_since: when @on was cleared
 * @patience: so long nothing may come before the pages are taken back
 * @nap: so long it sleeps if it has to
 * @fault_ns: so long a guest needs from the fault to its write, on average
 * @unpaid: polled, and not accounted for yet
 * @paid: accounted for in @period
 * @period: of the host's budget
 * @poor_until: no more of it before then
 */
struct nemu_poll {
	bool on;
	bool rang;
	u64 since;
	u64 idle_since;
	u64 off_since;
	u64 patience;
	u64 nap;
	u64 fault_ns;
	u64 unpaid;
	u64 paid;
	unsigned long period;
	u64 poor_until;
};

/* What the worker is woken for. */
enum nemu_wake {
	NEMU_WAKE_KICK,
	NEMU_WAKE_FRAMES,
	NEMU_WAKE_LINK,
};

struct nemu_timer {
	struct hrtimer timer;
	struct nemu_card *card;
	unsigned int index;
};

/**
 * struct nemu_card - a card
 * @vdev: for VFIO; first, it is freed with it
 * @model: what kind
 * @state: the model's
 * @dev: the net device
 * @stats: counters
 * @life: protects all up to @mac, and which device @dev is
 * @open: a virtual machine has it
 * @opener: process id of that
 * @opener_name: and its name
 * @leaving: it is about to be removed, and nobody gets it
 * @leaving_until: in jiffies; afterwards that is over
 * @owner: user and group of its device file, for udev; -1 = not told
 * @mac: the guest's address
 * @link: the administrator has the cable plugged in
 * @autoneg_ms: so long autonegotiation takes
 * @ring: the ring mutex
 * @config_lock: protects @config and what user space sets of @irq and @messages
 * @config: configuration space
 * @irq: the interrupt line
 * @messages: MSI and MSI-X
 * @memory: guest memory
 * @backlog: frames to the guest
 * @sent: frames from the guest that wait for the end of this round of ->work;
 *	under @ring as the next two
 * @sent_frames: how many
 * @sent_bytes: and of what length
 * @doorbell: registers as memory; @doorbell.trap and .offered are under @life
 * @poll: what the worker does about them
 * @worker: the thread, while open
 * @wait: where it waits
 * @wakes: enum nemu_wake, as bits
 * @fired: timers that expired, as bits
 * @timers: the model's
 * @retry: a kick, some time after a limit of the host
 */
struct nemu_card {
	struct vfio_device vdev;
	const struct nemu_model *model;
	void *state;
	struct net_device *dev;
	struct nemu_nic_stats __percpu *stats;

	struct mutex life; /* see above */
	bool open;
	pid_t opener;
	char opener_name[TASK_COMM_LEN];
	bool leaving;
	unsigned long leaving_until;
	s64 owner[2];
	u8 mac[ETH_ALEN];
	bool link;
	u32 autoneg_ms;

	struct mutex ring; /* see model.h */
	struct mutex config_lock; /* see above */
	struct nemu_pci_config config;
	struct nemu_irq irq;
	struct nemu_messages messages;
	struct nemu_memory memory;
	struct nemu_backlog backlog;
	struct list_head sent;
	unsigned int sent_frames;
	u64 sent_bytes;
	struct nemu_doorbell doorbell;
	struct nemu_poll poll;

	struct task_struct *worker;
	wait_queue_head_t wait;
	unsigned long wakes;
	unsigned long fired;
	struct nemu_timer timers[NEMU_TIMERS];
	struct hrtimer retry;
};

/* The private data of the net device. */
struct nemu_nic {
	struct nemu_card *card;
};

static inline void nemu_nic_add(struct nemu_card *card,
				enum nemu_nic_counter counter, unsigned long n)
{
	this_cpu_add(card->stats->count[counter], n);
}

static inline void nemu_nic_count(struct nemu_card *card,
				  enum nemu_nic_counter counter)
{
	nemu_nic_add(card, counter, 1);
}

/* mdev.c */
int nemu_mdev_register(void);
void nemu_mdev_unregister(void);

/* card.c */
int nemu_card_setup(struct nemu_card *card, const struct nemu_model *model);
void nemu_card_free(struct nemu_card *card);
int nemu_card_open(struct nemu_card *card);
void nemu_card_close(struct nemu_card *card);
void nemu_card_reset(struct nemu_card *card);

/* region.c */
u64 nemu_region_size(const struct nemu_card *card, unsigned int index);
ssize_t nemu_region_read(struct nemu_card *card, unsigned int index,
			 u64 offset, char __user *to, size_t len);
ssize_t nemu_region_write(struct nemu_card *card, unsigned int index,
			  u64 offset, const char __user *from, size_t len);

/* irq.c */
struct eventfd_ctx;
struct vfio_irq_set;

void nemu_irq_init(struct nemu_irq *irq);
void nemu_irq_signal(struct eventfd_ctx __rcu **slot);
void nemu_irq_release(struct nemu_card *card);
void nemu_irq_update(struct nemu_card *card);
bool nemu_irq_asserted(struct nemu_card *card);
void nemu_irq_request(struct nemu_card *card);
u32 nemu_irq_info(const struct nemu_card *card, unsigned int index, u32 *flags);
int nemu_irq_set(struct nemu_card *card, const struct vfio_irq_set *set,
		 const void *data);

/* messages.c; configuration locked, but for the first three */
void nemu_messages_init(struct nemu_messages *messages);
void nemu_messages_reset(struct nemu_card *card);
u32 nemu_msi_pending(struct nemu_card *card);
void nemu_messages_release(struct nemu_card *card);
void nemu_messages_update(struct nemu_card *card);
int nemu_messages_set(struct nemu_card *card, const struct vfio_irq_set *set,
		      const void *data);
/* and no lock */
bool nemu_msix_owns(const struct nemu_card *card, unsigned int bar, u64 offset);
u32 nemu_msix_read(struct nemu_card *card, u64 offset);
void nemu_msix_write(struct nemu_card *card, u64 offset, unsigned int width,
		     u32 value);

/* guest_memory.c */
/* Copies @len bytes between @guest and what stands at @at in @with. */
typedef void (*nemu_memory_fn)(void *with, size_t at, void *guest, size_t len);

int nemu_memory_init(struct nemu_memory *memory);
void nemu_memory_free(struct nemu_memory *memory);
int nemu_memory_copy(struct nemu_card *card, u64 addr, size_t len, bool write,
		     nemu_memory_fn fn, void *with);
void nemu_memory_unmap(struct nemu_card *card, u64 addr, u64 len);
void nemu_memory_forget(struct nemu_card *card);

/* mapping.c */
int nemu_mapping_open(struct nemu_card *card);
void nemu_mapping_close(struct nemu_card *card);
struct address_space *nemu_mapping(struct nemu_card *card);

/* doorbell.c */
struct vfio_info_cap;

int nemu_doorbell_init(struct nemu_card *card);
void nemu_doorbell_free(struct nemu_card *card);
bool nemu_doorbell_possible(const struct nemu_card *card);
int nemu_doorbell_info(const struct nemu_card *card, unsigned int index,
		       struct vfio_info_cap *caps);
int nemu_doorbell_mmap(struct nemu_card *card, unsigned int index, u64 offset,
		       struct vm_area_struct *vma);
void nemu_doorbell_zap(struct nemu_card *card);
bool nemu_doorbell_rung(struct nemu_card *card);
void nemu_doorbell_sync(struct nemu_card *card, bool all);
void nemu_doorbell_decode(struct nemu_card *card, bool on);
int nemu_doorbell_open(struct nemu_card *card);
void nemu_doorbell_close(struct nemu_card *card);

static inline bool nemu_doorbell_kicked(const struct nemu_card *card)
{
	return READ_ONCE(card->doorbell.kicked);
}

/* poll.c; the worker only, but for the last two */
bool nemu_poll(struct nemu_card *card);
void nemu_poll_worked(struct nemu_card *card, bool idle, u64 ns);
void nemu_poll_open(struct nemu_card *card);
void nemu_poll_close(struct nemu_card *card);

/* worker.c */
bool nemu_worker_is_due(const struct nemu_card *card);
void nemu_worker_init(struct nemu_card *card);
int nemu_worker_start(struct nemu_card *card);
void nemu_worker_stop(struct nemu_card *card);
void nemu_worker_cancel(struct nemu_card *card);
void nemu_worker_wake(struct nemu_card *card, enum nemu_wake why);

/* device.c */
extern struct rtnl_link_ops nemu_nic_link_ops;
int nemu_nic_register(struct nemu_card *card);
void nemu_nic_unregister(struct nemu_card *card);
int nemu_nic_rename(struct nemu_card *card, const char *name);
void nemu_nic_set_carrier(struct nemu_card *card);
unsigned int nemu_nic_counters(const struct nemu_card *card);
void nemu_nic_sum(const struct nemu_card *card, u64 *sum);

/* ethtool.c */
extern const struct ethtool_ops nemu_nic_ethtool_ops;

/* attributes.c */
extern const struct attribute_group *nemu_card_groups[];

/* rx.c */
netdev_tx_t nemu_nic_xmit(struct sk_buff *skb, struct net_device *dev);
void nemu_rx_init(struct nemu_backlog *backlog);
void nemu_rx_open(struct nemu_card *card);
void nemu_rx_close(struct nemu_card *card);
bool nemu_rx_enqueue(struct nemu_card *card, struct sk_buff *skb);
int nemu_rx_run(struct nemu_card *card, bool kicked, int budget);

/* tx.c */
void nemu_tx_deliver(struct nemu_card *card);

#endif /* _NEMU_NIC_CARD_H */
