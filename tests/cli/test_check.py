# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump check: nothing where there is nothing, and each of a list of planted differences."""

import struct

import pytest

import cores
import notes
from analyzer import HVDUMP_SAN, described, hvdump, valid, write
from kdumps import Kdump
from test_driver import VMCORE

RIP, RFLAGS, RAX = 0x20010, 0x20011, 0x20000
REGISTER_PFN, CHILD = 0x9000, 0x102
# Where they stand in struct hv_vp_register_page.
PLACES = {RAX: 0x08, RIP: 0x88, RFLAGS: 0x90}
VALUES = {RAX: 0x1111, RIP: 0xFFFF_F800_1234_5678, RFLAGS: 0x246}


def check(path, status, program=None):
    """{id: check}, by JSON; the text says the same."""
    done = hvdump("--json", "check", path, **({"program": program} if program else {}))
    assert done.returncode == status, done.stdout + done.stderr
    found = {one["id"]: one for one in valid("check_command", done.stdout)["checks"]}
    text = hvdump("check", path)
    assert text.returncode == status
    for one in found.values():
        assert f"{one['state']:8} {one['id']:12} " in text.stdout
        assert all(line in text.stdout for line in one["evidence"])
        assert (one["differences"] > 0) == (one["state"] == "differs")
    return found


def differing(found):
    return {ident for ident, one in found.items() if one["state"] == "differs"}


# --- the note and its pages: small files

def register_page(values, valid_flag=1):
    page = bytearray(4096)
    page[0:3] = bytes((1, 0, valid_flag))
    for code, value in values.items():
        struct.pack_into("<Q", page, PLACES[code], value)
    return bytes(page)


def small(values=None, page=None, pfn=REGISTER_PFN, extra=()):
    """hvdump.elf of a child with one VP, its register page beside the notes."""
    captured = [notes.capture(), notes.partition(1, 0, 1), notes.partition(CHILD, 1, 3),
                notes.vp(CHILD, 0), notes.registers(CHILD, 0, values or VALUES),
                notes.pages(notes.page(REGISTER_PFN, notes.REGISTER_PAGE, partition=CHILD)), *extra]
    captured.append(notes.end(captured))
    return cores.elf(notes.chunk([notes.header(), *captured]),
                     [(pfn << 12, page or register_page(VALUES))])


def test_nothing_is_found_where_nothing_is_wrong(tmp_path):
    found = check(write(tmp_path / "hvdump.elf", small()), 0)
    assert differing(found) == set()
    assert {ident for ident, one in found.items() if one["state"] == "ok"} == \
        {"file", "checksums", "records", "pages", "registers"}
    assert found["registers"]["text"].endswith(f" {len(VALUES)}.")
    assert "VMCOREINFO" in found["partitions"]["text"]


@pytest.mark.parametrize("code", VALUES)
def test_a_register_that_differs(tmp_path, code):
    """One bit of it, in the note or in the page."""
    wrong = {**VALUES, code: VALUES[code] ^ 1 << 13}
    for data in (small(values=wrong), small(page=register_page(wrong))):
        found = check(write(tmp_path / "hvdump.elf", data), 4)
        assert differing(found) == {"registers"}
        (line,) = found["registers"]["evidence"]
        assert "partition 0x102, VP 0" in line
        assert f"{VALUES[code]:#018x}" in line and f"{wrong[code]:#018x}" in line


def test_a_register_page_that_is_not_valid_says_nothing(tmp_path):
    found = check(write(tmp_path / "hvdump.elf", small(page=register_page({}, 0))), 0)
    assert found["registers"]["state"] == "unknown"


def test_a_page_that_is_not_there(tmp_path):
    found = check(write(tmp_path / "hvdump.elf", small(pfn=REGISTER_PFN + 1)), 4)
    assert differing(found) == {"pages"}
    assert "page 0x9000 (register-page, partition 0x102, VP 0" in found["pages"]["evidence"][0]


def test_a_page_that_was_guarded_is_no_difference(tmp_path):
    data = small(pfn=REGISTER_PFN + 1, extra=[])
    guarded = notes.chunk([notes.unread((REGISTER_PFN, 1, notes.REGISTER_PAGE, 0))], role=2)
    data = cores.elf(cores.note_segment(data) + guarded, [(0x7000, bytes(4096))])
    assert differing(check(write(tmp_path / "hvdump.elf", data), 0)) == set()


