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

sleeps()
{
	grep -q '^State:[^A-Z]*D' "/proc/$1/status" 2> /dev/null
}

# rmmod cannot end while a pointer into the module is somebody's.
begin_rmmod()
{
	kexec -p -u || give_up "kexec -p -u"
	# It looks at the hook every 30 s; loaded anew, it does not until rmmod has come.
	rmmod hvdump || give_up "rmmod"
	load_module
	echo 1 > $witness/wrap
	rmmod hvdump &
	# However slow the machine is: first it begins to wait, then it has time to end.
	until grep -q '^hvdump .* Unloading ' /proc/modules && sleeps $!; do
		kill -0 $! 2> /dev/null || give_up "rmmod did not wait"
		usleep 100000
	done
	sleep 5
	until sleeps $!; do
		kill -0 $! 2> /dev/null || give_up "rmmod of a module that is wrapped came to an end"
		usleep 100000
	done
	say "WAITING $(grep '^hvdump ' /proc/modules)"
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
