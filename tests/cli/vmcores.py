# SPDX-License-Identifier: GPL-2.0-or-later
"""Real vmcores: a shared one, those of the demo and of runs in virtual machines."""

import os
import re
from pathlib import Path

from analyzer import BUILD, TOP

SHARED = TOP.parent / "shared/data/vmcore-7.2-root-linuxpanic.kdump"
CACHE = Path(os.environ.get("HVDUMP_CACHE") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hvdump")


def vmcores():
    """All that there are, the shared one first."""
    found = [SHARED] if SHARED.exists() else []
    return found + sorted({*BUILD.glob("demo/vmcore"), *BUILD.glob("vm/*/vmcore"),
                           *BUILD.glob("vm/tests/*/vmcore")})


def name_of(path):
    """As a test's parameter is called; where there are none, pytest asks with a value of its own."""
    if not isinstance(path, Path):
        return "no-vmcore"
    return path.name if path == SHARED else str(path.relative_to(BUILD).parent)


def vmcoreinfo(path):
    """The lines of its VMCOREINFO, which stands in the first megabyte in plain text."""
    with open(path, "rb") as file:
        text = re.search(rb"OSRELEASE=[ -~\n]*", file.read(1 << 20))
    return dict(line.split("=", 1) for line in text[0].decode().splitlines() if "=" in line)


def vmlinuxes():
    """Kernels with symbols in the cache."""
    kernels = CACHE / "kernels"
    return [*kernels.glob("*/usr/lib/debug/boot/vmlinux-*"), *kernels.glob("*/vmlinux")]
