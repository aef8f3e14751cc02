# SPDX-License-Identifier: GPL-2.0-or-later
"""The encoder that is in hvdump.ko writes what user space's encoder writes.

tests/unit/test_encoder.c compares two compilations of one source. Here its other half is not a
compilation with stand-in headers, but the very object that the kernel's build system has made for
the module, with the kernel's headers and options.
"""

import os
import platform
import shlex
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HVDUMP_BUILD", TOP / "build"))
# An object made for KASAN calls what only that kernel has.
OBJECTS = [path for path in sorted(BUILD.glob("kernel-hooks/*/encoder.o"))
           if "sanitized" not in path.parent.name]

# What the kernel gives its modules and this program has not: its return thunk, which is patched to
# be no more than this, and the hook of its tracer.
KERNEL_PARTS = """
	.text
	.globl kernel___x86_return_thunk, kernel___fentry__
kernel___x86_return_thunk:
kernel___fentry__:
	ret
	.section .note.GNU-stack,"",@progbits
"""


def run(*words):
    return subprocess.run(list(map(str, words)), check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def flags(what):
    return shlex.split(run("pkg-config", what, "cmocka"))


@pytest.mark.skipif(platform.machine() != "x86_64", reason="for x86-64 kernels only")
@pytest.mark.skipif(not OBJECTS, reason="no hvdump.ko was built")
@pytest.mark.parametrize("module_object", OBJECTS, ids=[path.parent.name for path in OBJECTS])
def test_module_writes_the_same_bytes(module_object, tmp_path):
    kernel, parts, program = (tmp_path / name for name in ("kernel.o", "parts.s", "test"))
    run("objcopy", "--prefix-symbols=kernel_", "--strip-debug", module_object, kernel)
    parts.write_text(KERNEL_PARTS)
    # Kernel code takes its addresses for 32 bits wide and its place for fixed.
    run("gcc", "-std=gnu11", "-g", "-O1", "-no-pie", "-fno-pie", "-include", BUILD / "config.h",
        f"-I{BUILD}", f"-I{TOP}/formats", f"-I{TOP}/tests", *flags("--cflags"), "-o", program,
        TOP / "tests/unit/test_encoder.c", TOP / "tests/fuzz/sequence.c", parts, kernel,
        *(TOP / "formats" / name for name in ("encode.c", "decode.c", "error.c", "capture.c",
                                              "capture_find.c", "capture_memory.c",
                                              "capture_states.c",
                                              "capture_take.c", "capture_tree.c",
                                              "register_order.c")),
        *flags("--libs"))
    done = subprocess.run([program], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0 and "kernel_writes_the_same_bytes" in done.stdout, done.stdout
