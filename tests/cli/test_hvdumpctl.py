# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdumpctl status, arm and disarm on made-up hosts."""

import os
import subprocess
from pathlib import Path

import pytest

from collecting import BUILD

CTL = Path(os.environ.get("HVDUMPCTL", BUILD / "collector/hvdumpctl"))
pytestmark = pytest.mark.skipif(not CTL.exists(), reason=f"{CTL} is not built")

STATUS = """\
armed: yes
attached: yes
road: notes
crash_kernel: loaded
hypervisor: Microsoft Hv
partition_kind: root
partition_id: 0x0000000000000001
hypercalls: protected
capture: after-stop
room: all
room_vps: 12
room_needed_kb: 380
unload: unload the crash image first (kexec -p -u)
"""
HOST = {
    "sys/kernel/hvdump/version": "0.1.0\n",
    "sys/kernel/hvdump/status": STATUS,
    "sys/kernel/hvdump/chunks": "0x7000000 1048576\n0x7100000 1048576\n0x7200000 16384\n",
    "sys/kernel/kexec_crash_size": f"{256 << 20}\n",
    "sys/kernel/kexec_crash_loaded": "1\n",
    "sys/module/kernel/parameters/crash_kexec_post_notifiers": "Y\n",
    "usr/sbin/hvdump-collect": "",
    "usr/bin/makedumpfile": "",
    "usr/sbin/kdump-config": "",
    "etc/systemd/system/kdump-tools-dump.service.d/10-hvdump.conf": "",
    "proc/sys/kernel/osrelease": "7.2.13-test\n",
    "proc/cpuinfo": "processor : 0\nflags\t\t: fpu la57x sse\n",
    "proc/meminfo": "MemTotal:        1024 kB\n",
    "makedumpfile-version": "makedumpfile: version 1.7.8 (released on ...)\n",
    "var/crash/.keep": "",
    "sys/module/mshv_root/initstate": "live\n",
    "lib/modules/7.2.13-test/modules.dep": "kernel/fs/fat/vfat.ko: kernel/fs/fat/fat.ko\n"
                                           "updates/dkms/hvdump_vmcore.ko:\n",
}
CHECKS = ["module", "hypervisor", "reserved", "crash-kernel", "lockdown", "attached", "room",
          "hv-crash", "notifiers", "config", "target", "collector", "integration", "makedumpfile",
          "guests"]


def status(tmp_path, changes=()):
    """Run it on a host that differs from HOST; {check: (verdict, text)} and the exit status."""
    for name, text in {**HOST, **dict(changes)}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_text(text)
            path.chmod(0o755)
    run = subprocess.run([CTL, "--sysroot", tmp_path, "status"], capture_output=True, text=True,
                         env={**os.environ, "PATH": "/usr/sbin:/usr/bin"}, check=False)
    assert run.stderr == ""
    found = {}
    for line in run.stdout.splitlines():
        verdict, check, text = line.split(None, 2)
        found[check] = verdict, text
    return found, run.returncode


def test_a_host_that_is_ready(tmp_path):
    found, code = status(tmp_path)
    assert code == 0
    assert list(found) == CHECKS
    assert {verdict for verdict, _ in found.values()} == {"ok"}
    assert found["hypervisor"][1] == "Microsoft Hv, partition kind root"
    assert found["reserved"][1].startswith("256 MiB")
    assert found["room"][1].startswith("2064 KiB")
    assert found["room"][1].endswith("all registers of 12 VPs")


