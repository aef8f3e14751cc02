# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps that are cut or changed, thousands of them, under ASan and UBSan.

Whatever the damage: a documented exit status, at most one line on stderr, valid JSON if any, and
not one word of the sanitizers.
"""

import itertools
import random
import struct
from concurrent.futures import ThreadPoolExecutor

import pytest

import analyzer
import cores
import notes
from analyzer import FILE_COMMANDS, HVDUMP_SAN, described, hvdump, valid

HOSTILE = [0, 1, 3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF]


COMMANDS = [*FILE_COMMANDS, "page"]


def small():
    """A whole capture of 1.3 KB, so that every offset can be tried."""
    return notes.segment(vps=2)


def with_memory():
    """The same with all that tells of memory; page 3 in all of it."""
    captured = [notes.capture(), notes.partition(1, 0, 1),
                notes.memory(3, bytes(range(64)), offset=8),
                notes.pages(notes.page(3), notes.page(4, flags=notes.GUARDED),
                            notes.page(7, kind=notes.SIM))]
    return (notes.chunk([notes.header(), *captured, notes.end(captured)])
            + notes.chunk([notes.stage(2)], role=1)
            + notes.chunk([notes.unread((4, 3, 10, 0), (9, 1, 3, 14))], role=2))


def check(path, data, command, as_json, leaks):
    """Run one case; what is wrong with it, or None."""
    path.write_bytes(data)
    args = [command, path] + (["0x3000"] if command == "page" else [])
    args += ["--json"] if as_json else []
    done = hvdump(*args, program=HVDUMP_SAN, leaks=leaks)
    lines = done.stderr.splitlines()
    if done.returncode not in (0, 1, 3, 4):
        return f"exit {done.returncode}: {done.stderr[-2000:]}"
    if len(lines) != (done.returncode != 0) or not all(l.startswith("hvdump: ") for l in lines):
        return f"exit {done.returncode}, stderr {done.stderr!r}"
    if as_json and done.returncode != 1:
        valid("page_command" if command == "page" else command, done.stdout)
    return None


def run_cases(tmp_path, cases):
    """cases: (name, bytes); the commands take turns, in text and in JSON."""
    kinds = itertools.cycle([(c, j) for c in COMMANDS for j in (False, True)])
    jobs = [(i, name, data, *kind) for i, ((name, data), kind) in enumerate(zip(cases, kinds))]

    def one(job):
        i, name, data, command, as_json = job
        path = tmp_path / str(i)
        wrong = check(path, data, command, as_json, i % 10 == 0)
        path.unlink()
        return wrong and f"{name}, {command}{' --json' if as_json else ''}: {wrong}"

    with ThreadPoolExecutor(2) as pool:
        wrong = [w for w in pool.map(one, jobs) if w]
    assert not wrong, f"{len(wrong)} of {len(jobs)} cases; the first: {wrong[0]}"
    return len(jobs)


def cuts(data, step):
    return [(f"cut to {n}", data[:n]) for n in range(0, len(data), step)]


def flips(data, offsets):
    out = []
    for n, offset in enumerate(offsets):
        changed = bytearray(data)
        changed[offset] ^= 1 << (n * 5 + offset) % 8
        out.append((f"bit of byte {offset}", bytes(changed)))
    return out


def words(data, offsets):
    """Hostile 32-bit words, and 64-bit ones where one of the file's may be."""
    out = []
    for offset, value in itertools.product(offsets, HOSTILE):
        changed = bytearray(data)
        struct.pack_into("<I", changed, offset, value)
        out.append((f"{value:#x} at {offset}", bytes(changed)))
        if offset % 8 == 0 and offset + 8 <= len(data):
            struct.pack_into("<Q", changed, offset, value << 32 | value)
            out.append((f"64 bits of {value:#x} at {offset}", bytes(changed)))
    return out


def files():
    return {
        "notes": small(),
        "elf": cores.elf(small(), loads=[(0, bytes(64))]),
        "kdump": analyzer.kdump(small(), pages={3: b"page", 9: b"another"}),
        "memory-notes": with_memory(),
        "memory-elf": cores.elf(with_memory(), loads=[(0x3000, bytes(4096)), (0x7000, bytes(9))]),
    }


def test_whole_files_are_clean(tmp_path):
    for name, data in files().items():
        for command, as_json in itertools.product(FILE_COMMANDS, (False, True)):
            path = tmp_path / name
            path.write_bytes(data)
            done = hvdump(command, path, *(["--json"] if as_json else []), program=HVDUMP_SAN)
            assert (done.returncode, done.stderr) == (0, ""), (name, command)


@pytest.mark.parametrize("name", files())
def test_cut_anywhere(name, tmp_path):
    data = files()[name]
    step = 3 if name in ("notes", "elf") else len(data) // 310
    assert run_cases(tmp_path, cuts(data, step)) >= 300


@pytest.mark.parametrize("make, step", [(small, 1), (with_memory, 3)])
def test_flipped_bit_in_every_note_byte(make, step, tmp_path):
    data = make()
    run_cases(tmp_path, flips(data, range(0, len(data), step)))


@pytest.mark.parametrize("name, headers", [("elf", range(176)), ("kdump", [
    *range(0, 12), *range(272, 280), *range(424, 464), *range(4096, 4204)])])
def test_flipped_bit_in_every_header_byte(name, headers, tmp_path):
    run_cases(tmp_path, flips(files()[name], headers))


@pytest.mark.parametrize("name, offsets", [
    ("elf", range(32, 176, 4)),
    ("kdump", [8, *range(424, 464, 4), *range(4096 + 32, 4096 + 104, 4)])])
def test_hostile_header_words(name, offsets, tmp_path):
    run_cases(tmp_path, words(files()[name], offsets))


