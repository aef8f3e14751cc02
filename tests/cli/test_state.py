# SPDX-License-Identifier: GPL-2.0-or-later
"""`hvdump state`: what the hypervisor gave of VPs besides registers, of states made by hand."""

import struct

import pytest

import cores
import notes
from analyzer import HVDUMP_SAN, hvdump, valid, write

APIC, TIMERS, SIM, SIEF = 0x80000000, 4, 0x80000002, 0x80000003
CHILD, REDACTED, GET_VP_STATE, ACCESS_DENIED = 0x102, 1, 0xE3, 6
SECOND = 10_000_000


def apic():
    """Each of its 44 words says where it is."""
    return struct.pack("<44I", *(0xA0000000 + 4 * n for n in range(44))).ljust(4096, b"\0")


def timers():
    """The second one is enabled and has a message that could not be delivered."""
    some = [struct.pack("<I4xQQQQ", n == 1, n == 1, 1000 + n, 0, 2000 + n) for n in range(4)]
    return b"".join(some) + bytes(40)


def messages():
    """One in slot 3: a timer's."""
    payload = struct.pack("<IIQQ", 0, 0, 111, 222)
    slot = struct.pack("<IBBHQ", 0x80000010, len(payload), 0, 0, 0) + payload
    return bytes(3 * 256) + slot.ljust(256, b"\0") + bytes(12 * 256)


def flags():
    """SINT 5: flags 8 and 9."""
    return bytes(5 * 256 + 1) + b"\3" + bytes(4096 - 5 * 256 - 2)


def dump(path, *states, machine=62):
    listed = [notes.header(machine=machine), notes.capture(), notes.partition(1, 0, 1),
              notes.partition(CHILD, 1, 3), notes.vp(CHILD, 0), notes.vp(CHILD, 1), *states]
    return write(path, cores.elf(notes.chunk([*listed, notes.end(listed[1:])])))


def of_json(*words):
    done = hvdump("state", "--json", *words, program=HVDUMP_SAN)
    assert done.returncode == 0, done.stderr
    return valid("state", done.stdout)


@pytest.fixture(name="whole", scope="module")
def make_whole(tmp_path_factory):
    return dump(tmp_path_factory.mktemp("state") / "hvdump.elf",
                notes.state(CHILD, 0, TIMERS, timers(), size=200),
                notes.state(CHILD, 0, APIC, apic(), size=4096),
                notes.state(CHILD, 0, SIM, messages(), size=4096),
                notes.state(CHILD, 0, SIEF, flags(), size=4096),
                notes.state(CHILD, 1, TIMERS, bytes(200), size=200),
                notes.failure(GET_VP_STATE, ACCESS_DENIED, CHILD, vp=1, argument=APIC),
                notes.balance(CHILD, 12, 34),
                notes.run_times((0, 30 * SECOND, 20 * SECOND, 5 * SECOND)))


def test_a_line_each(whole):
    done = hvdump("state", "-n", whole)
    assert done.returncode == 0
    assert [" ".join(line.split()) for line in done.stdout.splitlines()] == [
        "0x102 0 0 synthetic timers 200 1 of 4 enabled, 1 with a message undelivered",
        "0x102 0 0 local APIC 4096 id 0xa0000000, "
        f"{sum((0xA0000000 + 4 * n).bit_count() for n in range(21, 29))} vectors requested, "
        f"{sum((0xA0000000 + 4 * n).bit_count() for n in range(5, 13))} in service",
        "0x102 0 0 SynIC messages 4096 1 message not taken yet",
        "0x102 0 0 SynIC event flags 4096 2 flags set",
        "0x102 1 0 synthetic timers 200 0 of 4 enabled, 0 with a message undelivered",
        "0x102 1 0 local APIC (ACCESS_DENIED)",
        "0x102 memory balance 12 and 34 pages",
        "LP 0 run time 30.00 s, busy 20.00 s, in the hypervisor 5.00 s"]


