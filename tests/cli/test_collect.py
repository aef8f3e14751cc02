# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump-collect: what it saves, in which order, and what it says of what it could not save."""

import hashlib
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import time

import pytest
from elftools.elf.elffile import ELFFile

import cores
import notes
from collecting import (COLLECT, LOG, REPORT, REPORT_JSON, Stage, TOP, check_complete,
                        TRIED, check_content, check_finished, file_of, manifest_of, states)

MEMORY = bytes(range(256)) * 64
SEGMENT = notes.prstatus() * 2 + notes.vmcoreinfo() + notes.segment()
ALL = ["hvdump.elf", "vmcore-dmesg.txt", "report.txt", "report.json", "vmcore"]

pytestmark = pytest.mark.skipif(not COLLECT.exists(), reason=f"{COLLECT} is not built")


@pytest.fixture(name="stage")
def make_stage(tmp_path):
    return Stage(tmp_path, cores.elf(SEGMENT, [(0x100000, MEMORY)]))


def contents(stage):
    return {"hvdump.elf": SEGMENT, "vmcore-dmesg.txt": LOG, "report.txt": REPORT,
            "report.json": REPORT_JSON, "vmcore": stage.vmcore.read_bytes()}


def test_all_saved(stage):
    run = stage.run("--name", "dump")
    assert run.returncode == 0, run.stderr
    manifest = check_finished(stage.output / "dump")
    assert states(manifest) == dict.fromkeys(ALL, "complete")
    check_content(stage.output / "dump", contents(stage))
    assert manifest["exit"] == 0
    assert manifest["dump_level"] == 31
    assert manifest["makedumpfile"] == {"arguments": ["-c", "-d", "31"], "exit": 0,
                                        "signal": None, "end": "exit status 0"}
    assert manifest["tools"]["makedumpfile"] == "makedumpfile: version 9.9.9"
    assert manifest["tools"]["hvdump"] == "hvdump 9.9"
    assert manifest["source"]["format"] == "elf"
    assert manifest["source"]["notes_size"] == len(SEGMENT)


def test_markers_are_printed_in_order(stage):
    lines = stage.run().stdout.splitlines()
    elf = (stage.collected() / "hvdump.elf").stat().st_size
    safe = [i for i, line in enumerate(lines)
            if line.startswith(f"hvdump-collect: hvdump.elf is safe ({elf} bytes, ")]
    begin = [i for i, line in enumerate(lines)
             if line == "hvdump-collect: starting makedumpfile"]
    assert len(safe) == len(begin) == 1
    assert safe[0] < begin[0]
    assert lines[safe[0]].endswith(" ms)")


def test_capture_summary(stage):
    stage.run()
    capture = check_finished(stage.collected())["capture"]
    assert capture["complete"] is True
    assert (capture["header"], capture["capture"], capture["end"]) == (True, True, True)
    assert capture["reason"] == "linux-panic"
    assert capture["cpu"] == 1
    assert capture["kernel"] == "6.1.0-test"
    assert capture["module"] == "0.1.0"
    assert capture["boot_id"] == "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"
    # chunk, header, capture, 2 partitions, 4 VPs with their registers, end, chunk end
    assert capture["records"] == 3 + 2 + 4 * 2 + 2
    assert capture["dropped"] == []
    assert capture["damage"] == {"count": 0, "first": None, "offset": None}


def test_only_the_owner_may_read(stage):
    stage.run()
    directory = stage.collected()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for path in directory.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_default_name_has_time_and_boot_id(stage):
    before = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    stage.run()
    stamp, boot = stage.collected().name.split("-")
    assert before <= stamp <= time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    assert boot == "a0a1a2a3"


def test_existing_directory_is_left_alone(stage):
    old = stage.output / "dump"
    old.mkdir(parents=True)
    (old / "vmcore").write_bytes(b"precious")
    (stage.output / "dump.1").mkdir()
    assert stage.run("--name", "dump").returncode == 0
    assert [p.name for p in old.iterdir()] == ["vmcore"]
    assert (old / "vmcore").read_bytes() == b"precious"
    assert states(check_finished(stage.output / "dump.2")) == dict.fromkeys(ALL, "complete")


