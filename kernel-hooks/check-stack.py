#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sum up the stack below the hook, and see that the road calls nothing it must not.

The compiler wrote, for each object file, a graph of calls with the stack that each function takes,
return address included (-fcallgraph-info=su). A function that is not ours may be called only if
it is named here, with an upper bound for its own stack.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = "hvd_crash_stop_other_cpus"

# Functions of the kernel that the road calls, none of which sleeps, locks, allocates or prints.
ALLOWED = {
    "memcpy": 32,
    "memset": 32,
    "memmove": 32,
    "kexec_crash_loaded": 16,
    # In hv_do_hypercall() since 6.6: a static key each. The last is not reached: isolated
    # partitions make no calls.
    "hv_isolation_type_snp": 16,
    "hv_isolation_type_tdx": 16,
    "hv_tdx_hypercall": 0,
    # What hv_do_hypercall() is since 6.18: a static call of hv_std_hypercall(), which calls the
    # page (or one of its kin, for isolated partitions, which make no calls).
    "__SCT__hv_hypercall": 48,
    # Only called when the stack is already smashed; it does not return.
    "__stack_chk_fail": 0,
}
# Pointers are called where the original hook is, which would have run here anyway (its return
# address is counted), where the hypercall page is: a few instructions without a stack, and where
# a live capture pauses, which one at a crash does not.
INDIRECT = {"hook.c": 8, "hypercall.c": 16, "hvd_hypercall": 16, "hvd_ask": 8}

NODE = re.compile(r'^node: { title: "([^"]*)" label: "([^"]*)"')
EDGE = re.compile(r'^edge: { sourcename: "([^"]*)" targetname: "([^"]*)"')
SIZE = re.compile(r"\\n(\d+) bytes \(([a-z,]+)\)")


class Failure(Exception):
    """Something on the road that must not be there."""


class Graph:
    """The calls of all object files of the module."""

    def __init__(self, folder: Path) -> None:
        self.size, self.calls = {}, {}
        files = sorted(folder.glob("*.ci"))
        if not files:
            raise Failure(f"no call graphs in {folder}")
        for path in files:
            self._read(path)

    def _read(self, path: Path) -> None:
        """Static functions are titled file:name, global ones by their name."""
        for line in path.read_text().splitlines():
            node, edge = NODE.match(line), EDGE.match(line)
            if node:
                size = SIZE.search(node[2])
                if size:
                    self.size[node[1]] = self._static_size(node[1], size)
            elif edge:
                self.calls.setdefault(edge[1], set()).add(edge[2])

    @staticmethod
    def _static_size(name: str, size: re.Match) -> int:
        if size[2] != "static":
            raise Failure(f"{name}: stack of {size[2]} size")
        return int(size[1])

    def root(self) -> str:
        """The hook's title."""
        for title in self.size:
            if title.rpartition(":")[2] == ROOT:
                return title
        raise Failure(f"{ROOT} not found")

    def foreign(self, caller: str, callee: str) -> int:
        """The stack allowed for a function that is not in the module."""
        if callee == "__indirect_call":
            # Global functions are titled without their file.
            for place in (Path(caller.partition(":")[0]).name, caller):
                if place in INDIRECT:
                    return INDIRECT[place]
        elif callee in ALLOWED:
            return ALLOWED[callee]
        raise Failure(f"{caller} calls {callee}")

    def deepest(self, name: str, above: tuple = ()) -> tuple:
        """(bytes, path) of the deepest stack from NAME on."""
        if name in above:
            raise Failure(f"recursion: {' -> '.join((*above, name))}")
        best = (0, ())
        for callee in sorted(self.calls.get(name, ())):
            if callee in self.size:
                found = self.deepest(callee, (*above, name))
            else:
                found = (self.foreign(name, callee), (callee,))
            best = max(best, found)
        return (self.size[name] + best[0], (name, *best[1]))


def main() -> int:
    """Print the deepest path; fail when it is too deep."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--limit", type=int, default=1024, help="bytes (default 1024)")
    parser.add_argument("folder", type=Path, help="where the module was built")
    arguments = parser.parse_args()
    try:
        graph = Graph(arguments.folder)
        depth, path = graph.deepest(graph.root())
    except Failure as failure:
        print(f"check-stack: {failure}", file=sys.stderr)
        return 1
    names = " -> ".join(name.rpartition(":")[2] for name in path)
    print(f"stack below the hook: {depth} of {arguments.limit} bytes: {names}")
    return 0 if depth <= arguments.limit else 1


if __name__ == "__main__":
    sys.exit(main())
