// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that sends the gateway what it should not: every frame ends in an
 * answer, a translation or a count, and the gateway serves on.
 *
 * vm: timeout=240 debug=short
 */
#include "test.h"
#include "frames.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>

FIXTURE(hostile) {
	struct lab lab;
	int fd, gw;
	uint32_t seed;
	struct packet out, in;
};

FIXTURE_SETUP(hostile)
{
	struct lab *lab = &self->lab;
	int t;

	self->seed = 1;
	ASSERT_EQ(0, lab_open(lab, 0, OPTS(OPT8(NETEMU_SWITCH_A_HOST_PORT, 0))));
	ASSERT_EQ(0, link_add(&lab->rt, "netemu_gw", "gw0", NO_OPTS));
	self->gw = if_nametoindex("gw0");
	ASSERT_EQ(0, link_master(&lab->rt, self->gw, lab->sw));
	ASSERT_EQ(0, link_up(&lab->rt, self->gw, true));
	self->fd = tap_open("t0", IFF_VNET_HDR);
	ASSERT_LE(0, self->fd);
	t = if_nametoindex("t0");
	ASSERT_EQ(0, link_master(&lab->rt, t, lab->sw));
	ASSERT_EQ(0, link_up(&lab->rt, t, true));
	/* What leaves ends in a device that swallows everything. */
	ASSERT_EQ(0, sh("ip link add d0 type dummy && ip link set d0 up"));
	ASSERT_EQ(0, sh("ip addr add 198.51.100.1/24 dev d0"));
	ASSERT_EQ(0, sh("ip neigh add 198.51.100.2 lladdr 02:00:00:00:00:99 dev d0 nud permanent"));
}

FIXTURE_TEARDOWN(hostile)
{
	close(self->fd);
	lab_close(&self->lab);
}

static uint32_t rnd(FIXTURE_DATA(hostile) *self)
{
	/* xorshift32: the same frames in every run */
	self->seed ^= self->seed << 13;
	self->seed ^= self->seed >> 17;
	self->seed ^= self->seed << 5;
	return self->seed;
}

static int rounds(int n)
{
	return lab_short() ? n / 8 : n;
}

static void write_out(FIXTURE_DATA(hostile) *self)
{
	/* The tap refuses some headers itself: that is an answer too. */
	tap_write(self->fd, &self->out, true);
}

static void drain(FIXTURE_DATA(hostile) *self)
{
	while (tap_read(self->fd, &self->in, true) > 0)
		;
}

/* Reads until the answer to a ping comes, or nothing for a second. */
static bool answered(FIXTURE_DATA(hostile) *self)
{
	struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };

	while (poll(&poll_fd, 1, 1000) > 0) {
		if (tap_read(self->fd, &self->in, true) < ETH_HEAD + IP_HEAD + 8)
			continue;
		if (self->in.frame[ETH_HEAD + 9] == IPPROTO_ICMP &&
		    self->in.frame[ETH_HEAD + IP_HEAD] == 0)
			return true;
	}
	return false;
}

/* Does the gateway answer pings of an honest guest? */
static bool serves(FIXTURE_DATA(hostile) *self)
{
	return wait_for((drain(self), frame_ping(&self->out, frame_gw_ip),
			 write_out(self), answered(self)));
}

static int drops(const char *reason)
{
	return !wait_for(!sh("ethtool -S gw0 | grep -q 'drop_%s: [1-9]'",
			     reason));
}

LAB_TEST(hostile, an_honest_guest_is_served)
{
	EXPECT_TRUE(serves(self));
}

LAB_TEST(hostile, lengths_that_lie)
{
	int len;

	for (len = ETH_HEAD; len < ETH_HEAD + IP_HEAD + 64; len++) {
		frame_ping(&self->out, frame_world_ip);
		self->out.len = len;
		write_out(self);
		frame_arp_request(&self->out, frame_gw_ip);
		self->out.len = len;
		write_out(self);
		frame_discover(&self->out, 1);
		self->out.len = len;
		write_out(self);
	}
	for (len = 0; len < 65536; len += 255) {
		frame_ping(&self->out, frame_world_ip);
		frame_put16(self->out.frame + ETH_HEAD + 2, len);
		frame_finish_ip(&self->out);
		write_out(self);
		frame_datagram(&self->out, 67, 100);
		frame_put16(self->out.frame + ETH_HEAD + IP_HEAD + 4, len);
		write_out(self);
	}
	EXPECT_EQ(0, drops("truncated"));
	EXPECT_EQ(0, drops("ip_invalid"));
	EXPECT_TRUE(serves(self));
}

