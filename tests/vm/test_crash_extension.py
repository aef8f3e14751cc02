# SPDX-License-Identifier: GPL-2.0-or-later
"""The crash extension shows what hvdump shows of the same dump, in both formats.

Each command's output is redirected to a file of its own, as crash's users do it, so what is
compared is all that the command printed, byte for byte.
"""

import json
import re
import subprocess

import pytest

from . import programs
from .paths import NotBuilt, built

LIMIT = 120

# hv's words are hvdump's, less the file.
LISTINGS = {
    "info": ["info"],
    "info-verbose": ["info", "-v"],
    "partitions": ["partitions"],
    "partitions-verbose": ["partitions", "-v"],
    "partitions-columns": ["partitions", "-n", "-o", "vps,id"],
    "vps": ["vps"],
    "vps-partition": ["vps", "-p", "0x102"],
    "vps-self": ["-p", "self", "vps", "-o", "vp,pc,sp"],
    "regs": ["regs"],
    "regs-one": ["regs", "-p", "0x102", "--vp", "1", "-l", "0"],
    "regs-all": ["regs", "--all"],
    "regs-code": ["regs", "-p", "self", "--code"],
    "regs-json": ["regs", "--json", "-a"],
    "messages": ["messages", "-a"],
    "state": ["state", "-a"],
    "stats": ["stats", "-a", "--json"],
    "pages": ["pages", "-o", "PFN,KIND,OWNER,STATE,EVIDENCE"],
    "page": ["page", "-a", "PAGE"],
    "hypervisor": ["hypervisor", "--json"],
    "translate": ["translate", "-p", "self", "--vp", "0", "PC", "0x1000"],
    "notes": ["notes"],
}
# hvdump's exit status where it is not 0: this hypervisor's memory is not in these dumps.
STATUS = {"hypervisor": 4}

# What hvdump refuses, with its exit status; crash has none.
REFUSED = {
    "no-partition": (["regs", "-p", "0x999"], 1),
    "no-vp": (["regs", "-p", "0x102", "--vp", "77"], 1),
    "wrong-number": (["vps", "-p", "nonsense"], 2),
    "wrong-column": (["vps", "-o", "nonsense"], 2),
    "wrong-option": (["info", "-a"], 2),
    "no-page": (["page"], 2),
    "no-command": (["nonsense"], 2),
}


@pytest.fixture(name="extension", scope="module")
def fixture_extension():
    """hv.so as ./run build made it."""
    try:
        return built("analyzer", "crash", "hv.so")
    except NotBuilt as problem:
        pytest.skip(f"{problem}: configure found no crash/defs.h (package crash)")


