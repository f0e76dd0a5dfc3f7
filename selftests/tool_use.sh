#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# netemu-ctl in use: what it prints, batches, the monitor, namespaces, users
# without privilege, completion, the manual, a missing module.
# vm: timeout=300 debug=no
. lib/tool.sh

man=/usr/share/man/man8
pages="netemu-ctl netemu-ctl-network netemu-ctl-forward netemu-ctl-lease netemu-ctl-nic netemu-ctl-vde"
completion=/usr/share/bash-completion/completions/netemu-ctl

# vm0, vm1 and the veths v0 and w0, with far ends v1 and w1, on sw0
make_network() {
	does switch add sw0
	does port add vm0 tap switch sw0 user tester
	does port add vm1 tap switch sw0
	ip link add v0 type veth peer name v1
	ip link add w0 type veth peer name w1
	does port add v0 switch sw0
	does port add w0 switch sw0
	ip link set v1 up
	ip link set w1 up
	ip addr add 192.0.2.2/24 dev v1
}

# every_flag COMMAND...: what each combination of flags prints as JSON is an
# array of objects
every_flag() {
	local flags

	for flags in -j "-j -p" "-j -s" "-j -d" "-j -p -s -d" "-json -br" "--json --pretty"; do
		# shellcheck disable=SC2086 # a list of words
		netemu-ctl $flags "$@" || return 1
	done | jq -s -e 'length == 7 and
		all(.[]; type == "array" and length > 0 and all(.[]; type == "object"))'
}

every_text() {
	local flags

	for flags in "" -s -d -br "-s -d"; do
		# shellcheck disable=SC2086 # a list of words
		[ -n "$(netemu-ctl $flags "$@")" ] || return 1
	done
}

test_output() {
	local what

	does hub add 1
	for what in show "switch show" "hub show" "port show" "fdb show" "switch show sw0" \
		"port show vm0" "show sw0"; do
		# shellcheck disable=SC2086 # a list of words
		point "$what as JSON" every_flag $what
		# shellcheck disable=SC2086
		point "$what as text" every_text $what
	done
	does hub del 1
	point "-p takes several lines" eval \
		'[ "$(netemu-ctl -j -p switch show | wc -l)" -gt 10 ] &&
		 [ "$(netemu-ctl -j switch show | wc -l)" = 1 ]'
	point "-br takes one line each" eval \
		'[ "$(netemu-ctl -br port show | wc -l)" = "$(netemu-ctl -j port show | jq length)" ]'
	point "the picture is the default" wait_for eval \
		'[ "$(netemu-ctl)" = "$(netemu-ctl show)" ]'
	netemu-ctl >"$out"
	said "it has the switch" '^sw0  switch up'
	said "and its ports as branches" '^\|- vm0  *tap disabled .no carrier.'
	said "the last one, too" '^`- w0 '
	LC_ALL=C.UTF-8 netemu-ctl >"$out"
	said "with lines where the terminal has them" '^(├─|\|-) vm0'
	is '.[0].ports | map(.ifname) | index("vm0") != null' show sw0

	# Two isolated ports: the frame has nowhere to go.
	does switch add sw7 host-port off
	ip link add x0 type veth peer name x1
	does port add x0 switch sw7 isolated on
	ip link set x1 up
	ip addr add 192.0.2.3/24 dev x1
	point "drops have a reason and a meaning" wait_for after_frame x1 holds \
		'.[0].drops[] | .reason == "no_target" and .frames > 0 and (.meaning | length > 3)' \
		-s port show x0
	is '.[0] | .stats.rx_packets > 0 and (.moves | type == "number")' -s port show x0
	is '.[0] | .drops[0].frames > 0 and (.events_lost | type == "number")' -s switch show sw7
	netemu-ctl -s port show x0 >"$out"
	said "... as text, too" 'dropped [1-9][0-9]* no_target: flooded'
	does switch del sw7
	refuse 2 'cannot write' eval 'netemu-ctl switch help >/dev/full'
}