# Readers of hvdump.elf: none of them is ours.

@pytest.fixture(name="elf")
def make_elf(stage):
    stage.run("--no-vmcore", "--no-report", "--name", "dump")
    return stage.output / "dump/hvdump.elf"


def test_elf_holds_the_segment_byte_for_byte(elf):
    data = elf.read_bytes()
    assert cores.note_segment(data) == SEGMENT
    assert data[16:20] == bytes([4, 0, 62, 0])  # ET_CORE, EM_X86_64


def test_machine_is_the_header_records(tmp_path):
    segment = notes.chunk([notes.header(machine=183)], close=False)
    stage = Stage(tmp_path, cores.elf(segment))
    stage.run("--no-vmcore", "--name", "dump")
    assert (stage.output / "dump/hvdump.elf").read_bytes()[18:20] == bytes([183, 0])


def test_machine_without_header_is_the_vmcores(tmp_path):
    stage = Stage(tmp_path, cores.elf(notes.chunk([notes.capture()]), machine=183))
    stage.run("--no-vmcore", "--name", "dump")
    assert (stage.output / "dump/hvdump.elf").read_bytes()[18:20] == bytes([183, 0])


@pytest.mark.parametrize("tool", [["readelf", "-W"], ["eu-readelf"]], ids=lambda t: t[0])
def test_readelf_lists_the_notes(elf, tool):
    if not shutil.which(tool[0]):
        pytest.skip(f"{tool[0]} is not installed")
    run = subprocess.run([*tool, "-n", elf], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    listed = [line for line in run.stdout.splitlines() if line.startswith("  HVDUMP ")]
    assert len(listed) == SEGMENT.count(b"HVDUMP\0\0")
    assert run.stdout.count("VMCOREINFO") == 1
    headers = subprocess.run([*tool, "-l", elf], capture_output=True, text=True, check=True)
    assert headers.stderr == ""


def test_pyelftools_reads_the_notes(elf):
    with elf.open("rb") as file:
        segment = ELFFile(file).get_segment(0)
        found = [(n["n_name"], n["n_descsz"]) for n in segment.iter_notes()]
    assert [name for name, _ in found[:3]] == ["CORE", "CORE", "VMCOREINFO"]
    assert {name for name, _ in found[3:]} == {"HVDUMP"}


def test_crash_takes_it_for_a_kernels_core(elf):
    if not shutil.which("crash"):
        pytest.skip("crash is not installed")
    run = subprocess.run(["crash", "--osrelease", elf], capture_output=True, text=True,
                         check=False, timeout=60)
    assert run.stdout.strip() == "6.1.0-test"
    assert run.returncode == 0


# What it is given.

def test_no_hypervisor_state(tmp_path):
    stage = Stage(tmp_path, cores.elf(notes.prstatus() + notes.vmcoreinfo(), [(0, MEMORY)]))
    run = stage.run()
    assert run.returncode == 0
    assert "no hypervisor state" in run.stderr
    assert "is safe" not in run.stdout
    manifest = check_finished(stage.collected())
    assert manifest["capture"] is None
    assert states(manifest) == {"hvdump.elf": "missing", "vmcore-dmesg.txt": "complete",
                                "report.txt": "missing", "report.json": "missing",
                                "vmcore": "complete"}
    assert "no hypervisor state" in file_of(manifest, "hvdump.elf")["why"]
    assert file_of(manifest, "hvdump.elf")["wanted"] is False


def test_armed_but_never_captured(tmp_path):
    stage = Stage(tmp_path, cores.elf(notes.chunk([notes.header()], close=False)))
    run = stage.run()
    assert run.returncode == 0
    assert "captured nothing" in run.stderr
    capture = check_finished(stage.collected())["capture"]
    assert (capture["header"], capture["capture"], capture["complete"]) == (True, False, False)
    assert capture["reason"] is None


def test_capture_that_was_cut_off(tmp_path):
    stage = Stage(tmp_path, cores.elf(notes.segment(ended=False)))
    run = stage.run()
    assert run.returncode == 0
    assert "cut off" in run.stderr
    capture = check_finished(stage.collected())["capture"]
    assert (capture["capture"], capture["end"], capture["complete"]) == (True, False, False)


def test_dropped_records_are_passed_on(tmp_path):
    dropped = [(notes.REGISTERS, 1, 17), (notes.VP, 4, 3)]
    stage = Stage(tmp_path, cores.elf(notes.segment(dropped=dropped)))
    stage.run()
    capture = check_finished(stage.collected())["capture"]
    assert capture["complete"] is False
    assert capture["dropped"] == [
        {"type": "registers", "type_code": notes.REGISTERS, "why": "space", "amount": 17},
        {"type": "vp", "type_code": notes.VP, "why": "hypervisor", "amount": 3}]


def test_damaged_notes_are_saved_and_said(tmp_path):
    segment = bytearray(notes.segment())
    segment[segment.index(b"6.1.0-test")] ^= 1
    stage = Stage(tmp_path, cores.elf(bytes(segment)))
    assert stage.run().returncode == 4
    manifest = check_finished(stage.collected())
    assert manifest["capture"]["damage"]["count"] == 1
    assert "CRC" in manifest["capture"]["damage"]["first"]
    assert cores.note_segment((stage.collected() / "hvdump.elf").read_bytes()) == segment


def test_cut_vmcore(stage):
    data = stage.vmcore.read_bytes()
    end = data.index(b"HVDUMP") + 700
    stage.vmcore.write_bytes(data[:end])
    assert stage.run().returncode == 4
    manifest = check_finished(stage.collected())
    assert manifest["source"]["damage"]
    assert states(manifest)["hvdump.elf"] == "complete"
    assert manifest["capture"]["end"] is False
    saved = cores.note_segment((stage.collected() / "hvdump.elf").read_bytes())
    assert SEGMENT.startswith(saved)
    assert len(saved) > 336 * 2


def test_text_that_is_none(tmp_path):
    """A release of arbitrary bytes: the manifest stays JSON."""
    segment = notes.chunk([notes.header(release=b"6.1\xff\x01\"\\x")], close=False)
    stage = Stage(tmp_path, cores.elf(segment))
    stage.run("--no-vmcore")
    assert check_finished(stage.collected())["capture"]["kernel"] == '6.1??"\\x'


@pytest.mark.parametrize("seed", range(40))
def test_any_damage_is_survived(stage, seed):
    """Some flipped bytes, or a cut, anywhere in the headers and notes."""
    draw = random.Random(seed)
    data = bytearray(stage.vmcore.read_bytes())
    size = len(data) - len(MEMORY)
    for _ in range(draw.choice([1, 3, 30])):
        data[draw.randrange(size)] = draw.choice([0, 1, 0x7f, 0xff, draw.randrange(256)])
    stage.vmcore.write_bytes(data[:draw.choice([len(data), draw.randrange(size)])])
    run = stage.run("--no-vmcore", "--no-report", "--notes", "0x100000:4096")
    assert run.returncode in (1, 4), run.stderr
    manifest = check_finished(stage.collected())
    assert manifest["exit"] == run.returncode
    if states(manifest)["hvdump.elf"] == "complete":
        saved = cores.note_segment((stage.collected() / "hvdump.elf").read_bytes())
        assert saved in data


@pytest.mark.parametrize("what", ["absent", "directory", "text", "empty"])
def test_unreadable_vmcore(stage, what):
    stage.vmcore.unlink()
    if what == "directory":
        stage.vmcore.mkdir()
    elif what != "absent":
        stage.vmcore.write_bytes(b"" if what == "empty" else b"no dump at all\n" * 99)
    stage.behaviour.update(DMESG="fail", VMCORE="fail")
    run = stage.run("--no-vmcore")
    assert run.returncode in (1, 4)
    manifest = check_finished(stage.collected())
    assert manifest["exit"] == run.returncode
    assert states(manifest)["hvdump.elf"] == "missing"
    assert manifest["capture"] is None
    assert file_of(manifest, "hvdump.elf")["why"]


def test_nothing_saved_at_all(stage):
    stage.vmcore.unlink()
    stage.tool("makedumpfile", None)
    run = stage.run()
    assert run.returncode == 1
    manifest = check_finished(stage.collected())
    assert manifest["exit"] == 1
    assert set(states(manifest).values()) == {"missing"}


def test_from_a_saved_elf(stage, tmp_path):
    """Offline, from a file that the collector itself has saved."""
    stage.run("--name", "first", "--no-vmcore")
    first = stage.output / "first/hvdump.elf"
    run = subprocess.run([COLLECT, "--vmcore", first, "--output", tmp_path / "again", "--name",
                          "x", "--no-vmcore", "--no-report"], env=stage.environment(),
                         capture_output=True, check=False)
    assert run.returncode == 0
    assert (tmp_path / "again/x/hvdump.elf").read_bytes() == first.read_bytes()


# Tools that fail.

@pytest.mark.parametrize("how, end", [("fail", "exit status 1"), ("kill", "killed by SIGKILL")])
def test_makedumpfile_fails(stage, how, end):
    stage.behaviour["VMCORE"] = how
    assert stage.run().returncode == 4
    directory = stage.collected()
    manifest = check_finished(directory)
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "vmcore": "partial"}
    assert end in file_of(manifest, "vmcore")["why"]
    assert manifest["makedumpfile"]["end"] == end
    assert manifest["makedumpfile"]["signal"] == (signal.SIGKILL if how == "kill" else None)
    assert manifest["makedumpfile"]["exit"] == (1 if how == "fail" else None)
    whole = stage.vmcore.read_bytes()
    assert (directory / "vmcore.partial").read_bytes() == whole[:len(whole) // 2]
    check_content(directory, contents(stage))


def test_makedumpfile_writes_nothing(stage):
    stage.behaviour["VMCORE"] = "empty"
    assert stage.run().returncode == 4
    manifest = manifest_of(stage.collected())
    assert states(manifest)["vmcore"] == "partial"
    assert "empty" in file_of(manifest, "vmcore")["why"]
    assert not (stage.collected() / "vmcore").exists()


def test_makedumpfile_is_not_there(stage):
    stage.tool("makedumpfile", None)
    assert stage.run().returncode == 4
    manifest = check_finished(stage.collected())
    assert states(manifest) == {"hvdump.elf": "complete", "vmcore-dmesg.txt": "missing",
                                "report.txt": "complete", "report.json": "complete",
                                "vmcore": "missing"}
    assert "No such file" in file_of(manifest, "vmcore")["why"]
    assert manifest["tools"]["makedumpfile"] is None
    assert manifest["makedumpfile"]["exit"] is None


def test_dmesg_fails(stage):
    stage.behaviour["DMESG"] = "fail"
    assert stage.run().returncode == 4
    manifest = check_finished(stage.collected())
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "vmcore-dmesg.txt": "partial"}


