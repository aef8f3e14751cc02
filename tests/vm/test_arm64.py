# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump.ko's sources compile for arm64, all but those that are x86-64's own; and what they ask
for are arm64's registers.

There is no module for arm64, and nothing here runs: what is shown is what a port finds ready.
"""

import re
import struct
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from . import arm64, kernels
from .paths import BUILD, Unavailable, built

pytestmark = pytest.mark.slow

TOP = Path(__file__).resolve().parents[2]
HOOKS = TOP / "kernel-hooks"
# What a port has to write; kernel-hooks/Kbuild says the same.
X86_ONLY = {"alive", "identity", "own", "main", "attach", "hook", "probes"}


def sources() -> set:
    """The objects that Kbuild makes hvdump.ko of."""
    lines = re.findall(r"^hvdump-y .?= (.*)", (HOOKS / "Kbuild").read_text(encoding="utf-8"),
                       re.MULTILINE)
    return {Path(name).stem for line in lines for name in line.split()}


def symbols(path: Path) -> tuple:
    """The names that an object defines for others, and those that it wants of others."""
    with open(path, "rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        outside = [one for one in table.iter_symbols()
                   if one["st_info"]["bind"] == "STB_GLOBAL"]
        wanted = {one.name for one in outside if one["st_shndx"] == "SHN_UNDEF"}
        return {one.name for one in outside} - wanted, wanted


def words(path: Path, name: str) -> list:
    """An object's array of 32-bit words."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        one, = elf.get_section_by_name(".symtab").get_symbol_by_name(name)
        data = elf.get_section(one["st_shndx"]).data()
        data = data[one["st_value"]:one["st_value"] + one["st_size"]]
        return list(struct.unpack(f"<{len(data) // 4}L", data))


def codes(capture: str) -> list:
    """The registers of arm64 that are read, by the rows of its table."""
    text = (TOP / "formats/abi_registers_arm64.def").read_text(encoding="utf-8")
    return [int(code, 16) for code in
            re.findall(rf"^HVD_REG\((0x\w+),[^,]*,[^,]*,[^,]*,\s*{capture},", text, re.MULTILINE)]


@pytest.fixture(scope="module", name="out")
def fixture_out():
    """The folder with the objects; whatever the compiler has to say ends it."""
    try:
        tree = arm64.tree()
    except Unavailable as problem:
        pytest.skip(str(problem))
    out = BUILD / "kernel-hooks-arm64"
    done = subprocess.run(["make", "-C", HOOKS, f"KREL={tree}", f"OUT={out}", "W=1", *arm64.WORDS,
                           "module"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout
    assert not re.search("warning|error:", done.stdout, re.IGNORECASE), done.stdout
    return out


def test_all_but_the_x86_sources_compile(out):
    """Into objects of that architecture, and into no module."""
    assert X86_ONLY < sources()
    for name in sources() - X86_ONLY:
        with open(out / f"{name}.o", "rb") as file:
            assert ELFFile(file)["e_machine"] == "EM_AARCH64"
    assert not list(out.glob("*.ko"))
    assert not [name for name in X86_ONLY if (out / f"{name}.o").exists()]


def test_what_is_missing_is_in_the_x86_sources(out):
    """Of the module's own names; all else is the kernel's."""
    there, wanted = set(), set()
    for name in sources() - X86_ONLY:
        defined, undefined = symbols(out / f"{name}.o")
        there |= defined
        wanted |= undefined
    missing = {name for name in wanted - there if name.startswith("hvd_")}
    x86 = built("kernel-hooks", kernels.fetch().release, "hook.o").parent
    assert missing <= set().union(*(symbols(x86 / f"{name}.o")[0] for name in X86_ONLY))
    assert {"hvd_self", "hvd_alive_full", "hvd_own_get"} <= missing


@pytest.mark.parametrize("capture", ["ESSENTIAL", "REST"])
def test_it_asks_for_registers_of_arm64(out, capture):
    """By the arrays in the object."""
    array = words(out / "registers.o", f"hvd_capture_{capture.lower()}")
    assert array == codes(capture) and len(array) > 10
