# SPDX-License-Identifier: GPL-2.0-or-later
"""Both roads to the crash kernel bring the same: ELF notes, and the table on its command line.

The run that the other tests look at has the notes in the crash image (kexec_file_load). Here the
same scenario is played once more, with its seed and its CPU, and loaded by `hvdumpctl arm
--syscall` (kexec_load), where the image has no notes.
"""

import json

import pytest

from . import dumps, programs
from .conftest import NOKASLR, PARTS, run_once, tidy

# What any two runs of one scenario differ in, whatever the road: when it was, which boot it was.
OF_ONE_RUN = ("boot_id", "time", "duration_ns")


@pytest.fixture(name="second", scope="module")
def fixture_second(panic):
    """The same host, dying the same way, with the crash kernel loaded by kexec_load."""
    run = run_once("second-road", "root-panic", NOKASLR, PARTS, f"seed={panic.options.seed}",
                   f"cpu={panic.options.cpu}", "load=syscall", "stop=before-makedumpfile",
                   "head=20")
    yield run
    tidy(run)


def head(run) -> bytes:
    """The beginning of /proc/vmcore as the crash kernel saw it."""
    return (run.extra / "vmcore-head").read_bytes()


def note_segment(run) -> list:
    """The notes of /proc/vmcore."""
    data = head(run)
    found = [one for one in dumps.segments(data) if one.kind == dumps.PT_NOTE]
    return [note for one in found
            for note in dumps.notes(data[one.offset:one.offset + one.filesz])]


def manifest(run) -> dict:
    """What the collector says of itself."""
    return json.loads((run.out / "manifest.json").read_text())


def test_each_run_took_its_road(panic, second):
    """Otherwise nothing is shown here: one /proc/vmcore has the module's notes, one has none."""
    assert dumps.of_ours(note_segment(panic))
    assert not dumps.of_ours(note_segment(second))
    assert manifest(panic)["source"]["road"] == "notes"
    assert manifest(second)["source"]["road"] == "command-line"
    assert "road: notes" in panic.lines("status:")
    assert "road: command-line" in second.lines("status:")


def test_nothing_is_missing_on_the_second_road(second):
    """The collector saved all that it was asked for, and had nothing to say."""
    said = manifest(second)
    assert said["exit"] == 0
    # On this kernel the hypervisor's memory is not in /proc/vmcore, and that alone is said.
    absent = said["pages"]["absent"]
    assert said["messages"] == ([f"{absent} pages of memory are not copied: the vmcore does not "
                                 "have them"] if absent else [])
    assert said["capture"]["complete"] is True


def test_the_small_file_has_what_was_in_memory(second):
    """Note for note, byte for byte, in the order of the chunks; read by QEMU's monitor.

    Behind them stands what the collector says itself, and no more.
    """
    written = [note.raw for memory in second.memory for note in dumps.notes(memory)]
    found = dumps.elf_notes(second.out / "hvdump.elf")
    assert len(written) > 20
    ours = dumps.of_ours(found)
    assert [note.raw for note in ours[:len(written)]] == written
    assert [note.kind for note in ours[len(written):]] in ([], dumps.COLLECTORS)
    others = [note.raw for note in dumps.of_others(note_segment(second))]
    assert [note.raw for note in dumps.of_others(found)] == others


def hide_own_values(partition: dict) -> None:
    """The host's own VPs ran a live kernel: where it was, and its addresses, are of one run.

    Which registers there are, their codes and statuses, and whether there is a value, stay.
    """
    for vp in partition.get("vps", []):
        for vtl in vp["vtls"]:
            for name in {"pc", "sp"} & set(vtl):
                vtl[name] = vtl[name] is not None
            for register in vtl.get("registers", {}).values():
                for name in "value", "fields":
                    register[name] = register[name] is not None


def said_of(run, *words) -> dict:
    """What hvdump says of a run, without what belongs to that run alone."""
    document = programs.hvdump_json(*words, run.out / "hvdump.elf")
    assert document.pop("source")["format"]
    for name in OF_ONE_RUN:
        assert document["capture"].pop(name) is not None
    for partition in document.get("partitions", []):
        if partition["kind"] == "root":
            hide_own_values(partition)
    return document


@pytest.mark.parametrize("words", [["report"], ["regs", "--all"], ["partitions"], ["vps"],
                                   ["info"]], ids=lambda words: words[0])
def test_both_roads_give_the_same_json(panic, second, words):
    """Every partition, VP, register, status and finding; the guests' values to the last bit."""
    assert said_of(panic, *words) == said_of(second, *words)


def test_what_is_compared_is_much(second):
    """The values of four VPs and more are among it, not a frame without content."""
    document = said_of(second, "regs", "--all")
    values = [register["value"] for partition in document["partitions"]
              if partition["kind"] == "child" for vp in partition["vps"]
              for vtl in vp["vtls"] for register in vtl["registers"].values()]
    assert len([value for value in values if isinstance(value, str)]) > 1000
    assert len(set(values)) > 500


def check_arming(run, call: str, road: str) -> None:
    """hvdumpctl arm, disarm, arm: the crash image holds the module, and lets go of it."""
    loads = run.lines("LOAD")
    assert len(loads) == 4
    assert all(f"is loaded by {call}" in line for line in loads[::2])
    assert all(f"road {road}:" in line for line in loads[1::2])
    assert run.lines("DISARM") == ["hvdumpctl: no crash kernel is loaded any more"]
    assert {"attached: no", "road: none"} <= set(run.lines("disarmed:"))
    # Loaded, removed after disarm, loaded again; root-init.sh gives up if rmmod ever surprises.
    assert [line.split()[0] for line in run.lines("MODULE")] == ["0", "0"]
    assert f"road: {road}" in run.lines("status:")
    assert any(line.split()[:2] == ["ok", "attached"] for line in run.lines("HOST"))


def test_the_crash_image_keeps_the_module_until_it_is_gone(second):
    """On the second road the module cannot see the image: hvdumpctl arm told it."""
    check_arming(second, "kexec_load", "command-line")


@pytest.mark.slow
def test_arm_takes_the_first_road_where_it_can():
    """hvdumpctl arm without options about the call, on a host where kexec_file_load works."""
    run = run_once("arm", "root-panic", "load=arm", "dump=none")
    check_arming(run, "kexec_file_load", "notes")
    # hvdump= stands on the command line as well; the notes win, and are there once.
    assert manifest(run)["source"]["road"] == "notes"
    found = [note.raw for note in dumps.of_ours(dumps.elf_notes(run.out / "hvdump.elf"))]
    assert len(found) == len(set(found)) > 20