def test_hvdump_is_not_there(stage):
    stage.tool("hvdump", None)
    assert stage.run().returncode == 4
    manifest = check_finished(stage.collected())
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "report.txt": "missing",
                                "report.json": "missing"}


def test_report_fails(stage):
    stage.behaviour["REPORT"] = "fail"
    assert stage.run().returncode == 4
    manifest = check_finished(stage.collected())
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "report.txt": "partial"}
    assert "exit status 1" in file_of(manifest, "report.txt")["why"]


def test_report_on_an_incomplete_capture_counts(stage):
    """hvdump's exit status 4: it was shown, and something in it is incomplete."""
    stage.tool("hvdump", "#!/bin/sh\ncat \"$FAKE_DIR/report\"\nexit 4\n")
    assert stage.run().returncode == 0
    manifest = check_finished(stage.collected())
    assert states(manifest) == dict.fromkeys(ALL, "complete")
    assert "left out" in file_of(manifest, "report.txt")["why"]


def test_report_has_bounded_memory(stage):
    stage.tool("hvdump", "#!/bin/sh\nulimit -v\n")
    stage.run()
    assert (stage.collected() / "report.txt").read_text() == "262144\n"


@pytest.mark.slow
def test_report_has_bounded_time(stage):
    stage.behaviour["REPORT"] = "sleep"
    start = time.monotonic()
    assert stage.run(timeout=120).returncode == 4
    assert 59 < time.monotonic() - start < 90
    manifest = check_finished(stage.collected())
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "report.txt": "partial"}
    assert "too long" in file_of(manifest, "report.txt")["why"]


