// SPDX-License-Identifier: GPL-2.0
/*
 * Taps: the kernel's own tun driver.
 *
 * A tap is born under a name of its own ("nemutap" and a number) and renamed
 * when it is ready. The name at birth and later the mark are what the udev
 * rule knows it by, so that no network manager ever sees a tap of ours that
 * it does not know to leave alone.
 */
#include "wire_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#define TUN_DEVICE	"/dev/net/tun"
#define NAME_AT_BIRTH	"nemutap%d"

static int open_tap(struct wire *w, const struct tap_spec *spec,
		    char name[IFNAMSIZ])
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd, error;

	fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return wire_fail(w, -errno, "cannot open %s: %s", TUN_DEVICE,
				 strerror(errno));
	strcpy(ifr.ifr_name, NAME_AT_BIRTH);
	if (spec->multi_queue)
		ifr.ifr_flags |= IFF_MULTI_QUEUE;
	if (spec->vnet_hdr)
		ifr.ifr_flags |= IFF_VNET_HDR;
	if (ioctl(fd, TUNSETIFF, &ifr) < 0)
		goto err_close;
	if (spec->has_owner && ioctl(fd, TUNSETOWNER,
				     (unsigned long)spec->owner) < 0)
		goto err_close;
	if (spec->has_group && ioctl(fd, TUNSETGROUP,
				     (unsigned long)spec->group) < 0)
		goto err_close;
	memcpy(name, ifr.ifr_name, IFNAMSIZ);
	return fd;

err_close:
	error = -errno;
	close(fd);
	return wire_fail(w, error, "%s",
			 error == -EPERM ?
			 "not permitted: this needs CAP_NET_ADMIN, as root has it" :
			 strerror(-error));
}

/*
 * Keeps the host from talking IPv6 into the guest: without an address of its
 * own the device neither solicits nor listens. Where the host has no IPv6
 * there is nothing to keep quiet.
 */
static int silence_ipv6(struct wire *w, int ifindex)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	uint8_t mode = IN6_ADDR_GEN_MODE_NONE;
	struct nlattr *spec, *inet6;
	struct request req;
	int ret;

	request_rt(&req, RTM_SETLINK, 0, &ifi, sizeof(ifi));
	spec = request_nest(&req, NULL, IFLA_AF_SPEC);
	inet6 = request_nest(&req, NULL, AF_INET6);
	request_put(&req, NULL, IFLA_INET6_ADDR_GEN_MODE, &mode, sizeof(mode));
	request_nest_end(&req, inet6);
	request_nest_end(&req, spec);
	ret = wire_talk(w, w->rt, &req, NULL, NULL);
	return ret == -EAFNOSUPPORT ? 0 : ret;
}

static int dress_tap(struct wire *w, int ifindex, const struct tap_spec *spec)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct request req;

	request_rt(&req, RTM_SETLINK, 0, &ifi, sizeof(ifi));
	if (spec->has_addr)
		request_put(&req, "address", IFLA_ADDRESS, spec->addr, MAC_LEN);
	if (spec->has_mtu)
		request_put_u32(&req, "mtu", IFLA_MTU, spec->mtu);
	request_put(&req, NULL, IFLA_IFALIAS, TAP_MARK, strlen(TAP_MARK));
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

/*
 * A tap never stops its queue: a guest that is slow to read loses frames in the
 * tap itself, so the queueing discipline that the host puts in front by default
 * stays empty and only costs. libvirt does the same.
 */
static int remove_queue(struct wire *w, int ifindex)
{
	static const char kind[] = "noqueue";
	struct tcmsg tc = {
		.tcm_ifindex = ifindex,
		.tcm_parent = TC_H_ROOT,
	};
	struct request req;

	request_rt(&req, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &tc,
		   sizeof(tc));
	request_put(&req, NULL, TCA_KIND, kind, sizeof(kind));
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

static int name_tap(struct wire *w, int ifindex, const char *name)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct request req;

	request_rt(&req, RTM_SETLINK, 0, &ifi, sizeof(ifi));
	request_put(&req, NULL, IFLA_IFNAME, name, strlen(name) + 1);
	return wire_talk(w, w->rt, &req, NULL, NULL);
}

int wire_tap_new(struct wire *w, const char *name, const struct tap_spec *spec,
		 int *ifindex)
{
	struct link_info link;
	char born[IFNAMSIZ];
	int fd, ret;

	fd = open_tap(w, spec, born);
	if (fd < 0)
		return fd;
	ret = wire_link_get(w, born, &link);
	if (!ret)
		ret = silence_ipv6(w, link.ifindex);
	if (!ret)
		ret = dress_tap(w, link.ifindex, spec);
	if (!ret)
		ret = remove_queue(w, link.ifindex);
	if (!ret)
		ret = name_tap(w, link.ifindex, name);
	if (ret) {
		close(fd);
		return ret;
	}
	*ifindex = link.ifindex;
	return fd;
}

int wire_tap_keep(struct wire *w, int fd)
{
	if (ioctl(fd, TUNSETPERSIST, 1UL) < 0)
		return wire_fail(w, -errno, "%s", strerror(errno));
	return 0;
}
