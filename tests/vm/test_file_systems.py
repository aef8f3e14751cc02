# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump-collect saves to other file systems than ext4: all is there, whole, and read back.

What a crash kernel mounts is the kernel's own vfat or xfs, or NFS from its own server; vfat has no
modes, which is said.
"""

import hashlib
import json

import pytest

from . import dumps, programs
from .conftest import run_once

FILES = {"hvdump.elf", "vmcore-dmesg.txt", "report.txt", "report.json", "vmcore", "manifest.json"}


@pytest.mark.parametrize("kind", ["vfat", *(pytest.param(kind, marks=pytest.mark.slow)
                                            for kind in ("xfs", "nfs"))])
def test_saves_to(kind, record_property):
    run = run_once(f"target-{kind}", "root-panic", f"target={kind}")
    assert run.lines("COLLECTED") == ["0"]
    manifest = json.loads((run.out / "manifest.json").read_text())
    record_property("result", f"{manifest['target']['free']} bytes were free")
    assert (manifest["state"], manifest["exit"]) == ("finished", 0)
    assert manifest["target"]["file_system"] == kind
    assert any("no file modes" in line for line in manifest["messages"]) == (kind == "vfat")
    found = {one["name"]: one for one in manifest["files"]}
    assert {*found, "manifest.json"} == FILES
    assert {one["state"] for one in found.values()} == {"complete"}
    for name, one in found.items():
        data = (run.out / name).read_bytes()
        assert len(data) == one["size"]
        assert one["sha256"] in (None, hashlib.sha256(data).hexdigest()), name
    # The notes of both files are the same, by readers that are none of ours.
    assert dumps.elf_notes(run.out / "hvdump.elf")
    assert programs.hvdump_json("info", run.out / "vmcore")["capture"]["reason"] == "linux-panic"
