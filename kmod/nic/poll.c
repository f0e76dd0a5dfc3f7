// SPDX-License-Identifier: GPL-2.0
/*
 * The worker looks for what a guest writes without an exit. How long it is patient
 * follows the guest: while the next write comes soon after the pages were taken
 * back, it would have paid to wait, and the time doubles; after a long pause it is
 * halved. It is never less than several times what a guest needs to get from the
 * fault to its write, or the guest would have another fault, and another.
 *
 * To look again and again costs a processor. So it is done only while nobody else
 * wants this one, and within the host's budget, of which each card that looks may
 * have the same share. Otherwise the worker looks, and sleeps a little: the guest
 * needs no exit for that either, it waits a little longer. What costs is to look for
 * nothing: who finds something works for the guest, as a processor of the guest's
 * own would have to.
 */
#include "card.h"
#include "delay.h"

#include <linux/moduleparam.h>
#include <linux/sched/stat.h>

static unsigned int poll_percent = 50;
module_param(poll_percent, uint, 0644);
MODULE_PARM_DESC(poll_percent,
		 "Most that all cards together may take of the host's processors to look for doorbells, in percent (50); 0: they never look without sleeping in between");

/* The budget is given anew each so many ns. */
#define PERIOD		(10 * NSEC_PER_MSEC)

/* So much is polled before it is accounted for. */
#define SLICE		(20 * NSEC_PER_USEC)

/*
 * Between two looks that the host can't afford more of: at first, when the guest is
 * about to write after a fault, and at most.
 */
#define NAP_MIN		(10 * NSEC_PER_USEC)
#define NAP_MAX		(100 * NSEC_PER_USEC)

/*
 * Patience, at least and at most; where faults are slow, as in a guest within a guest,
 * so many times what one takes, and no more than the last.
 */
#define PATIENCE_MIN	(50 * NSEC_PER_USEC)
#define PATIENCE_MAX	NSEC_PER_MSEC
#define FAULTS_MIN	4
#define FAULTS_MAX	32
#define PATIENCE_SLOW	(50 * NSEC_PER_MSEC)

/* Looks between two of the clock */
#define LOOKS		8

/* What all cards have polled in this period. */
static struct {
	spinlock_t lock; /* protects the rest */
	unsigned long period;
	u64 start;
	u64 paid;
	unsigned int cards;	/* that look now */
} host = {
	.lock = __SPIN_LOCK_UNLOCKED(host.lock),
};

static u64 budget(void)
{
	return div_u64((u64)READ_ONCE(poll_percent) * num_online_cpus() * PERIOD, 100);
}

/* Accounts for what was polled; too much of it, and the card is poor for a while. */
static void pay(struct nemu_poll *p, u64 now)
{
	u64 most = budget();

	spin_lock(&host.lock);
	if (now - host.start >= PERIOD) {
		host.start = now;
		host.paid = 0;
		host.period++;
	}
	if (p->period != host.period) {
		p->period = host.period;
		p->paid = 0;
	}
	host.paid += p->unpaid;
	p->paid += p->unpaid;
	if (host.paid >= most || p->paid >= div_u64(most, max(host.cards, 1U)))
		p->poor_until = host.start + PERIOD;
	spin_unlock(&host.lock);
	p->unpaid = 0;
}

static void spend(struct nemu_card *card, u64 ns, u64 now)
{
	struct nemu_poll *p = &card->poll;

	nemu_nic_add(card, NEMU_NIC_POLL_NS, ns);
	p->unpaid += ns;
	if (p->unpaid >= SLICE)
		pay(p, now);
}

static void count_card(int n)
{
	spin_lock(&host.lock);
	host.cards += n;
	spin_unlock(&host.lock);
}

/*
 * A guest that did not write before the pages were taken back may not have had the
 * time: there is no telling from one that only reads.
 */
static void adapt(struct nemu_poll *p, u64 pause)
{
	u64 least = clamp_t(u64, FAULTS_MIN * p->fault_ns, PATIENCE_MIN, PATIENCE_SLOW);
	u64 most = clamp_t(u64, FAULTS_MAX * p->fault_ns, PATIENCE_MAX, PATIENCE_SLOW);

	if (!p->rang)
		most = PATIENCE_SLOW;
	p->patience = clamp_t(u64, pause < most ? p->patience * 2 : p->patience / 2,
			      least, most);
	p->patience = nemu_delay_patience(p->patience);
}

