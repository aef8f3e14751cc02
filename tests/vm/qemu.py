# SPDX-License-Identifier: GPL-2.0-or-later
"""One QEMU: started, watched on its serial console, asked through QMP, and ended for sure.

Always software emulation (TCG): it runs anywhere and emulates AMD SVM, which minihv needs.
"""

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

COMMON = ["-accel", "tcg", "-cpu", "max,la57=off", "-no-user-config", "-nodefaults",
          "-display", "none", "-no-reboot"]
POLL = 0.05
# What a kernel says, nothing being wrong, when the emulated CPUs get too little of the real ones.
OF_TIME = (r"hrtimer: interrupt took \d+ ns", r"perf: interrupt took too long .*",
           r"INFO: NMI handler .* took too long to run: .*", r"clocksource: .*",
           r"sched: RT throttling activated")


class GuestError(Exception):
    """The guest did not do what the scenario waits for."""


class Machine:
    """A running QEMU, to be used as a context manager.

    `arguments` are QEMU's beyond the common ones. It runs in `out`, which gets console.log,
    debugcon.log and qemu.log. `deadline` is the whole life's limit in seconds. `on_line` is
    called with each complete line of the console as the harness reads it.
    """

    def __init__(self, arguments: list, out: Path, deadline: float, on_line=None) -> None:
        self.console = out / "console.log"
        self._out = out
        self._log = out / "qemu.log"
        self._arguments = arguments
        self._end = time.monotonic() + deadline
        self._on_line = on_line
        self._sockets = Path(tempfile.mkdtemp(prefix="hvdump-vm-"))
        self._process = None
        self._qmp = None
        self._text = ""
        self._told = 0
        self._place = 0
        self._raw = b""

    def __enter__(self) -> "Machine":
        self.console.unlink(missing_ok=True)
        serial = f"socket,id=con,path={self._sockets}/con,server=on,wait=off,logfile=console.log"
        # Whatever becomes of us, no machine is left behind.
        command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", *COMMON,
                   "-chardev", serial, "-serial", "chardev:con",
                   "-debugcon", "file:debugcon.log",
                   "-qmp", f"unix:{self._sockets}/qmp,server=on,wait=off", *self._arguments]
        with open(self._log, "wb") as log:
            log.write((" ".join(command) + "\n").encode())
            log.flush()
            # pylint: disable=consider-using-with
            self._process = subprocess.Popen(command, cwd=self._out, stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_unused) -> None:
        if self._qmp:
            self._qmp.close()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._read_console()
        shutil.rmtree(self._sockets, ignore_errors=True)

    # the console

    def _read_console(self) -> None:
        """Take in what the guest has printed since the last time."""
        if self.console.exists():
            with open(self.console, "rb") as file:
                file.seek(len(self._raw))
                self._raw += file.read()
            self._text = self._raw.decode(errors="replace").replace("\r", "")
        lines = self._text.split("\n")[:-1]
        for line in lines[self._told:]:
            if self._on_line:
                self._on_line(line)
        self._told = len(lines)

    @property
    def text(self) -> str:
        """All that the guest has printed so far."""
        return self._text

    def wait_for(self, pattern: str, fail: str = "") -> re.Match:
        """Wait until the console shows PATTERN after what was waited for before.

        Raises GuestError when FAIL appears first, QEMU ends, or the time is up.
        """
        wanted = re.compile(pattern, re.MULTILINE)
        while True:
            ended = self._process.poll() is not None
            self._read_console()
            match = wanted.search(self._text, self._place)
            if match:
                self._place = match.end()
                return match
            if fail and re.search(fail, self._text[self._place:], re.MULTILINE):
                raise self._error(f"the guest said /{fail}/ instead of /{pattern}/")
            if ended:
                raise self._error(f"QEMU ended ({self._process.returncode}) before /{pattern}/")
            if time.monotonic() > self._end:
                raise self._error(f"no /{pattern}/ within the time limit")
            time.sleep(POLL)

    def wait_end(self) -> int:
        """Wait until the guest has switched itself off; returns QEMU's exit status."""
        while self._process.poll() is None:
            self._read_console()
            if time.monotonic() > self._end:
                raise self._error("the guest does not switch itself off")
            time.sleep(POLL)
        self._read_console()
        return self._process.returncode

    def _error(self, what: str) -> GuestError:
        tail = "\n".join("    " + line for line in self._text.split("\n")[-25:])
        return GuestError(f"{what}; the console's end ({self.console}):\n{tail}")

    def type(self, text: str) -> None:
        """Type on the guest's serial console."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(f"{self._sockets}/con")
            line.sendall(text.encode())
            # QEMU drops what it has not read when the line is closed.
            time.sleep(0.3)

    # QMP

    def _receive(self) -> dict:
        """The next answer, events skipped."""
        while True:
            answer = json.loads(self._qmp.readline())
            if "event" not in answer:
                return answer

    def qmp(self, command: str, **arguments) -> object:
        """Run a QMP command and return what it returns."""
        if not self._qmp:
            link = socket.socket(socket.AF_UNIX)
            link.connect(f"{self._sockets}/qmp")
            self._qmp = link.makefile("rw")
            link.close()
            self._receive()
            self.qmp("qmp_capabilities")
        self._qmp.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._qmp.flush()
        answer = self._receive()
        if "error" in answer:
            raise GuestError(f"QMP {command}: {answer['error']['desc']}")
        return answer["return"]

    def memory(self, address: int, length: int) -> bytes:
        """Physical memory as the machine has it, whatever the guest's kernel says."""
        path = self._sockets / "memory"
        self.qmp("pmemsave", val=address, size=length, filename=str(path))
        data = path.read_bytes()
        path.unlink()
        return data
