# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness's own tools, without a machine."""

import struct

import pytest

from . import disk, lies, writelog
from .dumps import notes
from .initramfs import Archive
from .options import BadOption, Impossible, check_possible, parse


def log_of(path, requests) -> None:
    """Write a log of block writes: (sector, data, flags) each."""
    out = bytearray(struct.pack("<QQQL", writelog.MAGIC, 1, len(requests), 512).ljust(512, b"\0"))
    for sector, data, flags in requests:
        out += struct.pack("<QQQQ", sector, len(data) // 512, flags, 0).ljust(512, b"\0") + data
    path.write_bytes(out)


def test_a_power_cut_keeps_what_was_flushed_and_nothing_else(tmp_path):
    """Writes before the last flush are on the disk, later ones are not."""
    safe, lost = b"S" * 512, b"L" * 1024
    log_of(tmp_path / "log", [(1, safe, 0), (0, b"", writelog.FLUSH), (4, lost, 0)])
    (tmp_path / "before").write_bytes(bytes(8192))
    end = (tmp_path / "log").stat().st_size
    writelog.replay(tmp_path / "log", end, tmp_path / "before", tmp_path / "after")
    assert (tmp_path / "after").read_bytes() == bytes(512) + safe + bytes(8192 - 1024)


def test_a_flush_after_the_moment_of_the_cut_does_not_count(tmp_path):
    """The log is cut at a byte: what was logged later has not happened."""
    log_of(tmp_path / "log", [(1, b"S" * 512, 0)])
    end = (tmp_path / "log").stat().st_size
    log_of(tmp_path / "log", [(1, b"S" * 512, 0), (0, b"", writelog.FLUSH)])
    assert writelog.last_flush(tmp_path / "log", end) == 0
    assert writelog.last_flush(tmp_path / "log", end + 512) == 2


def test_files_survive_the_disk_image(tmp_path):
    """What mkfs puts into an image, debugfs takes out of it."""
    folder = tmp_path / "folder" / "crash"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"content" * 1000)
    disk.make(tmp_path / "image", tmp_path / "folder")
    disk.read_folder(tmp_path / "image", "/crash", tmp_path)
    assert (tmp_path / "crash" / "file").read_bytes() == b"content" * 1000


def test_an_archive_is_what_cpio_reads(tmp_path):
    """Each entry of the newc archive is found where the format puts it."""
    archive = Archive()
    archive.file("/bin/deep/file", b"12345")
    archive.link("/bin/link", "deep/file")
    archive.write(tmp_path / "image")
    data = (tmp_path / "image").read_bytes()
    names = []
    place = 0
    while not names or names[-1] != "TRAILER!!!":
        assert data[place:place + 6] == b"070701"
        fields = [int(data[place + 6 + n * 8:place + 14 + n * 8], 16) for n in range(13)]
        start = place + 110
        names.append(data[start:start + fields[11] - 1].decode())
        body = (start + fields[11] + 3) & ~3
        place = (body + fields[6] + 3) & ~3
    assert names == ["bin", "bin/deep", "bin/deep/file", "bin/link", "TRAILER!!!"]


def test_a_note_that_does_not_end_is_an_error():
    """The tests' own reader does not read over the end."""
    note = struct.pack("<LLL", 7, 100, 1) + b"HVDUMP\0\0"
    with pytest.raises(ValueError):
        notes(note + bytes(50))
    assert len(notes(note + bytes(100))) == 1


@pytest.mark.parametrize("word", ["nonsense=1", "cpus=many", "trigger=hammer", "cpus=0", "cpu=2",
                                  "life=eternal"])
def test_a_wrong_option_is_told(word):
    """A typo never runs something else than was meant."""
    with pytest.raises(BadOption):
        parse([word])


@pytest.mark.parametrize("scenario, words, why", [
    ("root-hvcrash", ["kernel=6.1"], "does not survive the hypervisor"),
    ("root-panic", ["trigger=both", "cpus=1"], "needs 2 CPUs"),
    ("nohv-panic", ["trigger=half-call"], "no hypervisor to call"),
    ("nohv-panic", ["trigger=suspend"], "no hypervisor to call"),
])
def test_what_cannot_be_run_is_told(scenario, words, why):
    """An impossible pair is a skip with a reason, not a failure."""
    with pytest.raises(Impossible, match=why):
        check_possible(scenario, parse(words))


def test_a_seed_brings_the_same_run_back():
    """What is drawn depends on the seed alone."""
    assert parse(["seed=0x1234", "cpus=4"]) == parse(["seed=0x1234", "cpus=4"])
    assert parse([]).seed != parse([]).seed


def test_lies_that_cannot_be_told_are_named():
    """Misspelt: a mistake. What would keep the crash kernel from booting: impossible, with why."""
    for text in ("hv=nonsense:0x50", "hv=error", "hv=error:NoSuchCall:1"):
        with pytest.raises(BadOption):
            parse([text])
    for text in ("hv=error:GetPartitionId:5", "hv=error:0x7c:5", "hv=error:any:5",
                 "hv=cycle:0x50:back", "hv=partial:0x47:1", "hv=error:0x99:1"):
        with pytest.raises(Impossible):
            check_possible("root-panic", parse([text]))
    for scenario, more in (("root-panic", "module=no"), ("nohv-panic", "module=yes")):
        with pytest.raises(Impossible):
            check_possible(scenario, parse(["hv=error:0x50:5", more]))


def test_several_lies_reach_minihv():
    """Each in an argument of its own."""
    options = parse(["hv=slow:GetVpRegisters:300;vanish:any@0x102:3"])
    check_possible("root-panic", options)
    assert lies.arguments(options.hv).split() == ["lie=slow:GetVpRegisters:300",
                                                  "lie=vanish:any@0x102:3"]
