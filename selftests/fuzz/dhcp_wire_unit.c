// SPDX-License-Identifier: GPL-2.0
/*
 * The DHCP server of the gateway: what messages look like, in and out. Sections
 * are those of RFC 2131 unless another is named.
 */
#include "server.h"

#define OPTIONS		(&self->dhcp->config.options)

static void ask_for(FIXTURE_DATA(server) *s, const char *codes)
{
	packet_start(&s->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&s->p, 55, codes, strlen(codes));
}

/* Order of an option among those behind the header, 0 = not there. */
static int place_of(FIXTURE_DATA(server) *s, u8 code)
{
	const u8 *p = s->reply + 240;
	int place = 1;

	while (*p != 255) {
		if (*p == code)
			return place;
		p += 2 + p[1];
		place++;
	}
	return 0;
}

/* ---- what is no request ------------------------------------------------- */

TEST_F(server, refused_headers)
{
	static const struct {
		u8 at, value;
		enum nemu_dhcp_drop drop;
	} rows[] = {
		{ 0, 2, NEMU_DHCP_DROP_MALFORMED },	/* a reply */
		{ 0, 0, NEMU_DHCP_DROP_MALFORMED },
		{ 1, 6, NEMU_DHCP_DROP_HARDWARE },	/* token ring */
		{ 2, 16, NEMU_DHCP_DROP_HARDWARE },
		{ 2, 0, NEMU_DHCP_DROP_HARDWARE },
		{ 28, 0x53, NEMU_DHCP_DROP_HARDWARE },	/* a group address */
		{ 27, 1, NEMU_DHCP_DROP_RELAYED },
		{ 242, 2, NEMU_DHCP_DROP_TYPE },
		{ 242, 5, NEMU_DHCP_DROP_TYPE },
		{ 242, 9, NEMU_DHCP_DROP_TYPE },
		{ 242, 255, NEMU_DHCP_DROP_TYPE },
		{ 242, 0, NEMU_DHCP_DROP_MALFORMED },
		{ 241, 2, NEMU_DHCP_DROP_MALFORMED },
	};
	size_t i, counted = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
		self->p.data[rows[i].at] = rows[i].value;
		EXPECT_EQ(NEMU_DHCP_NO_REPLY, send_it(self));
		EXPECT_EQ(rows[i].drop, self->out.drop) {
			TH_LOG("row %zu", i);
		}
		counted += self->dhcp->drops[rows[i].drop];
		self->dhcp->drops[rows[i].drop] = 0;
	}
	EXPECT_EQ(ARRAY_SIZE(rows), counted);
}

TEST_F(server, forged_client_address)
{
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	send_it(self);
	memcpy(self->in.mac, mac_b, ETH_ALEN);
	nemu_dhcp_input(self->dhcp, &self->in, &self->out);
	EXPECT_EQ(NEMU_DHCP_NO_REPLY, self->out.action);
	EXPECT_EQ(NEMU_DHCP_DROP_FORGED, self->out.drop);
}

/* Every length of a message, cut off: no answer may come from beyond the end. */
TEST_F(server, cut_off)
{
	size_t len, whole;

	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&self->p, 61, "\1abcdef", 7);
	packet_put(&self->p, 55, "\1\3\6", 3);
	whole = self->p.len;
	packet_end(&self->p);
	for (len = 0; len <= whole; len++) {
		u8 *exact = malloc(len + 1);

		memcpy(exact, self->p.data, len);
		self->in.data = exact;
		self->in.len = len;
		self->in.port = 1;
		memcpy(self->in.mac, mac_a, ETH_ALEN);
		self->out.reply = self->reply;
		self->out.size = sizeof(self->reply);
		self->dhcp->config.flags = 0;	/* no BOOTP */
		nemu_dhcp_input(self->dhcp, &self->in, &self->out);
		/* Clients that forget END are served: RFC 1122's robustness. */
		EXPECT_EQ(len == 243 || len == 252 || len == 257 ?
			  NEMU_DHCP_REPLY : NEMU_DHCP_NO_REPLY, self->out.action) {
			TH_LOG("length %zu", len);
		}
		free(exact);
	}
}

TEST_F(server, broken_options)
{
	static const struct {
		u8 code, len;
	} rows[] = {
		{ 50, 3 }, { 50, 5 }, { 51, 0 }, { 54, 8 }, { 57, 1 }, { 52, 0 }, { 53, 1 },
	};
	u8 value[8] = "\1\1\1\1\1\1\1\1";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
		packet_put(&self->p, rows[i].code, value, rows[i].len);
		EXPECT_EQ(NEMU_DHCP_NO_REPLY, send_it(self));
		EXPECT_EQ(NEMU_DHCP_DROP_MALFORMED, self->out.drop) {
			TH_LOG("row %zu", i);
		}
	}
	/* What the server does not read may be anything. */
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&self->p, 60, "", 0);
	packet_put(&self->p, 224, value, 8);
	packet_put(&self->p, 0, NULL, 0);
	EXPECT_EQ(NEMU_DHCP_REPLY, send_it(self));
}

