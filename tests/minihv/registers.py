#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What minihv's child partitions answer and its pages hold: the second implementation.

It follows REGISTERS.md, from which it reads the tables, and knows nothing of
the C code. Whole-system tests compare what the tools print with it.
"""
import re
import struct
from functools import lru_cache
from pathlib import Path

MASK = (1 << 64) - 1
NO_VP = 0xFFFFFFFF
NO_VTL = 0xFF
VSM_VP_STATUS, VP_INDEX = 0x000D0003, 0x00090003
PAGE = 4096
NO_INDEX = 0xFFFFFFFF
HYPERVISOR, LP, PARTITION, VP = 1, 2, 0x10001, 0x10002   # statistics objects
STATES = ("running", "halted", "intercepted", "secure")

EXPLICIT_SUSPEND, INTERCEPT_SUSPEND, INTERNAL_ACTIVITY_STATE = 0x0, 0x1, 0x4
GPRS = dict(RAX=0x20000, RCX=0x20001, RDX=0x20002, RBX=0x20003, RSP=0x20004, RBP=0x20005,
            RSI=0x20006, RDI=0x20007, RIP=0x20010, RFLAGS=0x20011, CR2=0x40001, CR3=0x40002)
R8, R15 = 0x20008, 0x2000F
ES, CS, SS, DS, FS, GS, LDTR, TR = range(0x60000, 0x60008)
IDTR, GDTR = 0x70000, 0x70001
CR0, CR8, EFER = 0x40000, 0x40004, 0x80001
PENDING, IDTR = 0x10002, 0x70000
KERNEL_GS_BASE, APIC_BASE, LSTAR, GUEST_OS_ID = 0x80002, 0x80003, 0x80009, 0x90002
PROPERTY_PROCESSORS_PER_SOCKET, PROPERTY_GUEST_OS_ID = 0x50003, 0x70000


# ------------------------------------------------------------ the tables

@lru_cache(maxsize=None)
def _sections():
    """REGISTERS.md as {heading: [row, ...]}, a row being a list of cells."""
    found, heading = {}, None
    for line in (Path(__file__).parent / "REGISTERS.md").read_text().splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").strip()
        elif line.startswith("|") and not re.match(r"[|\s-]+$", line):
            found.setdefault(heading, []).append([c.strip() for c in line.strip("|").split("|")])
    return found


def _rows(heading_start):
    """The rows of the one table below the heading that starts so, without its head."""
    (rows,) = [r for h, r in _sections().items() if h and h.startswith(heading_start)]
    return rows[1:]


def _value(text, n):
    """'0x10 + n * 0x20', 'n' or '100' for the VP with index n."""
    m = re.fullmatch(r"(n|\w+)(?: \+ n \* (\w+))?", text)
    return (n if m[1] == "n" else int(m[1], 0)) + n * int(m[2] or "0", 0)


@lru_cache(maxsize=None)
def _codes():
    result = {}
    for first, last, width in _rows("Register codes"):
        for code in range(int(first, 16), int(last, 16) + 1):
            result[code] = int(width)
    return result


def codes():
    """Every register code that exists, and its width in bits."""
    return dict(_codes())


@lru_cache(maxsize=None)
def _properties():
    rows = [r for r in _sections()["Properties"] if len(r) == 2 and r[0].startswith("0x")]
    return frozenset(c for first, last in rows
                     for c in range(int(first, 16), int(last, 16) + 1))


def properties():
    """Every property code that exists."""
    return set(_properties())


@lru_cache(maxsize=None)
def _before_set():
    return {int(code, 16): int(value, 0) for _, code, value in _rows("Before it is set")}


# -------------------------------------------------------------- the rule

def _absorb(h, x):
    z = ((h ^ x) + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def rule(seed, partition, vp, vtl, code, width=64):
    """The pattern, without its exception."""
    h = 0
    for x in (seed, partition, vp, vtl, code):
        h = _absorb(h, x)
    return h if width == 64 else _absorb(h, 1) << 64 | h


def _pattern(seed, partition, vp, vtl, code, vtl_count):
    if code == VSM_VP_STATUS:
        return vp % vtl_count | ((1 << vtl_count) - 1) << 16
    return rule(seed, partition, vp, vtl, code, _codes()[code])


# ---------------------------------------------------------- the scenarios

def _segment(base, limit, selector, attributes):
    return base | limit << 64 | selector << 96 | attributes << 112


def _table(base, limit):
    return limit << 48 | base << 64


def _system(partition, name, n):
    for row in _rows("Per system"):
        if row[0] == name:
            return _value(row[1 + partition % 2], n)
    raise KeyError(name)


@lru_cache(maxsize=None)
def _activity(partition, vp, vtl):
    """{register name: value} of what a VP is doing in a VTL."""
    column = 1 + vp % 4 + vtl
    heading = "Activities: Windows" if partition % 2 else "Activities: Linux"
    return {row[0]: _value(row[column], vp) for row in _rows(heading)}


def _scenario_segments(partition, n, user):
    def data(base=0, selector=0x2B):
        return _segment(base, 0xFFFFFFFF, selector, 0xC0F3)

    def base(name):
        return _system(partition, name, n)

    return {
        CS: _segment(0, 0xFFFFFFFF, 0x33, 0xA0FB) if user
        else _segment(0, 0xFFFFFFFF, 0x10, 0xA09B),
        SS: data() if user else _segment(0, 0xFFFFFFFF, 0x18, 0xC093),
        DS: data(), ES: data(), FS: data(base("FS base"), 0),
        GS: data(base("user GS base" if user else "kernel GS base")),
        LDTR: _segment(0, 0, 0, 0x0082),
        TR: _segment(base("TR base"), 0x67, 0x40, 0x008B),
        GDTR: _table(base("GDTR base"), 0x7F),
        IDTR: _table(base("IDTR base"), 0xFFF),
        KERNEL_GS_BASE: base("kernel GS base" if user else "user GS base"),
        LSTAR: base("LSTAR"), GUEST_OS_ID: base("GUEST_OS_ID"),
    }


@lru_cache(maxsize=None)
def _scenario_vp(partition, n, vtl):
    """{code: value} of all registers that are not 0."""
    state = STATES[n % 4]
    activity = _activity(partition, n, vtl)
    regs = {GPRS[name]: value for name, value in activity.items()}
    regs[GPRS["RBP"]] = activity["RSP"] + 0x40
    for code in range(R8, R15 + 1):
        regs[code] = 0x1111 * (code - 0x20000)
    regs.update(_scenario_segments(partition, n, state == "intercepted"))
    for _, code, value in _rows("The same everywhere"):
        regs[int(code, 16)] = _value(value, n)
    regs[APIC_BASE] = 0xFEE00800 if n else 0xFEE00900
    regs[INTERCEPT_SUSPEND] = int(state == "intercepted")
    regs[INTERNAL_ACTIVITY_STATE] = 2 if state == "halted" else 0
    regs[VSM_VP_STATUS] = 0x30001 if state == "secure" else 0x10000
    return regs


# ------------------------------------------------------------- questions

def vtls(kind, vp, vtl_count=1):
    """The VTLs that a VP has enabled. @vtl_count: VTLS of the partition's entry."""
    if kind == "scenario":
        return [0, 1] if STATES[vp % 4] == "secure" else [0]
    return list(range(vtl_count))


