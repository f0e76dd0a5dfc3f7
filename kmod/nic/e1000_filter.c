// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: which frames are received, section 3.2.1 and 13.5: by address, then
 * by VLAN.
 */
#include "e1000.h"

static bool test_table(const struct nemu_e1000 *e, u32 table, u32 bit)
{
	return nemu_e1000_get(e, table + (bit / 32) * sizeof(u32)) >> bit % 32 & 1;
}

/* 13.5.2, 13.5.3: RAL holds the first four bytes, the first in its lowest. */
static bool match_exact(const struct nemu_e1000 *e, const u8 *frame)
{
	const u8 *addr;
	u32 low, high;
	int i;

	for (i = 0; i < E1000_RA_ENTRIES; i++) {
		low = nemu_e1000_get(e, E1000_RA + 8 * i);
		high = nemu_e1000_get(e, E1000_RA + 8 * i + 4);
		if (!(high & E1000_RAH_VALID))
			continue;
		addr = frame;
		if ((high & E1000_RAH_SELECT) == E1000_RAH_SOURCE)
			addr += ETH_ALEN;
		if (low == get_unaligned_le32(addr) &&
		    (high & E1000_RAH_ADDRESS) == get_unaligned_le16(addr + 4))
			return true;
	}
	return false;
}

/* 13.5.1: RCTL.MO says which twelve of the upper bits of the address count. */
static bool match_hash(const struct nemu_e1000 *e, const u8 *dst, u32 rctl)
{
	static const u8 shift[] = { 4, 3, 2, 0 };
	u32 hash = get_unaligned_le16(dst + 4);

	hash = hash >> shift[rctl >> E1000_RCTL_MO_SHIFT & 3] & 0xfff;
	return test_table(e, E1000_MTA, hash);
}

static enum nemu_e1000_match match_address(const struct nemu_e1000 *e,
					   const u8 *frame, u32 rctl)
{
	if (match_exact(e, frame))
		return E1000_MATCH_EXACT;
	if (!is_multicast_ether_addr(frame))
		return rctl & E1000_RCTL_UPE ? E1000_MATCH_INEXACT : E1000_MATCH_NONE;
	if (is_broadcast_ether_addr(frame) && rctl & E1000_RCTL_BAM)
		return E1000_MATCH_EXACT;
	if (rctl & E1000_RCTL_MPE || match_hash(e, frame, rctl))
		return E1000_MATCH_INEXACT;
	return E1000_MATCH_NONE;
}

/* Chapter 9: RCTL.VFE and RCTL.CFIEN */
static bool match_vlan(const struct nemu_e1000 *e, u16 tci, u32 rctl)
{
	if (!(rctl & E1000_RCTL_VFE))
		return true;
	if (rctl & E1000_RCTL_CFIEN && !(tci & BIT(12)) != !(rctl & E1000_RCTL_CFI))
		return false;
	return test_table(e, E1000_VFTA, tci & 0xfff);
}

/**
 * nemu_e1000_is_vlan() - has a frame a VLAN tag that the card knows?
 * @e: card
 * @frame: first bytes
 * @len: how many the frame has
 *
 * Return: yes, and it is all there.
 */
bool nemu_e1000_is_vlan(const struct nemu_e1000 *e, const u8 *frame, u32 len)
{
	return len >= ETH_HLEN + 4 &&
	       get_unaligned_be16(frame + 12) == nemu_e1000_get(e, E1000_VET);
}

/**
 * nemu_e1000_filter() - is a frame for this card?
 * @e: card
 * @frame: at least %ETH_HLEN + 4 bytes; a short one is padded
 *
 * Return: whether, and how it was found out.
 */
enum nemu_e1000_match nemu_e1000_filter(const struct nemu_e1000 *e,
					const u8 *frame)
{
	u32 rctl = nemu_e1000_get(e, E1000_RCTL);

	if (nemu_e1000_is_vlan(e, frame, ETH_HLEN + 4) &&
	    !match_vlan(e, get_unaligned_be16(frame + 14), rctl))
		return E1000_MATCH_NONE;
	return match_address(e, frame, rctl);
}
