# SPDX-License-Identifier: GPL-2.0-or-later
"""What reading costs: reports of small to large captures, and others' start on the same vmcore."""

import re
import subprocess
import tempfile
from pathlib import Path

from vm import kernels
from vm.options import parse
from vm.paths import BUILD, built_program
from vm.scenario import play

from . import driver, large
from .captures import hvdump_elf, segment
from .figures import figure, interleaved, ratio, remark

SETTINGS = {"sizes": [1, 64, 1024, 4096], "runs": 7, "whole": [64, 1024, 4096], "vmcore": "yes",
            "driver": "yes"}

# The module's own limit; with more room nothing of thousands of VPs is left out.
MIB = 16
WHOLE_MIB = 48

PYTHON = "/usr/bin/python3"
DRGN = """
import sys, drgn
program = drgn.Program()
program.set_core_dump(sys.argv[1])
program.load_debug_info([sys.argv[2]])
program["init_uts_ns"].name.release.string_()
"""


def hvdump(*words) -> list:
    """A command of the analyzer. Its exit status 4, for what had no room, is no failure here."""
    return ["/bin/sh", "-c", '"$@" || [ $? -eq 4 ]', "sh", built_program("analyzer", "hvdump"),
            *words]


def told(name: str, facts: dict, size: int) -> None:
    """Time, processor time and peak of one command."""
    figure(f"analyzer.{name}_ms.{size}", facts["ns"] / 1e6, "ms")
    figure(f"analyzer.{name}_cpu_ms.{size}", facts["cpu_us"] / 1e3, "ms")
    figure(f"analyzer.{name}_kb.{size}", int(facts["all_kb"]), "KiB")


def reports(settings: dict, folder: Path) -> None:
    """Reports of hvdump.elf, all sizes in turn."""
    files = {size: hvdump_elf(folder, f"vps-{size}", size, MIB) for size in settings["sizes"]}
    commands = {size: hvdump("report", "-q", file) for size, file in files.items()}
    for size, facts in interleaved(settings["runs"], commands).items():
        remark(f"hvdump.elf of {size} VPs: {files[size].stat().st_size} bytes")
        told("report", facts, size)


def whole(settings: dict, folder: Path) -> None:
    """Many VPs of which nothing was left out."""
    for size in filter(None, settings["whole"]):
        whole_of(settings, folder, size)


def whole_of(settings: dict, folder: Path, size: int) -> None:
    """One of them; what it is read by takes turns."""
    file = hvdump_elf(folder, f"whole-{size}", size, WHOLE_MIB)
    remark(f"with nothing left out, hvdump.elf of {size} VPs: {file.stat().st_size} bytes")
    facts = interleaved(settings["runs"], {
        "report_whole": hvdump("report", "-q", file),
        "regs_all_json": hvdump("regs", "--all", "--json", "-q", file)})
    for name, one in facts.items():
        told(name, one, size)


def large_dumps(settings: dict, folder: Path) -> None:
    """A page at the end of 1 TiB of memory: all of the dump is opened for it, none of it read."""
    notes = segment(1, 1)
    commands = {kind: hvdump("page", "-q", make(folder / f"1tib.{kind}", notes), "0xf000000000")
                for kind, make in (("elf", large.elf), ("kdump", large.kdump))}
    facts = interleaved(settings["runs"], commands)
    worst = max(facts.values(), key=lambda one: one["ns"])
    figure("analyzer.open_1tib_ms", worst["ns"] / 1e6, "ms")
    for kind, one in facts.items():
        figure(f"analyzer.open_1tib_{kind}_ms", one["ns"] / 1e6, "ms")
        figure(f"analyzer.open_1tib_{kind}_kb", int(one["all_kb"]), "KiB")


def version(*command) -> str:
    """The first number with a dot that a program says of itself."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=True)
    return re.search(r"\d+\.\d\S*", done.stdout)[0]


def beside_others(settings: dict, folder: Path) -> None:
    """hvdump report of a vmcore; crash and drgn up to where they would take a command."""
    vmlinux = kernels.fetch_vmlinux(kernels.fetch())
    machine = play("root-panic", parse([]), folder)
    vmcore = machine.out / "vmcore"
    remark(f"vmcore: {vmcore.stat().st_size} bytes, compressed, of kernel "
           f"{vmlinux.name.removeprefix('vmlinux-')}")
    remark(f"hvdump {version(built_program('analyzer', 'hvdump'), '-V')}, "
           f"crash {version('crash', '--version')}, "
           f"drgn {version(PYTHON, '-c', 'import drgn; print(drgn.__version__)')}")
    facts = interleaved(max(5, settings["runs"]), {
        "report": hvdump("report", "-q", vmcore),
        "crash": (["crash", "-s", vmlinux, vmcore], "quit\n"),
        "drgn": [PYTHON, "-c", DRGN, vmcore, vmlinux]})
    for name in facts:
        told(f"{name}_vmcore" if name == "report" else f"{name}_start", facts[name], 1)
    for name in ("crash", "drgn"):
        ratio(f"analyzer.report_speedup_vs_{name}", facts[name]["ns"] / facts["report"]["ns"])
        ratio(f"analyzer.report_memory_vs_{name}",
              facts["report"]["all_kb"] / facts[name]["all_kb"])


def run(settings: dict) -> None:
    """Made files first; then a real one."""
    (BUILD / "bench").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD / "bench", prefix="analyzer-") as scratch:
        reports(settings, Path(scratch))
        large_dumps(settings, Path(scratch))
        whole(settings, Path(scratch))
    if settings["vmcore"] == "yes":
        beside_others(settings, BUILD / "bench" / "vmcore")
    else:
        remark("no vmcore: crash and drgn are left out")
    if settings["driver"] == "yes":
        driver.run(settings)
    else:
        remark("no hvdump driver beside drgn and crash")
