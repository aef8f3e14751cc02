# SPDX-License-Identifier: GPL-2.0-or-later
"""Each rule of the report: a crash that provokes it, and one that does not.

A crash is written here note by note; its neighbour differs in the one thing that the rule is about.
What a rule reads in Linux's memory is planted in a copy of a real vmcore.
"""

import json
import re
import struct
import subprocess

import pytest

import analyzer
import cores
import notes
import vmcores
from analyzer import HVDUMP_SAN, TOP, hvdump, valid, write
from kdumps import Kdump
from test_driver import VMCORE

CHILD, PAGE = 0x102, 4096
INTERCEPT_SUSPEND, PENDING_INTERRUPTION, PENDING_EVENT0 = 1, 0x10002, 0x10004
P0, CTL, OS_ID = 0x210, 0x215, 0x90002
NOTIFY, MESSAGE = 1 << 63, 1 << 62
LINUX, WINDOWS = 0x8100000601C00000, 0x0001040A00004F7C
GET_REGISTERS, GET_PROPERTY = 0x50, 0x44
BY_DRIVER, BY_HYPERVISOR = 1 << 3, 1 << 2
TRACKED = 0x40
NAME = "hvdump.elf"


# --- making a crash

def capture(reason=1, flags=4, hypervisor=1):
    return notes.record(notes.CAPTURE, struct.pack(
        "<IIIIQQQQII", reason, flags, 1, 1, 20_000_000, 1_700_000_001_000_000_000, 6_000_000_000,
        12_000_000, hypervisor, 0))


def partition(ident=CHILD, seen=BY_DRIVER | BY_HYPERVISOR):
    return notes.record(notes.PARTITION, struct.pack("<QQIIII", ident, 1, 3, 2, seen, 0), 10)


def vp(index=0, flags=4, ident=CHILD):
    return notes.record(notes.VP, struct.pack("<QIIIIII", ident, index, 0xFFFFFFFF, 1, 0, flags, 0),
                        20)


def child(values, index=0, ident=CHILD):
    """One VP that runs, but for these registers."""
    return [vp(index, ident=ident),
            notes.registers(ident, index, {0: 0, INTERCEPT_SUSPEND: 0, 3: 0, 4: 0,
                                           0x20010: 0x1000, **values})]


def crash(*records, loads=(), reason=1, flags=4, hypervisor=1, ended=True, dropped=(),
          release=b"7.2.13", stages=()):
    """hvdump.elf: a panic of the root partition, which has one child."""
    root = notes.record(notes.PARTITION, struct.pack("<QQIIII", 1, 0, 1, 1, 1 << 1, 0), 10)
    captured = [capture(reason, flags, hypervisor), root, partition()]
    for group in records:
        captured += group if isinstance(group, list) else [group]
    if ended:
        captured.append(notes.end(captured, dropped))
    segment = notes.chunk([notes.header(release=release), *captured], close=ended)
    if stages:
        segment += notes.chunk(list(stages), role=1)
    return cores.elf(segment, loads)


def message(kind, payload=b"", index=0, sender=CHILD):
    """A page with a message: 16 bytes of header, and a payload that the VP's index begins."""
    body = struct.pack("<I", index) + payload
    body = body.ljust(max(len(body), 40), b"\0")
    return (struct.pack("<IB3xQ", kind, len(body), sender) + body).ljust(PAGE, b"\0")


def stopped(page, index=0):
    """A VP on an intercept, and its intercept message page."""
    return [*child({INTERCEPT_SUSPEND: 1}, index),
            notes.pages(notes.page(0x9000 + index, notes.INTERCEPT_PAGE, partition=CHILD,
                                   vp=index))], [((0x9000 + index) * PAGE, page)]


def unmapped(address, index=0):
    """hv_x64_memory_intercept_message: the GPA at 0x38."""
    return message(0x80000000, bytes(0x24) + struct.pack("<IBBBBQQ16x", 6, 0, 1, 0, 0, address,
                                                         address), index)


def area(version=5, valid_flag=1, code=0x20001):
    """The crash dump area's first page, version 5."""
    page = bytearray(PAGE)
    struct.pack_into("<IIQI", page, 0, version, valid_flag, 0xFFFFF80000000000, 0x100000)
    struct.pack_into("<6Q", page, 0xB8, code, 1, 2, 3, 4, 0xFFFFF80000001234)
    return bytes(page)


