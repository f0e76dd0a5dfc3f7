# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # K_* come from kernel_load
# Packs the VM's initramfs in layers, each an uncompressed archive made by the
# kernel's own gen_init_cpio from a list of names: no staging tree of programs,
# no device nodes on this machine, no root. Layers are simply concatenated.
# Sourced by the runner.

# What pack_modules packs, and where it stages that. The bench has lists of its own.
MODULE_LISTS=("$VM_DIR/modules")
MODULE_STAGE=$WORK/modules

GEN_INIT_CPIO=$CACHE/source/gen_init_cpio

# ---- lists ------------------------------------------------------------------

# Reads "file TARGET SOURCE MODE" and "slink ..." lines and puts the directories
# they need in front.
with_parents() {
	awk '
	{ line[NR] = $0; n = split($2, part, "/"); path = ""
	  for (i = 2; i < n; i++) { path = path "/" part[i]; dirs[path] = 1 } }
	END {
	  for (d in dirs) print "dir " d " 0755 0 0" | "sort"
	  close("sort")
	  for (i = 1; i <= NR; i++) print line[i]
	}'
}

# closure FILE...: the shared objects that these need, one path per line.
closure() {
	ldd "$@" 2>/dev/null |
		sed -nE 's/.*=> (\/[^ ]+) \(.*/\1/p; s/^[[:space:]]+(\/[^ ]+) \(.*/\1/p' | sort -u
}

# A library keeps its place, except that /usr/lib is a link to /lib in the VM.
library_lines() {
	local path

	closure "$@" | while read -r path; do
		printf 'file %s %s 0755 0 0\n' "${path#/usr}" "$path"
	done
}

# program_lines NAME[=PROGRAM]...: the programs in /bin, and their libraries.
program_lines() {
	local word name path found=()

	for word; do
		name=${word#*=}
		path=$(PATH=$PATH:/usr/sbin:/sbin:/lib/systemd type -P "$name") ||
			{ note "program $name is not installed; run selftests/setup.sh"; return 1; }
		path=$(readlink -f "$path")
		printf 'file /bin/%s %s 0755 0 0\n' "${word%%=*}" "$path"
		found+=("$path")
	done
	library_lines "${found[@]}"
}

# What libvdeplug, of vde_plug and of QEMU, opens by name
plugin_lines() {
	local path

	path=$(find /usr/lib -name libvdeplug_vde.so | head -n 1)
	[ -n "$path" ] ||
		{ note "no plugin of libvdeplug; run selftests/setup.sh"; return 1; }
	printf 'file %s %s 0755 0 0\n' "${path#/usr}" "$path"
	library_lines "$path"
}

# What a systemd without services of its own reads
systemd_lines() {
	local name

	for name in sysinit basic local-fs swap slices sockets paths timers shutdown; do
		printf 'file /lib/systemd/system/%s.target %s 0644 0 0\n' "$name" \
			"/lib/systemd/system/$name.target"
	done
	printf 'file %s %s 0644 0 0\n' /lib/udev/rules.d/99-systemd.rules{,}
}

# busybox and a link for each applet that no program in the list replaces
busybox_lines() {
	local busybox applet

	busybox=$(PATH=$PATH:/usr/sbin:/sbin type -P busybox) || return 1
	printf 'file /bin/busybox %s 0755 0 0\n' "$busybox"
	"$busybox" --list | while read -r applet; do
		case " $* busybox linuxrc init " in
		*" $applet "*) ;;
		*) printf 'slink /bin/%s busybox 0777 0 0\n' "$applet" ;;
		esac
	done
}

skeleton_lines() {
	cat <<-EOF
	dir /dev 0755 0 0
	nod /dev/console 0600 0 0 c 5 1
	dir /proc 0755 0 0
	dir /sys 0755 0 0
	dir /run 0755 0 0
	dir /tmp 01777 0 0
	dir /root 0700 0 0
	dir /home 0755 0 0
	dir /var 0755 0 0
	dir /usr 0755 0 0
	dir /lib 0755 0 0
	slink /var/run /run 0777 0 0
	slink /var/tmp /tmp 0777 0 0
	slink /sbin bin 0777 0 0
	slink /usr/bin ../bin 0777 0 0
	slink /usr/sbin ../bin 0777 0 0
	slink /usr/lib ../lib 0777 0 0
	slink /share usr/share 0777 0 0
	EOF
}

words_of() { sed 's/#.*//' "$1" | tr '\n' ' '; }

