# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump-collect and memory: which pages it copies into hvdump.elf, and what it says of others."""

import errno
import io
import os
import random
import resource
import signal
import struct
import subprocess
import time

import pytest
from elftools.elf.elffile import ELFFile

import cores
import notes
from collecting import (COLLECT, Stage, check_content, check_finished, file_of, manifest_of,
                        states)
from test_collect import ALL, make_shim, run_with, sweep  # noqa: F401

pytestmark = pytest.mark.skipif(not COLLECT.exists(), reason=f"{COLLECT} is not built")

GONE, ALIVE = 2, 1
PAGE = 4096
BASE = 0x100                              # the first page of the vmcore's memory
MEMORY = random.Random(4).randbytes(32 * PAGE)


def memory_of(pfn, count=1):
    return MEMORY[(pfn - BASE) * PAGE:(pfn - BASE + count) * PAGE]


def segment(*elements, more=(), hypervisor=GONE):
    """A capture that refers to pages, and a later call that says what became of the hypervisor."""
    captured = [notes.capture(), notes.partition(1, 0, 1), notes.pages(*elements), *more]
    data = notes.chunk([notes.header(), *captured, notes.end(captured)])
    if hypervisor:
        data += notes.chunk([notes.stage(hypervisor)], role=1, address=0x8000000, close=False)
    return notes.prstatus() + notes.vmcoreinfo() + data


def vmcore(data, loads=((BASE * PAGE, MEMORY),)):
    return cores.elf(data, list(loads))


def loads_of(path):
    """{physical address: bytes} of an ELF file's PT_LOADs, by pyelftools; empty ones left out."""
    with path.open("rb") as stream:
        elf = ELFFile(io.BytesIO(stream.read()))
    found = {}
    for load in elf.iter_segments("PT_LOAD"):
        assert load["p_filesz"] == load["p_memsz"]
        if load["p_filesz"]:
            assert load["p_paddr"] not in found
            found[load["p_paddr"]] = load.data()
    return found


def gaps_of(path):
    """The elements of the unread record; its chunk is the last, and whole."""
    records = notes.read_records(cores.note_segment(path.read_bytes()))
    kinds = [kind for kind, _ in records]
    if notes.UNREAD not in kinds:
        return []
    assert kinds[-3:] == [notes.CHUNK, notes.UNREAD, notes.CHUNK_END]
    nonce, index, count, role, *_ = struct.unpack_from("<QIIII", records[-3][1])
    assert (nonce, index, count, role) == (0x1122334455667788, 0, 1, 2)
    body = records[-2][1]
    number, stride = struct.unpack_from("<II", body)
    assert stride == 24 and len(body) == 8 + number * stride
    return [struct.unpack_from("<QQII", body, 8 + 24 * n) for n in range(number)]


def collect(tmp_path, data, *options, core=None):
    stage = Stage(tmp_path, core or vmcore(data))
    run = stage.run("--name", "dump", *options)
    directory = stage.output / "dump"
    return run, check_finished(directory), directory / "hvdump.elf"


def counts(manifest):
    """Those that are not 0."""
    names = ("referenced", "copied", "in_notes", "guarded", "absent", "failed", "beyond_limit")
    return {name: manifest["pages"][name] for name in names if manifest["pages"][name]}


def test_pages_are_copied_once_sorted_and_merged(tmp_path):
    elements = [notes.page(BASE + n) for n in (9, 3, 4, 5, 3, 20, 10)]
    data = segment(*elements, more=[notes.pages(notes.page(BASE + 4, kind=notes.SIM))])
    run, manifest, elf = collect(tmp_path, data)
    assert run.returncode == 0, run.stderr
    assert loads_of(elf) == {(BASE + 3) * PAGE: memory_of(BASE + 3, 3),
                             (BASE + 9) * PAGE: memory_of(BASE + 9, 2),
                             (BASE + 20) * PAGE: memory_of(BASE + 20)}
    headers = cores.program_headers(elf.read_bytes())
    assert [h[0] for h in headers] == [cores.PT_NOTE] + [cores.PT_LOAD] * 3
    assert [h[2] for h in headers] == sorted(h[2] for h in headers)
    # The notes end where the memory begins, and are what they were.
    assert headers[0][1] + headers[0][3] == headers[1][1]
    assert cores.note_segment(elf.read_bytes()) == data
    assert counts(manifest) == {"referenced": 6, "copied": 6}
    assert manifest["pages_not_read"] == 0 and manifest["pages"]["state"] == "done"
    assert manifest["pages"]["ms"] >= file_of(manifest, "hvdump.elf")["ms"]


