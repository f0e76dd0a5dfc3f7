// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that takes all it can get: it reaches the end of its share, while the
 * guest beside it, and the host, have theirs.
 *
 * vm: timeout=300 debug=short plain=6.1
 */
#include "test.h"
#include "frames.h"

#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

static const struct frame_guest guests[2] = {
	{ { 0x02, 0, 0, 0, 0, 0x15 }, { 10, 0, 2, 15 } },
	{ { 0x02, 0, 0, 0, 0, 0x16 }, { 10, 0, 2, 16 } },
};

FIXTURE(hostile_limits) {
	struct lab lab;
	int fd[2], gw;
	struct packet out, in;
};

/* Guest n speaks. */
static void as(int n)
{
	frame_guest = guests[n];
}

static int add_guest(FIXTURE_DATA(hostile_limits) *self, int n)
{
	char name[] = "t0";
	int t;

	name[1] += n;
	self->fd[n] = tap_open(name, IFF_VNET_HDR);
	if (self->fd[n] < 0)
		return self->fd[n];
	t = if_nametoindex(name);
	return link_master(&self->lab.rt, t, self->lab.sw) ?:
	       link_up(&self->lab.rt, t, true);
}

static void drain(FIXTURE_DATA(hostile_limits) *self, int n)
{
	while (tap_read(self->fd[n], &self->in, true) > 0)
		;
}

static void send_as(FIXTURE_DATA(hostile_limits) *self, int n)
{
	tap_write(self->fd[n], &self->out, true);
}

/* Reads until the answer to a ping comes, or nothing for a second. */
static bool answered(FIXTURE_DATA(hostile_limits) *self, int n)
{
	struct pollfd poll_fd = { .fd = self->fd[n], .events = POLLIN };
	const uint8_t *ip = self->in.frame + ETH_HEAD;

	while (poll(&poll_fd, 1, 1000) > 0)
		if (tap_read(self->fd[n], &self->in, true) >= ETH_HEAD + IP_HEAD + 8 &&
		    ip[9] == IPPROTO_ICMP && ip[IP_HEAD] == 0)
			return true;
	return false;
}

static void ping_as(FIXTURE_DATA(hostile_limits) *self, int n, const uint8_t *to)
{
	drain(self, n);
	as(n);
	frame_ping(&self->out, to);
	send_as(self, n);
}

static bool serves(FIXTURE_DATA(hostile_limits) *self, int n)
{
	return wait_for((ping_as(self, n, frame_gw_ip), answered(self, n)));
}

FIXTURE_SETUP(hostile_limits)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, lab_open(lab, 0, OPTS(OPT8(NETEMU_SWITCH_A_HOST_PORT, 0))));
	ASSERT_EQ(0, link_add(&lab->rt, "netemu_gw", "gw0", NO_OPTS));
	self->gw = if_nametoindex("gw0");
	ASSERT_EQ(0, link_master(&lab->rt, self->gw, lab->sw));
	ASSERT_EQ(0, link_up(&lab->rt, self->gw, true));
	ASSERT_EQ(0, add_guest(self, 0));
	ASSERT_EQ(0, add_guest(self, 1));
	/* What leaves ends in a device that swallows everything. */
	ASSERT_EQ(0, sh("ip link add d0 type dummy && ip link set d0 up"));
	ASSERT_EQ(0, sh("ip addr add 198.51.100.1/24 dev d0"));
	ASSERT_TRUE(serves(self, 0));
	ASSERT_TRUE(serves(self, 1));
}

FIXTURE_TEARDOWN(hostile_limits)
{
	close(self->fd[0]);
	close(self->fd[1]);
	lab_close(&self->lab);
}

static int set(FIXTURE_DATA(hostile_limits) *self, const struct opt *opts)
{
	return link_change(&self->lab.rt, "netemu_gw", self->gw, opts);
}

