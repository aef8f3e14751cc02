# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest kernels from Debian's linux-source, with the mshv root driver, which Debian's own
kernels leave out. About ten minutes on two processors; 2 GB while it lasts, 300 MB to keep.

The sanitized one, with KASAN and lockdep, takes twice that.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from .paths import BUILD, Unavailable, say

HERE = Path(__file__).resolve().parent
CONFIG = HERE / "mshv-mini.config"
# What a kernel has beside it, by the name of its series.
MORE = {"sanitized": HERE / "mshv-sanitized.config"}
# How all their releases end.
LOCALVERSION = "-mshvmini"
TOOLS = ("gcc", "make", "flex", "bison", "bc", "pahole", "gawk", "xz")
# Two builds from the same source with the same configuration are to be the same kernel; and its
# banner must not look like a message of hvdump.ko.
WHO = {"KBUILD_BUILD_USER": "tests", "KBUILD_BUILD_HOST": "tests",
       "KBUILD_BUILD_TIMESTAMP": "2026-01-01"}
# Counts up when what build() keeps changes.
RECIPE = b"2"


def wishes(series: str = "") -> bytes:
    """The whole configuration of a series; what comes later holds."""
    more = MORE.get(series)
    return CONFIG.read_bytes() + (more.read_bytes() if more else b"")


def key(series: str = "") -> str:
    """What a built kernel's name in the cache ends with."""
    return hashlib.sha256(wishes(series) + RECIPE).hexdigest()[:12]


def keys() -> list:
    """Of all kernels that are built."""
    return [key(series) for series in ("", *MORE)]


def make(source: Path, output: Path, *words) -> None:
    """The kernel's make; its output goes to a log, the end of which an error shows."""
    log = BUILD / "logs" / "linux.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as text:
        done = subprocess.run(["make", "-C", source, f"O={output}", *words], stdout=text,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
                              env={**os.environ, **WHO,
                                   "KCONFIG_ALLCONFIG": str(output / "wishes")})
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-5:]
        raise Unavailable("building the kernel failed: " + " | ".join(tail) + f" ({log})")


def unpack_source(deb: Path, into: Path) -> Path:
    """The source tree out of the package, which holds it as an archive."""
    into.mkdir()
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb],
                          stdout=subprocess.PIPE) as outer:
        with subprocess.Popen(["tar", "-xO", "--wildcards", "./usr/src/linux-source-*.tar.xz"],
                              stdin=outer.stdout, stdout=subprocess.PIPE) as inner:
            subprocess.run(["tar", "-xJ", "-C", into, "--strip-components=1"],
                           stdin=inner.stdout, check=True)
    deb.unlink()
    return into


def check_config(output: Path, series: str) -> None:
    """Each line of ours that asks for a driver or module must have survived, and whatever makes
    the series another than the plain one."""
    got = (output / ".config").read_text(encoding="utf-8").splitlines()
    needed = ["CONFIG_MSHV_ROOT=m", "CONFIG_KEXEC_FILE=y", "CONFIG_DEBUG_INFO_BTF=y",
              "CONFIG_VIRTIO_BLK=y", "CONFIG_KPROBES=y"]
    if series in MORE:
        needed += [line for line in MORE[series].read_text(encoding="utf-8").splitlines()
                   if line.startswith("CONFIG_")]
    for line in needed:
        if line not in got:
            raise Unavailable(f"this source does not know {line} any more "
                              f"({MORE.get(series, CONFIG).name})")


def keep(source: Path, output: Path, folder: Path) -> None:
    """The image, vmlinux with DWARF and BTF, the modules, and what builds modules to it."""
    release = (output / "include/config/kernel.release").read_text(encoding="utf-8").strip()
    headers = folder / f"linux-headers-{release}"
    shutil.copyfile(output / "arch/x86/boot/bzImage", folder / "vmlinuz")
    shutil.copyfile(output / ".config", folder / "config")
    make(source, output, "modules_install", f"INSTALL_MOD_PATH={folder}")
    make(source, output, "run-command",
         f"KBUILD_RUN_COMMAND=$(srctree)/scripts/package/install-extmod-build {headers}")
    shutil.copyfile(output / ".config", headers / ".config")
    shutil.move(output / "vmlinux", folder / "vmlinux")
    (headers / "vmlinux").symlink_to("../vmlinux")
    for link in ("build", "source"):
        (folder / "lib/modules" / release / link).unlink(missing_ok=True)


def build(deb: Path, folder: Path, series: str = "") -> None:
    """Build a kernel of a linux-source package and keep in `folder` what is needed of it."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        raise Unavailable(f"building a kernel needs {', '.join(missing)} (./run deps)")
    say(f"building {deb.name} (about ten minutes, once; {BUILD}/logs/linux.log)")
    scratch = folder.parent
    source, output = unpack_source(deb, scratch / "source"), scratch / "output"
    output.mkdir()
    (output / "wishes").write_bytes(wishes(series))
    make(source, output, "allnoconfig")
    check_config(output, series)
    make(source, output, f"-j{os.cpu_count()}", "bzImage", "modules")
    keep(source, output, folder)


__all__ = ["LOCALVERSION", "build", "key", "keys"]
