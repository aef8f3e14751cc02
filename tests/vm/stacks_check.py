# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold hvdump's stacks against drgn's (with DWARF) and against what the kernel printed.

    python3 -m vm.stacks_check VMCORE VMLINUX [LOG WHY [MODULE...]]

For each CPU the addresses that drgn finds must be hvdump's, frame by frame, as far as drgn gets: it
stops in modules that it has no file of, and where hv_crash came back. Behind an exception it is started
anew, from the registers that were saved there. In LOG, the kernel's own, the trace behind WHY (a
regular expression) must be the end of the crashed CPU's.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .paths import TREE, built_program

LIMIT = 600

# The kernel's lines of a trace, and what stands between them.
FRAME = re.compile(r"^(?P<guess>\? )?(?P<place>[\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+)"
                   r"(?: \[(?P<module>\w+)[^\]]*\])?$")
RIP = re.compile(r"^RIP: 0010:(?P<place>[\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+)"
                 r"(?: \[(?P<module>\w+)[^\]]*\])?$")
BETWEEN = re.compile(r"^(</?\w+>|Code: |RSP: |R[A-Z0-9]{2}: |RIP: |FS: |CS: |CR\d: |DR\d: |ORIG_RAX|"
                     r"PKRU|Call Trace:|Modules linked in|Hardware name|CPU: |Tainted|Workqueue|"
                     r"Oops: |#PF: |PGD |---\[ end trace)")
STAMP = re.compile(r"^\[ *\d+\.\d+\](?:\[ *[CT]\d+\])? ")

# What prints the trace, or is done after it was printed: it differs by nature.
PANIC = re.compile(r"^(dump_stack\w*|v?panic|nmi_panic|__warn\w*|show_\w+|die\w*|__die\w*|oops_\w+|"
                   r"page_fault_oops|no_context|crash_kexec|__crash_kexec)(\.\w+)*\+")


@dataclass
class Frame:
    """One of hvdump's."""
    ip: int
    text: str
    how: str
    module: str
    user: bool
    registers: dict


