#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Installs the Debian packages that building and testing netemu needs and says
# which were missing; unpacks, never installs, the kernels and headers of the
# build matrix into the cache. Safe to run again at any time: with everything
# in place it touches nothing. Nothing else in this tree downloads anything.
#
# Usage: setup.sh [--build | --bench | --fuzz]
#   --build   only what "make" and "make install" need
#   --bench   also what "make bench" compares netemu with
#   --fuzz    only what "make fuzz" needs
set -eu
. "$(dirname "$0")/vm/common.sh"

BUILD_PACKAGES="build-essential bc libelf-dev kmod pkg-config xz-utils
	libnl-3-dev libnl-genl-3-dev libjson-c-dev"
TEST_PACKAGES="bison flex libssl-dev sparse cpio libmnl-dev
	qemu-system-x86 seabios ipxe-qemu busybox-static
	dnsmasq-base ldnsutils dhcpcd-base dropbear-bin kea-admin systemd udev mdevctl
	iproute2 ethtool iperf3 isc-dhcp-client nftables tcpdump jq gojq util-linux
	procps vde-switch vdeplug vde2
	shellcheck codespell mandoc perl python3"
BENCH_PACKAGES="slirp4netns
	libbpf1 libcap-ng0 libnuma1 libunbound8 libxdp1 libvdeplug2"
FUZZ_PACKAGES="clang-14 libclang-rt-14-dev"
# The bench wants one program of each of these, not the services that come with
# them: unpacked into the cache, not installed.
BENCH_UNPACKED="openvswitch-switch vde-switch"

SOURCE_PACKAGE=linux-source-6.1
# What lint and the tests take from the kernel source, below its top directory.
SOURCE_PARTS="scripts/checkpatch.pl scripts/spelling.txt
	scripts/const_structs.checkpatch scripts/kernel-doc
	tools/testing/selftests/kselftest.h
	tools/testing/selftests/kselftest_harness.h
	usr/gen_init_cpio.c"

APT_GET="apt-get -q -y -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0"

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "this needs root: $*"
	fi
}

lists_present() { compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }

update_lists() {
	say "setup: apt-get update"
	as_root $APT_GET update >/dev/null
}

# ---- packages ---------------------------------------------------------------

missing_packages() {
	local name

	for name; do
		[ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null)" = "ii " ] ||
			printf '%s ' "$name"
	done
}

install_packages() {
	local missing

	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	say "setup: installing missing packages: $missing"
	lists_present || update_lists
	# shellcheck disable=SC2086 # a list of words
	if ! install_list $missing; then
		# The lists may name versions that the mirror no longer has.
		update_lists
		install_list $missing || die "apt-get could not install: $missing"
	fi
}

install_list() {
	as_root env DEBIAN_FRONTEND=noninteractive \
		$APT_GET install --no-install-recommends "$@"
}

# ---- kernels ----------------------------------------------------------------

# newest_release LINE: the newest release of this line that apt has an image
# and headers for, for example 6.1.0-56 or 6.12.117+deb12.
newest_release() {
	local line=$1 found

	case $line in
	6.1) found=$(apt-cache pkgnames linux-headers-6.1.0- | sed -n 's/^linux-headers-\(6\.1\.0-[0-9]*\)-amd64$/\1/p') ;;
	*) found=$(apt-cache pkgnames "linux-headers-$line." | sed -n 's/^linux-headers-\([0-9.]*+deb12\)-amd64$/\1/p') ;;
	esac
	printf '%s\n' "$found" | sort -V | tail -n 1
}

package_version() {
	apt-cache policy "$1" | sed -n 's/^ *Candidate: //p'
}

# image_package RELEASE: the signed image, or where there is none the unsigned.
image_package() {
	local name

	for name in "linux-image-$1-amd64" "linux-image-$1-amd64-unsigned"; do
		[ -z "$(package_version "$name" | grep -v none)" ] || { printf '%s' "$name"; return; }
	done
	return 1
}

