# SPDX-License-Identifier: GPL-2.0-or-later
"""What ./run build needs to know about the guest kernels."""

import sys

from .kernels import Unavailable, fetch

SERIES = ["6.1"]


def main(words: list) -> int:
    """--fetch: have the kernels in the cache; --headers: print the headers' folders."""
    try:
        for series in SERIES:
            kernel = fetch(series)
            print(kernel.headers if "--headers" in words else kernel.image)
    except Unavailable as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