tree_lines() {
	local file

	for file; do
		[ -f "$file" ] || continue
		printf 'file /selftests/%s %s %s 0 0\n' "${file#"$SELFTESTS"/}" "$file" \
			"$([ -x "$file" ] && echo 0755 || echo 0644)"
	done
}

# archive LIST OUTPUT: complete or not at all.
archive() {
	"$GEN_INIT_CPIO" "$1" >"$2.new" && mv "$2.new" "$2"
}

# ---- layers -----------------------------------------------------------------

# A layer of this machine's packages is stale when a program in it changed.
newer_than() {
	local against=$1 file

	shift
	for file; do
		[ "$against" -nt "$file" ] || return 0
	done
	return 1
}

# pack_base: programs and busybox; the same for every kernel.
pack_base() {
	local out=$WORK/base.cpio list=$WORK/base.list programs

	programs=$(words_of "$VM_DIR/programs")
	# shellcheck disable=SC2046,SC2086 # lists of words
	if [ -e "$out" ] && ! newer_than "$out" "$VM_DIR/programs" "$VM_DIR/pack.sh" \
		$(awk '$1 == "file" { print $3 }' "$list"); then
		return 0
	fi
	# shellcheck disable=SC2086 # a list of words
	{
		program_lines $programs || return 1
		plugin_lines || return 1
		systemd_lines
		busybox_lines $programs
	} | with_parents >"$list.tail" || return 1
	{
		skeleton_lines
		grep -vxF "$(skeleton_lines)" "$list.tail"
	} >"$list"
	archive "$list" "$out"
}

# pack_modules: the kernel's modules in an own tree, decompressed, netemu among
# them, with depmod's tables, so that modprobe and alias loading work.
# Arguments: the archive, then the .ko files of this tree.
pack_modules() {
	local stage=$MODULE_STAGE/$K_KEY out=$1
	local dir=$stage/lib/modules/$K_RELEASE list

	if [ ! -e "$stage/complete" ] || newer_than "$stage/complete" "${MODULE_LISTS[@]}"; then
		rm -rf "$stage"
		mkdir -p "$dir/extra"
		for list in "${MODULE_LISTS[@]}"; do
			stage_modules "$dir" "$list" || return 1
		done
		touch "$stage/complete"
	fi
	shift
	rm -f "$dir"/extra/*.ko
	cp "$@" "$dir/extra/"
	depmod -b "$stage" "$K_RELEASE" || return 1
	module_lines "$stage" | with_parents >"$out.list"
	archive "$out.list" "$out"
}

# stage_modules DIRECTORY LIST: copy what modprobe would load. A name with "-" in
# front is of a module that not every kernel has.
stage_modules() {
	local dir=$1 name path shown
	local from=$K_MODULES/lib/modules/$K_RELEASE

	for name in $(words_of "$2"); do
		shown=$(modprobe -C /dev/null -d "$K_MODULES" -S "$K_RELEASE" \
			--show-depends "${name#-}" 2>&1) ||
			{ [[ $name == -* ]] && continue; note "kernel $K_RELEASE has no module $name"; return 1; }
		while read -r path; do
			path=${path%% *}
			path=${path#"$from"/}
			mkdir -p "$dir/$(dirname "$path")"
			case $path in
			*.xz) xz -dc "$from/$path" >"$dir/${path%.xz}" ;;
			*) cp "$from/$path" "$dir/$path" ;;
			esac
		done < <(printf '%s\n' "$shown" | sed -n 's/^insmod //p')
	done
	cp "$from"/modules.builtin "$from"/modules.builtin.modinfo \
		"$from"/modules.order "$dir/"
}

module_lines() {
	(cd "$1" && find lib/modules -type f) | while read -r path; do
		printf 'file /%s %s 0644 0 0\n' "$path" "$1/$path"
	done
}

# pack_guest: an unmodified QEMU with what it reads, and the guest's own kernel
# and initramfs. Only tests that start guests get this layer.
pack_guest() {
	local out=$WORK/guest.cpio name lib

	guest_archive || return 1
	if [ -e "$out" ] && ! newer_than "$out" "$WORK/guest-initrd.cpio" "$VM_DIR/pack.sh"; then
		return 0
	fi
	lib=$(find /usr/lib -path '*/qemu/accel-tcg-x86_64.so' 2>/dev/null | head -n 1)
	{
		program_lines qemu-system-x86_64
		printf 'file %s %s 0755 0 0\n' "${lib#/usr}" "$lib"
		library_lines "$lib"
		for name in bios-256k.bin kvmvapic.bin linuxboot_dma.bin \
			efi-virtio.rom efi-e1000.rom pxe-virtio.rom pxe-e1000.rom; do
			firmware_line "$name" || return 1
		done
		printf 'file /guest/vmlinuz %s 0644 0 0\n' "$GUEST_IMAGE"
		printf 'file /guest/initrd %s 0644 0 0\n' "$WORK/guest-initrd.cpio"
	} | with_parents >"$out.list" || return 1
	archive "$out.list" "$out"
}

