#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Take minihv away from under a stock kernel, and crash it, on each processor.

In place of Linux's own hv_crash.c, which stock kernels do not have yet, the module
probe/hvprobe.ko makes the calls and lands in code of its own, which tells what it finds:
the processor's state, and memory that was guarded before.

Exit status: 0 all is as it should be; 1 something is not; 77 a needed thing is missing.
"""
import argparse
import random
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import landmark
import selftest
from asking import SELF, control, get_registers

HERE = Path(__file__).resolve().parent
ENDED_BY_PROBE = 0x10 << 1 | 1      # isa-debug-exit
CHUNK = 256                         # bytes of a range to look at
MARK = 0x6D696E6968766372           # in R12 of a processor that crashes
IMAGE_VIEW = 0xFFFFF80000000000

# The area's fields that the test looks at: offset in versions 1 to 5, and format.
FIELDS = {
    "version": ((0, 0, 0, 0, 0), "<I"),
    "flags": ((4, 4, 4, 4, 4), "<I"),
    "base": ((8, 8, 8, 8, 8), "<Q"),
    "size": ((0x10, 0x10, 0x10, 0x10, 0x10), "<I"),
    "name length": ((0x14, 0x38, 0x38, 0x38, 0x70), "<H"),
    "name": ((0x16, 0x3A, 0x3A, 0x3A, 0x72), "64s"),
    "bug check": ((0x58, 0x80, 0x80, 0x80, 0xB8), "<5Q"),
    "page table": ((0x88, 0xB0, 0xB0, 0xB0, 0xE8), "<Q"),
    "processors": ((0xA0, 0xC8, 0xD0, 0xD0, 0x100), "<I"),
    "current processor": ((None, 0xCC, 0xD4, 0xD4, 0x104), "<I"),
    "partitions": ((None, 0x20, 0x20, 0x20, 0x58), "<Q"),
    "code": ((None, 0xD8, 0xE0, 0xE0, 0x110), "512s"),
    "states": ((0xA4, 0x2DC, 0x2E4, 0x2E4, 0x314), "<I"),
    "state size": ((0xA8, 0x2E0, 0x2E8, 0x2E8, 0x318), "<I"),
}

# What the entry point is promised (Linux, hv_trampoline.S); ET is the processor's own.
ENTRY = {"eax": 0, "ecx": 0, "edx": 0, "ebx": 0, "esp": 0, "ebp": 0, "esi": 0,
         "cr3": 0, "cr4": 0, "efer": 0x901, "efer high": 0,
         "pat": 0x00070406, "pat high": 0x00070406}
NAMES = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "cr0", "cr3", "cr4", "efer",
         "efer high", "pat", "pat high", "eflags"]


class Failed(Exception):
    """A check that did not hold."""


def expect(what, got, want):
    """Raise Failed unless GOT is WANT."""
    if got != want:
        raise Failed(f"{what}: {got!r:.120}, expected {want!r:.120}")


class Machine(selftest.Machine):
    """selftest's, with a device by which the landing code ends QEMU."""

    def crash(self, name, args, *commands):
        """Boot, run commands; returns (the debug log, the answers)."""
        work = self.work / name
        work.mkdir()
        initrd = selftest.build_initrd(work, self.module, commands)
        command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max,la57=off", "-m", "1G",
                   "-smp", str(self.cpus), "-display", "none", "-nodefaults",
                   "-no-user-config", "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4",
                   "-kernel", self.elf, "-append", args,
                   "-initrd", f"{self.kernel} console=ttyS0 panic=-1,{initrd}",
                   "-serial", f"file:{work}/console.log", "-serial", f"file:{work}/answers",
                   "-debugcon", f"file:{work}/debugcon.log"]
        self.status = subprocess.run(command, timeout=self.timeout, check=False).returncode
        return ((work / "debugcon.log").read_text(errors="replace").splitlines(),
                (work / "answers").read_text(errors="replace").split("\n"))


def only(log, start):
    """The one line of the log that begins so, as {key: value}."""
    lines = [line for line in log if line.startswith(start + " ")]
    if len(lines) != 1:
        raise Failed(f"{len(lines)} log lines begin with '{start}': {lines[:2]}")
    return dict(word.partition("=")[::2] for word in lines[0].split()[1:])


def landed(machine, log):
    """(state, other ranges) that the landing code has told."""
    if machine.status != ENDED_BY_PROBE:
        raise Failed(f"QEMU ended with {machine.status}: the landing code never ran")
    (line,) = [line for line in log if line.startswith("L ")]
    state, *ranges = [bytes.fromhex(word) for word in line.split()[1:]]
    return state, ranges


