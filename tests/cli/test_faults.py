# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump-collect under faults: exit status, manifest and files agree, whatever fails and where.

The faults at each call that changes the disk are in test_collect.py and test_collect_pages.py
(kill, EIO, a full disk, short writes, a signal), those of a stream in test_faults_stream.py; here
are the others.
"""

import json
import os
import random
import shutil
import signal
import struct
import subprocess
import zlib

import pytest

import cores
import notes
import vmcores
from collecting import (BUILD, COLLECT, Stage, TOP, TRIED, check_content, check_finished, file_of,
                        manifest_of, states)
from test_collect import ALL, MEMORY, SEGMENT, contents, make_shim, preload, run_with, sweep

pytestmark = pytest.mark.skipif(not COLLECT.exists(), reason=f"{COLLECT} is not built")
shim = make_shim
ROOT = os.geteuid() == 0


@pytest.fixture(name="stage")
def make_stage(tmp_path):
    return Stage(tmp_path, cores.elf(SEGMENT, [(0x100000, MEMORY)]))


def agree(stage, run):
    """What must hold whatever happened; the manifest, if there is one."""
    directory = stage.output / "dump"
    if not directory.exists():
        assert run.returncode in (1, -signal.SIGKILL)
        return None
    check_content(directory, contents(stage))
    if run.returncode < 0 or not (directory / "manifest.json").exists():
        return None
    manifest = manifest_of(directory)
    if manifest["state"] == "finished":
        check_finished(directory)
        assert manifest["exit"] == run.returncode
    return manifest


def test_interrupted_at_any_call(stage, shim):
    """EINTR at each write, sync, rename and creation: nothing is lost by it."""
    def check(run, where):
        assert run.returncode == 0, (where, run.stderr)
        assert states(agree(stage, run)) == dict.fromkeys(ALL, "complete"), where

    sweep(stage, shim, "eintr", check)


@pytest.mark.skipif(not vmcores.SHARED.exists(), reason=f"{vmcores.SHARED} is not there")
@pytest.mark.parametrize("action", ["kill", "full", "eio"])
def test_an_older_dump_stays_as_it_was(stage, shim, action):
    """A real one, in the same place, while this one fails here and there: not a byte of it changes,
    hvdump and makedumpfile read it."""
    old = stage.path / "kept/old"
    old.mkdir(parents=True)
    shutil.copy(vmcores.SHARED, old / "vmcore")
    (old / "manifest.json").write_text(json.dumps(
        {"schema": "hvdump-manifest/1", "times": {"started": "2026-01-01T00:00:00Z"}, "exit": 0}))
    before = {path.name: zlib.crc32(path.read_bytes()) for path in old.iterdir()}
    stage.output = stage.path / "kept"

    def play(stage, shim, fault):
        shutil.rmtree(stage.output / "dump", ignore_errors=True)
        return run_with(stage, shim, fault, *conf(stage, "keep-dumps = 2\n"))

    def check(run, where):
        assert run.returncode in (0, 1, 4, -signal.SIGKILL), (where, run.stderr)
        assert {path.name: zlib.crc32(path.read_bytes()) for path in old.iterdir()} == before, where

    sweep(stage, shim, action, check, play, step=9, keep=True)
    for words in (["makedumpfile", "--dump-dmesg", "-f", old / "vmcore", stage.path / "log"],
                  [BUILD / "analyzer/hvdump", "driver", old / "vmcore"]):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert b"Linux version" in (stage.path / "log").read_bytes()


# Notes that are damaged, missing, doubled: what is there is saved, and said.

def chunks(count):
    """A capture spread over so many chunks."""
    bodies = [[notes.header(), notes.capture()]] + [
        [notes.partition(0x100 + i, 1, 3)] for i in range(1, count)]
    bodies[-1].append(notes.end([n for body in bodies for n in body][1:]))
    return [notes.chunk(body, i, count, address=0x7000000 + (i << 18))
            for i, body in enumerate(bodies)]


@pytest.mark.parametrize("what", ["lost", "doubled", "swapped", "flipped", "zeroed", "cut"])
@pytest.mark.parametrize("which", range(3))
def test_chunks_that_are_not_as_written(tmp_path, what, which):
    TRIED["chunk"] += 1
    parts = chunks(3)
    if what == "lost":
        del parts[which]
    elif what == "doubled":
        parts.insert(which, parts[which])
    elif what == "swapped":
        parts.insert(0, parts.pop(which))
    elif what == "flipped":
        damaged = bytearray(parts[which])
        damaged[len(damaged) // 2] ^= 0x10
        parts[which] = bytes(damaged)
    elif what == "zeroed":
        parts[which] = bytes(len(parts[which]))
    else:
        parts[which] = parts[which][:len(parts[which]) // 8 * 4]
    segment = notes.vmcoreinfo() + b"".join(parts)
    stage = Stage(tmp_path, cores.elf(segment, [(0x100000, MEMORY)]))
    run = stage.run("--name", "dump")
    assert run.returncode in (0, 4), run.stderr
    manifest = check_finished(stage.output / "dump")
    assert manifest["exit"] == run.returncode
    saved = cores.note_segment((stage.output / "dump/hvdump.elf").read_bytes())
    assert saved == segment
    if what in ("flipped", "cut"):
        assert run.returncode == 4
        assert manifest["capture"]["damage"]["count"] > 0


# makedumpfile missing, failing, hanging, killed.

@pytest.mark.parametrize("how, end", [
    ("missing", "could not be run"), ("fail", "exit status 1"), ("7", "exit status 7"),
    ("kill", "killed by SIGKILL")])
def test_makedumpfile_goes_wrong(stage, how, end):
    """Killed by SIGKILL is what the kernel does where memory runs out."""
    TRIED["makedumpfile"] += 1
    if how == "missing":
        stage.tool("makedumpfile", None)
    stage.behaviour["VMCORE"] = how
    run = stage.run("--name", "dump")
    assert run.returncode == 4
    manifest = agree(stage, run)
    assert end in manifest["makedumpfile"]["end"]
    assert states(manifest)["hvdump.elf"] == "complete"
    assert states(manifest)["vmcore"] == ("missing" if how == "missing" else "partial")


def conf(stage, text):
    path = stage.path / "hvdump.conf"
    path.write_text(text)
    return "--config", str(path)


def test_makedumpfile_hangs(stage):
    """Its time is limited; what it has written stays, and is called partial."""
    stage.behaviour["VMCORE"] = "sleep"
    run = stage.run("--name", "dump", *conf(stage, "time-limit = 1\n"))
    assert run.returncode == 4
    manifest = agree(stage, run)
    assert states(manifest)["vmcore"] == "partial"
    assert "took too long" in manifest["makedumpfile"]["end"]
    assert (stage.output / "dump/vmcore.partial").stat().st_size > 0


def test_makedumpfile_writes_half_and_says_all_is_well(stage):
    """A header that promises more than there is: read back, it is no whole dump."""
    stage.tool("makedumpfile", (stage.bin / "makedumpfile").read_text().replace(
        'behave "$FAKE_VMCORE" "$before"', 'head -c 3000 "$before"'))
    run = stage.run("--name", "dump")
    manifest = check_finished(stage.output / "dump")
    if manifest["check"]["header"] is None:
        pytest.skip("hvdump-kernel is not in PATH: " + manifest["check"]["why"])
    assert run.returncode == 4
    assert states(manifest)["vmcore"] == "partial"
    assert manifest["check"]["header"] is False


# The vmcore itself cannot be read.

FAULTY = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* Of the file FAULTY_INODE the page with the byte FAULTY_AT cannot be read: what is before it can. */
static ssize_t before(int fd, off_t at, size_t size)
{
	const char *inode = getenv("FAULTY_INODE"), *where = getenv("FAULTY_AT");
	off_t bad = where ? atoll(where) & -4096 : 0;
	struct stat st;
	if (!inode || fstat(fd, &st) || st.st_ino != strtoull(inode, 0, 10) || !size ||
	    at >= bad + 4096 || (off_t)(at + size) <= bad)
		return size;
	return at < bad ? bad - at : -1;
}
ssize_t pread(int fd, void *p, size_t n, off_t at)
{
	ssize_t there = before(fd, at, n);
	if (there < 0)
		return errno = EIO, -1;
	return ((ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread"))(fd, p, there, at);
}
ssize_t pread64(int fd, void *p, size_t n, off64_t at) { return pread(fd, p, n, at); }
ssize_t read(int fd, void *p, size_t n)
{
	ssize_t there = before(fd, lseek(fd, 0, SEEK_CUR), n);
	if (there < 0)
		return errno = EIO, -1;
	return ((ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read"))(fd, p, there);
}
"""


