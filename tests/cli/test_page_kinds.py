# SPDX-License-Identifier: GPL-2.0-or-later
"""`hvdump page` and `hvdump messages` on every kind of page.

Pages of minihv are made by the second implementation of its rules (tests/minihv/registers.py);
the others byte by byte from the specifications.
"""

import json
import struct
import sys

import pytest

import cores
import notes
from analyzer import HVDUMP_SAN, TOP, hvdump, valid, write

sys.path.insert(0, str(TOP / "tests"))
from minihv import registers as rule  # noqa: E402
from minihv import shown  # noqa: E402
from minihv.shown import number  # noqa: E402

PAGE, SEED, IDENT = 4096, 0x1234, 0x102
HYPERCALL, ASSIST, SIM, SIEF, SIRB, TSC, CRASH, INPUT, OUTPUT, STATS, REGISTERS, INTERCEPT, GHCB = \
    range(1, 14)
SELF, LP, PARTITION, VP, HYPERVISOR = 1, 2, 0x10001, 0x10002, 1
NOBODY, NO_VP = 2**64 - 1, 2**32 - 1


class Dump:
    """A dump in the making: pages with an owner, and their bytes."""

    def __init__(self, path, machine=62):
        self.path, self.machine, self.elements, self.loads = path, machine, [], []
        self.records = []

    def add(self, kind, data, partition=1, vp=0, detail=0):
        """Returns the page's number."""
        pfn = 0x1000 + len(self.loads)
        self.elements.append((partition, pfn, vp, kind, detail, 0))
        self.loads.append((pfn * PAGE, data.ljust(PAGE, b"\0")))
        return pfn

    def write(self, *records):
        """The file; partitions 1 and 0x102 have two VPs each."""
        listed = [notes.header(machine=self.machine), notes.capture(), notes.partition(1, 0, 1),
                  notes.partition(IDENT, 1, 3)]
        listed += [notes.vp(ident, index) for ident in (1, IDENT) for index in (0, 1)]
        listed += records
        listed.append(notes.pages(*self.elements))
        data = notes.chunk([*listed, notes.end(listed[1:])])
        return write(self.path, cores.elf(data, self.loads, machine=self.machine))


@pytest.fixture(name="dump")
def make_dump(tmp_path):
    return Dump(tmp_path / "dump")


def content(path, pfn):
    done = hvdump("page", "--json", path, pfn)
    assert done.returncode == 0, done.stderr
    shown_page = valid("page_command", done.stdout)["page"]
    # The text has no less: each title, and each value that is not dull.
    text = hvdump("page", path, pfn)
    assert text.returncode == 0 and text.stdout.isascii()
    for part in shown_page["content"]:
        assert f"\n{part['title']}\n" in text.stdout
    return shown_page["content"]


def only(path, pfn):
    part, = content(path, pfn)
    return part["fields"]


def content_of(dump, pfn):
    """Of a page of a dump that is now complete."""
    return content(dump.write(), pfn)


def only_of(dump, pfn):
    return only(dump.write(), pfn)


# ------------------------------------------------------------ pages by minihv's rules

def test_register_pages(dump):
    sets = {shown.RIP: 0x1234, 0x60001: 0xA09B << 112 | 0x10 << 96 | 0xFFFFFFFF << 64}
    pfns = [dump.add(REGISTERS, rule.register_page(SEED, IDENT, vp, sets), IDENT, vp)
            for vp in (0, 1)]
    path = dump.write()
    for vp, pfn in enumerate(pfns):
        shown.check_register_page(content(path, pfn), rule, SEED, IDENT, vp, sets)


def test_intercept_pages(dump):
    pfns = [dump.add(INTERCEPT, rule.intercept_page(IDENT, vp), IDENT, vp) for vp in (0, 1)]
    path = dump.write()
    for vp, pfn in enumerate(pfns):
        shown.check_intercept_page(content(path, pfn), rule, IDENT, vp)


