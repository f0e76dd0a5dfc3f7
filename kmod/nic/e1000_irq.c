// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: interrupts. Causes gather in ICR, as many as are set in IMS raise the
 * line. What delays them: the timers of the receiver and the transmitter hold a
 * cause back, the throttle (ITR) keeps the line from rising too often.
 */
#include "e1000.h"

/* 13.4.18, 13.4.30: units of the throttle and of the delays */
#define ITR_NS		256
#define DELAY_NS	1024

static const struct {
	u32 relative;
	u32 absolute;
	u32 cause;
} delays[] = {
	[E1000_TIMER_RX] = { E1000_RDTR, E1000_RADV, E1000_ICR_RXT0 },
	[E1000_TIMER_TX] = { E1000_TIDV, E1000_TADV, E1000_ICR_TXDW },
};

/* @forced: the throttle does not apply. */
static void update(struct nemu_card *card, struct nemu_e1000 *e, bool forced)
{
	u64 gap = (u64)nemu_e1000_get(e, E1000_ITR) * ITR_NS;
	struct nemu_e1000_irq *irq = &e->irq;
	u64 now;

	if (!(irq->icr & irq->ims)) {
		if (irq->line)
			nemu_card_irq(card, false);
		irq->line = false;
		return;
	}
	if (irq->line)
		return;
	if (gap) {
		/* The timer is set once for all that comes until then. */
		if (!forced && irq->throttled)
			return;
		now = nemu_card_now(card);
		if (!forced && irq->raised && now - irq->raised_at < gap) {
			irq->throttled = true;
			nemu_card_timer(card, E1000_TIMER_ITR,
					gap - (now - irq->raised_at));
			return;
		}
		irq->raised = true;
		irq->raised_at = now;
	}
	irq->line = true;
	nemu_card_irq(card, true);
}

/**
 * nemu_e1000_irq_update() - the throttle's time is over
 * @card: card
 * @e: its state
 */
void nemu_e1000_irq_update(struct nemu_card *card, struct nemu_e1000 *e)
{
	e->irq.raised = false;
	e->irq.throttled = false;
	update(card, e, false);
}

/**
 * nemu_e1000_itr_store() - the driver sets the throttle, 13.4.18
 * @card: card
 * @e: its state
 * @offset: register
 * @value: ITR
 */
void nemu_e1000_itr_store(struct nemu_card *card, struct nemu_e1000 *e,
			  u32 offset, u32 value)
{
	nemu_e1000_set(e, offset, value & 0xffff);
	nemu_e1000_irq_update(card, e);
}

/**
 * nemu_e1000_rdtr_written() - the driver has set the receive delay, 13.4.30
 * @card: card
 * @e: its state
 * @offset: register
 * @value: RDTR
 */
void nemu_e1000_rdtr_written(struct nemu_card *card, struct nemu_e1000 *e,
			     u32 offset, u32 value)
{
	if (value & E1000_RDTR_FPD)
		nemu_e1000_irq_flush(card, e, E1000_TIMER_RX);
}

/**
 * nemu_e1000_irq_reset() - no cause, no mask, no timer
 * @card: card
 * @e: its state
 */
void nemu_e1000_irq_reset(struct nemu_card *card, struct nemu_e1000 *e)
{
	struct nemu_e1000_irq *irq = &e->irq;

	nemu_card_timer(card, E1000_TIMER_RX, 0);
	nemu_card_timer(card, E1000_TIMER_TX, 0);
	nemu_card_timer(card, E1000_TIMER_ITR, 0);
	if (irq->line)
		nemu_card_irq(card, false);
	memset(irq, 0, sizeof(*irq));
}

/**
 * nemu_e1000_irq_cause() - something happened
 * @card: card
 * @e: its state
 * @causes: bits of ICR
 */
void nemu_e1000_irq_cause(struct nemu_card *card, struct nemu_e1000 *e,
			  u32 causes)
{
	e->irq.icr |= causes;
	update(card, e, false);
}

/**
 * nemu_e1000_ics_load() - the driver looks at the causes, 13.4.19
 * @card: card
 * @e: its state
 * @offset: register
 *
 * Return: ICR, which stays as it is: silicon does that, and drivers rely on it.
 */
u32 nemu_e1000_ics_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	return e->irq.icr;
}

