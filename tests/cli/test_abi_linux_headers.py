#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ABI tables against Linux's own headers, where these are installed.

Debian's linux-headers-*-common has them: up to 6.14 as hyperv-tlfs.h, since 6.15 as
include/hyperv/. HVDUMP_LINUX_HEADERS=DIR[:DIR...] names other trees instead. Every name that
a header has must be found by hvd_abi_find_name(), under the header's number.
"""

import glob
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
SOURCES = ["tests/unit/dump_abi.c", "formats/abi.c", "formats/abi_registers.c",
           "formats/abi_counters.c", "formats/abi_tables.c"]
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\(?(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\)?"
                    r"[ \t]*(?:/[*/].*)?$", re.M)
ENUMERATOR = re.compile(r"^[ \t]*(HV_\w+)\s*=\s*(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\s*,", re.M)
BIT = re.compile(r"^#define\s+(HV_\w+)\s+BIT\((\d+)\)", re.M)

# Encodings of arm64 ID registers that are reserved, and so have no row.
RESERVED = re.compile(r"HV_ARM64_REGISTER_ID_(AA64_)?RES\d+_EL1$")


def trees():
    """The header trees to compare with."""
    named = os.environ.get("HVDUMP_LINUX_HEADERS")
    if named:
        return named.split(":")
    return [tree for tree in sorted(glob.glob("/usr/src/linux-headers-*-common*"))
            if (Path(tree) / "include/asm-generic/hyperv-tlfs.h").exists()
            or (Path(tree) / "include/hyperv").is_dir()]


def read(tree, *names):
    """The text of those files of a tree that exist."""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace")
                     for name in names for path in sorted(Path(tree).glob(name)))


class Headers:
    """What one tree defines: {name: number} per kind."""

    def __init__(self, tree):
        common = read(tree, "include/asm-generic/hyperv-tlfs.h", "include/hyperv/*.h")
        numbers = {name: int(value, 0) for name, value in DEFINE.findall(common)}
        enumerators = {name: int(value, 0) for name, value in ENUMERATOR.findall(common)}
        # x86's header of that time gives the name HV_REGISTER_ to MSRs
        arm64 = read(tree, "arch/arm64/include/asm/hyperv-tlfs.h")
        arm64 = {name: int(value, 0) for name, value in DEFINE.findall(arm64)}

        self.hypercalls = self._named(numbers, r"(HVCALL|HV_EXT_CALL)_")
        self.statuses = self._named(numbers, r"HV_STATUS_")
        registers = self._named({**enumerators, **numbers, **arm64}, r"HV_(ARM64_)?REGISTER_")
        self.registers_arm64 = {name: number for name, number in registers.items()
                                if not RESERVED.match(name)}
        self.registers_x86_64 = self._named(enumerators, r"HV_(X64_)?REGISTER_")
        self.properties = self._named(enumerators, r"HV_PARTITION_PROPERTY_[A-Z]+_(?!BANK)")
        self.system_properties = self._named(enumerators, r"HV_SYSTEM_PROPERTY_")
        self.privileges = self._privileges(common)

    @staticmethod
    def _named(numbers, pattern):
        return {name: number for name, number in numbers.items() if re.match(pattern, name)}

    @staticmethod
    def _privileges(text):
        """The bits of EAX and EBX: two runs of definitions, known by their first names."""
        found, base = {}, None
        for name, bit in BIT.findall(text):
            if name == "HV_MSR_VP_RUNTIME_AVAILABLE":
                base = 0
            elif name == "HV_CREATE_PARTITIONS":
                base = 32
            if base is not None:
                found[name] = base + int(bit)
            if name == "HV_ISOLATION":
                break
        return found


@pytest.fixture(scope="session")
def dump_abi(tmp_path_factory):
    """The test program that answers from the compiled tables."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    program = tmp_path_factory.mktemp("abi") / "dump_abi"
    subprocess.run([*compiler.split(), "-std=gnu11", "-I", TOP / "formats",
                    *(TOP / source for source in SOURCES), "-o", program], check=True)
    return program


@pytest.fixture(scope="session", params=trees() or [None])
def headers(request):
    """One tree's headers."""
    if request.param is None:
        pytest.skip("no Linux headers with Hyper-V's in /usr/src "
                    "(linux-headers-*-common), and no HVDUMP_LINUX_HEADERS")
    return Headers(request.param)


def look_up(program, kind, arch, names):
    """The number of each name by our tables; None for an unknown one."""
    query = "".join(f"{kind} {arch} {name}\n" for name in names)
    answer = subprocess.run([program, "-"], input=query, stdout=subprocess.PIPE, text=True,
                            check=True).stdout.split()
    assert len(answer) == len(names)
    return {name: None if number == "-" else int(number, 0)
            for name, number in zip(names, answer)}


def compare(program, kind, arch, expected):
    """Our tables know every name of the header, under the same number."""
    assert look_up(program, kind, arch, list(expected)) == expected


def test_hypercalls(dump_abi, headers):
    assert len(headers.hypercalls) >= 20
    compare(dump_abi, "hypercalls", "any", headers.hypercalls)


def test_statuses(dump_abi, headers):
    assert len(headers.statuses) >= 10
    compare(dump_abi, "status", "any", headers.statuses)


def test_privileges(dump_abi, headers):
    if not headers.privileges:
        pytest.skip("this tree has no privilege bits")
    assert len(headers.privileges) >= 25
    assert headers.privileges["HV_CPU_MANAGEMENT"] == 44
    compare(dump_abi, "privileges", "any", headers.privileges)


def test_arm64_registers(dump_abi, headers):
    assert len(headers.registers_arm64) >= 15
    compare(dump_abi, "registers", "arm64", headers.registers_arm64)


@pytest.mark.parametrize("kind, attribute, arch", [
    ("registers", "registers_x86_64", "x86-64"),
    ("properties", "properties", "any"),
    ("system-properties", "system_properties", "any"),
])
def test_since_6_15(dump_abi, headers, kind, attribute, arch):
    """Kinds that the older headers do not have."""
    expected = getattr(headers, attribute)
    if not expected:
        pytest.skip(f"this tree's headers name no {kind}")
    compare(dump_abi, kind, arch, expected)


def test_unknown_name_is_none(dump_abi):
    """The comparison can fail: a name that no table has, and a wrong kind."""
    assert look_up(dump_abi, "hypercalls", "any", ["HVCALL_NO_SUCH_CALL"]) == {
        "HVCALL_NO_SUCH_CALL": None}
    assert look_up(dump_abi, "status", "any", ["HVCALL_GET_VP_REGISTERS"]) == {
        "HVCALL_GET_VP_REGISTERS": None}
