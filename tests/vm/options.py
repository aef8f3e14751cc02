# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scenario can be told: KEY=VALUE options, checked before anything starts."""

import secrets
from dataclasses import dataclass, fields
from pathlib import Path

from . import lies, triggers
from .paths import GUEST

SCENARIOS = {
    "root-panic": "the kernel as root partition of minihv, with partitions, panics",
    "root-hvcrash": "minihv itself crashes under its root partition",
    "l1vh-panic": "the kernel as an L1VH parent of minihv panics; nothing takes minihv away",
    "guest-panic": "the kernel as a plain guest of minihv panics",
    "nohv-panic": "the same kernel on the bare machine, no hypervisor, panics",
}

HELP = {
    "kernel": "guest kernel: 6.1, 6.12, 7 (7.2 with the mshv driver), newest, or sanitized (7.2 with "
              "KASAN and lockdep)",
    "cpus": "number of CPUs",
    "cpu": "the CPU that crashes (drawn when absent)",
    "trigger": "what kills the kernel:" + triggers.listed(),
    "load": "how the crash kernel is loaded: file (kexec_file_load), syscall (kexec_load), "
            "or arm (hvdumpctl arm decides)",
    "life": "what happens before the crash: NAME[:ARGUMENT], a script guest/life-NAME.sh",
    "module": "load hvdump.ko: yes or no",
    "args": "parameters for hvdump.ko",
    "guard": "load hvdump_vmcore.ko in the crash kernel: yes or no (absent: yes in l1vh-panic)",
    "exclude": "page ranges for that module: FIRST+COUNT[,FIRST+COUNT...], hexadecimal",
    "conf": "lines of /etc/hvdump.conf in the crash kernel, parted by semicolons",
    "parts": "partitions: ID:pattern|scenario:VPS[:VTLS];...",
    "seed": "seed of the registers' values (drawn when absent, always printed)",
    "hv": "lies of minihv from the crash on: KIND:CALL[@PARTITION[.VP]][:ARG];...",
    "hvargs": "more arguments for minihv",
    "mem": "the machine's memory",
    "crashkernel": "memory reserved for the crash kernel",
    "la57": "5-level paging: yes or no",
    "append": "more arguments for the kernel's command line",
    "crash": "load a crash kernel: yes or no",
    "dump": "format of the vmcore: compressed, elf or none; or less: notes (no report either), "
            "boot (the crash kernel starts, and that is all)",
    "level": "makedumpfile's dump level (the kernel's own when absent)",
    "measure": "tell the collector's peak memory and its children's: yes or no",
    "timed": "bench: dump so many times, with hvdump-collect and without, and time it",
    "also": "a second dump beside it, for comparisons: elf, or level31 (compressed)",
    "head": "keep the first MiBs of /proc/vmcore, as a number",
    "stop": "look at memory and disk before makedumpfile: before-makedumpfile; or at memory alone: "
            "memory",
    "kill": "kill a program half-way: makedumpfile",
    "target": "file system that is saved to: vfat or xfs on a disk of its own, nfs from the crash "
              "kernel's own server (absent: the machine's ext4)",
    "timeout": "seconds until the run is given up",
}


class BadOption(Exception):
    """The command line is wrong."""


class Impossible(Exception):
    """A combination that cannot be run here and now; the text says why."""


@dataclass
class Options:
    """A scenario's options, as given or as they are when nothing is said."""
    kernel: str = "6.1"
    cpus: int = 2
    cpu: int = -1
    trigger: str = "sysrq"
    load: str = "file"
    life: str = ""
    module: str = "yes"
    # Emulated hardware on a busy machine needs more than the module's own 2 s.
    args: str = "budget_ms=30000"
    guard: str = ""
    exclude: str = ""
    conf: str = ""
    parts: str = "0x102:pattern:4:2;0x103:scenario:4"
    seed: int = -1
    hv: str = ""
    hvargs: str = ""
    mem: str = "1G"
    crashkernel: str = "256M"
    la57: str = "no"
    append: str = ""
    crash: str = "yes"
    dump: str = "compressed"
    level: int = -1
    measure: str = "no"
    timed: int = 0
    also: str = ""
    head: int = 0
    stop: str = ""
    kill: str = ""
    target: str = ""
    timeout: int = 300


