# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=fill:MIB: so much of the memory holds random numbers, which do not compress, in files of a
# tmpfs: for dumps that take their time. Sourced by root-init.sh.

: "${vm_life:?}"

before_load()
{
	mkdir -p /fill
	mount -t tmpfs -o size=100% tmpfs /fill
	dd if=/dev/urandom of=/fill/random bs=1M count="${vm_life#fill:}" 2> /dev/null ||
		give_up "fill"
	say "FILLED $(du -m /fill | cut -f 1) MiB"
}