static void begin(struct nemu_card *card, u64 now)
{
	struct nemu_poll *p = &card->poll;

	adapt(p, now - p->off_since);
	p->on = true;
	p->rang = false;
	p->nap = NAP_MIN;
	p->since = now;
	p->idle_since = now;
	count_card(1);
}

static void end(struct nemu_card *card, u64 now)
{
	struct nemu_poll *p = &card->poll;

	count_card(-1);
	p->on = false;
	p->off_since = now;
	nemu_nic_add(card, NEMU_NIC_MAPPED_NS, now - p->since);
}

/* The guest has been idle: from here on it needs a fault. */
static void take_back(struct nemu_card *card, u64 now)
{
	nemu_delay(NEMU_DELAY_ZAP);
	nemu_doorbell_zap(card);
	nemu_delay(NEMU_DELAY_CHECK);
	smp_mb();	/* the pages are gone before the last look */
	end(card, now);
	if (nemu_delay_breaks())
		return;
	mutex_lock(&card->ring);
	nemu_doorbell_sync(card, true);
	mutex_unlock(&card->ring);
	nemu_delay(NEMU_DELAY_SLEEP);
}

static void note_ring(struct nemu_card *card, u64 now)
{
	struct nemu_poll *p = &card->poll;
	u64 took;

	nemu_nic_count(card, NEMU_NIC_POLLS);
	p->idle_since = now;
	if (p->rang)
		return;
	p->rang = true;
	took = now - READ_ONCE(card->doorbell.kicked_at);
	if (took < PATIENCE_SLOW)
		p->fault_ns = (7 * p->fault_ns + took) / 8;
}

/* A few looks at once, as time is dear to ask for. */
static bool look(struct nemu_card *card)
{
	unsigned int i;

	for (i = 0; i < LOOKS; i++) {
		if (nemu_doorbell_rung(card))
			return true;
		if (nemu_worker_is_due(card))
			return false;
		cpu_relax();
	}
	return false;
}

static bool may_spin(const struct nemu_poll *p, u64 now)
{
	return now >= p->poor_until && READ_ONCE(poll_percent) &&
	       !need_resched() && single_task_running();
}

static void nap(struct nemu_card *card)
{
	struct nemu_poll *p = &card->poll;

	nemu_nic_count(card, NEMU_NIC_NAPS);
	wait_event_interruptible_hrtimeout(card->wait, nemu_worker_is_due(card),
					   ns_to_ktime(p->nap));
	p->nap = min_t(u64, 2 * p->nap, NAP_MAX);
}

/**
 * nemu_poll() - look for what the guest writes, if it can without an exit
 * @card: card
 *
 * Return: whether there is something to do; else the worker may sleep until there
 * is, or the guest has the pages again.
 */
bool nemu_poll(struct nemu_card *card)
{
	struct nemu_poll *p = &card->poll;
	u64 now, then;

	if (!p->on && !nemu_doorbell_kicked(card))
		return false;
	now = ktime_get_ns();
	for (;;) {
		if (nemu_doorbell_kicked(card)) {
			WRITE_ONCE(card->doorbell.kicked, 0);
			smp_mb();	/* that is seen before we look */
			if (!p->on)
				begin(card, now);
			p->idle_since = now;
		}
		if (nemu_doorbell_rung(card)) {
			note_ring(card, now);
			return true;
		}
		if (nemu_worker_is_due(card))
			return true;
		if (now - p->idle_since >= p->patience) {
			take_back(card, now);
			return nemu_worker_is_due(card);
		}
		if (may_spin(p, now)) {
			look(card);
			then = now;
			now = ktime_get_ns();
			spend(card, now - then, now);
		} else {
			nap(card);
			now = ktime_get_ns();
		}
		cond_resched();
	}
}

/**
 * nemu_poll_worked() - what came of nemu_poll()
 * @card: card
 * @idle: nothing
 * @ns: how long that took
 */
void nemu_poll_worked(struct nemu_card *card, bool idle, u64 ns)
{
	if (idle && card->poll.on)
		spend(card, ns, ktime_get_ns());
}

/**
 * nemu_poll_open() - as new
 * @card: card, being opened; the worker has not started
 */
void nemu_poll_open(struct nemu_card *card)
{
	memset(&card->poll, 0, sizeof(card->poll));
	card->poll.patience = PATIENCE_MIN;
}

/**
 * nemu_poll_close() - nobody looks any more
 * @card: card, being closed; the worker has stopped
 */
void nemu_poll_close(struct nemu_card *card)
{
	if (card->poll.on)
		end(card, ktime_get_ns());
}
