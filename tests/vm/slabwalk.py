#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Read every slab object and every module's BTF in a vmcore, with drgn; print what was there.

    slabwalk.py VMCORE VMLINUX
    -> {"caches": N, "objects": N, "unreadable": N, "lost": {cache: N},
        "btf": {module: readable bytes, or null}}

Needs nothing of drgn's own slab helpers, which (0.0.22) do not know the allocator of Linux 7:
the heads of slabs are found by the type in struct page, the rest is struct slab. Free objects are
read like the others: they lie in the same pages.
"""

import json
import struct
import sys
from collections import Counter

import drgn
from drgn.helpers.linux.list import list_for_each_entry

PAGE = 4096
TYPE_SHIFT = 24
BTF_MAGIC = 0xEB9F


def slab_heads(program):
    """The struct page addresses of all slabs' first pages, out of the memory map in blocks."""
    size = drgn.sizeof(program.type("struct page"))
    place = drgn.offsetof(program.type("struct page"), "page_type")
    kind = program.constant("PGTY_slab")
    base = program["vmemmap_base"].value_()
    block = 512 * size
    for first in range(base, base + program["max_pfn"].value_() * size, block):
        try:
            data = program.read(first, block)
        except drgn.FaultError:
            continue
        for at in range(0, block, size):
            if struct.unpack_from("<I", data, at + place)[0] >> TYPE_SHIFT == kind:
                yield first + at, (first + at - base) // size


def readable(program, address: int, size: int) -> bool:
    """Whether all of it is in the dump."""
    try:
        program.read(address, size)
        return True
    except drgn.FaultError:
        return False


def walk_slabs(program) -> dict:
    """Count the objects of all slabs, and those that cannot be read whole."""
    direct = program["page_offset_base"].value_()
    caches, total, lost = set(), 0, Counter()
    for page, pfn in slab_heads(program):
        slab = drgn.Object(program, "struct slab", address=page)
        cache = slab.slab_cache
        name, size = cache.name.string_().decode(), cache.size.value_()
        caches.add(name)
        start = direct + pfn * PAGE
        for i in range(slab.objects.value_()):
            total += 1
            if not readable(program, start + i * size, size):
                lost[name] += 1
    return {"caches": len(caches), "objects": total, "unreadable": sum(lost.values()),
            "lost": dict(lost)}


def walk_btf(program) -> dict:
    """The BTF of each module: its size if all of it is there and it begins as BTF does."""
    found = {}
    for one in list_for_each_entry("struct btf_module", program["btf_modules"].address_of_(),
                                   "list"):
        name = one.module.name.string_().decode()
        try:
            data = program.read(one.btf.data.value_(), one.btf.data_size.value_())
            found[name] = len(data) if struct.unpack_from("<H", data)[0] == BTF_MAGIC else None
        except drgn.FaultError:
            found[name] = None
    return found


def main() -> None:
    """Walk the vmcore."""
    program = drgn.Program()
    program.set_core_dump(sys.argv[1])
    program.load_debug_info([sys.argv[2]])
    print(json.dumps({**walk_slabs(program), "btf": walk_btf(program)}))


if __name__ == "__main__":
    main()
