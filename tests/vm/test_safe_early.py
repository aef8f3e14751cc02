# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump.elf is safe before makedumpfile starts.

The disk is rebuilt as a power cut at that moment would leave it: with the writes up to the last
flush that the crash kernel had asked for, and not one more.
"""

import pytest

from . import disk, programs, writelog


@pytest.fixture(name="cut", scope="module")
def fixture_cut(panic):
    """What is on the disk after a power cut just before makedumpfile's first run."""
    folder = panic.out / "cut"
    folder.mkdir(exist_ok=True)
    applied = writelog.replay(panic.out / "writes.log", panic.log_end,
                              panic.out / "disk-before.img", folder / "disk.img")
    assert applied > 0
    disk.recover(folder / "disk.img")
    disk.read_folder(folder / "disk.img", "/", folder / "files")
    return folder / "files"


def test_the_power_cut_loses_what_was_not_made_safe(cut):
    """A file written just before, and not synced, is gone: the cut is a real one."""
    unsynced = cut / "unsynced"
    assert not unsynced.exists() or unsynced.read_bytes() == b""
    assert not list(cut.glob("crash/dump/vmcore*"))


def test_the_small_file_is_whole(cut, panic):
    """It has its final name and its final content."""
    saved = cut / "crash" / "dump" / "hvdump.elf"
    assert saved.read_bytes() == (panic.out / "hvdump.elf").read_bytes()


def test_the_small_file_can_be_read(cut):
    """hvdump reads it and finds nothing wrong."""
    said = programs.hvdump_json("info", cut / "crash" / "dump" / "hvdump.elf")
    assert said["capture"]["reason"] == "linux-panic"
