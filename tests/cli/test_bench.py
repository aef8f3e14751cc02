# SPDX-License-Identifier: GPL-2.0-or-later
"""./run bench prints what doc/bench.md says, and fails when a figure cannot be had."""

import os
import re
import subprocess

import pytest

from analyzer import BUILD, TOP

LINE = re.compile(r"(?:#.*|[a-z_]+(?:\.[a-z][a-z0-9_]*)*(?:\.\d+)? \d+(?:\.\d+)?(?:e[+-]\d+)? "
                  r"(?:ms|KiB|bytes|calls|ratio))")
TINY = ["analyzer", "sizes=1,3", "runs=1", "whole=2", "vmcore=no", "driver=no"]


def bench(*words, build=BUILD):
    """Run the benches as ./run bench does once all is built."""
    env = dict(os.environ, PYTHONPATH=str(TOP / "tests"), HVDUMP_BUILD=str(build))
    return subprocess.run(["/usr/bin/python3", "-m", "bench", *words], env=env, timeout=300,
                          cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False)


def test_a_line_a_figure():
    """Each line is a remark or NAME VALUE UNIT; each size has its time and its memory."""
    done = bench(*TINY)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    names = [line.split()[0] for line in lines if not line.startswith("#")]
    expected = [f"analyzer.{name}_{unit}.{size}"
                for name, size in (("report", 1), ("report", 3), ("report_whole", 2),
                                   ("regs_all_json", 2)) for unit in ("ms", "cpu_ms", "kb")]
    expected += [f"analyzer.open_1tib_{what}"
                 for what in ("ms", "elf_ms", "elf_kb", "kdump_ms", "kdump_kb")]
    assert sorted(names) == sorted(expected)
    assert all(float(line.split()[1]) > 0 for line in lines if not line.startswith("#"))


def test_every_register_is_in_the_captures():
    """What is measured has as many registers as the module asks for."""
    code = ("from bench.captures import asked_for\n"
            "print(len(asked_for('ESSENTIAL')), len(asked_for('REST')))")
    env = dict(os.environ, PYTHONPATH=str(TOP / "tests"))
    told = subprocess.run(["/usr/bin/python3", "-c", code], env=env, check=True,
                          stdout=subprocess.PIPE, text=True).stdout.split()
    program = ('#include "abi_capture.h"\n#include <stdio.h>\n'
               'int main(void) { return printf("%zu %zu\\n", sizeof(hvd_capture_essential) / 4,'
               ' sizeof(hvd_capture_rest) / 4) < 0; }')
    binary = BUILD / "bench-count"
    subprocess.run(["gcc", f"-I{TOP / 'formats'}", "-x", "c", "-", "-o", binary], check=True,
                   input=program, text=True)
    assert subprocess.run([binary], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.split() == told
    binary.unlink()


@pytest.fixture(name="broken_build")
def fixture_broken_build(tmp_path):
    """A build folder whose hvdump always fails."""
    for name in ("collector", "tests"):
        (tmp_path / name).symlink_to(BUILD / name)
    (tmp_path / "analyzer").mkdir()
    program = tmp_path / "analyzer" / "hvdump"
    program.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    program.chmod(0o755)
    return tmp_path


def test_a_program_that_fails_has_no_time(broken_build):
    """It is said which, and there is no figure of it."""
    done = bench(*TINY, build=broken_build)
    assert done.returncode == 1
    assert "ended with 1: no" in done.stderr
    assert "report_ms" not in done.stdout


def test_without_a_build(tmp_path):
    """./run build was forgotten."""
    done = bench(*TINY, build=tmp_path)
    assert done.returncode == 1
    assert "(./run build)" in done.stderr


@pytest.mark.parametrize("words", [["nonsense"], ["analyzer", "nonsense=1"], ["analyzer", "runs"],
                                   ["analyzer", "runs=many"]])
def test_wrong_words(words):
    """Usage has its own exit status."""
    done = bench(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("bench: ")
