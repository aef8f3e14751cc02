#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The kernel that will die: load hvdump.ko, load the crash kernel, break.

# shellcheck source=tests/vm/guest/common.sh
. /common.sh
# shellcheck source=/dev/null
. /settings
# shellcheck source=tests/vm/guest/trigger.sh
. /trigger.sh

load_module()
{
	# kmod's: busybox's own tries a second time when the module refuses.
	# shellcheck disable=SC2154,SC2086
	/sbin/insmod /hvdump.ko $vm_module_args > /tmp/insmod 2>&1
	say "MODULE $? $(cat /tmp/insmod)"
}

# Words before the files decide who loads, and how.
load_by()
{
	# shellcheck disable=SC2154
	"$@" --initrd=/mnt/boot/crash.img --command-line="$vm_crash_cmdline" > /tmp/load 2>&1 ||
		give_up "$*: $(tail -n 3 /tmp/load)"
	sed 's/^/VM-LOAD /' /tmp/load
}

# The crash image keeps the module; once it is gone, the module may go.
arm_and_disarm()
{
	load_by hvdumpctl arm "$@" --kernel=/mnt/boot/vmlinuz
	rmmod hvdump 2> /dev/null && give_up "rmmod while a crash kernel is loaded"
	say "DISARM $(hvdumpctl disarm 2>&1)"
	sed 's/^/VM-disarmed: /' /sys/kernel/hvdump/status
	rmmod hvdump || give_up "rmmod after hvdumpctl disarm"
	load_module
}

load_crash_kernel()
{
	# shellcheck disable=SC2154
	case $vm_load$vm_module in
	syscallno)
		load_by kexec -c -p /mnt/boot/vmlinuz ;;
	syscall*)
		arm_and_disarm --syscall
		load_by hvdumpctl arm --syscall --kernel=/mnt/boot/vmlinuz ;;
	arm*)
		arm_and_disarm
		load_by hvdumpctl arm --kernel=/mnt/boot/vmlinuz ;;
	*)
		load_by kexec -s -p /mnt/boot/vmlinuz ;;
	esac
	say "CRASH-KERNEL $(cat /sys/kernel/kexec_crash_loaded)"
}

tell_module()
{
	for name in version status; do
		sed "s/^/VM-$name: /" "/sys/kernel/hvdump/$name"
	done
	sed 's/^/VM-CHUNK /' /sys/kernel/hvdump/chunks
	hvdumpctl status | sed 's/^/VM-HOST /'
}

# What a life=NAME is told with: its script replaces these.
before_load()
{
	:
}

after_load()
{
	:
}

before_trigger()
{
	:
}

start
# shellcheck source=/dev/null
[ ! -e /life.sh ] || . /life.sh
before_load
# shellcheck disable=SC2154
[ "$vm_module" = no ] || load_module
# shellcheck disable=SC2154
[ "$vm_crash" = no ] || load_crash_kernel
[ ! -d /sys/kernel/hvdump ] || tell_module
after_load
dmesg | grep -i hvdump | sed 's/^/VM-DMESG /'
umount /mnt
sync
say "READY $(uname -r)"
[ "$vm_module" = no ] || tell_code
before_trigger
trigger
give_up "still alive"
