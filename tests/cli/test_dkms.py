# SPDX-License-Identifier: GPL-2.0-or-later
"""From the release's tarball to a module that modprobe finds: configure, make install, DKMS.

All of it happens on this machine's system as it is, and none of it stays: the root folder is an
overlay whose upper layer lies in memory, in a mount namespace that ends with the test.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from collecting import BUILD, TOP
from test_install import ENV, make, run, version

sys.path.insert(0, str(TOP / "tests"))

from vm.kernels import Unavailable, download  # noqa: E402 pylint: disable=wrong-import-position

LIMIT = 1800

# $1: a folder to mount on; $2: a shell script for the root folder that is made there.
OVERLAY = """\
set -e
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
for name in proc dev; do
	mount --rbind /$name "$1/root/$name"
done
mount -t tmpfs none "$1/root/run"
cp "$1.in"/* "$1/root/run/"
chroot "$1/root" /bin/sh -euc "$2"
"""

# What a user does, and what the system says of it. Each answer is a line "NAME: TEXT".
INSTALL = """\
cd /run
exec 3>&1 > /run/log 2>&1 || exit
trap 'status=$?; [ $status = 0 ] || tail -n 30 /run/log >&3; exit $status' EXIT
tell() { while read -r line; do echo "$1: $line" >&3; done; }
[ ! -e /run/dkms.deb ] || dpkg-deb -x /run/dkms.deb /
rm -rf /var/lib/dkms/hvdump
tar -xf hvdump-@V@.tar.xz
cd hvdump-@V@
./configure -q --prefix=/usr
make -s -j2
make -s install
dkms add hvdump/@V@
dkms status hvdump/@V@ | tell added
dkms build -k @K@ hvdump/@V@
dkms install -k @K@ hvdump/@V@
dkms status hvdump/@V@ | tell status
modinfo -k @K@ -F filename hvdump | tell file
modinfo -k @K@ -F filename hvdump_vmcore | tell vmcore-file
modinfo -k @K@ -F version hvdump | tell version
modinfo -k @K@ -F vermagic hvdump | tell vermagic
modprobe -n -v -S @K@ hvdump | tell modprobe
systemctl --root=/ enable hvdump.service
find /etc/systemd/system -name hvdump.service | tell enabled
systemd-analyze verify --man=no hvdump.service 2>&1 | grep hvdump | tell verify
dkms remove --all hvdump/@V@
modprobe -n -v -S @K@ hvdump 2>&1 | tell removed
find /lib/modules/@K@ /var/lib/dkms -name 'hvdump*' | tell left
make -s uninstall
find /usr /lib/systemd -xdev -name '*hvdump*' | tell left
"""

pytestmark = [pytest.mark.slow,
              pytest.mark.skipif(not (BUILD / "Makefile").exists(),
                                 reason=f"{BUILD} is not configured")]


def overlay(folder: Path, script: str) -> str:
    """Run a script in the throw-away system; what it prints."""
    mount = folder / "system"
    mount.mkdir()
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", OVERLAY,
                           "sh", str(mount), script], capture_output=True, text=True, env=ENV,
                          check=False, timeout=LIMIT)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def can_overlay() -> bool:
    """Whether this is root, who may mount overlays."""
    done = subprocess.run(["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /mnt && "
                           "mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay overlay "
                           "-o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r"],
                          capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture(scope="module", name="release")
def fixture_release():
    """The newest 6.1 cloud kernel whose headers are installed."""
    found = sorted(Path("/usr/src").glob("linux-headers-6.1.*-cloud-amd64"))
    if not found:
        pytest.skip("no kernel headers in /usr/src (package linux-headers-cloud-amd64)")
    return found[-1].name.removeprefix("linux-headers-")


@pytest.fixture(scope="module", name="said")
def fixture_said(release, tmp_path_factory):
    """{NAME: [TEXT...]}: what the system said on the way."""
    if not can_overlay():
        pytest.skip("overlays cannot be mounted here (not root?)")
    folder = tmp_path_factory.mktemp("dkms")
    given = folder / "system.in"
    given.mkdir()
    make("dist-xz")
    run("mv", BUILD / f"hvdump-{version()}.tar.xz", given)
    if not Path("/usr/sbin/dkms").exists():
        try:
            download("dkms", "", given).rename(given / "dkms.deb")
        except Unavailable as problem:
            pytest.skip(str(problem))
    script = INSTALL.replace("@V@", version()).replace("@K@", release)
    found = {}
    for line in overlay(folder, script).splitlines():
        name, text = line.split(": ", 1)
        found.setdefault(name, []).append(text)
    return found


def test_dkms_builds_and_installs(said, release):
    """add, build, install: each is what dkms status says then."""
    assert said["added"] == [f"hvdump/{version()}: added"]
    assert said["status"] == [f"hvdump/{version()}, {release}, x86_64: installed"]


def test_the_module_is_where_depmod_and_modprobe_find_it(said, release):
    """In Debian's place for such modules, for that kernel."""
    place = f"/lib/modules/{release}/updates/dkms/hvdump.ko"
    assert said["file"] == [place]
    assert said["vmcore-file"] == [place.replace("hvdump.ko", "hvdump_vmcore.ko")]
    assert said["version"] == [version()]
    assert said["vermagic"][0].split()[0] == release
    assert [line.split() for line in said["modprobe"]][-1][:2] == ["insmod", place]


def test_the_unit_can_be_switched_on(said):
    """By the usual command, for the usual target; systemd has nothing to say of it."""
    assert said["enabled"] == ["/etc/systemd/system/multi-user.target.wants/hvdump.service"]
    assert "verify" not in said


def test_nothing_is_left_when_it_is_removed(said):
    """dkms remove and make uninstall."""
    assert re.search("not found", said["removed"][0])
    assert "left" not in said


def test_this_machine_was_not_touched(said, release):
    """What was installed is not to be seen outside."""
    assert said
    assert not Path(f"/lib/modules/{release}/updates/dkms/hvdump.ko").exists()
    assert not Path("/usr/src", f"hvdump-{version()}").exists()
