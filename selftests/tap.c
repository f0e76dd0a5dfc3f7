// SPDX-License-Identifier: GPL-2.0
/*
 * Taps as ports, with what virtual machines do to them: offloads by virtio
 * headers, several queues, jumbo frames, and sudden death.
 *
 * vm: timeout=180
 */
#include "test.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <linux/if_link.h>

#define HOST(n)	mac((n) + 1)

FIXTURE(tap) {
	struct lab lab;
	int fd[2];		/* the taps t0 and t1 */
	int t[2];
	struct packet out, in;
};

/* Makes tN with a virtual machine on it; a port of the switch. */
static int plug(FIXTURE_DATA(tap) *self, int n, unsigned int flags)
{
	struct lab *lab = &self->lab;
	char name[16];
	int err;

	snprintf(name, sizeof(name), "t%d", n);
	self->fd[n] = tap_open(name, flags);
	if (self->fd[n] < 0)
		return -self->fd[n];
	self->t[n] = if_nametoindex(name);
	err = link_master(&lab->rt, self->t[n], lab->sw) ?:
	      link_up(&lab->rt, self->t[n], true);
	if (err)
		return err;
	return wait_for(port_value(&lab->gn, self->t[n],
				   NETEMU_PORT_A_STATE) ==
			NETEMU_PORT_STATE_FORWARDING) ? 0 : ETIMEDOUT;
}

FIXTURE_SETUP(tap)
{
	int n;

	ASSERT_EQ(0, lab_open(&self->lab, 1, NO_OPTS));
	for (n = 0; n < 2; n++)
		ASSERT_EQ(0, plug(self, n, IFF_VNET_HDR));
}

FIXTURE_TEARDOWN(tap)
{
	close(self->fd[0]);
	close(self->fd[1]);
	lab_close(&self->lab);
}

static int offload(int fd, unsigned int flags)
{
	return ioctl(fd, TUNSETOFFLOAD, flags) ? errno : 0;
}

/* A plain broadcast frame of this length. */
static void plain(struct packet *p, const uint8_t *src, size_t len)
{
	memset(&p->vnet, 0, sizeof(p->vnet));
	memset(p->frame, 0xa5, len);
	memcpy(p->frame, mac_broadcast, 6);
	memcpy(p->frame + 6, src, 6);
	p->frame[12] = LAB_PROTO >> 8;
	p->frame[13] = LAB_PROTO & 0xff;
	p->len = len;
}

/* Writes self->out to t0; reads what comes next at t1 into self->in. */
static ssize_t pass(FIXTURE_DATA(tap) *self)
{
	ssize_t n = tap_write(self->fd[0], &self->out, true);

	if (n != (ssize_t)self->out.len)
		return n < 0 ? n : -EIO;
	lab_settle(&self->lab);
	return tap_read(self->fd[1], &self->in, true);
}

static void drain(int fd, struct packet *p)
{
	while (tap_read(fd, p, true) >= 0)
		;
}

