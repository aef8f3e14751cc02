# SPDX-License-Identifier: GPL-2.0-or-later
"""The other kernels that hvdump is meant for; with REQUIRE= in CI none may be missing."""

import pytest

from . import programs
from .conftest import run_once, tidy


@pytest.mark.parametrize("series", ["6.12", "7"])
def test_a_panic_is_captured_on_this_kernel(series):
    """A root partition of this series panics, and the capture is complete."""
    run = run_once(f"kernel-{series}", "root-panic", f"kernel={series}", "dump=none")
    capture = programs.hvdump_json("info", run.out / "hvdump.elf")["capture"]
    assert capture["complete"] is True
    tidy(run)
