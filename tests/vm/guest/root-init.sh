#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The kernel that will die: load hvdump.ko, load the crash kernel, break.

# shellcheck source=tests/vm/guest/common.sh
. /common.sh
# shellcheck source=/dev/null
. /settings

load_module()
{
	# kmod's: busybox's own tries a second time when the module refuses.
	# shellcheck disable=SC2154,SC2086
	/sbin/insmod /hvdump.ko $vm_module_args > /tmp/insmod 2>&1
	say "MODULE $? $(cat /tmp/insmod)"
}

load_crash_kernel()
{
	# shellcheck disable=SC2154
	kexec -s -p /mnt/boot/vmlinuz --initrd=/mnt/boot/crash.img \
		--command-line="$vm_crash_cmdline" || give_up "kexec"
	say "CRASH-KERNEL $(cat /sys/kernel/kexec_crash_loaded)"
}

tell_module()
{
	for name in version status; do
		sed "s/^/VM-$name: /" "/sys/kernel/hvdump/$name"
	done
	sed 's/^/VM-CHUNK /' /sys/kernel/hvdump/chunks
}

on_cpu()
{
	# shellcheck disable=SC2154
	taskset -c "$vm_cpu" sh -c "$1"
}

trigger()
{
	# shellcheck disable=SC2154
	case $vm_trigger in
	sysrq)	on_cpu 'echo c > /proc/sysrq-trigger' ;;
	*)	insmod /breaker.ko || give_up "insmod breaker.ko"
		on_cpu "echo $vm_trigger > /sys/module/breaker/parameters/how"
		# An interrupt or NMI may come a moment later.
		sleep 2 ;;
	esac
}

start
# shellcheck disable=SC2154
[ "$vm_module" = no ] || load_module
# shellcheck disable=SC2154
[ "$vm_crash" = no ] || load_crash_kernel
[ ! -d /sys/kernel/hvdump ] || tell_module
dmesg | grep -i hvdump | sed 's/^/VM-DMESG /'
umount /mnt
sync
say "READY $(uname -r)"
trigger
give_up "still alive"
