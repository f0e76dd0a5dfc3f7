/* SPDX-License-Identifier: GPL-2.0 */
/* Cards of ours on the interrupt line of a small virtual machine. */
#ifndef SELFTESTS_LIB_INTX_H
#define SELFTESTS_LIB_INTX_H

#include "kvm.h"
#include "vfio.h"

#define INTX_CARDS	2

struct intx_card {
	struct vfio v;
	int trigger, resample;
};

struct intx {
	struct kvm k;
	struct intx_card card[INTX_CARDS];
};

/* What is not there for this; NULL: nothing. Loads modules. */
const char *intx_missing(void);
/* Makes the cards, all of them on the line; 0 or an error. */
int intx_open(struct intx *x);
void intx_close(struct intx *x);
/* New events for a card, after its old ones were closed. */
bool intx_connect(struct kvm *k, struct intx_card *c);

/* The card has something to say: the level rises. */
void intx_cause(struct intx_card *c);
/* As a driver's handler does: the level falls. */
void intx_handle(struct intx_card *c);
/* Waits for the next interrupt; the guest is in it afterwards. */
bool intx_comes(struct kvm *k);
/* The guest acknowledges the last interrupt, if any, and sees no other. */
bool intx_is_quiet(struct kvm *k);
/*
 * @n times a cause and what comes of it, with two cards @c; each third with a
 * cause of both, each third with a level that stays for a while.
 */
bool intx_cycles(struct kvm *k, struct intx_card *c, unsigned int n);

#endif
