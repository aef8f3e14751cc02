# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# How the kernel is killed: by what the kernel itself offers, or by breaker.ko.

on_cpu()
{
	# shellcheck disable=SC2154
	taskset -c "$vm_cpu" sh -c "$1"
}

setting()
{
	echo "$2" > "/proc/sys/$1" || give_up "$1"
}

by_breaker()
{
	insmod /breaker.ko || give_up "insmod breaker.ko"
	on_cpu "echo $1 > /sys/module/breaker/parameters/how"
	# What comes by an interrupt may come later.
	sleep 60
}

# The order comes from another CPU, so that this one may be anywhere.
break_hypervisor()
{
	insmod /breaker.ko || give_up "insmod breaker.ko"
	taskset -c $(((vm_cpu + 1) % $(nproc))) \
		sh -c "echo hvcrash$vm_cpu > /sys/module/breaker/parameters/how"
	sleep 60
}

# Page cache of a ramfs cannot be given up.
eat_memory()
{
	mkdir /eaten
	mount -t ramfs none /eaten
	on_cpu 'dd if=/dev/zero of=/eaten/all bs=1M'
}

# Where the kernel's code and the module's are, so that an RIP can be told.
tell_code()
{
	sed -n 's/ . \(_stext\)$/ \1/p; s/ . \(_etext\)$/ \1/p; /_etext$/q' /proc/kallsyms |
		sed 's/^/VM-CODE /'
	sed -n 's/^hvdump \([0-9]*\) .* \(0x[0-9a-f]*\).*/VM-CODE \2 hvdump \1/p' /proc/modules
	say "NOTIFIERS $(cat /sys/module/kernel/parameters/crash_kexec_post_notifiers)"
}

trigger()
{
	# shellcheck disable=SC2154
	case $vm_trigger in
	oom)		setting vm/panic_on_oom 2 ;;
	warn)		setting kernel/panic_on_warn 1 ;;
	softlockup)	setting kernel/watchdog_thresh 1
			setting kernel/softlockup_panic 1 ;;
	hungtask)	setting kernel/hung_task_panic 1
			setting kernel/hung_task_timeout_secs 1 ;;
	hang*)		setting kernel/unknown_nmi_panic 1 ;;
	esac
	case $vm_trigger in
	sysrq)	on_cpu 'echo c > /proc/sysrq-trigger' ;;
	oom)	eat_memory ;;
	hvcrash)	break_hypervisor ;;
	*)	by_breaker "$vm_trigger" ;;
	esac
}
