# SPDX-License-Identifier: GPL-2.0-or-later
"""Every CPU's stack, however the kernel died, is drgn's with DWARF and what the kernel printed.

Each death leaves a whole vmcore. Beyond the frames that drgn or the kernel's log confirms, only the
way from the panic or the NMI to the crash kernel may stand there: drgn stops on it, and the kernel
prints before it is taken.
"""

import re
from dataclasses import dataclass

import pytest

from . import kernels, stacks_check
from .conftest import run_once, tidy
from .newer import newer
from .paths import Unavailable, built
from .triggers import TRIGGERS

NOTIFIERS = {"off": "append=quiet", "on": "append=quiet crash_kexec_post_notifiers"}
PATIENT = ("args=budget_ms=300000", "timeout=900")

# From the panic to the crash kernel, and from an NMI to hv_crash; and assembly.
ON_THE_WAY = re.compile(
    r"^(__crash_kexec|crash_kexec|crash_smp_send_stop|v?panic|nmi_panic|oops_\w+|die|__die|"
    r"page_fault_oops|exc_\w+|do_\w*trap\w*|handle_bug|math_error|asm_\w+|__bad_area\w*|"
    r"bad_area\w*|do_user_addr_fault|do_kern_addr_fault|no_context|kernelmode_fixup_or_oops|"
    r"__warn\w*|report_bug|hv_crash\w+|crash_nmi_callback|nmi_handle|default_do_nmi|end_repeat_nmi|"
    r"first_nmi|hvdump\w*)(\.\w+)*\+")


@dataclass(frozen=True)
class Death:
    """A kernel that dies."""
    kernel: str
    trigger: str
    cpu: int = 1
    notifiers: str = "off"
    scenario: str = ""     # without one, Linux 7 is a root, and the others have no hypervisor
    # What must be on the stack of the CPU that crashed, or else the death was another.
    passes: tuple = ()
    exceptions: int = 0    # frames that were interrupted in the kernel, at least

    def __str__(self) -> str:
        return f"{self.kernel}-{self.scenario or self.trigger}-{self.notifiers}"

    def words(self) -> list:
        """What ./run vm is told. hvdump.ko is on the way only where the test is quick."""
        scenario = self.scenario or ("root-panic" if self.kernel == "7" else "nohv-panic")
        module = "yes" if scenario == "root-panic" and self in QUICK else "no"
        return [scenario, f"kernel={self.kernel}", "cpus=2", f"cpu={self.cpu}", "parts=",
                f"trigger={self.trigger}", NOTIFIERS[self.notifiers], f"module={module}", *PATIENT]


BREAKER = ("[breaker]",)
QUICK = [
    Death("6.1", "null-irq", passes=(*BREAKER, "irq_work_run_list", "do_syscall_64"), exceptions=1),
    Death("7", "null-irq", notifiers="on",
          passes=(*BREAKER, "vpanic", "irq_work_run_list", "do_syscall_64"), exceptions=2),
]
SLOW = [
    Death("6.1", "sysrq", cpu=0, passes=("panic", "sysrq_handle_crash")),
    Death("6.1", "nmi", passes=(*BREAKER, "exc_nmi"), exceptions=1),
    Death("6.1", "softirq", notifiers="on", passes=(*BREAKER, "__run_timers"), exceptions=1),
    Death("6.1", "overflow", cpu=0, passes=BREAKER),
    Death("6.1", "hang", cpu=1, passes=("exc_nmi",), exceptions=1),
    Death("6.1", "both", notifiers="on", passes=("panic",)),
    Death("6.12", "null-irq", passes=(*BREAKER, "irq_work_run_list"), exceptions=1),
    Death("7", "bug", cpu=0, notifiers="on", passes=(*BREAKER, "vpanic"), exceptions=1),
    Death("7", "nmi", passes=(*BREAKER, "exc_nmi", "nmi_handle"), exceptions=1),
    Death("7", "sysrq", cpu=0, passes=("hv_crash_handle", "crash_nmi_callback", "vpanic",
                                       "sysrq_handle_crash")),
    Death("7", "hypercall", cpu=0, passes=("vpanic",)),
    Death("7", "sysrq", scenario="root-hvcrash",
          passes=("hv_crash_handle", "crash_nmi_callback", "exc_nmi"), exceptions=1),
]
DEATHS = QUICK + [pytest.param(death, marks=pytest.mark.slow) for death in SLOW]


def drgn_of(death: Death) -> stacks_check.Drgn:
    """drgn, and what it takes the kernel's and the modules' types from; None: there is none. Of
    Linux 7 the drgn of a newer suite knows the ORC and the modules."""
    if death.kernel == "6.12":
        return None
    kernel = kernels.fetch(death.kernel)
    modules = [built("breaker", kernel.release, "breaker.ko")]
    if death.kernel != "7":
        return stacks_check.Drgn(kernels.fetch_vmlinux(kernel), tuple(modules))
    modules.append(built("kernel-hooks", kernel.release, "hvdump.ko"))
    try:
        python = newer("drgn").python()
    except Unavailable as problem:
        pytest.skip(str(problem))
    return stacks_check.Drgn(kernels.fetch_vmlinux(kernel), tuple(modules), tuple(python))


def check_crashed(death: Death, crashed: list) -> None:
    """The CPU that crashed did so in the way that it was to."""
    (number, frames), = crashed
    if death.scenario == "root-hvcrash":
        assert number == 0
    elif TRIGGERS[death.trigger].cpu != "any":
        assert number == (death.cpu if TRIGGERS[death.trigger].cpu == "own" else 0)
    names = [f"{frame.text.partition('+')[0]} [{frame.module}]" for frame in frames]
    for name in death.passes:
        assert any(name in one for one in names), f"no {name} in {names}"
    interrupted = [frame for frame in frames if frame.how == "exception" and not frame.user]
    assert len(interrupted) >= death.exceptions


@pytest.mark.parametrize("death", DEATHS, ids=str)
def test_stacks(death, record_property):
    """All stacks end where they begin; each frame is confirmed, but for the way into kdump."""
    drgn = drgn_of(death)
    run = run_once(f"stacks-{death}", *death.words())
    log = ""
    if death.scenario != "root-hvcrash":    # where Linux prints nothing
        log = (run.out / "vmcore-dmesg.txt").read_text(errors="replace")
    found = stacks_check.check(run.out / "vmcore", drgn, log,
                               TRIGGERS[death.trigger].says)
    assert sorted(found) == list(range(run.options.cpus))
    check_crashed(death, [(number, one.frames) for number, one in found.items() if one.crashing])
    for number, one in found.items():
        if one.crashing or death.kernel != "6.12":
            alone = [frame.text for frame in one.alone() if not ON_THE_WAY.match(frame.text)]
            assert not alone, f"CPU {number}: nobody else has {alone}"
    record_property("result", ", ".join(
        f"CPU {number}: {len(one.frames)} frames, {len(one.drgn)} drgn's, {len(one.printed)} printed"
        for number, one in found.items()))
    tidy(run)
