# SPDX-License-Identifier: GPL-2.0-or-later
"""./run vm SCENARIO [OPTION=VALUE...]: one scenario by hand."""

import sys
import time

from .kernels import Unavailable
from .options import HELP, SCENARIOS, BadOption, Impossible, Options, parse
from .paths import BUILD, NotBuilt
from .qemu import GuestError
from .scenario import play

SKIP = 77


def list_all() -> None:
    """Name the scenarios and the options."""
    print("scenarios:")
    for name, text in SCENARIOS.items():
        print(f"  {name:<14}{text}")
    print("options (KEY=VALUE):")
    for name, text in HELP.items():
        usual = getattr(Options, name)
        shown = f" [{usual}]" if usual not in ("", -1, 0) else ""
        print(f"  {name:<14}{text}{shown}")


class Shower:
    """Shows the harness's part of the console as it comes, with the time that has passed."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, line: str) -> None:
        if line.startswith("VM-"):
            print(f"{time.monotonic() - self._start:6.1f} s  {line[3:]}", flush=True)


def main(words: list) -> int:
    """Run one scenario; the exit status is that of ./run vm."""
    if not words or words[0] in ("-h", "--help", "--list"):
        list_all()
        return 0 if words else 2
    scenario = words[0]
    try:
        if scenario not in SCENARIOS:
            raise BadOption(f"no such scenario: {scenario} (./run vm --list names them)")
        options = parse(words[1:])
        out = BUILD / "vm" / scenario
        print(f"{scenario}: seed={options.seed:#x} cpu={options.cpu} parts={options.parts}")
        run = play(scenario, options, out, Shower())
    except BadOption as problem:
        print(f"vm: {problem}", file=sys.stderr)
        return 2
    except (Impossible, Unavailable) as problem:
        print(f"vm: skipped: {problem}", file=sys.stderr)
        return SKIP
    except (GuestError, NotBuilt) as problem:
        print(f"vm: {problem}", file=sys.stderr)
        return 1
    print(f"products: {run.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
