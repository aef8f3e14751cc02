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

# Tables that are aligned by hand read better than what clang-format makes of
# them, so it advises and does not judge.
advise_format()
{
	local files
	command -v clang-format > /dev/null || { say "clang-format: left out (not installed)"; return; }
	files=$(c_files | xargs -r clang-format --dry-run 2>&1 |
		sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: warning:.*/\1/p' | sort -u | wc -l)
	say "clang-format: $files of $(c_files | wc -l) files would be laid out differently (advice)"
}

# The walls of the style: 100 columns; no blanks at the end of a line.
check_walls()
{
	local bad
	# shellcheck disable=SC2016
	bad=$(c_files | xargs -r awk '{
		line = $0
		width = 0
		for (i = 1; i <= length(line); i++)
			width += substr(line, i, 1) == "\t" ? 8 - width % 8 : 1
		if (width > 100 || line ~ /[ \t]$/)
			print FILENAME ":" FNR
	}')
	[ -z "$bad" ] || { say "$bad"; return 1; }
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

# The kernel's own build runs sparse over hvdump.ko.
check_sparse()
{
	local headers log=$build/logs/sparse.log
	mkdir -p "$build/logs"
	for headers in $("$python" -m vm.guests --headers); do
		make -C kernel-hooks KREL="$headers" OUT="$build/sparse" C=2 > "$log" 2>&1 ||
			{ tail -n 20 "$log"; return 1; }
		! grep -E '(warning|error):' "$log" || return 1
	done
}

run_lint()
{
	[ ! -f .clang-format ] || advise_format
	check walls awk check_walls
	check shellcheck shellcheck check_shell
	check spdx git check_spdx
	check python "$python" check_python
	check sparse sparse check_sparse
	say "checkpatch: left out (Debian's kernel headers have no checkpatch.pl)"
	say "$checked checks, $unhappy with complaints"
	[ "$unhappy" -eq 0 ]
}
