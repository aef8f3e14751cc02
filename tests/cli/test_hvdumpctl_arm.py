# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdumpctl arm and disarm with a kexec that tells what it was asked for."""

import os
import platform
import subprocess
import time

import pytest

from test_hvdumpctl import CTL

pytestmark = pytest.mark.skipif(not CTL.exists(), reason=f"{CTL} is not built")

RELEASE = platform.release()
CMDLINE = ("BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro crashkernel=256M hugepages=64 quiet "
           "hvdump=0x1:4096\n")
KEPT = "root=/dev/sda1 ro quiet reset_devices nr_cpus=1 irqpoll usbcore.nousb"
TABLE = "hvdump=0x7f3000:4096"

# It does what the files beside it say: which calls fail, and what the module then finds.
KEXEC = r"""#!/bin/sh
here=@ROOT@
for word; do printf '%s\n' "$word"; done >> "$here/calls"
echo -- >> "$here/calls"
case "$*" in
"-p -u") echo 0 > "$here/sys/kernel/kexec_crash_loaded"; exit 0 ;;
esac
[ ! -e "$here/fail$2" ] || { echo "made to fail" >&2; exit 1; }
echo "road: $(cat "$here/road$2")" > "$here/sys/kernel/hvdump/status"
echo 1 > "$here/sys/kernel/kexec_crash_loaded"
"""


class Host:
    """A root file system in which hvdumpctl finds everything, unless a test takes it away."""

    def __init__(self, path):
        self.path = path
        for name, text in {
                "proc/cmdline": CMDLINE,
                "sys/kernel/hvdump/table": "0x7f3000:4096\n",
                "sys/kernel/hvdump/status": "road: none\n",
                "sys/kernel/hvdump/pin": "",
                "sys/kernel/kexec_crash_loaded": "0\n",
                "sbin/kexec": KEXEC.replace("@ROOT@", str(path)),
                "road-s": "notes", "road-c": "none"}.items():
            self.write(name, text)
        (path / "sbin/kexec").chmod(0o755)

    def write(self, name, text=""):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *words):
        return subprocess.run([CTL, "--sysroot", self.path, *words], capture_output=True,
                              text=True, timeout=30, check=False,
                              env={**os.environ, "PATH": "/usr/sbin:/usr/bin:/bin"})

    def calls(self):
        """The words of each call of kexec."""
        path = self.path / "calls"
        text = path.read_text() if path.exists() else ""
        return [call.splitlines() for call in text.split("--\n") if call]

    def pinned(self):
        return (self.path / "sys/kernel/hvdump/pin").read_text() == "1\n"


@pytest.fixture(name="host")
def fixture_host(tmp_path):
    return Host(tmp_path)


def debian(host):
    host.write("var/lib/kdump/vmlinuz")
    host.write("var/lib/kdump/initrd.img")
    return (f"{host.path}/var/lib/kdump/vmlinuz", f"{host.path}/var/lib/kdump/initrd.img",
            " systemd.unit=kdump-tools-dump.service")


def debian_by_release(host):
    host.write(f"boot/vmlinuz-{RELEASE}")
    host.write(f"var/lib/kdump/initrd.img-{RELEASE}")
    return (f"{host.path}/boot/vmlinuz-{RELEASE}",
            f"{host.path}/var/lib/kdump/initrd.img-{RELEASE}",
            " systemd.unit=kdump-tools-dump.service")


def fedora(host):
    host.write(f"boot/vmlinuz-{RELEASE}")
    host.write(f"boot/initramfs-{RELEASE}kdump.img")
    return (f"{host.path}/boot/vmlinuz-{RELEASE}",
            f"{host.path}/boot/initramfs-{RELEASE}kdump.img", "")


@pytest.mark.parametrize("distribution", [debian, debian_by_release, fedora])
def test_what_is_found_without_options(host, distribution):
    kernel, initrd, more = distribution(host)
    run = host.run("arm")
    assert (run.returncode, run.stderr) == (0, "")
    assert host.calls() == [["-p", "-s", kernel, f"--command-line={KEPT}{more} {TABLE}",
                             f"--initrd={initrd}"]]
    assert "loaded by kexec_file_load" in run.stdout
    assert "road notes" in run.stdout
    assert not host.pinned()