def counter_names(kind):
    """{index: name} of an object's counters."""
    rows = json.loads(hvdump("abi", "-j", "counters").stdout)["abi"]
    codes = {number(row["code"]): row["name"] for row in rows if row["arch"] in ("any", "x86-64")}
    return {code & 0xFFF: name for code, name in codes.items() if code >> 12 == kind}


@pytest.mark.parametrize("kind, area, partition, index", [
    (HYPERVISOR, 0, 0, NO_VP), (LP, 0, 0, 3), (PARTITION, 1, IDENT, NO_VP), (VP, 0, IDENT, 1),
    (VP, 1, IDENT, 0)])
def test_statistics(dump, kind, area, partition, index):
    where = SEED, kind, area, partition, index, 2
    pfn = dump.add(STATS, rule.stats_page(*where), partition or NOBODY, index, kind | area << 24)
    names = counter_names(kind)
    assert len(names) > 5
    shown.check_statistics(content(dump.write(), pfn), rule, names, where)


def test_synic_pages(dump):
    sim = [dump.add(SIM, rule.message_page(SEED, vp), vp=vp) for vp in (0, 1)]
    sief = [dump.add(SIEF, rule.event_flags_page(SEED, vp), vp=vp) for vp in (0, 1)]
    ring = [dump.add(SIRB, rule.event_ring_page(vp), vp=vp) for vp in (0, 1)]
    path = dump.write()
    for vp in (0, 1):
        shown.check_sim(content(path, sim[vp]), rule, SEED, vp)
        shown.check_sief(content(path, sief[vp]), rule, SEED, vp)
        shown.check_event_ring(content(path, ring[vp]), vp)


def test_pages_with_nothing_in_them(dump):
    pfns = [dump.add(kind, b"") for kind in (SIM, SIEF, SIRB, INTERCEPT)]
    path = dump.write()
    for pfn in pfns:
        assert content(path, pfn) == []
        assert "There is nothing in it\n" in hvdump("page", path, pfn).stdout


# --------------------------------------------------------- pages by the specifications

@pytest.mark.parametrize("code, words", [
    (b"\x0f\x01\xd9\xc3", "vmmcall; ret (AMD)"), (b"\x0f\x01\xc1\xc3", "vmcall; ret (Intel)"),
    (b"\x0f\x01\xc1\x90\xc3", "vmcall (Intel), and more"), (b"\xcc" * 4, "not a known one"),
    (b"", "zeros: the page was not enabled")],
    ids=["amd", "intel", "more", "unknown", "off"])
def test_hypercall_page(dump, code, words):
    pfn = dump.add(HYPERCALL, code, vp=NO_VP)
    fields = only(dump.write(), pfn)
    assert fields["instruction"] == words
    assert number(fields["code_bytes"]) == (0 if set(code) <= {0xCC} else len(code))


def test_assist_page(dump):
    data = bytearray(PAGE)
    struct.pack_into("<II", data, 0, 1, 0)
    struct.pack_into("<IIQQ", data, 8, 2, 0, 0x1111, 0x2222)
    struct.pack_into("<II", data, 0x20, 1, 1)
    struct.pack_into("<Q", data, 0x30, 0x7654_3000)
    struct.pack_into("<IBBHQ", data, 0x70, 0x80010004, 8, 1, 0, 7)
    struct.pack_into("<II", data, 0x80, 3, 0x41)
    pfn = dump.add(ASSIST, bytes(data))
    page, message = content(dump.write(), pfn)
    fields = page["fields"]
    assert fields["apic_assist"] == {"no_eoi_required": True}
    assert fields["vtl_entry_reason"]["name"] == "interrupt"
    assert number(fields["vtl_ret_x64rcx"]) == 0x2222
    assert fields["nested_control"]["features"] == {"directhypercall": True}
    assert fields["nested_control"]["hypercall_controls"] == {"inter_partition_comm": True}
    assert number(fields["current_nested_vmcs"]) == 0x76543000
    assert message["title"] == "Intercept message: X64_APIC_EOI"
    assert [number(message["fields"][name]) for name in ("vp_index", "interrupt_vector")] == [3, 65]


