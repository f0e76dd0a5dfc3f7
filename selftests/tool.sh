#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# netemu-ctl: what its commands do, and every kind of bad input, with its exit
# code, its sentence and nothing changed.
# vm: timeout=300 debug=no
. lib/tool.sh

test_help() {
	local object

	point "help" netemu-ctl help
	said "the help names every object" '^  monitor'
	point "-h" netemu-ctl -h
	point "--help" netemu-ctl --help
	point "-V" netemu-ctl -V
	said "the version" '^netemu-ctl [0-9]+\.[0-9]+'
	for object in network switch hub port gateway lease fdb monitor show; do
		point "$object help" netemu-ctl "$object" help
		said "... names its verbs" "netemu-ctl $object"
	done
	point "switch add --help" netemu-ctl switch add --help
	point "help port" netemu-ctl help port
	usage 'unknown object "swotch"' swotch
	usage 'switch or service' s
	usage 'unknown verb "ad_"' switch ad_ sw0
	usage 'unknown option "-x"' -x show
	usage 'needs a value' -n
	usage 'in full' switch de sw0
	usage 'in full' fdb f sw0
	usage 'means nothing' switch show --may-exist
	usage 'means nothing' --if-exists port add vm0 tap switch sw0
	usage 'too many' switch show sw0 sw1
	refused 'cannot open "/nowhere"' -b /nowhere
}

test_switch() {
	does switch add sw0
	is '.[0] | .ifname == "sw0" and .mode == "switch" and .up and .ageing == 300
	    and .host_port and .reserved_mask == 1 and .loop_rate == 50
	    and .loop_hold == 10 and .fdb_limit == 131072 and .port_count == 0
	    and .port_defaults.learning and .port_defaults.isolated == false' \
		-d switch show sw0
	does switch add sw1 down mtu 9000 address 02:00:00:00:00:98 ageing 10 \
		host-port off reserved-mask 0xfffd fdb-limit 5 loop-rate 7 loop-hold 8 \
		default-learning off default-flood off default-mcast-flood off \
		default-bcast-flood off default-isolated on default-fdb-limit 9 \
		default-storm-broadcast 1 default-storm-multicast 2 default-storm-unknown 3 \
		default-guard on
	is '.[0] | (.up | not) and .mtu == 9000 and .address == "02:00:00:00:00:98"
	    and .ageing == 10 and (.host_port | not) and .reserved_mask == 65533
	    and .fdb_limit == 5 and .loop_rate == 7 and .loop_hold == 8
	    and .port_defaults == {learning: false, flood: false, mcast_flood: false,
	    bcast_flood: false, isolated: true, fdb_limit: 9, storm_broadcast: 1,
	    storm_multicast: 2, storm_unknown: 3, guard: true}' switch show sw1
	does switch set sw1 up ageing 0 default-isolated off
	is '.[0] | .up and .ageing == 0 and (.port_defaults.isolated | not)
	    and .port_defaults.fdb_limit == 9 and .loop_rate == 7' switch show sw1
	does switch set sw1 mtu 1400 address 02:00:00:00:00:97 down
	is '.[0] | .mtu == 1400 and .address == "02:00:00:00:00:97" and (.up | not)' \
		switch show sw1
	does --may-exist switch add sw1 ageing 20
	is '.[0] | .ageing == 20 and (.up | not)' switch show sw1
	does switch add sw1 --may-exist
	does sw a sw2
	does sw se sw2 ageing 1
	does switch del sw2
	does switch del sw2 --if-exists
	does --if-exists switch del sw2
	is 'length == 2 and (map(.ifname) | sort) == ["sw0", "sw1"]' switch
	point "a switch that ip made" ip link add sw3 type netemu
	is '.[0].mode == "switch"' switch show sw3
	does switch set sw3 up host-port off
	does switch del sw3

	refused 'exists already' switch add sw0
	refused 'exists already' switch add lo
	refused 'loopback device, not a switch' --may-exist switch add lo
	refused 'not a switch' switch del lo
	refused 'cannot find switch "nix": no such device' switch del nix
	refused 'no such device' switch show nix
	refused 'no such device' switch set nix ageing 1
	usage 'is missing' switch add
	usage 'too long' switch add sixteencharacter
	usage 'character' switch add 'a/b'
	usage 'character' switch add 'a b'
	usage 'character' switch add 'sw%d'
	usage 'is empty' switch add ''
	usage "can't name" switch add ..
	usage 'unknown key "agening"' switch add sw9 agening 3
	usage 'ageing: "x" is not a number .allowed: 0 to 10000000 seconds.' switch add sw9 ageing x
	usage 'ageing: "-1" is not a number' switch add sw9 ageing -1
	usage 'ageing: 10000001 is out of range' switch add sw9 ageing 10000001
	usage 'out of range' switch add sw9 ageing 99999999999999999999999
	usage 'ageing: its value is missing' switch add sw9 ageing
	usage '"ageing" is given twice' switch add sw9 ageing 1 ageing 1
	usage 'neither on nor off' switch add sw9 host-port maybe
	usage 'reserved-mask: 65536 is out' switch add sw9 reserved-mask 65536
	usage 'bit 1' switch add sw9 reserved-mask 2
	usage 'fdb-limit: 0 is out' switch add sw9 fdb-limit 0
	usage 'loop-hold: 86401 is out' switch add sw9 loop-hold 86401
	usage 'loop-rate: 1000001 is out' switch add sw9 loop-rate 1000001
	usage 'default-fdb-limit: 1048577 is out' switch add sw9 default-fdb-limit 1048577
	usage 'default-learning' switch add sw9 default-learning 1
	usage 'neither switch nor hub' switch add sw9 mode bridge
	usage 'not a MAC' switch add sw9 address 02:00:00:00:00
	usage 'not a MAC' switch add sw9 address 02:00:00:00:00:0g
	usage 'not a MAC' switch add sw9 address 02:00:00:00:00:00:00
	usage 'multicast' switch add sw9 address 03:00:00:00:00:00
	usage 'nobody' switch add sw9 address 00:00:00:00:00:00
	usage 'mtu: 67 is out' switch add sw9 mtu 67
	usage 'mtu: 65536 is out' switch add sw9 mtu 65536
	usage 'given twice' switch add sw9 up down
	usage 'nothing to change' switch set sw0
	does switch del sw1
}

