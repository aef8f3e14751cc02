# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdumpctl test on made-up hosts: what it compares, and that it notices."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from analyzer import mknote
from collecting import BUILD, COLLECT
from test_hvdumpctl import HOST

CTL = Path(os.environ.get("HVDUMPCTL", BUILD / "collector/hvdumpctl"))
pytestmark = pytest.mark.skipif(not CTL.exists(), reason=f"{CTL} is not built")

BOOT_ID = "30313233-3435-3637-3839-616263646566"
NOTES = """\
chunks 1 65536
header format=1 machine=62 page_shift=12 kind={kind} chunks=1 partition_id=1 ticks_khz=1000000 \
cpus_possible=2 cpus_online=2 budget_ms=2000 boot_id=0123456789abcdef vendor=Microsoft%Hv \
module=0.1.0 release=6.1.0-test
capture reason={reason} flags=0x4 cpu=0 vp_index=0 ticks=1000 wall_ns={wall_ns} mono_ns=1 \
anchor_ticks=1000
partition partition_id=1 kind={kind} source=1
{vps}
finish
"""
VP = "vp partition_id=1 vp_index={0} cpu={0} vtls=1"
CHECKS = ["ready", "capture", "read", "notes", "answers", "time", "host", "vps",
          "collect"]


def described(wall_ns=None, reason=3, kind=1, vps=2):
    """A live capture's notes."""
    return mknote(NOTES.format(wall_ns=time.time_ns() if wall_ns is None else wall_ns,
                               reason=reason, kind=kind,
                               vps="\n".join(VP.format(i) for i in range(vps))))


def try_on(tmp_path, notes, *options, changes=()):
    """{check: (verdict, text)}, in order, and the exit status."""
    host = {
        **{name: text.encode() for name, text in HOST.items()},
        "sys/kernel/hvdump/capture": b"",
        "sys/kernel/hvdump/last": notes,
        "proc/sys/kernel/random/boot_id": f"{BOOT_ID}\n".encode(),
        "proc/sys/kernel/osrelease": b"6.1.0-test\n",
        "sys/devices/system/cpu/online": b"0-1\n",
        **dict(changes),
    }
    for name, data in host.items():
        path = tmp_path / "host" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is not None:
            path.write_bytes(data)
            path.chmod(0o755)
    # The collector that is tried is that of the build, or a test's own.
    folder = tmp_path / "bin" if (tmp_path / "bin").exists() else COLLECT.parent
    (tmp_path / "tmp").mkdir(exist_ok=True)
    done = subprocess.run([CTL, "--sysroot", tmp_path / "host", "test", *options],
                          env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}",
                               "TMPDIR": str(tmp_path / "tmp")},
                          capture_output=True, text=True, check=False)
    assert not list((tmp_path / "tmp").iterdir())
    found = {}
    for line in done.stdout.splitlines():
        verdict, check, text = line.split(None, 2)
        found[check] = verdict, text
    return found, done


def test_a_host_whose_capture_works(tmp_path):
    found, done = try_on(tmp_path, described())
    assert list(found) == CHECKS
    assert {verdict for verdict, _ in found.values()} == {"ok"}, found
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "host/sys/kernel/hvdump/capture").read_bytes() == b"1\n"
    assert "1 partitions, 2 VPs" in found["notes"][1]


@pytest.mark.parametrize("check, notes, words", [
    ("time", {"wall_ns": 1_700_000_000_000_000_000}, "before it was asked for"),
    ("time", {"reason": 1}, "reason 1, not a live capture"),
    ("vps", {"vps": 1}, "1 VPs of this kernel's own, and 2 CPUs are online"),
])
def test_notes_that_are_not_of_now_and_here(tmp_path, check, notes, words):
    found, done = try_on(tmp_path, described(**notes))
    assert [name for name, (verdict, _) in found.items() if verdict == "fail"] == [check]
    assert words in found[check][1]
    assert done.returncode == 1


