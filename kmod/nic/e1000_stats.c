// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: statistics, section 13.7. They stick at their maximum and are cleared
 * when read; those of 64 bits when their upper half is.
 */
#include "e1000.h"

/**
 * nemu_e1000_stat_add() - count
 * @e: card
 * @offset: register of 32 bits
 * @n: how many more
 */
void nemu_e1000_stat_add(struct nemu_e1000 *e, u32 offset, u32 n)
{
	u32 old = nemu_e1000_get(e, offset);

	nemu_e1000_set(e, offset, old + n < old ? U32_MAX : old + n);
}

/* Register @offset is the lower half. */
static void add64(struct nemu_e1000 *e, u32 offset, u32 n)
{
	u64 old = nemu_e1000_get(e, offset) |
		  (u64)nemu_e1000_get(e, offset + 4) << 32;
	u64 sum = old + n < old ? U64_MAX : old + n;

	nemu_e1000_set(e, offset, sum);
	nemu_e1000_set(e, offset + 4, sum >> 32);
}

/**
 * nemu_e1000_stat_load() - read a register
 * @card: card
 * @e: its state
 * @offset: register
 *
 * Return: its value.
 */
u32 nemu_e1000_stat_load(struct nemu_card *card, struct nemu_e1000 *e, u32 offset)
{
	u32 value = nemu_e1000_get(e, offset);

	switch (offset) {
	case E1000_GORCL:
	case E1000_GOTCL:
	case E1000_TORL:
	case E1000_TOTL:
		break;
	case E1000_GORCH:
	case E1000_GOTCH:
	case E1000_TORH:
	case E1000_TOTH:
		nemu_e1000_set(e, offset - 4, 0);
		nemu_e1000_set(e, offset, 0);
		break;
	default:
		nemu_e1000_set(e, offset, 0);
	}
	return value;
}

/* Which of the six registers counts frames of this length, FCS included */
static u32 size_class(u32 len)
{
	static const u32 limit[E1000_SIZE_CLASSES - 1] = { 64, 127, 255, 511, 1023 };
	u32 n = 0;

	while (n < ARRAY_SIZE(limit) && len > limit[n])
		n++;
	return n * sizeof(u32);
}

/**
 * nemu_e1000_stat_sent() - count frames that were sent
 * @e: card
 * @dst: their destination
 * @len: length of each as on the wire, FCS and VLAN tag included
 * @frames: how many
 */
void nemu_e1000_stat_sent(struct nemu_e1000 *e, const u8 *dst, u32 len,
			  u32 frames)
{
	nemu_e1000_stat_add(e, E1000_TPT, frames);
	nemu_e1000_stat_add(e, E1000_GPTC, frames);
	nemu_e1000_stat_add(e, E1000_PTC64 + size_class(len), frames);
	add64(e, E1000_TOTL, len * frames);
	add64(e, E1000_GOTCL, len * frames);
	if (is_broadcast_ether_addr(dst))
		nemu_e1000_stat_add(e, E1000_BPTC, frames);
	else if (is_multicast_ether_addr(dst))
		nemu_e1000_stat_add(e, E1000_MPTC, frames);
}

/**
 * nemu_e1000_stat_received() - count a frame that was received
 * @e: card
 * @dst: its destination
 * @len: its length as on the wire, FCS and VLAN tag included
 */
void nemu_e1000_stat_received(struct nemu_e1000 *e, const u8 *dst, u32 len)
{
	nemu_e1000_stat_add(e, E1000_TPR, 1);
	nemu_e1000_stat_add(e, E1000_GPRC, 1);
	nemu_e1000_stat_add(e, E1000_PRC64 + size_class(len), 1);
	add64(e, E1000_TORL, len);
	add64(e, E1000_GORCL, len);
	if (is_broadcast_ether_addr(dst))
		nemu_e1000_stat_add(e, E1000_BPRC, 1);
	else if (is_multicast_ether_addr(dst))
		nemu_e1000_stat_add(e, E1000_MPRC, 1);
}
