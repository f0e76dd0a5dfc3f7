// SPDX-License-Identifier: GPL-2.0
/*
 * One thread for each card that a virtual machine has: it serves the rings in
 * both directions and the model's timers, and looks for what the guest writes
 * without an exit (poll.c). It counts as one of the virtual machine's: same control
 * groups, same priority.
 */
#include "card.h"

#include <linux/cgroup.h>
#include <linux/kthread.h>
#include <linux/sched.h>

/* By how much a sleep may be longer than it is to be. */
#define SLACK_NS (5 * NSEC_PER_USEC)

/* How long to leave a card alone after the host was short of something. */
#define RETRY_NS	(10 * NSEC_PER_MSEC)

/**
 * nemu_worker_wake() - there is something to do
 * @card: card; nothing happens if it is closed
 * @why: what
 *
 * Context: any.
 */
void nemu_worker_wake(struct nemu_card *card, enum nemu_wake why)
{
	if (!test_and_set_bit(why, &card->wakes))
		wake_up(&card->wait);
}

void nemu_card_kick(struct nemu_card *card)
{
	nemu_worker_wake(card, NEMU_WAKE_KICK);
}

static enum hrtimer_restart timer_expired(struct hrtimer *hrtimer)
{
	struct nemu_timer *timer = container_of(hrtimer, struct nemu_timer,
						timer);
	struct nemu_card *card = timer->card;

	if (!test_and_set_bit(timer->index, &card->fired))
		wake_up(&card->wait);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart retry_expired(struct hrtimer *hrtimer)
{
	nemu_card_kick(container_of(hrtimer, struct nemu_card, retry));
	return HRTIMER_NORESTART;
}

void nemu_card_timer(struct nemu_card *card, unsigned int index, u64 ns)
{
	struct hrtimer *timer = &card->timers[index].timer;

	if (ns)
		hrtimer_start(timer, ns_to_ktime(ns), HRTIMER_MODE_REL);
	else
		hrtimer_try_to_cancel(timer);
}

u64 nemu_card_now(struct nemu_card *card)
{
	return ktime_get_ns();
}

/**
 * nemu_worker_init() - prepare what the worker needs
 * @card: card
 */
void nemu_worker_init(struct nemu_card *card)
{
	unsigned int i;

	init_waitqueue_head(&card->wait);
	INIT_LIST_HEAD(&card->sent);
	hrtimer_init(&card->retry, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	card->retry.function = retry_expired;
	for (i = 0; i < NEMU_TIMERS; i++) {
		struct nemu_timer *timer = &card->timers[i];

		timer->card = card;
		timer->index = i;
		hrtimer_init(&timer->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
		timer->timer.function = timer_expired;
	}
}

static void run_timers(struct nemu_card *card)
{
	unsigned long fired = xchg(&card->fired, 0);
	unsigned int i;

	for_each_set_bit(i, &fired, NEMU_TIMERS)
		card->model->timer(card, i);
}

static void retry_later(struct nemu_card *card)
{
	hrtimer_start(&card->retry, ns_to_ktime(RETRY_NS), HRTIMER_MODE_REL);
}

/*
 * All frames leave before the ring mutex is given back: those of the next who has it
 * come behind them. Returns whether there was anything to send.
 */
static bool transmit(struct nemu_card *card, int budget)
{
	int done = card->model->work(card, budget);

	nemu_tx_deliver(card);
	if (done == -EAGAIN)
		retry_later(card);
	else if (done >= budget)
		nemu_card_kick(card);
	return done > 0;
}

/*
 * What is sent at once needs no other thread. Who finds the card busy, or work left
 * to the worker, leaves this to it as well: it looks at the ring after the kick.
 */
void nemu_card_transmit(struct nemu_card *card)
{
	if (test_bit(NEMU_WAKE_KICK, &card->wakes) ||
	    !mutex_trylock(&card->ring)) {
		nemu_card_kick(card);
		return;
	}
	nemu_doorbell_sync(card, false);
	transmit(card, NEMU_NIC_BUDGET);
	mutex_unlock(&card->ring);
}

static bool run_rings(struct nemu_card *card)
{
	bool kicked = test_and_clear_bit(NEMU_WAKE_KICK, &card->wakes);
	bool sent = false;
	int done;

	if (kicked)
		sent = transmit(card, NEMU_NIC_TX_BUDGET);
	if (!test_and_clear_bit(NEMU_WAKE_FRAMES, &card->wakes) && !kicked)
		return sent;
	done = nemu_rx_run(card, kicked, NEMU_NIC_BUDGET);
	if (done == -EAGAIN)
		retry_later(card);
	else if (done >= NEMU_NIC_BUDGET)
		nemu_worker_wake(card, NEMU_WAKE_FRAMES);
	return sent || done > 0;
}

/* False: there was nothing to do. */
static bool run(struct nemu_card *card)
{
	bool done;

	mutex_lock(&card->ring);
	nemu_doorbell_sync(card, false);
	if (test_and_clear_bit(NEMU_WAKE_LINK, &card->wakes))
		card->model->set_link(card, nemu_card_link(card));
	run_timers(card);
	done = run_rings(card);
	mutex_unlock(&card->ring);
	return done;
}

/**
 * nemu_worker_is_due() - is there something to do for the worker?
 * @card: card
 *
 * Return: whether.
 */
bool nemu_worker_is_due(const struct nemu_card *card)
{
	return READ_ONCE(card->wakes) || READ_ONCE(card->fired) ||
	       kthread_should_stop();
}

static void run_timed(struct nemu_card *card)
{
	u64 start = ktime_get_ns();
	bool done = run(card);

	nemu_poll_worked(card, !done, ktime_get_ns() - start);
}

static int work(void *arg)
{
	struct nemu_card *card = arg;

	/* It does not sleep for long enough to be late by the usual 50 us. */
	current->timer_slack_ns = SLACK_NS;
	while (!kthread_should_stop()) {
		if (nemu_poll(card))
			run_timed(card);
		else if (nemu_worker_is_due(card))
			run(card);
		else
			wait_event_interruptible(card->wait,
						 nemu_worker_is_due(card) ||
						 nemu_doorbell_kicked(card));
		cond_resched();
	}
	return 0;
}

/**
 * nemu_worker_start() - start the thread, for the calling process
 * @card: card, being opened
 *
 * Return: 0 or an error.
 */
int nemu_worker_start(struct nemu_card *card)
{
	struct task_struct *worker;
	int err;

	worker = kthread_create(work, card, "netemu-%s", card->dev->name);
	if (IS_ERR(worker))
		return PTR_ERR(worker);
	err = cgroup_attach_task_all(current, worker);
	if (err) {
		kthread_stop(worker);
		return err;
	}
	set_user_nice(worker, task_nice(current));
	card->wakes = 0;
	card->fired = 0;
	card->worker = worker;
	wake_up_process(worker);
	return 0;
}

/**
 * nemu_worker_stop() - stop the thread
 * @card: card, being closed
 */
void nemu_worker_stop(struct nemu_card *card)
{
	kthread_stop(card->worker);
	card->worker = NULL;
}

/**
 * nemu_worker_cancel() - stop all timers
 * @card: card, being closed: neither the model nor the worker sets one
 */
void nemu_worker_cancel(struct nemu_card *card)
{
	unsigned int i;

	hrtimer_cancel(&card->retry);
	for (i = 0; i < NEMU_TIMERS; i++)
		hrtimer_cancel(&card->timers[i].timer);
}
