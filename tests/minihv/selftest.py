#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot a stock kernel on minihv and compare what its hypercalls answer.

The kernel is the Debian one that the installed headers belong to. In it the
module probe/hvprobe.ko issues hypercalls as this script composes them, byte
by byte; their answers are compared with registers.py (the second
implementation of REGISTERS.md), for a seed that is drawn each run.

Exit status: 0 all agree; 1 something differs; 77 a needed thing is missing.
"""
import argparse
import glob
import os
import random
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import lifetest
import registers
from asking import (BAD_ALIGNMENT, BAD_CODE, BAD_INPUT, BAD_PARAMETER, BAD_PARTITION, BAD_VP,
                    BAD_VTL, FILLER, PAGE, ROOT_ID, SELF, UNKNOWN_PROPERTY, VP_SELF, Session,
                    call, control, get_registers, parse_call, values_bytes)

HERE = Path(__file__).resolve().parent
INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
stty -F /dev/ttyS1 raw 2>/dev/null
insmod /hvprobe.ko || { poweroff -f; }
taskset -p 1 $$ > /dev/null
while read -r cpu line; do
	if [ "$cpu" = 0 ]; then
		echo "$line" > /proc/hvprobe
	else
		taskset $((1 << cpu)) sh -c 'echo "$1" > /proc/hvprobe' sh "$line"
	fi
done < /commands
cat /proc/hvprobe > /dev/ttyS1
sleep 1
poweroff -f
"""


def skip(why):
    print(f"selftest: skipped: {why}")
    sys.exit(77)


def ask_children(session, parts, parents):
    """GetPartitionId, and all lists of children to their ends."""
    call(session, "partition id", control(0x46), out_len=8, output=struct.pack("<Q", ROOT_ID))
    all_ids = [p[0] for p in parts]
    for parent in [SELF, ROOT_ID] + all_ids:
        ids = [i for i in all_ids if parents[i] == (ROOT_ID if parent == SELF else parent)]
        for previous, following in zip([0] + ids, ids + [0]):
            call(session, "children", control(0x47), struct.pack("<QQ", parent, previous), 8,
                 output=struct.pack("<Q", following))
    call(session, "children", control(0x47), struct.pack("<QQ", 0xDEAD, 0), 8, BAD_PARTITION)
    call(session, "children", control(0x47), struct.pack("<QQ", SELF, 0xDEAD), 8, BAD_PARTITION)


def ask_registers(session, rng, seed, parts):
    """Every register of every VP and VTL, in lists of random length."""
    for pid, kind, vps, vtl_count in parts:
        for vp in vps:
            for vtl in registers.vtls(kind, vp, vtl_count):
                names = list(registers.codes())
                rng.shuffle(names)
                while names:
                    n = rng.randint(1, 256)
                    batch, names = names[:n], names[n:]
                    want = [registers.expected(seed, pid, kind, vp, vtl, c, vtl_count)
                            for c in batch]
                    call(session, f"{kind} registers", control(0x50, len(batch)),
                         get_registers(pid, vp, vtl, batch), len(batch) * 16,
                         done=len(batch), output=values_bytes(want))
                    session.count(f"{kind} register values", len(batch))


def unknown_codes():
    known = registers.codes()
    near = {c + d for c in known for d in (-1, 1)} | {0x209, 0x230, 0xC0000, 0xD0000, 0xD0000009}
    return sorted(c for c in near if c >= 0 and c not in known)


def ask_unknown_registers(session, rng, seed, parts):
    """A name that does not exist ends the list there."""
    for pid, kind, vps, vtl_count in parts:
        vp = rng.choice(vps)
        for code in unknown_codes():
            good = rng.sample(sorted(registers.codes()), rng.randint(0, 5))
            want = [registers.expected(seed, pid, kind, vp, 0, c, vtl_count) for c in good]
            names = good + [code, 0x20010]
            call(session, f"{kind} unknown names", control(0x50, len(names)),
                 get_registers(pid, vp, 0, names), len(names) * 16, BAD_PARAMETER, len(good),
                 values_bytes(want) + bytes([FILLER]) * 32)


