# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols that are read out of a vmcore, against the vmlinux that wrote it."""

import functools
import re
import subprocess
from collections import Counter

import pytest

from analyzer import BUILD
from vmcores import SHARED, name_of, vmcoreinfo, vmcores, vmlinuxes

KSYMS = BUILD / "tests/tools/ksyms"
KERNEL = 0xffffffff80000000


def nm(*command):
    """[(address, type, name)], modules' left out."""
    done = subprocess.run(command, check=True, timeout=300, stdout=subprocess.PIPE,
                          encoding="utf-8")
    lines = (line.split() for line in done.stdout.splitlines() if line[0] != " ")
    return [(int(words[0], 16), words[1], words[2]) for words in lines if len(words) == 3]


@functools.lru_cache
def build_id(vmlinux):
    notes = subprocess.run(["readelf", "-n", vmlinux], timeout=60, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, encoding="utf-8").stdout
    return re.search(r"Build ID: ([0-9a-f]+)", notes)[1]


@functools.lru_cache
def symbols_of(vmlinux):
    return nm("nm", vmlinux)


def is_in_kallsyms(kind, name):
    """What the kernel's build leaves out: absolute symbols, labels, kallsyms' own tables."""
    return (kind not in "aAU" and not name.startswith((".L", "kallsyms_", "__pfx_", "__kstrtab",
                                                       "__kcrctab", "__ksymtab", "__crc_")))


@pytest.fixture(params=vmcores(), ids=name_of)
def vmcore(request):
    return request.param


def test_there_is_a_vmcore():
    if not vmcores():
        pytest.skip(f"no vmcore: neither {SHARED} nor one of ./run demo or ./run vm")


def test_names_and_addresses_are_those_of_vmlinux(vmcore):
    info = vmcoreinfo(vmcore)
    mine = [path for path in vmlinuxes() if build_id(path) == info["BUILD-ID"]]
    if not mine:
        pytest.skip(f"no vmlinux with build-id {info['BUILD-ID']} in the cache")
    moved = int(info["KERNELOFFSET"], 16)
    theirs = [(address + moved if address >= KERNEL else address, kind, name)
              for address, kind, name in symbols_of(mine[0])]
    ours = nm(KSYMS, vmcore)
    assert not Counter((a, n) for a, _, n in ours) - Counter((a, n) for a, _, n in theirs)
    # The other way round: all functions and named data are there.
    missing = {(a, n) for a, k, n in theirs if is_in_kallsyms(k, n) and k in "tTwWbBdD"}
    assert not missing - {(a, n) for a, _, n in ours}


def test_modules_have_symbols():
    if not SHARED.exists():
        pytest.skip(f"no {SHARED}")
    done = subprocess.run([KSYMS, SHARED], check=True, timeout=60, stdout=subprocess.PIPE,
                          encoding="utf-8")
    lines = [line.split() for line in done.stdout.splitlines() if line.endswith("]")]
    assert {words[3] for words in lines} == {"[mshv_root]"}
    names = {words[2] for words in lines}
    # drivers/hv/mshv_root_main.c, mshv_root_hv_call.c
    assert {"mshv_dev_open", "mshv_vp_mmap", "hv_call_assert_virtual_interrupt"} <= names
    assert {words[1] for words in lines} <= {"t", "T"}
