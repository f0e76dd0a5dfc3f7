// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the host's resolvers is asked: the first that answers. A gateway
 * asks nothing itself, it only sees guests ask and resolvers answer:
 *
 * A resolver that has a question, and gave no answer for a second, is silent as
 * soon as a guest asks again: then the guest has waited long enough to try once
 * more. One that says "unreachable" is silent at once. Questions go to the next
 * one then; after half a minute one question tries the silent one again, and
 * any answer makes it a good one. If all are silent, each is tried in turn.
 */
#include "resolve.h"
#include "gateway.h"

#include <linux/jiffies.h>

#define PATIENCE	HZ		/* of a guest, at least */
#define FORGET		(30 * HZ)	/* a question that nobody repeats */
#define TRY_AGAIN	(30 * HZ)

/**
 * nemu_resolve_init() - know nothing of any resolver
 * @resolve: of a gateway that is being made
 */
void nemu_resolve_init(struct nemu_resolve *resolve)
{
	spin_lock_init(&resolve->lock);
}

/**
 * nemu_resolve_reset() - the resolvers are others now
 * @resolve: of the gateway
 *
 * Context: process.
 */
void nemu_resolve_reset(struct nemu_resolve *resolve)
{
	spin_lock_bh(&resolve->lock);
	memset(resolve->v, 0, sizeof(resolve->v));
	spin_unlock_bh(&resolve->lock);
}

static int count(const struct nemu_gw_config *config)
{
	int n = 0;

	while (n < NETEMU_GW_RESOLVERS_MAX && config->resolvers[n])
		n++;
	return n;
}

/* The resolver of an address, or NULL if it is none, or none any more. */
static struct nemu_resolver *find(struct nemu_resolve *resolve,
				  const struct nemu_gw_config *config,
				  __be32 addr)
{
	int i, n = count(config);

	for (i = 0; i < n; i++)
		if (config->resolvers[i] == addr)
			return &resolve->v[i];
	return NULL;
}

static bool is_overdue(const struct nemu_resolver *r, unsigned long now)
{
	return r->waiting && time_after_eq(now, r->first + PATIENCE) &&
	       time_before(now, r->last + FORGET);
}

static void mark_silent(struct nemu_resolver *r, unsigned long now)
{
	r->silent = true;
	r->since = now;
}

static void mark_asked(struct nemu_resolver *r, unsigned long now)
{
	if (!r->waiting || time_after_eq(now, r->last + FORGET))
		r->first = now;
	r->waiting = true;
	r->last = now;
}

/* The one to ask now. There is one. */
static int choose(struct nemu_resolve *resolve, int n, unsigned long now)
{
	struct nemu_resolver *r = resolve->v;
	int i, oldest = 0;

	for (i = 0; i < n; i++) {
		if (!r[i].silent && is_overdue(&r[i], now))
			mark_silent(&r[i], now);
		if (!r[i].silent || time_after_eq(now, r[i].since + TRY_AGAIN))
			return i;
		if (time_before(r[i].since, r[oldest].since))
			oldest = i;
	}
	return oldest;
}

/**
 * nemu_resolve_pick() - a guest asks: whom?
 * @resolve: of the gateway
 * @config: its options
 *
 * Context: BH off.
 * Return: address of a resolver; 0 if none is set.
 */
__be32 nemu_resolve_pick(struct nemu_resolve *resolve,
			 const struct nemu_gw_config *config)
{
	unsigned long now = jiffies;
	struct nemu_resolver *r;
	int i, n = count(config);

	if (!n)
		return 0;
	spin_lock(&resolve->lock);
	i = choose(resolve, n, now);
	r = &resolve->v[i];
	if (r->silent) {
		/* A new chance: it has as long as any other. */
		r->since = now;
		r->waiting = false;
	}
	mark_asked(r, now);
	spin_unlock(&resolve->lock);
	return config->resolvers[i];
}

/**
 * nemu_resolve_again() - a guest asks a resolver that it has asked before
 * @resolve: of the gateway
 * @config: its options
 * @addr: the resolver
 *
 * Context: BH off.
 * Return: true if another one is to be asked instead.
 */
bool nemu_resolve_again(struct nemu_resolve *resolve,
			const struct nemu_gw_config *config, __be32 addr)
{
	struct nemu_resolver *r = find(resolve, config, addr);
	unsigned long now = jiffies;
	bool move = false;

	if (!r)
		return true;
	spin_lock(&resolve->lock);
	if (is_overdue(r, now)) {
		if (!r->silent)
			mark_silent(r, now);
		move = true;
	} else if (r->silent && !r->waiting) {
		move = true;
	}
	/* Without another one there is nothing to choose from. */
	if (count(config) == 1)
		move = false;
	if (!move)
		mark_asked(r, now);
	spin_unlock(&resolve->lock);
	return move;
}

/**
 * nemu_resolve_answered() - something came from a resolver
 * @resolve: of the gateway
 * @config: its options
 * @addr: the resolver
 * @refused: it, or somebody on the way, said that nobody is there
 *
 * Context: BH off.
 */
void nemu_resolve_answered(struct nemu_resolve *resolve,
			   const struct nemu_gw_config *config, __be32 addr,
			   bool refused)
{
	struct nemu_resolver *r = find(resolve, config, addr);

	if (!r)
		return;
	spin_lock(&resolve->lock);
	r->waiting = false;
	if (refused)
		mark_silent(r, jiffies);
	else
		r->silent = false;
	spin_unlock(&resolve->lock);
}

/**
 * nemu_resolve_used() - the resolver in use
 * @resolve: of the gateway
 * @config: its options
 *
 * Context: process.
 * Return: its address; 0 if none is set, or none answers.
 */
__be32 nemu_resolve_used(struct nemu_resolve *resolve,
			 const struct nemu_gw_config *config)
{
	int i, n = count(config);
	__be32 addr = 0;

	spin_lock_bh(&resolve->lock);
	for (i = 0; i < n && !addr; i++)
		if (!resolve->v[i].silent)
			addr = config->resolvers[i];
	spin_unlock_bh(&resolve->lock);
	return addr;
}
