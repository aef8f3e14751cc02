# SPDX-License-Identifier: GPL-2.0-or-later
"""What hvdump.ko's sources are compiled with for arm64: the cross compiler, and a source tree of
Linux that is configured and prepared for modules. No kernel is built. Some minutes, once, 2 GB
meanwhile; 200 MB to keep.
"""

import hashlib
import shutil
from pathlib import Path

from . import kbuild
from .kernels import source_package, store
from .paths import Unavailable, cache
from .suites import suites

CROSS = "aarch64-linux-gnu-"
WORDS = ("ARCH=arm64", f"CROSS_COMPILE={CROSS}")
# Beyond the architecture's own defaults.
CONFIG = ("CONFIG_HYPERV=y",)
# What a module's build reads of the tree; of the architectures, its own.
KEPT = ("Makefile", "Kbuild", "arch", "include", "scripts", "tools", ".config", "Module.symvers")
# Counts up when what fill() keeps changes.
RECIPE = "1"


def trim(tree: Path) -> None:
    """Take away what no module needs."""
    for path in [*tree.iterdir(), *(tree / "arch").iterdir()]:
        if path.name not in (*KEPT, "arm64"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def fill(deb: Path, folder: Path) -> None:
    """Configure and prepare the source of a linux-source package in FOLDER."""
    tree = kbuild.unpack_source(deb, folder / "linux")
    kbuild.make(tree, tree, *WORDS, "defconfig")
    with open(tree / ".config", "a", encoding="ascii") as config:
        config.write("".join(f"{line}\n" for line in CONFIG))
    kbuild.make(tree, tree, *WORDS, "olddefconfig")
    got = (tree / ".config").read_text(encoding="utf-8").splitlines()
    for line in CONFIG:
        if line not in got:
            raise Unavailable(f"this source does not know {line} on arm64 any more")
    kbuild.make(tree, tree, *WORDS, "modules_prepare")
    # Made with a kernel, which there is none of; without the file each build would warn.
    (tree / "Module.symvers").touch()
    trim(tree)


def tree() -> Path:
    """The prepared source tree, in the cache."""
    if not shutil.which(CROSS + "gcc"):
        raise Unavailable(f"{CROSS}gcc is not installed (package gcc-aarch64-linux-gnu: ./run deps)")
    key = hashlib.sha256("\n".join((*CONFIG, RECIPE)).encode()).hexdigest()[:12]
    where = cache() / "arm64"
    # Not the lock file, nor what an interrupted build left.
    have = sorted(where.glob(f"[!.]*_{key}"))
    if have:
        return have[-1] / "linux"
    package = source_package("7")
    version = suites().version(package)
    final = store(f"{version}_{key}",
                  lambda folder: fill(suites().download(package, folder), folder), where)
    return final / "linux"
