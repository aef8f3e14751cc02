#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Structures as hvdump's tables have them, against the kernel's own BTF.

BTF is read by pahole (package dwarves), which shares no code with hvdump. The kernel and its
mshv_root.ko are those that the tests of whole systems keep in the cache.
"""

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict

import pytest

from analyzer import BUILD, TOP

sys.path.insert(0, str(TOP / "tests"))
from vm import paths  # noqa: E402  pylint: disable=wrong-import-position

LAYOUTS = BUILD / "tests/tools/layouts"
KERNELS = paths.cache() / "kernels"

# A member, in pahole's words: "u64  name[2];  /*  8  16 */", "u32  name:3;  /*  0: 1  4 */"
MEMBER = re.compile(r"(\w+)(?:\[\d+\])*(?::(\d+))?;\s*/\*\s*(\d+)(?::\s*(\d+))?\s+(\d+)\s*\*/")
TOTAL = re.compile(r"/\* size: (\d+)")

# A layout of ours that is not static, and its name.
DEFINED = re.compile(r'^HVD_LAYOUT\(\w+,\s*"(\w+)"', re.M)

# Linux's union or structure of a register: {register: its name}
REGISTERS = {
    "EXPLICIT_SUSPEND": "hv_explicit_suspend_register",
    "INTERCEPT_SUSPEND": "hv_intercept_suspend_register",
    "DISPATCH_SUSPEND": "hv_dispatch_suspend_register",
    "PENDING_INTERRUPTION": "hv_x64_pending_interruption_register",
    "INTERRUPT_STATE": "hv_x64_interrupt_state_register",
    "SINT0": "hv_synic_sint",
    "SINT15": "hv_synic_sint",
    "SCONTROL": "hv_synic_scontrol",
    "STIMER0_CONFIG": "hv_stimer_config",
    "STIMER3_CONFIG": "hv_stimer_config",
    "VSM_CAPABILITIES": "hv_register_vsm_capabilities",
    "CS": "hv_x64_segment_register",
    "TR": "hv_x64_segment_register",
}

# Structures that no kernel's BTF here has, with the reason.
NOT_IN_BTF = {
    "hv_arm64_intercept_message_header": "arm64's; the kernels here are of x86-64",
    "hv_arm64_memory_access_info": "arm64's",
    "hv_arm64_memory_intercept_message": "arm64's",
    "hv_arm64_vp_execution_state": "arm64's",
    "hv_input_set_partition_property": "in the headers, and used by no code of 7.2",
    "hv_register_vsm_capabilities": "only code of VTL 2 uses it, which is not configured",
    "hv_timer_message_payload": "in the headers, and used by no code of 7.2",
}

# Fields that Linux's structure does not have under this name, with the reason.
NOT_IN_STRUCT = {
    ("hv_x64_memory_access_info", "supervisor_shadow_stack"):
        "reserved in Linux's; openvmm has it",
}


def kernels():
    """A cached 7.2 kernel: (vmlinux, mshv_root.ko). All of one version have the same structures."""
    return [(vmlinux, module) for vmlinux in sorted(KERNELS.glob("7.2*/vmlinux"))
            for module in vmlinux.parent.glob("lib/modules/*/kernel/drivers/hv/mshv_root.ko")][:1]


def parse(text):
    """Members of one structure, those of nameless parts too: (size, {name: {(bit, bits)}})."""
    members = defaultdict(set)
    for name, bits, offset, bit, size in MEMBER.findall(text):
        members[name].add((8 * int(offset) + int(bit or 0), int(bits or 8 * int(size))))
    ends = [bit + bits for places in members.values() for bit, bits in places]
    total = TOTAL.search(text)  # pahole tells it of structures; a union ends with its members
    return int(total[1]) if total else max(ends) // 8, members


class Btf:
    """The types of a kernel and of its driver."""

    def __init__(self, vmlinux, module):
        self.vmlinux, self.module, self.known = vmlinux, module, {}

    def find(self, name):
        """A structure or union of this name; None: there is none."""
        if name not in self.known:
            self.known[name] = (self._ask(name, "--btf_base", self.vmlinux, self.module)
                                or self._ask(name, self.vmlinux))
        return self.known[name]

    @staticmethod
    def _ask(name, *files):
        done = subprocess.run(["pahole", "-F", "btf", "-C", name, *files], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              check=False)
        return parse(done.stdout) if MEMBER.search(done.stdout) else None


@pytest.fixture(scope="module", params=kernels() or [None],
                ids=lambda pair: pair[0].parent.name if pair else "none")
def btf(request):
    if not shutil.which("pahole"):
        pytest.skip("no pahole (package dwarves)")
    if request.param is None:
        pytest.skip(f"no vmlinux of 7.2 with mshv_root.ko in {KERNELS}")
    return Btf(*request.param)


@pytest.fixture(scope="module")
def layouts():
    if not LAYOUTS.exists():
        pytest.skip(f"{LAYOUTS} is not built")
    return json.loads(subprocess.run([LAYOUTS], stdout=subprocess.PIPE, check=True,
                                     timeout=60).stdout)


def place(row):
    """Where a row of ours is: its first bit in the structure, and its bits."""
    bits = row["bits"] or 8 * row["size"] * max(row["count"], 1)
    return 8 * row["offset"] + row["bit"], bits


def differences(name, ours, theirs):
    """What of our fields is elsewhere, or not at all, in Linux's structure."""
    for row in ours["rows"]:
        if (name, row["name"]) in NOT_IN_STRUCT:
            continue
        if row["name"] not in theirs:
            yield f"{name}.{row['name']}: not in BTF"
        elif place(row) not in theirs[row["name"]]:
            yield f"{name}.{row['name']}: {place(row)}, BTF has {theirs[row['name']]}"


