# SPDX-License-Identifier: GPL-2.0-or-later
"""drgn and crash as a newer suite has them, in the cache: this machine's own may be too old for a
kernel. They run on libraries of that suite, unpacked beside them; nothing is installed."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .kernels import store
from .paths import cache, say
from .suites import suites

PACKAGES = {"drgn": "python3-drgn", "crash": "crash"}


@dataclass(frozen=True)
class Newer:
    """An unpacked suite, with as much of it as one package needs."""
    version: str
    root: Path

    def _loader(self) -> Path:
        """The dynamic linker that belongs to its libraries."""
        return next(path for name in ("lib64", "usr/lib64")
                    for path in (self.root / name).glob("ld-linux-x86-64.so.2"))

    def command(self, program: str, *words) -> list:
        """A program of it, with its own linker, libraries and Python modules."""
        usr = self.root / "usr"
        return ["/usr/bin/env", f"PYTHONHOME={usr}", f"PYTHONPATH={usr}/lib/python3/dist-packages",
                "PYTHONDONTWRITEBYTECODE=1", self._loader(),
                "--library-path", usr / "lib/x86_64-linux-gnu", usr / "bin" / program, *words]

    def python(self, *words) -> list:
        """Its Python; python3 itself is a link that the package's scripts may make."""
        names = [path.name for path in (self.root / "usr/bin").glob("python3.*")]
        name, = (name for name in names if re.fullmatch(r"python3\.\d+", name))
        return self.command(name, *words)


def newer(name: str) -> Newer:
    """The newest drgn or crash of all suites. Raises Unavailable where there is none."""
    package = PACKAGES[name]
    here = cache() / "tools"
    have = sorted(path for path in here.glob(f"{name}_*") if path.is_dir())
    version = have[-1].name.partition("_")[2] if have else suites().version(package)
    if not version:
        raise suites().missing(package)

    def fill(folder: Path) -> None:
        say(f"fetching {package} {version} and what it needs (30 MB, once)")
        with tempfile.TemporaryDirectory(dir=folder) as debs:
            for deb in suites().download_all(package, Path(debs)):
                subprocess.run(["dpkg-deb", "-x", deb, folder / "root"], check=True)

    return Newer(version, store(f"{name}_{version}", fill, here) / "root")