# Options.

def test_makedumpfile_arguments_see_no_shell(stage):
    stage.run("--makedumpfile", "-l  -d 23\t;touch $HOME \"x y\"")
    directory = stage.collected()
    call = stage.calls()[-1].split(" ", 1)[1]
    assert call == (f"-l -d 23 ;touch $HOME \"x y\" {stage.vmcore} {directory}/vmcore.partial")
    manifest = check_finished(directory)
    assert manifest["dump_level"] == 23
    assert manifest["makedumpfile"]["arguments"] == ["-l", "-d", "23", ";touch", "$HOME", '"x',
                                                     'y"']


@pytest.mark.parametrize("release, version, level", [
    ("6.1.0-test", "1.7.2", 31), ("5.10.0-test", "none", 31),
    ("6.2.0-test", "1.7.2", 23), ("6.2.0-test", "1.7.3", 31), ("6.9.12-test", "1.7.5", 31),
    ("6.10.0-test", "1.7.5", 23), ("6.10.0-test", "1.7.6", 31), ("6.11.9-test", "1.7.6", 31),
    ("6.12.0-test", "1.7.6", 23), ("6.12.117+deb12-test", "1.7.2", 23),
    ("6.12.0-test", "1.7.7", 31), ("6.18.1-test", "1.7.8", 31), ("6.18.1-test", "none", 23),
    ("7.0.0-test", "1.7.8", 23), ("test", "1.7.8", 23)])
