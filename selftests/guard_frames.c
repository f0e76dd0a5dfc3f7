// SPDX-License-Identifier: GPL-2.0
/*
 * The guard of a port, frame by frame: what it drops, by which reason, and what
 * it lets pass. Far end 0 has a lease, far end 1 is guarded and forges, far end
 * 2 hears what passed.
 *
 * vm: timeout=240 debug=short plain=6.1
 */
#include "test.h"

#include <net/if.h>
#include <netinet/in.h>

#define ETH	14
#define NOBODY	mac(0x7777)	/* whom the switch does not know: everybody hears */
#define OURS	mac(0x101)	/* of the forger itself */
#define NONE	NETEMU_DROP_NONE
#define MALFORMED NETEMU_DROP_GUARD_MALFORMED
#define MAC	NETEMU_DROP_GUARD_MAC
#define SOURCE	NETEMU_DROP_GUARD_SOURCE
#define ARP	NETEMU_DROP_GUARD_ARP
#define DHCP	NETEMU_DROP_GUARD_DHCP
#define RA	NETEMU_DROP_GUARD_RA

static const uint8_t leased[4] = { 10, 0, 2, 15 };
static const uint8_t gateway[4] = { 10, 0, 2, 2 };
static const uint8_t dns[4] = { 10, 0, 2, 3 };
static const uint8_t free_addr[4] = { 10, 0, 2, 99 };
static const uint8_t no_addr[4];
static const uint8_t gateway_mac[6] = { 0x52, 0x55, 10, 0, 2, 2 };

FIXTURE(guard) {
	struct lab lab;
	int gw;
	uint8_t victim[6];	/* MAC address of far end 0 */
	uint8_t frame[2048];
	size_t len;
};

static bool leases(FIXTURE_DATA(guard) *self)
{
	return !sh("timeout 60 busybox udhcpc -f -q -n -t 8 -T 2 -i e0 -s /bin/true >/dev/null 2>&1");
}

static uint64_t bindings(FIXTURE_DATA(guard) *self)
{
	return switch_value(&self->lab.gn, self->lab.sw,
			    NETEMU_SWITCH_A_BINDINGS);
}

static int guard(FIXTURE_DATA(guard) *self, bool on)
{
	return port_set(&self->lab.gn, self->lab.p[1],
			OPTS(OPT8(NETEMU_PORT_A_GUARD, on)));
}

FIXTURE_SETUP(guard)
{
	struct lab *lab = &self->lab;
	struct link_info info;

	ASSERT_EQ(0, lab_open(lab, 3, OPTS(OPT8(NETEMU_SWITCH_A_HOST_PORT, 0))));
	ASSERT_EQ(0, link_add(&lab->rt, NETEMU_KIND_GATEWAY, "gw0", NO_OPTS));
	self->gw = if_nametoindex("gw0");
	ASSERT_EQ(0, link_master(&lab->rt, self->gw, lab->sw));
	ASSERT_EQ(0, link_up(&lab->rt, self->gw, true));
	ASSERT_EQ(0, link_get(&lab->rt, lab->e[0], &info));
	memcpy(self->victim, info.mac, 6);
	ASSERT_EQ(0, guard(self, true));
	ASSERT_TRUE(wait_for(leases(self)));
	/* The lease, the gateway and the DNS server. */
	ASSERT_EQ(3, bindings(self));
}

FIXTURE_TEARDOWN(guard)
{
	lab_close(&self->lab);
}

/* ---- frames ------------------------------------------------------------- */

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

/* The Ethernet header; returns where the rest goes. */
static uint8_t *ethernet(FIXTURE_DATA(guard) *self, uint16_t proto)
{
	memset(self->frame, 0, sizeof(self->frame));
	memcpy(self->frame, NOBODY, 6);
	memcpy(self->frame + 6, OURS, 6);
	put16(self->frame + 12, proto);
	self->len = 200;
	return self->frame + ETH;
}

static void from(FIXTURE_DATA(guard) *self, const uint8_t *source)
{
	memcpy(self->frame + 6, source, 6);
}