/* ---- option overload, RFC 2132 section 9.3, and parts, RFC 3396 ---------- */

TEST_F(server, overload_is_read)
{
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&self->p, 52, "\3", 1);
	memcpy(self->p.data + 108, "\x37\1\x1c\xff", 4);	/* file: 55 */
	memcpy(self->p.data + 44, "\x32\4\x0a\0\2\x11\xff", 7);	/* sname: 50 */
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(17), yiaddr(self));
	EXPECT_EQ(NET(255), reply_u32(self, 28));
	EXPECT_EQ(0, reply_u32(self, 1));
	/* Without option 52 they are what they are called. */
	self->p.data[243] = 224;
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(0xffffff00, reply_u32(self, 1));
}

TEST_F(server, parts_are_joined)
{
	u8 value[1024];

	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&self->p, 61, "\1ab", 3);
	packet_put(&self->p, 55, "\1", 1);
	packet_put(&self->p, 61, "cd", 2);
	packet_put(&self->p, 55, "\1\x1c", 2);
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(5, reply_option(self, 61, value));
	EXPECT_EQ(0, memcmp(value, "\1abcd", 5));
	EXPECT_EQ(4, reply_option(self, 1, value));
	EXPECT_EQ(4, reply_option(self, 28, value));
}

TEST_F(server, overload_is_written)
{
	u8 big[250], value[1024];
	u8 codes[] = { 224, 225, 226 };
	size_t i;

	memset(big, 'x', sizeof(big));
	for (i = 0; i < 3; i++)
		nemu_dhcp_option_set(OPTIONS, 224 + i, big, i ? 100 / i : 250, false);
	packet_start(&self->p, NEMU_DHCP_DISCOVER, mac_a);
	packet_put(&self->p, 55, codes, sizeof(codes));
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_FALSE(self->out.truncated);
	EXPECT_EQ(1, reply_option(self, 52, value));
	EXPECT_EQ(3, value[0]);
	EXPECT_EQ(250, reply_option(self, 224, value));
	EXPECT_EQ(100, reply_option(self, 225, value));
	EXPECT_EQ(50, reply_option(self, 226, value));
	/* A boot file and a server name are not written over. */
	strcpy(self->dhcp->config.bootfile, "pxelinux.0");
	strcpy(self->dhcp->config.server_name, "boot");
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_TRUE(self->out.truncated);
	EXPECT_EQ(1, self->dhcp->truncated);
	EXPECT_EQ(-1, reply_option(self, 225, value));
	EXPECT_STREQ("pxelinux.0", (char *)self->reply + 108);
}

TEST_F(server, maximum_message_size)
{
	static const struct {
		u16 size;
		bool fits;
		size_t most;
	} rows[] = {
		{ 0, false, 548 }, { 576, false, 548 }, { 100, false, 548 },
		{ 1500, true, 1472 }, { 65535, true, 1472 },
	};
	u8 big[400] = { 0 }, size[2], value[1024];
	size_t i;

	nemu_dhcp_option_set(OPTIONS, 224, big, sizeof(big), false);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ask_for(self, "\340");
		put_unaligned_be16(rows[i].size, size);
		if (rows[i].size)
			packet_put(&self->p, 57, size, 2);
		ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
		EXPECT_EQ(rows[i].fits, !self->out.truncated);
		EXPECT_EQ(rows[i].fits ? 400 : -1, reply_option(self, 224, value));
		EXPECT_GE(rows[i].most, self->out.len);
	}
	EXPECT_EQ(NEMU_DHCP_REPLY, send_it(self));
	self->out.size = 299;
	nemu_dhcp_input(self->dhcp, &self->in, &self->out);
	EXPECT_EQ(NEMU_DHCP_DROP_SPACE, self->out.drop);
}

/* ---- section 3.5: parameters -------------------------------------------- */

