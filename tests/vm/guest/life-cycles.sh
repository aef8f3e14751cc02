# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=cycles[:N]: load hvdump.ko, attach it, detach and unload it, N times, and take down what the
# kernel holds before and after, in /extra. Sourced by root-init.sh, whose functions it uses.

: "${vm_life:?}"
evidence=/mnt/extra/cycles
cycles=${vm_life#cycles}
cycles=${cycles#:}

# How many pages are free, and what the others are used for. Three times: some are on their way to
# be free (after a grace period, by a work item). Caches are dropped and the CPUs' own counts
# added up, so that pages can be compared.
count_pages()
{
	for look in 1 2 3; do
		sync
		sleep 1
		echo 3 > /proc/sys/vm/drop_caches
		for file in /sys/kernel/slab/*/shrink; do
			echo 1 > "$file"
		done
		cat /proc/sys/vm/stat_refresh
		cat /proc/zoneinfo > "/tmp/zoneinfo.$look"
	done
	cat /proc/slabinfo > /tmp/slabinfo
	mv /tmp/zoneinfo.* /tmp/slabinfo "$evidence/$1/"
}

# What the kernel knows of modules, probes and memory.
take_down()
{
	mkdir -p "$evidence/$1"
	count_pages "$1"
	for file in vmallocinfo iomem modules buddyinfo sys/kernel/tainted; do
		cat "/proc/$file" > "$evidence/$1/${file##*/}"
	done
	cp /sys/kernel/debug/kprobes/list "$evidence/$1/kprobes"
	cp /sys/kernel/debug/tracing/enabled_functions "$evidence/$1/ftrace"
	cp /sys/module/witness/parameters/hook "$evidence/$1/hook"
	find /sys/kernel /sys/module -maxdepth 1 > "$evidence/$1/sysfs"
	# Of each module; of hvdump only while it is there.
	grep '\[' /proc/kallsyms | sed 's/.*\[/[/' | sort | uniq -c > "$evidence/$1/kallsyms"
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
	cat /sys/kernel/hvdump/status > /tmp/attached
	! rmmod hvdump 2> /tmp/busy || give_up "cycle $cycle: rmmod while attached"
	must kexec -p -u
	is_attached no || give_up "cycle $cycle: still attached"
	cat /sys/kernel/hvdump/status > /tmp/detached
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
	mkdir -p "$evidence"
	# What is made once, by whoever comes first, is there from now on.
	many_cycles 4
	dmesg -c > "$evidence/dmesg-boot"
	take_down before
	must insmod /hvdump.ko
	take_down loaded
	must rmmod hvdump
	begin=$(cut -d . -f 1 /proc/uptime)
	many_cycles "${cycles:-8}"
	say "CYCLES $cycle $(($(cut -d . -f 1 /proc/uptime) - begin))"
	say "BUSY $(cat /tmp/busy)"
	sed 's/^/VM-attached: /' /tmp/attached
	sed 's/^/VM-detached: /' /tmp/detached
	take_down after
	# The same look, with two pages lost for each cycle (for 32 cycles at least).
	echo $((2 * (cycle > 32 ? cycle : 32))) > /sys/module/witness/parameters/lose
	take_down lost
	dmesg > "$evidence/dmesg"
}