test_hub() {
	does hub add 3
	is '.[0] | .ifname == "hub3" and .mode == "hub" and .up' hub show 3
	does hub add h1 ageing 4
	does switch add h2 mode hub
	is 'map(.ifname) == ["hub3", "h1", "h2"]' hub show
	is 'all(.[]; .mode == "switch")' switch show
	does hub set 3 host-port off
	is '.[0].host_port | not' hub show hub3
	does --may-exist hub add 3
	refused 'is a hub, not a switch: use "netemu-ctl hub"' switch set hub3 ageing 3
	refused 'is a hub' switch del hub3
	refused 'is a hub' --if-exists switch del hub3
	refused 'is a hub' switch show hub3
	refused 'is a hub' --may-exist switch add hub3
	refused 'is a switch, not a hub: use "netemu-ctl switch"' hub del sw0
	refused 'is a switch' hub show sw0
	usage 'switch add' hub add 4 mode switch
	usage 'too long' hub add 1234567890123
	does hub set h1 mode switch
	is '.[0].mode == "switch"' switch show h1
	does switch set h1 mode hub
	does hub del h1
	does hub del h2
	does hub del 3
	does hub del 3 --if-exists
	refused 'cannot find hub "hub3"' hub del 3
}

test_taps() {
	does port add vm0 tap switch sw0 user tester
	is '.[0] | .ifname == "vm0" and .kind == "tap" and .switch == "sw0" and .up
	    and .managed and .state == "disabled" and .tap.user == 1000
	    and .tap.persist and .tap.vnet_hdr and (.tap.multi_queue | not)' port show vm0
	point "the tap has no queue in front" eval 'tc qdisc show dev vm0 root | grep -q "^qdisc noqueue"'
	point "the tap has no IPv6 of its own" ip -d link show vm0
	said "... says the kernel" 'addrgenmode none'
	said "the tap is marked" 'alias netemu-ctl'
	point "its user may open it" as_tester busybox tunctl -t vm0
	point "nobody else may" eval '! as_other busybox tunctl -t vm0'
	does port add vm1 tap switch sw0 group tester multi-queue vnet-hdr off \
		mtu 1400 address 02:00:00:00:00:55 isolated on fdb-limit 3 learning off \
		flood off mcast-flood off bcast-flood off storm-broadcast 4 \
		storm-multicast 5 storm-unknown 6 guard on
	is '.[0] | .isolated and .fdb_limit == 3 and (.learning | not) and (.flood | not)
	    and (.mcast_flood | not) and (.bcast_flood | not) and .storm_broadcast == 4
	    and .storm_multicast == 5 and .storm_unknown == 6 and .guard and .mtu == 1400
	    and .address == "02:00:00:00:00:55" and .tap.group == 1000
	    and (.tap.user == null) and .tap.multi_queue and (.tap.vnet_hdr | not)' port show vm1
	does port add vm2 tap switch sw0
	is '.[0].tap.user == 0' port show vm2
	point "a tap without user is root's alone" eval '! as_tester busybox tunctl -t vm2'
	does port add vm5 tap switch sw0 group tester
	point "a member of the group may open it" as_member busybox tunctl -t vm5
	point "who is none may not" eval '! as_other busybox tunctl -t vm5'
	does port del vm5
	does port add vm3 tap switch sw0 user 1001 group 1000
	is '.[0].tap | .user == 1001 and .group == 1000' port show vm3
	is 'map(.ifname) == ["vm0", "vm1", "vm2", "vm3"]' port show switch sw0

	does port set vm1 isolated off learning on storm-broadcast 0
	is '.[0] | (.isolated | not) and .learning and .storm_broadcast == 0
	    and .fdb_limit == 3' port show vm1
	does --may-exist port add vm1 tap switch sw0 fdb-limit 8
	is '.[0].fdb_limit == 8' port show vm1
	does switch add sw4 default-isolated on default-storm-unknown 12
	does port add vm4 tap switch sw4 storm-broadcast 2
	is '.[0] | .isolated and .storm_unknown == 12 and .storm_broadcast == 2' port show vm4
	does switch del sw4
	is '.[-1] | .unplugged and .ports[0].ifname == "vm4"' show
	does --may-exist port add vm4 tap switch sw0
	does port del vm4
	point "a tap that we made is gone" gone vm4
	refused 'no such device' port del vm4
	does port del vm4 --if-exists
	point "clear the mark of a tap" ip link set vm3 alias ""
	is '.[0].managed | not' port show vm3
	does port del vm3
	point "a tap without our mark stays" eval '! gone vm3'
	ip link del vm3
	point "a bridge" ip link add br0 type bridge
	ip link set vm2 nomaster
	ip link set vm2 master br0
	refused 'belongs to "br0"' port del vm2
	ip link del br0
	does port del vm2
	point "a user's kernel tap is no tap of ours" ip tuntap add dev tap9 mode tap
	refused 'exists already' --may-exist port add tap9 tap switch sw0
	point "... and goes as it came" ip link del tap9

	refused 'exists already' port add vm0 tap switch sw0
	refused 'no user "nixda"' port add vm9 tap switch sw0 user nixda
	refused 'no group "nixda"' port add vm9 tap switch sw0 group nixda
	refused 'no user "-5"' port add vm9 tap switch sw0 user -5
	refused 'cannot find switch "nix"' port add vm9 tap switch nix
	refused 'cannot find hub "hub7"' port add vm9 tap hub 7
	refused 'is a switch' port add vm9 tap hub sw0
	refused 'loopback device, not a switch' port add vm9 tap switch lo
	refused 'mtu greater than' port add vm9 tap switch sw0 mtu 65535
	usage 'mtu: 65536 is out' port add vm9 tap switch sw0 mtu 65536
	usage 'multicast' port add vm9 tap switch sw0 address ff:ff:ff:ff:ff:ff
	usage 'too long' port add sixteencharacter tap switch sw0
	usage 'character' port add 'vm%d' tap switch sw0
	usage 'is missing' port add vm9 tap
	usage 'is missing' port add
	usage 'storm-unknown: 100000001 is out' port add vm9 tap switch sw0 storm-unknown 100000001
	usage 'given twice' port add vm9 tap switch sw0 hub 3
	usage 'given twice' port add vm9 tap switch sw0 tap
	usage 'for new taps only' port add vm9 switch sw0 user tester
	usage 'unknown key "colour"' port set vm0 colour red
	usage 'nothing to change' port set vm0
	refused 'no such device' port set nix learning on
	refused 'not a port' port set lo learning on
	refused 'not a port' port show lo
	refused 'not a port' port del lo
}