test_batch() {
	local i

	cat >"$scratch/good" <<-'END'
	# a comment, an empty line, quotes

	switch add "b1" ageing 5	# to the end
	switch add 'b2'
	switch add b\3 --may-exist
	port add bt0 tap switch b1
	END
	printf 'switch add b1\nswitch set b1 ageing 5\n' >"$scratch/again"
	does -b "$scratch/good"
	does --may-exist -b "$scratch/again"
	is '.[0] | .ageing == 5 and .port_count == 1' switch show b1
	is '.[0].ifname == "b3"' switch show b3
	for ((i = 0; i < 32; i++)); do
		echo "port add many$i tap switch b2"
	done | netemu-ctl -b - >"$out" 2>"$err"
	verdict "32 taps by standard input" $?
	is 'length == 32' port show switch b2
	for ((i = 0; i < 32; i++)); do
		echo "port del many$i"
	done | netemu-ctl -b - >"$out" 2>"$err"
	verdict "and away" $?

	printf 'switch add b4\n\nswitch add b4\nswitch add b5\n' >"$scratch/bad"
	point "a batch stops at the first error" eval \
		'netemu-ctl -b "$scratch/bad"; [ $? = 2 ]'
	said "it names file and line" "^Command failed $scratch/bad:3$" "$err"
	said "after what was wrong" '^netemu-ctl: cannot add switch "b4": .*exists' "$err"
	point "what came before is done" eval '! gone b4 && gone b5'
	does switch del b4
	printf 'switch add b4 ageing x\nswitch add b4\nswitch add b4\nswitch add b5\n' >"$scratch/bad"
	point "-force goes on" eval 'netemu-ctl -force -b "$scratch/bad"; [ $? = 2 ]'
	said "and names the first line" 'bad:1$' "$err"
	said "and the other" 'bad:3$' "$err"
	point "and does the last one" eval '! gone b5'
	printf 'switch add "b6\n' >"$scratch/bad"
	point "an open quote" eval 'netemu-ctl -b "$scratch/bad"; [ $? = 1 ]'
	said "is told" 'quote' "$err"
	printf 'frobnicate\n' | netemu-ctl -b - >"$out" 2>"$err"
	verdict "an unknown object in a batch is a usage error" "$([ $? = 1 ]; echo $?)"
	said "standard input is called -" '^Command failed -:1$' "$err"
	printf 'switch show b1\nfdb show b1\n' | netemu-ctl -j -b - |
		jq -s -e 'length == 2 and .[0][0].ifname == "b1"' >"$out" 2>"$err"
	verdict "answers of a batch as JSON" $?
	usage 'too many' -b "$scratch/good" show
	printf 'port del bt0\nswitch del b1\nswitch del b2\nswitch del b3\nswitch del b4\nswitch del b5\n' |
		netemu-ctl -b -
}

# heard FILTER: a line of the monitor fulfils it
heard() { jq -n -e "any(inputs; $1)" "$scratch/monitor" >/dev/null 2>&1; }
hears() { point "monitor: $1" wait_for heard "$1"; }
hears_after() { point "monitor: $2" wait_for after_frame "$1" heard "$2"; }

# A monitor is listening once it tells of something.
probe() {
	netemu-ctl switch add probe
	netemu-ctl port add probe0 tap switch probe
	netemu-ctl port del probe0
	netemu-ctl switch del probe
	usleep 300000
	[ -s "$1" ]
}

one_object_a_line() {
	[ "$(jq -c . "$scratch/monitor" | wc -l)" = "$(wc -l <"$scratch/monitor")" ]
}