@pytest.fixture(name="faulty", scope="session")
def make_faulty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faulty")
    (folder / "faulty.c").write_text(FAULTY)
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", folder / "faulty.so",
                    folder / "faulty.c", "-ldl"], check=True)
    return folder / "faulty.so"


# Five chunks of two pages each, at these places of memory, and pages that they refer to.
CHUNKS, REFERRED, PAGE = 0x7000000, 0x100000, 4096


def long_segment():
    """Notes of several pages: a VP's registers in each chunk but the first."""
    records = [[notes.header(), notes.capture(), notes.partition(1, 0, 1),
                notes.pages(*(notes.page((REFERRED >> 12) + i, notes.SIM, vp=0) for i in range(4)))]]
    for number in range(4):
        records.append([notes.vp(1, number),
                        notes.registers(1, number, {0x20000 + i: i for i in range(250)})])
    records[-1].append(notes.end([note for part in records for note in part][1:]))
    return [notes.chunk(part, i, 5, size=2 * PAGE, address=CHUNKS + 2 * PAGE * i)
            .ljust(2 * PAGE, b"\0") for i, part in enumerate(records)]


def padded(segment):
    """So that the file's memory begins with a page of the file: a note of nobody's."""
    size = -(64 + 2 * 56 + len(segment) + 16) % PAGE
    return segment + struct.pack("<III4s", 4, size, 1, b"PAD") + bytes(size)