def test_every_byte_of_a_chunk_is_under_its_checksum(tmp_path):
    segment = cores.note_segment(small())
    for at in range(60, len(segment) - 60, 97):
        broken = bytearray(segment)
        broken[at] ^= 0x10
        data = cores.elf(bytes(broken), [(REGISTER_PFN << 12, register_page(VALUES))])
        done = hvdump("--json", "check", write(tmp_path / "hvdump.elf", data))
        assert done.returncode == 4, at
        found = {one["id"]: one["state"]
                 for one in valid("check_command", done.stdout)["checks"]}
        assert found["checksums"] == "differs", at


def test_a_capture_that_was_cut_off(tmp_path):
    found = check(write(tmp_path / "cut", notes.segment(ended=False)), 4)
    assert "records" in differing(found)
    assert "no end record" in found["records"]["evidence"][0]


def test_what_was_dropped_is_missing(tmp_path):
    found = check(write(tmp_path / "dropped", notes.segment(dropped=[(notes.VP, 1, 7)])), 4)
    assert differing(found) == {"records"}
    assert "7" in found["records"]["evidence"][0]


def test_many_differences_are_counted(tmp_path):
    wrong = {code: value ^ 1 for code, value in VALUES.items()}
    found = check(write(tmp_path / "hvdump.elf", small(values=wrong)), 4)
    assert found["registers"]["differences"] == len(VALUES)
    pages = [notes.page(0x100 + i) for i in range(20)]
    found = check(write(tmp_path / "hvdump.elf", small(extra=[notes.pages(*pages)])), 4)
    assert found["pages"]["differences"] == 20
    assert len(found["pages"]["evidence"]) == 8


def test_nothing_at_all(tmp_path):
    done = hvdump("check", write(tmp_path / "foreign.elf", cores.elf(notes.prstatus())))
    assert done.returncode == 3


def test_the_encoders_own_notes_hold_together(tmp_path):
    found = check(write(tmp_path / "panic", described("panic")), 0)
    assert found["checksums"]["state"] == "ok"


# --- with the driver's objects: a real dump, and notes that say what is true of it

needs_vmcore = pytest.mark.skipif(not VMCORE.exists(), reason=f"no {VMCORE}")


@pytest.fixture(scope="module", name="driver")
def fixture_driver():
    return valid("driver_command", hvdump("--json", "driver", VMCORE).stdout)["driver"]


def told(driver, ident=None, vps=None, pfn_off=0, leaf=None, balance=(251, 300)):
    """A note of what the driver knows, but for what is asked to be wrong."""
    (one,) = driver["partitions"]
    ident = ident or int(one["id"], 16)
    hyperv = {key: int(driver["ms_hyperv"][key], 16)
              for key in ("features", "priv_high", "ext_features", "misc_features")}
    hyperv.update(leaf or {})
    captured = [notes.capture(cpu=0), notes.record(notes.HYPERVISOR, struct.pack(
        "<IIIIIII", 1, 20, 0x40000003, *hyperv.values())), notes.partition(1, 0, 1),
        notes.partition(ident, 1, 3)]
    for vp in one["vps"] if vps is None else vps:
        captured.append(notes.vp(ident, vp["index"]))
    captured.append(notes.pages(*(
        notes.page(vp[f"{kind}_pfn"] + pfn_off, code, partition=ident, vp=vp["index"])
        for vp in one["vps"] for kind, code in (("register", 11), ("intercept", 12)))))
    if balance:
        captured.append(notes.balance(ident, *balance))
    captured.append(notes.end(captured))
    return cores.elf(notes.chunk([notes.header(), *captured]))


@pytest.fixture(name="crash_dir")
def fixture_crash_dir(tmp_path):
    """A collector's directory: the note is written by the test, the vmcore is the real one."""
    (tmp_path / "vmcore").symlink_to(VMCORE)
    return tmp_path


def of_views(path, note, status=4):
    """Checks that differ, and all."""
    write(path / "hvdump.elf", note)
    found = check(path, status)
    return differing(found), found


