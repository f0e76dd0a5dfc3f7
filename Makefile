# SPDX-License-Identifier: GPL-2.0
# netemu: the module, the tool, and their tests. "make help" lists the targets.

VERSION := 0.1.0

KERNELRELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KERNELRELEASE)/build
PREFIX ?= /usr/local
DESTDIR ?=
T ?=
KERNEL ?= 6.1
ROW ?=
JSON ?=
CHART ?=
MINUTES ?=
SECONDS ?= 600

# Without pahole a kernel with BTF for modules can't build ours.
BTF := $(if $(shell command -v pahole),,CONFIG_DEBUG_INFO_BTF_MODULES=)
KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR) $(BTF)
TOOLS := $(if $(wildcard tools/Makefile),tools)
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
DKMS_SOURCE = $(DESTDIR)/usr/src/netemu-$(VERSION)
INSTALL ?= install

all: module tools

# A machine without headers, or whose kernel takes no modules, still gets the
# tools; asking for the module alone fails there.
module:
	@if [ -e "$(KDIR)/Makefile" ]; then \
		$(MAKE) --no-print-directory modules; \
	else \
		echo "netemu: no kernel headers in $(KDIR): module skipped."; \
		echo "netemu: install linux-headers-$(KERNELRELEASE), or name others: make KDIR=/path/to/headers"; \
	fi

modules:
	$(KBUILD) modules

tools:
	$(if $(TOOLS),$(MAKE) -C tools PREFIX=$(PREFIX) all)

install: install-module install-tools

# Builds first: the tree may hold what was built for another kernel. Kbuild runs
# depmod only where it finds a System.map, which header packages lack.
install-module:
	@if [ -e "$(KDIR)/Makefile" ]; then \
		$(MAKE) --no-print-directory modules && \
		$(KBUILD) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=extra \
			DEPMOD=true modules_install && \
		$(if $(DESTDIR),true,depmod $(RELEASE)); \
	else \
		echo "netemu: no kernel headers in $(KDIR): module not installed."; \
	fi

install-tools: tools
	$(if $(TOOLS),$(MAKE) -C tools PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install)

uninstall:
	@for ko in $(DESTDIR)/lib/modules/$(RELEASE)/extra/netemu.ko* \
		$(DESTDIR)/lib/modules/$(RELEASE)/extra/netemu_gw.ko* \
		$(DESTDIR)/lib/modules/$(RELEASE)/extra/netemu_nic.ko*; do \
		[ ! -e "$$ko" ] || { echo "  RM $$ko"; rm -f "$$ko"; }; \
	done
	@[ -n "$(DESTDIR)" ] || [ -z "$(RELEASE)" ] || depmod $(RELEASE)
	$(if $(TOOLS),$(MAKE) -C tools PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) uninstall)

dkms-install:
	$(if $(DESTDIR),,@[ -z "$$(dkms status -m netemu -v $(VERSION))" ] || \
		dkms remove -m netemu -v $(VERSION) --all)
	$(INSTALL) -d $(DKMS_SOURCE)
	cp -R kmod Kbuild dkms.conf $(DKMS_SOURCE)/
	$(if $(DESTDIR),,dkms add -m netemu -v $(VERSION))
	$(if $(DESTDIR),,dkms install -m netemu -v $(VERSION) -k $(KERNELRELEASE))

dkms-remove:
	$(if $(DESTDIR),,@[ -z "$$(dkms status -m netemu -v $(VERSION))" ] || \
		dkms remove -m netemu -v $(VERSION) --all)
	rm -rf $(DKMS_SOURCE)

check:
	@MINUTES=$(MINUTES) selftests/vm/check.sh $(if $(T),--kernel $(KERNEL) $(T))

check-all:
	@selftests/vm/check.sh --all

lint:
	@selftests/vm/check.sh --lint

bench:
	@selftests/bench/bench.sh $(if $(JSON),--json $(JSON)) $(if $(CHART),--chart $(CHART)) $(ROW)

bench-check:
	@selftests/bench/bench.sh --check $(ROW)

bench-native:
	@selftests/bench/native/run.sh

fuzz:
	@selftests/fuzz/fuzz.sh $(SECONDS)

demo:
	@selftests/vm/demo-run.sh

clean:
	@[ ! -e "$(KDIR)/Makefile" ] || $(KBUILD) clean
	$(if $(TOOLS),$(MAKE) -C tools clean)

help:
	@echo "make                  the module for the running kernel, and the tools"
	@echo "     KERNELRELEASE=   ... for another installed kernel"
	@echo "     KDIR=            ... for the headers in this directory"
	@echo "make install          both; DESTDIR=, PREFIX= (default /usr/local)"
	@echo "make uninstall        takes them away again"
	@echo "make dkms-install     the module by DKMS, rebuilt for each new kernel"
	@echo "make dkms-remove      takes it out of DKMS"
	@echo "make demo             two guests on a network of netemu's, in a VM"
	@echo "make check            lint, build matrix, tests in VMs"
	@echo "     T=\"name ...\"     only these tests; KERNEL=6.1 (default), 6.12 or debug"
	@echo "     MINUTES=         how long traffic lasts in nic_long"
	@echo "make check-all        every test on every kernel"
	@echo "make lint             the checks that need no VM"
	@echo "make bench            what a frame costs, netemu beside others, in a VM"
	@echo "     ROW=\"name ...\"   only these rows; JSON=FILE, CHART=FILE.svg"
	@echo "make bench-check      what moved since the committed figures"
	@echo "make bench-native     a second opinion, at native speed in User-mode Linux"
	@echo "make fuzz             what guests can send, by libFuzzer; SECONDS=600"
	@echo "make clean            what make built in this tree"
	@echo
	@echo "The tests install the Debian packages they miss (selftests/setup.sh)"
	@echo "and keep kernels and logs in ~/.cache/netemu."

.PHONY: all module modules tools install install-module install-tools uninstall \
	dkms-install dkms-remove check check-all lint bench bench-check bench-native fuzz demo clean help
