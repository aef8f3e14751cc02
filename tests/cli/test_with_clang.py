# SPDX-License-Identifier: GPL-2.0-or-later
"""Unit tests once more, by clang: its sanitizer sees what gcc's does not.

What the fuzzers, which clang builds, found and no other build can.
"""

import os
import shutil
import subprocess

import pytest

from analyzer import BUILD, TOP

pytestmark = pytest.mark.skipif(not shutil.which("clang"), reason="clang is not installed")


def built(program, *sources):
    command = ["clang", "-std=gnu11", "-g", "-fsanitize=undefined", "-fno-sanitize-recover=all",
               f"-I{BUILD}", f"-I{TOP}/formats", *(TOP / source for source in sources),
               "-lcmocka", "-o", program]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", env=dict(os.environ, LC_ALL="C.UTF-8"))
    assert done.returncode == 0, done.stdout
    return program


def test_a_file_without_notes_has_no_vmcoreinfo(tmp_path):
    """Nothing was read, so there is no memory of notes: NULL + 0 is undefined (clang 14)."""
    program = built(tmp_path / "test_vmcoreinfo", "tests/unit/test_vmcoreinfo.c",
                    "formats/kernel/vmcoreinfo.c", "formats/error.c")
    done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8")
    assert done.returncode == 0, done.stdout
    assert "without_the_note" in done.stdout
