# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=diff:PARTITION[;PARTITION...]: partitions made through /dev/mshv; a live capture, then some of
# their registers and properties are changed (VM-CHANGED), then another live capture. Both are kept
# in /extra/diff. Sourced by root-init.sh, whose functions it uses.

: "${vm_life:?}" "${vm_seed:?}"
kept=/mnt/extra/diff
folder=/sys/kernel/hvdump

before_load()
{
	mount -t debugfs debugfs /sys/kernel/debug
	/sbin/insmod /mshv_root.ko > /tmp/driver 2>&1 || give_up "insmod mshv_root.ko: $(cat /tmp/driver)"
}

take_one()
{
	until echo 1 > $folder/capture 2> /tmp/refused; do
		grep -q 'Resource temporarily unavailable' /tmp/refused ||
			give_up "capture: $(cat /tmp/refused)"
		usleep 20000
	done
	cat $folder/last > "$kept/$1" || give_up "last"
}

until_said()
{
	until grep -q "^VM-$1 end\|^VM-FAILED" /tmp/made; do
		usleep 100000
	done
}

after_load()
{
	mkdir -p "$kept"
	# shellcheck disable=SC2046
	mshvctl -s "$vm_seed" $(echo "${vm_life#diff:}" | tr ';' ' ') > /tmp/made 2>&1 &
	until_said MADE
	take_one before
	kill -USR1 $!
	until_said CHANGED
	cat /tmp/made
	take_one after
	take_one again
}
