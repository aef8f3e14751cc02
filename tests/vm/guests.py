# SPDX-License-Identifier: GPL-2.0-or-later
"""What ./run needs to know about the guest kernels.

    --fetch SERIES...    have these in the cache; one that cannot be had is named, with the reason
    --headers SERIES...  print the headers' folders of those in the cache

Without a series --fetch means the stock kernel, and --headers all that are in the cache.
"""

import os
import sys

from .kernels import KERNELS, fetch, in_cache
from .paths import Unavailable

STOCK = KERNELS[0]


def fetch_all(wanted: list) -> int:
    """Fetch or build kernels; only the stock one, and those that REQUIRE= names, must be had."""
    required = [STOCK, *os.environ.get("REQUIRE", "").split(",")]
    status = 0
    for series in wanted:
        try:
            print(fetch(series).image)
        except Unavailable as problem:
            print(f"kernel {series} cannot be had: {problem}", file=sys.stderr)
            if series in required:
                status = 1
    return status


def main(words: list) -> int:
    """The exit status says whether what must be had is there."""
    known = [word for word in words[1:] if word in KERNELS]
    if words[:1] == ["--fetch"]:
        return fetch_all(known or [STOCK])
    try:
        for kernel in in_cache():
            if not known or kernel.series in known:
                print(kernel.headers)
    except Unavailable as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
