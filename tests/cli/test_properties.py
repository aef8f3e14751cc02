# SPDX-License-Identifier: GPL-2.0-or-later
"""Partition properties: every one comes back under its name, in words where words are known.

Which bit is which feature, Linux's own header says; what the words are, the properties' units in
`hvdump abi` and the values that the hypervisor's published interfaces name.
"""

import functools
import re
import sys

import pytest

import cores
import notes
from analyzer import TOP, hvdump, valid, write

sys.path.insert(0, str(TOP / "tests"))
from vm import paths  # noqa: E402  pylint: disable=wrong-import-position

CHILD = 0x102
MACHINES = {"x86-64": 62, "arm64": 183}
HEADERS = sorted((paths.cache() / "kernels").glob("*/linux-headers-*/include/hyperv/hvhdk.h"))
# {property: (Linux's union, its word of 64 bits)}
FEATURES = {
    "SYNTHETIC_PROC_FEATURES": ("hv_partition_synthetic_processor_features", 0),
    "PROCESSOR_FEATURES0": ("hv_partition_processor_features", 0),
    "PROCESSOR_FEATURES1": ("hv_partition_processor_features", 1),
    "PROCESSOR_XSAVE_FEATURES": ("hv_partition_processor_xsave_features", 0),
}


@functools.cache
def table():
    """{name: row}, of those that a partition's note may have."""
    rows = valid("abi", hvdump("abi", "properties", "--json").stdout)["abi"]
    return {row["name"]: row for row in rows if row["bits"]}


def code(name):
    return int(table()[name]["code"], 16)


def dump(path, values, arch="x86-64"):
    """values: [{code: value}] of a partition each."""
    listed = [notes.header(machine=MACHINES[arch]), notes.capture(), notes.partition(1, 0, 1)]
    for number, of_partition in enumerate(values):
        listed += [notes.partition(CHILD + number, 1, 3),
                   notes.properties(CHILD + number, of_partition)]
    return write(path, cores.elf(notes.chunk([*listed, notes.end(listed[1:])], size=8 << 20)))


def shown(path, values, arch="x86-64"):
    """What `partitions` has of them: [{name: property}]"""
    done = hvdump("partitions", "--json", dump(path, values, arch))
    assert done.returncode == 0, done.stderr
    return [one["properties"] for one in valid("partitions", done.stdout)["partitions"][1:]]


def words(path, name, *values, arch="x86-64"):
    return [one[name]["words"] for one in
            shown(path, [{code(name): value} for value in values], arch)]


@pytest.mark.parametrize("arch", MACHINES)
def test_every_property_comes_back(tmp_path, arch):
    values = {code(name): code(name) * 0x9E3779B97F4A7C15 % 2 ** 64 for name in table()}
    found, = shown(tmp_path / "x", [values], arch)
    assert {name: (one["code"], int(one["value"], 16), one["status"])
            for name, one in found.items()} == \
        {name: (row["code"], values[code(name)], "SUCCESS") for name, row in table().items()}


@pytest.mark.parametrize("arch", MACHINES)
def test_each_bit_is_in_one_field_or_none(tmp_path, arch):
    zeros, *bits = shown(tmp_path / "x", [dict.fromkeys(map(code, table()), value)
                                          for value in (0, *(1 << bit for bit in range(64)))], arch)
    seen = 0
    for name in (name for name in zeros if zeros[name]["fields"]):
        places = set()
        for bit, found in enumerate(bits):
            now = found[name]["fields"]
            if now.keys() != zeros[name]["fields"].keys():
                continue  # the value chose another layout
            changed = [field for field in now if now[field] != zeros[name]["fields"][field]]
            assert len(changed) <= 1, (name, bit, changed)
            places.update(changed)
        assert places, name
        seen += len(places)
    assert seen > (150 if arch == "x86-64" else 70)


def union(header, name):
    """{field: bit} of a union of bits in Linux's header."""
    body = re.search(rf"^union {name} {{(.*?)^}}", header, re.M | re.S)[1]
    bit, found = 0, {}
    for field, bits in re.findall(r"^\s*u64\s+(\w+)\s*:\s*(\d+);", body, re.M):
        found[field] = bit
        bit += int(bits)
    return {field: bit for field, bit in found.items() if not field.startswith("reserved")}


