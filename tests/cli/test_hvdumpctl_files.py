# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdumpctl list, install, uninstall, unpack; hvdump-collect --stream."""

import io
import json
import os
import struct
import subprocess
import tarfile

import pytest

import cores
import notes
from collecting import BUILD, COLLECT, LOG, Stage

CTL = BUILD / "collector/hvdumpctl"
pytestmark = pytest.mark.skipif(not CTL.exists(), reason=f"{CTL} is not built")
MARK = b"HVDUMP-STREAM 1 VMCORE\n".ljust(512, b"\0")
MEMORY = bytes(range(256)) * 64
SEGMENT = notes.vmcoreinfo() + notes.segment()


def ctl(*words, **more):
    return subprocess.run([CTL, *words], capture_output=True, check=False,
                          env={**os.environ, "PATH": "/usr/sbin:/usr/bin"}, **more)


# install, uninstall

@pytest.fixture(name="host")
def make_host(tmp_path):
    (tmp_path / "usr/sbin").mkdir(parents=True)
    return tmp_path


def service(host, name):
    program = host / "usr/sbin" / name
    program.write_text("")
    program.chmod(0o755)


@pytest.mark.parametrize("program, path, mode", [
    ("kdump-config", "etc/systemd/system/kdump-tools-dump.service.d/10-hvdump.conf", 0o644),
    ("kdumpctl", "etc/kdump/pre.d/10-hvdump", 0o755)])
def test_install_and_uninstall(host, program, path, mode):
    service(host, program)
    for _ in range(2):
        run = ctl("--sysroot", host, "install")
        assert run.returncode == 0, run.stderr
    text = (host / path).read_text()
    assert "hvdump-collect --no-vmcore --if-state" in text
    assert (host / path).stat().st_mode & 0o777 == mode
    if program == "kdump-config":
        # Nothing of ours may fail the service.
        assert all(line.startswith("ExecStartPre=-") for line in text.splitlines()
                   if "=" in line)
    assert ctl("--sysroot", host, "uninstall").returncode == 0
    assert not (host / path).exists()
    assert ctl("--sysroot", host, "uninstall").returncode == 0


def test_a_file_of_others_is_left_alone(host):
    service(host, "kdump-config")
    path = host / "etc/systemd/system/kdump-tools-dump.service.d/10-hvdump.conf"
    path.parent.mkdir(parents=True)
    path.write_text("[Service]\n")
    for verb in ("install", "uninstall"):
        assert ctl("--sysroot", host, verb).returncode == 1
        assert path.read_text() == "[Service]\n"


def test_no_service_is_known(host):
    run = ctl("--sysroot", host, "install")
    assert run.returncode == 1
    assert b"no kdump service is known" in run.stderr


# list

def test_list(host):
    crash = host / "var/crash"
    for name, code, report in (("b", 0, "Linux panicked on CPU 0.\nmore\n"), ("a", 4, None),
                               ("c", None, "")):
        (crash / name).mkdir(parents=True)
        (crash / name / "manifest.json").write_text(json.dumps(
            {"schema": "hvdump-manifest/1", "exit": code,
             "times": {"started": f"2026-01-01T00:00:0{ord(name) - 97}Z"}}))
        if report is not None:
            (crash / name / "report.txt").write_text(report)
    (crash / "202601010000").mkdir()
    run = ctl("--sysroot", host, "list")
    assert run.returncode == 0
    lines = [line.split(None, 3) for line in run.stdout.decode().splitlines()]
    assert [line[:2] for line in lines[1:]] == [["c", "cut-off"], ["b", "complete"],
                                                ["a", "incomplete"]]
    assert lines[2][3] == "Linux panicked on CPU 0."
    assert lines[3][3] == "(no report)"


def test_list_of_nothing(host):
    run = ctl("--sysroot", host, "list")
    assert (run.returncode, run.stdout) == (0, b"")


# The stream.

def flattened(data, piece=1000):
    """makedumpfile -F of data, its pieces not in order."""
    parts = [(at, data[at:at + piece]) for at in range(0, len(data), piece)][::-1]
    out = struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0")
    return out + b"".join(struct.pack(">qq", at, len(d)) + d for at, d in parts) + \
        struct.pack(">qq", -1, -1)


