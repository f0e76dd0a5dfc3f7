// SPDX-License-Identifier: GPL-2.0
/* Options of gateways that are about DHCP: see config.c. */
#include "gateway.h"
#include "config.h"
#include "dhcp.h"

#include <linux/ctype.h>
#include <linux/inetdevice.h>
#include <net/ip.h>

static int parse_leases(struct nemu_gw_config *config, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	struct nlattr *start = tb[NETEMU_GW_A_DHCP_START];
	struct nlattr *end = tb[NETEMU_GW_A_DHCP_END];
	struct nlattr *time = tb[NETEMU_GW_A_LEASE_TIME];
	int err;

	err = nemu_gw_parse_flag(&config->dhcp, tb[NETEMU_GW_A_DHCP],
				 "netemu: dhcp is 0 or 1", extack);
	if (!err && start) {
		config->dhcp_start = nla_get_be32(start);
		err = nemu_gw_check_host(config, config->dhcp_start, start,
					 extack);
	}
	if (!err && end) {
		config->dhcp_end = nla_get_be32(end);
		err = nemu_gw_check_host(config, config->dhcp_end, end, extack);
	}
	if (err)
		return err;
	if (ntohl(config->dhcp_start) > ntohl(config->dhcp_end))
		return nemu_gw_refuse(end ?: start, -EINVAL,
				      "netemu: the DHCP range is empty: it ends before it starts",
				      extack);
	if (!time)
		return 0;
	if (nla_get_u32(time) < NETEMU_GW_LEASE_TIME_MIN)
		return nemu_gw_refuse(time, -ERANGE,
				      "netemu: a lease lasts at least "
				      __stringify(NETEMU_GW_LEASE_TIME_MIN) " seconds",
				      extack);
	config->lease_time = nla_get_u32(time);
	return 0;
}

/* Letters, digits, hyphens and underscores, with single dots between. */
static bool is_domain(const char *text, size_t len)
{
	size_t label = 0;

	if (!len || len > NETEMU_GW_DOMAIN_MAX)
		return false;
	for (; len--; text++) {
		if (*text == '.') {
			if (!label || !len)
				return false;
			label = 0;
		} else if ((!isascii(*text) || !isalnum(*text)) &&
			   *text != '-' && *text != '_') {
			return false;
		} else if (++label > NEMU_LEASE_NAME_MAX) {
			return false;
		}
	}
	return true;
}

static int parse_domain(char *domain, struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const char *text;

	if (!attr)
		return 0;
	text = nla_data(attr);
	if (*text && !is_domain(text, strlen(text)))
		return nemu_gw_refuse(attr, -EINVAL,
				      "netemu: not a domain: labels of 1 to 63 letters, digits, hyphens and underscores, with dots between",
				      extack);
	nla_strscpy(domain, attr, NETEMU_GW_DOMAIN_MAX + 1);
	return 0;
}

static int parse_search(char *search, struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const char *text;
	int count = 0;
	size_t len;

	if (!attr)
		return 0;
	text = nla_data(attr);
	for (; *text; text += len) {
		text += count && *text == ',';
		len = strcspn(text, ",");
		if (!is_domain(text, len))
			return nemu_gw_refuse(attr, -EINVAL,
					      "netemu: the search list is domains with commas between",
					      extack);
		if (++count > NETEMU_GW_SEARCH_COUNT)
			return nemu_gw_refuse(attr, -ERANGE,
					      "netemu: the search list has more than "
					      __stringify(NETEMU_GW_SEARCH_COUNT) " domains",
					      extack);
	}
	nla_strscpy(search, attr, NETEMU_GW_SEARCH_MAX + 1);
	return 0;
}

static bool is_server(__be32 addr)
{
	return !ipv4_is_zeronet(addr) && !ipv4_is_multicast(addr) &&
	       !ipv4_is_lbcast(addr) && !ipv4_is_loopback(addr);
}

static int parse_servers(struct nemu_gw_dhcp_words *words, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *next = tb[NETEMU_GW_A_DHCP_NEXT_SERVER];
	struct nlattr *ntp = tb[NETEMU_GW_A_DHCP_NTP];
	int i;

	if (ntp) {
		if (nla_len(ntp) % sizeof(__be32))
			return nemu_gw_refuse(ntp, -EINVAL,
					      "netemu: time servers are IPv4 addresses",
					      extack);
		memset(words->ntp, 0, sizeof(words->ntp));
		memcpy(words->ntp, nla_data(ntp), nla_len(ntp));
		for (i = 0; i < nla_len(ntp) / sizeof(__be32); i++)
			if (!is_server(words->ntp[i]))
				return nemu_gw_refuse(ntp, -EINVAL,
						      "netemu: not the address of a time server",
						      extack);
	}
	if (next) {
		words->next_server = nla_get_be32(next);
		if (words->next_server && !is_server(words->next_server))
			return nemu_gw_refuse(next, -EINVAL,
					      "netemu: not the address of a boot server",
					      extack);
	}
	return 0;
}

