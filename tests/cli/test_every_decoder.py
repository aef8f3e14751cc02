# SPDX-License-Identifier: GPL-2.0-or-later
"""Each decoder is fed: whatever `hvdump abi` lists comes back under its name, with what was put in.

Where a field is, the tables say, and other tests compare them with the reference and with BTF. Here
it is seen that the tables are what decodes: bit after bit, byte after byte, of every register's value
and every message's payload.
"""

import functools
import json
import struct

import pytest

import cores
import notes
from analyzer import hvdump, valid, write

CHILD, ROOM = 0x102, 8 << 20
ARCHES = {"x86-64": 62, "arm64": 183}
SIM, SLOTS, PAYLOAD = 0x80000002, 16, 240
HEADER = {("message_type",), ("payload_size",), ("sender",)}
GET_VP_REGISTERS = 0x50


@functools.cache
def rows(kind):
    done = hvdump("abi", kind, "--json")
    assert done.returncode == 0
    return valid("abi", done.stdout)["abi"]


def registers_of(arch):
    """{code: row}"""
    return {int(row["code"], 16): row for row in rows("registers") if row["arch"] == arch}


def dump(path, arch, *records):
    listed = [notes.header(machine=ARCHES[arch]), notes.capture(), notes.partition(1, 0, 1),
              notes.partition(CHILD, 1, 3), *records]
    return write(path, cores.elf(notes.chunk([*listed, notes.end(listed[1:])], size=ROOM)))


def shown(command, file, *words, check=valid):
    done = hvdump(command, "--json", *words, file)
    assert done.returncode == 0, done.stderr
    return check(command, done.stdout)


def unchecked(_, text):
    """Of many alike the schema has seen some; it takes its time."""
    return json.loads(text)


def vps_registers(path, arch, values):
    """values: {code: value} of each VP; what regs shows of each."""
    records = []
    for index, of_vp in enumerate(values):
        records += [notes.vp(CHILD, index), notes.registers(CHILD, index, of_vp)]
    document = shown("regs", dump(path, arch, *records), "--all", "-p", hex(CHILD))
    child, = document["partitions"]
    return [vp["vtls"][0]["registers"] for vp in child["vps"]]


def leaves(fields, path=()):
    """{where: number or text} of a structure."""
    if isinstance(fields, dict) and fields.keys() == {"value", "name"}:
        return leaves(fields["value"], path)
    if isinstance(fields, dict):
        pairs = fields.items()
    elif isinstance(fields, list):
        pairs = enumerate(fields)
    else:
        is_number = isinstance(fields, str) and fields.startswith("0x")
        return {path: int(fields, 16) if is_number else fields}
    return {where: leaf for key, value in pairs
            for where, leaf in leaves(value, (*path, key)).items()}


# --- registers

def pattern(code, bits):
    """A value that no other register has."""
    value = (code * 0x9E3779B97F4A7C15 ^ code << 64 ^ 0x5A5A << 100) & (1 << 128) - 1
    return value & (1 << (bits or 128)) - 1


@pytest.mark.parametrize("arch", ARCHES)
def test_every_register_comes_back(tmp_path, arch):
    table = registers_of(arch)
    assert len(table) > 400
    values = {code: pattern(code, row["bits"]) for code, row in table.items()}
    found, = vps_registers(tmp_path / "x", arch, [values])
    assert {name: (one["code"], int(one["value"], 16)) for name, one in found.items()} == \
        {row["name"]: (f"{code:#010x}", values[code]) for code, row in table.items()}


@pytest.mark.parametrize("arch", ARCHES)
def test_every_bit_of_every_field_of_a_register(tmp_path, arch):
    """A bit alone is in one field or none, and a field's bits count up from 1."""
    table = registers_of(arch)
    zeros, = vps_registers(tmp_path / "zeros", arch, [dict.fromkeys(table, 0)])
    fielded = {code: row["name"] for code, row in table.items() if zeros[row["name"]]["fields"]}
    assert len(fielded) > 100
    bits = vps_registers(tmp_path / "bits", arch,
                         [{code: 1 << bit for code in fielded} for bit in range(128)])
    seen = 0
    for name in fielded.values():
        base, ladders = leaves(zeros[name]["fields"]), {}
        for bit, of_vp in enumerate(bits):
            now = leaves(of_vp[name]["fields"])
            if now.keys() != base.keys():
                continue  # the value chose another layout
            changed = [where for where in base if now[where] != base[where]]
            assert len(changed) <= 1, (name, bit, changed)
            for where in changed:
                ladders.setdefault(where, []).append((bit, int(now[where])))
        for where, ladder in ladders.items():
            first = ladder[0][0]
            assert ladder == [(first + n, 1 << n) for n in range(len(ladder))], (name, where)
        assert ladders, name
        seen += len(ladders)
    assert seen > 300


