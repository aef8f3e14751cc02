# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=reboot:force: reboot(2) at once. life=reboot:orderly: by init, which ends all processes first.
# life=reboot:off: power off. Sourced by root-init.sh, whose functions it uses.

after_load()
{
	[ ! -d /sys/kernel/hvdump ] || grep '^attached:' /sys/kernel/hvdump/status | sed 's/^/VM-/'
	umount /mnt
	sync
	say "READY $(uname -r)"
	# Each of the kernel's words on its way down is compared.
	dmesg -n 8
	# shellcheck disable=SC2154
	case $vm_life in
	*:force)	reboot -f ;;
	*:off)		poweroff -f ;;
	*:orderly)	printf '::sysinit:/bin/true\n::once:/bin/reboot\n' > /tmp/inittab
			mkdir -p /etc
			mv /tmp/inittab /etc/inittab
			exec /bin/init ;;
	esac
	give_up "still alive"
}
