# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of the vmcore that the hypervisor guards: hvdump-collect asks hvdump_vmcore.ko, whose
folder is made up here, lists them, and keeps its hands off; hvdump does not take zeros for what
was there."""

import errno
import json
import os
import subprocess
import threading

import pytest

import notes
from analyzer import HVDUMP
from collecting import COLLECT
from test_collect_pages import (ALIVE, BASE, PAGE, collect, counts, gaps_of, loads_of, memory_of,
                                segment, vmcore)

pytestmark = pytest.mark.skipif(not COLLECT.exists(), reason=f"{COLLECT} is not built")

FAR = 0x123456789


def guard(tmp_path, *ranges, probing="yes", text=None, no_room=0):
    """The module's folder, as it is in /sys."""
    folder = tmp_path / "guard"
    folder.mkdir()
    (folder / "scan").write_text("")
    (folder / "status").write_text(f"probing: {probing}\nwhy: a test\nno_room: {no_room}\n")
    (folder / "unread").write_text("".join(f"0x{first:016x} 0x{count:016x}\n"
                                           for first, count in ranges) if text is None else text)
    return folder


def run(tmp_path, folder, *elements, **kwargs):
    data = segment(*elements, hypervisor=ALIVE)
    return collect(tmp_path, data, "--guard", folder, **kwargs)


def test_guarded_pages_are_listed_and_not_copied(tmp_path):
    folder = guard(tmp_path, (BASE + 2, 3), (BASE + 9, 1), (FAR, 0x1000))
    done, manifest, elf = run(tmp_path, folder, notes.page(BASE), notes.page(BASE + 3),
                              notes.page(BASE + 10))
    assert done.returncode == 0, done.stderr
    assert loads_of(elf) == {BASE * PAGE: memory_of(BASE), (BASE + 10) * PAGE: memory_of(BASE + 10)}
    one = errno.EPERM
    # The page that something refers to keeps its kind, and parts its range.
    assert gaps_of(elf) == [(BASE + 2, 1, 0, one), (BASE + 3, 1, notes.STATISTICS, one),
                            (BASE + 4, 1, 0, one), (BASE + 9, 1, 0, one), (FAR, 0x1000, 0, one)]
    assert manifest["vmcore_not_read"]["state"] == "listed"
    assert manifest["vmcore_not_read"]["pages"] == 3 + 1 + 0x1000
    assert manifest["vmcore_not_read"]["ranges"] == 3
    assert counts(manifest) == {"referenced": 3, "copied": 2, "guarded": 1}
    assert (folder / "scan").read_text().strip().isdigit()


def test_they_are_listed_without_any_reference(tmp_path):
    done, manifest, elf = run(tmp_path, guard(tmp_path, (1, 1), (5, 2)))
    assert done.returncode == 0, done.stderr
    assert gaps_of(elf) == [(1, 1, 0, errno.EPERM), (5, 2, 0, errno.EPERM)]
    assert manifest["vmcore_not_read"]["pages"] == 3


def test_many_ranges(tmp_path):
    """As many as a host with hundreds of guests may have."""
    ranges = [(0x1000 + 3 * n, 2) for n in range(50000)]
    done, manifest, elf = run(tmp_path, guard(tmp_path, *ranges), notes.page(BASE))
    assert done.returncode == 0, done.stderr
    assert gaps_of(elf) == [(first, count, 0, errno.EPERM) for first, count in ranges]
    assert manifest["vmcore_not_read"]["ranges"] == len(ranges)


@pytest.mark.parametrize("folder, state, pages, why", [
    (None, "unknown", None, "not loaded"),
    ({"probing": "no"}, "none", 0, None),
    ({}, "listed", 0, None),
    ({"no_room": 7}, "partial", 0, "full"),
    ({"text": "0x2 0x1\nnonsense\n"}, "unknown", None, "expected a range, found 'nonsense"),
    ({"text": "0x5 0x1\n0x2 0x1\n"}, "unknown", None, "found '0x2 0x1"),
    ({"text": "0x5 0x0\n"}, "unknown", None, "found '0x5 0x0"),
    ({"text": "0xffffffffffffffff 0x2\n"}, "unknown", None, "found '0xfff"),
])
def test_what_the_module_may_say(tmp_path, folder, state, pages, why):
    path = tmp_path / "none" if folder is None else guard(tmp_path, **folder)
    done, manifest, elf = run(tmp_path, path, notes.page(BASE))
    assert done.returncode == 0, done.stderr
    said = manifest["vmcore_not_read"]
    assert (said["state"], said["pages"]) == (state, pages)
    assert (said["why"] is None) if why is None else (why in said["why"])
    assert loads_of(elf) == {BASE * PAGE: memory_of(BASE)}
    assert gaps_of(elf) == []