static uint8_t *arp(FIXTURE_DATA(guard) *self, const uint8_t *sender,
		    const uint8_t *target)
{
	uint8_t *p = ethernet(self, ETH_P_ARP);

	memcpy(p, "\0\1\10\0\6\4\0\1", 8);
	memcpy(p + 8, OURS, 6);
	memcpy(p + 14, sender, 4);
	memcpy(p + 24, target, 4);
	self->len = 60;
	return p;
}

static uint8_t *ipv4(FIXTURE_DATA(guard) *self, const uint8_t *source,
		     uint8_t protocol)
{
	uint8_t *ip = ethernet(self, ETH_P_IP);

	ip[0] = 0x45;
	put16(ip + 2, self->len - ETH);
	ip[8] = 64;
	ip[9] = protocol;
	memcpy(ip + 12, source, 4);
	memset(ip + 16, 0xff, 4);
	return ip + 20;
}

static void udp(uint8_t *p, uint16_t from, uint16_t to)
{
	put16(p, from);
	put16(p + 2, to);
	put16(p + 4, 100);
}

static uint8_t *ipv6(FIXTURE_DATA(guard) *self, uint8_t next)
{
	uint8_t *ip = ethernet(self, ETH_P_IPV6);

	ip[0] = 0x60;
	put16(ip + 4, self->len - ETH - 40);
	ip[6] = next;
	ip[7] = 255;
	memcpy(ip + 8, "\xfe\x80", 2);
	ip[23] = 1;
	memcpy(ip + 24, "\xff\x02", 2);
	ip[39] = 1;
	return ip + 40;
}

/* An extension header of @units * 8 bytes; returns where the next one goes. */
static uint8_t *extension(uint8_t *p, uint8_t next, int units)
{
	p[0] = next;
	p[1] = units - 1;
	return p + 8 * units;
}

static uint8_t *fragment(uint8_t *p, uint8_t next, uint16_t offset, bool more)
{
	p[0] = next;
	put16(p + 2, offset << 3 | more);
	p[7] = 1;
	return p + 8;
}

/* Puts @n bytes between the addresses and the EtherType. */
static void wrap(FIXTURE_DATA(guard) *self, const void *bytes, size_t n)
{
	memmove(self->frame + 12 + n, self->frame + 12, self->len - 12);
	memcpy(self->frame + 12, bytes, n);
	self->len += n;
}

#define TAG	"\x81\x00\x00\x07"
#define SERVICE_TAG "\x88\xa8\x00\x08"
#define SNAP	"\x00\x80\xaa\xaa\x03\x00\x00\x00"

/* How many frames of the forger's far end 2 heard since the last time. */
static unsigned int heard(FIXTURE_DATA(guard) *self)
{
	struct ear *ear = &self->lab.ear[2];
	unsigned int first = ear->n, count = 0;

	lab_settle(&self->lab);
	for (ear_listen(ear); first < ear->n; first++)
		count += !memcmp(ear->heard[first % LAB_HEARD].src,
				 self->frame + 6, 6);
	return count;
}

/* Sends the frame. Returns why it was dropped, 0 if it passed, -1 if unclear. */
static int sent(FIXTURE_DATA(guard) *self)
{
	struct port_info before, after;
	int i, reason = NONE, reasons = 0;
	unsigned int passed;

	heard(self);
	port_get(&self->lab.gn, self->lab.p[1], &before);
	lab_send_bytes(&self->lab, self->lab.e[1], self->frame, self->len);
	passed = heard(self);
	port_get(&self->lab.gn, self->lab.p[1], &after);
	for (i = MALFORMED; i <= RA; i++) {
		if (after.drops[i] == before.drops[i])
			continue;
		reason = i;
		reasons += after.drops[i] - before.drops[i];
	}
	return reasons + passed == 1 ? reason : -1;
}