@pytest.mark.parametrize("name, text, check, verdict, words", [
    ("sys/kernel/hvdump/status", STATUS.replace("armed: yes", "armed: no"), "module", "fail",
     "not armed"),
    ("sys/kernel/hvdump/status", STATUS.replace("protected", "none"), "hypervisor", "warn",
     "cannot be asked"),
    ("sys/kernel/hvdump/status", STATUS.replace("hypervisor: ", "x: "), "hypervisor", "fail",
     "no hypervisor"),
    ("sys/kernel/hvdump/status",
     STATUS.replace("attached: yes", "attached: no") + "not_attached: no room\n", "attached",
     "fail", "no room; hvdumpctl arm"),
    ("sys/kernel/hvdump/status", "", "module", "fail", "not armed"),
    ("sys/kernel/kexec_crash_size", "0\n", "reserved", "fail", "crashkernel="),
    ("sys/kernel/kexec_crash_size", None, "reserved", "fail", "crashkernel="),
    ("sys/kernel/kexec_crash_size", f"{12 << 20}\n", "room", "warn", "raise crashkernel="),
    ("sys/kernel/kexec_crash_size", f"{4 << 20}\n", "room", "fail", "a smaller size_kb"),
    ("sys/kernel/kexec_crash_loaded", "0\n", "crash-kernel", "fail", "kdump-config load"),
    ("sys/kernel/kexec_crash_loaded", "rubbish\n", "crash-kernel", "fail", "no crash kernel"),
    ("sys/kernel/hvdump/status", STATUS.replace("room: all", "room: essential"), "room", "warn",
     "not all of the others; load hvdump.ko with size_kb=380"),
    ("sys/kernel/hvdump/status", STATUS.replace("room: all", "room: short"), "room", "fail",
     "do not hold the essential registers of 12 VPs"),
    ("sys/kernel/hvdump/chunks", None, "room", "fail", "no memory for notes"),
    ("sys/module/kernel/parameters/crash_kexec_post_notifiers", "N\n", "notifiers", "fail",
     "would be lost; write Y"),
    ("usr/sbin/hvdump-collect", None, "collector", "fail", "not in PATH"),
    ("usr/bin/makedumpfile", None, "makedumpfile", "fail", "not in PATH"),
    ("makedumpfile-version", "makedumpfile: version 1.7.2 (released ...)\n", "makedumpfile", "warn",
     "1.7.7 or newer"),
    ("proc/cpuinfo", "processor : 0\nflags\t\t: fpu la57 sse\n", "hv-crash", "warn",
     "boot with no5lvl"),
    ("etc/hvdump.conf", "levels = all\n", "config", "fail", "mend /etc/hvdump.conf"),
    ("proc/meminfo", f"MemTotal:  {1 << 50} kB\n", "target", "warn", "make room"),
    ("etc/hvdump.conf", "output = /usr/bin/makedumpfile\n", "target", "fail", "set output"),
    ("etc/systemd/system/kdump-tools-dump.service.d/10-hvdump.conf", None, "integration", "warn",
     "hvdumpctl install"),
    ("lib/modules/7.2.13-test/modules.dep", None, "guests", "warn", "dkms install hvdump"),
    ("lib/modules/7.2.13-test/modules.dep", "extra/hvdump.ko:\nextra/a.ko: x/hvdump_vmcore.ko\n",
     "guests", "warn", "dkms install hvdump"),
])
def test_one_thing_is_wrong(tmp_path, name, text, check, verdict, words):
    found, code = status(tmp_path, {name: text})
    assert found[check][0] == verdict
    assert words in found[check][1]
    failed = [c for c, (v, _) in found.items() if v == "fail"]
    assert (check in failed) == (verdict == "fail")
    assert code == (1 if failed else 0)


@pytest.mark.parametrize("path", ["extra/hvdump_vmcore.ko.zst", "updates/hvdump_vmcore.ko.xz",
                                  "weak-updates/hvdump/hvdump_vmcore.ko.gz"])
def test_the_module_is_where_modprobe_finds_it(tmp_path, path):
    found, code = status(tmp_path, {"lib/modules/7.2.13-test/modules.dep": f"{path}: a/b.ko\n"})
    assert found["guests"][0] == "ok" and code == 0


OFF = {"sys/module/kernel/parameters/crash_kexec_post_notifiers": "N\n"}


@pytest.mark.parametrize("name, text", [
    ("proc/sys/kernel/osrelease", "6.18.9-test\n"),
    ("proc/cpuinfo", "processor : 0\nflags\t\t: fpu la57 sse\n")])
def test_notifiers_do_no_harm_without_hv_crash(tmp_path, name, text):
    """Too old for it, or with 5-level paging, which it does not do; neither is sure."""
    found, code = status(tmp_path, {**OFF, name: text})
    assert found["notifiers"][0] == "warn" and "write Y" in found["notifiers"][1]
    assert code == 0


def test_hv_crash_is_in_mainline_since_6_19(tmp_path):
    found, code = status(tmp_path, {**OFF, "proc/sys/kernel/osrelease": "6.19.0-test\n"})
    assert found["notifiers"][0] == "fail" and code == 1


@pytest.mark.parametrize("version, words", [
    ("1.7.7", "makedumpfile leaves guests' memory out"), ("1.7.6", "is not installed")])
def test_guests_memory_where_makedumpfile_is_too_old(tmp_path, version, words):
    """Its version decides whether a module is needed for that."""
    found, _ = status(tmp_path, {"proc/sys/kernel/osrelease": "6.12.3-test\n",
                                 "makedumpfile-version": f"makedumpfile: version {version}\n"})
    assert words in found["guests"][1]


@pytest.mark.parametrize("program, path", [
    ("kdump-config", "etc/systemd/system/kdump-tools-dump.service.d/10-hvdump.conf"),
    ("kdumpctl", "etc/kdump/pre.d/10-hvdump")])
def test_notes_that_only_the_collector_finds(tmp_path, program, path):
    """By the road of the command line makedumpfile copies none."""
    found, code = status(tmp_path, {
        "usr/sbin/kdump-config": None, f"usr/sbin/{program}": "", path: None,
        "sys/kernel/hvdump/status": STATUS.replace("road: notes", "road: command-line")})
    assert found["integration"][0] == "fail" and "hvdumpctl install" in found["integration"][1]
    assert code == 1