TEST_F(server, parameter_request_list)
{
	u32 dns[] = { NET(3), ADDR(9, 9, 9, 9) }, router = NET(2);
	u8 value[1024];

	nemu_dhcp_option_set_addresses(OPTIONS, 6, dns, 2);
	nemu_dhcp_option_set_addresses(OPTIONS, 3, &router, 1);
	nemu_dhcp_option_set_string(OPTIONS, 15, "example.net");
	nemu_dhcp_option_set_u16(OPTIONS, 26, 1400);
	nemu_dhcp_option_set(OPTIONS, 224, "x", 1, true);
	ask_for(self, "\6\x1a\3\1\3\xfe");
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(8, reply_option(self, 6, value));
	EXPECT_EQ(0, memcmp(value, "\x0a\0\2\3\x09\x09\x09\x09", 8));
	EXPECT_EQ(2, reply_option(self, 26, value));
	EXPECT_EQ(0, memcmp(value, "\5\x78", 2));
	EXPECT_EQ(4, reply_option(self, 3, value));
	/* In its order, but the mask before the router. */
	EXPECT_LT(place_of(self, 6), place_of(self, 26));
	EXPECT_LT(place_of(self, 26), place_of(self, 3));
	EXPECT_LT(place_of(self, 1), place_of(self, 3));
	/* Not asked for: not sent, but for what goes to all. */
	EXPECT_EQ(-1, reply_option(self, 15, value));
	EXPECT_EQ(1, reply_option(self, 224, value));
	/* No list: everything. */
	discover(self, mac_a);
	EXPECT_EQ(11, reply_option(self, 15, value));
	EXPECT_EQ(8, reply_option(self, 6, value));
	EXPECT_EQ(NET(255), reply_u32(self, 28));
}

TEST_F(server, set_options)
{
	struct nemu_dhcp_options *o = OPTIONS;
	struct nemu_dhcp_option_view view;
	static const u8 own[] = { 0, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 61, 255 };
	u8 big[511] = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		EXPECT_EQ(-EINVAL, nemu_dhcp_option_set(o, own[i], "x", 1, false));
	EXPECT_EQ(-EINVAL, nemu_dhcp_option_set(o, 224, big, 511, false));
	EXPECT_EQ(0, nemu_dhcp_option_set(o, 224, "abc", 3, false));
	EXPECT_EQ(0, nemu_dhcp_option_set(o, 225, "", 0, false));
	EXPECT_EQ(0, nemu_dhcp_option_set(o, 224, "defg", 4, true));
	ASSERT_TRUE(nemu_dhcp_option_find(o, 224, &view));
	EXPECT_EQ(4, view.len);
	EXPECT_TRUE(view.unasked);
	EXPECT_EQ(0, nemu_dhcp_option_set(o, 224, NULL, 0, false));
	EXPECT_FALSE(nemu_dhcp_option_find(o, 224, &view));
	EXPECT_TRUE(nemu_dhcp_option_find(o, 225, &view));
	/* Each takes 4 bytes besides; 225 is there already. */
	for (i = 0; i < (NEMU_DHCP_OPTIONS_MAX - 4) / 514; i++)
		EXPECT_EQ(0, nemu_dhcp_option_set(o, 230 + i, big, 510, false));
	EXPECT_EQ(-ENOSPC, nemu_dhcp_option_set(o, 250, big, 510, false));
	EXPECT_EQ(0, nemu_dhcp_option_set(o, 230, big, 500, false));
}

TEST_F(server, boot_options)
{
	struct nemu_dhcp_config *config = &self->dhcp->config;
	u8 value[1024];

	config->next_server = NET(4);
	strcpy(config->bootfile, "ipxe.efi");
	strcpy(config->server_name, "boot");
	ask_for(self, "\x42\x43");
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(NET(4), get_unaligned_be32(self->reply + 20));
	EXPECT_STREQ("boot", (char *)self->reply + 44);
	EXPECT_STREQ("ipxe.efi", (char *)self->reply + 108);
	EXPECT_EQ(4, reply_option(self, 66, value));
	EXPECT_EQ(8, reply_option(self, 67, value));
}

/* ---- RFC 3442 ----------------------------------------------------------- */

TEST_F(server, classless_routes)
{
	static const struct nemu_dhcp_route routes[] = {
		{ ADDR(10, 0, 0, 0), 8, NET(1) },
		{ ADDR(10, 17, 0, 0), 16, NET(1) },
		{ ADDR(10, 229, 0, 128), 25, NET(1) },
		{ ADDR(10, 198, 122, 47), 32, NET(1) },
	};
	static const u8 wire[] = {
		8, 10, 10, 0, 2, 1,
		16, 10, 17, 10, 0, 2, 1,
		25, 10, 229, 0, 128, 10, 0, 2, 1,
		32, 10, 198, 122, 47, 10, 0, 2, 1,
		0, 10, 0, 2, 2,		/* the router: clients ignore option 3 now */
	};
	struct nemu_dhcp_route bad = { 0, 33, 0 };
	u32 router = NET(2);
	u8 value[1024];

	nemu_dhcp_option_set_addresses(OPTIONS, 3, &router, 1);
	EXPECT_EQ(0, nemu_dhcp_option_set_routes(OPTIONS, routes, 4));
	EXPECT_EQ(-EINVAL, nemu_dhcp_option_set_routes(OPTIONS, &bad, 1));
	ask_for(self, "\1\3\x79");
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(sizeof(wire), reply_option(self, 121, value));
	EXPECT_EQ(0, memcmp(value, wire, sizeof(wire)));
	EXPECT_LT(place_of(self, 121), place_of(self, 3));
	EXPECT_EQ(-1, reply_option(self, 249, value));
	ask_for(self, "\xf9");
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(sizeof(wire), reply_option(self, 249, value));
}