/* The same plain and behind everything that may lie in front of it. */
#define EXPECT_WRAPPED(reason, make) do {				\
	static const struct {						\
		const char *what;					\
		size_t n;						\
		const char *bytes;					\
	} wrappings[] = {						\
		{ "plain", 0, "" },					\
		{ "tag", 4, TAG },					\
		{ "two tags", 8, SERVICE_TAG TAG },			\
		{ "SNAP", 8, SNAP },					\
		{ "SNAP in a tag", 12, TAG SNAP },			\
		{ "four tags", 16, TAG TAG TAG TAG },			\
	};								\
	unsigned int w;							\
									\
	for (w = 0; w < sizeof(wrappings) / sizeof(wrappings[0]); w++) { \
		make;							\
		wrap(self, wrappings[w].bytes, wrappings[w].n);		\
		EXPECT_EQ(reason, sent(self))				\
			TH_LOG("%s", wrappings[w].what);		\
	}								\
} while (0)

/* ---- tests -------------------------------------------------------------- */

LAB_TEST(guard, honest_frames_pass)
{
	static const uint8_t protocols[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_SCTP, 99,
	};
	unsigned int i;

	for (i = 0; i < sizeof(protocols); i++) {
		EXPECT_WRAPPED(NONE, ipv4(self, free_addr, protocols[i]));
		EXPECT_WRAPPED(NONE, ipv6(self, protocols[i]));
	}
	EXPECT_WRAPPED(NONE, arp(self, free_addr, leased));
	ethernet(self, LAB_PROTO);
	EXPECT_EQ(NONE, sent(self));
	/* A bare LLC frame, spanning tree */
	memcpy(ethernet(self, 38), "\x42\x42\x03", 3);
	EXPECT_EQ(NONE, sent(self));
	/* A DHCP client */
	udp(ipv4(self, no_addr, IPPROTO_UDP), 68, 67);
	EXPECT_EQ(NONE, sent(self));
	udp(ipv6(self, IPPROTO_UDP), 546, 547);
	EXPECT_EQ(NONE, sent(self));
	/* Router and neighbour solicitations and advertisements */
	for (i = 133; i < 137; i++) {
		if (i == 134)
			continue;
		ipv6(self, IPPROTO_ICMPV6)[0] = i;
		EXPECT_EQ(NONE, sent(self));
	}
}

LAB_TEST(guard, source_of_another)
{
	EXPECT_WRAPPED(SOURCE, ipv4(self, leased, IPPROTO_UDP));
	EXPECT_WRAPPED(SOURCE, ipv4(self, gateway, IPPROTO_ICMP));
	EXPECT_WRAPPED(SOURCE, ipv4(self, dns, IPPROTO_UDP));
	EXPECT_WRAPPED(NONE, ipv4(self, free_addr, IPPROTO_UDP));
	EXPECT_WRAPPED(NONE, ipv4(self, no_addr, IPPROTO_UDP));
	/* Its MAC address too: the port is another. */
	ipv4(self, leased, IPPROTO_UDP);
	from(self, self->victim);
	EXPECT_EQ(SOURCE, sent(self));
}

LAB_TEST(guard, arp_of_another)
{
	EXPECT_WRAPPED(ARP, arp(self, leased, leased));
	EXPECT_WRAPPED(ARP, arp(self, leased, gateway)[7] = 2);
	EXPECT_WRAPPED(ARP, arp(self, gateway, leased)[7] = 2);
	EXPECT_WRAPPED(ARP, arp(self, dns, leased));
	/* A probe for an address that is bound: its owner answers. */
	EXPECT_WRAPPED(NONE, arp(self, no_addr, leased));
	EXPECT_WRAPPED(NONE, arp(self, free_addr, leased));
}

LAB_TEST(guard, untrue_arp)
{
	static const struct {
		uint8_t at, value;
	} wrong[] = {
		{ 1, 6 }, { 2, 0x86 }, { 4, 8 }, { 5, 16 }, { 7, 0 }, { 7, 3 },
		{ 7, 8 }, { 8, 0x04 }, { 13, 0xff },
	};
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		arp(self, free_addr, gateway)[wrong[i].at] = wrong[i].value;
		EXPECT_EQ(ARP, sent(self)) TH_LOG("byte %d", wrong[i].at);
	}
	for (i = ETH + 8; i < ETH + 28; i++) {
		arp(self, free_addr, gateway);
		self->len = i;
		EXPECT_EQ(ARP, sent(self)) TH_LOG("%d bytes", i);
	}
	arp(self, free_addr, gateway);
	self->len = ETH + 28;
	EXPECT_EQ(NONE, sent(self));
}

