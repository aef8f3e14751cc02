# SPDX-License-Identifier: GPL-2.0-or-later
"""One table of the whole suite: kernel, what was tried, result.

A pytest plugin (conftest.py loads it). It needs no help from the tests: which kernels a test tried
is seen from the runs that it asked run_once() for, or got from a fixture; what it tried is its
name. A test may say more with pytest's record_property("result", "text").
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from .paths import BUILD
from .scenario import Run

FILE = BUILD / "vm" / "tests" / "kernels.txt"


@dataclass
class Row:
    """What came of one test function on one kernel."""
    outcomes: dict = field(default_factory=lambda: defaultdict(int))
    remarks: list = field(default_factory=list)

    def add(self, outcome: str, remark: str) -> None:
        """One more test; parametrized ones share a row."""
        self.outcomes[outcome] += 1
        if remark and remark not in self.remarks:
            self.remarks.append(remark)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes.items())
        return counts + (f": {'; '.join(self.remarks[:8])}" if self.remarks else "")


class Table:
    """The rows of a session, by kernel and test function."""

    def __init__(self) -> None:
        self._rows = defaultdict(Row)
        self._releases = {}
        self._asked = set()

    def ask(self, kernel: str) -> None:
        """The test that runs now asks for this kernel."""
        self._asked.add(kernel)

    def _tried(self, item) -> set:
        """The kernels of a test."""
        tried, self._asked = self._asked, set()
        for run in item.funcargs.values():
            if isinstance(run, Run):
                tried.add(run.options.kernel)
                self.learn(run)
        return tried

    def learn(self, run: Run) -> None:
        """The release that a kernel turned out to be."""
        found = re.search(r"^VM-READY (\S+)", run.console, re.MULTILINE)
        if found:
            self._releases[run.options.kernel] = found[1]

    def report(self, item, outcome: str, remark: str) -> None:
        """A test is over."""
        where = item.path.stem.removeprefix("test_").replace("_", " ")
        what = item.originalname.removeprefix("test_").replace("_", " ")
        for kernel in self._tried(item):
            self._rows[kernel, f"{where}: {what}"].add(outcome, remark)

    def lines(self) -> list:
        """The table as text."""
        rows = [(self._releases.get(kernel, kernel), what, str(row))
                for (kernel, what), row in self._rows.items()]
        wide = [max((len(row[i]) for row in rows), default=0) for i in range(2)]
        return [f"  {kernel:<{wide[0]}}  {what:<{wide[1]}}  {result}"
                for kernel, what, result in sorted(rows, key=natural)]


def natural(row: tuple) -> list:
    """6.12 comes after 6.1."""
    return [[int(part) if part.isdigit() else 0 for part in re.split(r"(\d+)", row[0])], row[1]]


TABLE = Table()


def why(report) -> str:
    """The reason of a skip; the last line of a failure."""
    if report.skipped and isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    if report.failed:
        return str(report.longrepr).strip().splitlines()[-1]
    return "; ".join(str(value) for name, value in report.user_properties if name == "result")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Take down how each test ended; a fixture that fails or skips is an end too."""
    outcome = yield
    report = outcome.get_result()
    if call.when == "call" or (call.when == "setup" and not report.passed):
        TABLE.report(item, report.outcome, why(report))


def pytest_terminal_summary(terminalreporter):
    """Show the table, and keep it beside the runs."""
    lines = TABLE.lines()
    if not lines:
        return
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    terminalreporter.section("kernel x what was tried x result")
    for line in lines:
        terminalreporter.write_line(line)
