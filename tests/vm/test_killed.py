# SPDX-License-Identifier: GPL-2.0-or-later
"""makedumpfile is killed half-way: what was saved before stays, and the manifest is true."""

import hashlib
import json

from . import programs


def manifest(run) -> dict:
    """The manifest's files by name."""
    return {one["name"]: one for one in
            json.loads((run.out / "manifest.json").read_text())["files"]}


def test_it_was_killed_and_the_collector_says_so(killed):
    """Exit status 4: something is missing."""
    assert "VM-KILLED makedumpfile" in killed.console
    assert killed.lines("COLLECTED") == ["4"]


def test_the_small_file_stays_valid(killed):
    """hvdump reads it and finds nothing wrong."""
    said = programs.hvdump_json("info", killed.out / "hvdump.elf")
    assert said["capture"]["complete"] is True


def test_nothing_looks_finished_that_is_not(killed):
    """There is no vmcore under its final name."""
    assert not (killed.out / "vmcore").exists()


def test_the_manifest_tells_what_is_missing(killed):
    """The vmcore is not called complete, and why is said."""
    vmcore = manifest(killed)["vmcore"]
    assert vmcore["state"] in ("partial", "missing")
    assert vmcore["why"]


def test_the_manifest_is_true_of_what_is_there(killed):
    """Each complete file has the size and the checksum that the manifest gives."""
    complete = [one for one in manifest(killed).values() if one["state"] == "complete"]
    assert "hvdump.elf" in [one["name"] for one in complete]
    for one in complete:
        data = (killed.out / one["name"]).read_bytes()
        assert (one["size"], one["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