def crash(words: list, commands: list) -> str:
    """What crash prints, start-up messages included."""
    text = "".join(f"{one}\n" for one in [*commands, "quit"])
    done = subprocess.run(["crash", "-s", *words], input=text, timeout=LIMIT,
                          capture_output=True, text=True, check=False,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "dumb"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def filled(dump, listing: list) -> list:
    """Its words, with a page that the dump has, and where the root's VP 0 was."""
    if not {"PAGE", "PC"} & {*listing}:
        return listing
    pages = programs.hvdump_json("pages", dump)["pages"]
    vps = programs.hvdump_json("vps", "-p", "self", dump)["partitions"][0]["vps"]
    values = {"PAGE": next(str(one["pfn"]) for one in pages if one["state"] in ("file", "note")),
              "PC": vps[0]["vtls"][0]["pc"]}
    return [values.get(word, word) for word in listing]


def of_hvdump(dump, listing: list, status: int) -> str:
    """What hvdump prints: its file comes before pages and addresses."""
    words = filled(dump, listing)
    at = 0 if words[0].startswith("-") else 1
    return programs.hvdump(*words[:at], *([dump] if at else []), *words[at:],
                           *([] if at else [dump]), status=status)


class Shown:
    """What hv showed of one dump in one run of crash."""

    def __init__(self, dump, words, extension, folder):
        self.dump = dump
        self.folder = folder
        commands = [f"extend {extension}"]
        for name, listing in LISTINGS.items():
            commands.append(f"hv {' '.join(filled(dump, listing))} > {folder}/{name}")
        for name, (refused, _status) in REFUSED.items():
            commands.append(f"hv {' '.join(refused)} > {folder}/{name}")
        commands += ["hv vps | cat", "eval 1 + 1", f"extend -u {extension}"]
        self.said = crash([*words, dump], commands)

    def text(self, name: str) -> str:
        """The whole output of one command."""
        return (self.folder / name).read_text()


@pytest.fixture(name="shown", scope="module", params=[
    ("compressed", "full"), ("compressed", "minimal"), ("elf", "full"), ("elf", "minimal"),
], ids="-".join)
def fixture_shown(request, panic, vmlinux, extension, tmp_path_factory):
    """Each kind of dump, opened by crash in each of its two modes."""
    kind, mode = request.param
    dump = panic.out / "vmcore" if kind == "compressed" else panic.extra / "vmcore.elf"
    words = ["--minimal", vmlinux] if mode == "minimal" else [vmlinux]
    return Shown(dump, words, extension, tmp_path_factory.mktemp(f"{kind}-{mode}"))


@pytest.mark.parametrize("name", LISTINGS)
def test_the_listings_are_those_of_hvdump(shown, name):
    """Byte for byte; and there is something in them."""
    expected = of_hvdump(shown.dump, LISTINGS[name], STATUS.get(name, 0))
    assert len(expected.splitlines()) > 1
    # Behind the listing hv says what hvdump says on stderr.
    assert shown.text(name).startswith(expected) if name in STATUS else \
        shown.text(name) == expected


def test_the_listings_are_of_this_dump(shown):
    """Not only the same: the partitions that the run was given, and its CPU."""
    ids = re.findall(r"0x[0-9a-f]{16}", shown.text("partitions-columns"))
    assert {int(one, 16) for one in ids} >= {0x102, 0x103, 0x1000a}
    assert len(json.loads(shown.text("regs-json"))["partitions"]) == len(ids)


def test_a_pipe_gets_the_listing(shown):
    """crash shows what comes out of the pipe on its own stdout."""
    assert programs.hvdump("vps", shown.dump) in shown.said


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_those_of_hvdump(shown, name):
    """The same words, on a line that crash begins; crash goes on."""
    words, status = REFUSED[name]
    done = subprocess.run([built("analyzer", "hvdump"), *words, shown.dump], timeout=LIMIT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == status
    reason = done.stderr.splitlines()[0].removeprefix("hvdump: ")
    assert shown.text(name).splitlines()[0] == f"hv: {reason}"
    assert f"hv: {reason}" in shown.said
    assert re.search(r"^ *decimal: 2 *$", shown.said, re.M), "crash went on after it"


def test_it_unloads(shown):
    """crash can take it out again."""
    assert "hv.so: shared object unloaded" in shown.said


def test_without_the_module_there_is_nothing_to_show(panic_without_module, vmlinux, extension):
    """A dump without notes of ours is remarked on, not complained about by a crash."""
    dump = panic_without_module.out / "vmcore"
    said = crash(["--minimal", vmlinux, dump], [f"extend {extension}", "hv vps"])
    assert f"hv: {dump}: holds no notes of owner HVDUMP" in said
    assert "PARTITION" not in said


def test_a_damaged_capture_is_shown_and_remarked_on(panic, vmlinux, extension, tmp_path):
    """One bit of a note flipped on disk: the same text, and the same remark, as of hvdump."""
    data = bytearray((panic.out / "vmcore").read_bytes())
    info = programs.hvdump_json("info", panic.out / "vmcore")["source"]
    at = data.rindex(b"HVDUMP\0", 0, info["notes_offset"] + info["notes_size"])
    # The descriptor's size of the last record but one's header, made absurd.
    at = data.rindex(b"HVDUMP\0", 0, at)
    data[at - 5] ^= 0x40
    dump = tmp_path / "vmcore"
    dump.write_bytes(data)
    done = subprocess.run([built("analyzer", "hvdump"), "vps", dump], timeout=LIMIT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 4 and done.stderr
    out = tmp_path / "out"
    crash(["--minimal", vmlinux, dump], [f"extend {extension}", f"hv vps > {out}",
                                         f"hv vps -q > {out}-quiet"])
    assert out.read_text() == done.stdout + done.stderr.replace("hvdump: ", "hv: ")
    assert (tmp_path / "out-quiet").read_text() == done.stdout