test_monitor() {
	netemu-ctl -j monitor >"$scratch/monitor" 2>"$scratch/monitor.err" &
	local monitor=$!
	netemu-ctl monitor port event >"$scratch/ports" 2>&1 &
	local ports=$!
	netemu-ctl monitor switch >"$scratch/switches" 2>&1 &
	local switches=$!

	wait_for probe "$scratch/monitor"
	wait_for probe "$scratch/ports"
	wait_for probe "$scratch/switches"
	netemu-ctl switch add m0 loop-rate 0
	hears '.object == "switch" and .event == "add" and .ifname == "m0" and .loop_rate == 0'
	netemu-ctl switch set m0 ageing 77
	hears '.object == "switch" and .event == "set" and .ifname == "m0" and .ageing == 77'
	netemu-ctl port add mt tap switch m0 isolated on
	hears '.object == "port" and .event == "add" and .ifname == "mt" and .switch == "m0" and .isolated'
	netemu-ctl port set mt isolated off
	hears '.object == "port" and .event == "set" and .ifname == "mt" and (.isolated | not)'
	netemu-ctl port del v0
	netemu-ctl port del w0
	hears '.object == "port" and .event == "del" and .ifname == "v0" and .switch == "sw0"'
	netemu-ctl port add v0 switch m0
	netemu-ctl port add w0 switch m0 fdb-limit 1
	ip link set v1 address 02:00:00:00:02:01
	ip link set w1 address 02:00:00:00:02:01
	ip addr add 192.0.2.4/24 dev w1
	hears_after v1 '.object == "fdb" and .event == "add" and .address == "02:00:00:00:02:01" and .port == "v0"'
	hears_after w1 '.object == "event" and .event == "mac_moved" and .port == "w0" and .switch == "m0"'
	ip link set w1 down
	ip link set w1 address 02:00:00:00:02:02 up
	hears_after w1 '.object == "event" and .event == "learn_limit" and .port == "w0" and .address == "02:00:00:00:02:02"'
	netemu-ctl fdb flush m0
	hears '.object == "fdb" and .event == "del" and .address == "02:00:00:00:02:01"'
	ip link set v1 down
	hears '.object == "port" and .event == "set" and .ifname == "v0" and .state == "disabled"'
	ip link set v1 up
	netemu-ctl switch del m0
	hears '.object == "port" and .event == "del" and .ifname == "mt" and .switch == "m0"'
	hears '.object == "switch" and .event == "del" and .ifname == "m0"'
	netemu-ctl port del mt
	point "one object a line" wait_for one_object_a_line
	point "ports alone" wait_for has_line '^port add mt: tap on m0' "$scratch/ports"
	point "events alone" wait_for has_line '^event mac_moved switch m0 port w0 address' "$scratch/ports"
	point "no switches among them" eval '! grep -q ^switch "$scratch/ports"'
	point "switches alone" wait_for has_line '^switch add m0: switch up' "$scratch/switches"
	point "nothing on stderr" eval '[ ! -s "$scratch/monitor.err" ]'
	kill "$monitor" "$ports" "$switches"
	wait "$monitor" "$ports" "$switches" 2>/dev/null
	usage 'cannot monitor "weather"' monitor weather
}

test_namespaces() {
	ip netns add ns1
	does -n ns1 switch add inner
	is 'map(.ifname) == ["inner"]' -n ns1 switch show
	is 'length == 1' -n /run/netns/ns1 switch show
	point "it is not here" gone inner
	does -n ns1 port add vm0 tap switch inner user tester
	is '.[0].switch == "inner"' -n ns1 port show vm0
	is '.[0].switch == "sw0"' port show vm0
	refused 'cannot open network namespace "ns2"' -n ns2 show
	usage 'empty' -n '' show
	refused 'cannot enter network namespace' -n /proc/self/ns/uts show
	refuse 2 'cannot enter network namespace "ns1"' as_tester netemu-ctl -n ns1 show
	ip netns del ns1
}

test_privilege() {
	point "everybody may look" as_tester netemu-ctl -j show
	refuse 2 'not permitted' as_tester netemu-ctl switch add sw9
	refuse 2 'not permitted' as_tester netemu-ctl switch set sw0 ageing 3
	refuse 2 'not permitted' as_tester netemu-ctl switch del sw0
	refuse 2 'not permitted' as_tester netemu-ctl port add vm9 tap switch sw0
	refuse 2 'not permitted' as_tester netemu-ctl port add w0 switch sw0
	refuse 2 'not permitted' as_tester netemu-ctl port set vm0 isolated on
	refuse 2 'not permitted' as_tester netemu-ctl port del vm0
	refuse 2 'not permitted' as_tester netemu-ctl fdb add 02:11:22:33:44:57 switch sw0 port vm0
	refuse 2 'not permitted' as_tester netemu-ctl fdb flush sw0
	# In a namespace of one's own one is root.
	as_tester unshare -rn bash -c 'netemu-ctl switch add mine &&
		netemu-ctl port add vm0 tap switch mine && netemu-ctl -j port show' >"$out" 2>"$err"
	verdict "a user's own namespace" $?
	fulfils "the tap in it is the user's" '.[0].tap.persist'
}

# Words are offered after this line.
complete_line() {
	COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
	_netemu_ctl
	echo " ${COMPREPLY[*]} "
}