VALUES = {
    "kernel": ("6.1", "6.12", "7", "newest", "sanitized"),
    "trigger": tuple(triggers.TRIGGERS),
    "load": ("file", "syscall", "arm"),
    "module": ("yes", "no"),
    "guard": ("", "yes", "no"),
    "crash": ("yes", "no"),
    "la57": ("yes", "no"),
    "measure": ("yes", "no"),
    "dump": ("compressed", "elf", "none", "notes", "boot"),
    "also": ("", "elf", "level31"),
    "stop": ("", "before-makedumpfile", "memory"),
    "kill": ("", "makedumpfile"),
    "target": ("", "vfat", "xfs", "nfs"),
}

def parse(words: list) -> Options:
    """KEY=VALUE words to Options; draws what is left to chance."""
    options = Options()
    kinds = {field.name: field.type for field in fields(Options)}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in kinds:
            raise BadOption(f"no such option: {word} (./run vm --list names them)")
        if key in VALUES and value not in VALUES[key]:
            raise BadOption(f"{key} is one of {', '.join(filter(None, VALUES[key]))}, "
                            f"not {value}")
        try:
            setattr(options, key, int(value, 0) if kinds[key] is int else value)
        except ValueError:
            raise BadOption(f"{key} is a number, not {value}") from None
    try:
        lies.check(options.hv)
    except ValueError as problem:
        raise BadOption(str(problem)) from None
    if options.life and not life_script(options).exists():
        raise BadOption(f"there is no {life_script(options).name}")
    draw(options)
    return options


def life_script(options: Options) -> Path:
    """The script of life=NAME."""
    return GUEST / f"life-{options.life.partition(':')[0]}.sh"


def uses_driver(options: Options) -> bool:
    """Whether partitions are made through /dev/mshv."""
    return options.life.startswith(("mshv:", "diff:")) or \
        (options.life == "readiness" and has_hv_crash(options)) or \
        (options.life.startswith("live:") and options.life.endswith(":churn"))


def has_hv_crash(options: Options) -> bool:
    """Whether the kernel takes the hypervisor out of the way when it crashes."""
    return options.kernel not in ("6.1", "6.12")


def has_guard(scenario: str, options: Options) -> bool:
    """Whether the crash kernel keeps readers off guarded pages."""
    return (options.guard or ("yes" if scenario == "l1vh-panic" else "no")) == "yes"


def draw(options: Options) -> None:
    """Draw the seed, and the CPU that crashes from the seed."""
    if options.seed < 0:
        options.seed = secrets.randbits(64)
    if not 1 <= options.cpus <= 64:
        raise BadOption("cpus is between 1 and 64")
    if options.cpu < 0:
        options.cpu = options.seed % options.cpus
    if options.cpu >= options.cpus:
        raise BadOption(f"there is no CPU {options.cpu} of {options.cpus}")


def check_possible(scenario: str, options: Options) -> None:
    """Raise Impossible for what is not built yet, or cannot be."""
    if scenario == "root-hvcrash" and not has_hv_crash(options):
        raise Impossible(f"kernel {options.kernel} does not survive the hypervisor (kernel=7 does)")
    if uses_driver(options) and (scenario in ("nohv-panic", "guest-panic") or
                                 not has_hv_crash(options)):
        raise Impossible("life=mshv needs the driver and a parent partition: root-panic kernel=7")
    if options.exclude and not has_guard(scenario, options):
        raise Impossible("exclude= is for the module of guard=yes")
    problem = lies.impossible(scenario, options) or triggers.impossible(scenario, options)
    if problem:
        raise Impossible(problem)
    if options.load == "arm" and options.module == "no":
        raise Impossible("load=arm needs the module: hvdumpctl arm does")
    if options.target and options.stop:
        raise Impossible("stop= looks at the machine's own disk, which target= does not save to")
    if options.crash == "no" and (options.stop or options.kill):
        raise Impossible("stop= and kill= need a crash kernel")
    if options.dump in ("none", "notes", "boot") and (options.stop or options.kill):
        raise Impossible(f"stop= and kill= need makedumpfile, which dump={options.dump} leaves out")
