# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by ./run: all tests, and one line that sums them up.

: "${build:?}" "${python:?}" "${fuzz_targets[0]:?}"

passed=0 failed=0 skipped=0

add_up()
{
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
}

# A count in the summary that make check ends with.
count()
{
	sed -n "s/^# $1: *\([0-9]*\)$/\1/p" "$2" | tail -n 1
}

# make check: the test drivers count each case of a program that speaks TAP.
unit_tests()
{
	local log=$build/logs/check.log bad=0 kind
	say "== make check"
	make -C "$build" -k check > "$log" 2>&1 || bad=1
	grep -E '^(FAIL|ERROR|XPASS|SKIP):' "$log" || true
	grep -E '^(FAIL|ERROR|XPASS):' "$log" >> "$build/logs/failed" || true
	if [ -z "$(count TOTAL "$log")" ]; then
		tail -n 30 "$log"
		say "make check did not finish; the whole log is $log"
		add_up 0 1 0
		return
	fi
	for kind in FAIL ERROR XPASS; do
		bad=$((bad + $(count "$kind" "$log")))
	done
	# Its own status counts only when no case tells of a failure.
	[ "$bad" -lt 2 ] || bad=$((bad - 1))
	add_up "$(($(count PASS "$log") + $(count XFAIL "$log")))" "$bad" "$(count SKIP "$log")"
	say "$passed passed, $failed failed, $skipped skipped"
}

# Each fuzzer is one test. HVDUMP_FUZZ_SEED repeats a run.
fuzz_tests()
{
	local seed=${HVDUMP_FUZZ_SEED:-$((RANDOM * 32768 + RANDOM + 1))} why target
	say "== tests/fuzz (HVDUMP_FUZZ_SEED=$seed)"
	mkdir -p "$build/fuzz"
	why=$(why_no_fuzzers)
	if [ -n "$why" ]; then
		say "skipped: $why"
		add_up 0 0 "${#fuzz_targets[@]}"
		return
	fi
	if ! make_fuzzers > "$build/logs/fuzzers.log" 2>&1; then
		tail -n 30 "$build/logs/fuzzers.log"
		add_up 0 "${#fuzz_targets[@]}" 0
		return
	fi
	for target in "${fuzz_targets[@]}"; do
		if fuzz_briefly "$target" "$seed"; then
			add_up 1 0 0
		else
			add_up 0 1 0
			say "fuzz $target" >> "$build/logs/failed"
		fi
	done
}

# One number out of pytest's JUnit report.
figure()
{
	"$python" - "$1" "$2" <<-'END'
	import sys
	import xml.etree.ElementTree as tree
	suite = tree.parse(sys.argv[1]).getroot().find("testsuite")
	print(suite.get(sys.argv[2]))
	END
}

# What failed, once more, where one looks first: at the end.
name_failed()
{
	local log=$build/logs/failed
	[ -s "$log" ] || return 0
	say "failed:"
	sed 's/^/  /' "$log"
}

# The names of the failed tests of pytest's JUnit report.
names_of_failed()
{
	"$python" - "$1" <<-'END'
	import sys
	import xml.etree.ElementTree as tree
	for case in tree.parse(sys.argv[1]).iter("testcase"):
	    for kind in "failure", "error":
	        for why in case.iter(kind):
	            first = (why.get("message") or "").split("\n")[0][:200]
	            print(f"{case.get('classname')}::{case.get('name')}: {first}")
	END
}

# pytest over one folder; its own summary names the reason of each skip.
python_tests()
{
	local folder=$1 report=$build/logs/$2.xml all bad skips
	shift 2
	[ -n "$(find "$folder" -name 'test_*.py')" ] || return 0
	say "== $folder"
	rm -f "$report"
	"$python" -m pytest -q -rsfE -p no:cacheprovider --junitxml="$report" "$@" "$folder" || true
	[ -f "$report" ] || { say "pytest did not finish in $folder"; add_up 0 1 0; return 0; }
	all=$(figure "$report" tests)
	skips=$(figure "$report" skipped)
	bad=$(($(figure "$report" failures) + $(figure "$report" errors)))
	add_up $((all - skips - bad)) "$bad" "$skips"
	names_of_failed "$report" >> "$build/logs/failed"
}

# Slow tests, by name: what is left out is told, never passed over.
tell_left_out()
{
	say "left out as slow (./run tests --all runs them):"
	"$python" -m pytest -q -p no:cacheprovider --collect-only -m slow tests/cli tests/vm |
		sed -n 's/^\(.*::.*\)/  \1/p'
}

run_tests()
{
	local only=(-m "not slow") summary
	mkdir -p "$build/logs"
	: > "$build/logs/failed"
	case ${1:-} in
	--all)	only=() ;;
	"")	tell_left_out ;;
	*)	die "tests: no such option: $1" ;;
	esac
	unit_tests
	fuzz_tests
	# A virtual machine keeps all processors busy, a program one.
	python_tests tests/cli cli -n "$(nproc)" --dist loadfile "${only[@]}"
	python_tests tests/vm vm "${only[@]}"
	name_failed
	summary="$passed passed, $failed failed"
	[ "$skipped" -eq 0 ] || summary+=", $skipped skipped"
	say "$summary"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