def test_reference_tsc_page(dump):
    pfns = [dump.add(TSC, struct.pack("<IIQQ", sequence, 0, 0x0001_0000_0000_0000, 2**64 - 5))
            for sequence in (7, 0)]
    path = dump.write()
    fields = only(path, pfns[0])
    assert [number(fields[name]) for name in ("tsc_sequence", "tsc_scale", "tsc_offset")] == [
        7, 1 << 48, 2**64 - 5]
    assert "remark" not in fields and "not valid" in only(path, pfns[1])["remark"]


def test_register_page_that_is_not_valid(dump):
    pfn = dump.add(REGISTERS, bytes((1, 0, 0, 0, 2)), IDENT)
    fields = only(dump.write(), pfn)
    assert "not valid" in fields["remark"]
    assert [name for name, is_set in fields["dirty"].items() if is_set] == ["instruction_pointer"]


def test_register_page_of_arm64(tmp_path):
    dump = Dump(tmp_path / "dump", machine=183)
    data = bytearray(PAGE)
    struct.pack_into("<HBBI", data, 0, 1, 1, 1, 3)
    struct.pack_into("<QQQQ", data, 0x110, 0xFFFF800012345678, 0x3C5, 0x30D0198D, 0x32B5593519)
    fields = only_of(dump, dump.add(REGISTERS, bytes(data), IDENT))
    assert [number(fields[name]) for name in
            ("isvalid", "vtl", "dirty", "pc", "cpsr", "sctlr_el1", "tcr_el1")] == [
        1, 1, 3, 0xFFFF800012345678, 0x3C5, 0x30D0198D, 0x32B5593519]


