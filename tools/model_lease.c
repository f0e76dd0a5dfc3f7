// SPDX-License-Identifier: GPL-2.0
#include "model.h"

/* Values the kernel may add later than this tool was built read "unknown". */
#define NAME_IN(names, i)						\
	((i) < ARRAY_SIZE(names) && (names)[i] ? (names)[i] : "unknown")

const char *lease_state_name(uint32_t state)
{
	static const char *const names[] = {
		[NETEMU_LEASE_RESERVED] = "reserved",
		[NETEMU_LEASE_OFFERED] = "offered",
		[NETEMU_LEASE_BOUND] = "bound",
		[NETEMU_LEASE_RELEASED] = "released",
		[NETEMU_LEASE_EXPIRED] = "expired",
		[NETEMU_LEASE_DECLINED] = "declined",
	};

	return NAME_IN(names, state);
}

const char *lease_reserved_name(uint32_t reserved)
{
	static const char *const names[] = {
		[NETEMU_LEASE_BY_NOTHING] = "no",
		[NETEMU_LEASE_BY_MAC] = "mac",
		[NETEMU_LEASE_BY_CLIENT_ID] = "client-id",
	};

	return NAME_IN(names, reserved);
}

const char *lease_event_name(uint32_t event)
{
	static const char *const names[] = {
		[NETEMU_LEASE_GRANTED] = "granted",
		[NETEMU_LEASE_RENEWED] = "renewed",
		[NETEMU_LEASE_GIVEN_BACK] = "released",
		[NETEMU_LEASE_RAN_OUT] = "expired",
		[NETEMU_LEASE_CONFLICT] = "declined",
		[NETEMU_LEASE_POOL_FULL] = "pool_full",
		[NETEMU_LEASE_KEPT] = "reserved",
		[NETEMU_LEASE_RESTORED] = "restored",
		[NETEMU_LEASE_REMOVED] = "removed",
	};

	return NAME_IN(names, event);
}
