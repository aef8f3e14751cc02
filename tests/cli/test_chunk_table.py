# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump-collect finds the notes by the chunk table that the kernel's command line names.

The tables are made here from doc/note-format.md, "The chunk table".
"""

import random
import struct
import zlib

import pytest

import cores
import notes
from collecting import COLLECT, Stage, check_finished

pytestmark = pytest.mark.skipif(not COLLECT.exists(), reason=f"{COLLECT} is not built")

NONCE = 0x1122334455667788
TABLE = 0x5000000
SIZE = 0x2000
PLACES = [0x7000000, 0x7100000, 0x7200000, 0x6000000]
OTHERS = notes.prstatus() * 2 + notes.vmcoreinfo()


def make_table(entries, nonce=NONCE, version=1, count=None, stride=16, magic=b"HVDTABLE"):
    """The page; entries: (address, length, role)."""
    count = len(entries) if count is None else count
    head = magic + struct.pack("<IIQI", version, count, nonce, stride)
    elements = b"".join(struct.pack("<QII", *one).ljust(stride, b"\xee") for one in entries)
    page = head + struct.pack("<I", zlib.crc32(elements, zlib.crc32(head))) + elements
    return page.ljust(4096, b"\0")


CAPTURED = [notes.capture(), notes.partition(1, 0, 1)]
CHUNKS = [
    notes.chunk([notes.header(), *CAPTURED], 0, 3, address=PLACES[0], size=SIZE),
    notes.chunk([notes.end(CAPTURED)], 1, 3, address=PLACES[1], size=SIZE),
    b"",                        # was not needed
    notes.chunk([], 0, 1, role=1, address=PLACES[3], size=SIZE, close=False),
]
ENTRIES = [(place, SIZE, int(place == PLACES[3])) for place in PLACES]
WANTED = OTHERS + b"".join(CHUNKS)


def stage_with(path, table, segment=OTHERS, chunks=tuple(CHUNKS)):
    """A vmcore whose memory holds the table and the chunks."""
    memory = [(place, data.ljust(SIZE, b"\0")) for place, data in zip(PLACES, chunks)]
    return Stage(path, cores.elf(segment, [(TABLE, table), *memory]))


def collect(stage, text=f"ro hvdump={TABLE:#x}:4096 quiet\n", *options):
    """Run it with that command line: (exit status, manifest, note segment or None)."""
    (stage.path / "cmdline").write_text(text)
    run = stage.run("--cmdline", stage.path / "cmdline", "--no-vmcore", "--no-report", *options)
    assert run.returncode in (0, 1, 4), run.stderr
    manifest = check_finished(stage.collected())
    elf = stage.collected() / "hvdump.elf"
    return run.returncode, manifest, cores.note_segment(elf.read_bytes()) if elf.exists() else None


def test_the_notes_are_as_if_they_had_been_in_the_vmcore(tmp_path):
    for name in ("table", "notes"):
        (tmp_path / name).mkdir()
    by_table = collect(stage_with(tmp_path / "table", make_table(ENTRIES)))
    by_notes = collect(Stage(tmp_path / "notes", cores.elf(WANTED)))
    assert by_table[0] == by_notes[0] == 0
    assert by_table[2] == by_notes[2] == WANTED
    assert by_table[1]["source"]["road"] == "command-line"
    assert by_notes[1]["source"]["road"] == "notes"
    assert by_table[1]["capture"] == by_notes[1]["capture"]
    assert by_table[1]["capture"]["complete"] is True
    assert by_table[1]["messages"] == by_notes[1]["messages"] == []


def test_notes_in_the_vmcore_win(tmp_path):
    segment = OTHERS + notes.segment()
    status, manifest, found = collect(stage_with(tmp_path, make_table(ENTRIES), segment))
    assert (status, found) == (0, segment)
    assert manifest["source"]["road"] == "notes"


@pytest.mark.parametrize("text", ["ro quiet\n", "", "xhvdump=0x5000000:4096"])
def test_no_word_of_a_table(tmp_path, text):
    status, manifest, found = collect(stage_with(tmp_path, make_table(ENTRIES)), text)
    assert found is None
    assert manifest["source"]["road"] is None
    assert manifest["messages"] == [f"no hypervisor state in {tmp_path}/source"]
    assert status == 0


def test_the_last_word_counts(tmp_path):
    status, _, found = collect(stage_with(tmp_path, make_table(ENTRIES)),
                               f"hvdump=1:2 hvdump={TABLE}:0x1000")
    assert (status, found) == (0, WANTED)


@pytest.mark.parametrize("value", ["", "x", "0x5000000", "0x5000000:", "0x5000000:0", ":4096",
                                   "0xffffffffffffffff:4096", "0x5000000:4096,1:2", "-1:4096"])
def test_words_that_are_not_understood(tmp_path, value):
    status, manifest, found = collect(stage_with(tmp_path, make_table(ENTRIES)),
                                      f"hvdump={value}")
    assert found is None
    assert status in (1, 4)
    assert any("is no ADDRESS:LENGTH" in text for text in manifest["messages"])


@pytest.mark.parametrize("table, where, words", [
    (bytes(4096), "0x5000000:4096", "no chunk table is there"),
    (make_table(ENTRIES, magic=b"HVDTABLF"), "0x5000000:4096", "no chunk table is there"),
    (make_table(ENTRIES), "0x5000008:4000", "no chunk table is there"),
    (make_table(ENTRIES), "0x5000000:31", "no chunk table is there"),
    (make_table(ENTRIES), "0x4000000:4096", "in no PT_LOAD"),
    (make_table(ENTRIES), "0x5000000:4097", "in no PT_LOAD"),
    (make_table(ENTRIES), "0x5000000:65537", "no chunk table has"),
    (make_table(ENTRIES, version=2), "0x5000000:4096", "version 2"),
    (make_table(ENTRIES, count=255), "0x5000000:4096", "damaged: 255 chunks"),
    (make_table(ENTRIES, count=2**32 - 1), "0x5000000:4096", "damaged"),
    (make_table(ENTRIES, stride=15), "0x5000000:4096", "damaged: 4 chunks of 15"),
    (make_table(ENTRIES, stride=2000), "0x5000000:4096", "damaged"),
    (make_table(ENTRIES), "0x5000000:64", "damaged"),
])
def test_tables_that_are_none(tmp_path, table, where, words):
    status, manifest, found = collect(stage_with(tmp_path, table), f"hvdump={where}")
    assert found is None
    assert status in (1, 4)
    assert any(words in text for text in manifest["messages"]), manifest["messages"]


def test_longer_elements_are_read_as_far_as_known(tmp_path):
    status, _, found = collect(stage_with(tmp_path, make_table(ENTRIES, stride=24)))
    assert (status, found) == (0, WANTED)


@pytest.mark.parametrize("entry, words", [
    ((0x9000000, SIZE, 0), "in no PT_LOAD"),
    ((PLACES[0], 0, 0), "lists 1 chunks that cannot be"),
    ((2**64 - 1, SIZE, 0), "lists 1 chunks that cannot be"),
    ((TABLE, 4096, 0), "no chunk of notes is there"),
    ((0, 2**32 - 1, 0), "more than 64 MiB"),
])
def test_an_entry_that_is_wrong_costs_that_chunk_alone(tmp_path, entry, words):
    status, manifest, found = collect(stage_with(tmp_path, make_table([*ENTRIES, entry])))
    assert found == WANTED
    assert status == 4
    assert any(words in text for text in manifest["messages"]), manifest["messages"]


def test_a_chunk_that_is_listed_twice_is_taken_once(tmp_path):
    status, _, found = collect(stage_with(tmp_path, make_table(ENTRIES + ENTRIES[:2])))
    assert (status, found) == (0, WANTED)


def test_chunks_of_another_table_are_not_taken(tmp_path):
    """Memory of a module that was unloaded and loaded again, at an old address."""
    status, manifest, found = collect(stage_with(tmp_path, make_table(ENTRIES, nonce=1)))
    assert found is None
    assert status in (1, 4)
    assert sum("belongs to another table" in text for text in manifest["messages"]) == 3


def test_a_wrong_crc_is_said_and_the_chunks_prove_themselves(tmp_path):
    page = bytearray(make_table(ENTRIES))
    page[28] ^= 1
    status, manifest, found = collect(stage_with(tmp_path, bytes(page)))
    assert found == WANTED
    assert status == 4
    assert any("its CRC differs" in text for text in manifest["messages"])


@pytest.mark.parametrize("bit", range(0, (32 + 16 * len(ENTRIES)) * 8, 7))
def test_no_flipped_bit_of_the_table_goes_unseen(tmp_path, bit):
    page = bytearray(make_table(ENTRIES))
    page[bit // 8] ^= 1 << bit % 8
    status, manifest, _ = collect(stage_with(tmp_path, bytes(page)))
    assert status in (1, 4)
    assert manifest["messages"]


@pytest.mark.parametrize("seed", range(20))
def test_rubbish_does_no_harm(tmp_path, seed):
    """A page of noise behind a good head, with a CRC that fits."""
    rng = random.Random(seed)
    entries = [(rng.choice([*PLACES, rng.getrandbits(64)]) + rng.choice([0, 0, 1, 4]),
                rng.choice([SIZE, rng.getrandbits(13), rng.getrandbits(32)]),
                rng.getrandbits(32)) for _ in range(rng.randrange(1, 60))]
    collect(stage_with(tmp_path, make_table(entries)))


def test_notes_by_option_come_behind(tmp_path):
    stage = stage_with(tmp_path, make_table(ENTRIES[:1]))
    status, manifest, found = collect(stage, f"hvdump={TABLE}:4096", "--notes",
                                      f"{PLACES[0]:#x}:{SIZE},{PLACES[1]:#x}:{SIZE}")
    assert (status, found) == (0, OTHERS + CHUNKS[0] + CHUNKS[1])
    assert manifest["source"]["road"] == "command-line"
