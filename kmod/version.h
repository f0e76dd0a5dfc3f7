/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NEMU_VERSION_H
#define _NEMU_VERSION_H

#define NETEMU_VERSION	"0.1.0"	/* as PACKAGE_VERSION of dkms.conf */

#endif /* _NEMU_VERSION_H */