def test_a_scan_that_does_not_end_well(tmp_path):
    folder = guard(tmp_path, (BASE, 1))
    (folder / "scan").unlink()
    done, manifest, elf = run(tmp_path, folder, notes.page(BASE))
    assert done.returncode == 0, done.stderr
    said = manifest["vmcore_not_read"]
    assert (said["state"], said["pages"]) == ("partial", 1)
    assert "scan: No such file" in said["why"]
    assert gaps_of(elf) == [(BASE, 1, notes.STATISTICS, errno.EPERM)]


def test_hvdump_elf_is_safe_before_the_module_is_asked(tmp_path):
    """Trying all pages takes time, and may go wrong."""
    folder = guard(tmp_path)
    (folder / "scan").unlink()
    os.mkfifo(folder / "scan")
    seen = []

    def look():
        with (folder / "scan").open("rb") as pipe:
            seen.append((tmp_path / "out/dump/hvdump.elf").exists())
            pipe.read()

    thread = threading.Thread(target=look)
    thread.start()
    done, _, _ = run(tmp_path, folder, notes.page(BASE))
    thread.join(10)
    assert done.returncode == 0 and seen == [True]


def test_zeros_of_a_guarded_page_are_not_shown_as_its_content(tmp_path):
    """The vmcore has zeros there, as from the module; hvdump says that it was not read."""
    zeros = vmcore(segment(notes.page(BASE), notes.page(BASE + 1), hypervisor=ALIVE),
                   [(BASE * PAGE, bytes(PAGE) + memory_of(BASE + 1) + bytes(PAGE))])
    done, _, elf = run(tmp_path, guard(tmp_path, (BASE, 1)), notes.page(BASE), notes.page(BASE + 1),
                       core=zeros)
    assert done.returncode == 0, done.stderr
    (elf.parent / "vmcore").write_bytes(zeros)

    def page(pfn):
        shown = subprocess.run([HVDUMP, "page", elf.parent, str(pfn)], capture_output=True,
                               text=True, check=False)
        as_json = subprocess.run([HVDUMP, "--json", "page", elf.parent, str(pfn)],
                                 capture_output=True, text=True, check=False)
        return shown.stdout, json.loads(as_json.stdout)

    text, document = page(BASE)
    assert "not read the hypervisor guards it: a load from it faulted" in " ".join(text.split())
    assert "00 00" not in text
    assert document["page"]["gap_error"] == errno.EPERM
    text, document = page(BASE + 1)
    assert "not read" not in text and document["page"]["gap_error"] is None
    # A page of zeros that was read is shown as one.
    assert "not read" not in page(BASE + 2)[0]
    pages = subprocess.run([HVDUMP, "pages", "-o", "PFN,STATE", elf.parent], capture_output=True, text=True,
                           check=False).stdout
    assert [f"{BASE:x} " in line for line in pages.splitlines() if "guarded" in line] == [True]


def test_zeros_of_a_guarded_page_are_no_counters(tmp_path):
    """The report as a page shows counters of pages that were read, of zeros too, and no others."""
    elements = [notes.page(BASE + i, partition=0x201 + i, detail=0x10002) for i in range(2)]
    zeros = vmcore(segment(*elements, hypervisor=ALIVE), [(BASE * PAGE, bytes(2 * PAGE))])
    done, _, elf = run(tmp_path, guard(tmp_path, (BASE, 1)), *elements, core=zeros)
    assert done.returncode == 0, done.stderr
    (elf.parent / "vmcore").write_bytes(zeros)
    out = tmp_path / "report.html"
    subprocess.run([HVDUMP, "report", "--html", out, elf.parent], check=False)
    counters = out.read_text().partition('id="counters"')[2].partition("</section>")[0]
    assert "partition 0x202" in counters and "partition 0x201" not in counters
