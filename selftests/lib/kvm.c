// SPDX-License-Identifier: GPL-2.0
#include "kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/kvm.h>

#define MEM_SIZE	0x10000
#define CODE		0x1000
#define STACK		0x1000
#define VECTOR		(0x20 + KVM_LINE)
#define SPURIOUS	(0x20 + 7)

/*
 * The guest. Vectors of the interrupt controller begin at 0x20; 0x4d0 says which
 * lines are levels. Between "sti" and "hlt" nothing comes in.
 */
asm(
	".pushsection .rodata\n"
	".code16\n"
	"kvm_guest_begin:\n"
	"mov $0x11, %al\n"
	"out %al, $0x20\n"
	"mov $0x20, %al\n"
	"out %al, $0x21\n"
	"mov $0x04, %al\n"
	"out %al, $0x21\n"
	"mov $0x01, %al\n"
	"out %al, $0x21\n"
	"mov $0x4d0, %dx\n"
	"mov $0x20, %al\n"
	"out %al, %dx\n"
	"mov $0xdf, %al\n"
	"out %al, $0x21\n"
	"1: cli\n"
	"in $0x51, %al\n"
	"mov %al, %bl\n"
	"test $0x02, %bl\n"
	"jz 2f\n"
	"mov $0xff, %al\n"
	"out %al, $0x21\n"
	"2: test $0x04, %bl\n"
	"jz 3f\n"
	"mov $0xdf, %al\n"
	"out %al, $0x21\n"
	"3: test $0x01, %bl\n"
	"jz 4f\n"
	"sti\n"
	"hlt\n"
	"jmp 1b\n"
	"4: sti\n"
	"nop\n"
	"nop\n"
	"jmp 1b\n"
	"kvm_guest_interrupt:\n"
	"out %al, $0x50\n"
	"mov $0x20, %al\n"
	"out %al, $0x20\n"
	"kvm_guest_spurious:\n"
	"iret\n"
	"kvm_guest_end:\n"
	".code64\n"
	".popsection\n");

bool kvm_available(void)
{
	if (system("modprobe -q kvm_amd 2>/dev/null") &&
	    system("modprobe -q kvm_intel 2>/dev/null"))
		return false;
	return !access("/dev/kvm", R_OK | W_OK);
}

static void set_vector(struct kvm *k, unsigned int n, const uint8_t *handler)
{
	uint16_t offset = CODE + (handler - kvm_guest_begin);

	memcpy(k->mem + 4 * n, &offset, sizeof(offset));
}

static int open_machine(struct kvm *k)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = MEM_SIZE,
	};

	k->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (k->kvm < 0)
		return -errno;
	k->vm = ioctl(k->kvm, KVM_CREATE_VM, 0);
	if (k->vm < 0 || ioctl(k->vm, KVM_SET_TSS_ADDR, 0xfffbd000) ||
	    ioctl(k->vm, KVM_CREATE_IRQCHIP))
		return -errno;
	k->mem = mmap(NULL, MEM_SIZE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (k->mem == MAP_FAILED)
		return -errno;
	memcpy(k->mem + CODE, kvm_guest_begin, kvm_guest_end - kvm_guest_begin);
	set_vector(k, VECTOR, kvm_guest_interrupt);
	set_vector(k, SPURIOUS, kvm_guest_spurious);
	region.userspace_addr = (uintptr_t)k->mem;
	return ioctl(k->vm, KVM_SET_USER_MEMORY_REGION, &region) ? -errno : 0;
}

static int open_processor(struct kvm *k)
{
	struct kvm_regs regs = { .rip = CODE, .rsp = STACK, .rflags = 2 };
	struct kvm_sregs sregs;

	k->cpu = ioctl(k->vm, KVM_CREATE_VCPU, 0);
	if (k->cpu < 0)
		return -errno;
	k->run_size = ioctl(k->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	k->run = mmap(NULL, k->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      k->cpu, 0);
	if (k->run == MAP_FAILED || ioctl(k->cpu, KVM_GET_SREGS, &sregs))
		return -errno;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(k->cpu, KVM_SET_SREGS, &sregs) ||
	    ioctl(k->cpu, KVM_SET_REGS, &regs))
		return -errno;
	return 0;
}

static enum kvm_place run(struct kvm *k)
{
	while (ioctl(k->cpu, KVM_RUN, 0)) {
		if (errno != EINTR && errno != EAGAIN)
			return KVM_LOST;
	}
	return k->run->exit_reason == KVM_EXIT_IO ? k->run->io.port : KVM_LOST;
}

int kvm_open(struct kvm *k)
{
	int err;

	memset(k, 0, sizeof(*k));
	k->kvm = k->vm = k->cpu = -1;
	k->run = MAP_FAILED;
	k->mem = MAP_FAILED;
	err = open_machine(k);
	if (!err)
		err = open_processor(k);
	if (!err && run(k) != KVM_IDLE)
		err = -EIO;
	if (err)
		kvm_close(k);
	return err;
}

void kvm_close(struct kvm *k)
{
	if (k->run != MAP_FAILED)
		munmap(k->run, k->run_size);
	if (k->cpu >= 0)
		close(k->cpu);
	if (k->vm >= 0)
		close(k->vm);
	if (k->kvm >= 0)
		close(k->kvm);
	if (k->mem != MAP_FAILED)
		munmap(k->mem, MEM_SIZE);
	k->run = MAP_FAILED;
	k->mem = MAP_FAILED;
	k->kvm = k->vm = k->cpu = -1;
}

enum kvm_place kvm_go(struct kvm *k, unsigned int order)
{
	struct kvm_run *r = k->run;
	enum kvm_place place = KVM_IDLE;

	/* It asks when it is idle. */
	if (r->exit_reason != KVM_EXIT_IO || r->io.port != KVM_IDLE)
		place = run(k);
	if (place == KVM_IDLE) {
		*((uint8_t *)r + r->io.data_offset) = order;
		place = run(k);
	}
	return place;
}

int kvm_connect(struct kvm *k, int trigger, int resample)
{
	struct kvm_irqfd irqfd = {
		.fd = trigger,
		.gsi = KVM_LINE,
		.flags = KVM_IRQFD_FLAG_RESAMPLE,
		.resamplefd = resample,
	};

	return ioctl(k->vm, KVM_IRQFD, &irqfd) ? -errno : 0;
}

int kvm_level(struct kvm *k, bool high)
{
	struct kvm_irq_level level = { .irq = KVM_LINE, .level = high };

	return ioctl(k->vm, KVM_IRQ_LINE, &level) ? -errno : 0;
}
