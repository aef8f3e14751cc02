# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump hypervisor on a run's products: what it finds in the hypervisor's memory is what minihv
logged of itself, what its ELF file says, and what RAM held when the crash kernel waited."""

import re
import struct
import subprocess

from . import programs
from .paths import built

VIEW = 0xFFFFF80000000000  # ../minihv/image.h: its own addresses, above the physical ones
IMAGE = 0x20000000
PAGE = 4096


def functions(elf) -> list:
    """(start, end, name) of minihv's functions, as offsets in its image."""
    text = subprocess.run(["nm", "-S", "--defined-only", elf], check=True, capture_output=True,
                          text=True).stdout
    found = re.findall(r"^([0-9a-f]{16}) ([0-9a-f]{16}) [tT] (\S+)$", text, re.MULTILINE)
    return [(int(start, 16) - IMAGE, int(start, 16) - IMAGE + int(size, 16), name)
            for start, size, name in found]


def name_of(known: list, offset: int):
    """The function that an offset in the image is in."""
    return next((name for start, end, name in known if start <= offset < end), None)


def text_section(elf) -> range:
    """The offsets of its code."""
    text = subprocess.run(["objdump", "-h", elf], check=True, capture_output=True, text=True).stdout
    size, start = re.search(r"\.text +([0-9a-f]{8}) +([0-9a-f]{16})", text).groups()
    return range(int(start, 16) - IMAGE, int(start, 16) - IMAGE + int(size, 16))


def calls(elf) -> set:
    """Offsets behind call instructions, by objdump."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", elf], check=True,
                          capture_output=True, text=True).stdout
    found, before = set(), False
    for address, instruction in re.findall(r"^ *([0-9a-f]+):\t(\S+)", text, re.MULTILINE):
        if before:
            found.add(int(address, 16) - IMAGE)
        before = instruction.startswith("call")
    return found


def check_image(found: dict, logged: dict) -> None:
    """Where it is, and the key to its symbols."""
    image = found["image"]
    assert image is not None, found["image_why"]
    assert int(image["base"], 16) == int(logged["base"], 0)
    assert int(image["spa"], 16) == int(logged["at"], 0)
    assert image["size"] == int(logged["size"], 0)
    assert int(image["timestamp"], 16) == int(logged["timestamp"], 0)
    assert int(image["checksum"], 16) == int(logged["checksum"], 0)
    pdb = image["pdb"]
    assert (pdb["name"], pdb["guid"], pdb["age"]) == \
        (logged["pdb"], logged["guid"], int(logged["age"]))
    assert pdb["key"] == logged["guid"].replace("-", "").upper() + f"{int(logged['age']):X}"
    assert [section["name"] for section in image["sections"]] == \
        [".text", ".rdata", ".data", ".bss"]


def check_pages(run, logged: dict) -> None:
    """page knows pages of the image as such, and shows what RAM had there; the dump leaves out
    those of zeros."""
    start, size = int(logged["at"], 0), int(logged["size"], 0)
    machine = (run.out / "hypervisor.mem").read_bytes()
    for offset in (0, *range(PAGE, size, 37 * PAGE), size - PAGE):
        page = programs.hvdump_json("page", run.out, hex(start + offset), status=None)["page"]
        assert ("hypervisor-image", offset) in [(use["kind"], use["image_offset"])
                                                for use in page["uses"]], hex(offset)
        there = bytes.fromhex(page["sources"][0]["bytes"] or "") or bytes(PAGE)
        assert there == machine[offset:offset + PAGE]


def offset_of(address: str) -> int:
    """In the image, of one of its own addresses."""
    return int(address, 16) - VIEW - IMAGE


def check_stack(run, one: dict, rsp: int) -> list:
    """Each word of the stack that points to code, and nothing else; names of what called."""
    elf = built("minihv", "minihv64.elf")
    code, behind, known = text_section(elf), calls(elf), functions(elf)
    machine = (run.out / "hypervisor.mem").read_bytes()
    start = rsp - VIEW - IMAGE
    assert int(one["stack"], 16) == rsp
    words = struct.unpack_from(f"<{one['stack_size'] // 8}Q", machine, start)
    expected = [(rsp + 8 * i, word) for i, word in enumerate(words)
                if word - IMAGE in code or word - VIEW - IMAGE in code]
    assert [(int(r["at"], 16), int(r["word"], 16)) for r in one["returns"]] == expected
    names = []
    for r in one["returns"]:
        offset = offset_of(r["address"])
        assert r["text"] == f"minihv+0x{offset:x}"
        # A call may also seem to stand where there is none, never the other way round.
        assert r["follows_call"] or offset not in behind
        if r["follows_call"] and offset in behind:
            names.append(name_of(known, offset - 1))
    return names


def check_crash(run, found: dict, crash: dict) -> list:
    """The bug check, the processors, and the crash stack; returns the callers' names."""
    area = found["crash_area"]
    assert area["valid"] is True
    fault = [int(crash[key], 0) for key in ("vector", "error", "rip", "cr2", "rsp")]
    assert [int(value, 16) for value in area["fields"]["bug_check_data"]] == fault
    assert len(area["processors"]) == run.options.cpus
    one = area["processors"][int(crash["cpu"])]
    assert int(one["rip"], 16) == fault[2]
    offset = fault[2] - VIEW - IMAGE
    assert one["rip_text"] == f"minihv+0x{offset:x}"
    where = name_of(functions(built("minihv", "minihv64.elf")), offset)
    assert where.startswith("crash")
    callers = check_stack(run, one, fault[4])
    # CPU 0's outermost is assembly that has no size.
    assert callers and None not in callers[:-1]
    return [where, *(name for name in callers if name)]


def check(run, logged: dict, crashed: bool) -> str:
    """All of it; LOGGED: minihv's log, {first word: {key: value}}."""
    found = programs.hvdump_json("hypervisor", run.out, status=4 if crashed else 0)
    check_image(found, logged["image"])
    check_pages(run, logged["image"])
    assert found["crash_area"]["valid"] is crashed
    if not crashed:
        return "image"
    stack = " < ".join(check_crash(run, found, logged["crash"]))
    print(f"the hypervisor's crash stack: {stack}")
    return stack