# What fails after the tap was made takes the tap with it.
test_rollback() {
	local i lower=sw5

	does switch add sw5
	for i in 1 2 3 4 5 6 7 8; do
		ip link add link "$lower" name "up$i" type vlan id 1 2>/dev/null || break
		lower=up$i
	done
	refused 'on top of each other' port add vm9 tap switch sw5
	point "no tap is left" eval '! ls -d /sys/class/net/nemutap* /sys/class/net/vm9'
	does switch del sw5
}

test_devices() {
	ip link add v0 type veth peer name v1
	ip link add w0 type veth peer name w1
	does port add v0 switch sw0 isolated on
	is '.[0] | .up and .kind == "veth" and .peer == "v1" and .isolated
	    and (.managed | not)' port show v0
	does switch add sw6
	refused 'master already' port add v0 switch sw6
	refused 'a port of this switch already' port add v0 switch sw0
	refused 'no such device' port add nix switch sw0
	refused 'loopback' port add lo switch sw0
	refused "can't be a port" port add sw6 switch sw0
	refused "can't be a port of itself" port add sw0 switch sw0
	does --may-exist port add v0 switch sw0 isolated off
	is '.[0].isolated | not' port show v0
	refused 'master already' --may-exist port add v0 switch sw6
	does port del v0
	point "a device that we didn't make stays" eval '! gone v0'
	refused 'not a port' port del v0
	does --if-exists port del v0
	does port add v0 switch sw6
	is 'length == 1 and .[0].ifname == "v0"' port show switch sw6
	ip link set w0 master sw6
	is 'length == 2' port show switch sw6
	does switch del sw6
	point "the devices outlive their switch" eval '! gone v0 && ! gone w0'
}

