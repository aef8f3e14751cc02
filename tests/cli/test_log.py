# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump log: the kernel's log, against makedumpfile's and out of a saved text."""

import re
import shutil
import subprocess
import zlib

import pytest

import cores
import notes
from analyzer import HVDUMP_SAN, described, hvdump, valid, write
from vmcores import SHARED, name_of, vmcores

LEVELS = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"]

# As makedumpfile writes it, and bytes that no kernel would have let through.
TEXT = (b"[    0.000000] Linux version 6.1.0-test\n"
        b"[    1.500000] of two\n"
        b"               lines\n"
        b"[12345678.000001]  \x1b[2J\x9b\rcleared?\n"
        b"[    2.000000] \n")
SHOWN = (TEXT.decode("latin1").replace("\x1b", "\\x1b").replace("\x9b", "\\x9b")
         .replace("\r", "\\x0d"))


@pytest.fixture(params=vmcores(), ids=name_of)
def vmcore(request):
    return request.param


@pytest.fixture(scope="module")
def shared():
    if not SHARED.exists():
        pytest.skip(f"no {SHARED}")
    return SHARED


def log(*args, **kwargs):
    done = hvdump("log", *args, **kwargs)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def records(*args):
    return valid("log_command", log("--json", *args))["log"]


def as_text(record):
    """What dmesg would make of a record."""
    seconds, nanoseconds = divmod(record["time_ns"], 10**9)
    head = f"[{seconds:5}.{nanoseconds // 1000:06}] "
    return head + record["text"].replace("\n", "\n" + " " * len(head)) + "\n"


def test_there_is_a_vmcore():
    if not vmcores():
        pytest.skip(f"no vmcore: neither {SHARED} nor one of ./run demo or ./run vm")


