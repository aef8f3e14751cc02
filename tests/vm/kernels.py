# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest kernels, in the cache, never installed: Debian's own packages, or built from its source.

    6.1     Debian 12's own; the headers are installed (./run deps)
    6.12    the newest that Debian 12 gets from its security archive or backports
    7       7.2 with the mshv root driver, built from linux-source as long as a suite has it;
            once none has, the newest 7.x
    newest  the newest linux-source of all, built the same way
    sanitized
            the source of 7, built with KASAN and lockdep
"""

import fcntl
import lzma
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import kbuild
from .paths import Unavailable, cache, say
from .suites import suites

HEADERS = Path("/usr/src")
KERNELS = ("6.1", "6.12", "7", "newest", "sanitized")
PACKAGED = ("6.12",)
PREFERRED = {"7": "linux-source-7.2", "sanitized": "linux-source-7.2"}
SOURCES = r"linux-source-7\.[0-9]+"


@dataclass(frozen=True)
class Kernel:
    """A kernel to boot: its release, image, module tree and headers.

    `vmlinux` is the one with DWARF where it comes with the kernel (fetch_vmlinux has the others).
    """
    release: str
    image: Path
    modules: Path
    headers: Path
    vmlinux: Path = None

    @property
    def series(self) -> str:
        """6.1 of 6.1.0-56-cloud-amd64."""
        return ".".join(self.release.split(".")[:2])

    @property
    def has_mshv(self) -> bool:
        """Whether the mshv root driver is there: a kernel of our own configuration."""
        return self.release.endswith(kbuild.LOCALVERSION)

    @property
    def dump_level(self) -> int:
        """makedumpfile's highest level that loses nothing of the kernel's own.

        On Linux 7 bit 8 takes tail pages of compound slabs for user pages, up to makedumpfile
        1.7.8 at least; on 6.12 a makedumpfile before 1.7.7 takes slab pages for them.
        """
        series = numbers(self.series)
        too_old = series >= [6, 12] and makedumpfile_version() < [1, 7, 7]
        return 23 if too_old or series >= [7] else 31


def makedumpfile_version() -> list:
    """Of the one that all machines run."""
    done = subprocess.run(["makedumpfile", "-v"], capture_output=True, text=True, check=True)
    return numbers(done.stdout.split()[2])


def numbers(text: str) -> list:
    """What versions are compared by."""
    return [int(n) for n in re.findall(r"\d+", text)]


# The first series: the one whose headers are installed.

def installed_release(series: str) -> str:
    """The newest release of a series ("6.1") whose cloud headers are installed."""
    found = []
    for path in HEADERS.glob(f"linux-headers-{series}.*-cloud-amd64"):
        release = path.name[len("linux-headers-"):]
        found.append((numbers(release), release))
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


# The cache.

def folder_of_kernels() -> Path:
    """Where the kernels are."""
    return cache() / "kernels"


def store(name: str, fill, where: Path = None) -> Path:
    """The cache folder NAME, filled by fill(folder) the first time, all or nothing. Whoever
    comes while it is being filled waits: it may be ten minutes' work."""
    final = (where or folder_of_kernels()) / name
    if final.is_dir():
        return final
    final.parent.mkdir(parents=True, exist_ok=True)
    with open(final.parent / f".lock-{name}", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not final.is_dir():
            with tempfile.TemporaryDirectory(dir=final.parent, prefix=".new-") as scratch:
                folder = Path(scratch) / "done"
                folder.mkdir()
                fill(folder)
                folder.rename(final)
    return final


def stored(pattern: str) -> list:
    """The kernels in the cache that match, the newest last."""
    found = [path for path in folder_of_kernels().glob(pattern)
             if "-dbg_" not in path.name and not path.name.startswith(".")]
    return sorted(found, key=lambda path: numbers(path.name.partition("_")[0]))


def unpack(deb: Path, folder: Path) -> None:
    """A package's files, as they would be below /."""
    subprocess.run(["dpkg", "-x", deb, folder], check=True)
    deb.unlink()


def depmod(folder: Path, release: str) -> None:
    """modules.dep: packages leave it to the installation."""
    program = shutil.which("depmod", path="/sbin:/usr/sbin:/bin:/usr/bin")
    subprocess.run([program or "depmod", "-b", folder, release], check=True)


# Three ways to a kernel.

def stock(series: str) -> Kernel:
    """A cloud kernel of this machine's own release, to the headers that are installed."""
    release = installed_release(series)
    version = package_version(f"linux-headers-{release}")

    def fill(folder: Path) -> None:
        package = f"linux-image-{release}"
        say(f"fetching {package} {version} (27 MB, once)")
        unpack(download(package, version, folder), folder)
        depmod(folder, release)

    folder = store(f"{release}_{version or 'unversioned'}", fill)
    return Kernel(release, folder / "boot" / f"vmlinuz-{release}",
                  folder / "lib/modules" / release,
                  HEADERS / f"linux-headers-{release}")


def from_package(folder: Path) -> Kernel:
    """The kernel in a cache folder that packages were unpacked to."""
    image = next(folder.glob("boot/vmlinuz-*"))
    release = image.name[len("vmlinuz-"):]
    return Kernel(release, image, folder / "lib/modules" / release,
                  folder / f"usr/src/linux-headers-{release}")


def relocate(headers: Path) -> None:
    """Let the headers' Makefile find the common ones beside it, wherever that is."""
    makefile = headers / "Makefile"
    text = makefile.read_text(encoding="utf-8")
    here = "$(dir $(realpath $(lastword $(MAKEFILE_LIST))))../"
    makefile.write_text(text.replace("include /usr/src/", f"include {here}"), encoding="utf-8")


def packaged(series: str) -> Kernel:
    """The newest cloud kernel of a series that a suite has, with its headers unpacked beside."""
    have = stored(f"{series}.*-cloud-amd64_*")
    if have:
        return from_package(have[-1])
    images = suites().names(rf"linux-image-{re.escape(series)}\.[0-9].*-cloud-amd64")
    if not images:
        raise suites().missing(f"linux-image-{series}.*-cloud-amd64")
    release = images[-1][len("linux-image-"):]
    base = release[:-len("-cloud-amd64")]
    version = suites().version(images[-1])

    def fill(folder: Path) -> None:
        say(f"fetching {images[-1]} {version} and its headers (51 MB, once)")
        for package in (images[-1], f"linux-headers-{release}", f"linux-headers-{base}-common",
                        f"linux-kbuild-{base}"):
            unpack(suites().download(package, folder), folder)
        relocate(folder / f"usr/src/linux-headers-{release}")
        depmod(folder, release)

    return from_package(store(f"{release}_{version}", fill))


def from_source(folder: Path) -> Kernel:
    """The kernel in a cache folder that kbuild.py filled."""
    headers = next(folder.glob("linux-headers-*"))
    release = headers.name[len("linux-headers-"):]
    return Kernel(release, folder / "vmlinuz", folder / "lib/modules" / release, headers,
                  folder / "vmlinux")


def source_package(series: str) -> str:
    """The linux-source to build: the preferred one as long as there is one, else the newest."""
    found = suites().names(SOURCES)
    if not found:
        raise suites().missing("linux-source-7.*")
    preferred = PREFERRED.get(series)
    if preferred in found:
        return preferred
    if preferred:
        say(f"no suite has {preferred} any more; {found[-1]} takes its place")
    return found[-1]


def compiled(series: str) -> Kernel:
    """A kernel built with our own configuration."""
    wanted = PREFERRED.get(series, "").replace("linux-source-", "")
    key = kbuild.key(series)
    have = stored(f"{wanted}.*_{key}") if wanted else []
    if have:
        return from_source(have[-1])
    try:
        package = source_package(series)
    except Unavailable:
        have = stored(f"*_{key}")
        if have:
            return from_source(have[-1])
        raise
    version = suites().version(package)

    def fill(folder: Path) -> None:
        kbuild.build(suites().download(package, folder), folder, series)

    return from_source(store(f"{version}_{key}", fill))


def fetch(series: str = "6.1") -> Kernel:
    """The kernel of a series, out of the cache or out of Debian's archive."""
    if series in PACKAGED:
        return packaged(series)
    if series in PREFERRED or series == "newest":
        return compiled(series)
    return stock(series)


def in_cache() -> list:
    """The kernels that can be had at once, and the stock one."""
    found = [stock("6.1")]
    for series in PACKAGED:
        found += [from_package(path) for path in stored(f"{series}.*-cloud-amd64_*")[-1:]]
    return found + [from_source(path) for key in kbuild.keys() for path in stored(f"*_{key}")]


def fetch_vmlinux(kernel: Kernel) -> Path:
    """The kernel's vmlinux with DWARF: what crash needs to open a dump."""
    if kernel.vmlinux:
        return kernel.vmlinux
    release = kernel.release
    version = package_version(f"linux-headers-{release}")
    member = f"./usr/lib/debug/boot/vmlinux-{release}"

    def fill(folder: Path) -> None:
        package = f"linux-image-{release}-dbg"
        say(f"fetching {package} {version} (283 MB, once)")
        deb = download(package, version, folder) if version else \
            suites().download(package, folder)
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb],
                              stdout=subprocess.PIPE) as unpacker:
            subprocess.run(["tar", "-x", "-C", folder, member], stdin=unpacker.stdout,
                           check=True)
        deb.unlink()

    folder = store(f"{release}-dbg_{version or 'unversioned'}", fill)
    return folder / member


# Modules.

def module_name(path: str) -> str:
    """virtio_blk of kernel/drivers/block/virtio-blk.ko.xz."""
    return Path(path).name.partition(".ko")[0].replace("-", "_")


def module_order(kernel: Kernel, names: list) -> list:
    """The module files that NAMES need, each after those that it depends on; what is built into
    the kernel needs none."""
    needs = {}
    for line in (kernel.modules / "modules.dep").read_text().splitlines():
        path, _, rest = line.partition(":")
        needs[path] = rest.split()
    by_name = {module_name(path): path for path in needs}
    inside = {module_name(path) for path in
              (kernel.modules / "modules.builtin").read_text().split()}
    order = []
    for name in names:
        if name in inside and name not in by_name:
            continue
        path = by_name[name]
        # modules.dep lists the dependencies from the nearest to the farthest.
        for one in reversed([path] + needs[path]):
            if one not in order:
                order.append(one)
    return [kernel.modules / path for path in order]


def module_file(path: Path) -> tuple:
    """Name and contents of a module as insmod wants it: not compressed."""
    if path.suffix == ".xz":
        return path.stem, lzma.decompress(path.read_bytes())
    return path.name, path.read_bytes()
