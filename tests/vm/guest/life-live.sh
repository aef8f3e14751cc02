# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=live:N[:churn]: N live captures, each kept in /extra/live, with churn while partitions are made
# through /dev/mshv and taken away again. Then one after the other until the crash comes. Wants
# live_pause_ms below a second. Sourced by root-init.sh, whose functions it uses.

: "${vm_life:?}" "${vm_seed:?}" "${vm_cpu:?}"
kept=/mnt/extra/live
folder=/sys/kernel/hvdump
what=${vm_life#live:}

# A partition with three VPs at a time, over and over, until there is /tmp/enough.
churn()
{
	mount -t debugfs debugfs /sys/kernel/debug
	/sbin/insmod /mshv_root.ko > /tmp/driver 2>&1 || give_up "insmod mshv_root.ko: $(cat /tmp/driver)"
	while [ ! -e /tmp/enough ]; do
		mshvctl -s "$vm_seed" -x 0.1.2 > /tmp/made 2>&1 || give_up "mshvctl: $(tail -n 1 /tmp/made)"
		sed -n 's/^VM-MADE partition //p' /tmp/made >> "$kept/partitions"
	done
	touch /tmp/ended
}

# What the module holds: its vmalloc areas, and the pages that nobody accounts for.
take_down()
{
	sync
	sleep 1
	echo 3 > /proc/sys/vm/drop_caches
	cat /proc/sys/vm/stat_refresh
	cat /proc/zoneinfo > "$kept/zoneinfo.$1"
	cat /proc/slabinfo > "$kept/slabinfo.$1"
	grep -c '\[hvdump\]' /proc/vmallocinfo > "$kept/areas.$1"
}

take_one()
{
	until echo 1 > $folder/capture 2> /tmp/refused; do
		grep -q 'Resource temporarily unavailable\|Resource busy' /tmp/refused ||
			give_up "capture: $(cat /tmp/refused)"
		usleep 20000
	done
	cat $folder/last > "$kept/$1" || give_up "last"
}

# What must be refused, by the words of the error.
refuse()
{
	say "REFUSED $1 $({ eval "$2"; } 2>&1 > /dev/null | sed 's/.*: //')"
}

refusals()
{
	refuse empty "cat $folder/last"
	refuse zero "echo 0 > $folder/capture"
	refuse early "echo 1 > $folder/capture; echo 1 > $folder/capture"
	exec 3< $folder/last
	dd bs=1024 count=1 <&3 > /dev/null 2>&1
	take_one again
	refuse stale "cat <&3"
	exec 3<&-
	rm "$kept/again"
}

take_many()
{
	refusals
	take_one 0
	case $what in
	*:churn)	churn & ;;
	esac
	take_down before
	echo "live captures begin" > /dev/kmsg
	taken=0
	while [ "$taken" -lt "${what%:churn}" ]; do
		taken=$((taken + 1))
		take_one "$taken"
	done
	touch /tmp/enough
	case $what in
	*:churn)
		until [ -e /tmp/ended ]; do
			usleep 100000
		done ;;
	esac
	take_one "$((taken + 1))"
	take_down after
	hvdumpctl test --output "$kept/test" | sed 's/^/VM-TEST /'
	sed 's/^/VM-stats: /' $folder/stats
	dmesg -r | sed '1,/live captures begin/d' > "$kept/dmesg"
}

# So that the crash comes while one is being taken.
go_on_taking()
{
	taskset -c $(((vm_cpu + 1) % $(nproc))) \
		sh -c "while usleep 300000; do
			touch /tmp/taking; echo 1 > $folder/capture; rm /tmp/taking
		done" > /tmp/going 2>&1 &
}

# One has just begun.
before_trigger()
{
	while [ -e /tmp/taking ]; do
		:
	done
	until [ -e /tmp/taking ]; do
		:
	done
}

after_load()
{
	mkdir -p "$kept"
	take_many
	go_on_taking
}
