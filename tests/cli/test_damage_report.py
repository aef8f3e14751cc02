# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports of damaged captures, thousands, seeded, under ASan and UBSan.

The captures hold all that the rules of the report look at: crash registers, intercept messages, the
crash area, arguments, states, balances, failures. Whatever is changed in them, the exit status is a
documented one, JSON fits its schema, and what is whole is still shown.
"""

import itertools
import random
import struct

import pytest

import cores
import notes
from analyzer import HVDUMP_SAN, hvdump, valid
from test_damage import HOSTILE, cuts, flips, words
from test_findings import (AREA, BUG_CHECK, CHILD, GET_REGISTERS, INTERCEPT_SUSPEND, OOPS, PAGE,
                           TRACKED, area, child, crash, message, partition, stopped, unmapped, vp)

WAYS = (["report"], ["report", "--json"], ["report", "--signature"], ["report", "-v"],
        ["messages"], ["info", "--json"], ["vps", "--json"], ["check"])


def rich():
    """hvdump.elf of a host with everything wrong."""
    gave_up, first = stopped(message(0x80000021, index=1), 1)
    waits, second = stopped(unmapped(0x1000, 2), 2)
    return crash(child({**OOPS, INTERCEPT_SUSPEND: 0}), gave_up, waits, child(BUG_CHECK, 3),
                 partition(0x103, 1 << 3), vp(0, flags=8, ident=0x103), AREA,
                 notes.properties(CHILD, {0x70000: 1, 0x10000: 2}), notes.balance(CHILD, 3, 4),
                 notes.failure(GET_REGISTERS, 0xB, CHILD, 0), notes.memory(5, bytes(range(64))),
                 notes.pages(notes.page(5, notes.INPUT, vp=1), notes.page(6, notes.SIM)),
                 notes.unread((9, 2, 10, 5)), flags=TRACKED, stages=[notes.stage(3)],
                 loads=[(0x8000 * PAGE, area()), *first, *second])


def check(path, data, way, leaks):
    """What is wrong with one case, or None."""
    path.write_bytes(data)
    done = hvdump(way[0], path, *way[1:], program=HVDUMP_SAN, leaks=leaks)
    lines = done.stderr.splitlines()
    if done.returncode not in (0, 1, 3, 4):
        return f"exit {done.returncode}: {done.stderr[-2000:]}"
    # messages has a remark of its own on pages that are not there.
    said = len(lines) - (way[0] == "messages" and any("may hold messages" in l for l in lines))
    if said != (done.returncode != 0) or not all(l.startswith("hvdump: ") for l in lines):
        return f"exit {done.returncode}, stderr {done.stderr!r}"
    if "--json" in way and done.returncode != 1:
        valid(way[0], done.stdout)
    if done.returncode != 1 and not done.stdout and way[0] != "messages":
        return f"exit {done.returncode}, and nothing is shown"
    return None


def run_cases(path, cases):
    ways = itertools.cycle(WAYS)
    wrong = [f"{name}, {way}: {what}" for n, ((name, data), way) in enumerate(zip(cases, ways))
             if (what := check(path / "x", data, way, n % 20 == 0))]
    assert not wrong, f"{len(wrong)}; the first: {wrong[0]}"


def notes_of(data):
    """Where the notes are in the file."""
    offset, _, _, size = struct.unpack_from("<QQQQ", data, 64 + 8)
    return range(offset, offset + size)


def test_whole(tmp_path):
    """As it is, it has most of the findings."""
    path = tmp_path / "x"
    path.write_bytes(rich())
    found = valid("report", hvdump("report", "-j", path, program=HVDUMP_SAN).stdout)["findings"]
    assert {one["id"] for one in found} >= {
        "linux-panic", "hypervisor-crashed-later", "guest-crashed", "vp-gave-up",
        "vp-on-intercept", "hypervisor-out-of-memory", "partitions-differ", "vps-differ"}


def test_cut_anywhere(tmp_path):
    data = rich()
    run_cases(tmp_path, cuts(data[:notes_of(data).stop + 50], 13))
    run_cases(tmp_path, cuts(data, 401))


@pytest.mark.parametrize("first", range(3))
def test_a_flipped_bit(first, tmp_path):
    data = rich()
    run_cases(tmp_path, flips(data, range(notes_of(data).start + first, notes_of(data).stop, 9)))


def test_hostile_words(tmp_path):
    data = rich()
    cases = words(data, range(notes_of(data).start, notes_of(data).stop, 4))
    random.Random(4).shuffle(cases)
    run_cases(tmp_path, cases[:500])


def test_hostile_pages(tmp_path):
    """Crash area and messages."""
    data = rich()
    starts = [data.index(part[:64]) for part in (area(), message(0x80000021, index=1),
                                                 unmapped(0x1000, 2))]
    run_cases(tmp_path, words(data, [at + i for at in starts for i in range(0, 96, 4)]))


def test_many_changes_at_once(tmp_path):
    rng, data, cases = random.Random(48560), rich(), []
    for n in range(400):
        changed = bytearray(data)
        for _ in range(rng.randrange(1, 60)):
            at = rng.choice((rng.choice(notes_of(data)), rng.randrange(len(data))))
            if rng.random() < 0.3 and at + 4 <= len(data):
                struct.pack_into("<I", changed, at, rng.choice(HOSTILE))
            else:
                changed[at] = rng.randrange(256)
        cases.append((f"noise {n}", bytes(changed)))
    run_cases(tmp_path, cases)


def test_what_is_whole_is_still_shown(tmp_path):
    """Cut behind each record: all VPs and partitions before it are there, and the cut is said."""
    records = [notes.header(), notes.capture(), notes.partition(1, 0, 1), partition()]
    for index in range(6):
        records += child(OOPS if index == 2 else {}, index)
    at, data = [], notes.chunk([], close=False)
    for record in records:
        data += record
        at.append(len(data))
    for number in range(2, len(records) + 1):
        cut = cores.elf(data[:at[number - 1]] + b"\x07\0\0\0\xff\xff")
        path = tmp_path / "x"
        path.write_bytes(cut)
        done = hvdump("report", "--json", path, program=HVDUMP_SAN)
        assert done.returncode == 4, number
        shown = valid("report", done.stdout)
        partitions = {int(one["id"], 16): one for one in shown["partitions"]}
        vps = max(0, (number - 4 + 1) // 2)
        assert len(partitions) == min(2, max(0, number - 2))
        assert len(partitions.get(CHILD, {"vps": []})["vps"]) == vps
        ids = {one["id"] for one in shown["findings"]}
        assert ids >= {"linux-panic", "damaged", "capture-cut-off"}
        assert ("guest-crashed" in ids) == (number >= 4 + 6)