def test_each_field_of_the_apic(whole):
    """Its words stand one behind the other, whatever they are called."""
    one, = (s for s in of_json(whole)["states"] if s["type"] == "0x80000000")
    assert one["structure"] == "hv_local_interrupt_controller_state"
    words = []
    for value in one["parts"][0]["fields"].values():
        words += value if isinstance(value, list) else [value]
    assert [int(str(word), 0) for word in words] == [0xA0000000 + 4 * n for n in range(44)]
    fields = one["parts"][0]["fields"]
    assert fields["apic_lvt_timer"] == "0xa0000080" and fields["apic_irr"][0] == "0xa0000054"


def test_timers_messages_and_flags(whole):
    by_type = {s["type"]: s for s in of_json(whole, "-p", hex(CHILD), "--vp", "0")["states"]}
    assert len(by_type) == 4
    four = by_type["0x00000004"]["parts"][0]["fields"]["timers"]
    assert [int(t["count"], 16) for t in four] == [1000, 1001, 1002, 1003]
    assert [int(t["undelivered_exp_time"], 16) for t in four] == [2000, 2001, 2002, 2003]
    assert [t["undelivered_msg_pending"] for t in four] == [False, True, False, False]
    slot = by_type["0x80000002"]["parts"][1]
    assert slot["title"] == "SINT 3: TIMER_EXPIRED"
    assert int(slot["fields"]["expiration_time"], 16) == 111
    sint = by_type["0x80000003"]["parts"][1]
    assert sint["title"] == "SINT 5" and sint["fields"]["set"] == "8-9"


def test_balance_run_time_and_refusal(whole):
    data = of_json(whole)
    assert data["balances"] == [{"partition": f"{CHILD:#018x}", "first": f"{12:#018x}",
                                 "second": f"{34:#018x}"}]
    assert data["run_times"] == [{"lp": 0, "since_start": f"{30 * SECOND:#018x}",
                                  "busy": f"{20 * SECOND:#018x}",
                                  "hypervisor": f"{5 * SECOND:#018x}"}]
    failed, = data["states_failed"]
    assert (failed["vp"], failed["type"], failed["status"]) == (1, "0x80000000", "ACCESS_DENIED")


def test_field_by_field_as_text(whole):
    done = hvdump("state", whole, "-p", hex(CHILD), "--vp", "0")
    assert done.returncode == 0
    assert "Partition 0x102, VP 0, VTL 0: local APIC" in done.stdout
    assert "SINT 3: TIMER_EXPIRED" in done.stdout and "VP 1" not in done.stdout


def test_redacted_is_not_zero(tmp_path):
    file = dump(tmp_path / "x", notes.state(CHILD, 0, TIMERS, b"", flags=REDACTED, size=200))
    assert "(redacted)" in hvdump("state", file).stdout
    one, = of_json(file)["states"]
    assert one["redacted"] is True and one["parts"][0]["fields"].keys() == {"redacted"}


def test_arm64_has_another_interrupt_controller(tmp_path):
    """Whose layout is not public: its bytes are shown."""
    file = dump(tmp_path / "x", notes.state(CHILD, 0, APIC, b"\x11" * 16, size=4096), machine=183)
    one, = of_json(file)["states"]
    assert one["structure"] is None
    assert one["parts"][0]["fields"]["bytes"].startswith("11" * 16 + "00")


@pytest.mark.parametrize("kind", [APIC, TIMERS, SIM, SIEF, 77])
@pytest.mark.parametrize("size", [0, 1, 199, 0xFFFFFFFF])
def test_any_size(tmp_path, kind, size):
    """A size that no state has is no harm."""
    file = dump(tmp_path / "x", notes.state(CHILD, 0, kind, b"", size=size))
    for words in ([], ["-a"], ["--json"]):
        done = hvdump("state", *words, file, program=HVDUMP_SAN)
        assert done.returncode in (0, 4) and "runtime error" not in done.stderr
