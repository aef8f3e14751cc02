# SPDX-License-Identifier: GPL-2.0-or-later
"""Types of real kernels: BTF and DWARF have to agree, and what is missing has to be said.

The kernels are those that the tests of whole systems keep in the cache; the vmcore is a real one
that lies beside the repository. What is not there is skipped, with the reason.
"""

import json
import shutil
import subprocess
import sys

import pytest

from analyzer import BUILD, TOP, hvdump

sys.path.insert(0, str(TOP / "tests"))
from vm import paths  # noqa: E402  pylint: disable=wrong-import-position

TYPECMP = BUILD / "tests/tools/typecmp"
KERNELS = paths.cache() / "kernels"
REAL = TOP.parent / "shared/data/vmcore-7.2-root-linuxpanic.kdump"
needs_real = pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not there")


def cached(series):
    """A vmlinux with DWARF of a series: as Debian's debuginfo has it, or as it was built."""
    if not TYPECMP.exists():
        pytest.skip(f"{TYPECMP} is not built (it needs libbpf and libdw)")
    found = [*KERNELS.glob(f"{series}.*/usr/lib/debug/boot/vmlinux-*"),
             *KERNELS.glob(f"{series}.*/vmlinux")]
    if not found:
        pytest.skip(f"no vmlinux of {series} with debuginfo in {KERNELS}")
    return found[-1]


def compare(*files):
    done = subprocess.run([TYPECMP, *files], stdout=subprocess.PIPE, encoding="utf-8", timeout=300,
                          check=False)
    *differences, last = done.stdout.splitlines()
    assert not differences, "\n".join(differences[:20])
    assert done.returncode == 0
    return json.loads(last)


@pytest.mark.parametrize("series", ["6.1", "6.12", "7.2"])
def test_btf_and_dwarf_of_a_kernel_agree(series):
    """Every structure, union and enum; but for a few names that mean several types."""
    vmlinux = cached(series)
    found = compare(vmlinux, vmlinux)
    assert found["types"] > 5000 and found["members"] > 30000
    assert found["bit_fields"] > 800 and found["enumerators"] > 5000
    assert found["ambiguous"] + found["local"] < found["types"] / 100


def test_btf_and_dwarf_of_a_module_agree():
    """The driver's own types: split BTF on the kernel's, and DWARF that has to be relocated."""
    vmlinux = cached("7.2")
    modules = list(vmlinux.parent.glob("lib/modules/*/kernel/drivers/hv/mshv_root.ko"))
    if not modules:
        pytest.skip(f"no mshv_root.ko beside {vmlinux}")
    found = compare(modules[0], modules[0], vmlinux)
    assert found["types"] > 100 and found["members"] > 400
    assert found["ambiguous"] == found["local"] == 0


@needs_real
def test_vmlinux_of_another_build():
    """It is not used, and both build-ids are told."""
    vmlinux = cached("7.2")
    done = hvdump("driver", "--vmlinux", vmlinux, REAL)
    if done.returncode == 0:
        pytest.skip(f"{vmlinux} is of the same build as {REAL}")
    assert "expected build-id fb29d0da914cd1d22e99232ab47b7db40423cbf1, found " in done.stderr
    assert "without --vmlinux" in done.stderr


@needs_real
def test_no_vmlinux():
    done = hvdump("driver", "--vmlinux", "/nonexistent", REAL)
    assert done.returncode != 0
    assert "/nonexistent: No such file" in done.stderr


@needs_real
@pytest.mark.skipif(not shutil.which("makedumpfile"), reason="makedumpfile is not installed")
def test_btf_of_a_module_that_was_left_out(tmp_path):
    """Level 31 takes the memory that it lies in for free: the reason and the cure are told."""
    small = tmp_path / "vmcore"
    subprocess.run(["makedumpfile", "-c", "-d", "31", REAL, small], check=True, timeout=300,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = hvdump("driver", small)
    assert "BTF of mshv_root: not in the dump" in done.stderr
    assert "23 does not" in done.stderr and "--debuginfo DIR" in done.stderr
    done = hvdump("driver", "--debuginfo", tmp_path, small)
    assert f"{tmp_path}: no file of mshv_root is there" in done.stderr
    # What does not depend on the module's types goes on.
    assert "root" in done.stdout
