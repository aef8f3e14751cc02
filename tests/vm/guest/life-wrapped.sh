# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=wrapped: another module wraps the crash hook, and hvdump.ko learns of it: it stays.
# life=wrapped:unseen: it has not learnt of it when it is unloaded, and waits until the other is gone.
# life=wrapped:waiting: as before, and the kernel dies while it waits.
# Sourced by root-init.sh, whose functions it uses.

witness=/sys/module/witness/parameters

tell_hook()
{
	say "HOOK $1: $(cat $witness/hook)"
}

wrapped_and_seen()
{
	echo 1 > $witness/wrap
	tell_hook wrapped
	sed 's/^/VM-wrapped: /' /sys/kernel/hvdump/status
	kexec -p -u || give_up "kexec -p -u"
	sed 's/^/VM-unloaded: /' /sys/kernel/hvdump/status
	! rmmod hvdump 2> /tmp/rmmod || give_up "rmmod of a module that is wrapped"
	say "RMMOD $(cat /tmp/rmmod)"
	load_by kexec -s -p /mnt/boot/vmlinuz
	sed 's/^/VM-again: /' /sys/kernel/hvdump/status
}

# rmmod cannot end while a pointer into the module is somebody's.
begin_rmmod()
{
	kexec -p -u || give_up "kexec -p -u"
	echo 1 > $witness/wrap
	rmmod hvdump &
	sleep 5
	kill -0 $! 2> /dev/null || give_up "rmmod of a module that is wrapped came to an end"
	say "WAITING $(grep -c '^hvdump ' /proc/modules) $(sed -n 's/^State:[^A-Z]*//p' /proc/$!/status)"
	tell_hook waiting
}

wrapped_and_unseen()
{
	begin_rmmod
	echo 0 > $witness/wrap
	wait $! || give_up "rmmod: $?"
	tell_hook unwrapped
	[ ! -e /sys/module/hvdump ] || give_up "hvdump is still there"
	load_module
	load_by kexec -s -p /mnt/boot/vmlinuz
	sed 's/^/VM-again: /' /sys/kernel/hvdump/status
}

after_load()
{
	insmod /witness.ko || give_up "insmod witness.ko"
	tell_hook ours
	# shellcheck disable=SC2154
	case $vm_life in
	wrapped)	wrapped_and_seen ;;
	*:unseen)	wrapped_and_unseen ;;
	*:waiting)	begin_rmmod
			load_by kexec -s -p /mnt/boot/vmlinuz ;;
	*)		give_up "no such life: $vm_life" ;;
	esac
	dmesg | grep -v hvdump > /tmp/others
	grep -E 'WARNING|BUG|Call Trace|blocked for more' /tmp/others | sed 's/^/VM-COMPLAINT /'
}
