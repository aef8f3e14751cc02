# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are: the source tree, its build directory, the cache."""

import os
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("HVDUMP_BUILD", TREE / "build")).resolve()
GUEST = Path(__file__).resolve().parent / "guest"


class NotBuilt(Exception):
    """Something that ./run build makes is not there."""


class Unavailable(Exception):
    """What is asked for cannot be had here; the text says why and what would help."""


def say(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def built(*names: str) -> Path:
    """A product of ./run build."""
    path = BUILD.joinpath(*names)
    if not path.exists():
        raise NotBuilt(f"{path} is missing (./run build)")
    return path


def cache() -> Path:
    """The folder of slow products (kernels); each is keyed by its inputs."""
    given = os.environ.get("HVDUMP_CACHE")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "hvdump"


def built_program(*names: str) -> Path:
    """A program of ours in the build directory; libtool's wrappers are looked through."""
    path = built(*names)
    behind = path.parent / ".libs" / path.name
    if behind.exists():
        return behind
    return path