def _created(seed, partition, vp, code, sets):
    if code == VP_INDEX:
        return vp
    if code in sets:
        return sets[code] & ((1 << _codes()[code]) - 1)
    if code in _before_set():
        return _before_set()[code]
    return _pattern(seed, partition, vp, 0, code, 1)


def expected(seed, partition, kind, vp, vtl, code, vtl_count=1, sets=None):
    """The register's value, or None where minihv answers with an error status.

    sets: {code: value} that the root has set, for a created partition.
    """
    if code not in _codes() or vtl not in vtls(kind, vp, vtl_count):
        return None
    if kind == "created":
        return _created(seed, partition, vp, code, sets or {})
    if kind == "pattern":
        return _pattern(seed, partition, vp, vtl, code, vtl_count)
    return _scenario_vp(partition, vp, vtl).get(code, 0)


def property_value(seed, partition, kind, code, vp_count=1, sets=None):
    """The property's value, or None where minihv answers with an error status."""
    if code not in _properties():
        return None
    if kind == "created" and code in (sets or {}):
        return sets[code]
    if kind in ("pattern", "created"):
        return rule(seed, partition, NO_VP, NO_VTL, code)
    if code == PROPERTY_PROCESSORS_PER_SOCKET:
        return vp_count
    if code == PROPERTY_GUEST_OS_ID:
        return _system(partition, "GUEST_OS_ID", 0)
    for row in _sections()["Properties"]:
        if len(row) == 3 and row[1].startswith("0x") and int(row[1], 16) == code:
            return int(row[2], 0)
    return 0


def _words(values):
    return b"".join(v.to_bytes(8, "little") for v in values)


def stats_page(seed, kind, area, partition=0, index=NO_INDEX, cpus=None):
    """The 4096 bytes of an object's statistics; cpus: how many there are."""
    values = [rule(seed, partition, index, 0x80 + area, 0x5A000000 + i) for i in range(512)]
    if kind == HYPERVISOR:
        values[1] = cpus
    return _words(values)


APIC, TIMERS, SIM, SIEF = 0x80000000, 4, 0x80000002, 0x80000003


def vp_state(seed, partition, vp, vtl, kind):
    """What GetVpState gives of a child's VP: a page, or 200 bytes of timers."""
    first, count = {APIC: (0, 22), TIMERS: (0, 25)}.get(kind, (vp % 16 * 32, 32))
    code = 0x5D000000 + ((kind & 0xFF) << 16)
    values = [rule(seed, partition, vp, vtl, code + i) if first <= i < first + count else 0
              for i in range(25 if kind == TIMERS else 512)]
    return _words(values)


