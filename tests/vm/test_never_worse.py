# SPDX-License-Identifier: GPL-2.0-or-later
"""Where hvdump has nothing to do, everything is as without it."""

import errno
import os
import re

from . import dumps
from .conftest import run_once


def load_result(run) -> tuple:
    """insmod's exit status and message."""
    status, _, text = run.lines("MODULE")[0].partition(" ")
    return int(status), text


def kernel_lines(run) -> list:
    """The kernel's log lines that name the module, but for the one on its being out of tree."""
    return [line for line in run.lines("DMESG") if "loading out-of-tree module" not in line
            and "module verification failed" not in line]


def test_without_a_hypervisor_the_module_refuses_in_one_line(no_hypervisor):
    """insmod fails with ENODEV, and the kernel's log has one line about it."""
    status, text = load_result(no_hypervisor)
    assert status != 0
    assert os.strerror(errno.ENODEV) in text
    assert len(kernel_lines(no_hypervisor)) == 1


def head(run) -> bytes:
    """The beginning of /proc/vmcore as the crash kernel saw it."""
    return (run.extra / "vmcore-head").read_bytes()


def test_without_a_hypervisor_the_dump_is_as_ever(no_hypervisor, no_hypervisor_no_module):
    """The same program headers as if the module had never been tried, byte for byte."""
    assert dumps.segments(head(no_hypervisor)) == dumps.segments(head(no_hypervisor_no_module))
    for run in (no_hypervisor, no_hypervisor_no_module):
        found = dumps.kdump_notes(run.out / "vmcore")
        assert not dumps.of_ours(found)
        assert len(found) == run.options.cpus + 1


def last_words(run) -> list:
    """What the kernel says from its panic on, without times and addresses."""
    text = run.console[run.console.rindex("Kernel panic - not syncing"):]
    lines = [re.sub(r"^\[ *[\d.]+\] ", "", line).strip() for line in text.split("\n")]
    return [line for line in lines
            if re.match(r"(Kernel panic|Kernel Offset|Rebooting|reboot:|---)", line)]


def test_without_a_crash_kernel_the_panic_is_as_ever():
    """The host says the same and resets, with the module and without."""
    words = []
    for module in ("yes", "no"):
        run = run_once(f"no-crash-kernel-{module}", "root-panic", "crash=no",
                       "append=nokaslr", f"module={module}", "cpu=0")
        if module == "yes":
            assert load_result(run)[0] == 0
        words.append(last_words(run))
    assert any("Rebooting" in line for line in words[0])
    assert words[0] == words[1]
