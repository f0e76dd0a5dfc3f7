/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The smallest machine with interrupts: one processor in real mode, an interrupt
 * controller, and one line of it that is a level. The guest tells when it has
 * nothing to do and when it is interrupted; the interrupt ends, and is
 * acknowledged to KVM, when it goes on from there.
 */
#ifndef SELFTESTS_LIB_KVM_H
#define SELFTESTS_LIB_KVM_H

#include <stdbool.h>
#include <stdint.h>

#define KVM_LINE	5	/* the interrupt line */

struct kvm {
	int kvm, vm, cpu;
	struct kvm_run *run;
	int run_size;
	uint8_t *mem;
	unsigned int woken;	/* without an interrupt */
};

/* Where the guest is. */
enum kvm_place {
	KVM_LOST,
	KVM_INTERRUPTED = 0x50,
	KVM_IDLE = 0x51,
};

/* What it is to do when it goes on; in an interrupt it ends that in any case. */
enum kvm_order {
	KVM_SPIN = 0,		/* come back at once */
	KVM_HALT = 1,		/* sleep until there is an interrupt */
	KVM_MASK = 2,		/* the line, in the interrupt controller */
	KVM_UNMASK = 4,
};

/* Its code, which is part of kvm.c. */
extern const uint8_t kvm_guest_begin[], kvm_guest_interrupt[],
		     kvm_guest_spurious[], kvm_guest_end[];

/* Loads the kernel's module. */
bool kvm_available(void);
/* The guest is idle afterwards; 0 or -errno. */
int kvm_open(struct kvm *k);
void kvm_close(struct kvm *k);
/* Lets the guest go on; where it is then. */
enum kvm_place kvm_go(struct kvm *k, unsigned int order);

/*
 * Connects @trigger to the line as a level, until the guest acknowledges; then
 * @resample is signalled. Ends when @trigger is closed. 0 or -errno.
 */
int kvm_connect(struct kvm *k, int trigger, int resample);
/* What another card without eventfds would do to the line. */
int kvm_level(struct kvm *k, bool high);

#endif