@needs_vmcore
def test_two_views_that_agree(crash_dir, driver):
    differ, found = of_views(crash_dir, told(driver), status=0)
    assert differ == set()
    for ident in ("objects", "identity", "death", "partitions", "vps", "vp-objects",
                  "state-pages", "regions", "balance"):
        assert found[ident]["state"] == "ok", found[ident]


@needs_vmcore
def test_another_partition_id_in_the_note(crash_dir, driver):
    differ, found = of_views(crash_dir, told(driver, ident=0x103))
    assert differ == {"partitions"}
    (line,) = found["partitions"]["evidence"]
    assert "0x102" in line and "the note does not" in line


@needs_vmcore
def test_a_vp_that_only_one_has(crash_dir, driver):
    (one,) = driver["partitions"]
    differ, found = of_views(crash_dir, told(driver, vps=one["vps"][:1]))
    assert differ == {"vps"}
    assert "the driver has VP 1, the note does not" in found["vps"]["evidence"][0]
    more = [*one["vps"], {"index": 9}]
    differ, found = of_views(crash_dir, told(driver, vps=more))
    assert differ == {"vps"}
    assert "the note has VP 9, the driver does not" in found["vps"]["evidence"][0]


@needs_vmcore
def test_state_pages_elsewhere(crash_dir, driver):
    differ, found = of_views(crash_dir, told(driver, pfn_off=1))
    assert differ == {"state-pages"}
    assert found["state-pages"]["differences"] == 4


# Two VPs with a register and an intercept page each, and a region, which needs a table: five.

@needs_vmcore
@pytest.mark.parametrize("balance", [(0, 0), (0, 4), (4, 0), (2, 2)])
def test_a_balance_that_cannot_hold_the_regions(crash_dir, driver, balance):
    differ, found = of_views(crash_dir, told(driver, balance=balance))
    assert differ == {"balance"}
    (line,) = found["balance"]["evidence"]
    assert "partition 0x102: " in line and "(regions: 1, pages of VPs: 4)" in line
    assert f"5 deposited pages at least, the balance has {sum(balance)}" in line


@needs_vmcore
@pytest.mark.parametrize("balance", [(0, 5), (5, 0), ((1 << 64) - 1, 2)])
def test_a_balance_that_just_can(crash_dir, driver, balance):
    assert of_views(crash_dir, told(driver, balance=balance), status=0)[0] == set()


@needs_vmcore
def test_without_a_balance_nothing_is_said_of_it(crash_dir, driver):
    found = of_views(crash_dir, told(driver, balance=None), status=0)[1]
    assert found["balance"]["state"] == "unknown"
    assert "no memory balance" in found["balance"]["text"]


@needs_vmcore
@pytest.mark.parametrize("pages, says", [(0, "0 pages at GFN 0x0 are no guest memory"),
                                         (1 << 41, "2199023255552 pages at GFN 0x0")])
def test_a_region_that_is_no_memory(crash_dir, objects, driver, pages, says):
    objects.put(objects.region_pages(), pages, 8)
    objects.save()
    differ, found = of_views(crash_dir, told(driver))
    assert differ == {"regions"}
    assert says in found["regions"]["evidence"][0]


@needs_vmcore
def test_other_features(crash_dir, driver):
    differ, found = of_views(crash_dir, told(driver, leaf={"features": 0x61}))
    assert differ == {"identity"}
    assert "ms_hyperv.features" in found["identity"]["evidence"][0]


class Objects:
    """The driver's objects in a copy of the vmcore, found by what they point to."""

    def __init__(self, path, driver):
        (self.one,) = driver["partitions"]
        self.path = path
        self.dump = Kdump(VMCORE)
        vp = self.one["vps"][0]
        self.base = int(vp["register_page"], 16) - (vp["register_pfn"] << 12)

    def physical(self, address):
        return int(address, 16) - self.base

    def slot_of_vp0(self):
        """Of pt_vp_array; pt_vp_count is the word before it."""
        pointer = struct.pack("<Q", int(self.one["vps"][0]["address"], 16))
        at = self.physical(self.one["address"])
        for pfn in (at >> 12, (at >> 12) + 1):
            place = self.dump.read(pfn).find(pointer)
            if place >= 0:
                return (pfn << 12) + place
        raise AssertionError("no pointer to VP 0 in the partition")

    def region_pages(self):
        """The number of pages of the one region, which vmalloc() made: told by what is in it."""
        (region,) = self.one["regions"]
        words = struct.pack("<QQQ", region["pages"], region["start_gfn"],
                            int(region["start_uaddr"], 16))
        (found,) = (((pfn << 12) + place) for pfn in self.dump.pfns()
                    if (place := self.dump.read(pfn).find(words)) >= 0)
        return found

    def put(self, address, value, size):
        self.dump.put(address, value, size)

    def save(self):
        (self.path / "vmcore").unlink()
        write(self.path / "vmcore", self.dump.data)