static void open_as(FIXTURE_DATA(hostile_limits) *self, int n, uint16_t port,
		    uint8_t to)
{
	const uint8_t addr[4] = { 198, 51, 100, to };
	uint8_t *ip = self->out.frame + ETH_HEAD;

	as(n);
	frame_syn(&self->out, port);
	memcpy(ip + 16, addr, 4);
	frame_finish_ip(&self->out);
	send_as(self, n);
}

/* Connections of a guest that the host tracks */
static int tracked(int n)
{
	char command[128], text[16] = "";
	FILE *f;

	snprintf(command, sizeof(command),
		 "grep -c 'tcp .*src=10.0.2.%d ' /proc/net/nf_conntrack",
		 guests[n].ip[3]);
	f = popen(command, "r");
	if (!f)
		return -1;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	pclose(f);
	return text[0] ? atoi(text) : -1;
}

/* How often it struck */
static long drops(const char *reason)
{
	char command[128], text[32] = "";
	FILE *f;

	snprintf(command, sizeof(command),
		 "ethtool -S gw0 | sed -n 's/^ *drop_%s: //p'", reason);
	f = popen(command, "r");
	if (!f)
		return -1;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	pclose(f);
	return text[0] ? atol(text) : -1;
}

LAB_TEST(hostile_limits, connections_too_fast)
{
	int i;

	EXPECT_EQ(0, set(self, OPTS(OPT32(NETEMU_GW_A_CONNECTION_RATE, 1))));
	EXPECT_TRUE(wait_for((open_as(self, 0, 3000, 2),
			      drops("connection_rate") == 0 && tracked(0) == 1)));
	for (i = 0; i < 1000; i++)
		open_as(self, 0, i + 1, 2);
	EXPECT_TRUE(wait_for(drops("connection_rate") > 0));
	/* What it has goes on, and nobody else is hurt. */
	EXPECT_TRUE(serves(self, 0));
	open_as(self, 1, 1, 2);
	EXPECT_TRUE(wait_for(tracked(1) == 1));
	/* Slower is let through again. */
	EXPECT_TRUE(wait_for((open_as(self, 0, 4000, 2),
			      !sh("grep -q 'sport=4000 ' /proc/net/nf_conntrack"))));
}

LAB_TEST(hostile_limits, connections_of_one_guest)
{
	int i;

	EXPECT_EQ(0, set(self, OPTS(OPT32(NETEMU_GW_A_CONNECTIONS_LIMIT, 100),
				    OPT32(NETEMU_GW_A_CONNECTION_RATE, 0))));
	for (i = 0; i < 200; i++)
		open_as(self, 0, i + 1, 2);
	EXPECT_TRUE(wait_for(drops("guest_connections") > 0));
	EXPECT_TRUE(wait_for(tracked(0) == 50));
	EXPECT_EQ(0, drops("connections_full"));
	/* The other one has half. */
	for (i = 0; i < 40; i++)
		open_as(self, 1, i + 1, 2);
	EXPECT_TRUE(wait_for(tracked(1) == 40));
	/* Its port goes, its connections stay for a while, and count. */
	close(self->fd[0]);
	EXPECT_TRUE(wait_for(!if_nametoindex("t0")));
	EXPECT_EQ(0, set(self, OPTS(OPT32(NETEMU_GW_A_GUEST_CONNECTIONS, 100))));
	for (i = 0; i < 20; i++)
		open_as(self, 1, i + 41, 2);
	EXPECT_TRUE(wait_for(drops("connections_full") > 0));
	EXPECT_GE(50, tracked(1));
	ASSERT_EQ(0, add_guest(self, 0));
}

LAB_TEST(hostile_limits, no_port_is_left)
{
	int i;

	EXPECT_EQ(0, set(self, OPTS(OPT16(NETEMU_GW_A_PORT_FIRST, 2000),
				    OPT16(NETEMU_GW_A_PORT_LAST, 2003))));
	for (i = 0; i < 4; i++)
		open_as(self, 0, i + 1, 2);
	EXPECT_TRUE(wait_for(tracked(0) == 4));
	EXPECT_EQ(0, drops("ports_full"));
	open_as(self, 0, 5, 2);
	EXPECT_TRUE(wait_for(drops("ports_full") > 0));
	EXPECT_EQ(4, tracked(0));
	EXPECT_EQ(0, sh("test $(grep -o 'dport=200[0-3] ' /proc/net/nf_conntrack | sort -u | wc -l) = 4"));
	/* To somebody else they are free. */
	open_as(self, 0, 5, 3);
	EXPECT_TRUE(wait_for(tracked(0) == 5));
}

