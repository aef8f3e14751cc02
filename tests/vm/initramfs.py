# SPDX-License-Identifier: GPL-2.0-or-later
"""Initial RAM file systems, written as newc cpio archives without needing root."""

import re
import subprocess
from pathlib import Path

from .kernels import Kernel, module_file, module_order
from .paths import GUEST, Unavailable

DRIVERS = ["virtio_pci", "virtio_blk"]
BUSYBOX = Path("/bin/busybox")


class Archive:
    """A newc cpio archive that grows in memory; folders appear as files need them."""

    def __init__(self) -> None:
        self._out = bytearray()
        self._names = set()

    def _entry(self, name: str, mode: int, data: bytes = b"", device=(0, 0)) -> None:
        self._names.add(name)
        path = name.encode() + b"\0"
        fields = (len(self._names), mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
        self._out += b"070701" + b"".join(b"%08x" % field for field in fields) + path
        self._pad()
        self._out += data
        self._pad()

    def _pad(self) -> None:
        self._out += bytes(-len(self._out) % 4)

    def folder(self, name: str) -> None:
        """Add a folder and those above it, once."""
        name = name.strip("/")
        if not name or name in self._names:
            return
        self.folder(name.rpartition("/")[0])
        self._entry(name, 0o040755)

    def file(self, name: str, data: bytes, mode: int = 0o755) -> None:
        """Add a regular file."""
        name = name.strip("/")
        self.folder(name.rpartition("/")[0])
        if name not in self._names:
            self._entry(name, 0o100000 | mode, data)

    def device(self, name: str, major: int, minor: int) -> None:
        """Add a character device: /init needs a console before it can mount devtmpfs."""
        self.folder(name.rpartition("/")[0])
        self._entry(name.strip("/"), 0o020600, device=(major, minor))

    def link(self, name: str, target: str) -> None:
        """Add a symbolic link."""
        if name.strip("/") not in self._names:
            self._entry(name.strip("/"), 0o120777, target.encode())

    def program(self, path: Path, name: str = "") -> None:
        """Add a program and the shared libraries it is linked with."""
        if not path.exists():
            raise Unavailable(f"{path} is missing (./run deps)")
        self.file(name or f"/bin/{path.name}", path.read_bytes())
        for library in libraries(path):
            self.file(str(library), library.read_bytes())

    def write(self, path: Path) -> None:
        """End the archive and store it."""
        self._entry("TRAILER!!!", 0)
        path.write_bytes(self._out + bytes(-len(self._out) % 512))


def libraries(path: Path) -> list:
    """The shared libraries of a program, its loader included."""
    done = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    if "not found" in done.stdout:
        raise Unavailable(f"{path} misses a library: {done.stdout}")
    return [Path(name) for name in re.findall(r"(/\S+) \(0x", done.stdout)]


def base(kernel: Kernel, init: str, settings: dict, drivers: tuple = ()) -> Archive:
    """What both kernels need: busybox, drivers (and more of them), /init, the settings it reads."""
    archive = Archive()
    archive.device("/dev/console", 5, 1)
    for name in ("proc", "sys", "dev", "tmp", "mnt", "run"):
        archive.folder(name)
    archive.file("/bin/busybox", BUSYBOX.read_bytes())
    applets = subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True)
    for name in applets.stdout.split():
        archive.link(f"/bin/{name}", "busybox")
    files = [module_file(path) for path in module_order(kernel, [*DRIVERS, *drivers])]
    for name, data in files:
        archive.file(f"/modules/{name}", data, 0o644)
    archive.file("/modules/order", "".join(f"{name}\n" for name, _ in files).encode(), 0o644)
    archive.file("/init", (GUEST / init).read_bytes())
    archive.file("/common.sh", (GUEST / "common.sh").read_bytes(), 0o644)
    archive.file("/settings", "".join(f"{key}='{value}'\n"
                                      for key, value in settings.items()).encode(), 0o644)
    return archive
