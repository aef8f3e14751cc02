# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's disk: an ext4 image that is made, checked and read without mounting it."""

import os
import shutil
import subprocess
from pathlib import Path

from .paths import Unavailable

SBIN = "/sbin:/usr/sbin:/bin:/usr/bin"
SIZE = 3 << 30
# A disk of another file system: xfs wants no less.
TARGET_SIZE = 400 << 20
MAKE = {"vfat": ["mkfs.vfat", "-F", "32"], "xfs": ["mkfs.xfs", "-q", "-f"]}
# What the kernel mounts them with; vfat's names are in two character sets.
DRIVERS = {"": (), "vfat": ("vfat", "nls_cp437", "nls_ascii"), "xfs": ("xfs",),
           "nfs": ("nfsd", "nfsv4")}


def tool(name: str) -> str:
    """A program of e2fsprogs; users have no sbin in their PATH."""
    return shutil.which(name, path=SBIN) or name


def make(image: Path, folder: Path) -> None:
    """Make an ext4 image (a sparse file) that holds what FOLDER holds.

    Nothing is initialised lazily, so that the guest writes only what the tests make it write.
    """
    image.unlink(missing_ok=True)
    with open(image, "wb") as file:
        os.truncate(file.fileno(), SIZE)
    subprocess.run([tool("mkfs.ext4"), "-q", "-F", "-m", "0",
                    "-E", "lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0",
                    "-d", folder, image], check=True)


def make_target(image: Path, kind: str) -> None:
    """Make an empty image of another file system."""
    program, *words = MAKE[kind]
    if not shutil.which(program, path=SBIN):
        raise Unavailable(f"{program} is missing (./run deps)")
    with open(image, "wb") as file:
        os.truncate(file.fileno(), TARGET_SIZE)
    subprocess.run([tool(program), *words, image], check=True, capture_output=True)


def recover(image: Path) -> str:
    """Replay the journal after a power cut, as a mount would; returns what e2fsck said."""
    done = subprocess.run([tool("e2fsck"), "-f", "-y", image],
                          capture_output=True, text=True, check=False)
    # 0: clean, 1: errors corrected (a replayed journal alone may count as one)
    if done.returncode > 1:
        raise RuntimeError(f"e2fsck failed: {done.stdout}{done.stderr}")
    return done.stdout


def read_folder(image: Path, name: str, into: Path) -> None:
    """Copy folder NAME of the image (absolute, as the guest's /mnt sees it) into INTO."""
    into.mkdir(parents=True, exist_ok=True)
    subprocess.run([tool("debugfs"), "-R", f"rdump {name} {into}", image],
                   capture_output=True, text=True, check=True)


def copy(image: Path, to: Path) -> None:
    """Copy an image, holes as holes."""
    subprocess.run(["cp", "--sparse=always", image, to], check=True)