def with_bad_page(stage, faulty, at, *words):
    """Run; the page of the vmcore's file that has the byte @at cannot be read."""
    shutil.rmtree(stage.output, ignore_errors=True)
    inode = str(stage.vmcore.stat().st_ino)
    run = stage.run("--name", "dump", *words, env=stage.environment(
        LD_PRELOAD=preload(faulty), FAULTY_INODE=inode, FAULTY_AT=str(at)))
    TRIED["read"] += 1
    assert run.returncode in (0, 1, 4), (at, run.stderr)
    manifest = check_finished(stage.output / "dump")
    assert manifest["exit"] == run.returncode
    return manifest


def vps_of(stage):
    """VPs of hvdump.elf, as hvdump reads it: those whose registers are there."""
    found = json.loads(subprocess.run(
        [BUILD / "tests/tools/hvdump-san", "--json", "regs", "--all", stage.output / "dump/hvdump.elf"],
        capture_output=True, check=False).stdout)
    return {vp["index"] for part in found["partitions"] for vp in part["vps"]
            for vtl in vp["vtls"] if len(vtl["registers"]) == 250}


def test_a_page_of_the_vmcore_cannot_be_read(tmp_path, faulty):
    """Each in turn. Of the notes, what the other pages have is saved, and read back; of memory, the
    other pages are; and all that is missing is said."""
    segment = padded(notes.vmcoreinfo() + b"".join(long_segment()))
    stage = Stage(tmp_path, cores.elf(segment, [(REFERRED, MEMORY)]))
    data, size = stage.vmcore.read_bytes(), stage.vmcore.stat().st_size
    first, memory = data.index(segment), data.index(MEMORY)
    points = range(0, size, PAGE)
    for at in points:
        manifest, end = with_bad_page(stage, faulty, at), at + PAGE
        if at < first:
            assert (manifest["exit"], states(manifest)["hvdump.elf"]) == (4, "missing"), at
            continue
        saved = cores.note_segment((stage.output / "dump/hvdump.elf").read_bytes())
        hole = slice(max(at - first, 0), max(min(end - first, len(segment)), 0))
        expected = bytearray(segment)
        if at < first + len(segment):
            expected[hole] = bytes(hole.stop - hole.start)
            assert manifest["exit"] == 4 and "cannot read notes" in manifest["source"]["damage"]
            # At most two VPs have something in the page.
            assert len(vps_of(stage)) >= 2, at
        assert saved[:len(segment)] == expected, at
        assert (manifest["exit"], manifest["pages"]["failed"]) == \
            ((4, 1 if at >= memory else 2) if end > memory else (4, 0)), at
    assert len(points) >= 10