/* The limit is one for all namespaces, and set in the first one. */
static int set_max(int n)
{
	return sh("nsenter -t 1 -n sysctl -qw net.netfilter.nf_conntrack_max=%d", n);
}

static int get_max(void)
{
	FILE *f = fopen("/proc/sys/net/netfilter/nf_conntrack_max", "r");
	int n = -1;

	if (f) {
		if (fscanf(f, "%d", &n) != 1)
			n = -1;
		fclose(f);
	}
	return n;
}

LAB_TEST(hostile_limits, the_host_keeps_connections)
{
	int i, max = get_max();

	ASSERT_LT(0, max);
	ASSERT_EQ(0, set_max(320));
	for (i = 0; i < 400; i++)
		open_as(self, 0, i + 1, 2);
	EXPECT_TRUE(wait_for(drops("conntrack_full") > 0));
	EXPECT_EQ(0, drops("conntrack"));
	EXPECT_GE(301, tracked(0));
	EXPECT_LE(290, tracked(0));
	/* The host opens one. */
	EXPECT_EQ(0, sh("echo hello >/dev/udp/198.51.100.9/9"));
	EXPECT_EQ(0, sh("grep -q 'src=198.51.100.1 dst=198.51.100.9 ' /proc/net/nf_conntrack"));
	EXPECT_TRUE(serves(self, 0));
	EXPECT_EQ(0, set_max(max));
}

static void fragment_of_ping(FIXTURE_DATA(hostile_limits) *self, int n,
			     uint16_t id, bool last)
{
	uint8_t *ip = self->out.frame + ETH_HEAD;

	as(n);
	frame_ping(&self->out, frame_gw_ip);
	/* Echo of 128 bytes; the checksum is that of one with zeros behind. */
	frame_put16(ip + 4, id);
	frame_put16(ip + 6, last ? 64 / 8 : 0x2000);
	if (last)
		memset(ip + IP_HEAD, 0, 64);
	frame_finish_ip(&self->out);
	send_as(self, n);
}

static bool pieces_pass(FIXTURE_DATA(hostile_limits) *self, int n, uint16_t id)
{
	drain(self, n);
	fragment_of_ping(self, n, id, false);
	fragment_of_ping(self, n, id, true);
	return answered(self, n);
}

LAB_TEST(hostile_limits, fragments_that_wait_for_ever)
{
	int i;

	EXPECT_TRUE(wait_for(pieces_pass(self, 0, 60000)));
	for (i = 0; i < (lab_short() ? 1000 : 3000); i++) {
		as(0);
		frame_fragment(&self->out, i, 0, true);
		send_as(self, 0);
	}
	EXPECT_TRUE(wait_for(drops("fragments_full") > 0));
	/* 4 MiB is what the host has. */
	EXPECT_EQ(0, sh("awk '/^FRAG:/ { exit $5 > 1048576 }' /proc/net/sockstat"));
	EXPECT_TRUE(wait_for(pieces_pass(self, 1, 60001)));
}

/* Packets that are complete wait for nothing, however many they are. */
LAB_TEST(hostile_limits, fragments_that_meet)
{
	int i;

	for (i = 0; i < (lab_short() ? 500 : 2000); i++) {
		fragment_of_ping(self, 0, i, false);
		fragment_of_ping(self, 0, i, true);
		if (i % 16 == 0)
			drain(self, 0);
	}
	EXPECT_EQ(0, drops("fragments_full"));
	EXPECT_TRUE(wait_for(pieces_pass(self, 0, 60000)));
}

