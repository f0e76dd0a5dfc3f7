#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The row nat on a host with rules like those of Docker and ufw, which a packet of
# an established connection passes until one accepts it. The fast path is the
# administrator's "on": with such rules "auto" does nothing.
#
# vm: timeout=600 memory=1024
. bench/lib.sh
. bench/lib/natlab.sh

FASTPATH=on
SUFFIX=-rules

# As iptables-nft makes them: a counter in each rule.
rules_on() {
	nft -f - <<-EOF2
	table ip filter {
		chain INPUT {
			type filter hook input priority filter; policy drop;
			counter jump ufw-before-logging-input
			counter jump ufw-before-input
		}
		chain ufw-before-logging-input { }
		chain ufw-before-input {
			iifname "lo" counter accept
			ct state related,established counter accept
			ct state invalid counter drop
			tcp dport 22 counter accept
		}
		chain OUTPUT {
			type filter hook output priority filter; policy accept;
			counter jump ufw-before-logging-output
			counter jump ufw-before-output
		}
		chain ufw-before-logging-output { }
		chain ufw-before-output {
			oifname "lo" counter accept
			ct state related,established counter accept
			counter jump ufw-user-output
		}
		chain ufw-user-output { }
		chain FORWARD {
			type filter hook forward priority filter; policy drop;
			counter jump DOCKER-USER
			counter jump DOCKER-ISOLATION-STAGE-1
			oifname "docker0" ct state related,established counter accept
			oifname "docker0" counter jump DOCKER
			iifname "docker0" oifname != "docker0" counter accept
			counter jump ufw-before-forward
		}
		chain DOCKER-USER { counter return; }
		chain DOCKER-ISOLATION-STAGE-1 {
			iifname "docker0" oifname != "docker0" counter drop
			counter return
		}
		chain DOCKER { }
		chain ufw-before-forward {
			ct state related,established counter accept
			iifname "br0" counter accept
		}
	}
	table ip nat {
		chain PREROUTING {
			type nat hook prerouting priority dstnat;
			fib daddr type local counter jump DOCKER
		}
		chain OUTPUT {
			type nat hook output priority -100;
			ip daddr != 127.0.0.0/8 fib daddr type local counter jump DOCKER
		}
		chain POSTROUTING {
			type nat hook postrouting priority srcnat;
			oifname != "docker0" ip saddr 172.17.0.0/16 counter masquerade
		}
		chain DOCKER { iifname "docker0" counter return; }
	}
	EOF2
}

rules_off() { nft delete table ip filter && nft delete table ip nat; }

row_start && modprobe nft_masq && modprobe nft_fib_ipv4 && try round-trip$SUFFIX server far_up &&
	try round-trip$SUFFIX rules rules_on || exit 1
serve
for subject in nft-masquerade netemu-gateway netemu-fastpath; do
	if gateway_up "$subject" 2>/run/error; then
		measure_gateway "$subject" 32
	else
		row_failed round-trip$SUFFIX "$subject" - "does not start: $(head -n 1 /run/error)"
	fi
	gateway_down "$subject"
done
serve_end
rules_off
far_down
row_end