@pytest.mark.parametrize("page", range(10))
def test_a_page_of_a_chunk_in_memory_cannot_be_read(tmp_path, faulty, page):
    """Notes that were found by address: only that page of them is lost."""
    parts = long_segment()
    memory = b"".join(parts)
    stage = Stage(tmp_path, cores.elf(padded(notes.vmcoreinfo()), [(CHUNKS, memory)]))
    at = stage.vmcore.read_bytes().index(memory) + page * PAGE
    manifest = with_bad_page(stage, faulty, at, "--notes", ",".join(
        f"{CHUNKS + 2 * PAGE * i:#x}:{2 * PAGE}" for i in range(5)))
    assert manifest["exit"] == 4
    assert any(line.startswith(f"notes at {CHUNKS + page // 2 * 2 * PAGE:#018x}: ")
               for line in manifest["messages"])
    assert states(manifest)["hvdump.elf"] == "complete"
    assert vps_of(stage) == {0, 1, 2, 3} - {page // 2 - 1}


# Targets.

@pytest.mark.skipif(not ROOT, reason="mounting needs root")
def test_a_target_that_is_read_only(stage):
    stage.output.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", stage.output],
                             capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted: " + mounted.stderr.strip())
    try:
        run = stage.run("--name", "dump")
    finally:
        subprocess.run(["umount", stage.output], check=True)
    assert run.returncode == 1
    assert "Read-only file system" in run.stderr


def test_no_target(stage):
    stage.output.parent.joinpath("gone").symlink_to("/nonexistent/file")
    stage.output = stage.output.parent / "gone"
    run = stage.run("--name", "dump")
    assert run.returncode == 1
    assert "cannot make the directory" in run.stderr


@pytest.mark.skipif(not ROOT, reason="mounting needs root")
@pytest.mark.parametrize("kib", [
    pytest.param(k, marks=() if k in (4, 64, 256) else pytest.mark.slow)
    for k in (4, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 96, 128, 192, 256, 512)])
def test_a_disk_of_any_size(stage, kib):
    """What fits is there, whole; what does not is said."""
    TRIED["full disk"] += 1
    stage.vmcore.write_bytes(cores.elf(SEGMENT, [(0x100000, MEMORY * 16)]))
    stage.behaviour["NEEDS"] = ""
    stage.output.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", stage.output],
                             capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted: " + mounted.stderr.strip())
    try:
        run = stage.run("--name", "dump")
        manifest = agree(stage, run)
    finally:
        subprocess.run(["umount", stage.output], check=True)
    assert run.returncode in (0, 1, 4)
    if kib >= 512:
        assert run.returncode == 0 and manifest["exit"] == 0


# Room: what does not fit is not begun, and the next level is tried.

def test_it_will_not_fit(stage):
    stage.behaviour["NEEDS"] = str(1 << 50)
    run = stage.run("--name", "dump", *conf(stage, f"keep-free = {1 << 30}\n"))
    assert run.returncode == 4
    manifest = agree(stage, run)
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "vmcore": "missing"}
    assert "it needs" in file_of(manifest, "vmcore")["why"]
    assert manifest["target"]["needed"] == 1 << 50


@pytest.mark.skipif(not ROOT, reason="mounting needs root")
def test_the_next_level_is_tried(stage):
    """The first does not fit by its estimate; the second does."""
    stage.vmcore.write_bytes(cores.elf(SEGMENT, [(0x100000, MEMORY * 512)]))
    (stage.path / "small").write_bytes(cores.elf(SEGMENT, [(0x100000, MEMORY)]))
    text = (stage.bin / "makedumpfile").read_text()
    stage.tool("makedumpfile", text.replace(
        'echo "Write bytes     : $FAKE_NEEDS"; exit 0 ;;',
        'case "$*" in *"-d 1 "*) echo "Write bytes : 999999999999999999" ;; '
        '*) echo "Write bytes : 1" ;; esac; exit 0 ;;').replace(
            'behave "$FAKE_VMCORE" "$before"', 'cat "$FAKE_DIR/small"'))
    stage.output.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", stage.output],
                             capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted: " + mounted.stderr.strip())
    try:
        run = stage.run("--name", "dump", *conf(stage, "levels = 1 31\nkeep-free = 0\n"))
        manifest = check_finished(stage.output / "dump")
    finally:
        subprocess.run(["umount", stage.output], check=True)
    assert run.returncode == 0, run.stderr
    assert "trying level 31" in run.stderr
    assert manifest["target"]["file_system"] == "tmpfs"
    assert manifest["dump_level"] == 31


# Dumps that are too many.

def old_dump(stage, name, started):
    directory = stage.output / name
    directory.mkdir(parents=True)
    (directory / "manifest.json").write_text(json.dumps(
        {"schema": "hvdump-manifest/1", "times": {"started": started}, "exit": 0}))
    (directory / "vmcore").write_bytes(bytes(1 << 20))
    return directory


def test_old_dumps_are_removed_as_configured(stage):
    olds = [old_dump(stage, f"old{i}", f"2026-01-0{i}T00:00:00Z") for i in range(1, 6)]
    foreign = old_dump(stage, "foreign", "2025-01-01T00:00:00Z")
    (foreign / "thesis.txt").write_text("precious")
    (stage.output / "link").symlink_to(olds[0])
    (stage.output / "empty").mkdir()
    run = stage.run("--name", "dump", *conf(stage, "keep-dumps = 3\n"))
    assert run.returncode == 0, run.stderr
    assert {p.name for p in stage.output.iterdir()} == {
        "dump", "old5", "old4", "foreign", "link", "empty"}
    assert sorted(check_finished(stage.output / "dump")["removed"]) == ["old1", "old2", "old3"]


