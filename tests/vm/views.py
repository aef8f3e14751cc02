# SPDX-License-Identifier: GPL-2.0-or-later
"""What hvdump reads out of a vmcore of Linux's own memory, held against what the machine showed."""

import re

from . import programs

STAMP = re.compile(r"^\[ *\d+\.\d{6}\] ")
# What is printed whatever the console's level is: below 4, warnings.
SEVERE = "emerg,alert,crit,err"


def stamped(text: str) -> list:
    """The log's lines with a stamp each, as the console shows them: only a record's first has one
    in dmesg's."""
    lines, stamp = [], ""
    for line in text.split("\n"):
        match = STAMP.match(line)
        if match:
            stamp = match[0]
            lines.append(line)
        elif line.strip():
            lines.append(stamp + line[len(stamp):])
    return lines


def on_console(run) -> list:
    """The dead kernel's lines: up to where the crash kernel's begin."""
    text = run.console.replace("\r", "")
    begins = [match.start() for match in re.finditer(r"^.*Linux version \d", text, re.MULTILINE)]
    assert len(begins) == 2, "two kernels booted"
    return [line for line in text[:begins[1]].split("\n") if STAMP.match(line)]


def check_log(run) -> int:
    """hvdump log has each line that the console showed, in its order; nothing severe is in it that
    the console did not show. How many lines the console showed."""
    vmcore, shown = run.out / "vmcore", on_console(run)
    logged = stamped(programs.hvdump("log", "-q", vmcore))
    rest = iter(logged)
    lost = [line for line in shown if line not in rest]
    assert not lost, f"on the console, and not in the log: {lost[0]}"
    severe = stamped(programs.hvdump("log", "-q", "--level", SEVERE, vmcore))
    assert set(severe) <= set(shown)
    return len(shown)


def check_no_driver(run) -> None:
    """hvdump driver says that the driver is not there, and shows the rest."""
    document = programs.hvdump_json("driver", run.out / "vmcore", status=3)
    assert document["driver"]["loaded"] is False
    assert not document["driver"]["partitions"]
    text = programs.hvdump("driver", "-q", run.out / "vmcore", status=3)
    assert "The mshv driver is not there" in text
    assert re.search(r"partition_kind +root$", text, re.MULTILINE)
