# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by ./run: the benches, doc/bench.md.

: "${build:?}" "${python:?}"

# What only the benches need. The machines that are measured run the kernel of Debian 12.
build_bench()
{
	local headers
	make -C "$build" tests/tools/mknote
	for headers in $("$python" -m vm.guests --headers); do
		case $headers in
		*/linux-headers-6.1.*)
			make -C tests/bench/barecalls KDIR="$headers" \
				OUT="$build/barecalls/${headers##*/linux-headers-}" || return ;;
		esac
	done
}

# run_bench [capture|collect|analyzer] [SETTING=VALUE...]
run_bench()
{
	step bench build_bench >&2
	"$python" -m bench "$@"
}