def test_the_newest_old_one_stays_until_there_is_another(stage):
    old_dump(stage, "old1", "2026-01-01T00:00:00Z")
    old_dump(stage, "old2", "2026-01-02T00:00:00Z")
    stage.behaviour["VMCORE"] = "fail"
    run = stage.run("--name", "dump", *conf(stage, "keep-dumps = 1\n"))
    assert run.returncode == 4
    assert {p.name for p in stage.output.iterdir()} == {"dump", "old2"}


def test_dumps_by_size(stage):
    for i in range(1, 5):
        old_dump(stage, f"old{i}", f"2026-01-0{i}T00:00:00Z")
    stage.run("--name", "dump", *conf(stage, "keep-size = 3\n"))
    assert {p.name for p in stage.output.iterdir()} == {"dump", "old4", "old3"}


# The configuration file never keeps a dump from being saved.

@pytest.mark.parametrize("text, words", [
    ("nonsense\n", 'line 1: expected KEY = VALUE, found "nonsense"'),
    ("# x\ncolour = red\n", 'line 2: there is no setting "colour"'),
    ("levels = 31 300\n", "levels: expected auto"),
    ("time-limit = soon\n", 'time-limit: expected seconds, up to 604800, found "soon"'),
    ("vmcore = maybe\n", 'vmcore: expected yes or no, found "maybe"'),
    ("pages = -1\n", "pages: expected a number up to 65000"),
    ("output =\n", 'output: expected a directory, found ""'),
    ("guest-memory = some\n", "guest-memory: expected no, never or yes")])
def test_a_wrong_line_is_said_and_passed_over(stage, text, words):
    run = stage.run("--name", "dump", *conf(stage, text))
    assert run.returncode == 0
    assert words in run.stderr
    manifest = check_finished(stage.output / "dump")
    assert any(words in line for line in manifest["messages"])
    assert states(manifest) == dict.fromkeys(ALL, "complete")


@pytest.mark.parametrize("seed", range(20))
def test_any_file_for_a_configuration(stage, seed):
    draw = random.Random(seed)
    path = stage.path / "hvdump.conf"
    path.write_bytes(draw.randbytes(draw.choice([0, 1, 100, 5000, 70000])))
    run = stage.run("--name", "dump", "--config", path)
    assert run.returncode == 0, run.stderr
    assert states(check_finished(stage.output / "dump")) == dict.fromkeys(ALL, "complete")


def test_what_the_file_says_holds(stage):
    run = stage.run("--name", "dump", *conf(
        stage, "levels = 17\nmakedumpfile = -l\nreport = no\npages = 0\n"))
    assert run.returncode == 0
    manifest = check_finished(stage.output / "dump")
    assert manifest["makedumpfile"]["arguments"] == ["-l", "-d", "17"]
    assert not file_of(manifest, "report.txt")["wanted"]
    assert manifest["configuration"].endswith("hvdump.conf")


def test_crc_of_chunks_is_zlibs():
    """The generator of these tests and the format agree on what a checksum is."""
    assert zlib.crc32(b"123456789") == 0xCBF43926


@pytest.mark.skipif(not ROOT, reason="mounting needs root")
@pytest.mark.parametrize("kind, make", [
    ("ext4", ["mkfs.ext4", "-q", "-F"]), ("vfat", ["mkfs.vfat", "-F", "32"]),
    ("xfs", ["mkfs.xfs", "-q", "-f"])])
def test_file_systems(stage, tmp_path, kind, make):
    """On each it saves all; where there are no modes, that is said."""
    image = tmp_path / "disk"
    image.write_bytes(b"")
    os.truncate(image, 400 << 20)
    if not shutil.which(make[0]):
        pytest.skip(f"{make[0]} is not installed")
    subprocess.run([*make, image], check=True, capture_output=True)
    stage.output.mkdir()
    mounted = subprocess.run(["mount", "-o", "loop", image, stage.output], capture_output=True,
                             text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no {kind} can be mounted: {mounted.stderr.strip()}")
    try:
        run = stage.run("--name", "dump")
        manifest = agree(stage, run)
    finally:
        subprocess.run(["umount", stage.output], check=True)
    assert run.returncode == 0, run.stderr
    assert states(manifest) == dict.fromkeys(ALL, "complete")
    assert manifest["target"]["file_system"] == kind
    assert ("has no file modes" in run.stderr) == (kind == "vfat")
