#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Stands in makedumpfile's place in the crash kernel: lets the harness look at the machine before
# the first run, or kills the dump half-way. Otherwise the real one, unchanged.

# shellcheck source=tests/vm/guest/common.sh
. /common.sh
# shellcheck source=/dev/null
. /settings
real=/usr/bin/makedumpfile.real

first_run()
{
	[ ! -e /run/makedumpfile-ran ] || return
	: > /run/makedumpfile-ran
	# Never synced: it must not be on the disk as at the last flush. If it is, the
	# test that looks at that disk shows nothing.
	echo unsafe > /mnt/unsynced
	# shellcheck disable=SC2154
	[ "$vm_stop" != before-makedumpfile ] || stop_at before-makedumpfile > /dev/console
}

# Kill the dump once a megabyte is written, and die of the same signal.
killed_run()
{
	for last; do :; done
	"$real" "$@" &
	victim=$!
	until [ "$(stat -c %s "$last" 2> /dev/null || echo 0)" -ge 1048576 ]; do
		[ -d "/proc/$victim" ] || break
		usleep 20000
	done
	kill -9 "$victim"
	say "KILLED makedumpfile" > /dev/console
	kill -9 $$
}

first_run
# shellcheck disable=SC2154
case "$vm_kill $*" in
*--dump-dmesg*|*" -v"*|*--version*) exec "$real" "$@" ;;
"makedumpfile "*) killed_run "$@" ;;
*)	exec "$real" "$@" ;;
esac
