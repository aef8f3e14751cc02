# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump diff: each kind of difference, alone, and nothing where there is none.

Two captures are written note by note; one of them is changed in one place.
"""

import random
import struct

import pytest

import cores
import notes
from analyzer import HVDUMP_SAN, hvdump, valid, write

ROOT, CHILD = 1, 0x102
RAX, RIP, TSC, CS = 0x20000, 0x20010, 0x80000, 0x60001
WEIGHT, STATES = 0x20003, 0x48560017
VALUES = {0: 0, 1: 0, 3: 0, 4: 0, RAX: 0x11, RIP: 0x1000, TSC: 5, CS: 0x9B << 80 | 7}
PAGE = 4096


def counters(**changed):
    """A statistics page; cN=value."""
    page = bytearray(b"".join(struct.pack("<Q", i) for i in range(512)))
    for name, value in changed.items():
        struct.pack_into("<Q", page, 8 * int(name[1:]), value)
    return bytes(page)


def blob(data, kind=0x80000000, vp=0):
    """A VP's state; zeros at its end are left out by some."""
    words = data.rstrip(b"\0")
    words = words.ljust(-(-len(words) // 8) * 8, b"\0")
    return notes.record(STATES, struct.pack("<QIHHIIII", CHILD, vp, 0, 0, kind, len(data),
                                            len(words) // 8, 8) + words, 36)


APIC = bytes(range(200))
# HV_STATS_OBJECT_TYPE: a VP's, a logical processor's.
OF_VP, OF_LP = 0x10002, 2


def capture(values=None, root=None, props=None, balance=(5, 6), apic=APIC, vps=(0, 3),
            partitions=(CHILD,), page=None, lp_page=None, pfns=(0x9000, 0x9001), reason=3):
    """A live capture of a root with one child."""
    captured = [notes.capture(reason=reason), notes.partition(ROOT, 0, 1),
                notes.vp(ROOT, 0), notes.registers(ROOT, 0, {RAX: 1, RIP: 2, **(root or {})})]
    for ident in partitions:
        captured += [notes.partition(ident, 1, 3), notes.properties(ident, {WEIGHT: 1,
                                                                            **(props or {})}),
                     notes.balance(ident, *balance)]
        for vp in vps:
            captured += [notes.vp(ident, vp),
                         notes.registers(ident, vp, {**VALUES, **(values or {})})]
    captured += [blob(apic),
                 notes.pages(notes.page(pfns[0], partition=CHILD, vp=3, detail=OF_VP),
                             notes.page(pfns[1], partition=notes.NOBODY, vp=1, detail=OF_LP))]
    captured.append(notes.end(captured))
    return cores.elf(notes.chunk([notes.header(), *captured]),
                     [(pfns[0] * PAGE, page or counters()),
                      (pfns[1] * PAGE, lp_page or counters())])


def differences(path, a, b, *options, status=0, **more):
    """What JSON says; the text says as much, and nothing the other way round."""
    one, two = write(path / "a", a), write(path / "b", b)
    done = hvdump("diff", "--json", one, two, *options, **more)
    assert done.returncode == status, done.stderr
    found = valid("diff_command", done.stdout)["diff"]
    moving = [one for one in found["differences"] if one["volatile"]]
    assert (len(found["differences"]) - len(moving), len(moving)) == \
        (found["count"], found["volatile"])
    text = hvdump("diff", "-a", one, two, *options).stdout
    for entry in found["differences"]:
        assert f"{entry['a'] or 'not there'} -> {entry['b'] or 'not there'}" in text
    back = valid("diff_command", hvdump("diff", "--json", two, one, *options).stdout)["diff"]
    assert sorted((d["name"], d["b"], d["a"]) for d in back["differences"]) == \
        sorted((d["name"], d["a"], d["b"]) for d in found["differences"]) or \
        any(d["kind"] == "blob" for d in found["differences"])
    return found["differences"]


def only(path, a, b, *options, **more):
    (one,) = differences(path, a, b, *options, **more)
    return one


def test_no_difference(tmp_path):
    assert differences(tmp_path, capture(), capture()) == []
    assert "0 differences" in hvdump("diff", tmp_path / "a", tmp_path / "b").stdout
    # Where the pages lie is no difference: these are of another boot.
    assert differences(tmp_path, capture(), capture(pfns=(0x7000, 0x6000))) == []


def test_a_register_of_one_vp(tmp_path):
    found = differences(tmp_path, capture(), capture({RIP: 0x2000}))
    assert [(d["kind"], d["vp"], d["vtl"], d["name"], d["a"], d["b"]) for d in found] == [
        ("register", vp, 0, "RIP", "0x0000000000001000", "0x0000000000002000") for vp in (0, 3)]
    assert only(tmp_path, capture(), capture({RIP: 0x2000}), "-p", "0x102", "--vp", "3")["vp"] == 3
    wide = differences(tmp_path, capture(), capture({CS: 0x9A << 80 | 7}))[0]
    assert (wide["name"], wide["b"]) == ("CS", "0x000000000000009a0000000000000007"[:2]
                                         + f"{0x9A << 80 | 7:032x}")


@pytest.mark.parametrize("seed", range(20))
def test_exactly_what_was_changed(seed, tmp_path):
    """Registers drawn from all of the sixteen, each to another value."""
    rng = random.Random(seed)
    before = {RAX + i: rng.getrandbits(64) for i in range(16)}
    changed = {code: rng.getrandbits(64) for code in rng.sample(sorted(before), rng.randrange(16))}
    found = differences(tmp_path, capture(before, vps=(2,)),
                        capture({**before, **changed}, vps=(2,)))
    assert {d["name"] for d in found} == {
        ("RAX RCX RDX RBX RSP RBP RSI RDI R8 R9 R10 R11 R12 R13 R14 R15".split())[code - RAX]
        for code in changed}
    assert sorted(int(d["b"], 16) for d in found) == sorted(changed.values())
    assert not any(d["volatile"] for d in found)


def test_what_a_register_change_means(tmp_path):
    """The VP's state is told, too."""
    found = differences(tmp_path, capture(), capture({1: 1}, vps=(0, 3)), "--vp", "0")
    assert [(d["kind"], d["name"], d["a"], d["b"]) for d in found if d["partition"][-3:] == "102"] \
        == [("state", "state", "running", "intercept"),
            ("register", "INTERCEPT_SUSPEND", "0x0000000000000000", "0x0000000000000001")]


def test_time_is_told_apart(tmp_path):
    found = differences(tmp_path, capture(), capture({TSC: 99}))
    assert [(d["name"], d["volatile"]) for d in found] == [("TSC", True)] * 2
    text = hvdump("diff", tmp_path / "a", tmp_path / "b").stdout
    assert "TSC" not in text and "0 differences; 2 more of what moves by itself" in text


def test_what_the_host_ran_on_is_told_apart(tmp_path):
    one = only(tmp_path, capture(), capture(root={RAX: 77}))
    assert (one["partition"], one["volatile"]) == ("0x0000000000000001", True)


def test_a_property(tmp_path):
    one = only(tmp_path, capture(), capture(props={WEIGHT: 9}))
    assert (one["kind"], one["name"], one["b"]) == ("property", "CPU_WEIGHT",
                                                    "0x0000000000000009")
    one = only(tmp_path, capture(), capture(props={0x50003: 2}))
    assert (one["kind"], one["a"], one["b"]) == ("property", None, "0x0000000000000002")


def test_a_vp_and_a_partition(tmp_path):
    one = only(tmp_path, capture(), capture(vps=(0, 3, 4)))
    assert (one["kind"], one["vp"], one["a"], one["b"]) == ("vp", 4, None, "there")
    one = only(tmp_path, capture(), capture(partitions=(CHILD, 0x200)))
    assert (one["kind"], one["partition"], one["a"]) == ("partition", "0x0000000000000200", None)


def test_memory_balance(tmp_path):
    one = only(tmp_path, capture(), capture(balance=(4, 7)))
    assert (one["kind"], one["a"], one["b"]) == ("balance", "5, 6 pages", "4, 7 pages")


def test_a_blob_of_state(tmp_path):
    changed = bytearray(APIC)
    changed[100] ^= 1
    one = only(tmp_path, capture(), capture(apic=bytes(changed)))
    assert (one["kind"], one["name"], one["vp"]) == ("blob", "local APIC", 0)
    assert "1 of them differ from offset 0x64 on" in one["b"]
    # What is left out at the end is zeros.
    assert differences(tmp_path, capture(apic=APIC + bytes(8)), capture(apic=APIC + bytes(8))) == []


def test_counters_of_a_vp_and_of_a_processor(tmp_path):
    found = differences(tmp_path, capture(), capture(page=counters(c1=1000, c500=2000)))
    assert [(d["kind"], d["vp"], d["a"], d["b"]) for d in found] == [
        ("counter", 3, "1", "1000"), ("counter", 3, "500", "2000")]
    assert found[0]["name"] and found[1]["name"].endswith("counter 500")
    one = only(tmp_path, capture(), capture(lp_page=counters(c2=9)))
    assert (one["partition"], one["vp"], one["volatile"]) == (None, 1, True)


def test_usage_and_status(tmp_path):
    one = write(tmp_path / "a", capture())
    assert hvdump("diff", one).returncode == 2
    assert hvdump("diff", one, one, one).returncode == 2
    assert hvdump("diff", one, tmp_path / "none").returncode == 1
    assert hvdump("diff", one, one, "-p", "0x999").returncode == 1
    cut = write(tmp_path / "cut", notes.segment(ended=False))
    done = hvdump("diff", one, cut)
    assert done.returncode == 4 and len(done.stderr.splitlines()) == 1
    foreign = write(tmp_path / "foreign", cores.elf(notes.prstatus()))
    assert hvdump("diff", one, foreign).returncode == 3
    assert hvdump("diff", "-q", foreign, cut).stderr == ""


def test_damaged_files_under_the_sanitizers(tmp_path):
    """Bits, words and cuts, in either file, seeded."""
    rng = random.Random(8)
    good = capture()
    write(tmp_path / "good", good)
    for n in range(250):
        bad = bytearray(good[:rng.choice((len(good), rng.randrange(64, len(good))))])
        for _ in range(rng.randrange(6)):
            bad[rng.randrange(min(len(bad), 2200))] = rng.choice((0, 0xFF, rng.randrange(256)))
        files = [write(tmp_path / "bad", bad), tmp_path / "good"]
        rng.shuffle(files)
        done = hvdump("diff", *files, *(["--json"] if n % 2 else []), program=HVDUMP_SAN,
                      leaks=n % 10 == 0)
        assert done.returncode in (0, 1, 3, 4), (n, done.stderr)
        assert len(done.stderr.splitlines()) == (done.returncode != 0), (n, done.stderr)
        if n % 2 and done.returncode != 1:
            valid("diff_command", done.stdout)