# download DIRECTORY PACKAGE...: the .deb files, unpacked nowhere yet.
download() {
	local dir=$1

	shift
	(cd "$dir" && $APT_GET download "$@" >/dev/null 2>"$dir/apt.log") && return 0
	update_lists
	(cd "$dir" && $APT_GET download "$@" >/dev/null 2>"$dir/apt.log") && return 0
	cat "$dir/apt.log" >&2
	return 1
}

# Debian's headers name their common part by absolute path; from the cache they
# have to name the copy beside them. The links between them are relative.
relocate_headers() {
	local root=$1 file

	for file in "$root"/usr/src/linux-headers-*-amd64/Makefile; do
		sed -i "s|^include /usr/src/|include $root/usr/src/|" "$file"
	done
}

# fetch_kernel LINE RELEASE VERSION: unpack into the cache, complete or not at all.
fetch_kernel() {
	local line=$1 release=$2 root=$CACHE/kernels/$2_$3 image kbuild deb

	image=$(image_package "$release") || return 1
	case $line in
	6.1) kbuild=linux-kbuild-6.1 ;;
	*) kbuild=linux-kbuild-$release ;;
	esac
	say "setup: fetching kernel $release ($3): image, headers"
	rm -rf "$root.new" "$work/debs"
	mkdir -p "$root.new" "$work/debs"
	download "$work/debs" "$image" "linux-headers-$release-amd64" \
		"linux-headers-$release-cloud-amd64" \
		"linux-headers-$release-common" "$kbuild" || return 1
	for deb in "$work"/debs/*.deb; do
		dpkg -x "$deb" "$root.new"
	done
	rm -rf "$root" "$root.new/usr/share" "$root.new"/boot/System.map-* "$work/debs"
	mv "$root.new" "$root"
	relocate_headers "$root"
	depmod -b "$root" "$release-amd64"
}

# The descriptor that kernel_load() in common.sh reads. Older kernels of the line
# go.
publish_kernel() {
	local line=$1 release=$2 root=$CACHE/kernels/$2_$3 old

	cat >"$CACHE/kernels/$line.new" <<-EOF
	K_RELEASE=$release-amd64
	K_IMAGE=$root/boot/vmlinuz-$release-amd64
	K_MODULES=$root
	K_BUILD=$root/usr/src/linux-headers-$release-amd64
	K_CLOUD_RELEASE=$release-cloud-amd64
	K_CLOUD_BUILD=$root/usr/src/linux-headers-$release-cloud-amd64
	K_KEY=${root##*/}
	EOF
	mv "$CACHE/kernels/$line.new" "$CACHE/kernels/$line"
	for old in "$CACHE/kernels/$line".*_*; do
		[ "$old" = "$root" ] || rm -rf "$old"
	done
}

kernel_ready() {
	(kernel_load "$1" && [ -r "$K_IMAGE" ] && kernel_load "$1-cloud") 2>/dev/null
}

ensure_kernel() {
	local line=$1 release version

	release=$(newest_release "$line")
	[ -n "$release" ] || { note "apt offers no kernel of the $line line"; return 1; }
	version=$(package_version "linux-headers-$release-amd64")
	if [ ! -d "$CACHE/kernels/${release}_$version" ]; then
		fetch_kernel "$line" "$release" "$version" || return 1
	fi
	publish_kernel "$line" "$release" "$version"
}

# ---- kernel source ----------------------------------------------------------

