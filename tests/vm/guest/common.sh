# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What both /init scripts use. Lines that begin with "VM-" are for the harness.

export PATH=/bin:/sbin:/usr/bin

say()
{
	echo "VM-$*"
}

# Whatever goes wrong is told, and the machine is switched off.
give_up()
{
	say "FAILED $*"
	sync
	poweroff -f
}

start()
{
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs devtmpfs /dev
	# The kernel's own lines would cut ours in two.
	dmesg -n 4
	while read -r module; do
		insmod "/modules/$module" || give_up "insmod $module"
	done < /modules/order
	waited=0
	until [ -b /dev/vda ]; do
		[ "$waited" -lt 100 ] || give_up "no disk"
		waited=$((waited + 1))
		usleep 100000
	done
	mount -t ext4 /dev/vda /mnt || give_up "mount"
}

# Wait until the harness has looked at the machine.
stop_at()
{
	say "STOP $1"
	read -r _ < /dev/console
}