def compare(pairs, btf):
    """Pairs of Linux's name and our layout; {name: fields compared} of those that BTF has."""
    found, wrong = {}, []
    for name, ours in pairs:
        known = btf.find(name)
        if known is None:
            if name not in NOT_IN_BTF:
                wrong.append(f"{name}: not in BTF")
            continue
        size, members = known
        if size != ours["size"]:
            wrong.append(f"{name}: {ours['size']} bytes, BTF has {size}")
        wrong += differences(name, ours, members)
        found[name] = sum((name, row["name"]) not in NOT_IN_STRUCT for row in ours["rows"])
    assert not wrong, "\n".join(wrong)
    return found


def test_structures(btf, layouts, record_property):
    """Every layout that names a structure of Linux: its size, and each field's place."""
    pairs = [(entry["linux"], entry) for entry in layouts
             if entry["kind"] == "structure" and entry["linux"]]
    found = compare(pairs, btf)
    print(f"{len(found)} structures, {sum(found.values())} fields")
    record_property("structures", len(found))
    record_property("fields", sum(found.values()))
    assert len(found) >= 30 and sum(found.values()) >= 200


def test_registers(btf, layouts):
    """Registers whose value Linux describes, too."""
    ours = {entry["register"]: entry for entry in layouts
            if entry["kind"] == "register" and entry["arch"] == "x86-64"}
    found = compare([(linux, ours[name]) for name, linux in REGISTERS.items()], btf)
    print(f"{len(found)} registers' structures, {sum(found.values())} fields")
    assert len(found) >= 9 and sum(found.values()) >= 30


def test_exceptions_are_needed(btf, layouts):
    """An exception whose reason is gone is to be removed."""
    ours = {(entry["linux"], row["name"]) for entry in layouts if entry["kind"] == "structure"
            for row in entry["rows"]}
    registers = {entry["register"]: entry for entry in layouts if entry["kind"] == "register"}
    ours |= {(linux, row["name"]) for name, linux in REGISTERS.items()
             for row in registers[name]["rows"]}
    for name, field in NOT_IN_STRUCT:
        assert (name, field) in ours
        known = btf.find(name)
        assert known is None or field not in known[1]
    for name in NOT_IN_BTF:
        assert btf.find(name) is None


def test_every_structure_is_listed(layouts):
    """A layout that other files see is in the list, and so compared above."""
    listed = {entry["layout"] for entry in layouts if entry["kind"] == "structure"}
    defined = {name for file in (TOP / "formats").glob("*.c")
               for name in DEFINED.findall(file.read_text())}
    assert len(defined) >= 100 and defined <= listed, sorted(defined - listed)


def test_a_difference_is_found():
    """The comparison can fail: a moved field, a narrower one, a missing one."""
    size, members = parse("union u {\n\tu64  a:3;  /*     0: 1  8 */\n"
                          "\tu32  b[2];  /*     8     8 */\n\t/* size: 16, members: 2 */\n};")
    row = {"name": "a", "offset": 0, "size": 8, "bit": 1, "bits": 3, "count": 0}
    array = {"name": "b", "offset": 8, "size": 4, "bit": 0, "bits": 0, "count": 2}
    assert size == 16
    assert not list(differences("u", {"rows": [row, array]}, members))
    for changed in ({"bit": 2}, {"bits": 4}, {"offset": 1}, {"name": "c"}):
        assert len(list(differences("u", {"rows": [{**row, **changed}]}, members))) == 1
