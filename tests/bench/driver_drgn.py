#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `hvdump driver` lists, by drgn and DWARF: driver_drgn.py VMCORE VMLINUX MODULE.

MODULE is mshv_root.ko with its debug info. drgn 0.0.22 does not know the layout of modules since
6.4, and so finds no variable of the module: it ends with 3 then. bench/driver.py runs a newer one.
"""

import sys

import drgn
from drgn.helpers.linux.list import hlist_for_each_entry


def main(vmcore: str, *files: str) -> int:
    """Partitions, VPs, regions, a line each."""
    program = drgn.Program()
    program.set_core_dump(vmcore)
    try:
        program.load_debug_info(list(files))
        root = program["mshv_root"]
    except (drgn.MissingDebugInfoError, KeyError) as problem:
        print(f"drgn: {problem}", file=sys.stderr)
        return 3
    for bucket in root.pt_htable:
        for one in hlist_for_each_entry("struct mshv_partition", bucket.address_of_(), "pt_hnode"):
            number = one.pt_id.value_()
            print("partition", number, one.pt_vp_count.value_())
            for vp in one.pt_vp_array:
                if vp:
                    print("vp", number, vp.vp_index.value_())
            for region in hlist_for_each_entry("struct mshv_mem_region",
                                               one.pt_mem_regions.address_of_(), "hnode"):
                print("region", number, region.start_gfn.value_(), region.nr_pages.value_())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