@pytest.mark.parametrize("name", FEATURES)
def test_features_are_those_of_linux(tmp_path, name):
    """Each of its bits has its name, and no other bit has one. (We leave "_support" away.)"""
    if not HEADERS:
        pytest.skip("no kernel's headers in the cache that have hyperv/hvhdk.h")
    linux, word = FEATURES[name]
    bits = union(HEADERS[-1].read_text(), linux)
    expected = {bit - 64 * word: field.removesuffix("_support") for field, bit in bits.items()
                if bit // 64 == word}
    found = words(tmp_path / "x", name, *(1 << bit for bit in range(64)))
    assert {bit: text for bit, text in enumerate(found) if text} == expected


def test_privileges_are_those_of_the_table(tmp_path):
    rows = valid("abi", hvdump("abi", "privileges", "--json").stdout)["abi"]
    names = {int(row["code"], 16): row["name"] for row in rows}
    found = words(tmp_path / "x", "PRIVILEGE_FLAGS", *(1 << bit for bit in range(64)))
    assert {bit: text for bit, text in enumerate(found) if text} == names
    assert len(names) > 30


@pytest.mark.parametrize("name, arch, values", [
    ("ISOLATION_TYPE", "x86-64", {0: "none", 1: "VBS", 2: "SEV-SNP", 3: "TDX", 9: "0x9"}),
    ("ISOLATION_TYPE", "arm64", {4: "CCA"}),
    ("ISOLATION_STATE", "x86-64", {0: "invalid", 1: "insecure, clean", 2: "insecure, dirty",
                                   3: "secure", 4: "secure, dirty", 5: "secure, terminating"}),
    # The policy of a guest that may be debugged, of ABI 0.31 (the bit 17 is always 1).
    ("ISOLATION_POLICY", "x86-64", {0xb001f: "abi_minor=31 smt debug", 0x30100: "abi_major=1 smt"}),
    ("UNIMPLEMENTED_MSR_ACTION", "x86-64", {0: "fault", 1: "ignore writes, read zero"}),
    ("PROCESSOR_VENDOR", "x86-64", {0: "AMD", 1: "Intel", 2: "Hygon"}),
    ("PROCESSOR_VENDOR", "arm64", {0x10: "Arm"}),
    ("COMPATIBILITY_VERSION", "x86-64", {0x609: "minor=9 major=6"}),
    ("SUSPEND", "x86-64", {0: "no", 1: "yes"}),
    ("REFERENCE_TIME", "x86-64", {15_000_000: "1.50 s", 2 ** 64 - 1: None}),
    ("PROCESSOR_CLOCK_FREQUENCY", "x86-64", {2_400_000_000: "2400000000 Hz"}),
    ("PHYSICAL_ADDRESS_WIDTH", "x86-64", {46: "46 bits"}),
    ("XSAVE_STATES", "x86-64", {7: "X87 SSE AVX"}),
    ("GUEST_OS_ID", "x86-64", {0x8100_0006_01c0_0000: "patch=192 minor=1 major=6 os_type=Linux "
                                                      "open_source"}),
    # What is a number, and a bank of features of another machine.
    ("CPU_WEIGHT", "x86-64", {100: None}),
    ("PROCESSOR_FEATURES0", "arm64", {1: None}),
])
def test_words(tmp_path, name, arch, values):
    assert dict(zip(values, words(tmp_path / "x", name, *values, arch=arch))) == values


def test_text_has_the_same_words(tmp_path):
    """All of them, however many: they are wrapped, and lines stay short."""
    values = {code(name): 2 ** 64 - 1 for name in (*FEATURES, "PRIVILEGE_FLAGS")}
    found, = shown(tmp_path / "x", [values])
    done = hvdump("partitions", "-v", tmp_path / "x")
    assert done.returncode == 0
    _, title, text = done.stdout.partition(f"\nPartition {CHILD:#018x} (child)\n")
    assert title
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert text.split() == [word for name, one in found.items()
                            for word in (name, one["value"], *(one["words"] or "").split())]
    assert "\nPartition" not in hvdump("partitions", tmp_path / "x").stdout