AREA = notes.pages(notes.page(0x8000, notes.CRASH_AREA))


def crash_registers(p, os_id=LINUX, control=NOTIFY):
    return {OS_ID: os_id, CTL: control, **{P0 + i: value for i, value in enumerate(p)}}


OOPS = crash_registers([2, LINUX, 0xFFFFFFFF8104C0B2, 0x11, 0xFFFFC900001F3C70])
BUG_CHECK = crash_registers([0xD1, 0x28, 2, 1, 0xFFFFF8045F9B4C27], WINDOWS)


def stopped_crash(page):
    records, loads = stopped(page)
    return crash(records, loads=loads)


# --- the table: rule, severity, the crash that provokes it, its neighbour, words of the finding

RULES = {
    "linux-panic": ("fatal", crash(child({})), crash(child({}), reason=3),
                    "Linux panicked on CPU 1"),
    "hypervisor-crash": (
        "fatal", crash(AREA, reason=2, loads=[(0x8000 * PAGE, area())]), crash(child({})),
        "bug check 0x20001, at its image+0x1234"),
    "live-capture": ("info", crash(child({}), reason=3), crash(child({})), "Nothing died"),
    "unknown-reason": ("warning", crash(child({}), reason=77), crash(child({})), "77"),
    "hypervisor-crashed-later": (
        "fatal", crash(child({}), stages=[notes.stage(3)]),
        crash(child({}), stages=[notes.stage(1)]), "crashed after the capture"),
    "hook-never-ran": ("error", cores.elf(notes.chunk([notes.header()])), crash(child({})),
                       "its hook never ran"),
    "no-module": ("error", cores.elf(notes.prstatus()), crash(child({})), "was not loaded"),
    "damaged": ("error", crash(child({}))[:-60], crash(child({})), "damaged"),
    "capture-cut-off": ("error", crash(child({}), ended=False), crash(child({})), "cut off"),
    "capture-incomplete": ("error", crash(child({}), dropped=[(notes.VP, 1, 7)]),
                           crash(child({}), dropped=[(notes.VP, 4, 7)]), "incomplete"),
    "hypervisor-not-asked": ("info", crash(reason=2, dropped=[(notes.VP, 4, 7)]),
                             crash(child({}), dropped=[(notes.VP, 2, 7)]), "it had crashed"),
    "guest-crashed": ("error", crash(child(OOPS)), crash(child(crash_registers([0] * 5))),
                      "partition 0x102 reported that it crashed: Linux 6.1 oopsed, code 0x2, "
                      "RIP 0xffffffff8104c0b2"),
    "vp-gave-up": ("error", stopped_crash(message(0x80000021)), stopped_crash(unmapped(0x1000)),
                   "VP 0 of partition 0x102 was stopped by a triple fault."),
    "hypervisor-out-of-memory": (
        "error", crash(child({}), notes.failure(GET_REGISTERS, 0xB, CHILD, 0),
                       notes.balance(CHILD, 3, 2000)),
        crash(child({}), notes.failure(GET_REGISTERS, 0xE, CHILD, 0), notes.balance(CHILD, 3, 9)),
        "not enough memory"),
    "vp-on-intercept": ("warning", crash(child({INTERCEPT_SUSPEND: 1})), crash(child({})),
                        "1 VP was stopped on an intercept"),
    "partitions-differ": (
        "warning", crash(partition(0x103, BY_DRIVER), flags=TRACKED),
        crash(partition(0x103), flags=TRACKED), "not tell of the same partitions"),
    "vps-differ": ("warning", crash(vp(1, flags=8), flags=TRACKED),
                   crash(vp(1, flags=4), flags=TRACKED), "not tell of the same VPs"),
    "failed-calls": ("warning", crash(child({}), notes.failure(GET_REGISTERS, 5, CHILD, 0)),
                     crash(child({})), "1 hypercall failed"),
    "vp-not-captured": ("warning", crash(vp()), crash(child({})), "1 VP was not captured"),
    "pending-exception": (
        "warning", crash(child({PENDING_INTERRUPTION: 1 | 3 << 1 | 8 << 16})),
        crash(child({PENDING_INTERRUPTION: 1 | 0 << 1 | 8 << 16})), "double faults"),
    "pages-not-read": ("warning", crash(child({}), notes.unread((9, 2, 10, 5))),
                       crash(child({})), "2 pages of memory were not collected"),
    "no-linux": ("info", crash(child({})), crash(child({}), reason=3), "no stacks"),
    "devirtualised": ("info", crash(child({}), stages=[notes.stage(2)]), crash(child({})),
                      "was taken away"),
    "not-devirtualised": ("info", crash(child({}), stages=[notes.stage(1)]),
                          crash(child({}), stages=[notes.stage(2)]), "still there"),
    "dump-level": ("warning", analyzer.kdump(cores.note_segment(crash(child({}))), pages={3: b"x"}),
                   analyzer.kdump(cores.note_segment(crash(child({}), release=b"6.12.1")),
                                  pages={3: b"x"}), "level 31"),
}

