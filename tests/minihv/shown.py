# SPDX-License-Identifier: GPL-2.0-or-later
"""minihv's pages as `hvdump page --json` must show them.

Each function takes what is shown of a page (its "content") and the numbers that REGISTERS.md's
rules are asked with. Fields are named as Linux's headers name them, structures are taken apart
here once more.
"""

NAMES = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)),
         "rip", "rflags", *(f"xmm{n}" for n in range(6)), "es", "cs", "ss", "ds", "fs", "gs",
         "cr0", "cr3", "cr4", "cr8", "efer", "dr7", "pending_interruption", "interrupt_state",
         "xfem"]
SEGMENTS = ("es", "cs", "ss", "ds", "fs", "gs")
CS, CR0, CR8, EFER, RIP, RFLAGS = 0x60001, 0x40000, 0x40004, 0x80001, 0x20010, 0x20011
UNMAPPED, HALT = 0x80000000, 0x80010007
WRITE_BACK, EXECUTE = 6, 2


def number(value):
    """Of JSON: a number, its text, or an object of value and name."""
    if isinstance(value, dict):
        value = value["value"]
    return int(value, 0) if isinstance(value, str) else int(value)


def check_segment(shown, value):
    """The parts of a segment register's 128 bits."""
    attributes = value >> 112
    want = {"base": value & (2**64 - 1), "limit": value >> 64 & 0xFFFFFFFF,
            "selector": value >> 96 & 0xFFFF, "segment_type": attributes & 15,
            "non_system_segment": attributes >> 4 & 1,
            "descriptor_privilege_level": attributes >> 5 & 3, "present": attributes >> 7 & 1,
            "available": attributes >> 12 & 1, "_long": attributes >> 13 & 1,
            "_default": attributes >> 14 & 1, "granularity": attributes >> 15 & 1}
    assert {name: number(shown[name]) for name in want} == want


def register_codes(rule):
    """{name in the page: register code}, from the table of REGISTERS.md."""
    codes = [int(first, 16) + i for _, first, count, _ in rule._rows("Register page")
             for i in range(int(count))]
    assert len(codes) == len(NAMES)
    return dict(zip(NAMES, codes))


def check_register_page(content, rule, seed, ident, vp, sets=None):
    """All registers of a created partition's VP."""
    part, = content
    fields = part["fields"]
    assert (number(fields["version"]), number(fields["isvalid"])) == (1, 1)
    assert not any(fields["dirty"].values())
    for name, code in register_codes(rule).items():
        value = rule.expected(seed, ident, "created", vp, 0, code, sets=sets)
        if name in SEGMENTS:
            check_segment(fields[name], value)
        else:
            assert number(fields[name]) == value, name


def check_intercept_page(content, rule, ident, vp, sets=None):
    """The message that a created VP's first instruction leads to: its page is not mapped."""
    regs = {code: rule.expected(0, ident, "created", vp, 0, code, sets=sets)
            for code in (CS, CR0, CR8, EFER, RIP, RFLAGS)}
    part, = content
    fields, header = part["fields"], part["fields"]["header"]
    assert number(fields["message_type"]) == UNMAPPED
    assert number(fields["sender"]) == ident and number(header["vp_index"]) == vp
    assert number(header["rip"]) == regs[RIP] and number(header["rflags"]) == regs[RFLAGS]
    assert number(header["cr8"]) == regs[CR8] & 15
    assert number(header["intercept_access_type"]) == EXECUTE
    assert header["intercept_access_type"]["name"] == "execute"
    state = header["execution_state"]
    assert state["cr0_pe"] is bool(regs[CR0] & 1)
    assert state["efer_lma"] is bool(regs[EFER] >> 10 & 1)
    check_segment(header["cs_segment"], regs[CS])
    address = (regs[CS] & (2**64 - 1)) + regs[RIP]
    assert number(fields["guest_virtual_address"]) == address
    assert number(fields["guest_physical_address"]) == address
    assert fields["cache_type"]["name"] == "write back"
    assert number(fields["cache_type"]) == WRITE_BACK
    assert fields["memory_access_info"]["gva_valid"] is True
    assert fields["instruction_bytes"] == bytes(16).hex()


def check_statistics(content, rule, names, where):
    """All 512 counters; names: {index: name} of those that have one, where: as stats_page()."""
    part, = content
    page = rule.stats_page(*where)
    values = {names.get(i, str(i)): int.from_bytes(page[8 * i:8 * i + 8], "little")
              for i in range(512)}
    assert {name: number(v) for name, v in part["fields"].items()} == values


def parts_by_sint(content):
    """{SINT: fields}"""
    return {int(part["title"].partition(":")[0].split()[1]): part["fields"] for part in content}


def check_sim(content, rule, seed, vp):
    """synic=pattern: each slot but 0 and 5."""
    page, found = rule.message_page(seed, vp), parts_by_sint(content)
    assert sorted(found) == [s for s in range(16) if s not in (0, 5)]
    for sint, fields in found.items():
        slot = page[256 * sint:256 * sint + 256]
        assert number(fields["message_type"]) == int.from_bytes(slot[:4], "little")
        assert number(fields["payload_size"]) == slot[4]
        assert number(fields["sender"]) == int.from_bytes(slot[8:16], "little")
        # Types of the guest's own making: nobody knows what is in them.
        assert bytes.fromhex(fields["payload"]) == slot[16:16 + slot[4]]


def check_sief(content, rule, seed, vp):
    """synic=pattern: the flags of each SINT, and the first of them by number."""
    page, found = rule.event_flags_page(seed, vp), parts_by_sint(content)
    assert sorted(found) == [s for s in range(16) if s not in (0, 5)]
    for sint, fields in found.items():
        flags = page[256 * sint:256 * sint + 256]
        bits = [n for n in range(2048) if flags[n // 8] >> n % 8 & 1]
        assert number(fields["flags"]) == len(bits)
        assert bytes.fromhex(fields["bytes"]) == flags
        listed = []
        for run in fields["set"].replace(", ...", "").split(", "):
            first, _, last = run.partition("-")
            listed += range(int(first), int(last or first) + 1)
        assert listed == bits[:len(listed)] and len(listed) >= 12


def check_event_ring(content, vp):
    """synic=pattern: as many ports as the SINT's number says."""
    found = parts_by_sint(content)
    assert sorted(found) == [s for s in range(16) if s not in (0, 5)]
    for sint, fields in found.items():
        ports = [(vp << 8 | sint << 4 | i) + 1 for i in range(sint)]
        assert (number(fields["signal_masked"]), number(fields["ring_full"])) == (1, 0)
        assert [number(port) for port in fields["data"]] == ports + [0] * (63 - sint)