def test_a_link_to_nowhere_is_no_target(tmp_path):
    """The collector makes folders that are missing, and not what a link points to."""
    found, code = status(tmp_path, {"etc/hvdump.conf": "output = /var/crash/a/b\n"})
    assert found["target"][0] == "ok" and code == 0
    (tmp_path / "var/link").symlink_to("/no/such/disk")
    found, code = status(tmp_path, {"etc/hvdump.conf": "output = /var/link/a\n"})
    assert found["target"][0] == "fail" and "No such file" in found["target"][1]
    assert code == 1


def test_not_even_the_notes_fit(tmp_path):
    found, code = status(tmp_path, {"sys/kernel/hvdump/chunks": f"0x7000000 {1 << 50}\n"})
    assert found["target"][0] == "fail" and "make room" in found["target"][1]
    assert code == 1


def test_notifiers_matter_on_a_root_alone(tmp_path):
    found, code = status(tmp_path, {
        "sys/kernel/hvdump/status": STATUS.replace("kind: root", "kind: l1vh"), **OFF})
    assert found["notifiers"] == ("ok", "crash_kexec_post_notifiers is off")
    assert code == 0


def test_without_the_module_its_checks_are_left_out(tmp_path):
    found, code = status(tmp_path, {name: None for name in HOST if "hvdump/" in name})
    assert code == 1
    assert found["module"][0] == "fail"
    assert "modprobe hvdump" in found["module"][1]
    assert list(found) == ["module", "reserved", "crash-kernel", "lockdown", "config", "target",
                           "collector", "integration", "makedumpfile", "guests"]


@pytest.mark.parametrize("road, words", [
    ("notes", "among the notes of /proc/vmcore"),
    ("command-line", "by hvdump= on its command line"),
    ("by sea", "by a road that is not known here")])
def test_the_road_is_named(tmp_path, road, words):
    found, code = status(tmp_path, {
        "sys/kernel/hvdump/status": STATUS.replace("road: notes", f"road: {road}")})
    assert found["attached"] == ("ok", f"the crash kernel will see the notes, {words}")
    assert code == 0


LEVELS = {"none": "[none] integrity confidentiality\n",
          "integrity": "none [integrity] confidentiality\n",
          "confidentiality": "none integrity [confidentiality]\n"}
NO_MODULE = {name: None for name in HOST if "hvdump/" in name}
NO_IMAGE = {"sys/kernel/kexec_crash_loaded": "0\n"}


def lockdown(tmp_path, level, enforce="N", changes=()):
    """What status says of lockdown on a host that is otherwise HOST with CHANGES."""
    found, _ = status(tmp_path, {"sys/kernel/security/lockdown": LEVELS.get(level, level),
                                 "sys/module/module/parameters/sig_enforce": enforce + "\n",
                                 **dict(changes)})
    return found["lockdown"]


@pytest.mark.parametrize("level", [None, "none", "", "garbage", "none ]integrity["])
def test_no_lockdown(tmp_path, level):
    assert lockdown(tmp_path, level, changes={**NO_MODULE, **NO_IMAGE}) == (
        "ok", "not locked down; nothing needs a signature")


@pytest.mark.parametrize("level", ["integrity", "confidentiality"])
def test_lockdown(tmp_path, level):
    assert lockdown(tmp_path, level) == (
        "ok", f"locked down ({level}): signatures are needed to load hvdump.ko or a crash kernel"
        " again")


@pytest.mark.parametrize("changes, need", [
    (NO_MODULE, "sign hvdump.ko by a key that the kernel trusts"),
    (NO_IMAGE, "sign the crash kernel by a key that the kernel trusts, and load it by kexec -s"),
    ({**NO_MODULE, **NO_IMAGE}, "sign hvdump.ko and the crash kernel by a key that the kernel"
                                " trusts, and load it by kexec -s")])
def test_lockdown_asks_for_signatures(tmp_path, changes, need):
    assert lockdown(tmp_path, "integrity", changes=changes) == (
        "warn", f"locked down (integrity): {need}; see hvdump-module(7)")


def test_signatures_without_lockdown(tmp_path):
    assert lockdown(tmp_path, "none", "Y", NO_IMAGE) == (
        "ok", "module.sig_enforce is on: hvdump.ko must stay signed")
    verdict, text = lockdown(tmp_path / "bare", "none", "Y", {**NO_MODULE, **NO_IMAGE})
    assert verdict == "warn"
    assert "sign hvdump.ko by a key" in text
    assert "kexec" not in text


def run_ctl(*words):
    return subprocess.run([CTL, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [
    [], ["nonsense"], ["status", "more"], ["--nonsense"], ["status", "--syscall"],
    ["disarm", "--kernel", "x"], ["arm", "--kernel"], ["arm", "more"]])
def test_wrong_usage(words):
    run = run_ctl(*words)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr


@pytest.mark.parametrize("option, begin", [("--help", "Usage: hvdumpctl"), ("-h", "Usage: "),
                                           ("--version", "hvdumpctl "), ("-V", "hvdumpctl ")])
def test_help_and_version(option, begin):
    run = run_ctl(option)
    assert run.returncode == 0
    assert run.stdout.startswith(begin)
    assert "sysroot" not in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80