def test_it_is_what_makedumpfile_says(vmcore, tmp_path):
    if not shutil.which("makedumpfile"):
        pytest.skip("makedumpfile is not installed")
    path = tmp_path / "dmesg"
    subprocess.run(["makedumpfile", "--dump-dmesg", vmcore, path], check=True, timeout=120,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    expected = path.read_text(encoding="ascii")
    assert len(expected.splitlines()) > 100
    assert log(vmcore) == expected


def test_json_says_the_same(shared):
    found = records(shared)
    assert "".join(map(as_text, found)) == log(shared)
    assert [r["sequence"] for r in found] == list(range(len(found)))
    assert [r["text"] for r in found if "sysrq triggered crash" in r["text"]]
    assert {r["caller"] for r in found if r["text"].startswith("Linux version")} == {"T0"}


def test_the_last_ones(shared):
    found = records(shared)
    for n in (0, 1, 7, len(found), len(found) + 1, 2**64 - 1):
        assert records(shared, "--tail", n) == found[-n:][:min(n, len(found))]
    assert log("--tail", 3, shared) == "".join(map(as_text, found[-3:]))


def test_levels_are_as_in_dmesg(shared):
    found = records(shared)

    def of(*levels):
        return [r for r in found if r["level"] in levels]

    assert {r["level"] for r in found} >= {0, 4, 5, 6}
    for i, name in enumerate(LEVELS):
        assert records(shared, "--level", name) == of(i)
        assert records(shared, f"--level={i}") == of(i)
        assert records(shared, f"--level={name}+") == of(*range(i + 1))
        assert records(shared, f"--level=+{name}") == of(*range(i, 8))
    assert records(shared, "--level", "err,7,alert+") == of(0, 1, 3, 7)
    assert records(shared, "--level", "warn", "--tail", "2") == of(4)[-2:]


def test_callers_are_shown_when_asked(shared):
    plain, verbose = log(shared).splitlines(), log("-v", shared).splitlines()
    assert re.match(r"\[    0\.000000\]\[    T0\] Linux version 7\.2", verbose[0])
    assert [re.sub(r"^(\[ *[0-9.]+\])\[ *[TC][0-9]+\]", r"\1", line) for line in verbose] == plain


def test_under_sanitizers(shared):
    assert log(shared, program=HVDUMP_SAN) == log(shared)


@pytest.mark.parametrize("args", [
    ["--level", "foo"], ["--level", ""], ["--level", "err,"], ["--level", "+"], ["--level", "8"],
    ["--level", "+err+"], ["--tail", "x"], ["--tail", "-1"], ["--tail", ""],
])
def test_what_is_asked_for_is_checked(args, shared):
    done = hvdump("log", *args, shared)
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected" in done.stderr


@pytest.mark.parametrize("args", [["vps", "--tail", "1"], ["info", "--level", "err"]])
def test_other_commands_have_no_log(args, tmp_path):
    done = hvdump(*args, tmp_path)
    assert done.returncode == 2
    assert f"takes no {args[1]}" in done.stderr


# --- hvdump.elf has notes, and little of the memory

def crash(path, text=TEXT):
    path.mkdir()
    write(path / "hvdump.elf",
          cores.elf(notes.prstatus() + described("panic") + notes.vmcoreinfo()))
    if text is not None:
        write(path / "vmcore-dmesg.txt", text)
    return path


@pytest.mark.parametrize("program", [None, HVDUMP_SAN])
def test_a_saved_text_serves(program, tmp_path):
    place = crash(tmp_path / "crash")
    for path in (place, place / "hvdump.elf"):
        done = hvdump("log", path, **({"program": program} if program else {}))
        assert (done.returncode, done.stdout) == (0, SHOWN)
        assert done.stderr.endswith(f"this is {place}/vmcore-dmesg.txt\n")
        assert len(done.stderr.splitlines()) == 1
    assert hvdump("log", "-q", place).stderr == ""
    assert hvdump("log", "-q", "--tail", "3", place).stdout == "".join(
        SHOWN.splitlines(keepends=True)[1:])


def test_a_saved_text_as_json(tmp_path):
    data = valid("log_command", hvdump("log", "--json", crash(tmp_path / "crash")).stdout)
    assert data["log_file"].endswith("/vmcore-dmesg.txt")
    assert data["log_lost"] == 0
    assert [(r["time_ns"], r["text"]) for r in data["log"]] == [
        (0, "Linux version 6.1.0-test"), (1_500_000_000, "of two\nlines"),
        (12_345_678_000_001_000, " \\x1b[2J\\x9b\\x0dcleared?"), (2_000_000_000, "")]
    assert {r[key] for r in data["log"] for key in ("sequence", "level", "caller")} == {None}


@pytest.mark.parametrize("text", [
    b"", b"\n", b"no time\nat all\n", b"[", b"[    1.5] x\n", b"[99999999999.000000] x\n",
    b"[    1.000000]", b"[    1.000000] no end", b"\0\0[    1.000000] x\n", b"[ 1.000000]\n" * 9,
    b"[    1.000000] " + b"x" * 3_000_000 + b"\n", b"[    1.000000] x\n" + b"y\n" * 1_000_000,
], ids=lambda text: f"{len(text)}-{zlib.crc32(text):08x}")
def test_a_saved_text_may_be_anything(text, tmp_path):
    done = hvdump("log", "--json", crash(tmp_path / "crash", text), program=HVDUMP_SAN)
    assert done.returncode == 0
    assert valid("log_command", done.stdout)["log_lost"] == 0


def test_without_a_text_it_is_said_what_is_missing(tmp_path):
    done = hvdump("log", crash(tmp_path / "crash", None))
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert f"no text of it lies beside {tmp_path}/crash/hvdump.elf" in done.stderr


def test_a_text_has_no_levels(tmp_path):
    done = hvdump("log", "--level", "err", crash(tmp_path / "crash"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "has no levels to choose by" in done.stderr


def test_the_vmcore_beside_it_comes_first(shared, tmp_path):
    place = crash(tmp_path / "crash")
    (place / "vmcore").symlink_to(shared)
    assert log(place) == log(shared)
    assert valid("log_command", log("--json", place))["log_file"] == f"{place}/vmcore"