def test_the_level_fits_kernel_and_makedumpfile(tmp_path, release, version, level):
    """What makedumpfile's log and issue #16 say: slab pages moved in 6.2, 6.10 and 6.12."""
    stage = Stage(tmp_path, cores.elf(notes.prstatus() + notes.vmcoreinfo(release)
                                      + notes.segment(), [(0x100000, MEMORY)]))
    stage.run("--name", "dump", env=stage.environment(FAKE_VERSION=version))
    assert manifest_of(stage.output / "dump")["dump_level"] == level


@pytest.mark.parametrize("arguments, level", [("-c", None), ("-d31", 31), ("-d 31,17", None),
                                              ("-d 1 -d 2", 2), ("-d", None), ("-d x", None)])
def test_dump_level(stage, arguments, level):
    stage.run("--makedumpfile", arguments)
    assert manifest_of(stage.collected())["dump_level"] == level


def test_no_vmcore_and_no_report(stage):
    assert stage.run("--no-vmcore", "--no-report").returncode == 0
    manifest = check_finished(stage.collected())
    assert states(manifest) == {**dict.fromkeys(ALL, "missing"), "hvdump.elf": "complete",
                                "vmcore-dmesg.txt": "complete"}
    assert "--no-vmcore" in file_of(manifest, "vmcore")["why"]
    assert manifest["makedumpfile"] is None
    assert not any(" report " in call for call in stage.calls())


def test_checksum_of_the_vmcore_only_if_asked(stage):
    stage.run("--name", "without")
    assert file_of(manifest_of(stage.output / "without"), "vmcore")["sha256"] is None
    stage.run("--name", "with", "--checksum")
    assert (file_of(check_finished(stage.output / "with"), "vmcore")["sha256"]
            == hashlib.sha256(stage.vmcore.read_bytes()).hexdigest())


