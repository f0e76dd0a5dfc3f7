/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the DHCP server share: messages, and a look at the table. */
#ifndef _FUZZ_PACKET_H
#define _FUZZ_PACKET_H

#include "dhcp.h"

#define PACKET_MAX	2048

/* A message under construction, or one received. */
struct packet {
	size_t len;
	u8 data[PACKET_MAX];
};

#define ADDR(a, b, c, d)	((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))

void packet_start(struct packet *p, u8 type, const u8 *mac);
void packet_put(struct packet *p, u8 code, const void *data, size_t len);
void packet_put_u32(struct packet *p, u8 code, u32 value);
void packet_end(struct packet *p);

/*
 * Reads an option wherever it stands, parts joined. Returns its length, -1 if
 * it is not there, -2 if the options of the message are not well formed.
 */
int packet_option(const u8 *data, size_t len, u8 code, u8 *value, size_t size);
u32 packet_option_u32(const u8 *data, size_t len, u8 code);

/* Returns what is wrong with a table, or NULL. */
const char *table_error(struct nemu_lease_table *t);

/* The leases of a port, reservations left out. */
u32 table_held(struct nemu_lease_table *t, u32 port);

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* _FUZZ_PACKET_H */
