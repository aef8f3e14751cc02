# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that notes refer to, as hvdump shows it: page, pages, info, notes, report."""

import os
import random
import struct

import pytest

import analyzer
import cores
import notes
from analyzer import described, hvdump, valid, write

PAGE = 4096
RANDOM = random.Random(8).randbytes(PAGE)
TEXT = b"a message".ljust(PAGE, b"\0")
# What hvdump.elf has of the memory that dumps/pages.txt refers to, and what a vmcore has.
IN_ELF = [(0x7001 * PAGE, TEXT + RANDOM), (0x7010 * PAGE, bytes(PAGE) * 2),
          (0x8000 * PAGE, RANDOM), (0xa000 * PAGE, bytes(PAGE - 8) + b"the end!")]


@pytest.fixture(name="directory")
def make_directory(tmp_path):
    """As hvdump-collect leaves one."""
    data = described("pages")
    write(tmp_path / "hvdump.elf", cores.elf(data, IN_ELF))
    write(tmp_path / "vmcore", cores.elf(data, [*IN_ELF, (0x9000 * PAGE, TEXT)]))
    return tmp_path


TEXTS = {
    "pages": (["pages", "hvdump.elf"], 4),
    "pages-directory": (["pages", "-o", "PFN,ADDRESS,PAGES,STATE,WHY", "."], 4),
    "pages-info": (["info", "hvdump.elf"], 4),
    "pages-notes": (["notes", "hvdump.elf"], 4),
    "pages-partitions": (["partitions", "hvdump.elf"], 4),
    "pages-vps": (["vps", "hvdump.elf"], 4),
    "pages-report": (["report", "hvdump.elf"], 4),
    "page-note": (["page", "hvdump.elf", "0x7000010"], 4),
    "page-file": (["page", "hvdump.elf", "28673"], 4),
    "page-end": (["page", "-a", "hvdump.elf", "0xa000000"], 4),
    "page-vmcore": (["page", ".", "0x9000fff"], 4),
    "page-guarded": (["page", "hvdump.elf", "0x9001000"], 1),
    "page-unread": (["page", "hvdump.elf", "0xb001000"], 1),
    "page-nothing": (["page", "hvdump.elf", "0"], 1),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_as_expected(name, directory):
    args, status = TEXTS[name]
    done = hvdump(*args, cwd=directory)
    assert done.returncode == status, done.stderr
    assert len(done.stderr.splitlines()) == 1
    expected = analyzer.EXPECTED / f"{name}.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(done.stdout)
    assert done.stdout == expected.read_text()
    assert done.stdout.isascii()
    assert not [line for line in done.stdout.splitlines() if line != line.rstrip()]


def page_json(path, page, status=4, **kwargs):
    done = hvdump("page", "--json", path, page, **kwargs)
    assert done.returncode == status, done.stderr
    return valid("page_command", done.stdout)["page"]


def test_a_copy_in_the_notes_comes_first(directory):
    page = page_json(directory / "hvdump.elf", 0x7000)
    assert (page["pfn"], page["address"], page["size"]) == (0x7000, "0x0000000007000000", PAGE)
    note, file = page["sources"]
    expected = struct.pack("<QQQ", 0x1122334455667788, 0, 0x4141414141414141).ljust(PAGE, b"\0")
    assert (note["source"], note["outcome"], bytes.fromhex(note["bytes"])) == (
        "note", "data", expected)
    assert (file["source"], file["outcome"], file["bytes"]) == ("file", "absent", None)
    use, = page["uses"]
    assert (use["kind"], use["cpu"], use["vp"], use["flags"]) == (
        "hypercall-input", 0, None, "overwritten copied")


@pytest.mark.parametrize("address, data", IN_ELF, ids=lambda v: hex(v) if isinstance(v, int) else "")
def test_bytes_are_those_of_the_file(directory, address, data):
    for pfn in range(address // PAGE, (address + len(data)) // PAGE):
        page = page_json(directory / "hvdump.elf", hex(pfn * PAGE + 5))
        source, = page["sources"]
        at = pfn * PAGE - address
        assert bytes.fromhex(source["bytes"]) == data[at:at + PAGE]
        # The same out of the text, which folds zeros.
        assert text_bytes(hvdump("page", "-a", directory / "hvdump.elf", pfn).stdout) == data[at:at + PAGE]


def text_bytes(text):
    """The bytes of a hex dump in which runs of zero lines are folded."""
    out = bytearray()
    for line in text[text.rindex("\n\n") + 2:].splitlines():
        if line == "*":
            continue
        at, *words = line.partition("  |")[0].split()
        out = out.ljust(int(at, 16), b"\0")
        out += bytes.fromhex("".join(words))
    return bytes(out)


def test_the_vmcore_beside_it_is_looked_at(directory):
    page = page_json(directory, 0x9000)
    assert [(s["source"], s["outcome"]) for s in page["sources"]] == [
        ("vmcore", "data"), ("file", "absent")]
    assert bytes.fromhex(page["sources"][0]["bytes"]) == TEXT
    page_json(directory / "hvdump.elf", 0x9000, status=1)


def test_several_uses_of_one_page(directory):
    page = page_json(directory / "hvdump.elf", 0xa000)
    assert [(u["kind"], u["partition"], u["vp"], u["object"], u["area"]) for u in page["uses"]] == [
        ("statistics", "0x0000000000000102", 0, "vp", "self"),
        ("statistics", "0x0000000000000102", 0, "vp", "parent")]


def test_pages_json(directory):
    data = valid("pages", hvdump("pages", "--json", directory).stdout)
    assert data["page_size"] == PAGE
    found = {(p["pfn"], p["area"]): (p["kind"], p["pages"], p["state"]) for p in data["pages"]}
    assert found == {
        (0x7000, None): ("hypercall-input", 1, "note"),
        (0x7001, None): ("hypercall-output", 1, "file"),
        (0x7002, None): ("hypercall-input", 1, "file"),
        (0x7010, None): ("sim", 2, "file"), (0x7012, None): ("sief", 1, "absent"),
        (0x8000, None): ("crash-area", 1, "file"),
        (0x9000, None): ("register-page", 1, "vmcore"),
        (0x9001, None): ("intercept-page", 1, "guarded"),
        (0xa000, "self"): ("statistics", 1, "file"),
        (0xa000, "parent"): ("statistics", 1, "file"),
        (0xa001, "self"): ("statistics", 1, "absent"),
        (0xb000, "self"): ("statistics", 1, "absent"),
        (0xb001, "self"): ("statistics", 1, "unread"),
        (0xc000, "self"): ("statistics", 1000, "unread")}
    assert [p["pfn"] for p in data["pages"]] == sorted(p["pfn"] for p in data["pages"])


def test_who_died_and_what_differs(directory):
    data = valid("report", hvdump("report", "--json", directory).stdout)
    capture = data["capture"]
    assert (capture["died_first"], capture["hypervisor_crashed_later"],
            capture["devirtualised"]) == ("linux", True, True)
    assert capture["stages"][0] == {
        "call": 2, "cpu": 0, "hypervisor": "gone",
        "flags": "in-nmi mshv-driver hypervisor-crashed", "first": "unfinished",
        "first_records": 11, "first_partition": "0x0000000000000102", "first_vp": 1,
        "first_call": "GET_VP_REGISTERS"}
    findings = {f["id"]: [e["what"] for e in f["evidence"]] for f in data["findings"]}
    assert findings["partitions-differ"] == [
        "partition 0x103: told of by the driver alone",
        "partition 0x104: told of by the hypervisor alone"]
    assert findings["vps-differ"] == [
        "partition 0x102, VP 1: told of by the driver alone",
        "partition 0x102, VP 2: told of by the hypervisor alone"]
    assert "hypervisor-crashed-later" in findings and "devirtualised" in findings
    assert len(findings["pages-not-read"]) == 3
    memory = valid("info", hvdump("info", "--json", directory).stdout)["memory"]
    assert memory == {"pages": 13, "note": 1, "file": 6, "vmcore": 1, "guarded": 1, "unread": 1,
                      "absent": 3, "unknown": 0}


@pytest.mark.parametrize("hypervisor, flags, first, severity, died, gone, ids", [
    (1, 0, 1, 1, "linux", False, {"linux-panic", "not-devirtualised"}),
    (2, 0, 1, 1, "linux", True, {"linux-panic", "devirtualised"}),
    (3, 0, 2, 1, "linux", False, {"linux-panic", "hypervisor-crashed-later",
                                  "not-devirtualised"}),
    (2, 0x100, 1, 2, "hypervisor", True, {"hypervisor-crash", "devirtualised"}),
    (None, 0, 0, 2, "hypervisor", None, {"hypervisor-crash"}),
    (None, 0, 0, 3, "nobody", None, {"live-capture"}),
])
def test_who_died(tmp_path, hypervisor, flags, first, severity, died, gone, ids):
    captured = [notes.capture(reason=severity), notes.partition(1, 0, 1)]
    data = notes.chunk([notes.header(), *captured, notes.end(captured)])
    if hypervisor:
        data += notes.chunk([notes.stage(hypervisor, flags=flags, first=first)], role=1)
    file = write(tmp_path / "x", data)
    report = valid("report", hvdump("report", "--json", file).stdout)
    assert report["capture"]["died_first"] == died
    assert report["capture"]["devirtualised"] is gone
    assert {f["id"] for f in report["findings"]} - {"no-linux"} == ids
    text = hvdump("info", file).stdout
    assert "died first" in text and "devirtualised" in text


def test_views_are_compared_only_where_both_are_whole(tmp_path):
    """Not when the driver was followed in part, or the hypervisor could not be asked."""
    whole = (analyzer.DUMPS / "pages.txt").read_text()
    for old, new in (("flags=0x62", "flags=0xe2"), ("flags=0x62", "flags=0x22"),
                     ("anchor_ticks=12000000 hypervisor=1", "anchor_ticks=12000000 hypervisor=3")):
        assert old in whole
        file = write(tmp_path / "x", analyzer.mknote(whole.replace(old, new)))
        data = valid("report", hvdump("report", "--json", file).stdout)
        assert not {"partitions-differ", "vps-differ"} & {f["id"] for f in data["findings"]}


# --- every kind of file

def kdump_with(pages):
    """Pages as makedumpfile stores those that do not compress."""
    return analyzer.kdump(described("pages"), pages=pages, bitmap_blocks=4,
                          max_mapnr=65536)


def test_compressed_vmcore(tmp_path):
    """There, filtered out, and damaged."""
    data = kdump_with({0x7001: RANDOM, 0x8000: TEXT})
    file = write(tmp_path / "vmcore", data)
    source, = page_json(file, 0x7001)["sources"]
    assert source["outcome"] == "data" and bytes.fromhex(source["bytes"]) == RANDOM
    source, = page_json(file, 0x7002, status=1)["sources"]
    assert source["outcome"] == "absent" and source["why"]
    done = hvdump("page", file, "0x7002000")
    assert "not in the dump" in done.stderr and "not in the dump" in done.stdout
    states = {p["pfn"]: p["state"] for p in
              valid("pages", hvdump("pages", "-j", file).stdout)["pages"]}
    assert (states[0x7001], states[0x8000], states[0x7002]) == ("file", "file", "absent")


def test_page_of_a_cut_file(tmp_path):
    for data in cores.elf(described("pages"), [(0x7001 * PAGE, RANDOM)]), kdump_with(
            {0x7001: RANDOM}):
        file = write(tmp_path / "vmcore", data[:-100])
        source, = page_json(file, 0x7001)["sources"]
        assert source["outcome"] == "damaged" and source["why"] and source["bytes"] is None
        done = hvdump("page", file, 0x7001)
        assert done.returncode == 4 and "damaged" in done.stdout


def test_filtered_in_an_elf(tmp_path):
    """p_memsz says that there was memory, p_filesz that it is not in the file."""
    data = bytearray(cores.elf(described("pages"), [(0x7001 * PAGE, TEXT)]))
    struct.pack_into("<Q", data, 64 + 56 + 40, 2 * PAGE)
    file = write(tmp_path / "vmcore", bytes(data))
    assert "filtered out" in page_json(file, 0x7002, status=1)["sources"][0]["why"]
    assert "no PT_LOAD" in page_json(file, 0x7003, status=1)["sources"][0]["why"]


def test_bare_notes_have_only_copies(tmp_path):
    file = write(tmp_path / "notes", described("pages"))
    assert page_json(file, 0x7000)["sources"][0]["source"] == "note"
    done = hvdump("page", file, 0x8000)
    assert done.returncode == 1 and "bare notes hold no memory" in done.stderr


@pytest.mark.parametrize("page", ["", "x", "-1", "12x", "0x", "1 ", "4503599627370496",
                                  "0x10000000000000000"])
def test_what_is_no_page(directory, page):
    done = hvdump("page", directory, page)
    assert done.returncode == 2 and done.stdout == ""


@pytest.mark.parametrize("args", [[], ["x"], ["x", "1", "2"]])
def test_wrong_usage(args):
    assert hvdump("page", *args).returncode == 2


# --- damaged and hostile notes

def captured(*records):
    body = [notes.capture(), notes.partition(1, 0, 1), *records]
    return notes.chunk([notes.header(), *body, notes.end(body)])


def test_pages_that_cannot_be(tmp_path):
    file = write(tmp_path / "x", captured(notes.pages(
        notes.page(2**52), notes.page(2**64 - 1), notes.page(2**52 - 1))))
    done = hvdump("pages", file)
    assert done.returncode == 4 and "expected pages that can be" in done.stderr
    assert done.stdout.split()[6] == "0xfffffffffffff000"
    assert page_json(file, "0xffffffffffffffff", status=1)["pfn"] == 2**52 - 1


def test_a_header_that_comes_late(tmp_path):
    """It cannot change the size of the pages that came before it: 2^51 of 64 KiB is none."""
    late = bytearray(notes.header())
    at = late.index(struct.pack("<IHH", 1, 62, 12)) + 6
    struct.pack_into("<H", late, at, 16)
    body = [notes.pages(notes.page(2**51)), notes.capture()]
    file = write(tmp_path / "x", notes.chunk([body[0], bytes(late), body[1], notes.end(body)]))
    done = hvdump("pages", file)
    assert done.returncode == 4
    assert "expected pages of 4096 bytes as before, found 65536" in done.stderr
    assert done.stdout.split()[6] == f"{2**51 << 12:#x}"
    assert page_json(file, f"{2**51 << 12:#x}", status=1)["pfn"] == 2**51


def test_a_gap_of_all_memory(tmp_path):
    file = write(tmp_path / "x", captured(notes.pages(notes.page(5))) + notes.chunk(
        [notes.unread((0, 2**52, 10, 5), (3, 2**52 - 3, 10, 0))], role=2))
    done = hvdump("pages", file, "-n", "-o", "PAGES,STATE")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(2**52), "unread", "1", "unread"]


def test_a_copy_of_more_than_a_page(tmp_path):
    file = write(tmp_path / "x", captured(notes.memory(5, bytes(8192)),
                                          notes.memory(6, b"12345678", offset=4092)))
    done = hvdump("pages", file)
    assert done.returncode == 4 and "a copy that lies in its page" in done.stderr
    assert len(done.stdout.splitlines()) <= 1


def test_two_copies_of_one_page(tmp_path):
    """Both are shown; where they meet, they are compared."""
    file = write(tmp_path / "x", captured(notes.memory(5, b"A" * 64, offset=32),
                                          notes.memory(5, b"B" * 16, offset=88)))
    page = page_json(file, 5, status=0)
    assert [(s["offset"], s["size"]) for s in page["sources"][:2]] == [(32, 64), (88, 16)]
    text = hvdump("page", file, 5).stdout
    assert "8 of the bytes differ in the notes" in text
    assert "0020  41 41" in text and text.splitlines()[-1] == "0060"


def test_a_million_elements(tmp_path):
    rng = random.Random(2)
    file = write(tmp_path / "x", cores.elf(captured(notes.pages(*(
        notes.page(rng.randrange(2**20), kind=rng.randrange(16), flags=rng.randrange(16))
        for _ in range(1_000_000)))), [(0, bytes(PAGE * 16))]))
    done = hvdump("pages", "-n", file)
    assert done.returncode == 0 and len(done.stdout.splitlines()) > 800_000
    assert hvdump("page", file, 3).returncode == 0
    assert hvdump("info", file).returncode == 0


# --- who says so, and who else says so

def ranges(path):
    data = valid("pages", hvdump("pages", "--json", path).stdout)
    assert data["overlaps"] == sum(p["overlap"] for p in data["pages"])
    return data["pages"]


def test_evidence_names_the_record(directory):
    found = {(p["pfn"], p["evidence"]) for p in ranges(directory / "hvdump.elf")}
    assert (0x7010, "pages record") in found
    assert (0xc000, "unread record") in found
    assert not [p for p in ranges(directory / "hvdump.elf") if p["overlap"]]
    text = hvdump("pages", "-n", "-o", "PFN,EVIDENCE", directory / "hvdump.elf").stdout
    assert ["0xc000", "unread", "record"] in [line.split() for line in text.splitlines()]


def test_a_copy_is_evidence_of_its_own(tmp_path):
    file = write(tmp_path / "x", captured(notes.memory(5, b"A" * 64)))
    one, = ranges(file)
    assert (one["pfn"], one["evidence"], one["owned"]) == (5, "memory record", True)


def overlapping(elements):
    """The same by comparing all with all: page, partition, VP."""
    def differ(a, b):
        return a[1] != b[1] or (2**32 - 1 not in (a[2], b[2]) and a[2] != b[2])
    return sorted(a for a in elements if any(a[0] == b[0] and differ(a, b) for b in elements))


def test_two_owners_of_one_page(tmp_path):
    """A partition and its own VP are one owner; other partitions and VPs are not."""
    rng = random.Random(9)
    seen = set()
    for trial in range(20):
        # Every other page, so that none becomes a part of a longer range.
        elements = sorted({(2 * rng.randrange(12), rng.randrange(1, 4),
                            rng.choice([0, 1, 2**32 - 1])) for _ in range(14)})
        file = write(tmp_path / f"x{trial}", captured(notes.pages(*(
            notes.page(pfn, kind=3, partition=partition, vp=vp)
            for pfn, partition, vp in elements))))
        found = ranges(file)
        assert len(found) == len(elements)
        marked = sorted((p["pfn"], int(p["partition"], 16), 2**32 - 1 if p["vp"] is None
                         else p["vp"]) for p in found if p["overlap"])
        assert marked == overlapping(elements)
        seen |= {bool(marked), len(marked) == len(elements)}
        lines = [line.split() for line in hvdump(
            "pages", "-n", "-o", "PFN,FLAGS", file).stdout.splitlines()]
        assert sum("overlap" in line for line in lines) == len(marked)
    assert seen == {True, False}


def test_a_page_of_another_owner_ends_a_range(tmp_path):
    """What overlaps is told of the part before it, not of the part behind it."""
    file = write(tmp_path / "x", captured(notes.pages(
        *(notes.page(pfn, kind=3, partition=1, vp=0) for pfn in range(100, 200)),
        notes.page(150, kind=4, partition=2, vp=0), notes.page(200, kind=4, partition=2, vp=0))))
    assert [(p["pfn"], p["pages"], p["overlap"]) for p in ranges(file)] == [
        (100, 51, True), (150, 1, True), (151, 49, False), (200, 1, False)]


def test_memory_that_was_only_wanted_claims_nothing(tmp_path):
    file = write(tmp_path / "x", captured(notes.pages(notes.page(5, partition=1))) + notes.chunk(
        [notes.unread((0, 10, 10, 5))], role=2))
    assert [p["overlap"] for p in ranges(file)] == [False, False]


def test_a_line_of_pages_leads_to_its_page(directory):
    """The address that pages prints is what page takes."""
    lines = hvdump("pages", "-n", directory / "hvdump.elf").stdout.splitlines()
    for line in lines:
        address, _, kind = line.split()[:3]
        done = hvdump("page", directory / "hvdump.elf", address)
        assert done.stdout.splitlines()[0].endswith(f"address {address}")
        assert f"{kind} of " in done.stdout or "not collected" in done.stdout
    assert len(lines) == 14