def test_without_references_nothing_changes(tmp_path):
    data = notes.segment()
    run, manifest, elf = collect(tmp_path, data)
    assert run.returncode == 0 and loads_of(elf) == {}
    assert manifest["pages"]["state"] == "none" and counts(manifest) == {}
    assert manifest["pages_not_read"] == 0


@pytest.mark.parametrize("flag", [notes.GUARDED, notes.UNREADABLE])
@pytest.mark.parametrize("hypervisor", [None, 0, ALIVE, GONE, 3])
def test_guarded_pages_are_read_only_when_the_hypervisor_is_gone(tmp_path, hypervisor, flag):
    data = segment(notes.page(BASE), notes.page(BASE + 1, flags=flag),
                   notes.page(BASE + 1, kind=notes.SIM), notes.page(BASE + 2, flags=flag),
                   hypervisor=hypervisor)
    run, manifest, elf = collect(tmp_path, data)
    assert run.returncode == 0, run.stderr
    if hypervisor == GONE:
        assert loads_of(elf) == {BASE * PAGE: memory_of(BASE, 3)}
        assert counts(manifest) == {"referenced": 3, "copied": 3}
        return
    assert loads_of(elf) == {BASE * PAGE: memory_of(BASE)}
    assert gaps_of(elf) == [(BASE + 1, 2, notes.STATISTICS, 0)]
    assert counts(manifest) == {"referenced": 3, "copied": 1, "guarded": 2}
    assert manifest["pages_not_read"] == 2
    assert "2 pages of memory are not copied: the hypervisor guards them" in manifest["messages"]


def test_gone_before_the_capture_is_gone_too(tmp_path):
    """A hypervisor crash: the hook runs once, and the capture record says it."""
    captured = notes.record(notes.CAPTURE, struct.pack(
        "<IIIIQQQQII", 2, 0, 0, 0, 20, 0, 0, 0, GONE, 0))
    data = notes.chunk([notes.header(), captured,
                        notes.pages(notes.page(BASE, flags=notes.GUARDED))], close=False)
    _, _, elf = collect(tmp_path, data)
    assert loads_of(elf) == {BASE * PAGE: memory_of(BASE)}


def test_what_is_not_in_the_vmcore(tmp_path):
    """No PT_LOAD, filtered, half in one; and two PT_LOADs that follow one another."""
    half = BASE * PAGE + 2 * PAGE + 100
    core = cores.elf(segment(*(notes.page(BASE + n) for n in range(-1, 6))),
                     [(BASE * PAGE, memory_of(BASE, 1)), ((BASE + 1) * PAGE, memory_of(BASE + 1)),
                      (half, MEMORY[:PAGE * 2 - 100]), ((BASE + 5) * PAGE, b"")])
    # The last one's memory was there, and is not in the file.
    core = bytearray(core)
    struct.pack_into("<Q", core, 64 + 56 * 4 + 40, PAGE)
    run, manifest, elf = collect(tmp_path, None, core=bytes(core))
    assert run.returncode == 0, run.stderr
    assert loads_of(elf) == {BASE * PAGE: memory_of(BASE, 2),
                             (BASE + 3) * PAGE: MEMORY[PAGE - 100:2 * PAGE - 100]}
    assert gaps_of(elf) == [(BASE - 1, 1, notes.STATISTICS, errno.ENXIO),
                            (BASE + 2, 1, notes.STATISTICS, errno.ENXIO),
                            (BASE + 4, 1, notes.STATISTICS, errno.ENXIO),
                            (BASE + 5, 1, notes.STATISTICS, errno.ENODATA)]
    assert counts(manifest) == {"referenced": 7, "copied": 3, "absent": 4}