# parts of VERSION in the cache, and the whole archive for the debug kernel
ensure_source() {
	local version dir=$CACHE/source part list=()

	version=$(package_version "$SOURCE_PACKAGE")
	[ -n "$version" ] || { note "apt has no $SOURCE_PACKAGE"; return 1; }
	if [ "$(cat "$dir/version" 2>/dev/null)" = "$version" ] && source_ready; then
		return 0
	fi

	say "setup: fetching $SOURCE_PACKAGE $version"
	rm -rf "$dir.new" "$work/debs"
	mkdir -p "$dir.new" "$work/debs"
	download "$work/debs" "$SOURCE_PACKAGE" || return 1
	dpkg --fsys-tarfile "$work"/debs/*.deb |
		tar -C "$dir.new" --strip-components=3 -xf - ./usr/src/linux-source-6.1.tar.xz
	rm -rf "$work/debs"
	for part in $SOURCE_PARTS; do
		list+=("linux-source-6.1/$part")
	done
	tar -C "$dir.new" --strip-components=1 -xJf "$dir.new/linux-source-6.1.tar.xz" "${list[@]}"
	gcc -O2 -o "$dir.new/gen_init_cpio" "$dir.new/usr/gen_init_cpio.c"
	printf '%s\n' "$version" >"$dir.new/version"
	rm -rf "$dir"
	mv "$dir.new" "$dir"
}

source_ready() {
	local part

	[ -r "$CACHE/source/version" ] && [ -x "$CACHE/source/gen_init_cpio" ] &&
		[ -r "$CACHE/source/linux-source-6.1.tar.xz" ] || return 1
	for part in $SOURCE_PARTS; do
		[ -r "$CACHE/source/$part" ] || return 1
	done
}

# ---- the peers of the bench -------------------------------------------------

unpack_peers() {
	local dir=$CACHE/peers wanted name deb

	[ ! "$dir/unpacked" -nt /var/lib/apt/lists ] || [ ! "$dir/unpacked" -nt "$0" ] ||
		return 0
	wanted=$(for name in $BENCH_UNPACKED; do
		printf '%s=%s ' "$name" "$(package_version "$name")"
	done)
	if [ "$(cat "$dir/unpacked" 2>/dev/null)" = "$wanted" ]; then
		touch "$dir/unpacked"
		return 0
	fi
	say "setup: unpacking $BENCH_UNPACKED"
	[ -n "$work" ] || scratch_dir work
	rm -rf "$dir.new" "$work/debs"
	mkdir -p "$dir.new" "$work/debs"
	# shellcheck disable=SC2086 # a list of words
	download "$work/debs" $BENCH_UNPACKED || return 1
	for deb in "$work"/debs/*.deb; do
		dpkg -x "$deb" "$dir.new"
	done
	printf '%s\n' "$wanted" >"$dir.new/unpacked"
	rm -rf "$dir" "$work/debs"
	mv "$dir.new" "$dir"
}

# ---- all of it --------------------------------------------------------------

cache_ready() {
	local line

	for line in $KERNEL_LINES; do
		kernel_ready "$line" || return 1
	done
	source_ready
}

# Asking apt's metadata takes a second, so it is asked only when it changed.
cache_current() {
	cache_ready && [ "$CACHE/checked" -nt /var/lib/apt/lists ] &&
		[ "$CACHE/checked" -nt "$0" ]
}

fill_cache() {
	local line

	cache_current && return 0
	lists_present || cache_ready || update_lists
	scratch_dir work
	mkdir -p "$CACHE/kernels"
	for line in $KERNEL_LINES; do
		ensure_kernel "$line" || kernel_ready "$line" ||
			die "no kernel of the $line line"
	done
	ensure_source || source_ready || die "no kernel source"
	touch "$CACHE/checked"
}

main() {
	local work=''

	[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] ||
		die "needs Debian on amd64"
	# shellcheck disable=SC2086 # lists of words
	case ${1-} in
	--build) install_packages $BUILD_PACKAGES ;;
	--fuzz) install_packages $BUILD_PACKAGES $FUZZ_PACKAGES ;;
	'') install_packages $BUILD_PACKAGES $TEST_PACKAGES; fill_cache ;;
	--bench)
		install_packages $BUILD_PACKAGES $TEST_PACKAGES $BENCH_PACKAGES
		fill_cache
		unpack_peers || die "the peers of the bench can't be unpacked"
		;;
	*) die "usage: setup.sh [--build | --bench | --fuzz]" ;;
	esac
}

main "$@"
