/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few words of the kernel that the pure rooms use: those of the gateway's DHCP
 * server and the models of cards. They turn bytes into bytes, allocate nothing,
 * never sleep and know no device, so that the same files compile in user space for
 * unit tests and fuzzing.
 */
#ifndef _NEMU_PURE_H
#define _NEMU_PURE_H

#ifdef __KERNEL__

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/etherdevice.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#include "compat.h"

#else /* user space */

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/if_ether.h>
#include <linux/types.h>

#define u8	__u8
#define u16	__u16
#define u32	__u32
#define u64	__u64

#ifndef U16_MAX
#define U16_MAX	((u16)~0U)
#define U32_MAX	((u32)~0U)
#define U64_MAX	((u64)~0ULL)
#endif

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif
#define BIT(n)			(1UL << (n))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define ALIGN(n, a)		(((n) + (a) - 1) / (a) * (a))
#define BITS_PER_LONG		(8 * (int)sizeof(long))
#define BITS_TO_LONGS(n)	DIV_ROUND_UP(n, BITS_PER_LONG)
#define min_t(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b)	((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define smp_mb()		__atomic_thread_fence(__ATOMIC_SEQ_CST) /* for nobody */
#define smp_rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE) /* as well */
#define smp_wmb()		__atomic_thread_fence(__ATOMIC_RELEASE)
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value)	__atomic_store_n(&(x), (value), __ATOMIC_RELAXED)
#define cmpxchg(p, old, new)	__sync_val_compare_and_swap((p), (old), (new))

#define cpu_to_le64(x)		htole64(x)

/* Real, so that one who takes it twice hangs, and threads may try the models. */
#define spinlock_t		int
#define spin_lock_init(lock)	(*(lock) = 0)
#define spin_lock(lock) \
	do { } while (__atomic_exchange_n((lock), 1, __ATOMIC_ACQUIRE))
#define spin_unlock(lock)	__atomic_store_n((lock), 0, __ATOMIC_RELEASE)

static inline u16 get_unaligned_be16(const void *from)
{
	const u8 *p = from;

	return p[0] << 8 | p[1];
}

static inline void put_unaligned_be16(u16 value, void *to)
{
	u8 *p = to;

	p[0] = value >> 8;
	p[1] = value;
}

static inline u32 get_unaligned_be32(const void *from)
{
	const u8 *p = from;

	return (u32)get_unaligned_be16(p) << 16 | get_unaligned_be16(p + 2);
}

static inline void put_unaligned_be32(u32 value, void *to)
{
	put_unaligned_be16(value >> 16, to);
	put_unaligned_be16(value, (u8 *)to + 2);
}

static inline u16 get_unaligned_le16(const void *from)
{
	const u8 *p = from;

	return p[0] | p[1] << 8;
}

static inline u32 get_unaligned_le32(const void *from)
{
	const u8 *p = from;

	return get_unaligned_le16(p) | (u32)get_unaligned_le16(p + 2) << 16;
}

static inline u64 get_unaligned_le64(const void *from)
{
	const u8 *p = from;

	return get_unaligned_le32(p) | (u64)get_unaligned_le32(p + 4) << 32;
}

static inline bool is_multicast_ether_addr(const u8 *addr)
{
	return addr[0] & 1;
}

static inline bool is_broadcast_ether_addr(const u8 *addr)
{
	return get_unaligned_be32(addr) == U32_MAX &&
	       get_unaligned_be16(addr + 4) == U16_MAX;
}

static inline bool is_zero_ether_addr(const u8 *addr)
{
	static const u8 zero[ETH_ALEN];

	return !memcmp(addr, zero, ETH_ALEN);
}

static inline bool is_valid_ether_addr(const u8 *addr)
{
	return !(addr[0] & 1) && !is_zero_ether_addr(addr);
}

static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, ETH_ALEN);
}

static inline bool test_bit(unsigned long n, const unsigned long *map)
{
	return map[n / BITS_PER_LONG] >> n % BITS_PER_LONG & 1;
}

static inline void __set_bit(unsigned long n, unsigned long *map)
{
	map[n / BITS_PER_LONG] |= BIT(n % BITS_PER_LONG);
}

static inline void __clear_bit(unsigned long n, unsigned long *map)
{
	map[n / BITS_PER_LONG] &= ~BIT(n % BITS_PER_LONG);
}

static inline unsigned long find_first_zero_bit(const unsigned long *map,
						unsigned long size)
{
	unsigned long n = 0;

	while (n < size && test_bit(n, map))
		n++;
	return n;
}

#endif /* __KERNEL__ */

#endif /* _NEMU_PURE_H */
