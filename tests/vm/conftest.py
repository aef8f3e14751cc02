# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs that several tests look at: each is made once, when the first test asks for it."""

import os
import pickle
import secrets
import shutil

import pytest

from . import kernel_table, kernels
from .kernel_table import TABLE
from .options import Impossible, parse
from .paths import BUILD, Unavailable
from .scenario import Run, play


def pytest_configure(config) -> None:
    """Markers of the suite; the table of kernels."""
    config.pluginmanager.register(kernel_table, "kernel_table")
    config.addinivalue_line("markers", "slow: left out unless ./run tests --all")


# For whoever writes a test: runs are kept, and used again the next time.
KEEP = "HVDUMP_KEEP_RUNS" in os.environ


def run_once(name: str, scenario: str, *words: str) -> Run:
    """Play a scenario for tests; what cannot be run here is skipped with its reason."""
    required = os.environ.get("REQUIRE", "").split(",")
    options = parse(list(words))
    TABLE.ask(options.kernel)
    out = BUILD / "vm" / "tests" / name
    if KEEP and (out / "run.pickle").exists():
        return pickle.loads((out / "run.pickle").read_bytes())
    print(f"{name}: ./run vm {scenario} {' '.join(words)} seed={options.seed:#x}")
    try:
        run = play(scenario, options, out)
        TABLE.learn(run)
        if KEEP:
            (out / "run.pickle").write_bytes(pickle.dumps(run))
        return run
    except (Impossible, Unavailable) as problem:
        if options.kernel in required:
            pytest.fail(f"{scenario} must run with kernel {options.kernel}: {problem}")
        pytest.skip(str(problem))


def tidy(run: Run) -> None:
    """Disks are sparse but big, and nothing looks at them after the tests."""
    if KEEP:
        return
    for name in ("disk-before.img", "writes.log", "root.img"):
        (run.out / name).unlink(missing_ok=True)
    shutil.rmtree(run.out / "cut", ignore_errors=True)


# Without KASLR, so that two runs lay out memory the same way and can be compared.
NOKASLR = "append=nokaslr"

# Both kinds, one VTL and two, and VPs that are not numbered one after another.
PARTS = "parts=0x102:pattern:4:2;0x103:scenario:4;0x1000a:pattern:2:1:0.5"


@pytest.fixture(scope="session", name="crashing_cpu")
def fixture_crashing_cpu() -> str:
    """The CPU that crashes in runs that are compared with each other."""
    return f"cpu={secrets.randbelow(2)}"


@pytest.fixture(scope="session")
def panic(crashing_cpu):
    """A root partition panics with the module loaded; looked at before makedumpfile."""
    run = run_once("panic", "root-panic", NOKASLR, PARTS, crashing_cpu,
                   "stop=before-makedumpfile", "also=elf", "head=20")
    yield run
    tidy(run)


@pytest.fixture(scope="session")
def panic_without_module(crashing_cpu):
    """The same root partition panics without the module."""
    run = run_once("panic-without-module", "root-panic", NOKASLR, "module=no",
                   crashing_cpu, "also=elf", "head=20")
    yield run
    tidy(run)


@pytest.fixture(scope="session")
def killed():
    """makedumpfile is killed half-way."""
    run = run_once("killed", "root-panic", "kill=makedumpfile")
    yield run
    tidy(run)


@pytest.fixture(scope="session")
def no_hypervisor(crashing_cpu):
    """The module is loaded on a machine without a hypervisor, which then panics."""
    run = run_once("no-hypervisor", "nohv-panic", NOKASLR, crashing_cpu, "head=20")
    yield run
    tidy(run)


@pytest.fixture(scope="session")
def no_hypervisor_no_module(crashing_cpu):
    """The same machine panics and the module was never loaded."""
    run = run_once("no-hypervisor-no-module", "nohv-panic", NOKASLR, "module=no",
                   crashing_cpu, "head=20")
    yield run
    tidy(run)


@pytest.fixture(scope="session")
def vmlinux():
    """The guest kernel's vmlinux with DWARF."""
    try:
        return kernels.fetch_vmlinux(kernels.fetch())
    except Unavailable as problem:
        pytest.skip(str(problem))