LAB_TEST(guard, answers_of_dhcp_servers)
{
	uint8_t *p;

	EXPECT_WRAPPED(DHCP, udp(ipv4(self, free_addr, IPPROTO_UDP), 67, 68));
	EXPECT_WRAPPED(DHCP, udp(ipv4(self, no_addr, IPPROTO_UDP), 4000, 68));
	EXPECT_WRAPPED(DHCP, udp(ipv6(self, IPPROTO_UDP), 547, 546));
	/* Behind IPv4 options */
	p = ipv4(self, free_addr, IPPROTO_UDP);
	self->frame[ETH] = 0x4f;
	memset(p, 1, 40);
	udp(p + 40, 67, 68);
	EXPECT_EQ(DHCP, sent(self));
	/* The first fragment, and one too short to tell */
	udp(ipv4(self, free_addr, IPPROTO_UDP), 67, 68);
	self->frame[ETH + 6] = 0x20;
	EXPECT_EQ(DHCP, sent(self));
	self->len = ETH + 20 + 7;
	EXPECT_EQ(MALFORMED, sent(self));
	udp(extension(ipv6(self, IPPROTO_HOPOPTS), IPPROTO_UDP, 3), 547, 546);
	EXPECT_EQ(DHCP, sent(self));
	/* A later fragment of anything */
	udp(ipv4(self, free_addr, IPPROTO_UDP), 67, 68);
	self->frame[ETH + 7] = 1;
	EXPECT_EQ(NONE, sent(self));
}

LAB_TEST(guard, router_advertisements)
{
	static const uint8_t between[] = {
		IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_DSTOPTS, 135, 139, 140,
	};
	uint8_t type, *p;
	unsigned int i;

	for (type = 134; type <= 137; type += 3) {
		EXPECT_WRAPPED(RA, ipv6(self, IPPROTO_ICMPV6)[0] = type);
		for (i = 0; i < sizeof(between); i++) {
			extension(ipv6(self, between[i]), IPPROTO_ICMPV6,
				  1 + i)[0] = type;
			EXPECT_EQ(RA, sent(self))
				TH_LOG("behind %d", between[i]);
		}
		/* Its length counts fours, and not the first two (RFC 4302) */
		p = ipv6(self, IPPROTO_AH);
		p[0] = IPPROTO_ICMPV6;
		p[1] = 4;
		p[24] = type;
		EXPECT_EQ(RA, sent(self));
		/* RFC 6980: an atomic one, a first one, with more in front */
		fragment(ipv6(self, IPPROTO_FRAGMENT), IPPROTO_ICMPV6, 0,
			 false)[0] = type;
		EXPECT_EQ(RA, sent(self));
		extension(fragment(ipv6(self, IPPROTO_FRAGMENT),
				   IPPROTO_DSTOPTS, 0, true),
			  IPPROTO_ICMPV6, 2)[0] = type;
		EXPECT_EQ(RA, sent(self));
	}
}

