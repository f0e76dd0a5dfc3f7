# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154,SC2034 # K_*, scratch; ACCEL
# Chooses how QEMU runs the VM. A /dev/kvm that exists may still hang a guest,
# so KVM counts only after the very kernel really booted on it. Sourced.

# What an emulated processor can do without is off where it costs time: deeper page
# tables, and checks at each copy from and to user space.
TCG="-accel tcg,thread=multi,tb-size=512
	-cpu max,la57=off,smap=off,smep=off,umip=off,pku=off,pks=off"
# The emulated TSC is the time of this machine; the kernel can't know, and would ask a
# timer device for each time stamp. What is translated is found again by its address,
# so programs start much faster when they are at the same one each time.
TCG_WORDS="tsc=reliable norandmaps"
# Guests use the emulated processor's own virtualisation. With two processors it is
# unsteady while the kernel patches its text (static keys).
TCG_GUESTS="$TCG -smp 1"
KVM="-accel kvm -cpu host -smp 2"

# choose_accel: sets ACCEL (QEMU's options) and ACCEL_NAME for the loaded kernel.
# The verdict holds until the machine reboots or the kernel changes.
choose_accel() {
	local file=$CACHE/accel-$K_KEY boot verdict

	boot=$(cat /proc/sys/kernel/random/boot_id)
	read -r verdict 2>/dev/null <"$file" || verdict=''
	if [ "${verdict% *}" != "$boot" ]; then
		verdict="$boot $(probe_kvm)"
		printf '%s\n' "$verdict" >"$file"
	fi
	ACCEL_NAME=${verdict##* }
	case $ACCEL_NAME in
	kvm) ACCEL=$KVM ;;
	*) ACCEL="$TCG -smp 2" ;;
	esac
}

# Boots the kernel with no test to run and waits for init to say that it is up.
# Needs the layers that prepare() in run.sh packed.
probe_kvm() {
	local options=() verdict=tcg log=$scratch/probe

	if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
		mkdir -p "$log"
		: >"$scratch/tests"
		: >"$scratch/env"
		make_initrd no
		mapfile -t options < <(vm_options "$log" 512)
		# shellcheck disable=SC2086 # KVM is a list of words
		timeout -k 1 20 qemu-system-x86_64 "${options[@]}" $KVM \
			-kernel "$K_IMAGE" -initrd "$scratch/initrd" \
			-append "$(vm_cmdline)" </dev/null >"$log/port" 2>"$log/qemu.log"
		! grep -q '^@@ boot' "$log/port" || verdict=kvm
	fi
	printf '%s' "$verdict"
}
