# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump's commands: what they print, what they say, how they end."""

import itertools
import os
import re
import shutil
import struct
import subprocess

import pytest

import analyzer
import cores
import notes
from analyzer import FILE_COMMANDS, described, hvdump, valid, write

RECORD = 0x48560000


@pytest.fixture(scope="module")
def panic(tmp_path_factory):
    return write(tmp_path_factory.mktemp("dumps") / "panic.elf",
                 cores.elf(notes.prstatus() + described("panic") + notes.vmcoreinfo()))


def one_line(text):
    return len(text.splitlines()) == 1 and text.startswith("hvdump: ")


# --- text, as a person reads it

TEXTS = {
    "report": ["report"],
    "info": ["info", "-v"],
    "notes": ["notes"],
    "partitions": ["partitions"],
    "vps": ["vps"],
    "regs": ["regs", "-p", "0x102", "--vp", "0", "-l", "0"],
    "regs-all": ["regs", "--all", "-p", "258", "--vp", "0", "--vtl", "0"],
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_as_expected(name, panic):
    done = hvdump(*TEXTS[name], panic.name, cwd=panic.parent)
    assert (done.returncode, done.stderr) == (0, "")
    expected = analyzer.EXPECTED / f"{name}.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(done.stdout)
    assert done.stdout == expected.read_text()


@pytest.mark.parametrize("name", TEXTS)
def test_text_has_no_trailing_blanks_and_no_escapes(name, panic):
    text = hvdump(*TEXTS[name], panic).stdout
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    assert text.isascii() and "\x1b" not in text


def test_an_answer_that_cannot_be_true_is_not_called_a_success(tmp_path):
    """More reps done than were asked for: the report does not take it for one."""
    description = (analyzer.DUMPS / "hvcrash.txt").read_text().replace(
        "drop type", "failure call=0x50 status=0 partition_id=1 reps=1 reps_done=4095\ndrop type")
    path = write(tmp_path / "odd.notes", analyzer.mknote(description))
    for command in ("report", "notes"):
        text = hvdump(command, path).stdout
        assert "GET_VP_REGISTERS: success, with an answer that cannot be true" in text
    report = valid("report", hvdump("--json", "report", path).stdout)
    assert report["capture"]["failures"][0]["status_code"] == "0x0000"


def test_hypervisor_crash(tmp_path):
    """Nothing could be asked: the report says what happened, and that and why it is all."""
    write(tmp_path / "hvcrash", described("hvcrash"))
    done = hvdump("report", "hvcrash", cwd=tmp_path)
    assert done.returncode == 4 and one_line(done.stderr)
    expected = analyzer.EXPECTED / "report-hvcrash.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(done.stdout)
    assert done.stdout == expected.read_text()
    data = valid("report", hvdump("report", "-j", tmp_path / "hvcrash").stdout)
    assert data["capture"]["reason"] == "hypervisor-crash" and data["capture"]["vp"] is None
    assert data["capture"]["dropped"] == [{"type": "partition", "why": "hypervisor", "amount": 1}]
    assert data["partitions"] == []
    assert [f["severity"] for f in data["findings"]] == ["fatal", "info", "info"]


def test_incomplete_capture_is_said_in_text_and_status(tmp_path):
    file = write(tmp_path / "x", notes.segment(dropped=[(notes.REGISTERS, 1, 7)]))
    done = hvdump("report", file)
    assert done.returncode == 4
    assert one_line(done.stderr) and "7 registers records are missing" in done.stderr
    assert "INCOMPLETE" in done.stdout and "capture-incomplete" not in done.stdout
    assert "7 registers records are missing: the room for notes was full" in done.stdout


def test_cut_off_capture(tmp_path):
    file = write(tmp_path / "x", notes.segment(ended=False))
    done = hvdump("report", file)
    assert done.returncode == 4 and "CUT OFF" in done.stdout and one_line(done.stderr)
    data = valid("report", hvdump("report", "-j", file).stdout)
    assert data["capture"]["complete"] is False and data["capture"]["duration_ns"] is None
    assert "capture-cut-off" in [f["id"] for f in data["findings"]]
    assert len(data["partitions"]) == 2


def test_armed_only(tmp_path):
    file = write(tmp_path / "x", notes.chunk([notes.header()], close=False))
    for command in FILE_COMMANDS:
        done = hvdump(command, file)
        assert done.returncode == 3 and one_line(done.stderr), command
        assert "armed" in done.stderr
        data = valid(command, hvdump(command, "--json", file).stdout)
        assert data["capture"]["kernel"] == "6.1.0-test" and data["capture"]["reason"] is None


def test_vmcore_without_our_notes(tmp_path):
    for data in cores.elf(notes.prstatus() + notes.vmcoreinfo()), analyzer.kdump(
            notes.prstatus()), cores.elf(b""):
        file = write(tmp_path / "vmcore", data)
        for command in FILE_COMMANDS:
            done = hvdump(command, file)
            assert done.returncode == 3 and one_line(done.stderr), command
            data = valid(command, hvdump(command, "--json", file).stdout)
            assert data["capture"] is None


# --- JSON, against the schema and against what was put in

@pytest.mark.parametrize("command", FILE_COMMANDS)
def test_json_fits_the_schema(command, panic):
    done = hvdump(command, "--json", panic)
    assert (done.returncode, done.stderr) == (0, "")
    valid(command, done.stdout)


@pytest.mark.parametrize("kind", [[], ["registers"], ["properties"], ["hypercalls"], ["status"],
                                  ["system-properties"], ["privileges"], ["messages"],
                                  ["counters"]])
def test_abi(kind):
    rows = valid("abi", hvdump("abi", "-j", *kind).stdout)["abi"]
    assert rows and (not kind or {row["kind"] for row in rows} == set(kind))
    text = hvdump("abi", "-n", *kind, "-o", "NAME").stdout.split()
    assert text == [row["name"] for row in rows]


def test_abi_knows_rip():
    rows = valid("abi", hvdump("abi", "registers", "-j").stdout)["abi"]
    rip, = [row for row in rows if row["name"] == "RIP"]
    assert (rip["code"], rip["arch"], rip["bits"]) == ("0x00020010", "x86-64", 64)


def registers_of(data):
    """{(partition, vp, vtl): registers}"""
    return {(p["id"], vp["index"], vtl["vtl"]): vtl["registers"]
            for p in data["partitions"] for vp in p["vps"] for vtl in vp["vtls"]}


def test_registers_are_those_of_a_second_encoder(tmp_path):
    values = {0x20000: 0, 0x20010: 2**64 - 1, 0x40000: 0x80050033, 0x30000: 2**127 + 5,
              0x60001: (0xA09B0010FFFFFFFF << 64) | 0x1000, 0xDEAD0001: 77}
    body = [notes.capture(), notes.partition(0x102, 1, 3), notes.vp(0x102, 9),
            notes.registers(0x102, 9, values)]
    file = write(tmp_path / "x", notes.chunk([notes.header()] + body + [notes.end(body)]))
    done = hvdump("regs", "--json", "--all", file)
    assert done.returncode == 0
    regs, = registers_of(valid("regs", done.stdout)).values()
    assert {name: r["value"] for name, r in regs.items()} == {
        "RAX": "0x0000000000000000",
        "RIP": "0xffffffffffffffff",
        "CR0": "0x0000000080050033",
        "XMM0": "0x80000000000000000000000000000005",
        "CS": "0xa09b0010ffffffff0000000000001000",
        "0xdead0001": "0x0000000000000000000000000000004d",
    }
    assert {int(r["code"], 16) for r in regs.values()} == set(values)
    assert {r["status"] for r in regs.values()} == {"SUCCESS"}


def test_json_of_the_panic(panic):
    data = valid("report", hvdump("report", "--json", "--all", panic).stdout)
    capture = data["capture"]
    assert capture["reason"] == "linux-panic" and capture["complete"] is True
    assert (capture["cpu"], capture["records"], capture["calls"]) == (1, 33, 32)
    assert capture["time"] == "2023-11-14T22:13:21.005000000Z"
    assert capture["duration_ns"] == 1234000
    assert capture["kernel"] == "6.1.0-32-cloud-amd64"
    assert capture["stages"] == [{
        "call": 2, "cpu": 0, "hypervisor": "gone", "flags": "", "first": None, "first_records": 0,
        "first_partition": None, "first_vp": None, "first_call": None}]
    assert (capture["died_first"], capture["devirtualised"]) == ("linux", True)
    assert data["hypervisor"]["version"] == "10.0.27744.4-1-5"
    assert data["hypervisor"]["privileges"] == "0x0000100300008072"
    assert [(p["id"], p["kind"], p["state"]) for p in data["partitions"]] == [
        ("0x0000000000000001", "root", None), ("0x0000000000000102", "child", "active"),
        ("0x0000000000000103", "child", "suspended")]
    states = {(p["id"][-3:], vp["index"], vtl["vtl"]): (vtl["state"], vtl["mode"], vtl["level"])
              for p in data["partitions"] for vp in p["vps"] for vtl in vp["vtls"]}
    assert states == {
        ("001", 0, 0): ("halted", "64-bit", 0), ("001", 1, 0): ("running", "64-bit", 0),
        ("102", 0, 0): ("running", "64-bit", 3), ("102", 0, 1): ("running", "64-bit", 0),
        ("102", 1, 0): ("intercept", "64-bit", 0), ("103", 0, 0): ("suspended", "real", 0),
        ("103", 1, 0): ("not-started", "real", 0), ("103", 2, 0): ("not-captured", None, None)}
    regs = registers_of(data)["0x0000000000000102", 0, 0]
    assert regs["SINT0"] == {"code": "0x000a0000", "value": None, "status": "NOT_ASKED",
                             "fields": None}
    # As the kernel that Linux is sets it (Intel SDM volume 3, 2.5).
    fields = regs["CR0"]["fields"]
    assert {name for name, is_set in fields.items() if is_set} == {
        "PE", "MP", "ET", "NE", "WP", "AM", "PG"}
    assert set(fields) == {"PE", "MP", "EM", "TS", "ET", "NE", "WP", "AM", "NW", "CD", "PG"}
    # Not asked for either, since another VP had answered that.
    assert regs["AMD_VM_HSAVE_PA"]["status"] == "UNKNOWN_REGISTER_NAME"
    assert data["partitions"][1]["properties"]["PRIVILEGE_FLAGS"] == {
        "code": "0x00010000", "value": None, "status": "ACCESS_DENIED",
        "fields": None, "words": None}
    assert [(f["call"], f["status"], f["vp"], f["argument"]) for f in capture["failures"]] == [
        ("GET_VP_REGISTERS", "INVALID_VP_INDEX", 2, "0x0000000000000000"),
        ("GET_PARTITION_PROPERTY", "ACCESS_DENIED", None, "0x0000000000010000")]
    ids = [f["id"] for f in data["findings"]]
    assert ids == ["linux-panic", "vp-on-intercept", "failed-calls", "vp-not-captured",
                   "no-linux", "devirtualised"]


def test_commands_of_findings_work(panic):
    data = valid("report", hvdump("report", "--json", panic).stdout)
    evidence = [e for f in data["findings"] for e in f["evidence"]]
    assert len(evidence) >= 5
    for e in evidence:
        program, *args = e["command"].split()
        assert program == "hvdump"
        assert hvdump(*args, cwd=panic.parent).returncode == 0, e


# --- every kind of file says the same

FORMATS = {
    "notes": lambda own, others: own,
    "memory": lambda own, others: described("panic", "-m"),
    "behind-others": lambda own, others: others + own,
    "elf": lambda own, others: cores.elf(others + own, loads=[(0, bytes(5000))]),
    "elf-two-segments": lambda own, others: analyzer.several_note_segments([others, own]),
    "kdump": lambda own, others: analyzer.kdump(others + own),
    "kdump-4": lambda own, others: analyzer.kdump(others + own, version=4),
    "kdump-64k": lambda own, others: analyzer.kdump(others + own, block=65536),
}


@pytest.mark.parametrize("name", FORMATS)
def test_all_formats_say_the_same(name, tmp_path, panic):
    file = write(tmp_path / name,
                 FORMATS[name](described("panic"), notes.prstatus() + notes.vmcoreinfo()))
    done = hvdump("report", "--json", "--all", file)
    assert (done.returncode, done.stderr) == (0, "")
    data = valid("report", done.stdout)
    expected = valid("report", hvdump("report", "--json", "--all", panic).stdout)
    for part in "capture", "hypervisor", "partitions":
        assert data[part] == expected[part]
    assert data["source"]["format"] == ("kdump" if "kdump" in name else
                                        "elf" if "elf" in name else "notes")


def test_a_chunk_in_each_note_segment(tmp_path):
    """The crash kernel's own headers: every chunk is a PT_NOTE, still with its zeros."""
    memory = described("panic", "-m")
    chunks = [memory[i:i + 4096] for i in range(0, len(memory), 4096)]
    file = write(tmp_path / "x", analyzer.several_note_segments(chunks))
    done = hvdump("info", file)
    assert (done.returncode, done.stderr) == (0, "")


def test_flattened(tmp_path):
    """A stream as makedumpfile -F writes it is read as it is."""
    for n, data in enumerate((analyzer.kdump(notes.prstatus() + described("panic")),
                              cores.elf(described("panic")))):
        plain, flat = tmp_path / f"{n}" / "x", tmp_path / f"{n}-flat" / "x"
        for path in plain, flat:
            path.parent.mkdir()
        write(plain, data)
        write(flat, analyzer.flattened(data))
        done = hvdump("report", "x", cwd=flat.parent)
        assert done.returncode == 0
        kind = ("kdump", "elf")[n]
        assert done.stdout == (hvdump("report", "x", cwd=plain.parent).stdout
                               .replace(f"x ({kind})", "x (flattened)"))
        info = valid("info", hvdump("info", "-j", flat).stdout)
        assert info["source"]["format"] == "flattened"


def test_directory(tmp_path):
    (tmp_path / "empty").mkdir()
    done = hvdump("info", tmp_path / "empty")
    assert done.returncode == 1 and "found neither" in done.stderr
    write(tmp_path / "vmcore", analyzer.kdump(described("panic")))
    data = valid("info", hvdump("info", "-j", tmp_path).stdout)
    assert data["source"]["path"] == f"{tmp_path}/vmcore"
    write(tmp_path / "hvdump.elf", cores.elf(described("panic")))
    data = valid("info", hvdump("info", "-j", tmp_path).stdout)
    assert data["source"]["path"] == f"{tmp_path}/hvdump.elf"


def test_report_takes_the_file_that_has_state(tmp_path, panic):
    without = write(tmp_path / "vmcore", cores.elf(notes.vmcoreinfo()))
    assert hvdump("report", without, panic).stdout == hvdump("report", panic).stdout
    assert hvdump("report", panic, without).returncode == 0
    assert hvdump("report", without, without).returncode == 3


# --- files that are refused

@pytest.mark.parametrize("data, said", [
    (b"", "empty"),
    (b"\x1f\x8b\x08" + bytes(100), "gzip"),
    (b"\x28\xb5\x2f\xfd" + bytes(100), "zstd"),
    (b"just a text\n", "expected an ELF core"),
    (bytes(10000), "expected an ELF core"),
    (b"\x7fELF\x01\x01\x01" + bytes(100), "64-bit"),
    (b"\x7fELF\x02\x02\x01" + bytes(100), "little-endian"),
    (b"\x7fELF\x02\x01\x01" + bytes(100), "ELF core (type 4)"),
    (b"\x7fELF\x02\x01\x01", "ELF header of 64 bytes, found 7"),
    (b"KDUMP   " + bytes(100), "kdump header"),
    (b"KDUMP   " + bytes(5000), "block size"),
])
def test_other_files_are_refused(data, said, tmp_path):
    file = write(tmp_path / "x", data)
    done = hvdump("report", file)
    assert done.returncode == 1 and done.stdout == ""
    assert one_line(done.stderr) and said in done.stderr and str(file) in done.stderr


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for path in tmp_path / "missing", tmp_path / "fifo", "/dev/zero":
        done = hvdump("info", path)
        assert done.returncode == 1 and one_line(done.stderr)


# --- the command line

@pytest.mark.parametrize("args", [
    [], ["report"], ["info"], ["nonsense", "x"], ["info", "a", "b"], ["--nonsense"],
    ["info", "-p", "1", "x"], ["vps", "--vp", "1", "x"], ["info", "-a", "x"],
    ["vps", "-l", "0", "x"], ["abi", "nonsense"], ["abi", "status", "status"], ["info", "-o"],
    ["stats", "--cpu", "1", "x"], ["translate", "x"], ["diff", "a"],
])
def test_wrong_usage(args):
    done = hvdump(*args)
    assert done.returncode == 2 and done.stdout == "" and done.stderr


@pytest.mark.parametrize("args", [
    ["-p", "nonsense"], ["-p", "-1"], ["-p", ""], ["-p", "0x"], ["-p", "1 "],
    ["-p", "0x10000000000000000"], ["--vp", "x"], ["--vp", "4294967296"], ["-l", "65536"],
])
def test_wrong_numbers(args, panic):
    done = hvdump("regs", *args, panic)
    assert done.returncode == 2 and done.stdout == "" and one_line(done.stderr)


def test_what_was_not_captured(panic):
    for args in ["-p", "0x999"], ["--vp", "77"], ["-p", "1", "--vp", "2"]:
        done = hvdump("regs", *args, panic)
        assert done.returncode == 1 and done.stdout == "" and one_line(done.stderr)


def test_the_commands_are_in_the_help():
    text = hvdump("--help").stdout
    for command in ("report info notes partitions vps regs stats messages page pages translate "
                    "driver hypervisor log check diff redact abi").split():
        assert re.search(rf"^ {command} +\w", text, re.MULTILINE), command
    assert max(map(len, text.splitlines())) <= 80 and len(text.splitlines()) <= 60


def test_options_stand_anywhere(panic):
    args = ["--json", "--all", "regs", str(panic), "-p", "self", "--vp=1"]
    expected = hvdump(*args).stdout
    assert list(registers_of(valid("regs", expected))) == [("0x0000000000000001", 1, 0)]
    for order in itertools.islice(itertools.permutations(
            [["--json"], ["--all"], ["regs", str(panic)], ["-p", "self"], ["--vp=1"]]), 0, 120, 7):
        assert hvdump(*sum(order, [])).stdout == expected


def test_columns(panic):
    done = hvdump("vps", "-n", "-o", "state,VP", "-p", "258", panic)
    assert done.stdout.split() == ["running", "0", "running", "0", "intercept", "1"]
    done = hvdump("vps", "-o", "nonsense", panic)
    assert done.returncode == 2 and "PARTITION" in done.stderr


def test_partition_ids_in_both_bases(panic):
    assert hvdump("vps", "-p", "258", panic).stdout == hvdump("vps", "-p", "0x102", panic).stdout


def test_help_and_version():
    assert hvdump("-V").stdout.startswith("hvdump ")
    assert hvdump("report", "-h").stdout == hvdump("--help").stdout


def test_quiet(tmp_path):
    file = write(tmp_path / "x", notes.segment(ended=False))
    done = hvdump("info", "-q", file)
    assert (done.returncode, done.stderr) == (4, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("args", [["report"], ["report", "--json"], ["vps"], ["--help"]])
def test_full_disk_is_a_failure(args, panic):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([analyzer.HVDUMP, *args, panic], stdout=full,
                              stderr=subprocess.PIPE)
    assert done.returncode == 1


@pytest.mark.skipif(not shutil.which("script"), reason="script is not installed")
def test_a_terminal_gets_the_same_table(panic):
    """Whatever its width: nothing is cut off and nothing is coloured."""
    for columns in 40, 80, 200:
        done = subprocess.run(
            ["script", "-qec", f"stty cols {columns}; {analyzer.HVDUMP} vps {panic}", "/dev/null"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, encoding="utf-8", timeout=60)
        assert done.stdout.replace("\r", "") == hvdump("vps", panic).stdout


# --- bounds

def test_terminal_escapes_of_a_dump_are_not_printed(tmp_path):
    evil = b"6.1\x1b[2J\x9b\xff\n"
    body = [notes.capture()]
    file = write(tmp_path / "x", notes.chunk(
        [notes.header(release=evil)] + body + [notes.end(body)]))
    for args in ["report"], ["info"], ["notes"], ["info", "--json"]:
        done = hvdump(*args, file)
        assert done.returncode == 0 and done.stdout.isascii() and "\x1b" not in done.stdout


def test_many_note_segments_over_the_same_bytes(tmp_path):
    """65,000 program headers that each claim the whole file do not multiply it."""
    count = 65000
    segment = notes.segment()
    start = 64 + 56 * count
    data = cores.elf(b"")[:56] + struct.pack("<HHHH", count, 0, 0, 0)
    data += struct.pack("<IIQQQQQQ", cores.PT_NOTE, 0, start, 0, 0, len(segment),
                        len(segment), 4) * count + segment
    file = write(tmp_path / "x", data)
    program = f'import resource as r, os, sys; r.setrlimit(r.RLIMIT_AS, (256 << 20,) * 2); ' \
              f'os.execv(sys.argv[1], sys.argv[1:])'
    done = subprocess.run(["/usr/bin/python3", "-c", program, analyzer.HVDUMP, "report", "-q",
                           file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 4


def test_more_program_headers_than_16_bits_count(tmp_path):
    """PN_XNUM: the first section header has the number."""
    count = 70000
    segment = described("panic")
    start = 64 + 56 * count
    data = bytearray(cores.elf(b"")[:64])
    struct.pack_into("<Q", data, 40, start + len(segment))
    struct.pack_into("<HHHH", data, 56, 0xFFFF, 64, 1, 0)
    data += bytes(56) * (count - 1)
    data += struct.pack("<IIQQQQQQ", cores.PT_NOTE, 0, start, 0, 0, len(segment), len(segment), 4)
    data += segment + bytes(44) + struct.pack("<I", count) + bytes(16)
    file = write(tmp_path / "x", bytes(data))
    done = hvdump("info", file)
    assert (done.returncode, done.stderr) == (0, "")
    done = hvdump("info", write(tmp_path / "y", bytes(data[:-30])))
    assert done.returncode == 1 and "counts the program headers" in done.stderr


def test_kdump_of_a_version_without_notes(tmp_path):
    file = write(tmp_path / "x", analyzer.kdump(described("panic"), version=3))
    assert hvdump("info", file).returncode == 3


def test_kdump_that_makedumpfile_marked_incomplete(tmp_path):
    file = write(tmp_path / "x", analyzer.kdump(described("panic"), status=1 | 8))
    done = hvdump("report", file)
    assert done.returncode == 4 and "incomplete" in done.stderr
    assert "Linux panicked" in done.stdout


def test_claimed_sizes_cost_no_memory(tmp_path):
    segment = notes.segment()
    data = bytearray(cores.elf(segment))
    struct.pack_into("<Q", data, 64 + 32, 2**62)
    file = write(tmp_path / "x", bytes(data))
    done = hvdump("vps", file)
    assert done.returncode == 4 and one_line(done.stderr)
    assert done.stdout == hvdump("vps", write(tmp_path / "y", segment)).stdout


def test_newer_records_are_skipped(tmp_path):
    """A record type of tomorrow, and fields that records grow at their end."""
    body = [notes.capture(), notes.record(RECORD + 0x99, b"tomorrow"),
            notes.record(notes.PARTITION, struct.pack("<QQII", 5, 1, 3, 2) + b"more fields"),
            notes.vp(5, 0)]
    file = write(tmp_path / "x", notes.chunk([notes.header()] + body + [notes.end(body)]))
    data = valid("vps", hvdump("vps", "-j", file).stdout)
    assert data["capture"]["complete"] and data["capture"]["unknown_records"] == 1
    assert [p["id"] for p in data["partitions"]] == ["0x0000000000000005"]


def test_arm64(tmp_path):
    values = {0: 0, 1: 0, 3: 0, 4: 0, 0x20022: 0xFFFF800080010000, 0x20023: 0x604000C5,
              0x2001F: 0xFFFF80008000BE00}
    body = [notes.capture(), notes.partition(1, 0, 1), notes.vp(1, 0),
            notes.registers(1, 0, values)]
    file = write(tmp_path / "x", cores.elf(notes.chunk(
        [notes.header(machine=183)] + body + [notes.end(body)]), machine=183))
    vtl = valid("regs", hvdump("regs", "-j", file).stdout)["partitions"][0]["vps"][0]["vtls"][0]
    assert (vtl["state"], vtl["mode"], vtl["level"]) == ("running", "aarch64", 1)
    assert vtl["pc"] == vtl["registers"]["PC"]["value"] == "0xffff800080010000"
    assert "EL1" in hvdump("vps", file).stdout


def test_machine_of_the_file_where_the_header_is_lost(tmp_path):
    """Without the header record the registers' names come from the file's own machine."""
    body = [notes.capture(), notes.vp(1, 0), notes.registers(1, 0, {0x20010: 5})]
    segment = notes.chunk(body + [notes.end(body)])
    for data, name in ((cores.elf(segment), "RIP"), (analyzer.kdump(segment), "RIP"),
                       (analyzer.kdump(segment, machine=b"aarch64"), "X16"),
                       (segment, "0x00020010")):
        file = write(tmp_path / "x", data)
        regs, = registers_of(valid("regs", hvdump("regs", "-j", file).stdout)).values()
        assert list(regs) == [name]


def test_report_of_a_big_host_is_short_and_quick(tmp_path):
    """1,000 VPs: the report stays readable; the tables have all of them."""
    file = write(tmp_path / "x", notes.segment(vps=1000))
    done = hvdump("report", file)
    assert done.returncode == 0 and len(done.stdout.splitlines()) < 150
    assert "and 936 more: hvdump vps" in done.stdout
    assert len(hvdump("vps", "-n", file).stdout.splitlines()) == 1000