LAB_TEST(tap, frame_passes)
{
	plain(&self->out, HOST(5), 100);
	ASSERT_EQ(100, pass(self));
	EXPECT_EQ(0, memcmp(self->out.frame, self->in.frame, 100));
	EXPECT_EQ(0, self->in.vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
	EXPECT_EQ(VIRTIO_NET_HDR_GSO_NONE, self->in.vnet.gso_type);
	EXPECT_EQ(-EAGAIN, tap_read(self->fd[1], &self->in, true));
	EXPECT_EQ(-EAGAIN, tap_read(self->fd[0], &self->in, true));
	EXPECT_EQ(self->t[0], fdb_where(&self->lab.rt, self->lab.sw, HOST(5)));
}

LAB_TEST(tap, shortest_frame_passes)
{
	plain(&self->out, HOST(5), 14);
	ASSERT_EQ(14, pass(self));
	plain(&self->out, HOST(5), 13);
	EXPECT_EQ(-EINVAL, tap_write(self->fd[0], &self->out, true));
}

LAB_TEST(tap, frame_passes_to_and_from_veth)
{
	struct lab *lab = &self->lab;
	unsigned int before = lab->ear[0].n;
	uint32_t id;

	plain(&self->out, HOST(5), 100);
	ASSERT_EQ(100, pass(self));
	ear_listen(&lab->ear[0]);
	EXPECT_EQ(before + 1, lab->ear[0].n);
	drain(self->fd[1], &self->in);
	id = lab_tx(lab, 0, HOST(5), HOST(0));
	lab_settle(lab);
	EXPECT_EQ(60, tap_read(self->fd[0], &self->in, true));
	EXPECT_EQ(0, memcmp(self->in.frame + 18, &id, 4));
	EXPECT_EQ(-EAGAIN, tap_read(self->fd[1], &self->in, true));
}

/* ---- offloads ----------------------------------------------------------- */

static const uint16_t vids[] = { 0, 5, 5 | PACKET_QINQ };

#define VIDS	3

static const unsigned int all_offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;

LAB_TEST(tap, large_segment_stays_in_one_piece)
{
	int i;

	ASSERT_EQ(0, offload(self->fd[1], all_offloads));
	for (i = 0; i < VIDS; i++) {
		packet_tcp4(&self->out, mac_broadcast, HOST(5), vids[i], 20000,
			    1448);
		ASSERT_EQ(self->out.len, pass(self));
		EXPECT_EQ(VIRTIO_NET_HDR_GSO_TCPV4, self->in.vnet.gso_type);
		EXPECT_EQ(1448, self->in.vnet.gso_size);
		EXPECT_EQ(VIRTIO_NET_HDR_F_NEEDS_CSUM,
			  self->in.vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
		EXPECT_EQ(self->out.vnet.csum_start, self->in.vnet.csum_start);
		EXPECT_EQ(16, self->in.vnet.csum_offset);
		EXPECT_EQ(0, memcmp(self->out.frame, self->in.frame,
				    self->out.len));
		EXPECT_EQ(-EAGAIN, tap_read(self->fd[1], &self->in, true));
	}
}

/* The far machine takes no large segments: it gets small ones, all right. */
LAB_TEST(tap, large_segment_is_cut_where_it_must)
{
	size_t sum;
	int i, n;

	ASSERT_EQ(0, offload(self->fd[1], 0));
	for (i = 0; i < VIDS; i++) {
		packet_tcp4(&self->out, mac_broadcast, HOST(5), vids[i], 20000,
			    1448);
		ASSERT_LT(0, pass(self));
		sum = 0;
		n = 0;
		do {
			EXPECT_LE(self->in.len, 1522);
			EXPECT_EQ(VIRTIO_NET_HDR_GSO_NONE,
				  self->in.vnet.gso_type);
			EXPECT_EQ(0, self->in.vnet.flags &
				     VIRTIO_NET_HDR_F_NEEDS_CSUM);
			EXPECT_TRUE(packet_tcp4_ok(&self->in));
			EXPECT_EQ(0, memcmp(self->out.frame, self->in.frame,
					    14));
			sum += packet_payload(&self->in);
			n++;
		} while (tap_read(self->fd[1], &self->in, true) > 0);
		EXPECT_EQ(20000, sum);
		EXPECT_EQ(14, n);
	}
}

LAB_TEST(tap, partial_checksum_stays_partial)
{
	int i;

	ASSERT_EQ(0, offload(self->fd[1], TUN_F_CSUM));
	for (i = 0; i < VIDS; i++) {
		packet_tcp4(&self->out, mac_broadcast, HOST(5), vids[i], 100, 0);
		ASSERT_EQ(self->out.len, pass(self));
		EXPECT_EQ(VIRTIO_NET_HDR_F_NEEDS_CSUM,
			  self->in.vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
		EXPECT_EQ(self->out.vnet.csum_start, self->in.vnet.csum_start);
		EXPECT_EQ(0, memcmp(self->out.frame, self->in.frame,
				    self->out.len));
	}
}

LAB_TEST(tap, partial_checksum_is_completed_where_it_must)
{
	int i;

	ASSERT_EQ(0, offload(self->fd[1], 0));
	for (i = 0; i < VIDS; i++) {
		packet_tcp4(&self->out, mac_broadcast, HOST(5), vids[i], 101, 0);
		EXPECT_FALSE(packet_tcp4_ok(&self->out));
		ASSERT_EQ(self->out.len, pass(self));
		EXPECT_EQ(0, self->in.vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
		EXPECT_TRUE(packet_tcp4_ok(&self->in));
	}
}

LAB_TEST(tap, large_segment_reaches_veth_in_one_piece)
{
	struct lab *lab = &self->lab;
	const struct heard *h;
	unsigned int before;

	ear_listen(&lab->ear[0]);
	before = lab->ear[0].n;
	packet_tcp4(&self->out, mac_broadcast, HOST(5), 0, 20000, 1448);
	ASSERT_EQ(self->out.len, tap_write(self->fd[0], &self->out, true));
	lab_settle(lab);
	ear_listen(&lab->ear[0]);
	ASSERT_EQ(before + 1, lab->ear[0].n);
	h = &lab->ear[0].heard[before % LAB_HEARD];
	EXPECT_EQ(self->out.len, h->len);
}

/* Pieces that are larger than the way out do not fit, whole or cut. */
LAB_TEST(tap, large_segment_with_too_large_pieces_is_dropped)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, offload(self->fd[1], all_offloads));
	packet_tcp4(&self->out, mac_broadcast, HOST(5), 0, 20000, 3000);
	EXPECT_EQ(-EAGAIN, pass(self));
	EXPECT_EQ(1, port_drops(&lab->gn, self->t[1], NETEMU_DROP_OVERSIZE));
	EXPECT_EQ(1, port_drops(&lab->gn, lab->p[0], NETEMU_DROP_OVERSIZE));
}

/* A guest writes what it likes. Nothing has to arrive; all has to live. */
LAB_TEST(tap, garbage_headers_harm_nobody)
{
	unsigned int i, j, seed = 4711;

	ASSERT_EQ(0, offload(self->fd[0], all_offloads));
	ASSERT_EQ(0, offload(self->fd[1], 0));
	for (i = 0; i < 3000; i++) {
		packet_tcp4(&self->out, mac_broadcast, HOST(5), i & 1 ? 5 : 0,
			    rand_r(&seed) % 5000, rand_r(&seed) % 2000);
		switch (i % 3) {
		case 0:		/* the header of the machine is wrong */
			for (j = 0; j < sizeof(self->out.vnet); j++)
				if (rand_r(&seed) % 3 == 0)
					((uint8_t *)&self->out.vnet)[j] =
						rand_r(&seed);
			break;
		case 1:		/* the frame does not suit it */
			for (j = 12; j < 60; j++)
				if (rand_r(&seed) % 8 == 0)
					self->out.frame[j] = rand_r(&seed);
			break;
		case 2:		/* it is cut short */
			self->out.len = 14 + rand_r(&seed) % 60;
			break;
		}
		tap_write(self->fd[0], &self->out, true);
		if (i % 64 == 63) {
			lab_settle(&self->lab);
			drain(self->fd[1], &self->in);
		}
	}
	lab_settle(&self->lab);
	drain(self->fd[1], &self->in);
	plain(&self->out, HOST(5), 100);
	EXPECT_EQ(100, pass(self));
}

/* ---- queues, sizes, life ------------------------------------------------ */

LAB_TEST(tap, several_queues)
{
	struct lab *lab = &self->lab;
	unsigned int heard = 0, i;
	int q[2];

	ASSERT_EQ(0, link_master(&lab->rt, self->t[1], 0));
	q[0] = tap_open("mq", IFF_VNET_HDR | IFF_MULTI_QUEUE);
	q[1] = tap_open("mq", IFF_VNET_HDR | IFF_MULTI_QUEUE);
	ASSERT_LT(0, q[0]);
	ASSERT_LT(0, q[1]);
	ASSERT_EQ(0, sh("ip link set mq up master sw0"));
	ASSERT_TRUE(wait_for(port_value(&lab->gn, if_nametoindex("mq"),
					NETEMU_PORT_A_STATE) ==
			     NETEMU_PORT_STATE_FORWARDING));
	for (i = 0; i < 32; i++) {
		plain(&self->out, HOST(100 + i), 100 + i);
		ASSERT_LT(0, tap_write(self->fd[0], &self->out, true));
	}
	lab_settle(lab);
	for (i = 0; i < 2; i++)
		while (tap_read(q[i], &self->in, true) > 0)
			heard++;
	EXPECT_EQ(32, heard);
	for (i = 0; i < 2; i++) {
		plain(&self->out, HOST(50 + i), 100);
		ASSERT_LT(0, tap_write(q[i], &self->out, true));
		lab_settle(lab);
		EXPECT_EQ(100, tap_read(self->fd[0], &self->in, true));
	}
	close(q[0]);
	close(q[1]);
}

LAB_TEST(tap, jumbo_frames)
{
	struct lab *lab = &self->lab;
	int n;

	for (n = 0; n < 2; n++)
		ASSERT_EQ(0, link_u32(&lab->rt, self->t[n], IFLA_MTU, 9000));
	plain(&self->out, HOST(5), 9014);
	EXPECT_EQ(9014, pass(self));
	EXPECT_EQ(0, memcmp(self->out.frame, self->in.frame, 9014));
	EXPECT_EQ(1, port_drops(&lab->gn, lab->p[0], NETEMU_DROP_OVERSIZE));
	for (n = 0; n < 2; n++)
		ASSERT_EQ(0, link_u32(&lab->rt, self->t[n], IFLA_MTU, 65521));
	plain(&self->out, HOST(5), 65535);
	EXPECT_EQ(65535, pass(self));
	EXPECT_EQ(0, memcmp(self->out.frame, self->in.frame, 65535));
}

/* The machine is killed, its tap is persistent: the port waits for the next. */
LAB_TEST(tap, machine_ends_and_starts_again)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, ioctl(self->fd[1], TUNSETPERSIST, 1));
	ASSERT_EQ(NETEMU_PORT_STATE_FORWARDING,
		  port_value(&lab->gn, self->t[1], NETEMU_PORT_A_STATE));
	close(self->fd[1]);
	EXPECT_TRUE(wait_for(port_value(&lab->gn, self->t[1],
					NETEMU_PORT_A_STATE) ==
			     NETEMU_PORT_STATE_DISABLED));
	plain(&self->out, HOST(5), 100);
	EXPECT_EQ(100, tap_write(self->fd[0], &self->out, true));
	self->fd[1] = tap_open("t1", IFF_VNET_HDR);
	ASSERT_LT(0, self->fd[1]);
	EXPECT_TRUE(wait_for(port_value(&lab->gn, self->t[1],
					NETEMU_PORT_A_STATE) ==
			     NETEMU_PORT_STATE_FORWARDING &&
			     lab_ready(lab, self->t[1])));
	drain(self->fd[1], &self->in);
	EXPECT_EQ(100, pass(self));
	ASSERT_EQ(0, ioctl(self->fd[1], TUNSETPERSIST, 0));
}

