#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ABI tables against Linux's own headers, where these are installed.

Debian's linux-headers-*-common has them: up to 6.14 as hyperv-tlfs.h, since 6.15 as
include/hyperv/; so have the kernels that the tests of whole systems keep in the cache, and the
archive of linux-source-*. HVDUMP_LINUX_HEADERS=PATH[:PATH...] names other ones instead. Every
name that a header has must be found by hvd_abi_find_name(), under the header's number; and every
row that `hvdump abi` prints as Linux's must be in the headers of 7.2, which the tables were made
from.

The names of counters are in the driver's source alone: they are read from it where the tree has
it, else from the arrays of a built mshv_root.ko, by readelf.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from analyzer import TOP, hvdump

sys.path.insert(0, str(TOP / "tests"))
from vm import paths  # noqa: E402  pylint: disable=wrong-import-position

KERNELS = paths.cache() / "kernels"
COUNTERS = "drivers/hv/mshv_debugfs_counters.c"
SOURCES = ["tests/unit/dump_abi.c", "formats/abi.c", "formats/abi_registers.c",
           "formats/abi_counters.c", "formats/abi_tables.c"]
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\(?(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\)?"
                    r"[ \t]*(?:/[*/].*)?$", re.M)
ENUMERATOR = re.compile(r"^[ \t]*(HV(?:MSG)?_\w+)\s*=\s*(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\s*,", re.M)
BIT = re.compile(r"^#define\s+(HV_\w+)\s+BIT\((\d+)\)", re.M)

# Encodings of arm64 ID registers that are reserved, and so have no row.
RESERVED = re.compile(r"HV_ARM64_REGISTER_ID_(AA64_)?RES\d+_EL1$")


def trees():
    """The header trees to compare with."""
    named = os.environ.get("HVDUMP_LINUX_HEADERS")
    if named:
        return named.split(":")
    found = [*sorted(glob.glob("/usr/src/linux-headers-*-common*")),
             *sorted(glob.glob("/usr/src/linux-source-*.tar.xz")),
             *sorted(map(str, KERNELS.glob("*/linux-headers-*")))[:1]]
    return [tree for tree in found
            if tree.endswith(".tar.xz")
            or (Path(tree) / "include/asm-generic/hyperv-tlfs.h").exists()
            or (Path(tree) / "include/hyperv").is_dir()]


def read(tree, *names):
    """The text of those files of a tree that exist."""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace")
                     for name in names for path in sorted(Path(tree).glob(name)))


class Headers:
    """What one tree defines: {name: number} per kind."""

    def __init__(self, tree):
        self.tree = Path(tree)
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
        self.system_properties = self._named(enumerators,
                                             r"HV_(SYSTEM|DYNAMIC\w+)_PROPERTY")
        self.messages = self._named(enumerators, r"HVMSG_")
        self.privileges = self._privileges(common)
        # the tables are as new as 7.2: its driver's calls are in no older header
        self.mshv = "HVCALL_MAP_STATS_PAGE2" in self.hypercalls and bool(self.messages)

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
def headers(request, tmp_path_factory):
    """One tree's headers."""
    if request.param is None:
        pytest.skip("no Linux headers with Hyper-V's in /usr/src "
                    "(linux-headers-*-common), and no HVDUMP_LINUX_HEADERS")
    if Path(request.param).is_file():
        return Headers(unpack(request.param, tmp_path_factory.mktemp("linux")))
    return Headers(request.param)


def unpack(archive, folder):
    """Of an archive of Linux's sources, what is compared; the tree's top."""
    subprocess.run(["tar", "-xf", archive, "-C", folder, "--wildcards", "--strip-components=1",
                    "*/include/hyperv/*.h", "*/hyperv-tlfs.h", f"*/{COUNTERS}"],
                   stderr=subprocess.DEVNULL, check=False, timeout=300)  # no release has them all
    assert any(folder.iterdir()), f"{archive}: none of Hyper-V's headers"
    return folder


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
    ("messages", "messages", "any"),
])
def test_since_6_15(dump_abi, headers, kind, attribute, arch):
    """Kinds that the older headers do not have."""
    expected = getattr(headers, attribute)
    if not expected:
        pytest.skip(f"this tree's headers name no {kind}")
    compare(dump_abi, kind, arch, expected)


def printed(kind, arch):
    """The rows that hvdump prints as Linux's: {code: name}."""
    done = hvdump("abi", kind, "--json")
    assert done.returncode == 0, done.stderr
    return {int(row["code"], 16): row["name"] for row in json.loads(done.stdout)["abi"]
            if "LX" in row["sources"] and arch in (row["arch"], "any")}