LAB_TEST(hostile, headers_that_lie)
{
	int i;

	for (i = 0; i < 16; i++) {
		frame_ping(&self->out, frame_world_ip);
		self->out.frame[ETH_HEAD] = 0x40 | i;
		frame_finish_ip(&self->out);
		write_out(self);
		frame_ping(&self->out, frame_world_ip);
		self->out.frame[ETH_HEAD] = i << 4 | 5;
		frame_finish_ip(&self->out);
		write_out(self);
	}
	EXPECT_EQ(0, drops("ip_options"));
	frame_ping(&self->out, frame_world_ip);
	self->out.frame[ETH_HEAD + 8] = 0;
	frame_finish_ip(&self->out);
	write_out(self);
	EXPECT_EQ(0, drops("ttl"));
	/* From the gateway itself, from the whole subnet, from nobody. */
	for (i = 0; i < 256; i++) {
		frame_ping(&self->out, frame_world_ip);
		self->out.frame[ETH_HEAD + 15] = i;
		frame_finish_ip(&self->out);
		write_out(self);
		frame_arp_request(&self->out, frame_gw_ip);
		self->out.frame[ETH_HEAD + 17] = i;
		write_out(self);
	}
	EXPECT_EQ(0, drops("source"));
	EXPECT_EQ(0, drops("arp_invalid"));
	EXPECT_TRUE(serves(self));
}

/* "Land": who answers such a packet answers himself for ever. */
LAB_TEST(hostile, packets_to_their_sender)
{
	const uint8_t *senders[] = { frame_guest.ip, frame_gw_ip, frame_world_ip };
	uint8_t *ip = self->out.frame + ETH_HEAD;
	int i;

	for (i = 0; i < 3; i++) {
		frame_syn(&self->out, 80);
		memcpy(ip + 12, senders[i], 4);
		memcpy(ip + 16, senders[i], 4);
		frame_finish_ip(&self->out);
		write_out(self);
	}
	EXPECT_EQ(0, drops("destination"));
	EXPECT_EQ(0, drops("source"));
	EXPECT_NE(0, sh("grep -q 'src=\\([0-9.]*\\) dst=\\1 sport=80 dport=80 ' /proc/net/nf_conntrack"));
	EXPECT_TRUE(serves(self));
}

LAB_TEST(hostile, checksums_left_to_compute_anywhere)
{
	int i;

	for (i = 0; i < rounds(20000); i++) {
		if (i & 1)
			frame_syn(&self->out, i);
		else
			frame_datagram(&self->out, 9, rnd(self) % 1200);
		self->out.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		self->out.vnet.csum_start = rnd(self) % 64;
		self->out.vnet.csum_offset = rnd(self) % 64;
		if (i & 2) {
			self->out.vnet.gso_type = i & 4 ? VIRTIO_NET_HDR_GSO_TCPV4 :
							  VIRTIO_NET_HDR_GSO_UDP;
			self->out.vnet.gso_size = rnd(self) % 1600;
			self->out.vnet.hdr_len = rnd(self) % 128;
		}
		write_out(self);
		if (i % 64 == 0)
			drain(self);
	}
	EXPECT_TRUE(serves(self));
}

LAB_TEST(hostile, fragments_that_overlap)
{
	int i;

	for (i = 0; i < rounds(5000); i++) {
		frame_fragment(&self->out, rnd(self) % 8, rnd(self) % 65536 & ~7,
			 rnd(self) & 1);
		write_out(self);
	}
	drain(self);
	EXPECT_TRUE(serves(self));
}

LAB_TEST(hostile, any_bit_turned)
{
	int i, n, turned;

	for (i = 0; i < rounds(30000); i++) {
		switch (rnd(self) % 6) {
		case 0:
			frame_ping(&self->out, frame_world_ip);
			break;
		case 1:
			frame_arp_request(&self->out, frame_gw_ip);
			break;
		case 2:
			frame_syn(&self->out, i);
			break;
		case 3:
			frame_datagram(&self->out, 53, 40);
			break;
		case 4:
			frame_discover(&self->out, rnd(self));
			break;
		case 5:
			frame_fragment(&self->out, i, 0, true);
			break;
		}
		turned = 1 + rnd(self) % 4;
		for (n = 0; n < turned; n++)
			self->out.frame[ETH_HEAD + rnd(self) % (self->out.len - ETH_HEAD)] ^=
				1 << rnd(self) % 8;
		if (rnd(self) % 4)
			frame_finish_ip(&self->out);
		write_out(self);
		if (i % 64 == 0)
			drain(self);
	}
	EXPECT_TRUE(serves(self));
}

/* Connections, guests and leases have an end; who was there is served. */
LAB_TEST(hostile, nothing_can_be_filled)
{
	int i;

	EXPECT_EQ(0, link_change(&self->lab.rt, "netemu_gw", self->gw,
				 OPTS(OPT32(NETEMU_GW_A_CONNECTIONS_LIMIT, 100),
				      OPT32(NETEMU_GW_A_GUEST_CONNECTIONS, 1000))));
	for (i = 1; i < 1000; i++) {
		frame_syn(&self->out, i);
		write_out(self);
	}
	EXPECT_EQ(0, drops("connections_full"));
	EXPECT_EQ(0, sh("test $(grep -c 10.0.2.15 /proc/net/nf_conntrack) -le 100"));
	for (i = 0; i < 2000; i++) {
		frame_discover(&self->out, i);
		self->out.frame[ETH_HEAD + IP_HEAD + 8 + 32] = i >> 8;
		self->out.frame[10] = i >> 8;
		write_out(self);
	}
	drain(self);
	EXPECT_TRUE(serves(self));
}