# Those that read Linux's memory have tests of their own below.
OF_LINUX = {"cpu-silent", "root-was-asking", "views-differ"}


def report(path, data, **more):
    done = hvdump("report", "--json", write(path / NAME, data), **more)
    assert done.returncode in (0, 3, 4), done.stderr
    return valid("report", done.stdout)


def found(path, data, **more):
    """{id: finding}, and that they are in the order of their weight."""
    findings = report(path, data, **more)["findings"]
    weights = ["fatal", "error", "warning", "info"]
    order = [weights.index(one["severity"]) for one in findings]
    assert order == sorted(order)
    assert len({one["id"] for one in findings}) == len(findings)
    return {one["id"]: one for one in findings}


@pytest.mark.parametrize("rule", RULES)
def test_provoked(rule, tmp_path):
    severity, data, _, words = RULES[rule]
    one = found(tmp_path, data)[rule]
    assert one["severity"] == severity and words in one["text"], one["text"]
    assert one["evidence"], "it rests on nothing"
    for evidence in one["evidence"]:
        done = hvdump(*evidence["command"].split()[1:], cwd=tmp_path)
        assert done.returncode in (0, 3, 4), evidence
        assert evidence["what"]


@pytest.mark.parametrize("rule", RULES)
def test_not_provoked(rule, tmp_path):
    assert rule not in found(tmp_path, RULES[rule][2])


@pytest.mark.parametrize("rule", RULES)
def test_clean_under_the_sanitizers(rule, tmp_path):
    for data in RULES[rule][1:3]:
        assert rule is not None and found(tmp_path, data, program=HVDUMP_SAN)


def test_every_rule_is_in_the_table_and_documented():
    """Each id in the sources; doc/findings.md has a heading for each."""
    text = "".join(path.read_text() for path in (TOP / "analyzer/findings").glob("*.c"))
    ids = set(re.findall(r'finding_add\(\s*f,\s*"([a-z-]+)"', text))
    assert ids == set(RULES) | OF_LINUX
    document = (TOP / "doc/findings.md").read_text()
    assert set(re.findall(r"^### ([a-z-]+)$", document, re.M)) == ids


def test_a_live_capture_of_a_healthy_host_has_nothing_above_info(tmp_path):
    """VPs that are on an intercept just then, included."""
    records, loads = stopped(unmapped(0x1000))
    live = found(tmp_path, crash(records, child({}, 1), child({PENDING_INTERRUPTION: 7}, 2),
                                 loads=loads, reason=3))
    assert {one["severity"] for one in live.values()} == {"info"}
    assert "vp-on-intercept" in live


# --- what the registers say

@pytest.mark.parametrize("values, words", [
    (OOPS, "Linux 6.1 oopsed, code 0x2"),
    (crash_registers([0, 0, 0, 0x1234000, 500], control=NOTIFY | MESSAGE),
     "Linux 6.1 panicked, 500 bytes of messages at GPA 0x1234000"),
    (BUG_CHECK, "Windows, bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL"),
    (crash_registers([0x7777, 0, 0, 0, 0], WINDOWS), "bug check 0x7777 a bug check without"),
    (crash_registers([9, 8, 7, 0, 0], 0), "P0 0x9, P1 0x8, P2 0x7"),
    (crash_registers([9, 8, 7, 0, 0], LINUX, NOTIFY | 3 << 58), "before a system ran"),
])
def test_what_a_guest_reports(values, words, tmp_path):
    assert words in found(tmp_path, crash(child(values)))["guest-crashed"]["text"]