def test_what_the_options_say_is_taken(host):
    debian(host)
    run = host.run("arm", "--kernel", "/k", "--initrd", "/i", "--command-line", "a 'b c'")
    assert run.returncode == 0
    assert host.calls() == [["-p", "-s", "/k", f"--command-line=a 'b c' {TABLE}", "--initrd=/i"]]


def test_a_kernel_without_an_initrd(host):
    assert host.run("arm", "--kernel=/k", "--command-line=").returncode == 0
    assert host.calls() == [["-p", "-s", "/k", f"--command-line={TABLE}"]]


def pinning(host, road):
    """The made-up module cannot follow the pin: it says from the start what it would then say."""
    host.write(road, "command-line")


def test_the_second_road_when_asked_for(host):
    pinning(host, "road-c")
    run = host.run("arm", "--syscall", "--kernel=/k", "--command-line=a")
    assert (run.returncode, run.stderr) == (0, "")
    assert host.calls() == [["-p", "-c", "/k", f"--command-line=a {TABLE}"]]
    assert "loaded by kexec_load" in run.stdout
    assert "road command-line" in run.stdout
    assert host.pinned()


def test_the_second_road_where_the_first_is_closed(host):
    host.write("fail-s")
    pinning(host, "road-c")
    run = host.run("arm", "--kernel=/k", "--command-line=a")
    assert run.returncode == 0
    assert [call[1] for call in host.calls()] == ["-s", "-c"]
    assert "kexec_file_load does not work here" in run.stderr
    assert "loaded by kexec_load" in run.stdout
    assert host.pinned()


def test_a_file_load_that_the_module_could_not_extend(host):
    pinning(host, "road-s")
    run = host.run("arm", "--kernel=/k", "--command-line=a")
    assert run.returncode == 0
    assert [call[1] for call in host.calls()] == ["-s"]
    assert "loaded by kexec_file_load" in run.stdout
    assert "road command-line" in run.stdout
    assert host.pinned()


def test_neither_works(host):
    host.write("fail-s")
    host.write("fail-c")
    run = host.run("arm", "--kernel=/k", "--command-line=a")
    assert (run.returncode, run.stdout) == (1, "")
    assert "no crash kernel could be loaded" in run.stderr
    assert not host.pinned()


def test_an_image_that_the_module_does_not_know_of_is_unloaded(host):
    """Without the pin the chunks might be gone when the image is used."""
    (host.path / "sys/kernel/hvdump/pin").unlink()
    run = host.run("arm", "--syscall", "--kernel=/k", "--command-line=a")
    assert (run.returncode, run.stdout) == (1, "")
    assert host.calls()[-1] == ["-p", "-u"]
    assert "unloaded again" in run.stderr


@pytest.mark.parametrize("missing, words", [
    ("sys/kernel/hvdump/table", "modprobe hvdump"),
    ("sbin/kexec", "install kexec-tools"),
])
def test_what_is_needed_is_missing(host, missing, words):
    (host.path / missing).unlink()
    run = host.run("arm", "--kernel=/k", "--command-line=a")
    assert (run.returncode, run.stdout) == (1, "")
    assert words in run.stderr
    assert host.calls() == []


def test_no_crash_kernel_is_found(host):
    host.write(f"boot/vmlinuz-{RELEASE}")
    run = host.run("arm")
    assert run.returncode == 1
    assert "give --kernel and --initrd" in run.stderr
    assert host.calls() == []
    assert "--initrd needs --kernel" in host.run("arm", "--initrd=/i").stderr


def test_a_command_line_that_is_too_long_is_not_cut(host):
    run = host.run("arm", "--kernel=/k", "--command-line=" + "a" * 16384)
    assert run.returncode == 1
    assert "too long" in run.stderr
    assert host.calls() == []


def test_nobody_waits_for_what_has_ended(host):
    """The end of kexec is heard of at once, not when one looks again a second later."""
    host.write("sbin/kexec", "#!/bin/sh\nsleep 0.1\n")
    times = []
    for _ in range(3):
        begin = time.monotonic()
        assert host.run("disarm").returncode == 0
        times.append(time.monotonic() - begin)
    assert 0.1 <= min(times) < 0.9


def test_disarm(host):
    host.write("sys/kernel/kexec_crash_loaded", "1\n")
    run = host.run("disarm")
    assert (run.returncode, run.stderr) == (0, "")
    assert host.calls() == [["-p", "-u"]]
    assert "no crash kernel" in run.stdout
