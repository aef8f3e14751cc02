# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=planted:MISTAKE[.MISTAKE...]: mistakes in the kernel, made by witness.ko on purpose, for a
# kernel that looks for them (kernel=sanitized). Sourced by root-init.sh, whose functions it uses.

: "${vm_life:?}"

before_load()
{
	insmod /witness.ko || give_up "insmod witness.ko"
	for mistake in $(echo "${vm_life#planted:}" | tr . ' '); do
		echo "planted: $mistake" > /dev/kmsg
		echo "$mistake" > /sys/module/witness/parameters/plant || give_up "plant $mistake"
	done
	echo "planted: none" > /dev/kmsg
}
