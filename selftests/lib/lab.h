/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A network namespace with a switch in it:
 *
 *	e0 === p0 --+
 *	e1 === p1 --+-- sw0 (the host's own port)
 *	e2 === p2 --+
 *	    ...
 *
 * pN are ports (veth), eN their far ends, on which the test sends and hears
 * raw frames. Nothing but the test's frames is in the air: IPv6 is off and
 * nobody has an address.
 *
 * Everything runs on one processor, so frames wait in one queue, in order.
 * lab_settle() pushes a frame of its own through that queue, over a veth pair
 * beside the switch, until what was sent before has ended somewhere. So "it
 * did not arrive" needs no waiting time.
 */
#ifndef SELFTESTS_LIB_LAB_H
#define SELFTESTS_LIB_LAB_H

#include <linux/if_ether.h>

#include "fdb.h"
#include "netemu.h"

#define LAB_PORTS	8
#define LAB_PROTO	0x88b5	/* IEEE: local experiments */
#define LAB_HEARD	512	/* frames an ear remembers */

struct heard {
	uint32_t id;		/* UINT32_MAX if the frame is not ours */
	uint16_t tci;		/* 802.1Q tag, with 0x1000 set if there is one */
	uint32_t len;		/* as received, without tag */
	uint8_t dst[6], src[6];
};

/* A socket that hears a device. */
struct ear {
	int fd;
	int index;
	unsigned int n;
	struct heard heard[LAB_HEARD];
};

struct lab {
	struct nl rt, gn;
	int sw;
	uint8_t sw_mac[6];
	int ports;
	int p[LAB_PORTS], e[LAB_PORTS];	/* interface indexes */
	struct ear ear[LAB_PORTS];	/* on eN */
	struct ear host;		/* on sw0 */
	int fence_tx, fence_rx, fence_index;
	uint32_t fence_id;
	uint32_t next_id;
};

/* A new namespace without noise, this process on one processor. */
int lab_enter(void);

int lab_open(struct lab *lab, int ports, const struct opt *options);
void lab_close(struct lab *lab);

/* Has the kernel noticed the carrier of a device, so that it really sends? */
bool lab_ready(struct lab *lab, int index);

int ear_open(struct ear *ear, int index, uint16_t proto);
void ear_close(struct ear *ear);
void ear_listen(struct ear *ear);
const struct heard *ear_find(struct ear *ear, uint32_t id);
bool ear_heard(struct ear *ear, uint32_t id);

/* Send on a device; the id is how ears know the frame again. */
struct frame {
	const uint8_t *dst, *src;
	uint16_t proto;		/* 0: LAB_PROTO */
	uint16_t vid;		/* 0: untagged */
	uint32_t len;		/* whole frame; 0: 60 */
};

uint32_t lab_send(struct lab *lab, int index, const struct frame *frame);
/* a whole frame, as it is */
void lab_send_bytes(struct lab *lab, int index, const uint8_t *buf, size_t len);
/* the usual case: from far end N */
uint32_t lab_tx(struct lab *lab, int n, const uint8_t *dst, const uint8_t *src);
void lab_settle(struct lab *lab);

/* Settle, then: which of the far ends heard the frame, as bits; bit LAB_HOST
 * for a socket on the switch.
 */
#define LAB_HOST	30
#define AT(n)		(1u << (n))
unsigned int lab_who(struct lab *lab, uint32_t id);

/* 02:00:00:00:00:n and so on; a few addresses may be in use at once. */
const uint8_t *mac(uint32_t n);
extern const uint8_t mac_broadcast[6], mac_multicast[6], mac_zero[6];

/* Is this a run that has to be quick? Never where a test runs by itself. */
bool lab_short(void);

/* Run a shell command; its exit code. */
int sh(const char *format, ...) __attribute__((format(printf, 1, 2)));
int sysctl_write(const char *path, const char *value);

/*
 * Evaluate cond until true or a minute has passed. A machine that stood still
 * meanwhile has not looked often: it gets its looks all the same.
 */
#define wait_for(cond)							\
({									\
	uint64_t end_ = now_ms() + 60000;				\
	int looks_ = 200;						\
	bool ok_;							\
									\
	while (!(ok_ = (cond)) && (--looks_ > 0 || now_ms() < end_))	\
		lab_nap();						\
	ok_;								\
})
void lab_nap(void);
uint64_t now_ms(void);

#endif