def hypervisor_time(seed, lp):
    """Of a logical processor's run times."""
    return rule(seed, 1, lp, 0, 0x5E000000)


def register_page(seed, partition, vp, sets=None):
    """The register page of a created partition's VP, for what has been set."""
    page = bytearray(PAGE)
    page[0:3] = bytes((1, 0, 1))
    for offset, first, count, size in _rows("Register page"):
        for i in range(int(count)):
            at, size_ = int(offset, 16) + i * int(size), int(size)
            value = expected(seed, partition, "created", vp, 0, int(first, 16) + i, sets=sets)
            page[at:at + size_] = value.to_bytes(size_, "little")
    return bytes(page)


def _intercept(regs, mapped):
    """(message type, address) for the pages that are mapped, {gfn: executable}."""
    address = ((regs[CS] & MASK) + regs[GPRS["RIP"]]) & MASK
    if regs[PENDING] & 0xF == 7 and not regs[IDTR] >> 48 & 0xFFFF:
        return 0x80000021, address
    executable = mapped.get(address // PAGE)
    if regs[CR0] >> 31 & 1 or executable:
        return 0x80010007, address
    return (0x80000000 if executable is None else 0x80000001), address


def intercept_page(partition, vp, sets=None, mapped=None):
    """The intercept message page of a created partition's VP.

    mapped: {guest page number: whether it may be executed}.
    """
    regs = {code: expected(0, partition, "created", vp, 0, code, sets=sets)
            for code in (CS, CR0, CR8, EFER, GPRS["RIP"], GPRS["RFLAGS"], PENDING, IDTR)}
    kind, address = _intercept(regs, mapped or {})
    halt, protected = kind == 0x80010007, regs[CR0] & 1
    state = (regs[CS] >> 96 & 3) * protected | protected << 2 | (regs[CR0] >> 18 & 1) << 3 | \
        (regs[EFER] >> 10 & 1) << 4
    payload = struct.pack("<IBBH16sQQ", vp, halt | (regs[CR8] & 15) << 4, 2, state,
                          regs[CS].to_bytes(16, "little"), regs[GPRS["RIP"]], regs[GPRS["RFLAGS"]])
    if kind < 0x80000010:
        payload += struct.pack("<IBBBBQQ16x", 6, 0, 1, 0, 0, address, address)
    message = struct.pack("<IBBHQ", kind, len(payload), 0, 0, partition) + payload
    return message.ljust(PAGE, bytes(1))


def _synic(slot_of):
    return b"".join(bytes(256) if sint in (0, 5) else slot_of(sint).ljust(256, bytes(1))
                    for sint in range(16))


def message_page(seed, vp):
    """synic=pattern: the SIM page of a root VP, slots 0 and 5 empty."""
    return _synic(lambda s: struct.pack("<IB3xQ", s, 16 * s, 0x100 * s) + _words(
        rule(seed, 1, vp, 0x90 + s, 0x5B000000 + i) for i in range(2 * s)))


def event_flags_page(seed, vp):
    """synic=pattern: the SIEF page of a root VP."""
    return _synic(lambda s: _words(rule(seed, 1, vp, 0x90 + s, 0x5C000000 + i)
                                   for i in range(32)))


def event_ring_page(vp):
    """synic=pattern: the SIRB page of a root VP."""
    return _synic(lambda s: b"" if not s else bytes((1, 0, 0, 0)) + b"".join(
        ((vp << 8 | s << 4 | i) + 1).to_bytes(4, "little") for i in range(s)))


def parents(spec):
    """parts=SPEC as {id: parent's id}."""
    ids = (entry.split(":")[0].split("@") for entry in filter(None, spec.split(";")))
    return {int(i[0], 0): int(i[1], 0) if len(i) > 1 else 1 for i in ids}


def parse_spec(spec):
    """parts=SPEC as [(id, kind, [VP indexes], VTLS), ...] by increasing id."""
    result = []
    for entry in filter(None, spec.split(";")):
        fields = entry.split(":")
        fields[0] = fields[0].split("@")[0]
        count = int(fields[2], 0)
        vps = [int(i, 0) for i in fields[4].split(".")] if len(fields) > 4 else list(range(count))
        result.append((int(fields[0], 0), fields[1], vps,
                       int(fields[3], 0) if len(fields) > 3 else 1))
    return sorted(result)


def check_examples():
    """REGISTERS.md's worked examples against this implementation."""
    for seed, partition, vp, vtl, code, value in _rows("Worked examples"):
        width = 128 if len(value) > 18 else 64
        got = rule(int(seed, 0), int(partition, 0), int(vp, 0), int(vtl, 0),
                   int(code.split()[0], 16), width)
        if got != int(value, 16):
            raise AssertionError(f"{code}: page says {value}, rule gives {got:#x}")


if __name__ == "__main__":
    check_examples()
    print(f"{len(_codes())} registers, {len(_properties())} properties, examples agree")
