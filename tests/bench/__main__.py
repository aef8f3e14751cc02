# SPDX-License-Identifier: GPL-2.0-or-later
"""./run bench [capture|collect|analyzer] [KEY=VALUE...]."""

import subprocess
import sys
import time

from vm.kernels import Unavailable
from vm.options import BadOption, Impossible
from vm.paths import NotBuilt
from vm.qemu import GuestError

from . import analyzer, capture, collect
from .figures import Broken, remark

BENCHES = {"capture": capture, "collect": collect, "analyzer": analyzer}


def settings(bench, words: list) -> dict:
    """The bench's settings, changed by KEY=VALUE; lists of numbers have commas."""
    chosen = dict(bench.SETTINGS)
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in chosen:
            raise BadOption(f"no such setting: {word} (there are: {', '.join(chosen)})")
        try:
            if isinstance(chosen[key], list):
                chosen[key] = [int(one) for one in value.split(",")]
            else:
                chosen[key] = type(chosen[key])(value)
        except ValueError:
            raise BadOption(f"{key}: expected a number, found {value}") from None
    return chosen


def main(words: list) -> int:
    """The exit status is 0 only if every figure was had."""
    names = [words.pop(0)] if words and "=" not in words[0] else list(BENCHES)
    try:
        for name in names:
            if name not in BENCHES:
                raise BadOption(f"no such bench: {name} (there are: {', '.join(BENCHES)})")
            chosen = settings(BENCHES[name], words)
            remark(f"{name}: {time.strftime('%Y-%m-%d', time.gmtime())} "
                   + " ".join(f"{key}={value}" for key, value in chosen.items()))
            BENCHES[name].run(chosen)
    except BadOption as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 2
    except (Broken, GuestError, Impossible, NotBuilt, OSError, Unavailable,
            subprocess.SubprocessError) as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