@pytest.mark.parametrize("kind, attribute, arch, least", [
    ("registers", "registers_x86_64", "x86-64", 120),
    ("registers", "registers_arm64", "arm64", 70),
    ("properties", "properties", "any", 10),
    ("hypercalls", "hypercalls", "any", 70),
    ("status", "statuses", "any", 30),
    ("system-properties", "system_properties", "any", 3),
    ("messages", "messages", "any", 25),
])
def test_printed_as_linux(headers, kind, attribute, arch, least):
    """What is printed as Linux's, and what Linux has, are the same codes."""
    if not headers.mshv:
        pytest.skip(f"{headers.tree} is older than the driver of 7.x, which has more")
    ours, theirs = printed(kind, arch), defaultdict(list)
    for name, code in getattr(headers, attribute).items():
        theirs[code].append(name)
    assert len(theirs) >= least
    assert {code: ours[code] for code in ours.keys() - theirs.keys()} == {}
    assert {code: theirs[code] for code in theirs.keys() - ours.keys()} == {}


# The arrays of the driver: {whose page: object type}.
OWNERS = {"hypervisor": 1, "lp": 2, "partition": 0x10001, "vp": 0x10002}


def counters_of_source(text, arch):
    """{code: name} of the driver's source, as the preprocessor leaves it."""
    config = {"x86-64": "X86_64", "arm64": "ARM64"}[arch]
    text = re.sub(r"^(#\s*(?:el)?if) IS_ENABLED\(CONFIG_(\w+)\)",
                  lambda found: f"{found[1]} {int(found[2] == config)}", text, flags=re.M)
    text = subprocess.run(["cpp", "-P", "-DMSHV_DEBUGFS_C", "-"], input=text, text=True,
                          stdout=subprocess.PIPE, check=True).stdout
    found = {}
    for owner, rows in re.findall(r"hv_(\w+)_counters\[\] = \{(.*?)\};", text, re.S):
        for index, name in re.findall(r"\[(\d+)\]\s*=\s*\"(\w+)\"", rows):
            found[OWNERS[owner] << 12 | int(index)] = name
    return found


def readelf(*options):
    return subprocess.run(["readelf", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=True).stdout


def counters_of_module(module):
    """{code: name} of the arrays of pointers in a module, which are all relocations."""
    found, image = {}, module.read_bytes()
    sections = {name: (int(number), int(offset, 16)) for number, name, offset in re.findall(
        r"\[ *(\d+)\] (\S+) +\w+ +[0-9a-f]+ ([0-9a-f]+)", readelf("-SW", module))}
    numbers = {number: name for name, (number, _) in sections.items()}
    pointers = {}
    for block in re.split(r"^Relocation section ", readelf("-rW", module), flags=re.M)[1:]:
        at = re.match(r"'\.rela(\S+)'", block)
        for place, target, addend in re.findall(
                r"^([0-9a-f]+) .*R_X86_64_64 +[0-9a-f]+ (\S+) \+ ([0-9a-f]+)$", block, re.M):
            pointers[at and at[1], int(place, 16)] = (target, int(addend, 16))
    for start, size, number, owner in re.findall(
            r"([0-9a-f]+) +(\d+) OBJECT .* (\d+) hv_(\w+)_counters$", readelf("-sW", module), re.M):
        for index in range(int(size) // 8):
            target = pointers.get((numbers[int(number)], int(start, 16) + 8 * index))
            if target:
                name = image[sections[target[0]][1] + target[1]:].split(b"\0", 1)[0]
                found[OWNERS[owner] << 12 | index] = name.decode()
    return found


@pytest.mark.parametrize("arch", ["x86-64", "arm64"])
def test_counters_of_the_source(headers, arch):
    if not (headers.tree / COUNTERS).exists():
        pytest.skip(f"{headers.tree} has no {COUNTERS}")
    theirs = counters_of_source((headers.tree / COUNTERS).read_text(), arch)
    assert len(theirs) > 150
    assert printed_counters(arch) == theirs


def test_counters_of_the_driver():
    """The same names, as they are in a built driver."""
    modules = sorted(KERNELS.glob("7.2*/lib/modules/*/kernel/drivers/hv/mshv_root.ko"))
    if not modules:
        pytest.skip(f"no mshv_root.ko of 7.2 in {KERNELS}")
    theirs = counters_of_module(modules[0])
    assert len(theirs) > 250
    assert printed_counters("x86-64") == theirs


def printed_counters(arch):
    done = hvdump("abi", "counters", "--json")
    assert done.returncode == 0, done.stderr
    return {int(row["code"], 16): row["name"] for row in json.loads(done.stdout)["abi"]
            if row["arch"] == arch}


def test_unknown_name_is_none(dump_abi):
    """The comparison can fail: a name that no table has, and a wrong kind."""
    assert look_up(dump_abi, "hypercalls", "any", ["HVCALL_NO_SUCH_CALL"]) == {
        "HVCALL_NO_SUCH_CALL": None}
    assert look_up(dump_abi, "status", "any", ["HVCALL_GET_VP_REGISTERS"]) == {
        "HVCALL_GET_VP_REGISTERS": None}