# HV_INTERNAL_ACTIVITY_REGISTER: startup, halt, idle suspend; the suspend registers' bit 0.
@pytest.mark.parametrize("values, waits", [
    ({}, None), ({4: 1}, "being started"), ({4: 2}, "an interrupt"), ({4: 4}, "an interrupt"),
    ({0: 1}, "its parent, to resume it"), ({3: 1}, "the root scheduler"),
    ({INTERCEPT_SUSPEND: 1}, "its parent"), ({INTERCEPT_SUSPEND: 1, 4: 2}, "its parent"),
])
def test_what_a_vp_waits_for(values, waits, tmp_path):
    assert what_it_waits_for(tmp_path, crash(child(values))) == waits


def test_what_a_vp_on_an_intercept_waits_for(tmp_path):
    """The message that its parent has not answered; nothing of a page that is another VP's."""
    page = unmapped(0x1234000)
    assert what_it_waits_for(tmp_path, stopped_crash(page)) == \
        "its parent: UNMAPPED_GPA, guest_physical_address 0x1234000"
    assert what_it_waits_for(tmp_path, stopped_crash(unmapped(0x1234000, index=7))) == "its parent"


def what_it_waits_for(folder, data):
    """WAITS of the one child's VP, as a column and in JSON."""
    (folder / "hvdump.elf").write_bytes(data)
    document = json.loads(hvdump("vps", "--json", "-p", f"{CHILD:#x}", "hvdump.elf",
                                 cwd=folder).stdout)
    (partition,) = document["partitions"]
    waits = partition["vps"][0]["vtls"][0]["waits"]
    column = hvdump("vps", "-n", "-o", "WAITS", "-p", f"{CHILD:#x}", "hvdump.elf", cwd=folder)
    assert column.stdout.strip() == (waits or "-")
    return waits


@pytest.mark.parametrize("values", [
    {**OOPS, CTL: NOTIFY | 1}, {**OOPS, CTL: 0x123456789ABCDEF},
    {INTERCEPT_SUSPEND: 3}, {PENDING_INTERRUPTION: 1 | 3 << 1 | 1 << 10},
    {PENDING_INTERRUPTION: 1 | 3 << 1 | 32 << 16}, {PENDING_EVENT0: 0x11},
])
def test_registers_with_reserved_bits_say_nothing(values, tmp_path):
    """No processor has such values: they are no ground for a finding."""
    assert not found(tmp_path, crash(child(values))).keys() & \
        {"guest-crashed", "vp-on-intercept", "pending-exception"}


def test_a_pending_event_is_an_exception_as_well(tmp_path):
    one = found(tmp_path, crash(child({PENDING_EVENT0: 1 | 1 << 8 | 14 << 16 | 6 << 32})))
    assert one["pending-exception"]["severity"] == "info"
    assert "vector 14, error code 0x6" in one["pending-exception"]["evidence"][0]["what"]


def test_the_message_of_an_intercept(tmp_path):
    """What it was about stands beside the register."""
    one = found(tmp_path, stopped_crash(unmapped(0xFEDC000)))["vp-on-intercept"]
    assert "UNMAPPED_GPA" in one["evidence"][1]["what"]
    assert "guest_physical_address 0xfedc000" in one["evidence"][1]["what"]
    assert "hvdump messages -p 0x102 --vp 0" in one["evidence"][1]["command"]


@pytest.mark.parametrize("page", [
    message(0x80000021, index=5), message(0x10), message(0x80000010), bytes(PAGE),
    b"\xff" * PAGE])
def test_a_message_that_is_none_of_this_vp(page, tmp_path):
    """Of another VP, of no intercept, of nothing: the register alone is left."""
    assert found(tmp_path, stopped_crash(page)).keys() >= {"vp-on-intercept"}
    assert "vp-gave-up" not in found(tmp_path, stopped_crash(page))


@pytest.mark.parametrize("version, at, back", [(1, 0x58, 0x80), (2, 0x80, 0xA8), (3, 0x80, 0xA8),
                                               (4, 0x80, 0xA8), (5, 0xB8, 0xE0)])