/**
 * nemu_e1000_ics_store() - the driver sets causes, 13.4.19
 * @card: card
 * @e: its state
 * @offset: register
 * @value: which
 */
void nemu_e1000_ics_store(struct nemu_card *card, struct nemu_e1000 *e,
			  u32 offset, u32 value)
{
	e->irq.icr |= value & E1000_ICR_ALL;
	update(card, e, true);
}

/**
 * nemu_e1000_irq_delay() - something happened that may wait
 * @card: card
 * @e: its state
 * @timer: %E1000_TIMER_RX or %E1000_TIMER_TX
 *
 * Each time moves the end of the delay, but not beyond the absolute one, which
 * counts from the first.
 */
void nemu_e1000_irq_delay(struct nemu_card *card, struct nemu_e1000 *e,
			  enum nemu_e1000_timer timer)
{
	u64 relative = nemu_e1000_get(e, delays[timer].relative) * (u64)DELAY_NS;
	u64 absolute = nemu_e1000_get(e, delays[timer].absolute) * (u64)DELAY_NS;
	struct nemu_e1000_irq *irq = &e->irq;
	u64 now;

	if (!relative) {
		nemu_e1000_irq_cause(card, e, delays[timer].cause);
		return;
	}
	now = nemu_card_now(card);
	if (!irq->delayed[timer]) {
		irq->delayed[timer] = true;
		irq->latest[timer] = absolute ? now + absolute : U64_MAX;
	}
	if (now >= irq->latest[timer]) {
		nemu_e1000_irq_flush(card, e, timer);
		return;
	}
	nemu_card_timer(card, timer, min_t(u64, relative, irq->latest[timer] - now));
}

/**
 * nemu_e1000_irq_flush() - the delay is over
 * @card: card
 * @e: its state
 * @timer: %E1000_TIMER_RX or %E1000_TIMER_TX
 */
void nemu_e1000_irq_flush(struct nemu_card *card, struct nemu_e1000 *e,
			  enum nemu_e1000_timer timer)
{
	if (!e->irq.delayed[timer])
		return;
	e->irq.delayed[timer] = false;
	nemu_card_timer(card, timer, 0);
	nemu_e1000_irq_cause(card, e, delays[timer].cause);
}

/**
 * nemu_e1000_icr_load() - the driver asks why, 13.4.17
 * @card: card
 * @e: its state
 * @offset: register
 *
 * Return: the causes, which are gone now. The bit that says whether the line is
 * raised is that of later cards.
 */
u32 nemu_e1000_icr_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	u32 icr = e->irq.icr;

	e->irq.icr = 0;
	update(card, e, false);
	return icr;
}

/**
 * nemu_e1000_icr_store() - the driver takes causes back
 * @card: card
 * @e: its state
 * @offset: register
 * @value: which
 */
void nemu_e1000_icr_store(struct nemu_card *card, struct nemu_e1000 *e,
			  u32 offset, u32 value)
{
	e->irq.icr &= ~value;
	update(card, e, false);
}

/**
 * nemu_e1000_ims_load() - the driver looks at the mask, 13.4.20
 * @card: card
 * @e: its state
 * @offset: register
 *
 * Return: causes that may interrupt.
 */
u32 nemu_e1000_ims_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	return e->irq.ims;
}

/**
 * nemu_e1000_ims_store() - causes may interrupt, 13.4.20
 * @card: card
 * @e: its state
 * @offset: register
 * @value: which
 */
void nemu_e1000_ims_store(struct nemu_card *card, struct nemu_e1000 *e,
			  u32 offset, u32 value)
{
	e->irq.ims |= value & E1000_ICR_ALL;
	update(card, e, false);
	/*
	 * A driver that lets the card interrupt it is about to wait for that: what it
	 * wrote without an exit is not to wait for the worker's next look.
	 */
	if (nemu_card_is_shared(card) && nemu_e1000_rung(card))
		nemu_card_kick(card);
}

/**
 * nemu_e1000_imc_store() - causes may not interrupt, 13.4.21
 * @card: card
 * @e: its state
 * @offset: register
 * @value: which
 */
void nemu_e1000_imc_store(struct nemu_card *card, struct nemu_e1000 *e,
			  u32 offset, u32 value)
{
	e->irq.ims &= ~value;
	update(card, e, false);
}