/* Also of routes that stay while the subnet moves. */
static int check_next_hops(const struct nemu_gw_config *config,
			   struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const struct nemu_gw_dhcp_words *words = &config->words;
	__be32 host;
	int i;

	for (i = 0; i < words->route_count; i++) {
		host = words->routes[i].gateway & ~config->mask;
		if (words->routes[i].gateway &&
		    (!nemu_gw_in_subnet(config, words->routes[i].gateway) ||
		     !host || host == ~config->mask))
			return nemu_gw_refuse(attr, -EINVAL,
					      "netemu: the next hop of a route for guests is no host in the subnet",
					      extack);
	}
	return 0;
}

static int parse_routes(struct nemu_gw_config *config, struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	struct nemu_gw_dhcp_words *words = &config->words;
	const struct netemu_gw_route *r;
	int i;

	if (!attr)
		return check_next_hops(config, NULL, extack);
	if (nla_len(attr) % sizeof(*r))
		return nemu_gw_refuse(attr, -EINVAL,
				      "netemu: routes come in whole ones", extack);
	words->route_count = nla_len(attr) / sizeof(*r);
	memcpy(words->routes, nla_data(attr), nla_len(attr));
	for (i = 0; i < words->route_count; i++) {
		r = &words->routes[i];
		if (r->prefix > 32 || r->dest & ~inet_make_mask(r->prefix) ||
		    memchr_inv(r->pad, 0, sizeof(r->pad)))
			return nemu_gw_refuse(attr, -EINVAL,
					      "netemu: not a route: the network has bits set behind its mask",
					      extack);
	}
	return check_next_hops(config, attr, extack);
}

/* Options that have an attribute of their own. */
static bool has_own_attribute(u8 code)
{
	switch (code) {
	case NEMU_DHCP_OPT_MASK:
	case NEMU_DHCP_OPT_DOMAIN:
	case NEMU_DHCP_OPT_MTU:
	case NEMU_DHCP_OPT_NTP:
	case NEMU_DHCP_OPT_BOOTFILE:
	case NEMU_DHCP_OPT_SEARCH:
	case NEMU_DHCP_OPT_ROUTES:
	case NEMU_DHCP_OPT_MS_ROUTES:
		return true;
	}
	return false;
}

static int parse_options(struct nemu_gw_dhcp_words *words, struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(seen, 256) = { 0 };
	const u8 *p, *end;

	if (!attr)
		return 0;
	p = nla_data(attr);
	end = p + nla_len(attr);
	for (; p < end; p += 2 + p[1]) {
		if (end - p < 2 || end - p - 2 < p[1])
			return nemu_gw_refuse(attr, -EINVAL,
					      "netemu: a DHCP option is cut off",
					      extack);
		if (!nemu_dhcp_option_is_settable(p[0]))
			return nemu_gw_refuse(attr, -EINVAL,
					      "netemu: the server fills in this DHCP option itself",
					      extack);
		if (has_own_attribute(p[0]))
			return nemu_gw_refuse(attr, -EINVAL,
					      "netemu: this DHCP option has a setting of its own",
					      extack);
		if (__test_and_set_bit(p[0], seen))
			return nemu_gw_refuse(attr, -EINVAL,
					      "netemu: a DHCP option is given twice",
					      extack);
	}
	words->options_len = nla_len(attr);
	memcpy(words->options, nla_data(attr), nla_len(attr));
	return 0;
}

static int parse_words(struct nemu_gw_config *config, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nemu_gw_dhcp_words *words = &config->words;
	struct nlattr *mtu = tb[NETEMU_GW_A_DHCP_MTU];
	int err;

	err = parse_domain(words->domain, tb[NETEMU_GW_A_DHCP_DOMAIN], extack);
	if (!err)
		err = parse_search(words->search, tb[NETEMU_GW_A_DHCP_SEARCH],
				   extack);
	if (!err)
		err = parse_servers(words, tb, extack);
	if (!err)
		err = parse_routes(config, tb[NETEMU_GW_A_DHCP_ROUTES], extack);
	if (!err)
		err = parse_options(words, tb[NETEMU_GW_A_DHCP_OPTIONS],
				    extack);
	if (err)
		return err;
	if (tb[NETEMU_GW_A_DHCP_BOOTFILE])
		nla_strscpy(words->bootfile, tb[NETEMU_GW_A_DHCP_BOOTFILE],
			    sizeof(words->bootfile));
	if (mtu) {
		if (nla_get_u16(mtu) && nla_get_u16(mtu) < NETEMU_GW_MTU_MIN)
			return nemu_gw_refuse(mtu, -ERANGE,
					      "netemu: the MTU for guests is 0 (that of the gateway) or at least "
					      __stringify(NETEMU_GW_MTU_MIN),
					      extack);
		words->mtu = nla_get_u16(mtu);
	}
	return 0;
}

