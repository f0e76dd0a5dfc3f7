# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What shell scenarios share: test points, waiting, and small networks of
# namespaces on a switch. Sourced, never run.

KSFT_N=0
KSFT_FAILED=0
KSFT_SCRATCH=$(mktemp -d /tmp/ksft.XXXXXX)
trap 'ksft_cleanup' EXIT

ksft_start() { echo "TAP version 13"; }

# check TEXT COMMAND...: one test point; the command's words explain a failure
check() {
	local text=$1

	shift
	KSFT_N=$((KSFT_N + 1))
	if "$@" >"$KSFT_SCRATCH/said" 2>&1; then
		echo "ok $KSFT_N - $text"
		return 0
	fi
	KSFT_FAILED=$((KSFT_FAILED + 1))
	echo "not ok $KSFT_N - $text"
	head -n 20 "$KSFT_SCRATCH/said" | sed 's/^/# /'
	return 0
}

# refuse TEXT COMMAND...: the command must fail, and say why
refuse() {
	check "$1" refuses "${@:2}"
}

refuses() {
	if "$@" >"$KSFT_SCRATCH/refused" 2>&1; then
		echo "succeeded: $*"
		return 1
	fi
	[ -s "$KSFT_SCRATCH/refused" ] && return 0
	echo "failed without a word: $*"
	return 1
}

not() { ! "$@"; }

skip() {
	KSFT_N=$((KSFT_N + 1))
	echo "ok $KSFT_N - $1 # SKIP $2"
}

ksft_end() {
	echo "1..$KSFT_N"
	[ "$KSFT_FAILED" = 0 ]
	exit
}

# has COMMAND TEXT: the output of the command has this in it
has() { eval "$1" 2>&1 | tee "$KSFT_SCRATCH/out" | grep -qF -- "$2" || { cat "$KSFT_SCRATCH/out"; return 1; }; }

# busywait COMMAND...: until it succeeds; a slow machine has a minute, or BUSYWAIT
# seconds, and looks often enough if it stood still meanwhile
busywait() {
	local end=$((SECONDS + ${BUSYWAIT:-60})) looks=10

	until "$@" >/dev/null 2>&1; do
		if [ "$((looks -= 1))" -le 0 ] && [ "$SECONDS" -ge "$end" ]; then
			echo "waited in vain for: $*"
			return 1
		fi
		usleep 200000
	done
}

# ---- hosts ------------------------------------------------------------------

HOSTS=''

ksft_cleanup() {
	local host pids

	# shellcheck disable=SC2046 # a list of words
	[ -z "$(jobs -p)" ] || kill $(jobs -p) 2>/dev/null
	for host in $HOSTS; do
		pids=$(ip netns pids "$host" 2>/dev/null)
		# shellcheck disable=SC2086 # a list of words
		[ -z "$pids" ] || kill -9 $pids 2>/dev/null
		ip netns del "$host" 2>/dev/null
	done
	rm -rf "$KSFT_SCRATCH"
}

# host_add NAME NUMBER: a namespace with eth0, 192.0.2.NUMBER and
# 2001:db8::NUMBER; the other end of eth0 is p-NAME here, up.
host_add() {
	ip netns add "$1"
	HOSTS="$HOSTS $1"
	ip link add "p-$1" type veth peer name eth0 netns "$1"
	# A host that is not asked says nothing: no router solicitations.
	ip netns exec "$1" sysctl -qw net.ipv6.conf.eth0.accept_dad=0
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
	ip -n "$1" addr add "192.0.2.$2/24" dev eth0
	ip -n "$1" addr add "2001:db8::$2/64" dev eth0 nodad
	ip link set "p-$1" up
	busywait ready "p-$1"
	busywait ready eth0 "$1"
}

# ready DEVICE [HOST]: the kernel has noticed that it has a carrier; until then it
# drops what the device sends
ready() {
	case $(ip ${2:+-n "$2"} -j link show dev "$1" | jq -r '.[0].operstate') in
	UP | UNKNOWN) ;;
	*) return 1 ;;
	esac
}

in_host() { ip netns exec "$@"; }

# reaches HOST ADDRESS [PING-OPTION]...: one ping is answered; the first ones may
# meet an unfinished network
reaches() {
	local end=$((SECONDS + 60)) tries=6

	until in_host "$1" ping -c 1 -W 5 "${@:3}" "$2"; do
		[ "$((tries -= 1))" -gt 0 ] || [ "$SECONDS" -lt "$end" ] || return 1
		usleep 100000
	done
}

# misses HOST ADDRESS: no answer, though one second is enough for one
misses() { ! in_host "$1" ping -c 2 -W 1 "$2"; }

# more COUNTER BEFORE COMMAND...: what COUNTER prints is more than BEFORE, if not
# now then after the command, which causes it
more() {
	[ "$(eval "$1")" -gt "$2" ] && return 0
	"${@:3}"
	[ "$(eval "$1")" -gt "$2" ]
}

# drops REASON: the count of a drop reason of sw0
drops() { ethtool -S sw0 | sed -n "s/^ *drop_$1: //p"; }
