# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=kexec and life=kexec:file: with all loaded and attached, another kernel takes over by a normal
# kexec, loaded by kexec_load or kexec_file_load; that one is armed, and dies. Sourced by
# root-init.sh, whose functions it uses.

after_load()
{
	how=-c
	# shellcheck disable=SC2154
	[ "$vm_life" = kexec ] || how=-s
	# shellcheck disable=SC2154
	kexec $how -l /mnt/boot/vmlinuz --initrd=/mnt/boot/next.img \
		--command-line="$vm_kernel_cmdline second" || give_up "kexec -l"
	sed 's/^/VM-first: /' /sys/kernel/hvdump/status
	umount /mnt
	sync
	say "KEXEC $(cat /proc/sys/kernel/random/boot_id)"
	kexec -e
	give_up "kexec -e"
}