LAB_TEST(hostile, the_gateway_goes_under_fire)
{
	int i;

	for (i = 0; i < 2000; i++) {
		frame_syn(&self->out, i);
		write_out(self);
		if (i == 1000)
			EXPECT_EQ(0, link_del(&self->lab.rt, self->gw));
	}
	EXPECT_EQ(0, link_add(&self->lab.rt, "netemu_gw", "gw0", NO_OPTS));
	self->gw = if_nametoindex("gw0");
	EXPECT_EQ(0, link_master(&self->lab.rt, self->gw, self->lab.sw));
	EXPECT_EQ(0, link_up(&self->lab.rt, self->gw, true));
	EXPECT_TRUE(serves(self));
}

/* What the administrator may say, and what not. */
LAB_TEST(hostile, options_are_checked)
{
	struct nl *rt = &self->lab.rt;
	static const struct {
		struct opt opt;
		int error;
	} wrong[] = {
		{ OPT8(NETEMU_GW_A_PREFIX, 15), ERANGE },
		{ OPT8(NETEMU_GW_A_PREFIX, 30), ERANGE },
		{ OPT32(NETEMU_GW_A_SUBNET, 0x0102000a), EINVAL },
		{ OPT32(NETEMU_GW_A_SUBNET, 0x0000007f), EINVAL },
		{ OPT32(NETEMU_GW_A_GATEWAY, 0x0202000b), EINVAL },
		{ OPT32(NETEMU_GW_A_GATEWAY, 0x0302000a), EINVAL },
		{ OPT32(NETEMU_GW_A_DNS, 0xff02000a), EINVAL },
		{ OPT32(NETEMU_GW_A_DHCP_START, 0x0002000a), EINVAL },
		{ OPT32(NETEMU_GW_A_DHCP_END, 0x0502000a), EINVAL },
		{ OPT32(NETEMU_GW_A_LEASE_TIME, 59), ERANGE },
		{ OPT8(NETEMU_GW_A_HOST_ACCESS, 3), ERANGE },
		{ OPT8(NETEMU_GW_A_FASTPATH, 3), ERANGE },
		{ OPT8(NETEMU_GW_A_DHCP, 2), ERANGE },
		{ OPT8(NETEMU_GW_A_RESTRICT, 2), ERANGE },
		{ OPT8(NETEMU_GW_A_LINK_LOCAL, 2), ERANGE },
		{ OPT32(NETEMU_GW_A_CONNECTIONS_LIMIT, 0), ERANGE },
		{ OPT32(NETEMU_GW_A_GUEST_CONNECTIONS, 1048577), ERANGE },
		{ OPT32(NETEMU_GW_A_CONNECTION_RATE, 1000001), ERANGE },
		{ OPT32(NETEMU_GW_A_GUEST_LEASES, 4097), ERANGE },
		{ OPT16(NETEMU_GW_A_PORT_FIRST, 0), ERANGE },
		{ OPT16(NETEMU_GW_A_PORT_FIRST, 32768), EINVAL },
		{ OPT16(NETEMU_GW_A_PORT_LAST, 1023), EINVAL },
		{ OPT32(NETEMU_GW_A_RESOLVERS, 0), EINVAL },
		{ OPT16(NETEMU_GW_A_ZONE, 1), EINVAL },
		{ OPT8(NETEMU_GW_A_RESOLVERS_AUTO, 2), ERANGE },
		{ OPT32(NETEMU_GW_A_RESOLVER, 1), EINVAL },
		{ OPT8(NETEMU_GW_A_MAX + 1, 1), EINVAL },
	};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const struct opt opts[] = { wrong[i].opt, { 0 } };

		EXPECT_EQ(wrong[i].error,
			  link_change(rt, "netemu_gw", self->gw, opts))
			TH_LOG("option %d", wrong[i].opt.type);
		EXPECT_STRNE("", rt->text);
		EXPECT_NE(0, link_add(rt, "netemu_gw", "gw1", opts));
		EXPECT_EQ(0, if_nametoindex("gw1"));
	}
	EXPECT_EQ(EOPNOTSUPP, link_change(rt, "netemu_gw", self->gw,
					  OPTS(OPT8(NETEMU_GW_A_PREFIX, 25))));
	/* The same again is no change, and moves nothing along. */
	EXPECT_EQ(0, link_change(rt, "netemu_gw", self->gw,
				 OPTS(OPT32(NETEMU_GW_A_DNS, 0x0402000a))));
	EXPECT_EQ(0, link_change(rt, "netemu_gw", self->gw,
				 OPTS(OPT8(NETEMU_GW_A_PREFIX, 24))));
	EXPECT_EQ(0, sh("netemu-ctl -j gateway show gw0 | grep -q 10.0.2.4"));
	EXPECT_EQ(0, link_change(rt, "netemu_gw", self->gw,
				 OPTS(OPT32(NETEMU_GW_A_LEASE_TIME, 60),
				      OPT8(NETEMU_GW_A_RESTRICT, 1))));
	EXPECT_TRUE(serves(self));
}

TEST_HARNESS_MAIN
