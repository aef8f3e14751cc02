# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=offline:CPU[:back]: a CPU is taken offline once all is loaded; perhaps it comes back.
# Sourced by root-init.sh, whose functions it uses.
#
# Linux 6.1 dies when a root partition's CPU goes offline that an interrupt of a device is routed
# to: hv_unmap_interrupt() uses a per-CPU page that was freed already. That has nothing to do with
# us, so the disk's driver is unloaded before, and the others' interrupts are kept on CPU 0
# (irqaffinity=0 on the command line).

set_online()
{
	echo "$1" > "/sys/devices/system/cpu/cpu$offline/online" ||
		give_up "CPU $offline: online=$1"
}

after_load()
{
	# shellcheck disable=SC2154
	offline=${vm_life#offline:}
	offline=${offline%:back}
	mkdir -p /mnt/extra
	cp /proc/kallsyms /mnt/extra/kallsyms
	umount /mnt
	rmmod virtio_blk || give_up "rmmod virtio_blk"
	rmmod virtio_pci || give_up "rmmod virtio_pci"
	set_online 0
	case $vm_life in
	*:back)	set_online 1 ;;
	esac
	say "ONLINE $(cat /sys/devices/system/cpu/online)"
	sed 's/^/VM-offline: /' /sys/kernel/hvdump/status
	# For the umount that follows.
	mount -t tmpfs tmpfs /mnt
}