def test_every_version_of_the_crash_area(version, at, back, tmp_path):
    page = bytearray(PAGE)
    struct.pack_into("<IIQI", page, 0, version, 1, 0x10000, 0x1000)
    struct.pack_into("<Q", page, at, 0x70 + version)
    struct.pack_into("<Q", page, back, 0x10000 + 0x100 * version)
    one = found(tmp_path, crash(AREA, reason=2, loads=[(0x8000 * PAGE, bytes(page))]))
    assert f"bug check {0x70 + version:#x}, at its image+{0x100 * version:#x};" in \
        one["hypervisor-crash"]["text"]


@pytest.mark.parametrize("page", [area(version=6), area(valid_flag=0), area(version=0)])
def test_an_area_that_is_not_valid_tells_nothing(page, tmp_path):
    one = found(tmp_path, crash(AREA, reason=2, loads=[(0x8000 * PAGE, page)]))
    assert one["hypervisor-crash"]["text"] == "The hypervisor crashed; Linux was told on CPU 1."


# --- the first screen

def answer(path, data):
    text = hvdump("report", write(path / NAME, data)).stdout
    return text[:text.index("\n\n")].splitlines()


def test_the_answer_comes_first(tmp_path):
    when = "2023-11-14 22:13:21 UTC"
    assert answer(tmp_path, crash(child({}))) == [f"Linux panicked on CPU 1, {when}."]
    assert answer(tmp_path, crash(AREA, reason=2, loads=[(0x8000 * PAGE, area())])) == \
        [f"The hypervisor crashed (seen on CPU 1), {when}: bug check 0x20001, at its image+0x1234."]
    first, second = answer(tmp_path, crash(child(BUG_CHECK), reason=3))
    assert first == f"A live capture, made on CPU 1, {when}."
    assert second == ("The guest in partition 0x102 reported that it crashed: Windows, bug check "
                      "0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL.")
    assert answer(tmp_path, crash(child({}), stages=[notes.stage(3)]))[1] == \
        "Then the hypervisor crashed, too."


def test_the_log_beside_the_file_says_why(tmp_path):
    (tmp_path / "vmcore-dmesg.txt").write_text(
        "[    1.000000] Linux version 7.2\n[    9.000000] BUG: kernel NULL pointer dereference, "
        "address: 0000000000000008\n[    9.500000] Kernel panic - not syncing: Fatal exception\n")
    assert answer(tmp_path, crash(child({})))[0].endswith(
        "UTC: BUG: kernel NULL pointer dereference, address: 0000000000000008.")
    (tmp_path / "vmcore-dmesg.txt").write_text(
        "[    9.500000] Kernel panic - not syncing: sysrq \x1b[31mtriggered\n")
    assert "\x1b" not in answer(tmp_path, crash(child({})))[0]
    assert "sysrq" in answer(tmp_path, crash(child({})))[0]


def test_log_lines_of_calls_that_lacked_memory(tmp_path):
    assert "hypervisor-out-of-memory" not in found(tmp_path, crash(child({})))
    (tmp_path / "vmcore-dmesg.txt").write_text(
        "[    9.000000] hv_call_create_vp: hypercall failed: HV_STATUS_INSUFFICIENT_MEMORY\n")
    one = found(tmp_path, crash(child({})))["hypervisor-out-of-memory"]
    assert "1 line of the log" in one["evidence"][0]["what"]


def test_evidence_is_bounded_and_counted(tmp_path):
    many = crash([one for i in range(100) for one in child({INTERCEPT_SUSPEND: 1}, i)])
    one = found(tmp_path, many)["vp-on-intercept"]
    assert "100 VPs" in one["text"]
    assert len(one["evidence"]) + one["more_evidence"] == 100
    assert len(one["evidence"]) == 64
    text = hvdump("report", tmp_path / NAME).stdout
    assert "and 96 more" in text
    assert "and 36 more" in hvdump("report", "-v", tmp_path / NAME).stdout


# --- what is read in Linux's memory: a real vmcore of a root partition that panicked

needs_vmcore = pytest.mark.skipif(not VMCORE.exists(), reason=f"no {VMCORE}")
PRSTATUS = struct.pack("<III8s", 5, 336, 1, b"CORE\0\0\0\0")
KERNEL_MAP = 0xFFFFFFFF80000000
RCX, RIP = 112 + 8 * 11, 112 + 8 * 16


