# SPDX-License-Identifier: GPL-2.0-or-later
"""hv.so, the extension for crash, looked at from outside: crash itself wants a whole vmcore."""

import re
import shutil
import subprocess

import pytest

from analyzer import BUILD

HV = BUILD / "analyzer/crash/hv.so"


def symbols(*args):
    """The words of nm's lines, each symbol's last."""
    done = subprocess.run(["nm", "-D", *args], check=True, timeout=60, capture_output=True,
                          text=True)
    return [line.split() for line in done.stdout.splitlines()]


@pytest.fixture(autouse=True)
def _needs_the_extension():
    if not HV.exists():
        pytest.skip("hv.so was not built: no crash/defs.h (package crash)")


def test_it_shows_no_symbol():
    """crash loads all extensions into one name space, which also gdb's symbols are in."""
    assert symbols("--defined-only", HV) == []


def test_crash_or_a_library_has_what_it_needs():
    """One symbol that nobody has, and crash refuses the extension."""
    crash = shutil.which("crash")
    if not crash:
        pytest.skip("crash is not installed")
    linked = subprocess.run(["ldd", HV], check=True, capture_output=True, text=True).stdout
    theirs = {words[-1].partition("@")[0]
              for place in [crash, *re.findall(r"=> (/\S+)", linked)]
              for words in symbols("--defined-only", place)}
    needed = [words[-1] for words in symbols("--undefined-only", HV) if words[0] == "U"]
    assert "register_extension" in needed
    assert [name for name in needed if "@" not in name and name not in theirs] == []
