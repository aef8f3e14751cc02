# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump-collect --stream under faults: at each call, and with a reader that goes away.

What hvdumpctl unpack makes of the stream is what counts: a final name has a whole file, and the exit
statuses of both say whether all of it came.
"""

import io
import shutil
import signal
import subprocess
import tarfile

import pytest

import cores
from collecting import COLLECT, TRIED, Stage, check_content
from test_collect import ALL, MEMORY, SEGMENT, contents, make_shim, preload, sweep
from test_hvdumpctl_files import MARK, ctl, flattened

pytestmark = pytest.mark.skipif(not COLLECT.exists(), reason=f"{COLLECT} is not built")
shim = make_shim
# Every call is tried where there is time for it.
each_call = pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])


@pytest.fixture(name="stage")
def make_stage(tmp_path):
    stage = Stage(tmp_path, cores.elf(SEGMENT, [(0x100000, MEMORY)]))
    (tmp_path / "flat").write_bytes(flattened(stage.vmcore.read_bytes()))
    stage.tool("makedumpfile", (stage.bin / "makedumpfile").read_text().replace(
        "for source;", '[ "$1" != -F ] || { cat "$FAKE_DIR/flat"; exit 0; }\nfor source;'))
    stage.folder = tmp_path / "tmp"
    stage.folder.mkdir()
    stage.unpacked = tmp_path / "unpacked"
    return stage


def start(stage, **more):
    """Begin to write the stream to a pipe."""
    shutil.rmtree(stage.folder)
    stage.folder.mkdir()
    return subprocess.Popen([COLLECT, "--vmcore", stage.vmcore, "--stream", "--name", "dump"],
                            env=stage.environment(TMPDIR=str(stage.folder), **more),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def play(stage, shim, fault):
    """The whole of it; its standard output is the stream."""
    log = stage.path / "calls"
    with start(stage, LD_PRELOAD=preload(shim), KILLAT=fault, KILLAT_LOG=str(log)) as process:
        out, err = process.communicate(timeout=60)
    run = subprocess.CompletedProcess([], process.returncode, out, err.decode())
    return run, log.read_text().splitlines()


def unpack(stage, stream):
    """{name: bytes} of what has a final name, and the exit status."""
    shutil.rmtree(stage.unpacked, ignore_errors=True)
    stage.unpacked.mkdir()
    done = ctl("unpack", "--output", stage.unpacked, input=stream)
    check_content(stage.unpacked / "dump", contents(stage))
    return {path.name for path in stage.unpacked.glob("dump/*")}, done.returncode


@each_call
def test_nothing_is_lost_by_an_interruption_or_a_short_write(stage, shim, step):
    def check(run, where):
        assert run.returncode == 0, (where, run.stderr)
        assert unpack(stage, run.stdout) == ({*ALL, "manifest.json"}, 0), where

    sweep(stage, shim, "eintr", check, play, step)
    sweep(stage, shim, "short", check, play, step)


@each_call
@pytest.mark.parametrize("action", ["eio", "full", "stop"])
def test_what_fails_is_told(stage, shim, action, step):
    """A disk error costs a file or the rest of the stream; never is half a file taken for a whole."""
    def check(run, where):
        names, status = unpack(stage, run.stdout)
        assert run.returncode in (0, 1, 4), (where, run.stderr)
        if run.returncode == 0:
            assert (names, status) == ({*ALL, "manifest.json"}, 0), where
        assert not list(stage.folder.iterdir()), where

    sweep(stage, shim, action, check, play, step)


@each_call
def test_killed_anywhere(stage, shim, step):
    def check(run, where):
        assert run.returncode == -signal.SIGKILL, where
        names, status = unpack(stage, run.stdout)
        whole = run.stdout.endswith((MARK, (stage.path / "flat").read_bytes()))
        assert status == (0 if whole else 1), where
        if "hvdump.elf is safe" in run.stderr and MARK in run.stdout:
            assert "hvdump.elf" in names, where

    sweep(stage, shim, "kill", check, play, step)


@pytest.mark.parametrize("part", range(6))
def test_a_reader_that_goes_away(stage, part):
    """ssh is cut off: it is said, the folder in memory is removed, the exit status is not 0."""
    TRIED["reader gone"] += 1
    with start(stage) as process:
        taken = process.stdout.read(part * 700)
        process.stdout.close()
        err = process.stderr.read().decode()
        assert process.wait(timeout=60) in (1, 4), err
    assert len(taken) == part * 700
    assert not list(stage.folder.iterdir())
    if len(taken) > 512:
        with tarfile.open(fileobj=io.BytesIO(taken)) as tar:
            assert tar.next().name.startswith("dump/")
