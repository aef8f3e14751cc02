# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=cycles[:N]: load hvdump.ko, attach it, detach and unload it, N times, and take down what the
# kernel holds before and after, in /extra. Sourced by root-init.sh, whose functions it uses.

: "${vm_life:?}"
evidence=/mnt/extra/cycles
cycles=${vm_life#cycles}
cycles=${cycles#:}

# What the kernel knows of modules, probes and memory. Caches are dropped, the CPUs' own
# counts added up, so that pages can be compared.
take_down()
{
	mkdir -p "$evidence/$1"
	sync
	# For what is freed after a grace period, or by a work item.
	sleep 1
	echo 3 > /proc/sys/vm/drop_caches
	for file in /sys/kernel/slab/*/shrink; do
		echo 1 > "$file"
	done
	cat /proc/sys/vm/stat_refresh
	for file in zoneinfo buddyinfo slabinfo meminfo; do
		cat "/proc/$file" > "/tmp/$file"
	done
	for file in vmallocinfo iomem modules interrupts sys/kernel/tainted; do
		cat "/proc/$file" > "$evidence/$1/${file##*/}"
	done
	grep hvd /proc/kallsyms > "$evidence/$1/kallsyms"
	cat /sys/kernel/debug/kprobes/list > "$evidence/$1/kprobes"
	cat /sys/kernel/debug/tracing/enabled_functions > "$evidence/$1/ftrace"
	cat /sys/module/witness/parameters/hook > "$evidence/$1/hook"
	find /sys/kernel /sys/module -maxdepth 1 > "$evidence/$1/sysfs"
	mv /tmp/zoneinfo /tmp/buddyinfo /tmp/slabinfo /tmp/meminfo "$evidence/$1/"
}

must()
{
	"$@" > /tmp/must 2>&1 || give_up "cycle $cycle: $*: $(tail -n 3 /tmp/must)"
}

is_attached()
{
	grep -qx "attached: $1" /sys/kernel/hvdump/status
}

# Both roads; the headers moved to a bigger buffer; an image in the place of another.
attach()
{
	case $(($1 % 4)) in
	0)	must kexec -s -p "$kernel" ;;
	1)	must kexec -s -p "$kernel" ;;
	2)	must hvdumpctl arm --syscall --kernel="$kernel" --command-line=quiet ;;
	3)	must kexec -s -p "$kernel"
		must kexec -s -p "$kernel" ;;
	esac
}

one_cycle()
{
	# shellcheck disable=SC2086,SC2154
	must insmod /hvdump.ko $vm_module_args force_grow=$(($1 % 4 == 1))
	attach "$1"
	is_attached yes || give_up "cycle $cycle: not attached"
	grep -q . /sys/kernel/debug/kprobes/list ||
		give_up "cycle $cycle: no probe is listed, so that none could be found left"
	! rmmod hvdump 2> /tmp/busy || give_up "cycle $cycle: rmmod while attached"
	must kexec -p -u
	is_attached no || give_up "cycle $cycle: still attached"
	must rmmod hvdump
}

many_cycles()
{
	cycle=0
	while [ "$cycle" -lt "$1" ]; do
		cycle=$((cycle + 1))
		one_cycle "$cycle"
	done
}

before_load()
{
	kernel=/mnt/boot/vmlinuz
	mount -t debugfs debugfs /sys/kernel/debug
	insmod /witness.ko || give_up "insmod witness.ko"
	take_down never
	# What is made once, by whoever comes first, is there from now on.
	many_cycles 4
	dmesg -c > "$evidence/dmesg-boot"
	take_down before
	begin=$(cut -d . -f 1 /proc/uptime)
	many_cycles "${cycles:-12}"
	say "CYCLES $cycle in $(($(cut -d . -f 1 /proc/uptime) - begin)) s: $(cat /tmp/busy)"
	take_down after
	# The same look, with more pages lost than there were cycles.
	echo $((2 * cycle)) > /sys/module/witness/parameters/lose
	take_down lost
	dmesg > "$evidence/dmesg"
}
