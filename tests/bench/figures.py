# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures and how they are taken: one line each on stdout, remarks begin with #."""

import os
import subprocess
from pathlib import Path
from statistics import median

from vm.paths import BUILD

HERE = Path(__file__).resolve().parent
LIMIT = 1200


class Broken(Exception):
    """A measurement that cannot be had; the text says why."""


def figure(name: str, value: float, unit: str) -> None:
    """NAME VALUE UNIT; four digits are more than any of these is good for."""
    text = str(value) if isinstance(value, int) else f"{value:.4g}"
    print(name, text, unit, flush=True)


def ratio(name: str, value: float) -> None:
    """A figure without a unit."""
    figure(name, float(value), "ratio")


def remark(text: str) -> None:
    """A line for people."""
    print(f"# {text}", flush=True)


def stopwatch() -> Path:
    """The program that takes times and peaks; compiled when it is first wanted."""
    program, source = BUILD / "bench" / "stopwatch", HERE / "stopwatch.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        program.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-static",
                        "-o", program, source], check=True)
    return program


def host_khz() -> int:
    """The rate of the time-stamp counter, which emulated machines see as it is."""
    return int(subprocess.run([stopwatch(), "-k"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout)


def parsed(line: str) -> dict:
    """KEY=NUMBER words."""
    return {key: int(value) for key, _, value in (word.partition("=") for word in line.split())}


def timed(*command, text: str = "") -> dict:
    """Run a command with TEXT as its input: ns from exec to exit, own_kb, all_kb."""
    result = BUILD / "bench" / f"result-{os.getpid()}"
    done = subprocess.run([stopwatch(), result, *command], input=text, text=True, timeout=LIMIT,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8", DEBUGINFOD_URLS=""))
    if done.returncode:
        raise Broken(f"{Path(command[0]).name} ended with {done.returncode}: "
                     f"{done.stderr.strip()[-300:]}")
    facts = parsed(result.read_text())
    result.unlink()
    return facts


def interleaved(runs: int, commands: dict) -> dict:
    """Run each command once a round, RUNS rounds; name to the median of each fact.

    A command is a list of words, or (words, input).
    """
    facts = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            words, text = command if isinstance(command, tuple) else (command, "")
            facts[name].append(timed(*words, text=text))
    return {name: {key: median(one[key] for one in all_of) for key in all_of[0]}
            for name, all_of in facts.items()}