/* ---- RFC 3397 ----------------------------------------------------------- */

TEST_F(server, search_list)
{
	/* The example of the RFC. */
	static const char *const names[] = { "eng.apple.com.", "marketing.apple.com" };
	static const u8 wire[] = "\3eng\5apple\3com\0\11marketing\xc0\4";
	static const char *const again[] = { "a.b", "b", "x.a.b", "a.b" };
	static const u8 wire_again[] = "\1a\1b\0\xc0\2\1x\xc0\0\xc0";
	static char label[70];
	static const char *const bad[] = { "", ".", "a..b", ".a", label };
	u8 value[1024];
	size_t i;

	memset(label, 'a', 64);
	strcpy(label + 64, ".net");
	EXPECT_EQ(0, nemu_dhcp_option_set_search(OPTIONS, names, 2));
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(-EINVAL, nemu_dhcp_option_set_search(OPTIONS, &bad[i], 1));
	ask_for(self, "\x77");
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(sizeof(wire) - 1, reply_option(self, 119, value));
	EXPECT_EQ(0, memcmp(value, wire, sizeof(wire) - 1));
	EXPECT_EQ(0, nemu_dhcp_option_set_search(OPTIONS, again, 4));
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	EXPECT_EQ(sizeof(wire_again), reply_option(self, 119, value));
	EXPECT_EQ(0, memcmp(value, wire_again, sizeof(wire_again)));
}

/* Over 255 bytes it comes in two parts, RFC 3396. */
TEST_F(server, long_search_list)
{
	char text[12][32];
	const char *names[12];
	u8 value[1024];
	int i, len;

	for (i = 0; i < 12; i++) {
		sprintf(text[i], "domain-number-%02d.example%02d.test", i, i);
		names[i] = text[i];
	}
	ASSERT_EQ(0, nemu_dhcp_option_set_search(OPTIONS, names, 12));
	ask_for(self, "\x77");
	packet_put(&self->p, 57, "\5\xdc", 2);
	ASSERT_EQ(NEMU_DHCP_REPLY, send_it(self));
	len = reply_option(self, 119, value);
	EXPECT_LT(255, len);
	EXPECT_EQ(0, memcmp(value, "\20domain-number-00\11example00\4test", 33));
}

TEST(settings)
{
	static const struct {
		u32 mask, server, start, end, lease, t1, t2;
		bool good;
	} rows[] = {
		{ 0xffffff00, NET(2), NET(15), NET(254), 3600, 0, 0, true },
		{ 0xffffff00, NET(2), NET(1), NET(254), 3600, 1800, 3000, true },
		{ 0xffffff00, NET(2), NET(15), NET(255), 3600, 0, 0, false },
		{ 0xffffff00, NET(2), NET(0), NET(15), 3600, 0, 0, false },
		{ 0xffffff00, NET(2), NET(16), NET(15), 3600, 0, 0, false },
		{ 0xffffff00, NET(2), NET(2), NET(2), 3600, 0, 0, false },
		{ 0xffffff00, ADDR(10, 0, 3, 2), NET(15), NET(16), 3600, 0, 0, false },
		{ 0xffffff00, NET(2), NET(15), ADDR(10, 0, 3, 1), 3600, 0, 0, false },
		{ 0xffff00ff, NET(2), NET(15), NET(16), 3600, 0, 0, false },
		{ 0xfffff000, NET(2), NET(15), ADDR(10, 0, 9, 1), 3600, 0, 0, false },
		{ 0xffffff00, NET(2), NET(15), NET(16), 59, 0, 0, false },
		{ 0xffffff00, NET(2), NET(15), NET(16), 3600, 0, 3600, false },
		{ 0xffffff00, NET(2), NET(15), NET(16), 3600, 3000, 2000, false },
	};
	struct nemu_dhcp_config config = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		config.subnet = NET(0);
		config.mask = rows[i].mask;
		config.server = rows[i].server;
		config.lease_time = rows[i].lease;
		config.t1 = rows[i].t1;
		config.t2 = rows[i].t2;
		EXPECT_EQ(rows[i].good, !nemu_dhcp_config_error(&config, rows[i].start,
								rows[i].end)) {
			TH_LOG("row %zu: %s", i,
			       nemu_dhcp_config_error(&config, rows[i].start, rows[i].end));
		}
	}
}

TEST_HARNESS_MAIN
