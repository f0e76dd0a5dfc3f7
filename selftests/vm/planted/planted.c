// SPDX-License-Identifier: GPL-2.0
/*
 * Mistakes made on purpose. The runner's own test loads this module to see that
 * each of them turns a run red. It is never installed.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *fault = "";
module_param(fault, charp, 0);

static DEFINE_SPINLOCK(planted_lock);
static DEFINE_MUTEX(planted_first);
static DEFINE_MUTEX(planted_second);

static void planted_oops(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	*nowhere = 1;
}

/* More than one, as a stale pointer on some stack may hide one of them. */
static void planted_leak(void)
{
	void *lost;
	int i;

	for (i = 0; i < 16; i++) {
		lost = kmalloc(3000, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(lost);
	}
}

static void planted_atomic(void)
{
	spin_lock(&planted_lock);
	msleep(20);
	spin_unlock(&planted_lock);
}

static void planted_deadlock(void)
{
	mutex_lock(&planted_first);
	mutex_lock(&planted_second);
	mutex_unlock(&planted_second);
	mutex_unlock(&planted_first);

	mutex_lock(&planted_second);
	mutex_lock(&planted_first);
	mutex_unlock(&planted_first);
	mutex_unlock(&planted_second);
}

static void planted_hang(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static int __init planted_init(void)
{
	if (!strcmp(fault, "warn"))
		WARN(1, "planted warning\n");
	else if (!strcmp(fault, "oops"))
		planted_oops();
	else if (!strcmp(fault, "leak"))
		planted_leak();
	else if (!strcmp(fault, "atomic"))
		planted_atomic();
	else if (!strcmp(fault, "deadlock"))
		planted_deadlock();
	else if (!strcmp(fault, "hang"))
		planted_hang();
	else if (!strcmp(fault, "busy"))
		__module_get(THIS_MODULE);
	return 0;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);
MODULE_DESCRIPTION("Planted faults for the test runner's own test");
MODULE_LICENSE("GPL");
