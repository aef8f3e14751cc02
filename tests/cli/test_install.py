# SPDX-License-Identifier: GPL-2.0-or-later
"""What make install puts where, and that DKMS could build the module from it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from collecting import BUILD, TOP

sys.path.insert(0, str(TOP / "tests"))

PLAIN = """\
bin/hvdump
lib/systemd/system/hvdump.service
libexec/hvdump/hvdump-kernel
sbin/hvdump-collect
sbin/hvdumpctl
share/doc/hvdump/hvdump.conf
share/man/man1/hvdump.1
share/man/man5/hvdump.conf.5
share/man/man7/hvdump-module.7
share/man/man8/hvdump-collect.8
share/man/man8/hvdumpctl.8
""".split()
PARAMETERS = {"size_kb": "uint", "chunk_kb": "uint", "budget_ms": "uint",
              "max_partitions": "uint", "max_vps": "uint", "vp_misses": "uint",
              "force_grow": "bool", "live_pause_ms": "uint"}
# So that a make that runs these tests hands nothing down.
ENV = {name: value for name, value in os.environ.items()
       if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR")}

pytestmark = pytest.mark.skipif(not (BUILD / "Makefile").exists(),
                                reason=f"{BUILD} is not configured")


def run(*words, **more):
    """Run a command that must succeed; its output."""
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, env=ENV,
                          check=False, **more)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def make(target, *words):
    """A target of the build folder."""
    return run("make", "-C", BUILD, target, *words)


def version():
    return re.search(r"AC_INIT\(\[hvdump\], \[([^]]*)\]", (TOP / "configure.ac").read_text())[1]


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir())


@pytest.fixture(scope="module", name="root")
def fixture_root(tmp_path_factory):
    """A root folder that hvdump was installed to, with the prefix /usr."""
    root = tmp_path_factory.mktemp("root")
    make("install", f"DESTDIR={root}", "prefix=/usr",
         "systemdsystemunitdir=/usr/lib/systemd/system")
    return root


@pytest.fixture(scope="module", name="dkms")
def fixture_dkms(root):
    return root / f"usr/src/hvdump-{version()}"


def test_installed_files(root, dkms):
    sources = [f"src/{dkms.name}/{name}" for name in files(dkms)]
    # What else there is at the moment (extensions, kdump hooks) has tests of its own.
    assert set(PLAIN) <= set(files(root / "usr"))
    assert set(p.name for p in root.iterdir()) <= {"usr", "etc"}
    assert [n for n in files(root / "usr") if n.startswith("src/")] == sorted(sources)
    for name in ("bin/hvdump", "sbin/hvdump-collect", "sbin/hvdumpctl"):
        assert (root / "usr" / name).stat().st_mode & 0o777 == 0o755
    assert (root / "usr/lib/systemd/system/hvdump.service").stat().st_mode & 0o777 == 0o644


def test_the_module_sources_are_all_there(dkms):
    objects = re.findall(r"(\w+)\.o\b", "".join(
        line for line in (TOP / "kernel-hooks/Kbuild").read_text().splitlines(True)
        if line.startswith(("hvdump-y", "hvdump_vmcore-y"))))
    assert len(objects) > 10
    expected = {"Kbuild", "dkms.conf"} | {f"{name}.c" for name in objects}
    expected |= {path.name for path in (TOP / "kernel-hooks").glob("*.h")}
    assert {name for name in files(dkms) if "/" not in name} == expected
    for name in files(dkms):
        source = TOP / name if "/" in name else TOP / "kernel-hooks" / name
        if name != "dkms.conf":
            assert (dkms / name).read_bytes() == source.read_bytes()


def test_uninstall_leaves_nothing(tmp_path):
    where = f"DESTDIR={tmp_path}"
    make("install", where)
    assert files(tmp_path)
    make("uninstall", where)
    assert files(tmp_path) == []
    assert not list(tmp_path.rglob("hvdump-*"))


def dkms_conf(dkms, *names, **settings):
    """Values of dkms.conf, read as DKMS does: by a shell."""
    given = "".join(f"{name}={value}\n" for name, value in settings.items())
    print_them = "".join(f'printf "%s\\n" "${{{name}}}"\n' for name in names)
    return run("bash", "-euc", f'{given}. "$0"\n{print_them}',
               dkms / "dkms.conf").splitlines()


def test_dkms_conf(dkms):
    assert dkms_conf(dkms, "PACKAGE_NAME", "PACKAGE_VERSION", "BUILT_MODULE_NAME[0]",
                     "AUTOINSTALL", kernel_source_dir="/k", dkms_tree="/t") == [
        "hvdump", version(), "hvdump", "yes"]


@pytest.mark.parametrize("release, built", [
    ("5.10.0-30-cloud-amd64", False), ("5.14.0-427.el9.x86_64", False), ("6.0.3", False),
    ("6.1.0-56-cloud-amd64", True), ("6.12.1-1.fc41.x86_64", True), ("7.2.0", True),
    ("10.0.1", True)])
def test_kernels_that_dkms_builds_for(dkms, release, built):
    [pattern] = dkms_conf(dkms, "BUILD_EXCLUSIVE_KERNEL", kernel_source_dir="/k", dkms_tree="/t")
    done = subprocess.run(["grep", "-Eq", pattern], input=release, text=True, check=False)
    assert (done.returncode == 0) == built


@pytest.fixture(scope="module", name="headers")
def fixture_headers():
    """Installed kernel headers that the module supports."""
    found = sorted(Path("/usr/src").glob("linux-headers-[67].*-amd64"))
    if not found:
        pytest.skip("no kernel headers in /usr/src (package linux-headers-cloud-amd64)")
    return found[-1]


@pytest.fixture(scope="module", name="module")
def fixture_module(dkms, headers, tmp_path_factory):
    """hvdump.ko, by the command in dkms.conf, in a folder as DKMS makes it."""
    tree = tmp_path_factory.mktemp("tree")
    folder = tree / "hvdump" / version() / "build"
    folder.parent.mkdir(parents=True)
    run("cp", "-r", dkms, folder)
    [command] = dkms_conf(dkms, "MAKE[0]", kernel_source_dir=headers, dkms_tree=tree)
    release = headers.name.removeprefix("linux-headers-")
    log = run("sh", "-c", command + f" -j2 W=1 KERNELRELEASE={release} 2>&1", cwd=folder)
    assert "warning:" not in log
    return folder / "hvdump.ko"


def modinfo(module, field):
    return run("/sbin/modinfo", "-F", field, module).splitlines()


def test_modinfo_of_the_module_built_by_dkms(module, headers):
    assert modinfo(module, "name") == ["hvdump"]
    assert modinfo(module, "version") == [version()]
    assert modinfo(module, "license") == ["GPL"]
    assert modinfo(module, "description") != []
    [vermagic] = modinfo(module, "vermagic")
    assert vermagic.split()[0] == headers.name.removeprefix("linux-headers-")


def test_every_parameter_is_described(module):
    found = {}
    for line in modinfo(module, "parm"):
        name, text = line.split(":", 1)
        assert re.fullmatch(r".{10,} \((uint|bool)\)", text), line
        found[name] = text.rsplit("(", 1)[1].rstrip(")")
    assert found == PARAMETERS


def test_the_unit(root):
    unit = (root / "usr/lib/systemd/system/hvdump.service").read_text()
    settings = [line.split("=", 1) for line in unit.splitlines()
                if "=" in line and not line.startswith("#")]
    values = dict(settings)
    before = " ".join(value for name, value in settings if name == "Before")
    assert {"kdump-tools.service", "kdump.service"} <= set(before.split())
    # Where there is no Microsoft hypervisor the boot must not count as degraded.
    assert values["ExecStart"] == "-/sbin/modprobe hvdump"
    assert values["WantedBy"] == "multi-user.target"


def test_systemd_takes_the_unit(root):
    try:
        done = subprocess.run(["systemd-analyze", "verify", "--man=no",
                               root / "usr/lib/systemd/system/hvdump.service"],
                              capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError:
        pytest.skip("no systemd-analyze (package systemd)")
    assert done.returncode == 0, done.stderr
    assert "hvdump.service" not in done.stderr


# How the units that load the crash kernel are ordered: Debian's of kdump-tools 1.8, Fedora's of
# kdump-utils. Their names and these lines are all that matters here.
KDUMP = {
    "kdump-tools.service": ("basic.target", "DefaultDependencies=no\n"
                            "After=local-fs.target networking.service\nBefore=basic.target\n"),
    "kdump.service": ("multi-user.target", "After=network.target network-online.target "
                      "remote-fs.target basic.target\n"),
}


@pytest.mark.parametrize("name", KDUMP)
def test_the_unit_gets_along_with_the_one_that_loads_the_crash_kernel(root, tmp_path, name):
    """Both enabled: systemd finds no ordering cycle, for which it would leave out one of them."""
    target, order = KDUMP[name]
    (tmp_path / name).write_text(f"[Unit]\n{order}[Service]\nType=oneshot\nExecStart=/bin/true\n")
    shipped = root / "usr/lib/systemd/system/hvdump.service"
    (tmp_path / "hvdump.service").write_bytes(shipped.read_bytes())
    for wanted, by in ((name, target), ("hvdump.service", "multi-user.target")):
        (tmp_path / f"{by}.wants").mkdir(exist_ok=True)
        (tmp_path / f"{by}.wants" / wanted).symlink_to(tmp_path / wanted)
    try:
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", "multi-user.target"],
                              capture_output=True, text=True, check=False, timeout=60,
                              env={**ENV, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"})
    except FileNotFoundError:
        pytest.skip("no systemd-analyze (package systemd)")
    about_us = [line for line in done.stderr.splitlines() if "hvdump" in line or name in line]
    assert about_us == []