LAB_TEST(guard, headers_that_hide)
{
	uint8_t *p;
	int i;

	/* The first fragment ends before the chain of headers does: RFC 7113 */
	p = fragment(ipv6(self, IPPROTO_FRAGMENT), IPPROTO_DSTOPTS, 0, true);
	p = extension(p, IPPROTO_ICMPV6, 4);
	self->len = p - self->frame;
	EXPECT_EQ(MALFORMED, sent(self));
	self->len -= 32;
	EXPECT_EQ(MALFORMED, sent(self));
	/* The second one says nothing. */
	fragment(ipv6(self, IPPROTO_FRAGMENT), IPPROTO_ICMPV6, 4, false)[0] = 134;
	EXPECT_EQ(NONE, sent(self));
	/* More of them than anybody needs */
	p = ipv6(self, IPPROTO_DSTOPTS);
	for (i = 0; i < 16; i++)
		p = extension(p, i < 15 ? IPPROTO_DSTOPTS : IPPROTO_ICMPV6, 1);
	p[0] = 134;
	self->len = 300;
	EXPECT_EQ(MALFORMED, sent(self));
	ipv4(self, leased, IPPROTO_UDP);
	for (i = 0; i < 9; i++)
		wrap(self, TAG, 4);
	EXPECT_EQ(MALFORMED, sent(self));
	ipv4(self, free_addr, IPPROTO_UDP);
	self->frame[ETH] = 0x44;
	EXPECT_EQ(MALFORMED, sent(self));
	ipv6(self, IPPROTO_UDP);
	self->frame[ETH] = 0x40;
	EXPECT_EQ(MALFORMED, sent(self));
	/* Cut short anywhere */
	for (i = ETH + 8; i < ETH + 20; i++) {
		ipv4(self, free_addr, IPPROTO_TCP);
		self->len = i;
		EXPECT_EQ(MALFORMED, sent(self)) TH_LOG("%d bytes", i);
	}
	for (i = ETH + 8; i < ETH + 48; i++) {
		ipv6(self, IPPROTO_UDP);
		self->len = i;
		EXPECT_EQ(MALFORMED, sent(self)) TH_LOG("%d bytes", i);
	}
}

/* With it went all that is sent to a guest, whatever its IPv4 address. */
LAB_TEST(guard, mac_address_of_another)
{
	struct lab *lab = &self->lab;

	ethernet(self, LAB_PROTO);
	from(self, self->victim);
	EXPECT_EQ(MAC, sent(self));
	arp(self, no_addr, leased);
	from(self, gateway_mac);
	memcpy(self->frame + ETH + 8, gateway_mac, 6);
	EXPECT_EQ(MAC, sent(self));
	ipv6(self, IPPROTO_TCP);
	from(self, gateway_mac);
	EXPECT_EQ(MAC, sent(self));
	EXPECT_EQ(AT(0), lab_who(lab, lab_tx(lab, 2, self->victim, mac(0x102))));
	/* Nobody is there any more. */
	EXPECT_EQ(0, link_up(&lab->rt, lab->e[0], false));
	ethernet(self, LAB_PROTO);
	from(self, self->victim);
	EXPECT_TRUE(wait_for(sent(self) == NONE));
}

LAB_TEST(guard, off_it_lets_all_pass)
{
	EXPECT_EQ(0, guard(self, false));
	EXPECT_WRAPPED(NONE, ipv4(self, leased, IPPROTO_UDP));
	EXPECT_WRAPPED(NONE, arp(self, leased, leased));
	EXPECT_WRAPPED(NONE, udp(ipv4(self, free_addr, IPPROTO_UDP), 67, 68));
	EXPECT_WRAPPED(NONE, ipv6(self, IPPROTO_ICMPV6)[0] = 134);
	EXPECT_EQ(0, guard(self, true));
	ipv4(self, leased, IPPROTO_UDP);
	EXPECT_EQ(SOURCE, sent(self));
}

/* New ports start with it, but a gateway's own port never has it. */
LAB_TEST(guard, default_of_a_switch)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, sh("netemu-ctl switch set sw0 default-guard on"));
	EXPECT_EQ(0, link_master(&lab->rt, lab->p[2], 0));
	EXPECT_EQ(0, link_master(&lab->rt, lab->p[2], lab->sw));
	EXPECT_EQ(0, link_master(&lab->rt, self->gw, 0));
	EXPECT_EQ(0, link_master(&lab->rt, self->gw, lab->sw));
	EXPECT_EQ(1, port_value(&lab->gn, lab->p[2], NETEMU_PORT_A_GUARD));
	EXPECT_EQ(0, port_value(&lab->gn, lab->p[0], NETEMU_PORT_A_GUARD));
	EXPECT_EQ(0, port_value(&lab->gn, self->gw, NETEMU_PORT_A_GUARD));
	EXPECT_EQ(0, port_set(&lab->gn, self->gw,
			      OPTS(OPT8(NETEMU_PORT_A_GUARD, 1))));
	EXPECT_EQ(0, port_value(&lab->gn, self->gw, NETEMU_PORT_A_GUARD));
}

