# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump.ko gives everything back: loaded, attached, detached and unloaded, again and again.

The evidence is the kernel's own (guest/life-cycles.sh takes it down, all in one boot), and for the
crash hook that of witness.ko. Each look is shown to see what it looks for: while the module is
loaded, and with pages lost on purpose. The boot ends in a real panic.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import programs
from .conftest import run_once, tidy
from .qemu import OF_TIME

PARTS = "parts=0x102:pattern:2"
# Of the kernel's pages, those that somebody answers for; the rest was allocated by the page.
ACCOUNTED = ("nr_slab_reclaimable", "nr_slab_unreclaimable", "nr_page_table_pages",
             "nr_file_pages", "nr_anon_pages")
KIB_OF_STACKS = "nr_kernel_stack"
KIB_OF_PAGE = 4
# Columns of /proc/slabinfo behind the name.
PAGES_PER_SLAB, SLABS = 4, 13
# Pages that come and go meanwhile whatever we do; life-cycles.sh loses twice as many.
NOISE = 32
# What the kernel says by itself while nothing is wrong.
HARMLESS = (r"hvdump: armed, \d+ chunks", r"init \(1\): drop_caches: 3", *OF_TIME)
TAINT_OUT_OF_TREE, TAINT_UNSIGNED = 1 << 12, 1 << 13


@dataclass(frozen=True)
class Look:
    """One look at the kernel: before the cycles, with the module loaded, after, pages lost."""
    folder: Path

    def text(self, name: str) -> str:
        """What one of the kernel's files said."""
        return (self.folder / name).read_text()

    def not_accounted(self) -> int:
        """Pages that were allocated one by one, as a module does it; the least of the looks."""
        return min(pages_not_accounted(path.read_text())
                   for path in self.folder.glob("zoneinfo.*"))

    def kmalloc(self) -> int:
        """Pages of the slab caches that kmalloc() takes from."""
        total = 0
        for line in self.text("slabinfo").splitlines()[2:]:
            name, *words = line.split()
            if name.startswith(("kmalloc-", "dma-kmalloc-")):
                total += int(words[PAGES_PER_SLAB]) * int(words[SLABS])
        return total

    def taken(self) -> int:
        """Pages that a module may have taken: one by one, or by kmalloc()."""
        return self.not_accounted() + self.kmalloc()

    def areas(self) -> Counter:
        """The vmalloc areas by size and caller, without kernel stacks, which are kept for reuse."""
        lines = (" ".join(line.split()[1:]) for line in self.text("vmallocinfo").splitlines())
        return Counter(line for line in lines
                       if "kernel_clone" not in line and "unpurged" not in line)


def pages_not_accounted(zoneinfo: str) -> int:
    """Of /proc/zoneinfo: pages that are neither free nor accounted for."""
    def total(name: str) -> int:
        return sum(int(count) for count in re.findall(rf"^ +{name}:? +(\d+)$", zoneinfo, re.M))

    free = total("nr_free_pages") + total("count")
    return total("managed") - free - sum(map(total, ACCOUNTED)) \
        - total(KIB_OF_STACKS) // KIB_OF_PAGE


def cycles(name: str, life: str, *words):
    """One boot with that many cycles."""
    return run_once(name, "root-panic", f"life={life}", PARTS, "dump=none", *words)


@pytest.fixture(name="run", scope="module", params=[
    "cycles:6", pytest.param("cycles:100", marks=pytest.mark.slow)])
def fixture_run(request):
    """Six cycles, so that each way to attach is there, and a hundred."""
    run = cycles(request.param.replace(":", "-"), request.param, "timeout=2400")
    yield run
    tidy(run)


def look(run, name: str) -> Look:
    """One look of a run."""
    return Look(run.extra / "cycles" / name)


def count(run) -> int:
    """How many cycles lie between two looks."""
    return int(run.lines("CYCLES")[0].split()[0])


def test_each_look_sees_what_it_looks_for(run):
    """With the module loaded every one of the files that are compared differs."""
    before, loaded = look(run, "before"), look(run, "loaded")
    for name in ("kprobes", "ftrace", "kallsyms", "hook", "sysfs", "modules"):
        assert before.text(name) != loaded.text(name), name
    assert loaded.text("hook").split() == ["hvd_crash_stop_other_cpus", "[hvdump]"]
    assert "kimage_free" in loaded.text("kprobes")
    assert loaded.areas() - before.areas()
    # The chunks alone are 1 MiB.
    assert loaded.not_accounted() - before.not_accounted() > 256


def test_no_probe_hook_or_name_is_left(run):
    """Probes, ftrace's list, the symbols, the hook, sysfs, the modules, the memory map."""
    before, after = look(run, "before"), look(run, "after")
    for name in ("kprobes", "ftrace", "kallsyms", "hook", "sysfs", "iomem"):
        assert before.text(name) == after.text(name), name
    assert after.text("kprobes") == ""
    assert "[hvdump]" not in after.text("kallsyms")
    assert after.text("hook").strip() == "kdump_nmi_shootdown_cpus"
    assert "hvdump" not in after.text("sysfs") + after.text("modules")


def test_no_memory_is_left(run):
    """Less than a page a cycle, or noise; twice that many lost are seen; no vmalloc area at all."""
    before, after, lost = (look(run, name) for name in ("before", "after", "lost"))
    limit = max(count(run), NOISE)
    grown = after.taken() - before.taken()
    missed = lost.taken() - after.taken()
    print(f"{run.lines('CYCLES')}: {grown} pages, {missed} more when {2 * limit} are lost")
    assert grown < limit
    assert missed >= limit
    assert not after.areas() - before.areas()


def test_the_kernel_has_nothing_to_complain_of(run):
    """Nothing in its log but what belongs there; tainted by foreign modules, and no more."""
    log = (run.extra / "cycles" / "dmesg").read_text().splitlines()
    lines = [re.sub(r"^\[ *[\d.]+\] ", "", line) for line in log]
    armed = [line for line in lines if line.startswith("hvdump: armed")]
    assert len(armed) == count(run) + 1
    assert [line for line in lines if not any(re.fullmatch(p, line) for p in HARMLESS)] == []
    taint = int(look(run, "after").text("tainted"))
    assert taint & ~(TAINT_OUT_OF_TREE | TAINT_UNSIGNED) == 0


def test_the_crash_image_keeps_the_module(run):
    """rmmod: busy; status says why, and the cure; with the image gone nothing holds it."""
    assert run.lines("BUSY") and "can't unload" in run.lines("BUSY")[0]
    assert "unload: unload the crash image first (kexec -p -u)" in run.lines("attached:")
    assert "attached: yes" in run.lines("attached:")
    assert {"attached: no", "road: none", "crash_kernel: none"} <= set(run.lines("detached:"))
    assert not [line for line in run.lines("detached:") if line.startswith("unload:")]


def captured(run) -> dict:
    """The capture of a run, which must be whole."""
    document = programs.hvdump_json("report", run.out / "hvdump.elf")
    capture = document["capture"]
    assert capture["complete"] is True
    assert capture["reason"] == "linux-panic"
    assert capture["cpu"] == run.options.cpu
    return document


def test_and_then_a_crash_is_captured(run):
    """The next load, after all that, does what the first would have done."""
    captured(run)
    found = programs.hvdump_json("vps", run.out / "hvdump.elf")["partitions"]
    assert {one["id"]: len(one["vps"]) for one in found} == {
        "0x0000000000000001": run.options.cpus, "0x0000000000000102": 2}
