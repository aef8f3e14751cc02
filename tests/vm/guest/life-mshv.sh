# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=mshv:ORDER:PARTITION[;PARTITION...]: partitions made through /dev/mshv by mshvctl.
# ORDER says when: d, the driver is loaded; h, hvdump.ko and the crash kernel are; p, the partitions
# are made. dhp, hdp or dph. Sourced by root-init.sh, whose functions it uses.

: "${vm_life:?}" "${vm_seed:?}"
order=${vm_life#mshv:}
order=${order%%:*}
specs=${vm_life#"mshv:$order:"}

load_driver()
{
	mount -t debugfs debugfs /sys/kernel/debug
	/sbin/insmod /mshv_root.ko > /tmp/driver 2>&1 || give_up "insmod mshv_root.ko: $(cat /tmp/driver)"
	[ -c /dev/mshv ] || give_up "no /dev/mshv"
}

make_partitions()
{
	mkdir -p /mnt/extra/state
	# shellcheck disable=SC2046
	mshvctl -s "$vm_seed" -d /mnt/extra/state $(echo "$specs" | tr ';' ' ') > /tmp/made 2>&1 &
	until grep -q '^VM-MADE end\|^VM-FAILED' /tmp/made; do
		usleep 100000
	done
	cat /tmp/made
	[ ! -d /sys/kernel/hvdump ] || sed 's/^/VM-STATUS /' /sys/kernel/hvdump/status
}

take_step()
{
	case $1 in
	d)	load_driver ;;
	p)	make_partitions ;;
	esac
}

each_of()
{
	# shellcheck disable=SC2046
	for step in $(echo "$1" | sed 's/./& /g'); do
		take_step "$step"
	done
}

before_load()
{
	each_of "${order%%h*}"
}

after_load()
{
	each_of "${order#*h}"
}