/* What a gateway told goes with it, and comes with it. */
LAB_TEST(guard, gateways_come_and_go)
{
	struct lab *lab = &self->lab;
	int other;

	EXPECT_EQ(0, link_add(&lab->rt, NETEMU_KIND_GATEWAY, "gw1",
			      OPTS(OPT32(NETEMU_GW_A_SUBNET, 0x0003000a))));
	other = if_nametoindex("gw1");
	EXPECT_EQ(0, link_master(&lab->rt, other, lab->sw));
	EXPECT_EQ(5, bindings(self));
	EXPECT_EQ(0, link_master(&lab->rt, self->gw, 0));
	EXPECT_EQ(2, bindings(self));
	ipv4(self, leased, IPPROTO_UDP);
	EXPECT_EQ(NONE, sent(self));
	EXPECT_EQ(0, link_master(&lab->rt, self->gw, lab->sw));
	EXPECT_EQ(5, bindings(self));
	ipv4(self, leased, IPPROTO_UDP);
	EXPECT_EQ(SOURCE, sent(self));
	EXPECT_EQ(0, link_del(&lab->rt, self->gw));
	EXPECT_EQ(2, bindings(self));
	EXPECT_EQ(0, link_del(&lab->rt, other));
	EXPECT_EQ(0, bindings(self));
	/* Another address of the gateway: the old one is free. */
	EXPECT_EQ(0, link_add(&lab->rt, NETEMU_KIND_GATEWAY, "gw0", NO_OPTS));
	self->gw = if_nametoindex("gw0");
	EXPECT_EQ(0, link_master(&lab->rt, self->gw, lab->sw));
	EXPECT_EQ(0, link_change(&lab->rt, NETEMU_KIND_GATEWAY, self->gw,
				 OPTS(OPT32(NETEMU_GW_A_GATEWAY, 0x0902000a))));
	EXPECT_EQ(2, bindings(self));
	arp(self, gateway, gateway);
	EXPECT_EQ(NONE, sent(self));
	arp(self, (const uint8_t []){ 10, 0, 2, 9 }, gateway);
	EXPECT_EQ(ARP, sent(self));
}

/* Nothing that is wrong with a frame is worse than its end. */
LAB_TEST(guard, any_bit_turned)
{
	struct lab *lab = &self->lab;
	int i, n, rounds = lab_short() ? 2000 : 20000;
	uint32_t seed = 1;
	uint8_t *p;

	for (i = 0; i < rounds; i++) {
		switch (i % 5) {
		case 0:
			udp(ipv4(self, leased, IPPROTO_UDP), 67, 68);
			break;
		case 1:
			arp(self, leased, gateway);
			break;
		case 2:
			p = extension(ipv6(self, IPPROTO_HOPOPTS),
				      IPPROTO_FRAGMENT, 2);
			fragment(p, IPPROTO_ICMPV6, 0, true)[0] = 134;
			break;
		case 3:
			ipv4(self, leased, IPPROTO_UDP);
			wrap(self, TAG SNAP, 12);
			break;
		case 4:
			ipv6(self, IPPROTO_ICMPV6)[0] = 137;
			wrap(self, SERVICE_TAG TAG, 8);
			break;
		}
		for (n = 0; n < 4; n++) {
			/* xorshift32: the same frames in every run */
			seed ^= seed << 13;
			seed ^= seed >> 17;
			seed ^= seed << 5;
			self->frame[12 + (seed >> 8) % 80] ^= 1 << seed % 8;
		}
		self->len = ETH + (seed >> 16) % (self->len - ETH + 1);
		lab_send_bytes(lab, lab->e[1], self->frame, self->len);
		if (i % 64 == 63)
			lab_settle(lab);
	}
	lab_settle(lab);
	ipv4(self, leased, IPPROTO_UDP);
	EXPECT_EQ(SOURCE, sent(self));
	ipv4(self, free_addr, IPPROTO_UDP);
	EXPECT_EQ(NONE, sent(self));
}

TEST_HARNESS_MAIN