class Linux:
    """A collector's directory: a note by the test, and a copy of the vmcore to be changed."""

    def __init__(self, path):
        self.path, self.dump = path, Kdump(VMCORE)
        self.note = crash()
        stacks = valid("stacks", hvdump("stacks", "--json", VMCORE).stdout)["cpus"]
        self.idle = next(cpu for cpu in stacks if not cpu["crashing"])

    def regs_of_idle(self):
        """Physical address of the registers that the CPU saved which did not crash."""
        rip = int(self.idle["frames"][0]["ip"], 16)
        for pfn in range(0x40000):
            try:
                page = self.dump.read(pfn)
            except AssertionError:
                continue
            for at in [one.start() for one in re.finditer(re.escape(PRSTATUS), page)]:
                start = at + len(PRSTATUS)
                if page[start + RIP:start + RIP + 8] == struct.pack("<Q", rip):
                    return pfn * PAGE + start
        raise AssertionError("no registers of the idle CPU")

    @staticmethod
    def symbol(name):
        """Its address, by the kernel's own table."""
        text = subprocess.run([analyzer.BUILD / "tests/tools/ksyms", VMCORE], check=True,
                              stdout=subprocess.PIPE, encoding="utf-8").stdout
        return next(int(line.split()[0], 16) for line in text.splitlines()
                    if line.split()[-1] == name)

    def word_at(self, name):
        """Eight bytes at a symbol of the kernel's data."""
        base = int(vmcores.vmcoreinfo(VMCORE)["NUMBER(phys_base)"])
        address = self.symbol(name) - KERNEL_MAP + base
        return struct.unpack_from("<Q", self.dump.read(address // PAGE), address % PAGE)[0]

    def put(self, address, value, size=8):
        self.dump.put(address, value, size)

    def found(self):
        write(self.path / "vmcore", self.dump.data)
        write(self.path / NAME, self.note)
        done = hvdump("report", "--json", self.path)
        assert done.returncode == 0, done.stderr
        return {one["id"]: one for one in valid("report", done.stdout)["findings"]}


@pytest.fixture(name="linux")
def fixture_linux(tmp_path):
    return Linux(tmp_path)


@needs_vmcore
def test_linux_alone_tells_nothing_more(linux):
    """As it is: the words and the stack of the panic, and none of the three rules."""
    findings = linux.found()
    assert not findings.keys() & (OF_LINUX - {"views-differ"}) and "no-linux" not in findings
    assert findings["linux-panic"]["text"] == "Linux panicked on CPU 1: sysrq triggered crash."
    assert any(one["what"].startswith("sysrq_handle_crash < __handle_sysrq < write_sysrq_trigger")
               for one in findings["linux-panic"]["evidence"])


@needs_vmcore
def test_a_cpu_that_did_not_answer(linux):
    """Its crash note is empty, as if the NMI had never come."""
    linux.put(linux.regs_of_idle() - len(PRSTATUS), 0, 20)
    one = linux.found()["cpu-silent"]
    assert one["severity"] == "warning" and "1 CPU did not answer" in one["text"]
    assert f"CPU {linux.idle['cpu']} was online" in one["evidence"][0]["what"]


@needs_vmcore
def test_a_cpu_in_a_hypercall(linux):
    """RIP in the hypercall page; RCX is the control word."""
    page, regs = linux.word_at("hv_hypercall_pg"), linux.regs_of_idle()
    linux.put(regs + RIP, page + 3)
    linux.put(regs + RCX, GET_REGISTERS | 1 << 32)
    one = linux.found()["root-was-asking"]
    what = one["evidence"][0]["what"]
    assert f"CPU {linux.idle['cpu']} was in hypercall GET_VP_REGISTERS" in what
    assert "0x100000050" in what


@needs_vmcore
def test_views_that_differ(linux):
    """The note has a partition that the driver does not: check says so, and the report."""
    linux.note = crash(partition(0x777), flags=TRACKED)
    one = linux.found()["views-differ"]
    assert any("0x777" in evidence["what"] for evidence in one["evidence"])
    assert all(evidence["command"].startswith("hvdump check") for evidence in one["evidence"])