@pytest.mark.parametrize("options", [
    ["--name", ""], ["--name", "a/b"], ["--name", ".."], ["--output", ""], ["--nonsense"],
    ["word"], ["--notes", "1"], ["--notes", "0x1000:0"], ["--notes", "-1:4096"],
    ["--notes", "0x1000:4096,"], ["--notes", "0x1000:0x4000001"],
    ["--notes", "0xffffffffffffffff:4096"], ["--notes", ",".join(["0:1"] * 65)],
    ["--makedumpfile", "x " * 65],
], ids=lambda o: " ".join(o)[:30])
def test_wrong_options(stage, options):
    run = stage.run(*options)
    assert run.returncode == 1
    assert run.stderr
    assert not stage.output.exists()


@pytest.mark.parametrize("option, begin", [("--help", "Usage: "), ("-h", "Usage: "),
                                           ("--version", "hvdump-collect "),
                                           ("-V", "hvdump-collect ")])
def test_help_and_version(option, begin):
    run = subprocess.run([COLLECT, option], capture_output=True, text=True, check=True)
    assert run.stdout.startswith(begin)
    assert max(map(len, run.stdout.splitlines())) <= 80
    assert run.stderr == ""


# --notes: chunks of memory that no PT_NOTE leads to.

@pytest.fixture(name="chunks")
def make_chunks(tmp_path):
    """A vmcore whose chunks are in its memory alone, parted over two PT_LOADs."""
    captured = [notes.capture(), notes.partition(1, 0, 1)]
    first = notes.chunk([notes.header(), *captured], 0, 2, address=0x7000000)
    second = notes.chunk([notes.end(captured)], 1, 2, address=0x7100000)
    memory = first.ljust(8192, b"\0") + bytes(4096)
    stage = Stage(tmp_path, cores.elf(notes.prstatus(), [
        (0x7000000, memory[:1000]), (0x7000000 + 1000, memory[1000:]),
        (0x7100000, second.ljust(4096, b"\0"))]))
    return stage, first, second


def test_notes_from_memory(chunks):
    stage, first, second = chunks
    run = stage.run("--notes", "0x7000000:0x2000,118489088:4096")
    assert run.returncode == 0, run.stderr
    manifest = check_finished(stage.collected())
    assert manifest["capture"]["complete"] is True
    data = (stage.collected() / "hvdump.elf").read_bytes()
    assert cores.note_segment(data) == notes.prstatus() + first + second


def test_a_chunk_that_is_there_already_is_not_doubled(tmp_path):
    chunk = notes.segment()
    stage = Stage(tmp_path, cores.elf(chunk, [(0x7000000, chunk.ljust(8192, b"\0"))]))
    assert stage.run("--notes", "0x7000000:8192").returncode == 0
    data = (stage.collected() / "hvdump.elf").read_bytes()
    assert cores.note_segment(data) == chunk


@pytest.mark.parametrize("address, what", [("0x9000000", "no PT_LOAD"), ("0x7002000", "no chunk"),
                                           ("0x7002800", "no PT_LOAD")])
def test_notes_that_are_not_there(chunks, address, what):
    stage, first, _ = chunks
    run = stage.run("--notes", f"{address}:0x1000,0x7000000:0x2000")
    assert run.returncode == 4
    manifest = check_finished(stage.collected())
    assert any(what in m and f"{int(address, 16):#018x}" in m for m in manifest["messages"])
    data = (stage.collected() / "hvdump.elf").read_bytes()
    assert cores.note_segment(data) == notes.prstatus() + first


# Asked to stop.

def wait_for(condition):
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_passed_on(stage, number):
    stage.behaviour["VMCORE"] = "sleep"
    with subprocess.Popen(stage.command("--name", "dump"), env=stage.environment(),
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        partial = stage.output / "dump/vmcore.partial"
        wait_for(lambda: partial.exists() and partial.stat().st_size)
        process.send_signal(number)
        assert process.wait(timeout=20) == 4
    manifest = check_finished(stage.output / "dump")
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "vmcore": "partial"}
    assert manifest["makedumpfile"]["signal"] == number
    assert number.name in manifest["messages"][-1]


