# SPDX-License-Identifier: GPL-2.0-or-later
"""./run demo: a host with partitions dies, and the report says what was going on."""

import re
import subprocess
import sys
import time
from pathlib import Path

from .kernels import Unavailable
from .options import BadOption, Impossible, parse
from .paths import BUILD, NotBuilt, built_program
from .qemu import GuestError
from .scenario import play

# What the console says, and what is told of it.
STORY = [
    (r"Linux version (\S+)", "host: Linux {0} boots"),
    (r"Hypervisor detected: (.*)", "host: hypervisor detected: {0}"),
    (r"running as (root partition|L1VH)", "host: it runs as {0}"),
    (r"VM-MODULE 0", "host: hvdump.ko is loaded"),
    (r"VM-CHUNK (\S+) (\S+)", "host: notes will be written at {0}, {1} bytes"),
    (r"VM-CRASH-KERNEL 1", "host: the crash kernel is loaded"),
    (r"VM-READY", "host: now somebody writes 'c' to /proc/sysrq-trigger"),
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
    """Write report.txt and report.json, show the text."""
    hvdump = built_program("analyzer", "hvdump")
    status = 0
    for name, extra in (("report.txt", []), ("report.json", ["--json"])):
        with open(out / name, "wb") as file:
            done = subprocess.run([hvdump, *extra, "report", out / "hvdump.elf"],
                                  stdout=file, check=False)
        status = status or done.returncode
    print("\n$ hvdump report build/demo/hvdump.elf\n", flush=True)
    print((out / "report.txt").read_text(), flush=True)
    return status


def tell_products(out: Path) -> None:
    """The files that are left, with their sizes."""
    print(f"products in {out}:")
    for path in sorted(out.iterdir()):
        print(f"  {path.name:<18}{path.stat().st_size:>12,} bytes")


def main(words: list) -> int:
    """Run the demo; the exit status is that of ./run demo."""
    out = BUILD / "demo"
    teller = Storyteller()
    try:
        options = parse(words)
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
    tell_products(out)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