def ask_rep_rules(session, seed, parts):
    """Start index, counts, blocks: TLFS 3.3 to 3.8."""
    pid, kind, vps, vtl_count = parts[0]
    names = sorted(registers.codes())[:256]
    block = get_registers(pid, vps[0], 0, names)
    want = [registers.expected(seed, pid, kind, vps[0], 0, c, vtl_count) for c in names]

    def regs(reps, start, out_len, **kw):
        call(session, "rep rules", control(0x50, reps, start, **{
            k: kw.pop(k) for k in ("fast", "var", "extra") if k in kw}), block, out_len, **kw)

    for start in (1, 7, 255):
        regs(256, start, PAGE, done=256,
             output=bytes([FILLER]) * 16 * start + values_bytes(want[start:]))
    regs(2, None or 0, 48, done=2, output=values_bytes(want[:2]) + bytes([FILLER]) * 16)
    regs(0, 0, 16, want=BAD_INPUT)
    regs(5, 5, 16, want=BAD_INPUT, done=5)
    regs(5, 9, 16, want=BAD_INPUT, done=9)
    regs(257, 0, 16, want=BAD_ALIGNMENT)
    regs(1, 0, 16, want=BAD_INPUT, fast=True)
    regs(1, 0, 16, want=BAD_INPUT, var=1)
    for bit in (27, 30, 31, 44, 47, 60, 63):
        regs(1, 0, 16, want=BAD_INPUT, extra=1 << bit)
    call(session, "rep rules", control(0x46, reps=1), b"", 8, BAD_INPUT)
    call(session, "rep rules", control(0x46, fast=True), b"", 8, BAD_INPUT)


def ask_blocks(session, parts, guarded):
    """Where the input and output blocks may lie."""
    pid, _, vps, _ = parts[0]
    block = get_registers(pid, vps[0], 0, [0x20010, 0x20011])
    group = "block placement"
    for at in ("4", "1"):
        call(session, group, control(0x50, 2), block, 32, BAD_ALIGNMENT, in_at=at)
        call(session, group, control(0x50, 2), block, 32, BAD_ALIGNMENT, out_at=at)
    call(session, group, control(0x50, 2), block, 32, BAD_ALIGNMENT, in_at=str(PAGE - 16))
    call(session, group, control(0x50, 2), block, 32, BAD_ALIGNMENT, out_at=str(PAGE - 24))
    for address in (guarded, 0xFEE00000, 1 << 45):
        call(session, group, control(0x50, 2), block, 0, BAD_ALIGNMENT, out_at=f"={address:#x}")
        call(session, group, control(0x50, 2), block, 32, BAD_ALIGNMENT, in_at=f"={address:#x}")
    call(session, group, control(0x50, 2), block, 32, done=2, in_at=str(PAGE - 24),
         out_at=str(PAGE - 32))


def ask_statuses(session, parts):
    """Calls, partitions, VPs and VTLs that do not exist."""
    pid, kind, vps, vtl_count = parts[0]
    group = "statuses"
    for code in (0x0, 0x5A, 0x5F, 0x3FF, 0x8001):
        call(session, group, control(code), b"", 8, BAD_CODE)
    for target, want in (
            ((0xDEAD, 0, 0), BAD_PARTITION), ((0, 0, 0), BAD_PARTITION),
            ((pid, max(vps) + 1, 0), BAD_VP), ((pid, VP_SELF, 0), BAD_VP),
            ((ROOT_ID, 77, 0), BAD_VP), ((SELF, 0, 1), BAD_VTL),
            ((pid, vps[0], len(registers.vtls(kind, vps[0], vtl_count))), BAD_VTL),
            ((pid, vps[0], 15), BAD_VTL)):
        call(session, group, control(0x50, 1), get_registers(*target, [0x20010]), 16, want)
    for byte in range(12, 16):
        block = bytearray(get_registers(pid, vps[0], 0, [0x20010]))
        block[byte] |= 0x20
        call(session, group, control(0x50, 1), bytes(block), 16, BAD_PARAMETER)


