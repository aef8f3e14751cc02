#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Unwind the stacks in a vmcore with drgn and DWARF; print them.

    drgnstacks.py VMCORE VMLINUX [REGISTERS [MODULE...]]
    -> {"cpus": {CPU: [[ADDRESS, SYMBOL or null], ...]}, "from": [[[ADDRESS, ...], ...], ...]}

The frames of inlined functions, which no return address stands for, are left out. REGISTERS, a JSON
list of objects by the names of struct pt_regs, are more places to start from. MODULE: files .ko.
"""

import json
import sys

import drgn
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.percpu import per_cpu

MAX_FRAMES = 200


def name_of(program, address: int):
    """The symbol that an address is in; a call that never returns may be its last instruction."""
    try:
        return program.symbol(address - 1).name if address else None
    except LookupError:
        return None


def addresses(program, trace) -> list:
    """Of a stack's frames, without those of inlined functions."""
    frames = []
    for frame in list(trace)[:MAX_FRAMES]:
        if frame.is_inline:
            continue
        try:
            frames.append((frame.pc, name_of(program, frame.pc)))
        except LookupError:
            break
    return frames


def in_hypercall_page(program, address: int) -> bool:
    """Whether it is in the page that the hypervisor gives the kernel."""
    try:
        page = program["hv_hypercall_pg"].value_()
    except LookupError:
        return False
    return page and page <= address < page + 4096


def whole_trace(program, task) -> list:
    """A task's stack, from its beginning. The hypercall page is nobody's code: nothing tells how to
    unwind it, but it has no frame, and returns to what is on top of the stack."""
    trace = program.stack_trace(task)
    try:
        first, registers = trace[0].pc, trace[0].registers()
    except (IndexError, LookupError):
        return addresses(program, trace)
    if not in_hypercall_page(program, first):
        return addresses(program, trace)
    at = registers["rsp"]
    caller = drgn.Object(program, "struct pt_regs", {
        "ip": program.read_u64(at), "sp": at + 8, "bp": registers["rbp"], "bx": registers["rbx"],
        "r12": registers["r12"], "r13": registers["r13"], "r14": registers["r14"],
        "r15": registers["r15"], "cs": 0x10, "ss": 0x18})
    return [(first, None)] + addresses(program, program.stack_trace(caller))


def main() -> None:
    """Print the stacks as JSON."""
    program = drgn.Program()
    program.set_core_dump(sys.argv[1])
    try:
        program.load_debug_info([sys.argv[2], *sys.argv[4:]])
    except drgn.MissingDebugInfoError as problem:
        print(problem, file=sys.stderr)
    stacks, more = {}, []
    for cpu in for_each_online_cpu(program):
        task = per_cpu(program["current_task"], cpu)
        stacks[cpu] = whole_trace(program, task)
    for registers in json.loads(sys.argv[3]) if len(sys.argv) > 3 else []:
        start = drgn.Object(program, "struct pt_regs", registers)
        more.append(addresses(program, program.stack_trace(start)))
    print(json.dumps({"cpus": stacks, "from": more}))


if __name__ == "__main__":
    main()
