# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests' memory is the guests' secret: it is in a vmcore only if somebody asks for it.

mshvctl fills the memory of its guests with a pattern. On Linux 7 makedumpfile's filter cannot keep
it out without losing pages of the kernel: the collector does, by hvdump_vmcore.ko.
"""

import json

import pytest

from .conftest import run_once, tidy
from .kdump_pages import pages
from .test_slab import walk

PATTERN = b"hvdump guest mem" * 256
MIB = 4
OPTIONS = ("kernel=7", "parts=", f"life=mshv:dhp:0.1:{MIB}")


def patterned(run) -> int:
    """Pages of the dump that are nothing but the pattern."""
    return sum(data == PATTERN for _, data in pages(run.out / "vmcore"))


def manifest(run) -> dict:
    """What the collector says."""
    return json.loads((run.out / "manifest.json").read_text())


@pytest.fixture(scope="module", name="kept_out")
def fixture_kept_out():
    """Nothing is configured."""
    run = run_once("guest-memory-default", "root-panic", *OPTIONS, "guard=yes")
    yield run
    tidy(run)


def test_by_default_it_is_not_in_the_dump(kept_out, record_property):
    """No page of it; and the manifest says how many there are."""
    said = manifest(kept_out)["guest_memory"]
    record_property("result", f"{said['pages']} pages in {said['ranges']} ranges, "
                              f"{patterned(kept_out)} in the dump")
    assert said["state"] == "excluded"
    assert said["pages"] == MIB * 256
    assert patterned(kept_out) == 0


def test_and_nothing_of_the_kernel_is_lost(kept_out, record_property):
    """Each slab object is there, walked with drgn, and so says the collector's own check."""
    found = walk(kept_out, "vmcore")
    record_property("result", f"{found['objects']} objects of {found['caches']} caches")
    assert found["objects"] > 10000
    assert found["unreadable"] == 0, found["lost"]
    check = manifest(kept_out)["check"]
    assert check["header"] and check["lost"] == 0
    assert check["tasks"] > 20 and check["modules"] == 2 and check["caches"] > 50


@pytest.mark.slow
def test_with_the_option_it_is(record_property):
    """guest-memory = yes: all of it."""
    run = run_once("guest-memory-kept", "root-panic", *OPTIONS, "conf=guest-memory = yes")
    record_property("result", f"{patterned(run)} pages in the dump")
    assert manifest(run)["guest_memory"]["state"] == "kept"
    assert patterned(run) == MIB * 256
    tidy(run)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["", "level=31"])
def test_without_the_module_it_is_said(level, record_property):
    """Nothing else keeps it out. makedumpfile's own filter, if it is asked, does not: its bit for
    user pages leaves most of it in, and loses pages of the kernel, which the check finds."""
    run = run_once(f"guest-memory-no-module{level}", "root-panic", *OPTIONS, *filter(None, [level]))
    said = manifest(run)
    record_property("result", f"{patterned(run)} pages in the dump, said; "
                              f"{said['check']['lost']} objects lost, said")
    assert run.lines("COLLECTED") == ["4"]
    if level:
        assert said["guest_memory"]["state"] == "filtered"
        assert said["check"]["lost"] > 0
    else:
        assert said["guest_memory"]["state"] == "unprotected"
        assert "hvdump_vmcore.ko is not loaded" in said["guest_memory"]["why"]
        assert any("guests' memory may be" in line for line in said["messages"])
        assert said["check"]["lost"] == 0
    tidy(run)
