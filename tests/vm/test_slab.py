# SPDX-License-Identifier: GPL-2.0-or-later
"""What a vmcore of Linux 7 must not lose: the kernel's slab objects and its modules' BTF.

Walked with drgn (slabwalk.py). That the walk can find a loss is shown on a dump of the same machine
at level 31, whose bit for user pages takes slab pages along.
"""

import json
import subprocess

import pytest

from . import kernels
from .conftest import run_once, tidy
from .paths import TREE

WALK = TREE / "tests" / "vm" / "slabwalk.py"
LIMIT = 600


def walk(run, name: str) -> dict:
    """What slabwalk.py finds in one dump."""
    vmlinux = kernels.fetch(run.options.kernel).vmlinux
    done = subprocess.run([WALK, run.out / name, vmlinux], timeout=LIMIT, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", name="run", params=[
    "7", pytest.param("newest", marks=pytest.mark.slow)])
def fixture_run(request):
    """A host with the driver, our module and a partition panics; dumped at both levels."""
    run = run_once(f"slab-{request.param}", "root-panic", f"kernel={request.param}", "parts=",
                   "life=mshv:dhp:0.1:4", "also=level31", "guard=yes")
    yield run
    tidy(run)


def test_each_slab_object_is_in_the_dump(run, record_property):
    """Tens of thousands of them, of all caches."""
    found = walk(run, "vmcore")
    record_property("result", f"{found['objects']} objects of {found['caches']} caches")
    assert found["objects"] > 10000
    assert found["unreadable"] == 0, found["lost"]


def test_the_modules_btf_is_in_the_dump(run, record_property):
    """Ours and the driver's."""
    found = walk(run, "vmcore")["btf"]
    record_property("result", ", ".join(f"{name} {size} bytes" for name, size in found.items()))
    assert sorted(found) == ["hvdump", "mshv_root"]
    assert all(size and size > 10000 for size in found.values())


@pytest.mark.slow
def test_level_31_would_lose_some(run, record_property):
    """Otherwise the walk shows nothing; should this fail, makedumpfile has learned better, and
    kernels.py's dump_level may go up."""
    found = walk(run, "extra/vmcore.31")
    record_property("result", f"{found['unreadable']} of {found['objects']} objects lost")
    assert found["unreadable"] > 0
