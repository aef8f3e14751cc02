# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=barecalls[:ROUNDS]: before hvdump.ko is loaded, measure a capture's hypercalls alone, in
# turn with captures of the same code. For ./run bench. Sourced by root-init.sh.

: "${vm_life:?}" "${vm_module_args?}"
rounds=${vm_life#barecalls}
rounds=${rounds#:}

before_load()
{
	# It never stays; those of hvdump.ko's parameters that it has are the same.
	# shellcheck disable=SC2086
	/sbin/insmod /barecalls.ko rounds="${rounds:-5}" $vm_module_args > /tmp/bare 2>&1
	grep -q 'temporarily unavailable' /tmp/bare || give_up "barecalls: $(cat /tmp/bare)"
	dmesg | sed -n 's/.*barecalls: /VM-BARE /p'
}
