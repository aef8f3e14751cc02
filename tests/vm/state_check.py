# SPDX-License-Identifier: GPL-2.0-or-later
"""`hvdump state` against the rule by which minihv makes the states of VPs.

The structures are spelled out here a second time, from hyperv-abi: hv_synthetic_timers_state and
hv_local_interrupt_controller_state, and the two pages of the SynIC.
"""

import struct

from . import programs
from .test_registers import RULE

KINDS = (RULE.APIC, RULE.TIMERS, RULE.SIM, RULE.SIEF)

# Words of 32 bits in their order; a number: an array of so many.
APIC = [("id", 0), ("version", 0), ("ldr", 0), ("dfr", 0), ("spurious", 0), ("isr", 8), ("tmr", 8),
        ("irr", 8), ("esr", 0), ("icr_high", 0), ("icr_low", 0), ("lvt_timer", 0),
        ("lvt_thermal", 0), ("lvt_perfmon", 0), ("lvt_lint0", 0), ("lvt_lint1", 0),
        ("lvt_error", 0), ("lvt_cmci", 0), ("error_status", 0), ("initial_count", 0),
        ("counter_value", 0), ("divide_configuration", 0), ("remote_read", 0)]
DECIMAL = {"initial_count", "counter_value"}


def apic(data: bytes) -> list:
    """The fields of a local APIC's state."""
    words = iter(struct.unpack_from("<44I", data))
    fields = {}
    for name, count in APIC:
        some = [next(words) for _ in range(count or 1)]
        if name not in DECIMAL:
            some = [f"{word:#010x}" for word in some]
        fields["apic_" + name] = some if count else some[0]
    return [fields]


def timers(data: bytes) -> list:
    """The fields of the four timers."""
    some = []
    for at in range(0, 160, 40):
        flags, config, count, adjustment, expires = struct.unpack_from("<I4xQQQQ", data, at)
        some.append({"undelivered_msg_pending": bool(flags & 1), "config": f"{config:#018x}",
                     "count": f"{count:#018x}", "adjustment": f"{adjustment:#018x}",
                     "undelivered_exp_time": f"{expires:#018x}"})
    return [{"timers": some}]


def messages(data: bytes) -> list:
    """Type, size of the payload and sender of what is in the slots."""
    some = []
    for at in range(0, 4096, 256):
        kind, size, _, sender = struct.unpack_from("<IBB2xQ", data, at)
        if kind:
            some.append({"message_type": f"{kind:#010x}", "payload_size": f"{size:#018x}",
                         "sender": f"{sender:#018x}"})
    return some


def flags(data: bytes) -> list:
    """The bytes of each SINT that has a flag."""
    some = [data[at:at + 256] for at in range(0, 4096, 256)]
    return [{"bytes": one.hex()} for one in some if any(one)]


DECODED = {RULE.APIC: apic, RULE.TIMERS: timers, RULE.SIM: messages, RULE.SIEF: flags}


def said(state: dict) -> list:
    """Of what hvdump says, as much as is spelled out above."""
    parts = [part["fields"] for part in state["parts"] if part["fields"]]
    keys = {"0x80000002": ("message_type", "payload_size", "sender"), "0x80000003": ("bytes",)}
    wanted = keys.get(state["type"])
    return [{key: part[key] for key in wanted} for part in parts] if wanted else parts


def check_states(run, name="hvdump.elf") -> int:
    """Each state of each VP and VTL of minihv's children, field by field; how many there are."""
    document = programs.hvdump_json("state", run.out / name)
    shown = {(int(one["partition"], 16), one["vp"], one["vtl"], int(one["type"], 16)): one
             for one in document["states"]}
    want = {(ident, vp, vtl, kind): RULE.vp_state(run.options.seed, ident, vp, vtl, kind)
            for ident, sort, vps, vtls in RULE.parse_spec(run.options.parts)
            for vp in vps for vtl in RULE.vtls(sort, vp, vtls) for kind in KINDS}
    assert shown.keys() == want.keys() and len(want) >= 4 * 10
    for key, data in want.items():
        assert shown[key]["size"] == len(data)
        assert said(shown[key]) == DECODED[key[3]](data), key
    times = {one["lp"]: int(one["hypervisor"], 16) for one in document["run_times"]}
    assert times == {lp: RULE.hypervisor_time(run.options.seed, lp)
                     for lp in range(run.options.cpus)}
    return len(want)
