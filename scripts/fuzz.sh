# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by ./run: the fuzzers of tests/fuzz, for as long as one likes, and briefly in ./run tests.

: "${build:?}" "${python:?}"

fuzz_targets=(notes file encoder types pages registers image walk)

# Why there can be no fuzzer here; nothing if there can.
why_no_fuzzers()
{
	command -v clang > /dev/null || { echo "clang is not installed"; return; }
	echo 'int LLVMFuzzerTestOneInput(const char *p, long n); int LLVMFuzzerTestOneInput(const char *p, long n) { return p && n < 0; }' |
		clang -fsanitize=fuzzer,address,undefined -x c - -o "$build/fuzz/probe" > /dev/null 2>&1 ||
		echo "clang has no fuzzer runtime (package libclang-rt-14-dev)"
}

# make_fuzzers [BUILD]: BUILD adds the dumps of real runs that it holds to the seeds.
make_fuzzers()
{
	make -C tests/fuzz -j"$(nproc)" BUILD="$build" OUT="$build/fuzz" &&
		make -C "$build" tests/tools/mknote tests/unit/types_sample.btf &&
		rm -rf "$build/fuzz/seeds" &&
		"$python" tests/fuzz/corpus.py "$build/fuzz/seeds" "$@"
}

# The last number behind a word in libFuzzer's log; 0 if there is none.
fuzz_figure()
{
	local number
	number=$(sed -n "s/.*$1 *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1)
	echo "${number:-0}"
}

# fuzz_one TARGET CORPUS OPTION...: one run and its line; fails on a finding, whose input is kept.
fuzz_one()
{
	local target=$1 corpus=$2 log=$build/logs/fuzz-$1.log kept=$build/fuzz/findings/$1 bad=0
	shift 2
	mkdir -p "$corpus" "$kept" "$build/logs"
	nice -n 19 "$build/fuzz/fuzz_$target" "$@" -timeout=60 -rss_limit_mb=1500 \
		-report_slow_units=60 -print_final_stats=1 -artifact_prefix="$kept/" \
		"$corpus" "$build/fuzz/seeds/$target" > "$log" 2>&1 || bad=1
	say "fuzz $target: $(fuzz_figure stat::number_of_executed_units: "$log") executions," \
		"coverage $(fuzz_figure cov: "$log") edges, $(fuzz_figure ft: "$log") features," \
		"$bad findings"
	[ "$bad" -eq 1 ] || return 0
	grep -E 'does not hold|ERROR:|runtime error:|Test unit written' "$log" || tail -n 5 "$log"
	return 1
}

# ./run fuzz MINUTES: as many targets at a time as there are processors, each for its share; what a
# run learns is there for the next one.
run_fuzz()
{
	local minutes=${1:-} target seconds jobs bad=0 why
	[[ $minutes =~ ^[1-9][0-9]*$ ]] || die "fuzz: expected a number of minutes"
	mkdir -p "$build/fuzz"
	why=$(why_no_fuzzers)
	[ -z "$why" ] || die "fuzz: $why"
	step configure configure_tree
	step fuzzers make_fuzzers "$build"
	jobs=$(nproc)
	[ "$jobs" -le ${#fuzz_targets[@]} ] || jobs=${#fuzz_targets[@]}
	seconds=$((minutes * 60 * jobs / ${#fuzz_targets[@]}))
	for target in "${fuzz_targets[@]}"; do
		if [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; then
			wait -n || bad=1
		fi
		fuzz_one "$target" "$build/fuzz/corpus/$target" -max_total_time="$seconds" \
			-max_len=16384 &
	done
	while [ -n "$(jobs -p)" ]; do
		wait -n || bad=1
	done
	return "$bad"
}

# For ./run tests: so many executions that all together take some 20 seconds.
declare -A fuzz_short=([notes]=20000 [file]=4000 [encoder]=2000 [types]=1000
	[pages]=4000 [registers]=1000 [image]=50000 [walk]=50000)

# fuzz_briefly TARGET SEED: from the seeds alone, so that the same seed is the same run.
fuzz_briefly()
{
	local fresh=$build/fuzz/brief
	rm -rf "$fresh"
	fuzz_one "$1" "$fresh" -runs="${fuzz_short[$1]}" -seed="$2" -max_len=8192
}
