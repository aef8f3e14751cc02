# SPDX-License-Identifier: GPL-2.0-or-later
"""Lies that minihv is told to tell: hv=KIND:CALL[@PARTITION[.VP]][:ARG];..., as in its lie=.

tests/minihv/README.md describes the kinds. minihv itself checks the details and says what is
wrong; here is what needs no machine to be known.
"""

KINDS = ("error", "garbage", "reps", "partial", "slow", "cycle", "vanish", "unreadable")

# The calls of tests/minihv/hypercall.c, by name and by number.
CALLS = {
    "GetLogicalProcessorRunTime": 0x04, "GetPartitionProperty": 0x44, "GetPartitionId": 0x46,
    "GetNextChildPartition": 0x47, "CreateVp": 0x4e, "GetVpRegisters": 0x50,
    "SetSystemProperty": 0x6f, "AddLogicalProcessor": 0x76, "GetSystemProperty": 0x7b,
    "MapDeviceInterrupt": 0x7c, "UnmapDeviceInterrupt": 0x7d, "EnterSleepState": 0x84,
    "NotifyPartitionEvent": 0x87,
}

# What the crash kernel itself asks while it boots or switches off, and stops at if it goes wrong:
# a lie about these would show nothing of hvdump, which never makes them at a crash.
OF_LINUX = {0x04, 0x46, 0x4e, 0x6f, 0x76, 0x7c, 0x7d, 0x84}


def split(text: str) -> list:
    """The lies of hv=."""
    return [one for one in text.split(";") if one]


def kind_and_call(lie: str) -> tuple:
    """The kind, and the call's number; None for any call. Raises ValueError."""
    words = lie.split(":")
    if len(words) < 2 or words[0] not in KINDS:
        raise ValueError(f"hv={lie}: it begins with one of {', '.join(KINDS)}, and a call")
    call = words[1].partition("@")[0]
    if call == "any":
        return words[0], None
    try:
        return words[0], CALLS[call] if call in CALLS else int(call, 0)
    except ValueError:
        raise ValueError(f"hv={lie}: no such call: {call}") from None


def check(text: str) -> None:
    """Raise ValueError for what cannot be understood."""
    for lie in split(text):
        kind_and_call(lie)


def impossible(scenario: str, options) -> str:
    """Why these lies cannot be told in this scenario; empty when they can."""
    if options.hv and scenario.startswith("nohv"):
        return "there is no hypervisor that could lie"
    if options.hv and options.module == "no":
        return "lies begin with a capture, which module=no leaves out"
    for lie in split(options.hv):
        kind, call = kind_and_call(lie)
        if call not in {None, *CALLS.values()}:
            return f"minihv does not know call {call:#x}"
        if call in OF_LINUX:
            return f"call {call:#x} is one that the crash kernel cannot do without"
        if call is None and kind not in ("slow", "vanish"):
            return "a lie about any call would keep the crash kernel itself from booting"
        if kind == "cycle" and call != CALLS["GetNextChildPartition"]:
            return "only GetNextChildPartition can have a cycle"
        if kind == "partial" and call != CALLS["GetVpRegisters"]:
            return "only a rep call can be done in part"
    return ""


def arguments(text: str) -> str:
    """minihv's arguments."""
    return "".join(f" lie={lie}" for lie in split(text))
