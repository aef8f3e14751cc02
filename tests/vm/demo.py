# SPDX-License-Identifier: GPL-2.0-or-later
"""./run demo: a host with partitions dies, and the report says what was going on."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from .kernels import Unavailable
from .options import BadOption, Impossible, parse
from .paths import BUILD, NotBuilt, built_program
from .qemu import GuestError
from .scenario import play

PARTITIONS = "parts=0x102:scenario:4;0x103:scenario:4;0x104:pattern:2:2"

PRODUCTS = ["hvdump.elf", "vmcore", "vmcore-dmesg.txt", "manifest.json",
            "report.txt", "report.json", "console.log"]

# What the console says, and what is told of it.
STORY = [
    (r"Linux version (\S+)", "host: Linux {0} boots"),
    (r"Hypervisor detected: (.*)", "host: hypervisor detected: {0}"),
    (r"running as (root partition|L1VH)", "host: it runs as {0}"),
    (r"VM-MODULE 0", "host: hvdump.ko is loaded"),
    (r"VM-CRASH-KERNEL 1", "host: the crash kernel is loaded"),
    (r"VM-READY", "host: 'c' goes to /proc/sysrq-trigger"),
    (r"Kernel panic - not syncing: (.*)", "host: KERNEL PANIC: {0}"),
    (r"VM-CRASHED (\S+)", "crash kernel: Linux {0} runs, /proc/vmcore is there"),
    (r"VM-collect: (hvdump-collect: \S.*)", "crash kernel: {0}"),
    (r"VM-DONE", "crash kernel: everything is on the disk; power off"),
]


class Storyteller:
    """Tells the console's story, each kind of line once, with the time that has passed."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._told = set()

    def say(self, text: str) -> None:
        """One line of the story."""
        print(f"{time.monotonic() - self._start:5.1f} s  {text}", flush=True)

    def __call__(self, line: str) -> None:
        for pattern, text in STORY:
            match = re.search(pattern, line)
            if match:
                told = text.format(*match.groups())
                if told not in self._told:
                    self._told.add(told)
                    self.say(told)
                return


def report(out: Path) -> int:
    """Write report.txt and report.json of all that was saved, show the text."""
    hvdump = built_program("analyzer", "hvdump")
    saved = os.path.relpath(out)
    status = 0
    for name, extra in (("report.txt", []), ("report.json", ["--json"])):
        with open(out / name, "wb") as file:
            done = subprocess.run([hvdump, *extra, "report", saved], stdout=file, check=False)
        status = status or done.returncode
    print(f"\n$ hvdump report {saved}\n", flush=True)
    print((out / "report.txt").read_text(), flush=True)
    return status


def tell_products(out: Path) -> int:
    """Show the products with their sizes, and nothing else that a run leaves."""
    shutil.rmtree(out / "extra", ignore_errors=True)
    for name in ("root.img", "vmlinuz", "qemu.log", "debugcon.log"):
        (out / name).unlink(missing_ok=True)
    print(f"products in {os.path.relpath(out)}:")
    for name in PRODUCTS:
        if not (out / name).exists():
            print(f"demo: {name} is missing", file=sys.stderr)
            return 1
        print(f"  {name:<18}{(out / name).stat().st_size:>12,} bytes")
    return 0


def main(words: list) -> int:
    """Run the demo; the exit status is that of ./run demo."""
    out = BUILD / "demo"
    teller = Storyteller()
    try:
        options = parse([PARTITIONS, *words])
        teller.say("minihv starts under QEMU, with a stock Debian kernel as root partition")
        teller.say(f"partitions {options.parts}, seed {options.seed:#x}")
        play("root-panic", options, out, teller)
    except BadOption as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return 2
    except (GuestError, Impossible, NotBuilt, Unavailable) as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return 1
    status = report(out)
    return tell_products(out) or status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
