# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by ./run: static checks; each says when its tool is not there.

: "${build:?}" "${python:?}"

c_files()
{
	git ls-files '*.c' '*.h'
}

shell_files()
{
	git ls-files '*.sh' run .ci/run bootstrap
}

checked=0 unhappy=0

# check NAME TOOL COMMAND...: run a check if its tool is there.
check()
{
	local name=$1 tool=$2
	shift 2
	if ! command -v "$tool" > /dev/null; then
		say "$name: left out ($tool is not installed)"
		return
	fi
	checked=$((checked + 1))
	if "$@"; then
		say "$name: ok"
	else
		say "$name: complaints"
		unhappy=$((unhappy + 1))
	fi
}

check_format()
{
	c_files | xargs -r clang-format --dry-run -Werror
}

check_shell()
{
	shell_files | xargs -r shellcheck
}

check_spdx()
{
	local bad
	bad=$(git ls-files '*.c' '*.h' '*.py' '*.sh' '*.am' '*.S' run .ci/run |
		xargs -r grep -L 'SPDX-License-Identifier: ')
	[ -z "$bad" ] || { say "no SPDX line: $bad"; return 1; }
}

check_python()
{
	git ls-files '*.py' | xargs -r "$python" -m py_compile
}

run_lint()
{
	[ ! -f .clang-format ] || check clang-format clang-format check_format
	check shellcheck shellcheck check_shell
	check spdx git check_spdx
	check python "$python" check_python
	say "$checked checks, $unhappy with complaints"
	[ "$unhappy" -eq 0 ]
}