@pytest.fixture(name="stream")
def make_stream(tmp_path):
    """What hvdump-collect writes to a pipe, with a made-up makedumpfile behind it."""
    stage = Stage(tmp_path, cores.elf(SEGMENT, [(0x100000, MEMORY)]))
    (tmp_path / "flat").write_bytes(flattened(stage.vmcore.read_bytes()))
    (tmp_path / "tmp").mkdir()
    stage.tool("makedumpfile", (stage.bin / "makedumpfile").read_text().replace(
        "for source;", '[ "$1" != -F ] || { cat "$FAKE_DIR/flat"; exit 0; }\nfor source;'))
    run = subprocess.run([COLLECT, "--vmcore", stage.vmcore, "--stream", "--name", "dump"],
                         env=stage.environment(TMPDIR=str(tmp_path / "tmp")),
                         capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert b"hvdump.elf is safe" in run.stderr
    assert not list((tmp_path / "tmp").iterdir())
    return stage, run.stdout


def test_the_small_files_are_a_tar(stream):
    """Read by Python's tarfile, which is none of ours, and by GNU tar."""
    stage, data = stream
    end = data.index(MARK)
    with tarfile.open(fileobj=io.BytesIO(data[:end])) as tar:
        files = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}
        assert all(m.mode == 0o600 and m.isfile() for m in tar.getmembers())
    assert sorted(files) == ["dump/hvdump.elf", "dump/manifest.json", "dump/report.json",
                             "dump/report.txt", "dump/vmcore-dmesg.txt"]
    assert cores.note_segment(files["dump/hvdump.elf"]) == SEGMENT
    assert files["dump/vmcore-dmesg.txt"] == LOG
    assert json.loads(files["dump/manifest.json"])["state"] == "running"
    listed = subprocess.run(["tar", "-t"], input=data, capture_output=True, check=True)
    assert set(listed.stdout.decode().split()) == set(files)
    assert data[end + 512:] == (stage.path / "flat").read_bytes()


def test_unpack(stream, tmp_path):
    stage, data = stream
    (tmp_path / "out").mkdir()
    run = ctl("unpack", "--output", tmp_path / "out", input=data)
    assert run.returncode == 0, run.stderr
    folder = tmp_path / "out/dump"
    assert {p.name for p in folder.iterdir()} == {
        "hvdump.elf", "manifest.json", "report.json", "report.txt", "vmcore-dmesg.txt", "vmcore"}
    assert (folder / "vmcore").read_bytes() == stage.vmcore.read_bytes()
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in folder.iterdir())


def test_a_stream_that_is_cut_anywhere(stream, tmp_path):
    """What has a final name is whole; the exit status tells."""
    stage, data = stream
    cuts = sorted({*range(0, len(data), len(data) // 60), len(data) - 1, len(data) - 16})
    for cut in cuts:
        out = tmp_path / f"cut{cut}"
        out.mkdir()
        run = ctl("unpack", "--output", out, input=data[:cut])
        # A tar, its end and the mark, and nothing: --no-vmcore.
        assert run.returncode == (0 if data[:cut].endswith(MARK) else 1), cut
        vmcore = out / "dump/vmcore"
        assert not vmcore.exists()
        elf = out / "dump/hvdump.elf"
        if elf.exists():
            assert cores.note_segment(elf.read_bytes()) == SEGMENT


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "dump/../../x", "dump/a/b", ".hidden/x",
                                  "dump/.x"])
def test_names_that_lead_elsewhere(tmp_path, name):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        info = tarfile.TarInfo("x")
        info.name = name
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))
    (tmp_path / "out").mkdir()
    run = ctl("unpack", "--output", tmp_path / "out", input=buffer.getvalue())
    assert run.returncode == 1
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_terminal_gets_no_stream(tmp_path):
    stage = Stage(tmp_path, cores.elf(SEGMENT))
    leader, follower = os.openpty()
    run = subprocess.run([COLLECT, "--vmcore", stage.vmcore, "--stream"], stdout=follower,
                         stderr=subprocess.PIPE, env=stage.environment(), check=False)
    os.close(leader)
    os.close(follower)
    assert run.returncode == 1
    assert b"must be a pipe" in run.stderr
