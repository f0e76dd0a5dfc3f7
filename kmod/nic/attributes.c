// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the mediated device in sysfs. What can be written may be
 * written in any order before the card is opened, as mdevctl does with what it
 * has stored. All of it is the initial namespace's root's.
 *
 *   mac     address of the guest's card; fixed while it is open
 *   link    "up" or "down": the cable; any time
 *   autoneg_ms  so many milliseconds autonegotiation takes, 1 to 60000, 2 until it
 *           is written; any time, from the next one on
 *   doorbell  "auto": the guest may be given registers as memory, so that it needs
 *           no exit to write them; "trap": it may not; fixed while it is open
 *   netdev  name of the net device; while that is down and no port
 *   owner   user and group id of the card's device file below /dev/vfio: for udev,
 *           which hears of a change; nothing until it is written
 *
 * Only told:
 *
 *   opener  who has the card open: process id and name, or nothing
 *   state   "closed", "open", or "running": the guest's driver has set it up
 *
 * To remove a card waits for as long as it is open. Who does not want to wait:
 *
 *   leaving for so many seconds nobody gets the card who has not got it; 0: at
 *           once somebody may again
 *   eject   written, asks who has the card to give it back
 *
 * Who closes a card may have to wait for its owner, and holds its life meanwhile:
 * whoever waits for that here can be stopped.
 */
#include "card.h"

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sysfs.h>

/* In seconds: who asked for it may die before the card does. */
#define LEAVING_MAX	60

static ssize_t mac_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	u8 mac[ETH_ALEN];

	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	ether_addr_copy(mac, card->mac);
	mutex_unlock(&card->life);
	return sysfs_emit(buf, "%pM\n", mac);
}

static ssize_t mac_store(struct device *dev, struct device_attribute *attr,
			 const char *buf, size_t count)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	u8 mac[ETH_ALEN];
	int err = 0;

	if (!mac_pton(buf, mac) || !is_valid_ether_addr(mac))
		return -EINVAL;
	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	if (card->open) {
		err = ether_addr_equal(mac, card->mac) ? 0 : -EBUSY;
	} else {
		ether_addr_copy(card->mac, mac);
		mutex_lock(&card->ring);
		card->model->set_mac(card, mac);
		mutex_unlock(&card->ring);
	}
	mutex_unlock(&card->life);
	return err ?: count;
}
static DEVICE_ATTR_RW(mac);

static ssize_t link_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", READ_ONCE(card->link) ? "up" : "down");
}

static ssize_t link_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	bool link;

	if (sysfs_streq(buf, "up"))
		link = true;
	else if (sysfs_streq(buf, "down"))
		link = false;
	else
		return -EINVAL;
	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	WRITE_ONCE(card->link, link);
	nemu_nic_set_carrier(card);
	mutex_unlock(&card->life);
	nemu_worker_wake(card, NEMU_WAKE_LINK);
	return count;
}
static DEVICE_ATTR_RW(link);

static ssize_t autoneg_ms_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(card->autoneg_ms));
}

static ssize_t autoneg_ms_store(struct device *dev, struct device_attribute *attr,
				const char *buf, size_t count)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	unsigned int ms;

	if (kstrtouint(buf, 10, &ms) || !ms || ms > NEMU_NIC_AUTONEG_MAX)
		return -EINVAL;
	WRITE_ONCE(card->autoneg_ms, ms);
	return count;
}
static DEVICE_ATTR_RW(autoneg_ms);

static ssize_t doorbell_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", READ_ONCE(card->doorbell.trap) ||
			  !nemu_doorbell_possible(card) ? "trap" : "auto");
}

static ssize_t doorbell_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	int err = 0;
	bool trap;

	if (sysfs_streq(buf, "trap"))
		trap = true;
	else if (sysfs_streq(buf, "auto"))
		trap = false;
	else
		return -EINVAL;
	if (!trap && !nemu_doorbell_possible(card))
		return -EOPNOTSUPP;
	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	/* What was offered can't be taken back. */
	if (card->open && trap != card->doorbell.trap)
		err = -EBUSY;
	else
		WRITE_ONCE(card->doorbell.trap, trap);
	mutex_unlock(&card->life);
	return err ?: count;
}
static DEVICE_ATTR_RW(doorbell);

