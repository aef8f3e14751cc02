# SPDX-License-Identifier: GPL-2.0-or-later
"""The module's notes reach every kind of dump unchanged, and change nothing else there.

What is right comes from the machine itself: the chunks' memory, read through QEMU's monitor
while the crash kernel runs and before makedumpfile does.
"""

import re
from collections import Counter

import pytest

from . import dumps, programs


@pytest.fixture(name="written", scope="module")
def fixture_written(panic):
    """The notes that lie in the machine's memory, chunk after chunk."""
    assert panic.chunks, "the module told of no chunk"
    return [note.raw for memory in panic.memory for note in dumps.notes(memory)]


def test_there_is_something_to_compare(panic, written):
    """The first chunk has notes of ours, the others have such notes or none; there are many."""
    assert dumps.notes(panic.memory[0])
    for memory in panic.memory:
        assert all(note.owner == dumps.OWNER for note in dumps.notes(memory))
    assert len(written) > 20


def head(run) -> bytes:
    """The beginning of /proc/vmcore as the crash kernel saw it."""
    return (run.extra / "vmcore-head").read_bytes()


def vmcore_notes(run) -> list:
    """The notes of /proc/vmcore itself."""
    data = head(run)
    found = [one for one in dumps.segments(data) if one.kind == dumps.PT_NOTE]
    assert len(found) == 1, "the kernel merges all notes into one segment"
    end = found[0].offset + found[0].filesz
    assert end <= len(data), "head= is too small for this run"
    return dumps.notes(data[found[0].offset:end])


def test_proc_vmcore_has_them_byte_for_byte(panic, written):
    """/proc/vmcore's merged note segment."""
    assert [note.raw for note in dumps.of_ours(vmcore_notes(panic))] == written


def test_the_small_file_has_them_byte_for_byte(panic, written):
    """hvdump.elf, which the collector wrote first; behind them what it says itself, and no more."""
    found = dumps.of_ours(dumps.elf_notes(panic.out / "hvdump.elf"))
    assert [note.raw for note in found[:len(written)]] == written
    assert [note.kind for note in found[len(written):]] in ([], dumps.COLLECTORS)


def test_the_elf_dump_has_them_byte_for_byte(panic, written):
    """makedumpfile -E -d 31."""
    found = dumps.of_ours(dumps.elf_notes(panic.extra / "vmcore.elf"))
    assert [note.raw for note in found] == written


def test_the_compressed_dump_has_them_byte_for_byte(panic, written):
    """makedumpfile -c -d 31: the sub header's offset_note and size_note."""
    found = dumps.of_ours(dumps.kdump_notes(panic.out / "vmcore"))
    assert [note.raw for note in found] == written


def loads(run) -> list:
    """/proc/vmcore's memory, without the file offsets that a longer note moves."""
    return [(one.flags, one.vaddr, one.paddr, one.filesz, one.memsz, one.align)
            for one in dumps.segments(head(run)) if one.kind == dumps.PT_LOAD]


def test_the_other_program_headers_are_as_without_the_module(panic, panic_without_module):
    """The same memory at the same addresses, in the same order."""
    assert len(loads(panic)) > 2
    assert loads(panic) == loads(panic_without_module)


def test_the_other_notes_are_as_without_the_module(panic, panic_without_module):
    """One PRSTATUS a CPU, and a VMCOREINFO that differs in the time alone."""
    kinds = []
    info = []
    for run in (panic, panic_without_module):
        found = dumps.of_others(vmcore_notes(run))
        kinds.append(Counter((note.owner, note.kind) for note in found))
        info.append([re.sub(rb"CRASHTIME=\d+", b"", note.desc) for note in found
                     if note.owner == b"VMCOREINFO"])
    assert kinds[0] == kinds[1]
    assert kinds[0][(b"CORE", 1)] == panic.options.cpus
    assert info[0] == info[1]


def both_formats(run) -> list:
    """The run's compressed dump and its ELF dump."""
    return [run.out / "vmcore", run.extra / "vmcore.elf"]


@pytest.mark.parametrize("which", [0, 1], ids=["compressed", "elf"])
def test_crash_opens_the_dump_as_without_the_notes(panic, panic_without_module, vmlinux, which):
    """crash finds the same kernel, CPUs and panic, and complains about nothing new."""
    facts = []
    for run in (panic, panic_without_module):
        said = programs.crash(vmlinux, both_formats(run)[which], "sys", "bt", "log")
        facts.append({
            "system": re.findall(r"^ *(CPUS|RELEASE|MEMORY|PANIC): +(.*)$", said, re.M),
            "stack": re.findall(r"^ *#\d+ \[\w+\] (\w+)", said, re.M)[:5],
            "complaints": Counter(re.sub("[0-9a-f]{9,}", "ADDRESS", line)
                                  for line in re.findall(r"^(?:WARNING|crash):.*", said, re.M)),
            "panic": re.findall(r"Kernel panic - not syncing: .*", said)[:1],
        })
    assert "sysrq triggered crash" in facts[0]["panic"][0]
    assert "machine_kexec" in facts[0]["stack"]
    assert facts[0] == facts[1]


def lasting_tasks(cpus: int) -> set:
    """Tasks that a kernel has as long as it runs; others come and go between two runs."""
    every = {f"{name}/{cpu}" for name in ("cpuhp", "ksoftirqd", "migration")
             for cpu in range(cpus)}
    return {"init", "kthreadd", "sh", "kdevtmpfs", "oom_reaper"} | every


@pytest.mark.parametrize("which", [0, 1], ids=["compressed", "elf"])
def test_drgn_opens_the_dump_as_without_the_notes(panic, panic_without_module, vmlinux, which):
    """drgn finds the same release and tasks, and the CPU that was made to crash."""
    for run in (panic, panic_without_module):
        release, cpu, *tasks = programs.drgn(vmlinux, both_formats(run)[which])
        assert f"VM-READY {release}" in run.console
        assert int(cpu) == run.options.cpu
        assert lasting_tasks(run.options.cpus) <= set(tasks)
