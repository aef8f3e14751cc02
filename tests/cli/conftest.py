# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command-line tests share."""

from collections import Counter

import pytest

import collecting


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes minutes; ./run tests --all runs it")


@pytest.fixture(autouse=True)
def count_faults(record_property):
    """What the test tried, for the sum at the end."""
    collecting.TRIED.clear()
    yield
    for kind, points in collecting.TRIED.items():
        record_property("tried", (kind, points))


def pytest_terminal_summary(terminalreporter):
    """How many faults of the collector were tried, by kind."""
    tried = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "teardown":
                for name, value in report.user_properties:
                    if name == "tried":
                        tried[value[0]] += value[1]
    if tried:
        kinds = ", ".join(f"{points} {kind}" for kind, points in sorted(tried.items()))
        terminalreporter.write_line(f"faults of the collector: {sum(tried.values())} points tried "
                                    f"({kinds})")