firmware_line() {
	local dir

	for dir in /usr/share/seabios /usr/share/qemu /usr/lib/ipxe/qemu; do
		[ -e "$dir/$1" ] || continue
		printf 'file /usr/share/qemu/%s %s 0644 0 0\n' "$1" "$dir/$1"
		return 0
	done
	note "no firmware file $1; run selftests/setup.sh"
	return 1
}

# The guest: Debian's 6.1 kernel whatever kernel the VM runs, busybox, tools for
# the network, and the drivers of the two cards.
guest_archive() {
	local out=$WORK/guest-initrd.cpio stage=$WORK/guest-modules

	(
		kernel_load 6.1 || exit 1
		[ ! -e "$out" ] || newer_than "$out" "$K_IMAGE" "$VM_DIR/guest-init" \
			"$VM_DIR/guest-udhcpc" "$VM_DIR/pack.sh" "$VM_DIR/guest-modules" || exit 0
		rm -rf "$stage"
		mkdir -p "$stage/lib/modules/$K_RELEASE"
		stage_modules "$stage/lib/modules/$K_RELEASE" "$VM_DIR/guest-modules" || exit 1
		depmod -b "$stage" "$K_RELEASE" || exit 1
		{
			skeleton_lines
			{
				program_lines iperf3 ethtool ip
				busybox_lines iperf3 ethtool ip
				module_lines "$stage"
				printf 'file /init %s 0755 0 0\n' "$VM_DIR/guest-init"
				printf 'file /etc/udhcpc/default.script %s 0755 0 0\n' \
					"$VM_DIR/guest-udhcpc"
			} | with_parents | grep -vxF "$(skeleton_lines)"
		} >"$out.list"
		archive "$out.list" "$out"
	) || return 1
	GUEST_IMAGE=$(. "$CACHE/kernels/6.1" && printf '%s' "$K_IMAGE")
}

# pack_tree OUTPUT TESTS TOOL: what changes from run to run: init, the tests and
# their list (FILE with "name path timeout" lines), netemu-ctl when it is built.
pack_tree() {
	local out=$1 tests=$2 tool=$3 programs=$WORK/tests page
	local unit=${tests%/*}/netemu-vde@.service

	# As "make install" makes it
	sed 's|@SBINDIR@|/usr/sbin|' "${tool%/*}/systemd/netemu-vde@.service.in" >"$unit"
	{
		printf 'file /init %s 0755 0 0\n' "$VM_DIR/init"
		printf 'file /bench/tests %s 0644 0 0\n' "$tests"
		printf 'file /bench/env %s 0644 0 0\n' "${tests%/*}/env"
		printf 'file /bench/splats %s 0644 0 0\n' "$VM_DIR/splats"
		if [ -x "$tool" ]; then
			printf 'file /bin/netemu-ctl %s 0755 0 0\n' "$tool"
			library_lines "$tool"
			for page in "${tool%/*}"/man/*.8; do
				printf 'file /usr/share/man/man8/%s %s 0644 0 0\n' \
					"${page##*/}" "$page"
			done
			printf 'file /usr/share/bash-completion/completions/netemu-ctl %s 0644 0 0\n' \
				"${tool%/*}/completion/netemu-ctl"
			printf 'file /etc/udev/rules.d/80-netemu-nic.rules %s 0644 0 0\n' \
				"${tool%/*}/systemd/80-netemu-nic.rules"
			printf 'file /etc/systemd/system/%s %s 0644 0 0\n' \
				"${unit##*/}" "$unit"
		fi
		tree_lines "$SELFTESTS"/*.sh "$SELFTESTS"/*.differences "$SELFTESTS"/lib/* \
			"$VM_DIR"/demo.sh "$VM_DIR"/planted/*.sh
		printf 'file /selftests/README.md %s 0644 0 0\n' "$SELFTESTS/../README.md"
		find "$programs" -type f -perm -u+x 2>/dev/null | while read -r path; do
			printf 'file /selftests/%s %s 0755 0 0\n' "${path#"$programs"/}" "$path"
			library_lines "$path"
		done
	} | with_parents >"$out.list"
	archive "$out.list" "$out"
}