static void call(FIXTURE_DATA(hostile_limits) *self, int n, uint8_t net,
		 uint8_t host)
{
	ping_as(self, n, (uint8_t[]){ 198, 18, net, host });
}

LAB_TEST(hostile_limits, every_address_of_the_link)
{
	int i;

	EXPECT_EQ(0, sh("ip link add d1 type dummy && ip link set d1 arp on up"));
	EXPECT_EQ(0, sh("ip addr add 198.18.255.1/16 dev d1"));
	EXPECT_EQ(0, set(self, OPTS(OPT32(NETEMU_GW_A_CONNECTION_RATE, 0))));
	for (i = 0; i < (lab_short() ? 600 : 2000); i++)
		call(self, 0, i / 250, i % 250 + 1);
	EXPECT_TRUE(wait_for(drops("neighbours_full") > 0));
	EXPECT_EQ(0, sh("test $(ip neigh show dev d1 | wc -l) -lt 768"));
	/* Others call somebody new all the same. */
	EXPECT_TRUE(wait_for((call(self, 1, 100, 1),
			      !sh("ip neigh show 198.18.100.1 dev d1 | grep -q ."))));
	/* Who is known can be called by anybody. */
	EXPECT_EQ(0, sh("ip neigh replace 198.18.100.2 lladdr 02:00:00:00:00:99 dev d1"));
	EXPECT_TRUE(wait_for((call(self, 0, 100, 2),
			      !sh("grep -q 'src=10.0.2.15 dst=198.18.100.2 ' /proc/net/nf_conntrack"))));
}

/* Addresses that a guest invents leave room for others. */
LAB_TEST(hostile_limits, addresses_of_one_guest)
{
	int i;

	EXPECT_EQ(0, link_del(&self->lab.rt, self->gw));
	EXPECT_EQ(0, sh("netemu-ctl gateway add gw0 switch sw0 subnet 10.0.0.0/16 gateway-address 10.0.2.2 dns-address 10.0.2.3"));
	self->gw = if_nametoindex("gw0");
	for (i = 0; i < (lab_short() ? 2500 : 5000); i++) {
		as(0);
		frame_guest.ip[2] = 8 + i / 250;
		frame_guest.ip[3] = 1 + i % 250;
		frame_arp_request(&self->out, frame_gw_ip);
		send_as(self, 0);
		if (i % 64 == 0)
			drain(self, 0);
	}
	EXPECT_TRUE(wait_for(drops("guests_full") > 0));
	EXPECT_TRUE(serves(self, 1));
	EXPECT_EQ(0, sh("netemu-ctl -j gateway show gw0 | jq -e '.[0].guest_count <= 2100' >/dev/null"));
}

/* Ten thousand at once, to four destinations, without a port used twice. */
LAB_TEST(hostile_limits, ten_thousand_connections)
{
	int i, n = 10000, max = get_max();

	ASSERT_LT(0, max);
	/* The same as above, only more of it. */
	if (lab_short())
		return;
	ASSERT_EQ(0, set_max(65536));
	EXPECT_EQ(0, set(self, OPTS(OPT32(NETEMU_GW_A_CONNECTIONS_LIMIT, 10000),
				    OPT32(NETEMU_GW_A_GUEST_CONNECTIONS, 10000),
				    OPT32(NETEMU_GW_A_CONNECTION_RATE, 0))));
	for (i = 0; i < n; i++)
		open_as(self, 0, 1000 + i, 2 + i % 4);
	EXPECT_TRUE(wait_for(tracked(0) == n));
	EXPECT_EQ(0, sh("test -z \"$(sed -n 's/.*zone-orig=.*\\(src=[^ ]*\\) .*\\(dport=[0-9]*\\) .*/\\1 \\2/p' /proc/net/nf_conntrack | sort | uniq -d)\""));
	EXPECT_TRUE(serves(self, 0));
	EXPECT_EQ(0, set_max(max));
}

TEST_HARNESS_MAIN
