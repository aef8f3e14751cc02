# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that the tests run on the products: ours, crash and drgn."""

import json
import subprocess
from pathlib import Path

from .paths import built_program

LIMIT = 120


def hvdump(*words, status: int | None = 0) -> str:
    """What hvdump prints; its exit status must be the one that is expected, if one is."""
    done = subprocess.run([built_program("analyzer", "hvdump"), *words], timeout=LIMIT,
                          capture_output=True, text=True, check=False)
    assert status in (done.returncode, None), f"hvdump {words}: {done.returncode}\n{done.stderr}"
    return done.stdout


def parsed(text: str) -> dict:
    """A document that was printed."""
    return json.loads(text)


def hvdump_json(*words, status: int = 0) -> dict:
    """What hvdump says as JSON."""
    return json.loads(hvdump("--json", *words, status=status))


def crash(vmlinux: Path, dump: Path, *commands: str) -> str:
    """What crash prints for some commands, its start-up messages included."""
    text = "".join(f"{one}\n" for one in (*commands, "quit"))
    done = subprocess.run(["crash", vmlinux, dump], input=text, timeout=LIMIT,
                          capture_output=True, text=True, check=False,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(dump.parent), "TERM": "dumb"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


DRGN = """
import sys
import drgn
from drgn.helpers.linux.pid import for_each_task
program = drgn.Program()
program.set_core_dump(sys.argv[1])
program.load_debug_info([sys.argv[2]])
print(program["init_uts_ns"].name.release.string_().decode())
print(program["panic_cpu"].counter.value_())
for task in for_each_task(program):
    print(task.comm.string_().decode())
"""


def drgn(vmlinux: Path, dump: Path) -> list:
    """What drgn finds: the kernel's release, the CPU that panicked, the tasks' names."""
    done = subprocess.run(["/usr/bin/python3", "-c", DRGN, dump, vmlinux], timeout=LIMIT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