offers() {
	local line=$1 word

	shift
	complete_line "$line" >"$scratch/offered"
	for word; do
		grep -qF -- " $word " "$scratch/offered" || {
			echo "$line offers$(cat "$scratch/offered")but not $word"
			return 1
		}
	done
}

# Every key that help knows is offered.
offers_keys() {
	local line=$1 object=$2 keys

	keys=$(netemu-ctl "$object" help | sed -nE 's/^  ([a-z][a-z-]+) .*/\1/p' | grep -v netemu-ctl)
	[ -n "$keys" ] || return 1
	# shellcheck disable=SC2086 # a list of words
	offers "$line" $keys
}

test_completion() {
	if [ ! -r "$completion" ]; then
		skip "completion" "not installed here"
		return
	fi
	# shellcheck source=/dev/null
	. "$completion"
	point "completes objects" offers "netemu-ctl " switch hub port fdb monitor show
	point "completes half an object" offers "netemu-ctl sw" switch
	point "completes options" offers "netemu-ctl -" -json -netns --may-exist
	point "completes verbs" offers "netemu-ctl port " add set del show
	point "completes verbs after options" offers "netemu-ctl -j -s fdb " add del flush show
	point "completes switches" offers "netemu-ctl switch del " sw0
	point "completes ports" offers "netemu-ctl port set " vm0 vm1
	point "completes devices" offers "netemu-ctl port add w" w0 w1
	point "not loopback" eval '! offers "netemu-ctl port add " lo'
	point "completes the switch of a port" offers "netemu-ctl port add vm9 tap switch s" sw0
	point "completes on and off" offers "netemu-ctl port set vm0 isolated " on off
	point "completes users" offers "netemu-ctl port add vm9 tap user test" tester
	point "completes all keys of switches" offers_keys "netemu-ctl switch add s " switch
	point "completes all keys of ports" offers_keys "netemu-ctl port add p " port
	point "completes keys after a value" offers "netemu-ctl switch add s mode hub " ageing
	ip netns add ns1
	point "completes namespaces" offers "netemu-ctl -n n" ns1
	netemu-ctl -n ns1 switch add there
	point "looks into the namespace" offers "netemu-ctl -n ns1 switch del " there
	ip netns del ns1
}

# The examples of the manual, word for word; the guest itself is another test's.
test_manual() {
	local page

	if [ ! -r "$man/netemu-ctl.8" ]; then
		skip "the examples of the manual" "not installed here"
		return
	fi
	printf 'port del vm0\nport del vm1\nswitch del sw0\n' | netemu-ctl -b -
	ip link del v0
	ip link del w0
	echo "cd $scratch" >"$scratch/examples"
	for page in $pages; do
		awk '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh SEE/ { on = 0 }
		     /^\.Ed/ { print "" ; text = 0 } on && text { gsub(/\\e/, "\\"); print }
		     on && /^\.Bd/ { text = 1 }' "$man/$page.8" |
			sed '/^qemu-system/,/^$/d' >>"$scratch/examples"
	done
	point "the manual has examples" has_line 'netemu-ctl hub add 3' "$scratch/examples"
	point "they work" bash -e "$scratch/examples"
	is 'map(.ifname) | index("dmz") != null and index("sw0") == null' switch show
	is '.[0].isolated' port show vm2
	printf '%s\n' 'port del vm2' 'port del vm3' 'hub del 3' 'switch del dmz' \
		'port del vm4' 'gateway del gw0' 'switch del lan' \
		'port del vm0' 'network del lab' 'nic del desk1' 'network del office' |
		netemu-ctl -b -
}

test_module() {
	does --if-exists switch del sw0
	# It stands on the other one.
	rmmod netemu_gw netemu_nic
	point "rmmod" rmmod netemu
	point "asking loads the module" netemu-ctl show
	point "rmmod again" rmmod netemu
	mv /lib/modules /lib/modules.away
	refused 'not loaded: run "modprobe netemu"' switch add sw9
	refused 'not loaded: run "modprobe netemu"' switch show
	refused 'not loaded' port show
	refused 'not loaded' monitor
	refuse 2 'as root, run "modprobe netemu"' as_tester netemu-ctl show
	mv /lib/modules.away /lib/modules
	does switch add sw9
	does switch del sw9
}

begin
make_network
test_output
test_batch
test_monitor
test_namespaces
test_privilege
test_completion
test_manual
test_module
finish
