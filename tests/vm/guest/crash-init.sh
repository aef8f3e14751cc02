#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The crash kernel: save what there is, switch the machine off.

# shellcheck source=tests/vm/guest/common.sh
. /common.sh
# shellcheck source=/dev/null
. /settings
return=$(printf '\r')

# The collector's lines as they come; of a line that was written over, its last state.
tell()
{
	while read -r line; do
		say "collect: ${line##*"$return"}"
	done
}

collect()
{
	set -- --output /mnt/crash --name dump
	# shellcheck disable=SC2154
	case $vm_dump in
	none)	set -- "$@" --no-vmcore ;;
	notes)	set -- "$@" --no-vmcore --no-report ;;
	*)	[ "$vm_makedumpfile_args" = default ] ||
			set -- "$@" --makedumpfile "$vm_makedumpfile_args" ;;
	esac
	set -- hvdump-collect "$@"
	# shellcheck disable=SC2154
	[ "$vm_measure" = no ] || set -- stopwatch /tmp/measured "$@"
	"$@" 2>&1 | tell
	say "COLLECTED $?"
	[ "$vm_measure" = no ] || say "MEASURED $(cat /tmp/measured)"
}

# shellcheck source=tests/vm/guest/nfs.sh
[ ! -e /nfs.sh ] || . /nfs.sh

# The same on a disk of another file system; what is there afterwards comes home on the usual one.
collect_elsewhere()
{
	case $vm_target in
	nfs)	mount_nfs ;;
	*)	mount -t "$vm_target" /dev/vdb /mnt/crash || give_up "mount -t $vm_target" ;;
	esac
	collect
	cp -a /mnt/crash /mnt/copied || give_up "cp"
	umount /mnt/crash || give_up "umount $vm_target"
	[ "$vm_target" != nfs ] || stop_server
	rmdir /mnt/crash
	mv /mnt/copied /mnt/crash
}

guarded=/sys/kernel/hvdump_vmcore

# Before anybody opens /proc/vmcore.
load_guard()
{
	# A warning of any kind would end it here.
	echo 1 > /proc/sys/kernel/panic_on_warn
	insmod /hvdump_vmcore.ko || give_up "insmod hvdump_vmcore.ko"
	# shellcheck disable=SC2154
	for range in $vm_exclude; do
		echo "${range%+*} ${range#*+}" > "$guarded/exclude" || give_up "exclude $range"
	done
}

# What it knows, and what it said.
tell_guard()
{
	sed 's/^/VM-guard: /' "$guarded/status"
	cat "$guarded/unread" > /mnt/extra/unread
	cat "$guarded/exclude" > /mnt/extra/exclude
}

# What the tests compare the collector's files with.
save_more()
{
	mkdir -p /mnt/extra
	[ ! -e "$guarded" ] || tell_guard
	# shellcheck disable=SC2154
	dd if=/proc/vmcore of=/mnt/extra/vmcore-head bs=65536 count="$vm_head_blocks" 2> /dev/null
	# shellcheck disable=SC2154
	[ "$vm_also" != elf ] ||
		makedumpfile -E -d "$vm_level" /proc/vmcore /mnt/extra/vmcore.elf > /tmp/elf.log 2>&1 ||
		give_up "makedumpfile -E: $(tail -n 3 /tmp/elf.log)"
	[ "$vm_also" != level31 ] ||
		makedumpfile -c -d 31 /proc/vmcore /mnt/extra/vmcore.31 > /tmp/31.log 2>&1 ||
		give_up "makedumpfile -d 31: $(tail -n 3 /tmp/31.log)"
	# Nobody reads /proc/vmcore any more.
	[ ! -e "$guarded" ] || rmmod hvdump_vmcore || give_up "rmmod hvdump_vmcore"
	dmesg > /mnt/extra/crash-dmesg
}

# busybox has it.
# shellcheck disable=SC3040
set -o pipefail
[ "$vm_dump" = boot ] || start
[ "$vm_dump" != boot ] || mount -t proc proc /proc
[ -s /proc/vmcore ] || give_up "no /proc/vmcore"
say "CRASHED $(uname -r)"
[ ! -e /hvdump_vmcore.ko ] || load_guard
if [ "$vm_dump" = boot ]; then
	say "DONE"
	poweroff -f
fi
# shellcheck source=/dev/null
[ ! -e /timed.sh ] || . /timed.sh
if [ -n "$vm_target" ]; then
	collect_elsewhere
else
	collect
fi
save_more
umount /mnt || give_up "umount"
sync
say "DONE"
poweroff -f