# --- messages

def message(kind, payload):
    return (struct.pack("<IBBHQ", kind, len(payload), 0, 0, 0) + payload).ljust(256, b"\0")


def sims(messages):
    """VPs whose SIM pages have them, one behind the other, and where each is."""
    records, places = [], []
    for index in range(0, len(messages), SLOTS):
        vp, some = index // SLOTS, messages[index:index + SLOTS]
        records += [notes.vp(CHILD, vp),
                    notes.state(CHILD, vp, SIM, b"".join(some).ljust(4096, b"\0"), size=4096)]
        places += [(vp, slot) for slot in range(len(some))]
    return records, places


def decoded(path, arch, messages, check=valid):
    records, places = sims(messages)
    document = shown("messages", dump(path, arch, *records), check=check)
    found = {(one["vp"], one["sint"]): one for one in document["messages"]}
    return [found[place] for place in places]


@pytest.mark.parametrize("arch", ARCHES)
def test_every_message_type_and_every_byte_of_it(tmp_path, arch):
    """Each field follows some byte of the payload, and no more bytes than it has."""
    types = [(int(row["code"], 16), row["name"]) for row in rows("messages") if
             int(row["code"], 16)]
    assert len(types) > 40
    blank = decoded(tmp_path / "blank", arch, [message(kind, bytes(PAYLOAD)) for kind, _ in types])
    assert [one["name"] for one in blank] == [name for _, name in types]
    fed = [message(kind, bytes(at) + b"\xff" + bytes(PAYLOAD - at - 1))
           for kind, _ in types for at in range(PAYLOAD)]
    told = iter(decoded(tmp_path / "fed", arch, fed, unchecked))
    fields = 0
    for empty in blank:
        base, follows = leaves(empty["fields"]), {}
        for at in range(PAYLOAD):
            now = leaves(next(told)["fields"])
            for where in base.keys() & now.keys():
                if now[where] != base[where]:
                    follows.setdefault(where, []).append(at)
        deaf = base.keys() - follows.keys() - HEADER
        assert not deaf, (empty["name"], sorted(deaf, key=str)[:5])
        for where, bytes_ in follows.items():
            assert bytes_ == list(range(bytes_[0], bytes_[-1] + 1)), (empty["name"], where)
        fields += len(follows)
    assert fields > 250


# --- properties, statuses, hypercalls

def test_every_property_comes_back(tmp_path):
    table = {int(row["code"], 16): row["name"] for row in rows("properties")}
    values = {code: pattern(code, 64) for code in table}
    file = dump(tmp_path / "x", "x86-64", notes.properties(CHILD, values))
    child, = (p for p in shown("partitions", file)["partitions"] if int(p["id"], 16) == CHILD)
    assert {name: int(one["value"], 16) for name, one in child["properties"].items()} == \
        {name: values[code] for code, name in table.items()}


def failed(path, pairs):
    """What info says of hypercalls that failed: (call, status)."""
    file = dump(path, "x86-64", *(notes.failure(call, status, CHILD) for call, status in pairs))
    return [(one["call"], one["status"]) for one in shown("info", file)["capture"]["failures"]]


def test_every_status_comes_back_by_name(tmp_path):
    table = [(int(row["code"], 16), row["name"]) for row in rows("status") if
             int(row["code"], 16)]
    assert [status for _, status in failed(
        tmp_path / "x", [(GET_VP_REGISTERS, code) for code, _ in table])] == \
        [name for _, name in table]


def test_every_hypercall_comes_back_by_name(tmp_path):
    table = [(int(row["code"], 16), row["name"]) for row in rows("hypercalls")]
    assert [call for call, _ in failed(tmp_path / "x", [(code, 6) for code, _ in table])] == \
        [name for _, name in table]
