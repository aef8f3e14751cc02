# SPDX-License-Identifier: GPL-2.0-or-later
"""doc/limits.md says how to check what no test here can: its commands exist, with their options,
and so do the files of the modules that it names."""

import functools
import re
import shlex
import subprocess

import pytest

from analyzer import BUILD, TOP, described, hvdump

TEXT = (TOP / "doc/limits.md").read_text(encoding="utf-8").replace("\\|", "|")
# By their own words: what a table's row has in backticks, taken apart as a shell would.
COMMANDS = [shlex.split(one) for span in re.findall(r"`([^`]+)`", TEXT)
            for one in re.split(r"[;|]", span)]
PROGRAMS = {"hvdumpctl": "collector/hvdumpctl", "hvdump-collect": "collector/hvdump-collect"}


def called(*names):
    """The commands of these programs, as texts for pytest to name them by."""
    return sorted({shlex.join(words) for words in COMMANDS if words and words[0] in names})


@functools.lru_cache
def help_of(program):
    return subprocess.run([BUILD / PROGRAMS[program], "--help"], check=True, encoding="utf-8",
                          stdout=subprocess.PIPE).stdout


def test_there_are_commands():
    assert len(called("hvdump")) > 8 and len(called(*PROGRAMS)) > 3


@pytest.mark.parametrize("command", called("hvdump"))
def test_hvdump_takes_it(command, tmp_path):
    """The file's name is a stand-in: nothing but that may be wrong with it."""
    file = tmp_path / "note"
    file.write_bytes(described("panic"))
    words = [str(file) if re.search("FILE|DIR|/last", word) else word
             for word in shlex.split(command)[1:]]
    assert words[0] == "abi" or str(file) in words
    done = hvdump(*words)
    assert done.returncode != 2, done.stderr


@pytest.mark.parametrize("command", called(*PROGRAMS))
def test_the_collector_takes_it(command):
    program, *words = shlex.split(command)
    known = re.findall(r"(?<![\w-])(?:--)?[a-z][a-z-]+", help_of(program))
    for word in words:
        assert word in known or word in ("VMCORE", "DIR"), word


@pytest.mark.parametrize("path", sorted(set(re.findall(r"/sys/kernel/(hvdump\w*/\w+)", TEXT))))
def test_the_module_has_the_file(path):
    folder, name = path.split("/")
    source = TOP / "kernel-hooks" / {"hvdump": "sysfs.c", "hvdump_vmcore": "vmcore_sysfs.c"}[folder]
    assert re.search(rf'ATTR(_RO)?\({name}\b|\.name = "{name}"', source.read_text(encoding="utf-8"))
