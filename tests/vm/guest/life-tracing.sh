# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=tracing:ftrace|kprobes[:attached]: switch ftrace or kprobes off, before anything is loaded or
# when hvdump.ko is attached. Sourced by root-init.sh.

: "${vm_life:?}"
victim=${vm_life#tracing:}

switch_off()
{
	mount -t debugfs debugfs /sys/kernel/debug
	case ${victim%:*} in
	ftrace)		switch=/proc/sys/kernel/ftrace_enabled ;;
	kprobes)	switch=/sys/kernel/debug/kprobes/enabled ;;
	*)		give_up "life=$vm_life" ;;
	esac
	echo 0 > "$switch" 2> /tmp/off
	say "OFF $switch $(cat "$switch")"
}

before_load()
{
	[ "$victim" != "${victim%:attached}" ] || switch_off
}

# Later than this it is not told any more whether a crash would be captured.
after_load()
{
	[ "$victim" = "${victim%:attached}" ] || switch_off
	sed 's/^/VM-after: /' /sys/kernel/hvdump/status
}