def test_a_vmcore_that_is_cut(tmp_path):
    core = vmcore(segment(notes.page(BASE), notes.page(BASE + 31)))[:-10]
    run, manifest, elf = collect(tmp_path, None, core=core)
    assert run.returncode == 4
    assert loads_of(elf) == {BASE * PAGE: memory_of(BASE)}
    assert gaps_of(elf) == [(BASE + 31, 1, notes.STATISTICS, errno.EIO)]
    assert counts(manifest) == {"referenced": 2, "copied": 1, "failed": 1}


def test_what_the_notes_hold_is_not_copied_again(tmp_path):
    """Only if they hold all of the page."""
    data = segment(notes.page(BASE, kind=notes.INPUT, flags=notes.COPIED),
                   notes.page(BASE + 1, kind=notes.INPUT, flags=notes.COPIED),
                   notes.page(BASE + 2, kind=notes.INPUT, flags=notes.COPIED),
                   more=[notes.memory(BASE, bytes(PAGE)), notes.memory(BASE + 1, bytes(8)),
                         notes.memory(BASE + 9, bytes(PAGE))])
    run, manifest, elf = collect(tmp_path, data)
    assert run.returncode == 0
    assert loads_of(elf) == {(BASE + 1) * PAGE: memory_of(BASE + 1, 2)}
    assert counts(manifest) == {"referenced": 3, "copied": 2, "in_notes": 1}


def test_kinds_that_are_not_known_are_not_copied(tmp_path):
    run, manifest, elf = collect(tmp_path, segment(
        notes.page(BASE, kind=0), notes.page(BASE + 1, kind=14), notes.page(BASE + 2, kind=13),
        notes.page(BASE + 3, kind=2**32 - 1)))
    assert loads_of(elf) == {(BASE + 2) * PAGE: memory_of(BASE + 2)}
    assert [g[0] for g in gaps_of(elf) if g[3] == errno.EOPNOTSUPP] == [BASE, BASE + 1, BASE + 3]
    assert run.returncode == 4 and counts(manifest)["failed"] == 3


def test_limit(tmp_path):
    """The first that are referenced come first; of the rest it is said that they are missing."""
    elements = [notes.page(BASE + n) for n in (7, 3, 7, 4, 20, 21, 9, 22, 3, 20)]
    run, manifest, elf = collect(tmp_path, segment(*elements), "--pages", "3")
    assert run.returncode == 4
    assert loads_of(elf) == {(BASE + 3) * PAGE: memory_of(BASE + 3, 2),
                             (BASE + 7) * PAGE: memory_of(BASE + 7)}
    assert gaps_of(elf) == [(BASE + n, size, notes.STATISTICS, errno.EFBIG)
                            for n, size in ((9, 1), (20, 2), (22, 1))]
    assert counts(manifest) == {"referenced": 3, "copied": 3, "beyond_limit": 5}
    assert manifest["pages"]["limit"] == 3 and manifest["pages_not_read"] == 5


def test_no_pages(tmp_path):
    run, manifest, elf = collect(tmp_path, segment(notes.page(BASE)), "--pages", "0")
    assert run.returncode == 0 and loads_of(elf) == {}
    assert manifest["pages"]["state"] == "none" and "--pages 0" in manifest["pages"]["why"]
    assert manifest["pages_not_read"] is None


@pytest.mark.parametrize("number", ["", "-1", "x", "65001", "1,2"])
def test_wrong_limits(tmp_path, number):
    stage = Stage(tmp_path, vmcore(segment(notes.page(BASE))))
    assert stage.run("--pages", number).returncode == 1
    assert not stage.output.exists()