def check_entry(state, call):
    """The promised state, and no hypervisor any more."""
    found = dict(zip(NAMES, struct.unpack_from("<16I", state)))
    for name, value in ENTRY.items():
        expect(f"{name} at the entry", found[name], value)
    expect("CR0", found["cr0"] & ~0x10, 0x21)
    expect("EDI", found["edi"], int(call["arg"], 0))
    expect("interrupts", found["eflags"] & 0x200, 0)
    for name, at in (("GDTR", 0x40), ("IDTR", 0x48)):
        expect(name, struct.unpack_from("<HI", state, at), (0xFFFF, 0))
    expect("LDTR", struct.unpack_from("<H", state, 0x50), (0,))
    # "Micr" of the vendor; no hypervisor answers the leaf now.
    if state[0x54:0x58] == b"Micr":
        raise Failed("CPUID still tells of the hypervisor")


def first_log(machine):
    """A log to take addresses from: every boot of the same image has the same."""
    log, _ = machine.crash("addresses", "seed=0", "0 peek 0x1000")
    return log


def check_image(data, log):
    """The header at the image's base: enough of PE to find the section table."""
    image = only(log, "image")
    expect("DOS magic", data[:2], b"MZ")
    at = struct.unpack_from("<I", data, 0x3C)[0]
    expect("PE magic", data[at:at + 4], b"PE\0\0")
    expect("machine and sections", struct.unpack_from("<HH", data, at + 4), (0x8664, 4))
    expect("timestamp", struct.unpack_from("<I", data, at + 8)[0], int(image["timestamp"], 0))
    expect("image base", struct.unpack_from("<Q", data, at + 24 + 24)[0], int(image["base"], 0))


def disable(machine, name, seed, log):
    """DisableHypervisorEx on a healthy hypervisor, by CPU 0."""
    mark, image = (int(only(log, word)["at"], 0) for word in ("landmark", "image"))
    last = mark + (1 << 20) - CHUNK
    log, _ = machine.crash(name, f"seed={seed:#x}",
                           f"0 disable {mark} {CHUNK} {last} {CHUNK} {image} {CHUNK}")
    state, (first, end, header) = landed(machine, log)
    call = only(log, "devirtualised")
    check_entry(state, call)
    expect("stopped", (call["stopped"], call["of"]), (str(machine.cpus - 1),) * 2)
    content = landmark.content(seed, 1 << 20)
    expect("first bytes of the landmark", first, content[:CHUNK])
    expect("last bytes of the landmark", end, content[-CHUNK:])
    check_image(header, log)


def refuse(machine, name, seed, _log):
    """By another CPU, and with an entry point that 32-bit code cannot have."""
    call = control(0x10F)
    bad = struct.pack("<QQ", 1 << 32, 0).hex()
    guarded = struct.pack("<QQ", 0x20000000, 0).hex()
    commands = [f"0 call {call:#x} 0 0 0 {bad}", f"0 call {call:#x} 0 0 0 {guarded}"]
    if machine.cpus > 1:
        commands.append("1 disable")
    log, answers = machine.crash(name, f"seed={seed:#x}", *commands)
    want = ["0x0000000000000005"] * 2 + ["0x0000000000000008"] * (len(commands) - 2)
    expect("answers", [a.strip() for a in answers[:len(want)]], want)
    if any(line.startswith("devirtualised") for line in log):
        raise Failed("devirtualised all the same")


def suspend(machine, name, seed, _log):
    """SUSPEND_ALL_VPS stops the other root VPs, and says so in their registers."""
    names = [0, selftest.RIP]       # EXPLICIT_SUSPEND
    read = get_registers(SELF, 1, 0, names).hex()
    event = struct.pack("<II", 2, 1).hex()
    get = f"0 call {control(0x50, 2):#x} 0 0 32 {read}"
    log, answers = machine.crash(name, f"seed={seed:#x}", get,
                                 f"0 call {control(0x87):#x} 0 0 0 {event}",
                                 get, get, "0 disable")
    landed(machine, log)
    expect("vp-suspend", only(log, "vp-suspend")["vp"], "1")
    del answers     # the serial port's file is written only at the end, which never comes


def area_of(log):
    """The crash area as the log has it."""
    head = only(log, "crash-area")
    data = bytearray()
    for line in log:
        match = re.match(r"crash-area-bytes offset=(0x\w+) (\w+)$", line)
        if match:
            expect("offset of crash-area-bytes", int(match[1], 0), len(data))
            data += bytes.fromhex(match[2])
    expect("size of the crash area", len(data), int(head["size"]))
    return int(head["at"], 0), int(head["version"]), bytes(data)