static ssize_t netdev_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	ssize_t len;

	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	len = sysfs_emit(buf, "%s\n", card->dev->name);
	mutex_unlock(&card->life);
	return len;
}

static ssize_t netdev_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	char name[IFNAMSIZ + 1];
	int err;

	if (strscpy(name, buf, sizeof(name)) < 0)
		return -EINVAL;
	/*
	 * Who removes the device holds RTNL or will, and waits for us. Who closes
	 * it may have to wait for its owner, and RTNL does not wait for that.
	 */
	if (!rtnl_trylock())
		return restart_syscall();
	if (!mutex_trylock(&card->life)) {
		rtnl_unlock();
		return restart_syscall();
	}
	err = nemu_nic_rename(card, strim(name));
	mutex_unlock(&card->life);
	rtnl_unlock();
	return err ?: count;
}
static DEVICE_ATTR_RW(netdev);

static ssize_t opener_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	ssize_t len = 0;

	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	if (card->open)
		len = sysfs_emit(buf, "%d %s\n", card->opener,
				 card->opener_name);
	mutex_unlock(&card->life);
	return len;
}
static DEVICE_ATTR_RO(opener);

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	struct nemu_rings rings = { };
	const char *state = "closed";

	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	if (card->open) {
		card->model->rings(card, &rings);
		state = rings.rx_on || rings.tx_on ? "running" : "open";
	}
	mutex_unlock(&card->life);
	return sysfs_emit(buf, "%s\n", state);
}
static DEVICE_ATTR_RO(state);

static ssize_t owner_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	ssize_t len = 0;

	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	if (card->owner[0] >= 0)
		len = sysfs_emit(buf, "%lld %lld\n", card->owner[0],
				 card->owner[1]);
	mutex_unlock(&card->life);
	return len;
}

static ssize_t owner_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t count)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	u32 user, group;
	char more;

	if (sscanf(buf, "%u %u %c", &user, &group, &more) != 2)
		return -EINVAL;
	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	card->owner[0] = user;
	card->owner[1] = group;
	mutex_unlock(&card->life);
	kobject_uevent(&dev->kobj, KOBJ_CHANGE);
	return count;
}
static DEVICE_ATTR_RW(owner);

static ssize_t leaving_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	long left = 0;

	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	if (card->leaving)
		left = max_t(long, card->leaving_until - jiffies, 0);
	mutex_unlock(&card->life);
	return sysfs_emit(buf, "%ld\n", DIV_ROUND_UP(left, HZ));
}

static ssize_t leaving_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t count)
{
	struct nemu_card *card = dev_get_drvdata(dev);
	unsigned int seconds;

	if (kstrtouint(buf, 10, &seconds) || seconds > LEAVING_MAX)
		return -EINVAL;
	if (mutex_lock_interruptible(&card->life))
		return -ERESTARTSYS;
	card->leaving = seconds;
	card->leaving_until = jiffies + seconds * HZ;
	mutex_unlock(&card->life);
	return count;
}
static DEVICE_ATTR_RW(leaving);

static ssize_t eject_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t count)
{
	nemu_irq_request(dev_get_drvdata(dev));
	return count;
}
static DEVICE_ATTR_WO(eject);

static struct attribute *card_attributes[] = {
	&dev_attr_mac.attr,
	&dev_attr_link.attr,
	&dev_attr_autoneg_ms.attr,
	&dev_attr_doorbell.attr,
	&dev_attr_netdev.attr,
	&dev_attr_owner.attr,
	&dev_attr_opener.attr,
	&dev_attr_state.attr,
	&dev_attr_leaving.attr,
	&dev_attr_eject.attr,
	NULL,
};

static const struct attribute_group card_group = {
	.attrs = card_attributes,
};

const struct attribute_group *nemu_card_groups[] = {
	&card_group,
	NULL,
};