def test_pages_that_cannot_be(tmp_path):
    elements = [notes.page(n) for n in (2**52, 2**52 - 1, 2**64 - 1, BASE)]
    run, manifest, elf = collect(tmp_path, segment(*elements))
    assert loads_of(elf) == {BASE * PAGE: memory_of(BASE)}
    assert gaps_of(elf) == [(2**52 - 1, 1, notes.STATISTICS, errno.ENXIO)]
    assert counts(manifest) == {"referenced": 2, "copied": 1, "absent": 1}
    assert run.returncode == 0


def test_overlapping_and_overflowing_loads(tmp_path):
    """Of two that hold one address one counts; the page is that of the file, not of both."""
    data = segment(*(notes.page(BASE + n) for n in range(4)), notes.page(2**52 - 1))
    other = bytes(PAGE * 4)
    run, manifest, elf = collect(tmp_path, None, core=cores.elf(data, [
        ((BASE + 1) * PAGE, other), (BASE * PAGE, memory_of(BASE, 2)),
        (2**64 - PAGE // 2, bytes(PAGE))]))
    assert loads_of(elf) == {BASE * PAGE: memory_of(BASE, 2) + other[:2 * PAGE]}
    assert gaps_of(elf) == [(2**52 - 1, 1, notes.STATISTICS, errno.ENXIO)]


def test_a_million_elements(tmp_path):
    """Duplicates and more pages than there are: bounded in time and memory."""
    rng = random.Random(1)
    elements = [notes.page(rng.choice((BASE, 0)) + rng.randrange(200_000))
                for _ in range(1_000_000)]
    stage = Stage(tmp_path, vmcore(segment(*elements)))
    start = time.monotonic()
    run = stage.run("--name", "dump", timeout=300, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_AS, (2 << 30, 2 << 30)) if "ASAN_OPTIONS" not in os.environ else None)
    assert run.returncode == 4
    assert time.monotonic() - start < 120
    manifest = check_finished(stage.output / "dump")
    assert counts(manifest)["referenced"] == 16384
    assert counts(manifest)["beyond_limit"] > 100_000
    assert manifest["pages"]["state"] == "done"


def test_many_pieces(tmp_path):
    """A PT_LOAD for every page, as many as may be."""
    count = 16384
    memory = bytes(PAGE) * 2 * count
    core = cores.elf(segment(*(notes.page(2 * n) for n in range(count))), [(0, memory)])
    run, manifest, elf = collect(tmp_path, None, core=core)
    assert run.returncode == 0
    with elf.open("rb") as stream:
        assert ELFFile(stream).num_segments() == count + 1
    assert counts(manifest) == {"referenced": count, "copied": count}


def test_a_dump_that_is_no_elf(tmp_path):
    """Bare notes have no memory: the pages are listed as not read, the notes are saved."""
    stage = Stage(tmp_path, segment(notes.page(BASE)))
    run = stage.run("--name", "dump")
    assert run.returncode == 4
    manifest = check_finished(stage.output / "dump")
    assert states(manifest)["hvdump.elf"] == "complete"
    assert gaps_of(stage.output / "dump/hvdump.elf") == [
        (BASE, 1, notes.STATISTICS, errno.EOPNOTSUPP)]


# Disks that fail, and kills.

PAGED = segment(*(notes.page(BASE + n) for n in range(0, 20, 3)),
                notes.page(BASE + 31, flags=notes.GUARDED), hypervisor=ALIVE)
COPIED = {(BASE + n) * PAGE: memory_of(BASE + n) for n in range(0, 20, 3)}


@pytest.fixture(name="stage")
def make_stage(tmp_path):
    return Stage(tmp_path, vmcore(PAGED))


def check_elf(directory):
    """Under its final name there is one of the two: notes alone, or all. Returns: with pages?"""
    path = directory / "hvdump.elf"
    if not path.exists():
        return None
    loads, segment_ = loads_of(path), cores.note_segment(path.read_bytes())
    assert segment_.startswith(PAGED)
    if not loads:
        assert segment_ == PAGED
        return False
    assert loads == COPIED
    assert gaps_of(path) == [(BASE + 31, 1, notes.STATISTICS, 0)]
    return True


def test_the_notes_are_safe_before_a_page_is_read(stage, shim):
    run, calls = run_with(stage, shim, "none@0")
    assert run.returncode == 0, run.stderr
    renamed = [n for n, call in enumerate(calls) if call == "renameat hvdump.elf"]
    assert len(renamed) == 2
    assert calls[renamed[0] - 1] == "fsync hvdump.elf.partial"
    assert calls[renamed[0] + 1] == "fsync dump"
    first = run.stdout.index("hvdump.elf is safe")
    assert first < run.stdout.index("hvdump.elf has 7 pages of memory")
    assert check_elf(stage.output / "dump") is True


@pytest.mark.parametrize("action", ["kill", "after"])
def test_killed_anywhere(stage, shim, action):
    def check(run, where):
        assert run.returncode == -signal.SIGKILL, where
        directory = stage.output / "dump"
        if not directory.exists():
            return
        found = check_elf(directory)
        if "hvdump.elf is safe" in run.stdout:
            assert found is not None, where
        if "hvdump.elf has 7" in run.stdout:
            assert found, where
        if (directory / "manifest.json").exists():
            pages = manifest_of(directory)["pages"]
            assert (pages["state"] == "done") <= bool(found), where

    sweep(stage, shim, action, check)


def check_outcome(stage, run, where):
    directory = stage.output / "dump"
    if not directory.exists():
        return
    found = check_elf(directory)
    if not (directory / "manifest.json").exists():
        return
    manifest = manifest_of(directory)
    if manifest["state"] != "finished":
        return
    check_finished(directory)
    assert manifest["exit"] == run.returncode, where
    if states(manifest)["hvdump.elf"] == "complete":
        assert found == (manifest["pages"]["state"] == "done"), where
    if not found:
        assert run.returncode != 0 and manifest["pages"]["copied"] in (0, None), where


def test_an_io_error_anywhere(stage, shim):
    def check(run, where):
        assert run.returncode in (0, 1, 4), (where, run.stderr)
        harmless = (", posix_fallocate", ", fsync out", ", fsync " + stage.path.name,
                    "manifest.json")
        if not any(h in where for h in harmless):
            assert run.returncode != 0 and "Input/output error" in run.stderr, where
        check_outcome(stage, run, where)

    sweep(stage, shim, "eio", check)


@pytest.mark.parametrize("action", ["full", "stop"])
def test_full_or_stopped_anywhere(stage, shim, action):
    def check(run, where):
        assert run.returncode in (0, 1, 4), (where, run.stderr)
        check_outcome(stage, run, where)

    sweep(stage, shim, action, check)


def test_short_writes_are_continued(stage, shim):
    run, _ = run_with(stage, shim, "short@1")
    assert run.returncode == 0
    assert check_elf(stage.output / "dump") is True
    assert states(check_finished(stage.output / "dump")) == dict.fromkeys(ALL, "complete")


def test_no_room_for_the_pages(stage):
    """The notes fit and the pages do not: the first hvdump.elf stays."""
    limit = 16384
    run = stage.run("--name", "dump", "--no-vmcore", preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (limit, limit)))
    assert run.returncode == 4
    directory = stage.output / "dump"
    assert check_elf(directory) is False
    manifest = check_finished(directory)
    assert states(manifest)["hvdump.elf"] == "complete"
    assert manifest["pages"]["state"] == "failed" and manifest["pages"]["why"]
    assert manifest["pages_not_read"] == 8


# What others make of it.

def test_readelf(stage):
    stage.run("--name", "dump")
    done = subprocess.run(["readelf", "-lW", stage.output / "dump/hvdump.elf"], check=True,
                          capture_output=True, text=True)
    assert done.stderr == ""
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [words[0] for words in lines if words[:1] in (["NOTE"], ["LOAD"])] == (
        ["NOTE"] + ["LOAD"] * 7)
