# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump driver of a root partition's vmcore, beside drgn and crash of a newer suite.

What Debian 12 has of them cannot read the modules of Linux 7. drgn lists with the kernel's DWARF
what hvdump driver lists without; crash goes as far as its prompt.
"""

import json
import subprocess
from pathlib import Path

from vm import kernels
from vm.newer import newer
from vm.options import Impossible, parse
from vm.paths import BUILD, Unavailable, built_program
from vm.scenario import driver as module_of
from vm.scenario import play

from .figures import LIMIT, Broken, figure, interleaved, ratio, remark

HERE = Path(__file__).resolve().parent
# Partitions with VPs 0, 1, 5 and 4 MiB; with one VP and no memory; with VPs 3, 200 and 2 MiB.
LIFE = "life=mshv:dhp:0.1.5:4;0;3.200:2"
MACHINE = ["kernel=7", LIFE, "args=budget_ms=300000", "timeout=1800"]


def output(*words, text: str = "") -> str:
    """What a command prints."""
    return subprocess.run(words, input=text, stdout=subprocess.PIPE, text=True, check=True,
                          timeout=LIMIT).stdout


def lines_of_ours(vmcore: Path) -> set:
    """What hvdump driver says, as driver_drgn.py prints it."""
    said = json.loads(output(built_program("analyzer", "hvdump"), "driver", "--json", "-q", vmcore))
    lines = set()
    for one in said["driver"]["partitions"]:
        identity = int(one["id"], 16)
        lines.add(f"partition {identity} {one['vp_count']}")
        lines |= {f"vp {identity} {vp['index']}" for vp in one["vps"]}
        lines |= {f"region {identity} {region['start_gfn']} {region['pages']}"
                  for region in one["regions"]}
    return lines


def with_drgn(vmcore: Path, vmlinux: Path, module: Path) -> list:
    """The command that lists by drgn what hvdump driver lists; that it does is seen to."""
    drgn = newer("drgn")
    command = drgn.python(HERE / "driver_drgn.py", vmcore, vmlinux, module)
    theirs, ours = set(output(*command).splitlines()), lines_of_ours(vmcore)
    if theirs != ours:
        raise Broken(f"drgn and hvdump do not list the same: {theirs ^ ours}")
    remark(f"drgn {drgn.version}, {len(ours)} lines as hvdump has them")
    return command


def with_crash(vmcore: Path, vmlinux: Path) -> tuple:
    """The command that brings crash to its prompt, and what it is told there."""
    crash = newer("crash")
    for words in (["-s"], ["-s", "--no_modules"]):
        command = crash.command("crash", *words, vmlinux, vmcore)
        done = subprocess.run(command, input="quit\n", stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, check=False, timeout=LIMIT)
        if done.returncode == 0:
            remark(f"crash {crash.version} {' '.join(words)}")
            return command, "quit\n"
    raise Unavailable(f"crash {crash.version} does not come to its prompt: "
                      f"{' '.join(done.stdout.split())[-200:]}")


def have(name: str, find, *files) -> dict:
    """{NAME: command}; empty, with a line that says why, if it cannot be had."""
    try:
        return {name: find(*files)}
    except (Unavailable, subprocess.SubprocessError) as problem:
        remark(f"no analyzer.driver_*_vs_{name}: {problem}")
        return {}


def vmcore_of(folder: Path) -> tuple:
    """A root partition with partitions through /dev/mshv dies: vmcore, vmlinux, the module."""
    kernel = kernels.fetch("7")
    machine = play("root-panic", parse(MACHINE), folder)
    return machine.out / "vmcore", kernels.fetch_vmlinux(kernel), module_of(kernel)


def run(settings: dict) -> None:
    """All three take turns on one vmcore."""
    try:
        vmcore, vmlinux, module = vmcore_of(BUILD / "bench" / "driver")
    except (Impossible, Unavailable) as problem:
        remark(f"no analyzer.driver_*: {problem}")
        return
    remark(f"vmcore: {vmcore.stat().st_size} bytes, of kernel 7 with the driver and 3 partitions")
    measure(settings["runs"], vmcore, vmlinux, module)


def measure(runs: int, vmcore: Path, vmlinux: Path, module: Path) -> None:
    """Time, processor time and peak of each; the ratios of those that can be had."""
    hvdump = [built_program("analyzer", "hvdump"), "driver", "-q", vmcore]
    facts = interleaved(max(5, runs), {
        "hvdump": hvdump, **have("drgn", with_drgn, vmcore, vmlinux, module),
        **have("crash", with_crash, vmcore, vmlinux)})
    for name, one in facts.items():
        figure(f"analyzer.driver_{name}_ms", one["ns"] / 1e6, "ms")
        figure(f"analyzer.driver_{name}_cpu_ms", one["cpu_us"] / 1e3, "ms")
        figure(f"analyzer.driver_{name}_kb", int(one["all_kb"]), "KiB")
    ours = facts.pop("hvdump")
    for name, one in facts.items():
        ratio(f"analyzer.driver_speedup_vs_{name}", one["ns"] / ours["ns"])
        ratio(f"analyzer.driver_cpu_speedup_vs_{name}", one["cpu_us"] / ours["cpu_us"])
        ratio(f"analyzer.driver_memory_vs_{name}", ours["all_kb"] / one["all_kb"])
