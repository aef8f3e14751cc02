# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions to minihv by way of the probe module, and what must come back."""
import struct

SELF = 0xFFFFFFFFFFFFFFFF
VP_SELF = 0xFFFFFFFE
ROOT_ID = 1
PAGE = 4096
FILLER = 0xEE

SUCCESS, BAD_CODE, BAD_INPUT, BAD_ALIGNMENT, BAD_PARAMETER = 0x0, 0x2, 0x3, 0x4, 0x5
BAD_STATE, DENIED, UNKNOWN_PROPERTY, NO_MEMORY = 0x7, 0x8, 0x9, 0xB
BAD_PARTITION, BAD_VP, NO_RESOURCES, BAD_LP, BAD_VTL = 0xD, 0xE, 0x1D, 0x41, 0x51


class Session:
    """The commands of one run, each with a check of its answer."""

    def __init__(self):
        self.commands, self.checks = [], []
        self.compared = {}
        self.failures = []

    def ask(self, group, command, check, cpu=0):
        """Queue a command; check(answer) returns None or what is wrong."""
        self.commands.append(f"{cpu} {command}")
        self.checks.append((group, command, check))

    def judge(self, answers):
        if len(answers) != len(self.checks):
            self.failures.append(f"{len(answers)} answers to {len(self.checks)} commands")
        for (group, command, check), answer in zip(self.checks, answers):
            self.compared.setdefault(group, 0)
            wrong = check(self, group, answer)
            if wrong:
                self.failures.append(f"{group}: {command[:90]}: {wrong}")

    def count(self, group, n=1):
        self.compared[group] = self.compared.get(group, 0) + n


def control(code, reps=0, start=0, fast=False, var=0, extra=0):
    return code | fast << 16 | var << 17 | reps << 32 | start << 48 | extra


def parse_call(answer):
    """(status, reps done, output bytes) of a `call` answer."""
    result, _, data = answer.partition(" ")
    result = int(result, 16)
    return result & 0xFFFF, result >> 32 & 0xFFF, bytes.fromhex(data)


def call(session, group, ctl, data=b"", out_len=0, want=SUCCESS, done=0, output=None,
         in_at="0", out_at="0", cpu=0):
    """Queue a hypercall and say what must come back.

    output: the exact bytes, or None for "not looked at"; on an error the
    output buffer must not have been touched.
    """
    def check(s, g, answer):
        if answer.startswith("error"):
            return answer
        status, reps, got = parse_call(answer)
        s.count(g)
        if (status, reps) != (want, done):
            return f"status {status:#x} reps {reps}, expected {want:#x} reps {done}"
        expected = output
        if want != SUCCESS and output is None:
            expected = bytes([FILLER]) * out_len
        if expected is not None and got != expected:
            return f"output {got.hex()[:80]}, expected {expected.hex()[:80]}"
        return None

    session.ask(group, f"call {ctl:#x} {in_at} {out_at} {out_len} {data.hex()}", check, cpu)


def get_registers(partition, vp, vtl, names):
    """Input block of GetVpRegisters; vtl None: the caller's."""
    return struct.pack("<QIBBH", partition, vp, 0 if vtl is None else 0x10 | vtl, 0, 0) + \
        struct.pack(f"<{len(names)}I", *names)


def values_bytes(values):
    return b"".join(v.to_bytes(16, "little") for v in values)