def ask_properties(session, seed, parts):
    group = "properties"
    unknown = [c + d for c in registers.properties() for d in (-1, 1)
               if c + d not in registers.properties()] + [0x90007]
    for pid, kind, vps, _ in parts:
        for code in sorted(registers.properties()):
            value = registers.property_value(seed, pid, kind, code, len(vps))
            call(session, group, control(0x44), struct.pack("<QII", pid, code, 0), 8,
                 output=struct.pack("<Q", value))
        for code in unknown:
            call(session, group, control(0x44), struct.pack("<QII", pid, code, 0), 8,
                 UNKNOWN_PROPERTY)
    call(session, group, control(0x44), struct.pack("<QII", 0xDEAD, 0x70000, 0), 8, BAD_PARTITION)
    call(session, group, control(0x7B), struct.pack("<IIQ", 15, 0, 0), 8,
         output=struct.pack("<Q", 2))
    call(session, group, control(0x7B), struct.pack("<IIQ", 99, 0, 0), 8, UNKNOWN_PROPERTY)


# ------------------------------------------------- the root's own registers

# DR6 and DR7's reserved bits and what TR calls busy differ by how one asks; the
# attributes that LAR shows do not include the bits that VMRUN ignores.
def check_self(session, group, answer):
    result, *pairs = answer.split()
    if int(result, 16) & 0xFFFF:
        return f"GetVpRegisters: {result}"
    for pair in pairs:
        code, _, both = pair.partition("=")
        native, reported = both.split("/")
        session.count(group)
        if native != reported:
            return f"register {code}: processor {native}, hypervisor {reported}"
    return None if pairs else "nothing compared"


# native_spin() of the module: multiples of a pattern, by register code.
SPIN_PATTERN = 0x0101010101010101
SPIN_HELD = {0x20000: 1, 0x20001: 2, 0x20002: 3, 0x20003: 4, 0x20006: 7,
             **{0x20000 + n: n + 1 for n in range(8, 16)}}
RIP, VP_INDEX, ACTIVITY = 0x20010, 0x90003, 0x4


def check_spinning(cpu):
    def check(session, group, answer):
        if "error" in answer:
            return answer
        begin, end, rest = answer.split(" ", 2)
        status, done, out = parse_call(rest)
        values = [int.from_bytes(out[i:i + 16], "little") for i in range(0, len(out), 16)]
        if status or done != len(values):
            return f"status {status:#x} done {done}"
        session.count(group, len(values))
        *held, rip, index, activity = values
        if held != [SPIN_PATTERN * n for n in SPIN_HELD.values()]:
            return f"registers {[hex(v) for v in held]}"
        if not int(begin, 16) <= rip <= int(end, 16):
            return f"RIP {rip:#x} outside {begin}-{end}"
        return None if (index, activity) == (cpu, 0) else f"VP {index} activity {activity:#x}"

    return check


def ask_root(session, cpus):
    names = list(SPIN_HELD) + [RIP, VP_INDEX, ACTIVITY]
    ctl = control(0x50, len(names))
    for cpu in range(cpus):
        session.ask("own VP registers", "self", check_self, cpu)
    for cpu in range(1, cpus):
        for me, other in ((0, cpu), (cpu, 0)):
            for partition in (SELF, ROOT_ID):
                data = get_registers(partition, other, 0, names).hex()
                session.ask("other root VP registers",
                            f"spincall {other} {ctl:#x} 0 0 {len(names) * 16} {data}",
                            check_spinning(other), me)


def ask_unstarted(session):
    """VP 1 when the kernel created it and left it alone (maxcpus=1): as after INIT."""
    after_init = {RIP: 0xFFF0, 0x20011: 2, 0x40000: 0x10, 0x40002: 0, 0x80001: 0,
                  0x60001: 0xFFFF0000 | 0xFFFF << 64 | 0xF000 << 96 | 0x9B << 112,
                  0x80004: 0x0007040600070406, VP_INDEX: 1, ACTIVITY: 1, 0: 0, 1: 0}
    for partition in (SELF, ROOT_ID):
        call(session, "VP not started", control(0x50, len(after_init)),
             get_registers(partition, 1, 0, after_init), 16 * len(after_init),
             done=len(after_init), output=values_bytes(after_init.values()))


def ask_uncreated(session):
    """VP 1 when the kernel has not created it (nr_cpus=1)."""
    call(session, "VP not created", control(0x50, 1), get_registers(SELF, 1, 0, [RIP]), 16, BAD_VP)