test_fdb() {
	local mac=02:11:22:33:44:55

	does port add v0 switch sw0
	does port add w0 switch sw0
	ip link set v1 up address 02:00:00:00:01:01
	ip link set w1 up
	ip addr add 192.0.2.2/24 dev v1
	point "an address is learned" wait_for after_frame v1 holds \
		'any(.[]; .address == "02:00:00:00:01:01" and .port == "v0" and .age < 60)' \
		fdb show sw0 learned
	does fdb add $mac switch sw0 port v0
	is '.[0] | .type == "static" and .port == "v0" and .switch == "sw0" and (.host | not)' \
		fdb show sw0 static
	does --may-exist fdb add $mac switch sw0 port v0
	refused 'exists already' fdb add $mac switch sw0 port v0
	refused 'exists already' --may-exist fdb add $mac switch sw0 port w0
	does fdb add 02:11:22:33:44:56 switch sw0 host
	is '.[] | select(.address == "02:11:22:33:44:56") | .host and .type == "static"' \
		fdb show sw0
	is 'all(.[]; .port == "v0")' fdb show sw0 port v0
	is 'all(.[]; .type == "host")' fdb show sw0 host
	is 'any(.[]; .switch == "sw0")' fdb
	does fdb del $mac switch sw0
	refused 'no such FDB entry' fdb del $mac switch sw0
	does --if-exists fdb del $mac switch sw0
	does fdb add $mac switch sw0 port w0
	does fdb flush sw0 port v0 static
	is 'length == 2' fdb show sw0 static
	does fdb flush sw0 port w0 static
	is 'length == 1' fdb show sw0 static
	speak v1
	does fdb flush sw0
	is 'all(.[]; .address != "02:00:00:00:01:01")' fdb show sw0 learned
	does fdb flush switch sw0 all
	is 'length == 0' fdb show sw0 static
	is 'length == 1' fdb show sw0 host

	usage 'not a MAC' fdb add 02:11:22:33:44 switch sw0 port v0
	usage 'multicast' fdb add 01:00:5e:00:00:01 switch sw0 port v0
	usage 'is missing' fdb add $mac port v0
	usage 'is missing' fdb add
	usage 'either' fdb add $mac switch sw0
	usage 'either' fdb add $mac switch sw0 port v0 host
	usage 'unknown key' fdb add $mac switch sw0 port v0 vlan 3
	usage 'is missing' fdb flush
	usage 'is missing' fdb show port v0
	usage 'given twice' fdb flush sw0 all static
	refused 'not a port of "sw0"' fdb add $mac switch sw0 port lo
	refused 'not a port of "sw0"' fdb flush sw0 port lo
	refused 'cannot find port "nix"' fdb add $mac switch sw0 port nix
	refused 'cannot find switch "nix"' fdb add $mac switch nix port v0
	refused 'no such device' fdb show nix
	refused 'not a switch' fdb flush lo
}

begin
test_help
test_switch
test_hub
test_taps
test_rollback
test_devices
test_fdb
finish