/* A tap that is not persistent goes with its machine, in the middle of it. */
LAB_TEST(tap, tap_vanishes_under_traffic)
{
	struct lab *lab = &self->lab;
	int i, j, t1;

	for (i = 0; i < 20; i++) {
		t1 = self->t[1];
		for (j = 0; j < 20; j++) {
			plain(&self->out, HOST(5), 100);
			EXPECT_EQ(100, tap_write(self->fd[0], &self->out,
						 true));
			plain(&self->out, HOST(6), 100);
			EXPECT_EQ(100, tap_write(self->fd[1], &self->out,
						 true));
		}
		close(self->fd[1]);
		EXPECT_EQ(ENODEV, port_del(&lab->gn, t1));
		EXPECT_EQ(2, switch_value(&lab->gn, lab->sw,
					  NETEMU_SWITCH_A_PORTS));
		EXPECT_EQ(0, fdb_where(&lab->rt, lab->sw, HOST(6)));
		ASSERT_EQ(0, plug(self, 1, IFF_VNET_HDR));
		drain(self->fd[0], &self->in);
	}
	plain(&self->out, HOST(5), 100);
	EXPECT_EQ(100, pass(self));
}

static int open_as(uid_t uid, const char *name)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct ifreq ifr = {
			.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR,
		};
		int fd = open("/dev/net/tun", O_RDWR);

		strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
		if (fd < 0 || setgid(uid) || setuid(uid))
			_exit(255);
		_exit(ioctl(fd, TUNSETIFF, &ifr) ? errno : 0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

LAB_TEST(tap, owner_opens_it)
{
	ASSERT_EQ(0, sh("ip tuntap add dev own mode tap user 1000 vnet_hdr && ip link set own up master sw0"));
	EXPECT_EQ(0, open_as(1000, "own"));
	EXPECT_EQ(EPERM, open_as(1001, "own"));
	ASSERT_EQ(0, sh("ip link del own"));
}

TEST_HARNESS_MAIN