def of_hvdump(vmcore: Path, *words: str) -> dict:
    """What hvdump stacks says: CPU to its part of the JSON."""
    done = subprocess.run([built_program("analyzer", "hvdump"), "stacks", "--json", *words, vmcore],
                          timeout=LIMIT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"hvdump stacks: {done.returncode} {done.stderr}"
    return {one["cpu"]: one for one in json.loads(done.stdout)["cpus"]}


def frames_of(cpu: dict) -> list:
    """The frames of a CPU."""
    found = []
    for one in cpu["frames"]:
        text = ""
        if one["symbol"]:
            text = f"{one['symbol']}+{one['offset']:#x}/{one['size']:#x}"
        found.append(Frame(int(one["ip"], 16), text, one["how"], one["module"] or "", one["user"],
                           one["registers"]))
    return found


# ------------------------------------------------------------------ against drgn

@dataclass(frozen=True)
class Drgn:
    """Which drgn is asked (a Python that has it), and what files it is given."""
    vmlinux: Path
    modules: tuple = ()
    python: tuple = ("/usr/bin/python3",)


def of_drgn(vmcore: Path, drgn: Drgn, starts: list) -> dict:
    """What drgnstacks.py finds."""
    done = subprocess.run([*drgn.python, TREE / "tests" / "vm" / "drgnstacks.py", vmcore,
                           drgn.vmlinux, json.dumps(starts), *drgn.modules], timeout=LIMIT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kernel_registers(frame: Frame) -> dict:
    """A frame's registers by the names of struct pt_regs."""
    short = {"rflags": "flags"}
    return {short.get(name, name[1:] if re.fullmatch(r"r[a-z]+", name) else name): int(value, 16)
            for name, value in frame.registers.items()}


def equal_frames(ours: list, theirs: list, what: str) -> int:
    """How many frames are the same; what drgn has beyond them must be no code."""
    same = 0
    while same < min(len(ours), len(theirs)) and ours[same].ip == theirs[same][0]:
        same += 1
    if same < len(theirs):
        address, symbol = theirs[same]
        assert not symbol, f"{what}: frame {same}: drgn has {symbol}, {address:#x}; hvdump " \
                           f"{ours[same].text if same < len(ours) else 'nothing'}"
    return same


def check_drgn(vmcore: Path, drgn: Drgn, stacks: dict) -> dict:
    """CPU to the set of its frames that drgn has, too."""
    places = [(number, at) for number, cpu in stacks.items()
              for at, frame in enumerate(frames_of(cpu))
              if frame.how == "exception" and not frame.user and frame.registers]
    starts = [kernel_registers(frames_of(stacks[number])[at]) for number, at in places]
    theirs = of_drgn(vmcore, drgn, starts)
    covered = {}
    for number, cpu in stacks.items():
        same = equal_frames(frames_of(cpu), theirs["cpus"][str(number)], f"CPU {number}")
        covered[number] = set(range(same))
    for (number, at), trace in zip(places, theirs["from"]):
        same = equal_frames(frames_of(stacks[number])[at:], trace, f"CPU {number}, #{at}")
        covered[number] |= set(range(at, at + same))
    return covered


# ------------------------------------------------- against what the kernel printed

def printed(log: str, why: str) -> list:
    """The first trace behind @why: (function+offset/size, module), innermost first."""
    start = re.search(why, log)
    assert start, f"the log does not say {why}"
    trace, begun = [], False
    for line in log[start.start():].splitlines()[1:]:
        line = STAMP.sub("", line).strip()
        if match := RIP.match(line):
            trace.append((match["place"], match["module"] or ""))
        elif match := FRAME.match(line):
            if not match["guess"]:
                trace.append((match["place"], match["module"] or ""))
        elif line == "Call Trace:":
            begun = True
        elif begun and (line.startswith("---[") or not BETWEEN.match(line)):
            break
        elif begun and line.startswith("Modules linked in"):
            break
    assert begun and trace, f"no trace behind {why}"
    return trace


def check_printed(ours: list, trace: list) -> set:
    """The frames of ours that are in the kernel's trace: all of it but its panicking head."""
    mine = [(frame.text, frame.module) for frame in ours if not frame.user]
    same = 0
    while same < min(len(mine), len(trace)) and mine[-1 - same] == trace[-1 - same]:
        same += 1
    rest = trace[:len(trace) - same]
    assert same and all(PANIC.match(place) for place, module in rest), \
        f"only {same} frames are the kernel's; it printed {rest}, hvdump has " \
        f"{mine[:len(mine) - same]}"
    return set(range(len(mine) - same, len(mine)))


# ----------------------------------------------------------------------- all of it

@dataclass
class Checked:
    """A CPU's stack, and which of its frames (their numbers) others have, too."""
    frames: list
    crashing: bool
    drgn: set
    printed: set

    def alone(self) -> list:
        """The kernel's frames that nobody else has."""
        return [frame for at, frame in enumerate(self.frames)
                if at not in self.drgn | self.printed and not frame.user]


def check(vmcore: Path, drgn: Drgn = None, log: str = "", why: str = "") -> dict:
    """Raise what differs; CPU to what was found."""
    stacks = of_hvdump(vmcore)
    by_drgn = check_drgn(vmcore, drgn, stacks) if drgn else {}
    result = {}
    for number, cpu in stacks.items():
        assert cpu["complete"], f"CPU {number}: {cpu['why']}"
        frames = frames_of(cpu)
        by_log = set()
        if cpu["crashing"] and log:
            by_log = check_printed(frames, printed(log, why))
        result[number] = Checked(frames, cpu["crashing"], by_drgn.get(number, set()), by_log)
    return result


def main() -> None:
    """On the command line."""
    vmcore, vmlinux, *more = sys.argv[1:]
    log = Path(more[0]).read_text(errors="replace") if more else ""
    found = check(Path(vmcore), Drgn(Path(vmlinux), tuple(more[2:])), log, *more[1:2])
    for number, one in found.items():
        print(f"CPU {number}: {len(one.frames)} frames, {len(one.drgn)} as drgn has them, "
              f"{len(one.printed)} as the kernel printed them")
        for frame in one.alone():
            print(f"  hvdump alone: {frame.text} {frame.module} ({frame.how})")


if __name__ == "__main__":
    main()
