# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages of Debian suites that this machine does not use, fetched and verified by apt.

apt gets a state of its own (lists, cache, sources) in our cache, so that the machine's is neither
touched nor needed to be fresh. What stays the machine's: how its archive is reached (address,
proxy), which its own sources tell, and whom to trust, which debian-archive-keyring tells.
"""

import fcntl
import re
import subprocess
import time
from functools import cache as remember
from pathlib import Path

from .paths import Unavailable, cache, say

# Where each suite is looked for: beside which of the machine's own ("": its release).
SUITES = {
    "bookworm-security": "-security",
    "bookworm-backports": "",
    "trixie-backports": "",
    "sid": "",
}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
FRESH = 6 * 3600
LIMIT = 1800

# Options that come last win over the machine's. Its hooks are for its own lists.
CONFIGURATION = """\
#clear APT::Update;
Dir::State "{state}";
Dir::State::status "{state}/status";
Dir::Cache "{state}";
Dir::Etc::sourcelist "{state}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
"""


def run(*words, into: Path = None) -> subprocess.CompletedProcess:
    """A command, whose failure is the caller's to explain."""
    return subprocess.run(words, cwd=into, capture_output=True, text=True, check=False,
                          timeout=LIMIT)


def codename() -> str:
    """This machine's release: bookworm."""
    text = Path("/etc/os-release").read_text(encoding="utf-8")
    found = re.search(r"^VERSION_CODENAME=(\S+)", text, re.MULTILINE)
    return found.group(1) if found else ""


def mirrors() -> dict:
    """The archives that the machine itself uses, by suite; in apt's own words, whatever its
    sources look like."""
    listed = run("apt-get", "--print-uris", "update").stdout
    return {suite: base for base, suite in re.findall(r"^'(\S+)/dists/(\S+)/InRelease'", listed,
                                                      re.MULTILINE)}


def sources(keyring: Path) -> str:
    """sources.list: our suites, in the archives that the machine's own suites come from."""
    known = mirrors()
    lines = []
    for suite, beside in SUITES.items():
        base = known.get(codename() + beside)
        if base:
            lines.append(f"deb [signed-by={keyring}] {base} {suite} main\n")
    if not lines:
        raise Unavailable("apt knows no Debian archive here (apt-get --print-uris update "
                          f"names none that has {codename() or 'a release'})")
    return "".join(lines)


def newer_keyring(state: Path) -> Path:
    """The newest keyring of the machine's own release, which apt verifies by the installed one:
    a point release brings the keys of the next releases."""
    for old in state.glob("*.deb"):
        old.unlink()
    done = run("apt-get", "-q", "-o", "APT::Sandbox::User=", "download",
               "debian-archive-keyring", into=state)
    debs = list(state.glob("debian-archive-keyring_*.deb"))
    if done.returncode or not debs:
        raise Unavailable("debian-archive-keyring is too old for the newer suites, and a newer "
                          f"one cannot be had: {last_line(done.stderr)}")
    subprocess.run(["dpkg", "-x", debs[0], state / "keyring"], check=True)
    debs[0].unlink()
    return state / "keyring" / KEYRING.relative_to("/")


def last_line(text: str) -> str:
    """What a tool complained of at last."""
    return (text.strip().splitlines() or ["no reason given"])[-1]


class Suites:
    """apt with a state of its own, in the folder `state`."""

    def __init__(self, state: Path, keyring: Path = KEYRING) -> None:
        self.state = state
        self._config = state / "apt.conf"
        self._stamp = state / "updated"
        self._keyring = keyring
        self._complaint = ""

    def apt(self, *words, into: Path = None) -> subprocess.CompletedProcess:
        """apt-get or apt-cache on our state."""
        return run(words[0], "-q", "-c", self._config, *words[1:], into=into)

    def _set_up(self, keyring: Path) -> None:
        for name in ("lists/partial", "archives/partial"):
            (self.state / name).mkdir(parents=True, exist_ok=True)
        (self.state / "status").touch()
        self._config.write_text(CONFIGURATION.format(state=self.state), encoding="utf-8")
        (self.state / "sources.list").write_text(sources(keyring), encoding="utf-8")

    def refresh(self, force: bool = False) -> None:
        """Have lists that are not older than some hours. Suites that cannot be reached are
        missing from them; why is told when something is not found."""
        if not force and self._stamp.exists() and \
                time.time() - self._stamp.stat().st_mtime < FRESH:
            return
        self.state.mkdir(parents=True, exist_ok=True)
        with open(self.state / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            say("reading the package lists of " + ", ".join(SUITES))
            self._set_up(self._keyring)
            done = self.apt("apt-get", "update")
            if "NO_PUBKEY" in done.stdout + done.stderr:
                self._set_up(newer_keyring(self.state))
                done = self.apt("apt-get", "update")
        self._complaint = "; ".join(re.findall(r"^[EW]: (.*)", done.stderr, re.MULTILINE)[:3])
        if not self._complaint:
            self._stamp.touch()

    def names(self, pattern: str) -> list:
        """The packages whose whole name matches, the highest version in their names last."""
        self.refresh()
        done = self.apt("apt-cache", "search", "--names-only", f"^{pattern}$")
        found = [line.split()[0] for line in done.stdout.splitlines()]
        return sorted(found, key=lambda name: [int(n) for n in re.findall(r"\d+", name)])

    def version(self, package: str) -> str:
        """The version that would be fetched; empty if no suite has the package."""
        self.refresh()
        done = self.apt("apt-cache", "policy", package)
        found = re.search(r"Candidate: (\S+)", done.stdout)
        return found.group(1) if found and found.group(1) != "(none)" else ""

    def missing(self, package: str) -> Unavailable:
        """The exception that says that no suite has a package."""
        why = f"; {self._complaint}" if self._complaint else ""
        return Unavailable(f"no package {package} in {', '.join(SUITES)}{why}")

    def download(self, package: str, into: Path) -> Path:
        """Fetch one .deb; lists that turn out to be old are refreshed once."""
        for force in (False, True):
            self.refresh(force)
            done = self.apt("apt-get", "download", package, into=into)
            debs = list(into.glob(f"{package}_*.deb"))
            if done.returncode == 0 and debs:
                return debs[0]
        if not self.version(package):
            raise self.missing(package)
        raise Unavailable(f"{package} cannot be fetched: {last_line(done.stderr)}")

    def download_all(self, package: str, into: Path) -> list:
        """Fetch a package and all that it needs, as if nothing were installed."""
        (into / "partial").mkdir(parents=True, exist_ok=True)
        self.refresh()
        done = self.apt("apt-get", "-y", "--no-install-recommends", "--download-only",
                        "-o", f"Dir::Cache::archives={into}", "install", package)
        if done.returncode:
            raise Unavailable(f"{package} and what it needs cannot be fetched: "
                              f"{last_line(done.stderr)}")
        return sorted(into.glob("*.deb"))


@remember
def suites() -> Suites:
    """The one state in our cache."""
    return Suites(cache() / "apt")
