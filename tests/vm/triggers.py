# SPDX-License-Identifier: GPL-2.0-or-later
"""How the kernel dies: trigger=NAME, done by guest/trigger.sh and guest/breaker/.

What is said here of each, the console and the note must say as well.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trigger:
    """One way to die."""
    what: str
    says: str                 # what the kernel prints of it: a regular expression
    nmi: bool = False         # the kernel counts it as NMI context, double faults included
    cpu: str = "own"          # which CPU dies: that of cpu=, always the first, or any
    least_cpus: int = 1
    from_outside: bool = False    # the harness injects an NMI
    calls: bool = False       # makes hypercalls
    loses: bool = False       # the dump is lost, whatever anybody does


TRIGGERS = {
    "sysrq": Trigger("panic() in a process (sysrq-c)", "sysrq triggered crash"),
    "bug": Trigger("BUG() in a process", "kernel BUG at"),
    "null": Trigger("null pointer in a process", "BUG: kernel NULL pointer dereference"),
    "warn": Trigger("WARN() with panic_on_warn", "panic_on_warn set"),
    "oom": Trigger("no memory left, with panic_on_oom", "compulsory panic_on_oom", cpu="any"),
    "irq": Trigger("panic() in an interrupt", "breaker: panic in an interrupt"),
    "null-irq": Trigger("null pointer in an interrupt", "BUG: kernel NULL pointer dereference"),
    "softirq": Trigger("panic() in a softirq of an idle CPU", "breaker: panic in a softirq, over "),
    "nmi": Trigger("panic() in an NMI", "breaker: panic in an NMI", nmi=True),
    "null-nmi": Trigger("null pointer in an NMI", "BUG: kernel NULL pointer dereference",
                        nmi=True),
    "double": Trigger("double fault", "PANIC: double fault", nmi=True),
    "overflow": Trigger("stack overflow, into the guard page",
                        "BUG: TASK stack guard page was hit", nmi=True),
    "both": Trigger("all CPUs panic() at once", "breaker: all CPUs panic", cpu="any",
                    least_cpus=2),
    "both-null": Trigger("null pointer on all CPUs at once",
                         "BUG: kernel NULL pointer dereference", cpu="any", least_cpus=2),
    "hypercall": Trigger("panic() while other CPUs make hypercalls",
                         "breaker: panic while others make hypercalls", least_cpus=2, calls=True),
    "half-call": Trigger("panic() between a hypercall's arguments and the call",
                         "breaker: panic between arguments and call", calls=True),
    "softlockup": Trigger("a CPU does nothing else any more, with softlockup_panic",
                          "softlockup: hung tasks"),
    "hungtask": Trigger("a task waits for ever, with hung_task_panic",
                        "hung_task: blocked tasks", cpu="any"),
    "hang": Trigger("a CPU hangs without interrupts; an NMI from outside",
                    "NMI: Not continuing", nmi=True, cpu="first", from_outside=True),
    "hang-call": Trigger("a CPU makes hypercalls without interrupts; an NMI from outside",
                         "NMI: Not continuing", nmi=True, cpu="first", from_outside=True,
                         calls=True),
    "suspend": Trigger("panic() after all VPs were told to stop; the dump is lost",
                       "breaker: all VPs suspended", calls=True, loses=True),
}

FROM_OUTSIDE = {name for name, one in TRIGGERS.items() if one.from_outside}

# What no machine here can show: doc/limits.md has how to check it elsewhere.
NOT_TO_BE_HAD = {
    "nmi-watchdog": "a CPU hangs without interrupts, and the NMI watchdog sees it: emulation has "
                    "no performance counters, and the kernel no other such watchdog before 6.5",
}


def impossible(scenario: str, options) -> str:
    """Why the kernel cannot be killed like this in this scenario; empty when it can."""
    trigger = TRIGGERS[options.trigger]
    if options.cpus < trigger.least_cpus:
        return f"trigger={options.trigger} needs {trigger.least_cpus} CPUs"
    if trigger.calls and scenario.startswith("nohv"):
        return "there is no hypervisor to call"
    return ""


def listed() -> str:
    """The triggers for ./run vm --list."""
    return "".join(f"\n{'':<18}{name:<12}{one.what}" for name, one in TRIGGERS.items())
