# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux's own view in the vmcore of a root partition on 6.1; test_kernels.py has the other kernels,
test_who_died.py the driver's partitions, test_stacks.py the stacks."""

from . import views


def test_the_log_is_that_of_the_console(panic, record_property):
    """Line by line."""
    record_property("result", f"{views.check_log(panic)} lines")


def test_without_the_driver_its_absence_is_said(panic):
    """Debian's kernels leave it out."""
    views.check_no_driver(panic)
