# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# timed=N: in the crash kernel makedumpfile alone and hvdump-collect take turns, N times, and each
# line says how long it took. Sourced by crash-init.sh; for ./run bench.

: "${vm_timed:?}" "${vm_makedumpfile_args:?}"
export vm_makedumpfile_args

# Until the dump is on the disk, as hvdump-collect does.
plain()
{
	# shellcheck disable=SC2016
	stopwatch /tmp/time sh -c '
		/usr/bin/makedumpfile.real $vm_makedumpfile_args /proc/vmcore /mnt/plain &&
		sync' > /tmp/plain 2>&1
	say "PLAIN $(cat /tmp/time)"
	rm -f /mnt/plain
	sync
}

# When a file was complete, in milliseconds, as the manifest says.
complete_ms()
{
	sed -n "/\"name\": \"$1\"/,/\"ms\"/s/.*\"ms\": \([0-9]*\).*/\1/p" \
		/mnt/crash/dump/manifest.json
}

ours()
{
	rm -rf /mnt/crash/dump
	stopwatch /tmp/time hvdump-collect --output /mnt/crash --name dump \
		--makedumpfile "$vm_makedumpfile_args" > /tmp/ours 2>&1
	say "OURS $(cat /tmp/time) safe_ms=$(complete_ms hvdump.elf)" \
		"bytes=$(stat -c %s /mnt/crash/dump/vmcore)"
	sync
}

collect()
{
	round=0
	while [ "$round" -lt "$vm_timed" ]; do
		round=$((round + 1))
		# Each goes first in turn: what a first one pays is nobody's alone.
		if [ $((round % 2)) -eq 1 ]; then
			plain
			ours
		else
			ours
			plain
		fi
	done
}