def test_a_signal_during_the_report_ends_it_all(stage):
    stage.behaviour["REPORT"] = "sleep"
    with subprocess.Popen(stage.command("--name", "dump"), env=stage.environment(),
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: any(" report " in call for call in stage.calls()))
        process.terminate()
        assert process.wait(timeout=20) == 4
    manifest = check_finished(stage.output / "dump")
    assert states(manifest) == {"hvdump.elf": "complete", "vmcore-dmesg.txt": "complete",
                                "report.txt": "partial", "report.json": "missing",
                                "vmcore": "missing"}
    assert file_of(manifest, "vmcore")["why"] == "asked to stop"
    assert not any("-c -d 31" in call for call in stage.calls())


@pytest.mark.slow
def test_a_deaf_child_is_killed(stage):
    stage.behaviour["VMCORE"] = "trap"
    with subprocess.Popen(stage.command("--name", "dump"), env=stage.environment(),
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        partial = stage.output / "dump/vmcore.partial"
        wait_for(lambda: partial.exists() and partial.stat().st_size)
        process.terminate()
        assert process.wait(timeout=30) == 4
    assert check_finished(stage.output / "dump")["makedumpfile"]["signal"] == signal.SIGKILL


# Disks that fail, and kills, at each call that changes the disk.

@pytest.fixture(name="shim", scope="session")
def make_shim(tmp_path_factory):
    shim = tmp_path_factory.mktemp("shim") / "killat.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", shim, TOP / "tests/tools/killat.c",
                    "-ldl"], check=True)
    return shim


def preload(shim):
    """LD_PRELOAD; a program built with ASan wants its own library first."""
    linked = subprocess.run(["ldd", COLLECT], capture_output=True, text=True, check=True).stdout
    asan = [line.split("=> ")[1].split()[0] for line in linked.splitlines() if "libasan" in line]
    return ":".join([*asan, str(shim)])


def run_with(stage, shim, fault, *options):
    log = stage.path / "calls"
    env = stage.environment(LD_PRELOAD=preload(shim), KILLAT=fault, KILLAT_LOG=str(log))
    run = stage.run(*options, "--name", "dump", env=env)
    return run, log.read_text().splitlines()


def sweep(stage, shim, action, check, play=run_with, step=1, keep=False):
    """Run with the fault at each call in turn; check(run, "action@N: the call before, call")."""
    _, calls = play(stage, shim, "none@0")
    assert len(calls) > 20
    for number in range(1, len(calls) + 1, step):
        if not keep:
            shutil.rmtree(stage.output, ignore_errors=True)
        run, _ = play(stage, shim, f"{action}@{number}")
        TRIED[action] += 1
        check(run, f"{action}@{number}: {', '.join(calls[max(number - 2, 0):number])}")


def test_the_small_file_is_safe_first(stage, shim):
    """Synced, renamed, its directory synced; and only then the next file begins."""
    _, calls = run_with(stage, shim, "none@0")
    calls = [c for c in calls if not c.startswith("mkdir") and c != "fsync " + stage.output.name]
    begin = calls.index("openat hvdump.elf.partial")
    renamed = calls.index("renameat hvdump.elf")
    assert calls[renamed - 1] == "fsync hvdump.elf.partial"
    assert calls[renamed + 1] == "fsync dump"
    assert {c.split()[1] for c in calls[begin:renamed]} == {"hvdump.elf.partial"}
    for name in ALL + ["manifest.json"]:
        last = len(calls) - 1 - calls[::-1].index(f"renameat {name}")
        assert calls[last - 1] == f"fsync {name}.partial"
        assert calls[last + 1] == "fsync dump"


@pytest.mark.parametrize("action", ["kill", "after"])
def test_killed_anywhere(stage, shim, action):
    def check(run, where):
        assert run.returncode == -signal.SIGKILL, where
        if not stage.output.exists() or not list(stage.output.iterdir()):
            return
        directory = stage.output / "dump"
        check_content(directory, contents(stage))
        if "hvdump.elf is safe" in run.stdout:
            assert (directory / "hvdump.elf").exists(), where
        if "starting makedumpfile" in run.stdout:
            assert states(manifest_of(directory))["hvdump.elf"] == "complete", where

    sweep(stage, shim, action, check)