@pytest.mark.parametrize("make, step", [(small, 16), (with_memory, 32)])
def test_hostile_note_words(make, step, tmp_path):
    """Each length, count and stride: notes' own, records', elements'."""
    data = make()
    run_cases(tmp_path, words(data, range(0, len(data), step)))


def test_hostile_loads(tmp_path):
    """Addresses, sizes and offsets of memory, where a page of it is asked for."""
    data = cores.elf(with_memory(), loads=[(0x2000, bytes(8192)), (0x3000, bytes(4096))])
    run_cases(tmp_path, words(data, range(64 + 56, 64 + 3 * 56, 8)))


def test_hostile_compressed_pages(tmp_path):
    """Headers, bitmaps and descriptors that lie."""
    data = analyzer.kdump(small(), pages={3: bytes(range(256)) * 16, 9: bytes(4096)})
    descriptors = data.index(struct.pack("<QII", len(data) - 8192, 4096, 0))
    offsets = [*range(424, 464, 4), *range(4096 + 32, 4096 + 104, 8),
               *range(descriptors, descriptors + 48, 4)]
    cases = words(data, offsets) + cuts(data, len(data) // 40)
    wrong = [what for n, (name, case) in enumerate(cases)
             if (what := check(tmp_path / "x", case, "page", bool(n % 2), False))]
    assert not wrong, wrong[0]


def test_duplicated_dropped_and_shuffled_notes(tmp_path):
    """Whole records, whose sizes are right, where they do not belong."""
    rng = random.Random(48560)
    records = [notes.header(), notes.capture(), notes.partition(1, 0, 1),
               notes.partition(0x102, 1, 3), notes.vp(0x102, 0),
               notes.registers(0x102, 0, {0x20010: 1, 0x40000: 0x11}),
               notes.record(notes.STAGE, struct.pack("<QIIII", 5, 0, 2, 3, 0)),
               notes.record(notes.FAILURE, bytes(32)), notes.record(0x4856FFFF, b"?"),
               notes.record(notes.PROPERTIES, struct.pack("<QII", 0x102, 0, 0)),
               notes.record(notes.HYPERVISOR, struct.pack("<II", 0, 20)),
               notes.pages(notes.page(3), notes.page(2**60)), notes.memory(3, bytes(8)),
               notes.unread((3, 9, 1, 5), (2**52 - 2, 1, 1, 0)),
               notes.end([]), notes.vmcoreinfo(), notes.prstatus(), bytes(12)]
    cases = []
    for n in range(400):
        chosen = rng.choices(records, k=rng.randrange(1, 20))
        data = notes.chunk(chosen, index=rng.randrange(3), role=rng.randrange(3),
                           close=rng.random() < 0.5)
        if rng.random() < 0.3:
            data += notes.chunk(rng.choices(records, k=3), nonce=rng.randrange(2))
        cases.append((f"shuffle {n}", data))
    run_cases(tmp_path, cases)


def test_random_bytes_behind_a_good_beginning(tmp_path):
    rng = random.Random(1)
    data = described("panic")
    cases = []
    for n in range(300):
        changed = bytearray(data)
        for _ in range(rng.randrange(1, 40)):
            changed[rng.randrange(len(data))] = rng.randrange(256)
        cases.append((f"noise {n}", bytes(changed)))
    run_cases(tmp_path, cases)


def test_damage_is_located(tmp_path):
    """The error names the chunk or note, and the rest is shown."""
    data = bytearray(small())
    records = notes.segment(vps=2)
    where = records.index(notes.registers(0x102, 0, {0x20010: 0, 0x20000: 2**100}))
    struct.pack_into("<I", data, where + 4, 0xFFFFFF)
    path = tmp_path / "x"
    path.write_bytes(data)
    done = hvdump("vps", path)
    assert done.returncode == 4
    assert f"note offset {where}: expected a note that ends inside" in done.stderr
    assert len(done.stdout.splitlines()) == 3  # the heading and both VPs
    done = hvdump("notes", path)
    assert any(line.split()[:2] == [str(where), "DAMAGE"] for line in done.stdout.splitlines())
    done = hvdump("report", path)
    assert "The file is damaged" in done.stdout and f"note offset {where}" in done.stdout


def test_file_cut_behind_the_notes(tmp_path):
    """A vmcore cut in its memory: the notes are whole, and the cut is said."""
    data = cores.elf(small(), loads=[(0, bytes(100000))])
    path = tmp_path / "vmcore"
    path.write_bytes(data[:-5])
    done = hvdump("report", path)
    assert done.returncode == 4 and "the file is cut" in done.stderr
    assert "the file is cut" in done.stdout and "complete: " in done.stdout


@pytest.mark.parametrize("split", [None, (0, 10), (10, 4096)])
def test_kdump_cut_behind_the_notes(split, tmp_path):
    """Whole, or a part of a split dump: each missing byte of the pages is missed."""
    pages = {pfn: bytes([pfn % 256]) * 50 for pfn in (1, 8, 9, 10, 700, 4095)}
    data = analyzer.kdump(small(), pages=pages, split=split)
    path = tmp_path / "vmcore"
    path.write_bytes(data)
    done = hvdump("report", path)
    if split:
        assert done.returncode == 4 and "a part of the split dump is missing" in done.stderr
    else:
        assert (done.returncode, done.stderr) == (0, "")
    for size in len(data) - 1, len(data) - 60, len(data) - 50 * 3 - 1, 4096 * 4 + 5, 4096 * 3:
        path.write_bytes(data[:size])
        done = hvdump("report", path)
        assert done.returncode == 4 and "the file is cut" in done.stderr, size
        assert "Linux panicked" in done.stdout
