# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # GUEST_* are returned
# An emulated card in an unmodified QEMU under KVM, driven by guest/nicguest.c.
# Sourced by rows.
#
#   QEMU's e1000 = t0 -- bridge -- b1 = b0 sink	subject bridge
#   QEMU's virtio, vhost-net = t0 -- bridge ...		subject vhost
#   our e1000 = t0 -- switch -- b1 = b0 sink		subjects netemu, netemu-trap,
#                       |				netemu-no-kvm-intx
#             a0 = a1 --'				who sends to the guest

NIC_UUID=00000000-0000-4000-8000-000000000001
NIC_TYPE=/sys/class/mdev_bus/netemu/mdev_supported_types/netemu-e1000
NIC_SOCKET=/run/nicguest
MAC_GUEST=02:00:00:00:00:01

# nic_add SUBJECT: the card, as t0
nic_add() {
	local doorbell=auto

	case $1 in
	netemu*)
		[ "$1" != netemu-trap ] || doorbell="trap"
		echo "$NIC_UUID" >"$NIC_TYPE/create" &&
			echo $MAC_GUEST >"/sys/bus/mdev/devices/$NIC_UUID/mac" &&
			echo $doorbell >"/sys/bus/mdev/devices/$NIC_UUID/doorbell" &&
			echo t0 >"/sys/bus/mdev/devices/$NIC_UUID/netdev"
		;;
	bridge | vhost)
		ip tuntap add t0 mode tap && ip link set t0 txqueuelen 20000
		;;
	esac
}

nic_del() {
	case $1 in
	netemu*) echo 1 >"/sys/bus/mdev/devices/$NIC_UUID/remove" ;;
	*) ip link del t0 ;;
	esac
}

# nic_option SUBJECT: for QEMU
nic_option() {
	local more=''

	case $1 in
	netemu*)
		[ "$1" != netemu-no-kvm-intx ] || more=,x-no-kvm-intx=on
		echo "-device vfio-pci,sysfsdev=/sys/bus/mdev/devices/$NIC_UUID,rombar=0$more"
		;;
	bridge)
		echo "-netdev tap,id=n0,ifname=t0,script=no,downscript=no" \
			"-device e1000,netdev=n0,mac=$MAC_GUEST,romfile="
		;;
	vhost)
		echo "-netdev tap,id=n0,ifname=t0,script=no,downscript=no,vhost=on" \
			"-device virtio-net-pci,netdev=n0,mac=$MAC_GUEST,romfile=,disable-modern=on"
		;;
	esac
}

# guest_start SUBJECT: until it takes commands; sets GUEST_PID
guest_start() {
	local i

	rm -f $NIC_SOCKET
	# shellcheck disable=SC2046 # a list of words
	qemu-system-x86_64 -machine pc -accel kvm -cpu host -m 64 -nodefaults \
		-no-user-config -vga none -display none -monitor none -no-reboot \
		-serial unix:$NIC_SOCKET,server=on,wait=off -kernel /guest/nicguest \
		$(nic_option "$1") </dev/null >/run/qemu.log 2>&1 &
	GUEST_PID=$!
	for ((i = 0; i < 600; i++)); do
		[ ! -S $NIC_SOCKET ] || break
		sleep 0.1
	done
	guestload $NIC_SOCKET "t 1 1 60" >/dev/null 2>>/run/qemu.log
}

guest_stop() {
	kill "$GUEST_PID" 2>/dev/null
	wait "$GUEST_PID" 2>/dev/null
}

# guest_exits: how often the guest was left so far
guest_exits() { cat /sys/kernel/debug/kvm/"$GUEST_PID"-*/exits; }

# guest_doorbells: how often the guest was left so far to write a tail, by a trap or
# by a fault
guest_doorbells() {
	ethtool -S t0 | awk '$1 ~ /^(doorbell_kicks|trapped_[rt]dt):/ { n += $2 } END { print n + 0 }'
}

# guest_syscalls on|off: "off" prints how many QEMU made since "on"
guest_syscalls() {
	local dir=/sys/kernel/debug/tracing/events/raw_syscalls/sys_enter

	if [ "$1" = on ]; then
		echo 'hist:keys=common_pid' >$dir/trigger
		return
	fi
	awk -v tasks=" $(ls "/proc/$GUEST_PID/task" | tr '\n' ' ') " '
		/common_pid:/ { pid = $3; sub(/[^0-9].*/, "", pid)
			if (index(tasks, " " pid " ")) n += $NF }
		END { print n + 0 }' $dir/hist
	echo '!hist:keys=common_pid' >$dir/trigger
}
