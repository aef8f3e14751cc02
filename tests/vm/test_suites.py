# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels of other suites: what is told when there is no archive, no key, no package any more.

apt is played by a function here: these tests need no network.
"""

import subprocess

import pytest

from . import conftest, kbuild, kernels, suites
from .paths import Unavailable
from .suites import Suites

LISTED = """\
'https://m.example/debian/dists/bookworm/InRelease' m.example_InRelease 0
'https://m.example/debian/dists/bookworm-updates/InRelease' m.example_u_InRelease 0
'https://s.example/security/dists/bookworm-security/InRelease' s.example_InRelease 0
'https://m.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' m.example_P 0
"""


class Apt:
    """What apt-get and apt-cache answer, by a word of the command; and what they were asked."""

    def __init__(self, **answers) -> None:
        self.answers = {"--print-uris": LISTED, **answers}
        self.asked = []

    def __call__(self, *words, into=None) -> subprocess.CompletedProcess:
        self.asked.append(words)
        for word, answer in self.answers.items():
            if word in words:
                out, error = answer if isinstance(answer, tuple) else (answer, "")
                if callable(out):
                    out = out(words, into)
                return subprocess.CompletedProcess(words, int(bool(error)), out, error)
        return subprocess.CompletedProcess(words, 0, "", "")

    def count(self, word: str) -> int:
        """How often a word was in a command."""
        return sum(word in words for words in self.asked)


@pytest.fixture(name="play")
def fixture_play(monkeypatch, tmp_path):
    """play(answers) -> (apt, suites on it)."""
    monkeypatch.setattr(suites, "codename", lambda: "bookworm")

    def start(**answers):
        apt = Apt(**answers)
        monkeypatch.setattr(suites, "run", apt)
        return apt, Suites(tmp_path / "apt")

    return start


def test_the_archives_are_those_that_the_machine_uses(play):
    """Each suite from where its neighbour of this machine comes from."""
    apt, ours = play()
    ours.refresh()
    text = (ours.state / "sources.list").read_text()
    assert "https://s.example/security bookworm-security main\n" in text
    assert "https://m.example/debian sid main\n" in text
    assert all(f"signed-by={suites.KEYRING}]" in line for line in text.splitlines())
    assert apt.count("-c") == 1


def test_the_machines_apt_is_left_alone(play):
    """Each apt that writes is told to write into our folder; hooks of the machine do not run."""
    apt, ours = play(policy="  Candidate: 1\n")
    ours.version("linux-source-7.2")
    assert all("-c" in words or "--print-uris" in words for words in apt.asked)
    text = (ours.state / "apt.conf").read_text()
    assert "#clear APT::Update;" in text
    for name in ("State", "Cache"):
        assert f'Dir::{name} "{ours.state}";' in text


def test_lists_are_not_read_again_at_once(play):
    """Once in some hours, unless something was not there."""
    apt, ours = play(policy="  Candidate: 1\n")
    for _ in range(3):
        ours.version("linux-source-7.2")
    assert apt.count("update") == 2    # once --print-uris update


def test_a_machine_without_an_archive_is_told_so(play):
    """No sources at all."""
    _, ours = play(**{"--print-uris": ""})
    with pytest.raises(Unavailable, match="apt knows no Debian archive here"):
        ours.refresh()


def test_a_keyring_that_is_too_old_is_renewed_by_the_machines_own_apt(play, monkeypatch):
    """That is, verified by the one that is installed."""
    def fetch(_words, into):
        (into / "debian-archive-keyring_9_all.deb").touch()
        return ""

    apt, ours = play(download=(fetch, ""), update=("", "W: NO_PUBKEY 0123"))
    monkeypatch.setattr(suites.subprocess, "run", lambda *_words, **_rest: None)
    ours.refresh()
    (words,) = [words for words in apt.asked if "download" in words]
    assert "-c" not in words and words[-1] == "debian-archive-keyring"
    assert f"signed-by={ours.state}/keyring/" in (ours.state / "sources.list").read_text()


def test_a_package_that_vanished_is_named(play, tmp_path):
    """With the suites that were looked at, after fresh lists were read."""
    apt, ours = play(download=("", "E: no"), policy="  Candidate: (none)\n")
    with pytest.raises(Unavailable, match="no package linux-source-7.2 in bookworm-security, .*sid"):
        ours.download("linux-source-7.2", tmp_path)
    assert apt.count("download") == 2


class NoSuites:
    """Suites that have nothing but some packages' names."""

    def __init__(self, *names) -> None:
        self._names = list(names)

    def names(self, _pattern: str) -> list:
        """What there is."""
        return self._names

    @staticmethod
    def missing(package: str) -> Unavailable:
        """As Suites has it."""
        return Unavailable(f"no package {package}")


@pytest.mark.parametrize("there, chosen", [
    (["linux-source-7.2", "linux-source-7.3"], "linux-source-7.2"),
    (["linux-source-7.3", "linux-source-7.10"], "linux-source-7.10")])
def test_the_newest_takes_the_place_of_7_2(monkeypatch, there, chosen):
    """Kernel 7 is 7.2 as long as there is one."""
    monkeypatch.setattr(kernels, "suites", lambda: NoSuites(*there))
    assert kernels.source_package("7") == chosen
    assert kernels.source_package("newest") == there[-1]


@pytest.mark.parametrize("required", ["", "6.1,6.12,7"])
def test_a_required_kernel_that_cannot_be_had_fails(monkeypatch, tmp_path, required):
    """Elsewhere it is skipped, with its reason."""
    monkeypatch.setenv("HVDUMP_CACHE", str(tmp_path))
    monkeypatch.setenv("REQUIRE", required)
    monkeypatch.setattr(kernels, "suites", lambda: NoSuites())
    monkeypatch.setattr(conftest, "BUILD", tmp_path)
    monkeypatch.setattr(conftest, "TABLE", conftest.kernel_table.Table())
    wanted = pytest.fail.Exception if required else pytest.skip.Exception
    with pytest.raises(wanted, match=r"no package linux-image-6.12"):
        conftest.run_once("nothing", "nohv-panic", "kernel=6.12")


def test_a_kernel_in_the_cache_needs_no_archive(monkeypatch, tmp_path):
    """And lock files are no kernels."""
    monkeypatch.setenv("HVDUMP_CACHE", str(tmp_path))
    monkeypatch.setattr(kernels, "suites", lambda: NoSuites())
    folder = tmp_path / "kernels" / f"7.2.1-1_{kbuild.key()}"
    (folder / "linux-headers-7.2.1-mshvmini").mkdir(parents=True)
    (tmp_path / "kernels" / f".lock-7.2.1-1_{kbuild.key()}").touch()
    kernel = kernels.fetch("7")
    assert (kernel.release, kernel.dump_level, kernel.has_mshv) == ("7.2.1-mshvmini", 23, True)
    assert kernels.fetch("newest") == kernel


def test_modules_are_unpacked_for_insmod(tmp_path):
    """Debian 12's later kernels have theirs compressed."""
    path = tmp_path / "virtio_blk.ko.xz"
    path.write_bytes(kernels.lzma.compress(b"module"))
    assert kernels.module_file(path) == ("virtio_blk.ko", b"module")
    assert kernels.module_name("kernel/drivers/block/virtio-blk.ko.xz") == "virtio_blk"
