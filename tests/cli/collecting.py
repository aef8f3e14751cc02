# SPDX-License-Identifier: GPL-2.0-or-later
"""Running hvdump-collect on made-up vmcores, with made-up tools in its PATH."""

import collections
import hashlib
import json
import os
import subprocess
from pathlib import Path

import jsonschema

import cores

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HVDUMP_BUILD", TOP / "build"))
COLLECT = Path(os.environ.get("HVDUMP_COLLECT", BUILD / "collector/hvdump-collect"))
KERNEL = COLLECT.parent / "hvdump-kernel"
# Faults that tests have tried, by kind: conftest.py sums them up.
TRIED = collections.Counter()
SCHEMA = json.loads((TOP / "doc/schema/manifest.schema.json").read_text())

LOG = b"[    0.000000] Linux version 6.1.0-test\n"
REPORT = b"a report\n"
REPORT_JSON = b"{}\n"

# Each fake does what FAKE_<STEP> says: ok, fail, kill (half-way, by SIGKILL), sleep (for ever).
# What it was called with goes to FAKE_LOG.
BEHAVE = r"""#!/bin/sh
echo "$0 $*" >> "$FAKE_LOG"
behave() # HOW WHAT: write WHAT to stdout, or the first half of it
{
	case $1 in
	ok)	cat "$2"; exit $? ;;
	esac
	[ "$1" != trap ] || trap '' TERM
	head -c $(($(stat -c %s "$2") / 2)) "$2"
	case $1 in
	fail)	echo "made to fail" >&2; exit 1 ;;
	kill)	kill -KILL $$ ;;
	sleep)	while :; do sleep 1; done ;;
	trap)	while :; do sleep 1; done ;;
	*)	exit "$1" ;;
	esac
}
"""

MAKEDUMPFILE = BEHAVE + r"""
for last; do :; done
case $1 in
-v)	echo "makedumpfile: version ${FAKE_VERSION:-9.9.9}"; echo "more"; exit 0 ;;
--dry-run)
	[ "$FAKE_NEEDS" ] || exit 1
	echo "Write bytes     : $FAKE_NEEDS"; exit 0 ;;
--dump-dmesg)
	(behave "$FAKE_DMESG" "$FAKE_DIR/log") > "$last"
	exit $? ;;
esac
for source; do [ "$source" != "$last" ] || break; before=$source; done
[ "$FAKE_VMCORE" != empty ] || { : > "$last"; exit 0; }
exec > "$last"
behave "$FAKE_VMCORE" "$before"
"""

HVDUMP = BEHAVE + r"""
case "$*" in
-V)	echo "hvdump 9.9"; exit 0 ;;
log*)	[ "$FAKE_LOG_COMMAND" ] || exit 1; cat "$FAKE_DIR/log"; exit 0 ;;
*--json*) behave "$FAKE_REPORT_JSON" "$FAKE_DIR/report.json" ;;
report*) behave "$FAKE_REPORT" "$FAKE_DIR/report" ;;
esac
"""


class Stage:
    """A folder with a vmcore, fake tools, and room for what is collected."""

    def __init__(self, path, vmcore):
        self.path = path
        self.vmcore = path / "source"
        self.vmcore.write_bytes(vmcore)
        self.output = path / "out"
        self.bin = path / "bin"
        self.bin.mkdir()
        self.log = path / "fake.log"
        self.behaviour = {}
        for name, data in (("log", LOG), ("report", REPORT), ("report.json", REPORT_JSON)):
            (path / name).write_bytes(data)
        self.tool("makedumpfile", MAKEDUMPFILE)
        self.tool("hvdump", HVDUMP)

    def tool(self, name, text):
        """Put a script into the PATH, or (None) take it out."""
        script = self.bin / name
        if text is None:
            script.unlink()
            return
        script.write_text(text)
        script.chmod(0o755)

    def environment(self, **more):
        env = {"PATH": f"{self.bin}:{self.path / 'coreutils'}", "FAKE_LOG": str(self.log),
               "FAKE_DIR": str(self.path)}
        self.only_coreutils()
        for step in ("DMESG", "VMCORE", "REPORT", "REPORT_JSON"):
            env["FAKE_" + step] = self.behaviour.get(step, "ok")
        for name, value in (("NEEDS", "100"), ("LOG_COMMAND", "")):
            env["FAKE_" + name] = self.behaviour.get(name, value)
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        return {**env, **more}

    def only_coreutils(self):
        """The PATH without the machine's own makedumpfile and hvdump."""
        folder = self.path / "coreutils"
        if folder.exists():
            return
        folder.mkdir()
        for name in ("cat", "head", "stat", "sleep"):
            (folder / name).symlink_to(f"/bin/{name}")
        if KERNEL.exists():
            (folder / KERNEL.name).symlink_to(KERNEL)

    def command(self, *options):
        return [COLLECT, "--vmcore", self.vmcore, "--output", self.output, *options]

    def run(self, *options, env=None, timeout=60, **kwargs):
        return subprocess.run(self.command(*options), env=env or self.environment(),
                              capture_output=True, text=True, timeout=timeout, check=False,
                              **kwargs)

    def collected(self):
        """The one directory that was made."""
        directories = list(self.output.iterdir())
        assert len(directories) == 1, directories
        return directories[0]

    def calls(self):
        """What the fake tools were called with."""
        return self.log.read_text().splitlines() if self.log.exists() else []


def manifest_of(directory):
    manifest = json.loads((directory / "manifest.json").read_text())
    jsonschema.validate(manifest, SCHEMA)
    return manifest


def states(manifest):
    return {f["name"]: f["state"] for f in manifest["files"]}


def file_of(manifest, name):
    return next(f for f in manifest["files"] if f["name"] == name)


def check_complete(directory, manifest):
    """Every file that is said to be complete is there, with these bytes."""
    for file in manifest["files"]:
        if file["state"] != "complete":
            continue
        data = (directory / file["path"]).read_bytes()
        assert file["path"] == file["name"]
        if file["name"] == "hvdump.elf" and manifest["pages"]["state"] == "pending":
            # The one with pages may be on its way, or in place already.
            continue
        assert file["size"] == len(data)
        if file["name"] != "vmcore" or file["sha256"]:
            assert file["sha256"] == hashlib.sha256(data).hexdigest()
        assert not (directory / (file["name"] + ".partial")).exists()


def check_finished(directory):
    """A collector that came to its end: the manifest and the directory agree."""
    manifest = manifest_of(directory)
    assert manifest["state"] == "finished"
    check_complete(directory, manifest)
    expected = {"manifest.json"} | {f["path"] for f in manifest["files"] if f["path"]}
    assert {p.name for p in directory.iterdir()} == expected
    return manifest


def check_content(directory, contents):
    """
    Whatever has a final name is whole, whether there is a manifest or not.
    contents: {name: bytes}; those of hvdump.elf are its note segment.
    """
    for name, expected in contents.items():
        path = directory / name
        if not path.exists():
            continue
        data = path.read_bytes()
        if name == "hvdump.elf":
            data = cores.note_segment(data)
        assert data == expected, name
    if (directory / "manifest.json").exists():
        check_complete(directory, manifest_of(directory))
