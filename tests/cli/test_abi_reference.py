#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ABI tables against the project's reference, in both directions.

The reference is a document of facts with a table per kind, and lies beside the repository; in a
bare clone there is none. Compared are codes, names, and which sources have each.
"""

import json
import re

import pytest

from analyzer import TOP, hvdump
from test_abi_linux_headers import dump_abi, look_up  # noqa: F401  pylint: disable=unused-import

REFERENCE = TOP.parent / "shared/reference/hyperv-abi-facts.md"
LETTERS = {"LX": "L", "MSHV": "M", "OVMM": "O", "TLFS": "T", "WDK": "W", "MILE": "m"}
OBJECTS = {"8.1": 1, "8.2": 2, "8.3": 0x10001, "8.4": 0x10002}
ROW = re.compile(r"^\|(.*)\|$", re.M)

# Names of the reference that ours have not, or under another code: {(kind, code, name): reason}
EXCEPT_NAMES = {
    ("messages", 0x80010005, "X64IommuPrq"): "Linux gives this name to 0x80010006, and so do we",
    ("properties", 0xA0000, "HVPartitionPropertyExtendedProperyMax"): "the enumeration's end",
}
# Codes that one side does not have: {(kind, arch, code): reason}
EXCEPT_CODES = {
    ("hypercalls", "any", 0x105): "only in the reference's section 4.14, third-party's alone",
    ("properties", "any", 0xA0000): "the enumeration's end, third-party's alone; no property",
}
# Where the sources of a code differ: {(kind, arch, code): reason}
EXCEPT_SOURCES = {
    ("status", "any", 0x20): "the WDK of 2009 has it as SSE3's, which is its other name here",
    ("status", "any", 0x33): "the WDK of 2009 has it as XSAVE's, which is its other name here",
}

pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason=f"{REFERENCE} is not there")


def section(number):
    """The text below a heading of this number, up to the next heading."""
    text = REFERENCE.read_text(encoding="utf-8")
    return re.search(rf"^#+ {re.escape(number)} [^\n]*\n(.*?)(?=^#+ )", text, re.M | re.S)[1]


def rows(text):
    """The cells of table rows that begin with a number."""
    for line in ROW.findall(text):
        cells = [cell.strip() for cell in line.split("|")]
        if re.match(r"(0x[0-9A-Fa-f]+|\d+)\b", cells[0]):
            yield cells


def spread(first, last, count):
    """The names from R8 to R15; an index may be hexadecimal and need not be last."""
    for start in range(len(first)):
        for end in range(len(first), start, -1):
            for digits, base in (("d", 10), ("X", 16)):
                try:
                    index = int(first[start:end], base)
                except ValueError:
                    continue
                names = [f"{first[:start]}{format(index + i, digits)}{first[end:]}"
                         for i in range(count)]
                if names[0] == first and names[-1] == last:
                    return names
    raise AssertionError(f"{first}..{last}: no index")


class Table(dict):
    """{(arch, code): (names, letters)} of a kind."""

    def add(self, arch, code, names, letters):
        assert (arch, code) not in self, f"{code:#x} twice"
        self[arch, code] = (names, letters)


def registers():
    table = Table()
    for number, arch in (("5.1", "x86-64"), ("5.7", "arm64")):
        for codes, names, _, _, letters in rows(section(number)):
            first, *last = (int(code, 16) for code in codes.split(".."))
            names = re.findall(r"`(\w+)`", names)
            if not last:
                table.add(arch, first, names, letters)
                continue
            assert len(names) == 2
            for i, name in enumerate(spread(*names, last[0] - first + 1)):
                table.add(arch, first + i, [name], letters)
    return table


def messages():
    table = Table()
    for code, name, others, letters in rows(section("7.1")):
        table.add("any", int(code, 16), [name, *re.findall(r"\w+", others)], letters)
    return table


def statuses():
    table = Table()
    for code, _, meanings in rows(section("3.6")):
        found = re.findall(r"(\w+) \((\w+)\)", meanings)
        letters = "".join(letters for _, letters in found)
        table.add("any", int(code, 16), [name for name, _ in found],
                  "".join(sorted(set(letters))))
    return table


def hypercalls():
    table = Table()
    for code, name, _, _, macro, letters in rows(section("4.1")):
        table.add("any", int(code, 16), [name.replace("Ext:", "Ext")] + [macro] * bool(macro),
                  letters)
    return table


def properties():
    table = Table()
    for cells in rows(section("4.3")):
        if len(cells) == 4 and len(cells[0]) == 10:
            table.add("any", int(cells[0], 16), [cells[1]], cells[3])
    return table


def system_properties():
    table = Table()
    for cells in rows(section("4.11")):
        if len(cells) == 4:
            name = re.sub(r"(System)?Property(?=$|_)", "", cells[2])  # ours lose it
            table.add("any", int(cells[0], 16), [name], "Lm" if cells[3] else "m")
    return table


def counters():
    table = Table()
    for number, owner in OBJECTS.items():
        for part in re.split(r"^(?=\w+:$)", section(number), flags=re.M):
            arch = {"x64": ["x86-64"], "arm64": ["arm64"]}.get(part.split(":")[0],
                                                              ["x86-64", "arm64"])
            for cells in rows(part):
                for one in arch:
                    table.add(one, owner << 12 | int(cells[0]), [cells[1]], "L")
    return table


KINDS = {"registers": (registers, 900), "messages": (messages, 40), "counters": (counters, 350),
         "properties": (properties, 100), "hypercalls": (hypercalls, 200),
         "status": (statuses, 60), "system-properties": (system_properties, 50)}


def printed(kind):
    """What hvdump prints of a kind: {(arch, code): (name, letters)}."""
    found = {}
    done = hvdump("abi", kind, "--json")
    assert done.returncode == 0, done.stderr
    for row in json.loads(done.stdout)["abi"]:
        arch = row["arch"] if kind in ("registers", "counters") else "any"
        found[arch, int(row["code"], 16)] = (
            row["name"], "".join(LETTERS[source] for source in row["sources"]))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_same_codes(kind):
    """Each code of the reference is printed, and none but these."""
    parse, least = KINDS[kind]
    theirs, ours = parse(), printed(kind)
    assert len(theirs) >= least
    different = {(kind, *key) for key in set(theirs) ^ set(ours)}
    assert sorted(different) == sorted(key for key in EXCEPT_CODES if key[0] == kind)


@pytest.mark.parametrize("kind", KINDS)
def test_same_sources(kind):
    """So what is third-party's alone is marked so, and nothing else."""
    theirs, ours = KINDS[kind][0](), printed(kind)
    different = {(kind, *key): (ours[key][1], theirs[key][1]) for key in set(theirs) & set(ours)
                 if set(ours[key][1]) != set(theirs[key][1])}
    assert different.keys() == {key for key in EXCEPT_SOURCES if key[0] == kind}, different


def spelling(name):
    return name.replace("_", "").upper()


@pytest.mark.parametrize("kind", KINDS)
def test_same_names(kind, dump_abi):  # noqa: F811  pylint: disable=redefined-outer-name
    """Each name of the reference is the row's, or is found as another name of its code."""
    theirs, ours = KINDS[kind][0](), printed(kind)
    wrong = set()
    for arch in {arch for arch, _ in theirs}:
        asked = [(code, name) for (one, code), (names, _) in theirs.items() if one == arch
                 for name in names
                 if spelling(name) != spelling(ours.get((arch, code), ("",))[0])]
        found = look_up(dump_abi, kind, arch, [name for _, name in asked])
        wrong |= {(kind, code, name) for code, name in asked if found[name] != code}
    assert sorted(wrong) == sorted(key for key in EXCEPT_NAMES if key[0] == kind)


def test_spread():
    assert spread("R8", "R15", 8)[2] == "R10"
    assert spread("BASE0", "BASEF", 16)[10] == "BASEA"
    assert spread("PM0_EL0", "PM30_EL0", 31)[30] == "PM30_EL0"
    with pytest.raises(AssertionError):
        spread("A0", "A9", 9)
