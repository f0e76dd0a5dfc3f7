#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The unit netemu-vde@.service, as "make install" leaves it, with a systemd of its
# own: a switch has its VDE socket whenever it is there.
#
# That systemd is the first process of a namespace, with udev as its only service.
# vm: timeout=240 debug=no plain=6.1
. "$(dirname "$0")/lib/ksft.sh"

SOCKET=/run/vt.sw0

# There is no console that it could use, and nobody to mount for.
start_systemd() {
	mkdir -p /run/systemd/system /etc/netemu
	cat >/run/systemd/system/udev.service <<-'END'
	[Unit]
	DefaultDependencies=no
	[Service]
	Type=notify
	ExecStart=@/bin/udevadm systemd-udevd
	END
	cat >/run/systemd/system/first.target <<-'END'
	[Unit]
	Requires=basic.target udev.service
	After=basic.target udev.service
	END
	mkdir /sys/fs/cgroup/test
	bash -c 'echo $$ >/sys/fs/cgroup/test/cgroup.procs
		exec unshare --pid --fork --kill-child --mount-proc env container=test \
			systemd --system --log-target=kmsg --unit=first.target' &
	SYSTEMD=$!
	busywait init
}

# It obeys none but who is in its namespace.
init() { INIT=$(cat "/proc/$SYSTEMD/task/$SYSTEMD/children") && [ -n "$INIT" ]; }
systemctl() { nsenter --target "$((INIT))" --pid --mount systemctl "$@"; }

stop_systemd() {
	kill -9 "$SYSTEMD"
	wait "$SYSTEMD" 2>/dev/null
	busywait find /sys/fs/cgroup/test -depth -type d -exec rmdir {} +
	rm -rf /run/systemd /run/udev /etc/netemu
}

is() { [ "$(systemctl show -P "$2" "netemu-vde@$1")" = "$3" ]; }
active() { is "$1" ActiveState active; }
there() { [ -e "/sys/class/net/$1" ]; }
vde() { netemu-ctl -j vde show "$1" | jq -r ".[0].$2"; }
main_is() { is sw0 MainPID "$(vde sw0 supervisor)"; }
other_than() { active sw0 && ! is sw0 MainPID "$1" && main_is; }

test_switch() {
	netemu-ctl switch add sw0
	echo "VDE_SOCKET=$SOCKET group tester mode 660" >/etc/netemu/vde-sw0.conf
	check "udev knows the switch" busywait \
		systemctl is-active sys-subsystem-net-devices-sw0.device
	check "the unit is enabled, and starts" systemctl enable --now netemu-vde@sw0
	check "there is a socket" busywait test -S "$SOCKET/ctl"
	check "as the file says" test "$(stat -c %G:%a "$SOCKET/ctl")" = tester:660
	check "the service is what has it" busywait main_is
	lib/bin/vdeclient hold "$SOCKET/ctl" "$KSFT_SCRATCH/v" 1 &
	check "a client has a port" busywait there sw0-v0
}

test_restart() {
	local pid

	pid=$(vde sw0 supervisor)
	systemctl kill --signal=KILL --kill-whom=main netemu-vde@sw0
	check "killed, it starts again" busywait other_than "$pid"
	check "with its socket" lib/bin/vdeclient join "$SOCKET/ctl" "$KSFT_SCRATCH/w"
	check "and the port is there all the time" there sw0-v0
	check "stopped" systemctl stop netemu-vde@sw0
	check "the service did not fail" is sw0 Result success
	check "it has no socket" not test -e "$SOCKET"
	check "and the port is still there" there sw0-v0
	check "started" systemctl start netemu-vde@sw0
	check "it has one" busywait test -S "$SOCKET/ctl"
}

test_device() {
	netemu-ctl switch del sw0
	check "the service goes with the switch" busywait is sw0 ActiveState inactive
	check "as it should" is sw0 Result success
	check "so does the socket" not test -e "$SOCKET"
	netemu-ctl switch add sw0
	check "it comes with the switch" busywait active sw0
	check "so does the socket" busywait test -S "$SOCKET/ctl"
	check "until it is disabled" systemctl disable --now netemu-vde@sw0
	check "and gone" not test -e "$SOCKET"
}

# What systemd has to write in another way
test_name() {
	netemu-ctl switch add sw-1
	echo "VDE_SOCKET=$SOCKET" >/etc/netemu/vde-sw-1.conf
	check "a name with more than letters" systemctl start \
		"netemu-vde@$(systemd-escape sw-1)"
	check "has a socket, too" busywait test -S "$SOCKET/ctl"
	netemu-ctl switch del sw-1
	check "as long as the switch is there" busywait not test -e "$SOCKET"
}

ksft_start
start_systemd
check "systemd is there" busywait systemctl is-active first.target
test_switch
test_restart
test_device
test_name
stop_systemd
check "unload" rmmod netemu
ksft_end
