# SPDX-License-Identifier: GPL-2.0-or-later
"""A host without the hypervisor, with everything of ours installed, is dumped as without it.

hvdump.ko was tried, hvdump_vmcore.ko is loaded in the crash kernel, and hvdump-collect makes the
dump; beside it makedumpfile makes one by itself, of the same memory at the same level.
"""

import json

import pytest

from .conftest import NOKASLR, run_once, tidy
from .kdump_pages import pages


@pytest.fixture(scope="module", name="run")
def fixture_run():
    """All of it is there, and has nothing to do."""
    run = run_once("as-before", "nohv-panic", NOKASLR, "guard=yes", "also=level31")
    yield run
    tidy(run)


def test_the_collector_saves_all_there_is(run):
    """No state is no failure; the vmcore is whole."""
    manifest = json.loads((run.out / "manifest.json").read_text())
    assert run.lines("COLLECTED") == ["0"]
    assert manifest["capture"] is None
    assert {one["name"]: one["state"] for one in manifest["files"] if one["wanted"]} == {
        "vmcore-dmesg.txt": "complete", "vmcore": "complete"}
    assert manifest["check"]["lost"] == 0
    assert manifest["dump_level"] == 31


def test_each_page_is_as_makedumpfile_alone_has_it(run, record_property):
    """The same pages, but for what the crash kernel itself cannot change: there is nothing else."""
    ours, plain = (dict(pages(run.out / name)) for name in ("vmcore", "extra/vmcore.31"))
    record_property("result", f"{len(ours)} pages, the same")
    assert len(ours) > 10000
    assert ours == plain