@pytest.fixture(name="objects")
def fixture_objects(crash_dir, driver):
    return Objects(crash_dir, driver)


@needs_vmcore
def test_another_vp_count(crash_dir, objects, driver):
    objects.put(objects.slot_of_vp0() - 8, 3, 4)
    objects.save()
    differ, found = of_views(crash_dir, told(driver))
    assert differ == {"vp-objects"}
    (line,) = found["vp-objects"]["evidence"]
    assert "pt_vp_count is 3, pt_vp_array has 2" in line


@needs_vmcore
def test_another_vp_index(crash_dir, objects, driver):
    objects.put(objects.physical(objects.one["vps"][1]["address"]), 6, 4)
    objects.save()
    differ, found = of_views(crash_dir, told(driver))
    assert differ == {"vp-objects"}
    assert "the VP in slot 1 says it is 6" in found["vp-objects"]["evidence"][0]


@needs_vmcore
def test_another_partition_id_in_the_driver(crash_dir, objects, driver):
    at = objects.physical(objects.one["address"])
    place = objects.dump.read(at >> 12).find(struct.pack("<Q", 0x102), at & 0xFFF)
    assert place >= 0
    objects.put((at & ~0xFFF) + place, 0x10A, 8)
    objects.save()
    differ, found = of_views(crash_dir, told(driver))
    assert differ == {"partitions"}
    assert "the driver has partition 0x10a" in found["partitions"]["evidence"][0]


@needs_vmcore
def test_a_vp_whose_page_was_filtered_out(crash_dir, objects, driver):
    """What is left is shown; what is not there is not called damaged memory."""
    objects.dump.take_out(objects.physical(objects.one["vps"][1]["address"]) >> 12)
    objects.save()
    done = hvdump("--json", "driver", crash_dir / "vmcore")
    assert done.returncode == 4 and len(done.stderr.splitlines()) == 1
    (one,) = valid("driver_command", done.stdout)["driver"]["partitions"]
    assert [vp["slot"] for vp in one["vps"]] == [0, 1]
    for vp in one["vps"]:
        assert "struct mshv_vp" in vp["damage"] and vp["index"] is None
    assert [region["pages"] for region in one["regions"]] == [1024]
    assert "objects" in of_views(crash_dir, told(driver))[0]


@needs_vmcore
@pytest.mark.parametrize("to", ["itself", "nowhere", "unmapped"])
def test_a_list_that_is_broken(crash_dir, objects, driver, to):
    """The hash chain of partitions: in a circle, into user space, into nothing."""
    at = objects.physical(objects.one["address"])
    node = at + 8  # pt_hnode stands behind a pointer
    targets = {"itself": objects.base + node, "nowhere": 0x1234,
               "unmapped": 0xFFFF_FE00_0000_0000}
    back = objects.dump.read(node >> 12)[(node & 0xFFF) + 8:(node & 0xFFF) + 16]
    assert int.from_bytes(back, "little") > 1 << 63
    objects.put(node, targets[to], 8)
    objects.save()
    for program in (None, HVDUMP_SAN):
        done = hvdump("--json", "driver", crash_dir / "vmcore",
                      **({"program": program} if program else {}))
        assert done.returncode == 4, done.stderr
        found = valid("driver_command", done.stdout)["driver"]
        assert [one["id"] for one in found["partitions"]] == ["0x0000000000000102"]
        assert f"node 0x{targets[to]:016x}" in found["damage"]["partitions"]
    assert "objects" in of_views(crash_dir, told(driver))[0]