/**
 * nemu_gw_dhcp_parse() - read the options that are about DHCP
 * @config: changed where an attribute is given; its addresses are read already
 * @tb: attributes, parsed by nemu_gw_policy
 * @extack: what is wrong
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int nemu_gw_dhcp_parse(struct nemu_gw_config *config, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	return parse_leases(config, tb, extack) ?:
	       parse_words(config, tb, extack);
}

/**
 * nemu_gw_dhcp_fill_size() - room that nemu_gw_dhcp_fill() may need
 */
size_t nemu_gw_dhcp_fill_size(void)
{
	const struct nemu_gw_dhcp_words *words = NULL;

	return nla_total_size(sizeof(u8)) * 2 +
	       nla_total_size(sizeof(u16)) +
	       nla_total_size(sizeof(u32)) * 5 +
	       nla_total_size_64bit(sizeof(u64)) +
	       nla_total_size(sizeof(words->domain)) +
	       nla_total_size(sizeof(words->search)) +
	       nla_total_size(sizeof(words->bootfile)) +
	       nla_total_size(sizeof(words->ntp)) +
	       nla_total_size(sizeof(words->routes)) +
	       nla_total_size(sizeof(words->options));
}

static int fill_words(struct sk_buff *skb,
		      const struct nemu_gw_dhcp_words *words)
{
	int n = 0;

	while (n < NETEMU_GW_NTP_MAX && words->ntp[n])
		n++;
	if (nla_put_string(skb, NETEMU_GW_A_DHCP_DOMAIN, words->domain) ||
	    nla_put_string(skb, NETEMU_GW_A_DHCP_SEARCH, words->search) ||
	    nla_put(skb, NETEMU_GW_A_DHCP_NTP, n * sizeof(*words->ntp),
		    words->ntp) ||
	    nla_put_in_addr(skb, NETEMU_GW_A_DHCP_NEXT_SERVER,
			    words->next_server) ||
	    nla_put_string(skb, NETEMU_GW_A_DHCP_BOOTFILE, words->bootfile) ||
	    nla_put_u16(skb, NETEMU_GW_A_DHCP_MTU, words->mtu) ||
	    nla_put(skb, NETEMU_GW_A_DHCP_ROUTES,
		    words->route_count * sizeof(*words->routes),
		    words->routes) ||
	    nla_put(skb, NETEMU_GW_A_DHCP_OPTIONS, words->options_len,
		    words->options))
		return -EMSGSIZE;
	return 0;
}

/**
 * nemu_gw_dhcp_fill() - write the options and counts that are about DHCP
 * @skb: message
 * @gw: gateway
 * @config: its options
 *
 * Context: RTNL held.
 * Return: 0 or -EMSGSIZE.
 */
int nemu_gw_dhcp_fill(struct sk_buff *skb, const struct nemu_gw *gw,
		      const struct nemu_gw_config *config)
{
	if (nla_put_u8(skb, NETEMU_GW_A_DHCP, config->dhcp) ||
	    nla_put_in_addr(skb, NETEMU_GW_A_DHCP_START, config->dhcp_start) ||
	    nla_put_in_addr(skb, NETEMU_GW_A_DHCP_END, config->dhcp_end) ||
	    nla_put_u32(skb, NETEMU_GW_A_LEASE_TIME, config->lease_time) ||
	    nla_put_u32(skb, NETEMU_GW_A_LEASES, nemu_dhcp_leases(gw)) ||
	    nla_put_u8(skb, NETEMU_GW_A_DHCP_POOL_FULL,
		       nemu_dhcp_pool_full(gw)) ||
	    nla_put_u64_64bit(skb, NETEMU_GW_A_LEASE_EVENTS_LOST,
			      nemu_dhcp_lease_events_lost(gw),
			      NETEMU_GW_A_PAD))
		return -EMSGSIZE;
	return fill_words(skb, &config->words);
}
