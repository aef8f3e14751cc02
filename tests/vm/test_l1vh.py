# SPDX-License-Identifier: GPL-2.0-or-later
"""An L1VH parent: it captures its children, is refused some things, and nothing takes the
hypervisor away. So its crash kernel meets guarded pages, which hvdump_vmcore.ko keeps readers off.

What is right: what mshvctl said it made, and minihv's log (ledger.py), which names each page that
minihv guards and each touch of one.
"""

import errno
import json
import re
import struct

import pytest

from minihv import ledger

from . import dumps, programs
from .conftest import run_once, tidy
from .test_mshv import said_by_program
from .test_registers import RULE, number, wrong_registers

PAGE = 4096
SELF = 0xffffffffffffffff
PARTITIONS = "life=mshv:dhp:0.1.5:4;0"
UNREAD = 0x48560080


@pytest.fixture(scope="module", name="run")
def fixture_run():
    """An L1VH parent with the driver panics; partition 0x90 is minihv's own making."""
    run = run_once("l1vh", "l1vh-panic", "kernel=7", "parts=0x90:pattern:2:2", PARTITIONS,
                   "dump=none")
    yield run
    tidy(run)


def guarded_pages(run) -> set:
    """What minihv guards when the root crashes: its own memory, and deposited pages not lent."""
    log = run.debug_log()
    own = re.search(r"^minihv .*guarded=(0x\w+)-(0x\w+)", log, re.MULTILINE)
    book = ledger.Ledger(log.splitlines())
    return set(range(int(own[1], 0) // PAGE, int(own[2], 0) // PAGE)) | \
        (set(book.deposited()) - book.lent())


def touched_pages(run) -> list:
    """The guarded pages that were touched, each time; in vain."""
    return [int(place, 16) // PAGE
            for place in re.findall(r"^inject-gp .*gpa=(0x\w+)", run.debug_log(), re.MULTILINE)]


def gaps(run) -> list:
    """The elements of hvdump.elf's unread record: (first page, pages, kind, error)."""
    found = []
    for note in dumps.of_ours(dumps.elf_notes(run.out / "hvdump.elf")):
        if note.kind == UNREAD:
            count, stride = struct.unpack_from("<LL", note.desc, 16)
            start = len(note.desc) - count * stride
            found += [struct.unpack_from("<QQLL", note.desc, start + at * stride)
                      for at in range(count)]
    return found


def listed_pages(run) -> list:
    """The pages that hvdump.elf says were not read."""
    return [page for first, count, _, error in gaps(run) if error == errno.EPERM
            for page in range(first, first + count)]


def manifest_of(run) -> dict:
    """What the collector says."""
    return json.loads((run.out / "manifest.json").read_text(encoding="utf-8"))


def said_by_guard(run) -> dict:
    """The crash kernel's module's own status, when all was over."""
    return dict(line.split(": ", 1) for line in re.findall(r"^VM-guard: (.*)", run.console,
                                                           re.MULTILINE))


def test_the_module_knows_what_it_runs_in(run):
    """Kind l1vh, by privileges; the number of its own partition is not told to it."""
    assert "partition_kind: l1vh" in run.console and "partition_id: 0xffff" in run.console
    document = programs.hvdump_json("partitions", run.out / "hvdump.elf")
    assert document["capture"]["complete"] is True
    own = document["partitions"][0]
    assert (own["kind"], number(own["id"])) == ("l1vh", SELF)


def test_children_are_captured(run):
    """All of them, with the VPs that they have, whoever made them."""
    made = said_by_program(run)
    assert len(made) == PARTITIONS.count(";") + 1
    document = programs.hvdump_json("vps", run.out / "hvdump.elf")
    found = {number(one["id"]): one for one in document["partitions"]}
    assert sorted(found) == sorted([0x90, SELF, *made])
    assert [vp["index"] for vp in found[SELF]["vps"]] == list(range(run.options.cpus))
    for ident, one in made.items():
        assert number(found[ident]["parent"]) == SELF
        assert sorted(vp["index"] for vp in found[ident]["vps"]) == sorted(one.vps)


def test_their_registers_are_right(run, record_property):
    """By the rule, and as the program set them."""
    for entry in RULE.parse_spec(run.options.parts):
        wrong, right = wrong_registers(run, "hvdump.elf", entry)
        assert not wrong and right > 100
    for ident, one in said_by_program(run).items():
        for vp, sets in one.vps.items():
            document = programs.hvdump_json("regs", run.out / "hvdump.elf", "-p", f"{ident:#x}",
                                            "--vp", str(vp), "--all")
            (vtl,) = document["partitions"][0]["vps"][0]["vtls"]
            found = {number(reg["code"]): reg["value"] and number(reg["value"])
                     for reg in vtl["registers"].values()}
            assert found.items() >= sets.items()
            right += len(sets)
    record_property("result", f"{right} registers right")


def test_what_it_was_refused_is_recorded(run):
    """Its own properties are its parent's business: each has that status. Nothing else that it
    asked was refused, since it asks for nothing that its privileges rule out."""
    own = programs.hvdump_json("partitions", run.out / "hvdump.elf")["partitions"][0]
    assert {one["status"] for one in own["properties"].values()} == {"ACCESS_DENIED"}
    refused = {(name, part) for name, part in re.findall(
        r"^hvcall .*name=(\w+) part=(\S+) .*status=0x0006", run.debug_log(), re.MULTILINE)}
    assert refused == {("GetPartitionProperty", f"{SELF:#x}")}


def test_pages_not_read_are_exactly_the_guarded_ones(run, record_property):
    """In hvdump.elf, in the manifest, in the module's own list; each was touched once, by it."""
    guarded = guarded_pages(run)
    listed = listed_pages(run)
    assert len(listed) == len(set(listed)) and set(listed) == guarded
    lines = (run.extra / "unread").read_text(encoding="ascii").splitlines()
    told = [tuple(int(word, 16) for word in line.split()) for line in lines]
    assert {page for first, count in told for page in range(first, first + count)} == guarded
    said = manifest_of(run)["vmcore_not_read"]
    assert (said["state"], said["pages"], said["ranges"]) == ("listed", len(guarded), len(told))
    touched = touched_pages(run)
    assert sorted(touched) == sorted(guarded)
    record_property("result", f"{len(guarded)} pages guarded, {len(told)} ranges")


def test_hvdump_says_that_they_were_not_read(run):
    """Of a deposited page, and of minihv's own; of no page that is merely not there."""
    book = ledger.Ledger(run.debug_log().splitlines())
    deposited = min(set(book.deposited()) - book.lent())
    own = max(guarded_pages(run))
    for page in (deposited, own):
        text = programs.hvdump("page", run.out / "hvdump.elf", str(page), status=1)
        assert "not read the hypervisor guards it: a load from it faulted" in " ".join(text.split())
    text = programs.hvdump("page", run.out / "hvdump.elf", str(own + 1), status=1)
    assert "not read" not in text


def test_the_crash_kernel_does_not_complain(run):
    """No warning, which panic_on_warn would have made a panic."""
    log = (run.extra / "crash-dmesg").read_text(encoding="utf-8", errors="replace")
    assert not re.search(r"WARNING|BUG:|Call Trace|general protection", log)
    assert "hvdump_vmcore: trying pages before they are read" in log


@pytest.fixture(scope="module", name="dumped")
def fixture_dumped():
    """The same with a vmcore, as an ELF file, too."""
    run = run_once("l1vh-vmcore", "l1vh-panic", "kernel=7", "parts=0x90:pattern:2", PARTITIONS,
                   "also=elf", "timeout=600")
    yield run
    tidy(run)


@pytest.mark.slow
def test_the_vmcore_completes(dumped, record_property):
    """makedumpfile comes to its end, and the kernel's own objects are in what it wrote."""
    manifest = manifest_of(dumped)
    assert manifest["exit"] == 0
    assert {one["name"]: one["state"] for one in manifest["files"]}["vmcore"] == "complete"
    document = programs.hvdump_json("driver", dumped.out / "vmcore")
    made = said_by_program(dumped)
    assert sorted(number(one["id"]) for one in document["driver"]["partitions"]) == sorted(made)
    assert "sysrq: Trigger a crash" in programs.hvdump("log", dumped.out / "vmcore")
    record_property("result", f"{(dumped.out / 'vmcore').stat().st_size >> 20} MiB")


@pytest.mark.slow
def test_guarded_pages_are_zeros_in_it(dumped):
    """And were touched once, though several programs read the vmcore."""
    guarded = guarded_pages(dumped)
    assert set(listed_pages(dumped)) == guarded == set(touched_pages(dumped))
    assert len(touched_pages(dumped)) == len(guarded)
    for page in sorted(guarded):
        assert not any(dumps.memory(dumped.extra / "vmcore.elf", page * PAGE, PAGE))
    # hvdump does not take them for what was there.
    shown = programs.hvdump("page", dumped.out, str(min(guarded)), status=1)
    assert "not read" in shown and "vmcore " not in shown


@pytest.mark.slow
def test_without_the_module_the_dump_dies():
    """So that the tests above can fail; what the capture holds was safe before."""
    run = run_once("l1vh-unguarded", "l1vh-panic", "kernel=7", PARTITIONS, "guard=no",
                   "timeout=600")
    manifest = manifest_of(run)
    files = {one["name"]: one for one in manifest["files"]}
    assert manifest["exit"] == 4 and manifest["vmcore_not_read"]["state"] == "unknown"
    assert files["vmcore"]["state"] == "partial" and "killed by SIG" in files["vmcore"]["why"]
    assert files["hvdump.elf"]["state"] == "complete"
    # minihv saw the one touch that killed it.
    assert len(touched_pages(run)) == 1 and set(touched_pages(run)) <= guarded_pages(run)
    tidy(run)


@pytest.mark.slow
@pytest.mark.parametrize("series", ["6.1", "6.12"])
def test_a_root_whose_hypervisor_stays(series):
    """Kernels without hv_crash: in the crash kernel the hypervisor is there, and guards itself."""
    run = run_once(f"guarded-{series}", "root-panic", f"kernel={series}", "guard=yes", "dump=none",
                   "hvargs=ram=setup_data")
    assert said_by_guard(run)["probing"] == "yes"
    assert set(listed_pages(run)) == guarded_pages(run) == set(touched_pages(run))
    assert manifest_of(run)["vmcore_not_read"]["pages"] == len(guarded_pages(run))
    tidy(run)


@pytest.mark.slow
def test_nothing_is_tried_where_the_hypervisor_is_gone():
    """hv_crash took it away: all of its memory is there to be read."""
    run = run_once("devirtualised", "root-panic", "kernel=7", "guard=yes", "dump=elf",
                   "stop=memory", "timeout=600")
    said = said_by_guard(run)
    assert (said["probing"], said["pages_probed"]) == ("no", "0")
    assert manifest_of(run)["vmcore_not_read"]["state"] == "none"
    assert listed_pages(run) == [] and touched_pages(run) == []
    start = min(guarded_pages(run)) * PAGE
    memory = (run.out / "hypervisor.mem").read_bytes()
    page = next(at for at in range(0, len(memory), PAGE) if any(memory[at:at + PAGE]))
    assert dumps.memory(run.out / "vmcore", start + page, PAGE) == memory[page:page + PAGE]
    tidy(run)


TEXT = 0x1000


@pytest.mark.slow
def test_pages_can_be_left_out():
    """What is written to `exclude` is not read as memory; here pages of the kernel's text. In a
    plain guest, where nothing is guarded and nothing tried."""
    ranges = [(TEXT + 0x20, 3), (TEXT, 16), (TEXT + 0x10, 1), (TEXT + 0x22, 2)]
    run = run_once("exclude", "guest-panic", "guard=yes", "append=nokaslr", "dump=none", "also=elf",
                   "exclude=" + ",".join(f"{first:#x}+{count}" for first, count in ranges))
    assert (run.extra / "exclude").read_text(encoding="ascii") == \
        "".join(f"{first:#018x} {count:#018x}\n" for first, count in
                [(TEXT, 17), (TEXT + 0x20, 4)])
    said = said_by_guard(run)
    assert (said["probing"], said["why"]) == ("no", "this partition is no parent")
    assert (said["pages_excluded"], said["ranges_excluded"]) == ("21", "2")
    left_out = {page for first, count in ranges for page in range(first, first + count)}
    for page in range(TEXT, TEXT + 0x28):
        there = any(dumps.memory(run.extra / "vmcore.elf", page * PAGE, PAGE))
        assert there == (page not in left_out), f"{page:#x}"
    tidy(run)
