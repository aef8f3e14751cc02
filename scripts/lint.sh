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

checked=0 unhappy=0 checkpatch=

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

# build_module SERIES WORD...: hvdump.ko by the own build of those guest kernels that are there
# ("": all), which may warn of nothing.
build_module()
{
	local headers all series=$1 log=$build/logs/lint-module.log
	shift
	# shellcheck disable=SC2086
	all=$("$python" -m vm.guests --headers $series) || return 1
	for headers in $all; do
		rm -rf "$build/lint-module"
		make -C kernel-hooks KREL="$headers" OUT="$build/lint-module" "$@" > "$log" 2>&1 ||
			{ tail -n 20 "$log"; return 1; }
		! grep -E '(warning|error):' "$log" || return 1
	done
}

check_sparse()
{
	# Not on 7.2, whose own headers sparse 0.6.4 cannot read.
	build_module "6.1 6.12" C=2
}

check_kernel_warnings()
{
	build_module "" W=1
}

checkpatch_parts=(checkpatch.pl spelling.txt const_structs.checkpatch)

# The folder of the kernel's checkpatch.pl, of which Debian's only package is its whole source:
# what is needed of it is kept in the cache. Prints nothing, and says why, if it cannot be had.
checkpatch_folder()
{
	local cache package=linux-source-6.1 final new
	cache=${HVDUMP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hvdump}
	final=$cache/checkpatch-$package
	if [ ! -x "$final/checkpatch.pl" ]; then
		mkdir -p "$cache"
		new=$(mktemp -d "$cache/checkpatch.XXXXXX")
		if fetch_checkpatch "$package" "$new" > "$build/logs/checkpatch.log" 2>&1; then
			mv -T "$new" "$final" || rm -rf "$new"
		else
			rm -rf "$new"
			say "checkpatch: left out ($package cannot be had: $build/logs/checkpatch.log)" >&2
			return 0
		fi
	fi
	say "$final"
}

# In a folder of its own, which is thrown away when a step fails.
fetch_checkpatch()
{
	local package=$1 into=$2 deb
	(cd "$into" && apt-get -q -o APT::Sandbox::User= download "$package") || return 1
	deb=$(find "$into" -name "$package"_\*.deb)
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$package.tar.xz" |
		tar -xJ -C "$into" --strip-components=2 "${checkpatch_parts[@]/#/$package/scripts/}" || return 1
	rm -f "$deb" && chmod 755 "$into" "$into/checkpatch.pl"
}

# What it warns of and we keep:
#   LINUX_VERSION_CODE, CONSTANT_COMPARISON  one source is built for many kernels, and "<
#	KERNEL_VERSION()" is how they are told apart; in the kernel's own tree it would be wrong.
#   MACRO_WITH_FLOW_CONTROL  the macro that "returns" is a whole function.
# And in what the module shares with user space:
#   COMPLEX_MACRO, TRAILING_SEMICOLON, MULTISTATEMENT_MACRO_USE_DO_WHILE  fields and codes are
#	lists of macros.
#   PREFER_DEFINED_ATTRIBUTE_MACRO  user space has none of the kernel's.
check_checkpatch()
{
	local module=LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_WITH_FLOW_CONTROL
	local shared=COMPLEX_MACRO,TRAILING_SEMICOLON,MULTISTATEMENT_MACRO_USE_DO_WHILE status=0
	shared+=,PREFER_DEFINED_ATTRIBUTE_MACRO
	run_checkpatch "$module" "$PWD"/kernel-hooks/*.[ch] || status=1
	run_checkpatch "$shared" "$PWD"/formats/{encode.c,encode.h,note.h,abi_capture.h,abi_codes.h} ||
		status=1
	return "$status"
}

# run_checkpatch TYPES FILE...: in its own folder, where it may leave what it likes.
run_checkpatch()
{
	local ignored=$1
	shift
	(cd "$checkpatch" && ./checkpatch.pl --no-tree --no-signoff --quiet --no-summary --terse \
		--show-types --max-line-length=100 --ignore "$ignored" -f "$@")
}

run_lint()
{
	mkdir -p "$build/logs"
	[ ! -f .clang-format ] || advise_format
	check walls awk check_walls
	check shellcheck shellcheck check_shell
	check spdx git check_spdx
	check python "$python" check_python
	check sparse sparse check_sparse
	check W=1 make check_kernel_warnings
	checkpatch=$(checkpatch_folder)
	[ -z "$checkpatch" ] || check checkpatch perl check_checkpatch
	say "$checked checks, $unhappy with complaints"
	[ "$unhappy" -eq 0 ]
}