def ghcb(usage, valid_fields):
    """valid_fields: {offset: value} of the save area."""
    data = bytearray(PAGE)
    for offset, value in valid_fields.items():
        struct.pack_into("<Q", data, offset, value)
        data[0x3F0 + offset // 64] |= 1 << offset // 8 % 8
    struct.pack_into("<HI", data, 0xFFA, 2, usage)
    return data


def test_ghcb_shows_what_was_written(dump):
    data = ghcb(0, {0x1F8: 0x40000003, 0x308: 0x77, 0x390: 0x7B, 0x398: 0x5008})
    struct.pack_into("<Q", data, 0x318, 0x5EC2E7)  # RBX, which was not
    fields = {part["title"]: part["fields"]
              for part in content_of(dump, dump.add(GHCB, bytes(data), IDENT))}
    assert number(fields["GHCB"]["protocol_version"]) == 2
    assert fields["GHCB"]["ghcb_usage"]["name"] == "standard"
    written = dict(fields["Fields that are valid"])
    assert written.pop("valid_bitmap")
    assert {name: number(value) for name, value in written.items()} == {
        "rax": 0x40000003, "rcx": 0x77, "sw_exit_code": 0x7B, "sw_exit_info_1": 0x5008}


def test_ghcb_of_a_hypercall(dump):
    data = ghcb(1, {})
    struct.pack_into("<QQ", data, 0xFE8, 0x123456000, 0x0007_000C_0000_0050)
    struct.pack_into("<HI", data, 0xFFA, 1, 1)
    _, call = content_of(dump, dump.add(GHCB, bytes(data), IDENT))
    assert call["fields"]["callcode"]["name"] == "GET_VP_REGISTERS"
    assert number(call["fields"]["countofelements"]) == 12
    assert number(call["fields"]["repstartindex"]) == 7


# ------------------------------------------------------------- hypercall arguments

INPUTS = [
    ("GET_VP_REGISTERS", struct.pack("<QIBBHIII", IDENT, 1, 0x10, 0, 0, 0x20010, 0x20011, 0x40000),
     {"partition_id": IDENT, "vp_index": 1}, [{"name": 0x20010}, {"name": 0x20011},
                                              {"name": 0x40000}]),
    ("SET_VP_REGISTERS", struct.pack("<QIIIIQQQ", IDENT, 0, 0, 0x20010, 0, 0, 0x1000, 0x2000),
     {"partition_id": IDENT}, [{"name": 0x20010, "value": 0x2000 << 64 | 0x1000}]),
    ("DEPOSIT_MEMORY", struct.pack("<QQQ", IDENT, 0x12345, 0x12346),
     {"partition_id": IDENT}, [{"pfn": 0x12345}, {"pfn": 0x12346}]),
    ("MAP_GPA_PAGES", struct.pack("<QQIIQQ", IDENT, 0x100, 0x7, 0, 0x4000, 0x4001),
     {"target_partition_id": IDENT, "target_gpa_base": 0x100}, [{"pfn": 0x4000}, {"pfn": 0x4001}]),
    ("GET_PARTITION_PROPERTY", struct.pack("<QII", 2**64 - 1, 0x00060000, 0),
     {"partition_id": 2**64 - 1, "property_code": 0x60000}, None),
    ("MAP_VP_STATE_PAGE", struct.pack("<QIHBBQ", IDENT, 1, 1, 0, 0, 0),
     {"vp_index": 1, "type": 1}, None),
    ("MAP_STATS_PAGE", struct.pack("<IIQIHBB", VP, 0, IDENT, 1, 0, 0, 1), {"type": VP}, None),
    ("NOTIFY_PARTITION_EVENT", struct.pack("<II", 2, 4), {"event": 2, "input": 4}, None),
]


@pytest.mark.parametrize("call, data, fixed, elements", INPUTS, ids=[row[0] for row in INPUTS])
def test_hypercall_arguments(dump, call, data, fixed, elements):
    fields = only_of(dump, dump.add(INPUT, data, vp=1))
    assert call in fields["call"].split(": ")[1].split(", or ")
    assert {name: number(fields[name]) for name in fixed} == fixed
    if elements is None:
        assert "elements" not in fields
        return
    assert [{name: number(value) for name, value in one.items()}
            for one in fields["elements"]] == elements
    assert number(fields["elements_not_0"]) == len(elements)


NO_INPUT = {"zeros": (b"", "none: zeros"), "text": (b"Linux version", "of no input that is known"),
            "partition": (struct.pack("<QIII", 0x999, 0, 0, 0x20010), "of no input that is known")}
OTHER_INPUT = {"vp": struct.pack("<QIII", IDENT, 77, 0, 0x20010),
               "vtl": struct.pack("<QIII", IDENT, 1, 0x20, 0x20010),
               "register": struct.pack("<QIII", IDENT, 1, 0, 0x7FFFFFFF)}


@pytest.mark.parametrize("name", NO_INPUT)
def test_what_is_no_argument(dump, name):
    data, words = NO_INPUT[name]
    assert only_of(dump, dump.add(INPUT, data))["call"] == words


@pytest.mark.parametrize("name", OTHER_INPUT)
def test_arguments_that_cannot_be(dump, name):
    """A VP and a register that do not exist; a bit of the VTL that is reserved."""
    call = only_of(dump, dump.add(INPUT, OTHER_INPUT[name]))["call"]
    assert call.startswith("by its fields: ") and "REGISTERS" not in call


def test_a_copy_that_ends_within_an_input(dump):
    """Nothing behind it is looked at: under ASan that ends hvdump with 99."""
    data = struct.pack("<QIBBH", IDENT, 1, 0x10, 0, 0)
    records = [notes.memory(0x7000 + size, data[:size]) for size in (8, 16)]
    path = dump.write(*records)
    for size in (8, 16):
        done = hvdump("page", path, 0x7000 + size, program=HVDUMP_SAN)
        assert done.returncode == 0, done.stderr


def test_output_pages_are_bytes(dump):
    pfn = dump.add(OUTPUT, b"\x11\x22")
    path = dump.write()
    assert json.loads(hvdump("page", "-j", path, pfn).stdout)["page"]["content"] is None
    assert "0000  11 22 00" in hvdump("page", path, pfn).stdout


# -------------------------------------------------------------------------- messages

def messages(path, *args):
    done = hvdump("messages", "--json", *args, path)
    assert done.returncode == 0, done.stderr
    return valid("messages", done.stdout)["messages"]


def test_messages_of_all_sources(dump):
    suspended = notes.registers(IDENT, 1, {1: 1, 0: 0, 4: 0, 0x20010: 5})
    dump.add(SIM, rule.message_page(SEED, 1), vp=1)
    dump.add(INTERCEPT, rule.intercept_page(IDENT, 1), IDENT, 1)
    dump.add(INTERCEPT, rule.intercept_page(IDENT, 0), IDENT, 0)
    path = dump.write(suspended)
    found = messages(path)
    assert [(m["partition"], m["vp"], m["source"], m["sint"]) for m in found] == [
        ("0x0000000000000001", 1, "sim", sint) for sint in range(16) if sint not in (0, 5)] + [
        ("0x0000000000000102", vp, "intercept", None) for vp in (0, 1)]
    assert [(m["name"], m["size"], m["waits"], m["structure"]) for m in found[-2:]] == [
        ("UNMAPPED_GPA", 80, waits, "hv_x64_memory_intercept_message") for waits in (None, True)]
    shown.check_intercept_page([{"fields": found[-1]["fields"]}], rule, IDENT, 1)
    assert messages(path, "-p", "0x102", "--vp", "1") == found[-1:]
    assert messages(path, "--vp", "0") == found[-2:-1]
    # A line each; and field by field.
    table = hvdump("messages", "-n", path).stdout.splitlines()
    assert len(table) == len(found)
    text = hvdump("messages", "-p", "0x102", "--vp", "1", path).stdout
    assert "Partition 0x102, VP 1, VTL 0, intercept: UNMAPPED_GPA\n" in text
    assert "vp_waits                 yes\n" in text


def test_messages_out_of_vp_states(dump):
    page = rule.message_page(SEED, 0)
    body = struct.pack("<QIHHIIII", IDENT, 1, 0, 0, 0x80000002, PAGE, PAGE // 8, 8) + page
    path = dump.write(notes.record(0x48560017, body))
    found = messages(path)
    assert [m["sint"] for m in found] == [s for s in range(16) if s not in (0, 5)]
    assert {(m["source"], m["pfn"], m["vp"]) for m in found} == {("sim-state", None, 1)}
    assert bytes.fromhex(found[0]["fields"]["payload"]) == page[256 + 16:256 + 32]


def test_a_payload_that_is_too_long(dump):
    data = struct.pack("<IBBHQ", 0x80010007, 255, 0, 0, 1).ljust(256, b"\x11")
    pfn = dump.add(INTERCEPT, data, IDENT)
    fields = only(dump.write(), pfn)
    assert number(fields["payload_size"]) == 255 and "240 bytes at most" in fields["damage"]


def test_a_payload_that_is_too_short(dump):
    """What lies behind it in the slot is of an older message."""
    data = struct.pack("<IBBHQ", 0x80000000, 48, 0, 0, 1).ljust(256, b"\x11")
    fields = only_of(dump, dump.add(INTERCEPT, data, IDENT))
    assert number(fields["tpr_priority"]) == 0x11
    assert fields["guest_virtual_address"] is None and fields["instruction_bytes"] is None


def test_pages_of_messages_that_are_not_there(dump):
    dump.elements.append((IDENT, 0x9000, 0, INTERCEPT, 0, 0))
    path = dump.write()
    done = hvdump("messages", "-j", path)
    found, = valid("messages", done.stdout)["messages"]
    assert (found["state"], found["type"], found["fields"]) == ("absent", None, None)
    assert (done.returncode, done.stderr) == (0, "")
