# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=late[:arm]: the crash kernel is loaded before hvdump.ko is; then, perhaps, again by hvdumpctl.
# Sourced by root-init.sh, whose functions it uses.

before_load()
{
	load_by kexec -s -p /mnt/boot/vmlinuz
}

# Instead of root-init.sh's.
load_crash_kernel()
{
	sed 's/^/VM-late: /' /sys/kernel/hvdump/status
	hvdumpctl status | sed 's/^/VM-LATE /'
	# shellcheck disable=SC2154
	[ "$vm_life" != late:arm ] || load_by hvdumpctl arm --kernel=/mnt/boot/vmlinuz
	say "CRASH-KERNEL $(cat /sys/kernel/kexec_crash_loaded)"
}
