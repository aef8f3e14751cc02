# SPDX-License-Identifier: GPL-2.0-or-later
"""However and wherever the kernel dies, the capture is complete and knows where it was."""

import pytest

from . import programs
from .conftest import run_once, tidy


@pytest.mark.slow
@pytest.mark.parametrize("cpu", [0, 1])
@pytest.mark.parametrize("trigger", ["bug", "null", "irq", "nmi"])
def test_the_capture_is_complete(trigger, cpu):
    """An oops, a panic in an interrupt and one in an NMI, on the first CPU and on another."""
    run = run_once(f"{trigger}-{cpu}", "root-panic", f"trigger={trigger}", f"cpu={cpu}",
                   "dump=none")
    capture = programs.hvdump_json("info", run.out / "hvdump.elf")["capture"]
    assert capture["complete"] is True
    assert capture["reason"] == "linux-panic"
    assert capture["cpu"] == cpu
    tidy(run)