def area_fields(version, data):
    found = {}
    for name, (offsets, layout) in FIELDS.items():
        at = offsets[version - 1]
        if at is not None:
            values = struct.unpack_from(layout, data, at)
            found[name] = values if len(values) > 1 else values[0]
    return found


def check_area(cpu, version, cpus, partitions, log, ranges):
    """What the area says against the log's line of the crash and of the image."""
    head, states, memory = ranges
    _, logged_version, data = area_of(log)
    crash, image = only(log, "crash"), only(log, "image")
    expect("version", logged_version, version)
    expect("the area after it all", head[:len(data)], data)
    f = area_fields(version, head)
    expect("fields", [f["version"], f["flags"], f["base"], f["size"], f["processors"]],
           [version, 1, int(image["base"], 0), int(image["size"], 0), cpus])
    name = "minihv.exe".encode("utf-16-le")
    expect("image name", (f["name length"], f["name"].rstrip(b"\0") + b"\0"), (len(name), name))
    expect("bug check", f["bug check"], tuple(int(crash[k], 0) for k in
                                              ("vector", "error", "rip", "cr2", "rsp")))
    expect("crashed processor", f.get("current processor", cpu), cpu)
    expect("partitions", f.get("partitions", partitions), partitions)
    offset = struct.unpack_from("<I", states, cpu * f["state size"])[0]
    expect("states", f["states"], 0x1000)
    expect("processor state", struct.unpack_from("<I", states, cpu * f["state size"] + 4)[0],
           0xD00)
    if "code" in f:
        expect("code at the faulting instruction", f["code"], memory)
    return offset


def hvcrash(machine, name, seed, version, cpu, parts):
    """A fault of minihv's own on a processor; the root steps out by itself."""
    args = f"seed={seed:#x} cda={version} parts={parts}"
    log, _ = machine.crash(name + "-where", args, f"0 crash {cpu} 0x1000 0x1000 4")
    # A first crash, to learn the addresses; nobody answers its NMI.
    at, _, _ = area_of(log)
    rip = int(only(log, "crash")["rip"], 0) - IMAGE_VIEW
    log, _ = machine.crash(name, args, f"0 crash {cpu} {at:#x} {at:#x} 0x400 "
                           f"{at + 0x1000:#x} 0x400 {rip - 256:#x} 512")
    state, ranges = landed(machine, log)
    check_entry(state, only(log, "devirtualised"))
    expect("CPU of the crash", only(log, "crash")["cpu"], str(cpu))
    check_area(cpu, version, machine.cpus, parts.count(";") + 2, log, ranges)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "../../build/minihv")
    parser.add_argument("--cpus", type=int, default=2)
    parser.add_argument("--seed", type=lambda s: int(s, 0), default=random.getrandbits(64))
    parser.add_argument("--timeout", type=int, default=180)
    parser.add_argument("--all", action="store_true", help="each version of the crash area")
    opts = parser.parse_args()
    out = opts.out.resolve()
    work = out / "crashtest"
    for tool in ("qemu-system-x86_64", "cpio"):
        if not shutil.which(tool):
            selftest.skip(f"{tool} is not installed")
    print(f"crashtest: --seed {opts.seed:#x} --cpus {opts.cpus}", flush=True)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    subprocess.run(["make", "-s", "-C", HERE, f"OUT={out}"], check=True)
    machine = Machine(out, work, opts.cpus, opts.timeout)
    return report(run_all(machine, opts), work)


def tests(opts, log):
    """(name, function) of each test."""
    rng = random.Random(opts.seed)
    parts = selftest.random_spec(rng)
    yield "disable", lambda m, n: disable(m, n, opts.seed, log)
    yield "refuse", lambda m, n: refuse(m, n, opts.seed, log)
    if opts.cpus > 1:
        yield "suspend", lambda m, n: suspend(m, n, opts.seed, log)
    for version in range(1, 6) if opts.all else (rng.randint(1, 4), 5):
        cpus = range(opts.cpus) if version == 5 else [rng.randrange(opts.cpus)]
        for cpu in cpus:
            yield (f"crash-v{version}-cpu{cpu}",
                   lambda m, n, v=version, c=cpu: hvcrash(m, n, opts.seed, v, c, parts))


def run_all(machine, opts):
    failures = 0
    for name, test in tests(opts, first_log(machine)):
        try:
            test(machine, name)
            print(f"  ok    {name}", flush=True)
        except (Failed, subprocess.TimeoutExpired) as problem:
            failures += 1
            print(f"  FAIL  {name}: {problem}", flush=True)
    return failures


def report(failures, work):
    print(f"crashtest: {'FAILED' if failures else 'passed'}, {failures} failures, logs in {work}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