def ask_guard(session, guarded, end):
    """Guarded memory faults, the shared page behind it does not."""
    def faults(s, g, answer):
        s.count(g)
        return None if answer.startswith("-14 ") else f"answer {answer}, expected -EFAULT"

    def reads(s, g, answer):
        s.count(g)
        return None if answer.startswith("0 ") else f"answer {answer}, expected success"

    session.ask("guard", f"peek {guarded:#x}", faults)
    session.ask("guard", f"peek {end - PAGE:#x}", faults)
    session.ask("guard", f"peek {end:#x}", reads)


# ----------------------------------------------------------------- the run

def headers():
    found = sorted(glob.glob("/usr/src/linux-headers-*-cloud-amd64"))
    if not found:
        skip("no linux-headers-*-cloud-amd64 installed")
    return found[-1], Path(found[-1]).name.removeprefix("linux-headers-")


def kernel_image(release, work):
    """The kernel that the headers belong to: found, or downloaded into the cache."""
    cache = Path(os.environ.get("HVDUMP_CACHE") or
                 Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "hvdump")
    target = cache / f"minihv-kernel-{release}" / f"vmlinuz-{release}"
    if target.exists():
        return target
    package = f"linux-image-{release}"
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", f"linux-headers-{release}"],
                             capture_output=True, text=True).stdout
    for spec in (f"{package}={version}", package):
        if not subprocess.run(["apt-get", "download", spec], cwd=work,
                              capture_output=True).returncode:
            break
    debs = list(work.glob(f"{package}_*.deb"))
    if not debs:
        skip(f"cannot download {package}")
    subprocess.run(["dpkg", "-x", debs[0], work / "image"], check=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    shutil.copy(work / "image/boot" / target.name, partial)
    partial.rename(target)
    return target


def build_probe(build, work):
    src = work / "probe"
    shutil.copytree(HERE / "probe", src)
    made = subprocess.run(["make", "-C", build, f"M={src}", "modules"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode or "warning:" in made.stdout:
        sys.exit(f"selftest: cannot build the probe cleanly:\n{made.stdout}")
    return src / "hvprobe.ko"


def build_initrd(work, module, commands):
    root = work / "root"
    for d in ("bin", "dev", "proc"):
        (root / d).mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin/busybox")
    shutil.copy(module, root)
    (root / "commands").write_text("\n".join(commands) + "\n")
    (root / "init").write_text(INIT)
    (root / "init").chmod(0o755)
    names = "\n".join(str(p.relative_to(root)) for p in sorted(root.rglob("*")))
    with open(work / "initrd.img", "wb") as f:
        subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=root, check=True,
                       input=names.encode(), stdout=f)
    return work / "initrd.img"


class Machine:
    """What stays the same from boot to boot."""

    def __init__(self, out, work, cpus, timeout):
        build, release = headers()
        self.work, self.cpus, self.timeout = work, cpus, timeout
        self.elf = out / "minihv.elf"
        self.kernel = kernel_image(release, work)
        self.module = build_probe(build, work)

    def run(self, name, session, args, kernel_args=""):
        """Boot, put the session's commands, judge the answers. @return the debug log."""
        work = self.work / name
        work.mkdir()
        initrd = build_initrd(work, self.module, session.commands)
        command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max,la57=off", "-m", "1G",
                   "-smp", str(self.cpus), "-display", "none", "-nodefaults",
                   "-no-user-config", "-no-reboot", "-kernel", self.elf, "-append", args,
                   "-initrd", f"{self.kernel} console=ttyS0 panic=-1 {kernel_args},{initrd}",
                   "-serial", f"file:{work}/console.log", "-serial", f"file:{work}/answers",
                   "-debugcon", f"file:{work}/debugcon.log"]
        try:
            subprocess.run(command, check=True, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            sys.exit(f"selftest: no end within {self.timeout} s, see {work}/console.log")
        answers = (work / "answers").read_text(errors="replace")
        session.judge(answers.replace("\r", "").splitlines())
        return (work / "debugcon.log").read_text(errors="replace").splitlines()


def check_log(session, lines, guarded):
    """The log has a line for each of our calls, and for the guarded accesses."""
    ours = sum(c.split()[1] in ("call", "self", "spincall") for c in session.commands)
    pattern = re.compile(r"hvcall cpu=\d+ code=0x[0-9a-f]{4} name=\S+ part=(-|0x[0-9a-f]+) "
                         r"vp=(-|\d+) vtl=(-|\d+) reps=\d+-\d+ done=\d+ status=0x[0-9a-f]{4}$")
    calls = [line for line in lines if line.startswith("hvcall ")]
    session.count("log lines", len(calls))
    bad = [line for line in calls if not pattern.match(line)]
    if bad or len(calls) < ours:
        session.failures.append(f"log: {len(calls)} lines for {ours} calls, malformed: {bad[:2]}")
    faults = [line for line in lines
              if re.match(rf"inject-gp cpu=\d+ gpa={guarded:#x} rip=0x[0-9a-f]+ ", line)]
    if len(faults) != 1:
        session.failures.append(f"log: {len(faults)} inject-gp lines for {guarded:#x}")


def random_spec(rng):
    """A few partitions of both kinds, random ids, sparse VP indexes, children's children."""
    ids = rng.sample(range(2, 0xFFFF), 4)
    even, odd = ids[2] & ~1, ids[3] | 1
    sparse = ".".join(map(str, sorted(rng.sample(range(200), 3))))
    return (f"{ids[0]:#x}:pattern:2:3;{ids[1] + 0x10000}:pattern:3:1:{sparse};"
            f"{even + 0x20000:#x}:scenario:5;{odd + 0x30000:#x}:scenario:4;"
            f"{even + 0x40000:#x}@{ids[0]}:pattern:1;{odd + 0x50000}@{ids[0]:#x}:scenario:2")


def symbols(out):
    """{name: address} of minihv."""
    names = subprocess.run(["nm", out / "minihv64.elf"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in names.splitlines()}


def compose(rng, seed, spec, cpus, guarded, guarded_end):
    session, parts = Session(), registers.parse_spec(spec)
    ask_children(session, parts, registers.parents(spec))
    ask_registers(session, rng, seed, parts)
    ask_unknown_registers(session, rng, seed, parts)
    ask_rep_rules(session, seed, parts)
    ask_blocks(session, parts, guarded)
    ask_statuses(session, parts)
    ask_properties(session, seed, parts)
    ask_root(session, cpus)
    ask_guard(session, guarded, guarded_end)
    return session


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "../../build/minihv")
    parser.add_argument("--cpus", type=int, default=2)
    parser.add_argument("--seed", type=lambda s: int(s, 0), default=random.getrandbits(64))
    parser.add_argument("--parts", help="instead of a random parts= specification")
    parser.add_argument("--timeout", type=int, default=600)
    opts = parser.parse_args()
    out = opts.out.resolve()
    work = out / "selftest"
    for tool in ("qemu-system-x86_64", "cpio", "nm"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")

    rng = random.Random(opts.seed)
    spec = opts.parts or random_spec(rng)
    print(f"selftest: --seed {opts.seed:#x} --cpus {opts.cpus} --parts '{spec}'", flush=True)
    registers.check_examples()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    subprocess.run(["make", "-s", "-C", HERE, f"OUT={out}"], check=True)
    machine = Machine(out, work, opts.cpus, opts.timeout)
    args = f"seed={opts.seed:#x} parts={spec}"
    layout = symbols(out)
    guarded = layout["guarded_start"]
    session = compose(rng, opts.seed, spec, opts.cpus, guarded, layout["guarded_end"])
    check_log(session, machine.run("main", session, args), guarded)
    sessions = [session, Session()]
    life = lifetest.compose(sessions[1], rng, opts.seed, spec, opts.cpus, layout)
    lifetest.check_log(sessions[1], life, machine.run("life", sessions[1], f"{args} synic=pattern",
                                                      lifetest.KERNEL_ARGS))
    if opts.cpus > 1:
        for ask, kernel_args in ((ask_unstarted, "maxcpus=1"), (ask_uncreated, "nr_cpus=1")):
            sessions.append(Session())
            ask(sessions[-1])
            machine.run(kernel_args, sessions[-1], args, kernel_args)
    return report(sessions, work)


def report(sessions, work):
    failures = [f for s in sessions for f in s.failures]
    for session in sessions:
        for group, n in sorted(session.compared.items()):
            print(f"  {n:6} compared: {group}")
    for failure in failures[:20]:
        print(f"FAIL {failure}")
    print(f"selftest: {'FAILED' if failures else 'passed'}, "
          f"{len(failures)} failures, logs in {work}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