@pytest.mark.parametrize("check, name, data, words", [
    ("host", "proc/sys/kernel/random/boot_id", b"30313233-0000-0000-0000-000000000000\n",
     f"boot id {BOOT_ID}, and this boot's is 30313233-0000"),
    ("host", "proc/sys/kernel/osrelease", b"6.1.0-tester\n", "and this is 6.1.0-tester"),
    ("vps", "sys/devices/system/cpu/online", b"0,2-3\n", "and 3 CPUs are online"),
])
def test_a_host_that_is_another(tmp_path, check, name, data, words):
    found, done = try_on(tmp_path, described(), changes={name: data})
    assert [one for one, (verdict, _) in found.items() if verdict == "fail"] == [check]
    assert words in found[check][1]
    assert done.returncode == 1


def test_a_guest_reads_the_vp_that_it_runs_on(tmp_path):
    found, done = try_on(tmp_path, described(kind=4, vps=1))
    assert found["vps"][0] == "ok" and done.returncode == 0


@pytest.mark.parametrize("script, words", [
    ("exit 1", "hvdump-collect: exit status 1"),
    ("echo first; echo 'it is late' >&2; exit 1",
     "hvdump-collect: exit status 1: it is late"),
    ("exit 0", "hvdump-collect saved nothing that can be read"),
    # It saves other notes than it was given.
    (f'cp "$2" "$2.other" && printf x | dd of="$2.other" bs=1 seek=300 conv=notrunc 2> /dev/null && '
     f'{COLLECT} --offline "$2.other" --output "$4" --name dump --no-vmcore --no-report; '
     'rm "$2.other"; exit 0', "differs from the notes"),
])
def test_a_collector_that_does_not_save(tmp_path, script, words):
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/hvdump-collect"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    found, done = try_on(tmp_path, described())
    assert [name for name, (verdict, _) in found.items() if verdict == "fail"] == ["collect"]
    assert words in found["collect"][1]
    assert done.returncode == 1


def test_damaged_notes(tmp_path):
    notes = bytearray(described())
    notes[len(notes) // 2] ^= 0xFF
    found, done = try_on(tmp_path, bytes(notes))
    assert list(found) == ["ready", "capture", "read", "notes"]
    assert found["notes"][0] == "fail" and "offset" in found["notes"][1]
    assert done.returncode == 1


def test_without_the_module(tmp_path):
    found, done = try_on(tmp_path, None, changes=dict.fromkeys(
        ["sys/kernel/hvdump/capture", *(name for name in HOST if "hvdump/" in name)]))
    assert found == {"ready": ("fail", "module; hvdumpctl status says what to do"),
                     "capture": ("fail", "hvdump.ko is not loaded, or older than this; "
                                         "modprobe hvdump")}
    assert done.returncode == 1


def test_a_capture_that_a_crash_would_lose(tmp_path):
    """It works; but no crash kernel would see it, and nobody would collect it."""
    found, done = try_on(tmp_path, described(), changes={
        "sys/kernel/kexec_crash_loaded": b"0\n", "usr/sbin/hvdump-collect": None})
    assert found.pop("ready") == ("fail", "crash-kernel, collector; hvdumpctl status says"
                                          " what to do")
    assert list(found) == CHECKS[1:] and {verdict for verdict, _ in found.values()} == {"ok"}
    assert done.returncode == 1


def test_a_warning_does_not_fail(tmp_path):
    found, done = try_on(tmp_path, described(), changes={
        "etc/systemd/system/kdump-tools-dump.service.d/10-hvdump.conf": None})
    assert found["ready"][0] == "ok" and done.returncode == 0


def test_the_notes_are_kept_and_nothing_is_written_over(tmp_path):
    notes, out = described(), tmp_path / "live.notes"
    assert try_on(tmp_path, notes, "--output", out)[1].returncode == 0
    assert out.read_bytes() == notes
    assert out.stat().st_mode & 0o777 == 0o600
    again = try_on(tmp_path, described(), "--output", out)[1]
    assert again.returncode == 1
    assert again.stderr == f"hvdumpctl: {out}: File exists\n"
    assert out.read_bytes() == notes
