# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=planted:MISTAKE[.MISTAKE...]: mistakes in the kernel, made by witness.ko on purpose, for a
# kernel that looks for them (kernel=sanitized). Sourced by root-init.sh, whose functions it uses.

: "${vm_life:?}"

before_load()
{
	insmod /witness.ko || give_up "insmod witness.ko"
	for mistake in $(echo "${vm_life#planted:}" | tr . ' '); do
		say "planted: $mistake"
		# The kernel's own lines do not wait for those of the terminal.
		sleep 1
		echo "$mistake" > /sys/module/witness/parameters/plant || give_up "plant $mistake"
	done
	sleep 1
	say "planted: none"
}
