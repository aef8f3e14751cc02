# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest kernels: Debian's own packages, unpacked into the cache, never installed.

The kernel module is built against the headers that are installed, so the kernel to boot is
the one that these headers belong to.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .paths import cache

HEADERS = Path("/usr/src")


class Unavailable(Exception):
    """What is asked for cannot be had here; the text says why and what would help."""


@dataclass(frozen=True)
class Kernel:
    """A kernel to boot: its release, image, module tree and headers."""
    release: str
    image: Path
    modules: Path
    headers: Path

    @property
    def series(self) -> str:
        """6.1 of 6.1.0-56-cloud-amd64."""
        return ".".join(self.release.split(".")[:2])


def say(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def installed_release(series: str) -> str:
    """The newest release of a series ("6.1") whose cloud headers are installed."""
    found = []
    for path in HEADERS.glob(f"linux-headers-{series}.*-cloud-amd64"):
        release = path.name[len("linux-headers-"):]
        found.append(([int(n) for n in re.findall(r"\d+", release)], release))
    if not found:
        raise Unavailable(f"no headers of a {series} cloud kernel in {HEADERS} "
                          "(package linux-headers-cloud-amd64: ./run deps)")
    return max(found)[1]


def package_version(package: str) -> str:
    """The installed version of a package, or an empty string."""
    done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def download(package: str, version: str, into: Path) -> Path:
    """Fetch one .deb by apt, the wanted version if it is still there, else the newest."""
    errors = []
    for name in ([f"{package}={version}"] if version else []) + [package]:
        done = subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=", "download", name],
                              cwd=into, capture_output=True, text=True, check=False)
        debs = list(into.glob("*.deb"))
        if done.returncode == 0 and debs:
            return debs[0]
        errors.append(done.stderr.strip())
    raise Unavailable(f"apt-get download {package} failed (is there a network, and is "
                      f"'apt-get update' fresh?): {errors[-1]}")


def store(name: str, fill) -> Path:
    """The cache folder NAME, filled by fill(folder) the first time, all or nothing."""
    final = cache() / "kernels" / name
    if final.is_dir():
        return final
    final.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=final.parent, prefix=".new-") as scratch:
        folder = Path(scratch) / "done"
        folder.mkdir()
        fill(folder)
        try:
            folder.rename(final)
        except OSError:
            if not final.is_dir():
                raise
    return final


def fetch(series: str = "6.1") -> Kernel:
    """The stock cloud kernel of a series, out of the cache or out of Debian's archive."""
    release = installed_release(series)
    version = package_version(f"linux-headers-{release}")

    def fill(folder: Path) -> None:
        package = f"linux-image-{release}"
        say(f"fetching {package} {version} (27 MB, once)")
        deb = download(package, version, folder)
        subprocess.run(["dpkg", "-x", deb, folder], check=True)
        deb.unlink()
        depmod = shutil.which("depmod", path="/sbin:/usr/sbin:/bin:/usr/bin")
        subprocess.run([depmod or "depmod", "-b", folder, release], check=True)

    folder = store(f"{release}_{version or 'unversioned'}", fill)
    return Kernel(release, folder / "boot" / f"vmlinuz-{release}",
                  folder / "lib/modules" / release,
                  HEADERS / f"linux-headers-{release}")


def fetch_vmlinux(kernel: Kernel) -> Path:
    """The kernel's vmlinux with DWARF: what crash needs to open a dump."""
    release = kernel.release
    version = package_version(f"linux-headers-{release}")
    member = f"./usr/lib/debug/boot/vmlinux-{release}"

    def fill(folder: Path) -> None:
        package = f"linux-image-{release}-dbg"
        say(f"fetching {package} {version} (283 MB, once)")
        deb = download(package, version, folder)
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb],
                              stdout=subprocess.PIPE) as unpack:
            subprocess.run(["tar", "-x", "-C", folder, member], stdin=unpack.stdout, check=True)
        deb.unlink()

    folder = store(f"{release}-dbg_{version or 'unversioned'}", fill)
    return folder / member


def module_order(kernel: Kernel, names: list) -> list:
    """The .ko files that NAMES need, each after those that it depends on."""
    needs = {}
    for line in (kernel.modules / "modules.dep").read_text().splitlines():
        path, _, rest = line.partition(":")
        needs[path] = rest.split()
    by_name = {Path(path).name.removesuffix(".ko").replace("-", "_"): path for path in needs}
    order = []
    for name in names:
        path = by_name[name]
        # modules.dep lists the dependencies from the nearest to the farthest.
        for one in reversed([path] + needs[path]):
            if one not in order:
                order.append(one)
    return [kernel.modules / path for path in order]
