# SPDX-License-Identifier: GPL-2.0-or-later
"""`hvdump stats`: counters by name, of minihv's pages, which its second implementation makes."""

import re
import sys

import pytest

import cores
import notes
from analyzer import TOP, hvdump, valid, write

sys.path.insert(0, str(TOP / "tests"))
from minihv import registers as rule  # noqa: E402

PAGE, SEED, CHILD, STATS = 4096, 0x77, 0x102, 10
HYPERVISOR, LP, PARTITION, VP = 1, 2, 0x10001, 0x10002
NOBODY, NO_VP = 2**64 - 1, 2**32 - 1
COUNTERS = (TOP / "formats/abi_counters.def").read_text()

# (object, area, partition, index): what the dump holds, in no order
OBJECTS = [(VP, 0, CHILD, 1), (PARTITION, 0, CHILD, NO_VP), (HYPERVISOR, 0, NOBODY, NO_VP),
           (LP, 0, NOBODY, 3), (VP, 1, CHILD, 1), (VP, 0, 1, 0)]


def page_of(kind, area, partition, index):
    return rule.stats_page(SEED, kind, area, 0 if partition == NOBODY else partition, index, cpus=4)


@pytest.fixture(name="dump", scope="module")
def make_dump(tmp_path_factory):
    """Each object's page in memory, but for one that is nowhere."""
    uses, loads = [], []
    for number, (kind, area, partition, index) in enumerate(OBJECTS):
        pfn = 0x100 + 2 * number
        uses.append((partition, pfn, index, STATS, kind | area << 24, 0))
        loads.append((pfn * PAGE, page_of(kind, area, partition, index)))
    uses.append((CHILD, 0x200, 2, STATS, VP, 0))
    listed = [notes.header(), notes.capture(), notes.partition(1, 0, 1),
              notes.partition(CHILD, 1, 3), *(notes.vp(CHILD, n) for n in range(3)),
              notes.vp(1, 0), notes.pages(*uses)]
    data = notes.chunk([*listed, notes.end(listed[1:])])
    return write(tmp_path_factory.mktemp("stats") / "hvdump.elf", cores.elf(data, loads))


def names(kind):
    """{index: name} as the table has them for x86-64."""
    word = {HYPERVISOR: "HYPERVISOR", LP: "LP", PARTITION: "PARTITION", VP: "VP"}[kind]
    return {int(index): name for index, name in
            re.findall(rf"HVD_COUNTER\({word}, +(\d+), +(\w+), +(?:ANY|X86_64),", COUNTERS)}


def stats(dump, *options):
    done = hvdump("stats", "--json", *options, dump)
    assert done.returncode == 0
    return valid("stats", done.stdout)["stats"]


def test_every_counter_is_minihv_s(dump):
    shown = {(one["object"], one["area"], one["partition"], one["vp"], one["lp"]): one
             for one in stats(dump, "--all")}
    assert len(shown) == len(OBJECTS) + 1
    compared = 0
    for kind, area, partition, index in OBJECTS:
        key = ({HYPERVISOR: "hypervisor", LP: "lp", PARTITION: "partition", VP: "vp"}[kind],
               ["self", "parent"][area], None if partition == NOBODY else f"{partition:#018x}",
               index if kind == VP else None, index if kind == LP else None)
        page, by_index = page_of(kind, area, partition, index), names(kind)
        counters = shown[key]["counters"]
        for number in range(512):
            value = int.from_bytes(page[8 * number:8 * number + 8], "little")
            counter = counters.get(by_index.get(number, str(number)))
            assert counter and counter["index"] == number
            assert counter["value"] == f"{value:#018x}"
            compared += 1
    assert compared == 512 * len(OBJECTS)


def test_they_come_in_order_and_what_is_absent_is_said(dump):
    done = hvdump("stats", dump)
    headings = [line for line in done.stdout.splitlines() if line.startswith("Counters")]
    assert [re.sub(r": page 0x\w+", "", one) for one in headings] == [
        "Counters of hypervisor, area self", "Counters of LP 3, area self",
        "Counters of partition 0x102, area self", "Counters of partition 0x1, VP 0, area self",
        "Counters of partition 0x102, VP 1, area self",
        "Counters of partition 0x102, VP 1, area parent",
        "Counters of partition 0x102, VP 2, area self, not in the dump: absent"]
    assert (done.returncode, done.stderr) == (0, "")
    absent = [one for one in stats(dump) if one["vp"] == 2]
    assert absent[0]["counters"] is None and absent[0]["state"] == "absent"


def test_only_what_was_asked_for(dump):
    assert {(one["object"], one["vp"]) for one in stats(dump, "-p", "0x102")} == {
        ("partition", None), ("vp", 1), ("vp", 2)}
    assert [one["area"] for one in stats(dump, "-p", "0x102", "--vp", "1")] == ["self", "parent"]
    assert [one["lp"] for one in stats(dump, "--lp", "3")] == [3]
    assert not stats(dump, "--lp", "4")
    assert hvdump("stats", "--lp", "x", dump).returncode == 2
    assert hvdump("regs", "--lp", "1", dump).returncode == 2


def test_zeros_only_when_asked_for(tmp_path):
    data = bytes(8) + (7).to_bytes(8, "little") + bytes(PAGE - 16)
    listed = [notes.header(), notes.capture(), notes.partition(1, 0, 1),
              notes.pages((NOBODY, 0x100, NO_VP, STATS, HYPERVISOR, 0))]
    dump = write(tmp_path / "hvdump.elf", cores.elf(
        notes.chunk([*listed, notes.end(listed[1:])]), [(0x100 * PAGE, data)]))
    assert list(stats(dump)[0]["counters"]) == ["HvLogicalProcessors"]
    assert list(stats(dump, "--all")[0]["counters"]) == list(names(HYPERVISOR).values())
    assert hvdump("stats", dump).stdout.split()[-2:] == ["HvLogicalProcessors", "7"]


@pytest.mark.parametrize("detail", [0, 3, 0x10003, 0xFFFFFFFF, VP | 9 << 24])
def test_an_object_that_nobody_knows(tmp_path, detail):
    listed = [notes.header(), notes.capture(), notes.partition(1, 0, 1),
              notes.pages((1, 0x100, 0, STATS, detail, 0))]
    dump = write(tmp_path / "hvdump.elf", cores.elf(
        notes.chunk([*listed, notes.end(listed[1:])]), [(0x100 * PAGE, b"\1" * PAGE)]))
    one, = stats(dump)
    assert len(one["counters"]) == 512
    assert hvdump("stats", dump).returncode == 0