def test_stopped_anywhere(stage, shim):
    def check(run, where):
        # The last calls belong to the last manifest: everything is saved by then.
        assert run.returncode in (0, 1, 4), where
        manifest = check_finished(stage.output / "dump")
        assert manifest["exit"] == run.returncode, where
        assert states(manifest)["hvdump.elf"] == "complete" or run.returncode == 1, where
        check_content(stage.output / "dump", contents(stage))

    sweep(stage, shim, "stop", check)


def test_an_io_error_anywhere(stage, shim):
    def check(run, where):
        assert run.returncode in (0, 1, 4), (where, run.stderr)
        # The next manifest makes up for one that failed, the parents may be anything.
        harmless = (", posix_fallocate", ", fsync out", ", fsync " + stage.path.name,
                    "manifest.json")
        if not any(h in where for h in harmless):
            assert run.returncode != 0, where
            assert "Input/output error" in run.stderr, where
        directory = stage.output / "dump"
        if not directory.exists():
            return
        check_content(directory, contents(stage))
        if manifest_of(directory)["state"] == "finished":
            assert check_finished(directory)["exit"] == run.returncode, where
        else:
            assert run.returncode == 4, where

    sweep(stage, shim, "eio", check)


def test_a_disk_full_from_any_call_on(stage, shim):
    def check(run, where):
        assert run.returncode in (0, 1, 4), (where, run.stderr)
        directory = stage.output / "dump"
        if not directory.exists():
            assert run.returncode == 1
            return
        check_content(directory, contents(stage))
        if (directory / "manifest.json").exists():
            assert run.returncode in (4, manifest_of(directory)["exit"]), where

    sweep(stage, shim, "full", check)


def test_short_writes_are_continued(stage, shim):
    run, calls = run_with(stage, shim, "short@1")
    assert run.returncode == 0
    assert len([c for c in calls if c.startswith("write hvdump.elf")]) > 3
    assert states(check_finished(stage.output / "dump")) == dict.fromkeys(ALL, "complete")
    check_content(stage.output / "dump", contents(stage))


def test_file_size_limit(stage):
    """The vmcore does not fit; what comes before it does, and the manifest too."""
    stage.vmcore.write_bytes(cores.elf(SEGMENT, [(0x100000, MEMORY * 16)]))
    limit = 65536
    run = stage.run(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert run.returncode == 4
    manifest = check_finished(stage.collected())
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "vmcore": "partial"}
    check_content(stage.collected(), contents(stage))


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_full_file_system(stage):
    """makedumpfile fills the disk; the room for the manifest was set aside before."""
    stage.vmcore.write_bytes(cores.elf(SEGMENT, [(0x100000, MEMORY * 64)]))
    stage.output.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", stage.output],
                             capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted: " + mounted.stderr.strip())
    # makedumpfile cannot say how much it needs: then it is tried.
    stage.behaviour["NEEDS"] = ""
    try:
        run = stage.run("--name", "dump")
        manifest = check_finished(stage.output / "dump")
        check_content(stage.output / "dump", contents(stage))
    finally:
        subprocess.run(["umount", stage.output], check=True)
    assert run.returncode == manifest["exit"] == 4
    assert states(manifest) == {**dict.fromkeys(ALL, "complete"), "vmcore": "partial"}
    assert manifest["makedumpfile"]["exit"] == 1


def test_output_that_cannot_be_made(stage):
    stage.output.write_bytes(b"a file")
    run = stage.run()
    assert run.returncode == 1
    assert "cannot make the directory" in run.stderr


def test_closed_console(stage):
    """Nobody reads what it prints."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as console:
        run = subprocess.run(stage.command(), env=stage.environment(), stdout=console,
                             stderr=console, check=False)
    assert run.returncode == 0
    assert states(check_finished(stage.collected())) == dict.fromkeys(ALL, "complete")
