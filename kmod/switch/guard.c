// SPDX-License-Identifier: GPL-2.0
/* What protects the ports from each other: storm limits and the loop guard. */
#include "switch.h"

#include <linux/ktime.h>

/**
 * nemu_storm_exceeded() - take one frame from a port's allowance
 * @storm: class of the frame
 *
 * Generic cell rate algorithm (ITU-T I.371 annex A): one time stamp is all the
 * state, so ports need no lock here. A tenth of a second may come as a burst.
 *
 * Context: any.
 * Return: true if the frame is too much.
 */
bool nemu_storm_exceeded(struct nemu_storm *storm)
{
	u32 pps = READ_ONCE(storm->pps);
	s64 now, tat, gap, burst;

	if (likely(!pps))
		return false;
	gap = NSEC_PER_SEC / pps;
	burst = max_t(s64, NSEC_PER_SEC / 10 - gap, 0);
	now = ktime_get_mono_fast_ns();
	tat = atomic64_read(&storm->tat);
	do {
		if (tat > now + burst)
			return true;
	} while (!atomic64_try_cmpxchg(&storm->tat, &tat,
				       max(tat, now) + gap));
	return false;
}

static void unblock(struct timer_list *timer)
{
	struct nemu_port *port = from_timer(port, timer, unblock);

	nemu_port_set_flags(port, NEMU_PORT_BLOCKED, 0);
	nemu_notify_event(port, NETEMU_EVENT_LOOP_UNBLOCKED, NULL);
}

/**
 * nemu_guard_init() - prepare the loop guard of a new port
 * @port: port
 */
void nemu_guard_init(struct nemu_port *port)
{
	timer_setup(&port->unblock, unblock, 0);
}

/**
 * nemu_guard_stop() - end the loop guard of a port that goes
 * @port: port without frames and without FDB entries
 *
 * Context: process, may sleep.
 */
void nemu_guard_stop(struct nemu_port *port)
{
	timer_shutdown_sync(&port->unblock);
}

/**
 * nemu_guard_moved() - an address moved between ports
 * @sw: switch
 * @entry: its FDB entry
 * @from: the port it was on
 * @to: the port it is on now
 *
 * An address that flaps faster than the switch tolerates means a loop, or a
 * guest that uses another's address. The younger of the two ports is blocked
 * for a while; the host port is never.
 *
 * Context: fdb->lock held.
 * Return: the port that was blocked by this move, or NULL.
 */
struct nemu_port *nemu_guard_moved(struct nemu_switch *sw,
				   struct nemu_fdb_entry *entry,
				   struct nemu_port *from,
				   struct nemu_port *to)
{
	struct nemu_port *younger = from->age > to->age ? from : to;
	u32 rate = READ_ONCE(sw->opts.loop_rate);

	lockdep_assert_held(&sw->fdb.lock);
	if (time_after_eq(jiffies, entry->move_window + HZ)) {
		entry->move_window = jiffies;
		entry->move_count = 0;
	}
	entry->move_count++;
	if (!rate || entry->move_count <= rate)
		return NULL;
	entry->move_window = jiffies;
	entry->move_count = 0;
	if (READ_ONCE(younger->flags) & (NEMU_PORT_BLOCKED | NEMU_PORT_HOST))
		return NULL;
	younger->loop_blocks++;
	nemu_port_set_flags(younger, NEMU_PORT_BLOCKED, NEMU_PORT_BLOCKED);
	mod_timer(&younger->unblock,
		  jiffies + READ_ONCE(sw->opts.loop_hold) * HZ);
	return younger;
}
