# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump driver on a real vmcore: what is true of it stands in the README beside it, which was
written with drgn and DWARF."""

import re

import pytest

from analyzer import HVDUMP_SAN, TOP, hvdump, valid

DATA = TOP.parent / "shared/data"
VMCORE = DATA / "vmcore-7.2-root-linuxpanic.kdump"

pytestmark = pytest.mark.skipif(not VMCORE.exists(), reason=f"no {VMCORE}")


@pytest.fixture(scope="module", name="truth")
def fixture_truth():
    """The README's words on the mshv driver."""
    text = " ".join((DATA / "README.md").read_text().split())
    words = re.search(r"module mshv_root loaded; (\w+) partition, pt_id (\d+), pt_vp_count (\d+), "
                      r"vp_index ([\d and]+) with vp_register_page (0x\w+) and (0x\w+); "
                      r"(\w+) memory region, start_gfn (\d+), (\d+) pages, (\w+)", text)
    assert words, text
    assert (words[1], words[7]) == ("one", "one")
    return {"id": int(words[2]), "vp_count": int(words[3]),
            "vps": dict(zip(map(int, words[4].split(" and ")), words.group(5, 6))),
            "region": (int(words[8]), int(words[9]), words[10])}


@pytest.fixture(scope="module", name="driver")
def fixture_driver():
    done = hvdump("--json", "driver", VMCORE)
    assert (done.returncode, done.stderr) == (0, "")
    return valid("driver_command", done.stdout)["driver"]


def test_each_value_of_the_readme(driver, truth):
    assert driver["loaded"] is True
    (one,) = driver["partitions"]
    assert int(one["id"], 16) == truth["id"]
    assert one["vp_count"] == truth["vp_count"]
    assert one["initialized"] is True
    assert {vp["index"]: vp["register_page"] for vp in one["vps"]} == truth["vps"]
    (region,) = one["regions"]
    assert (region["start_gfn"], region["pages"], region["type"]) == truth["region"]


def test_objects_point_to_each_other(driver):
    """Nobody broke this list: each VP belongs to the partition that has it."""
    (one,) = driver["partitions"]
    assert driver["damage"] == {} and one["damage"] is None
    for vp in one["vps"]:
        assert vp["partition_address"] == one["address"]
        assert (vp["slot"], vp["damage"]) == (vp["index"], None)


def test_the_direct_map_agrees(driver):
    """Pages of the direct map: their numbers differ as their addresses do."""
    (one,) = driver["partitions"]
    bases = {int(vp[f"{kind}_page"], 16) - (vp[f"{kind}_pfn"] << 12)
             for vp in one["vps"] for kind in ("register", "intercept", "statistics")}
    assert len(bases) == 1
    assert bases.pop() % (1 << 30) == 0


def test_how_linux_died(driver):
    """A panic of Linux's, taken through hv_crash: CPU 0 disabled the hypervisor as its last call."""
    crash = driver["hv_crash"]
    assert (crash["hv_crash_enabled"], crash["hv_has_crashed"], crash["lx_has_crashed"]) == \
        (True, False, True)
    assert crash["hv_cda_valid"] is False
    assert driver["ms_hyperv"]["partition_kind"] == "root"
    first, second = driver["hypercall_pages"]
    assert (first["call"], second["call"]) == ("DISABLE_HYP_EX", None)
    words = [int(word, 16) for word in first["input"].split()]
    assert words == [int(crash["trampoline_pa"], 16), int(crash["devirt_arg"], 16)]


def test_what_is_not_there_is_said(driver):
    """Every subject is there, or is null with the reason."""
    nothing = {key for key, value in driver.items() if value is None}
    assert nothing == set(driver["absent"])
    assert {"secure_avic", "mshv_vtl", "scheduler"} <= nothing
    assert all(driver["absent"].values())


def test_text_says_the_same(truth):
    text = hvdump("driver", VMCORE).stdout
    assert f"{truth['id']:#x}" in text and truth["region"][2] in text
    rows = hvdump("driver", "-n", "-o", "VP,REGISTERS", VMCORE).stdout.split()
    assert rows == [word for index, page in sorted(truth["vps"].items())
                    for word in (str(index), f"{(int(page, 16) >> 12) & 0x3ffff:#x}")]


def test_a_partition_is_selected(driver, truth):
    done = hvdump("--json", "driver", "-p", str(truth["id"]), VMCORE)
    assert valid("driver_command", done.stdout)["driver"]["partitions"] == driver["partitions"]
    done = hvdump("driver", "-p", "7", VMCORE)
    assert (done.returncode, done.stdout) == (1, "")
    assert "has no partition 7" in done.stderr
    assert hvdump("driver", "-p", "x", VMCORE).returncode == 2


def test_under_sanitizers():
    done = hvdump("--json", "driver", VMCORE, program=HVDUMP_SAN)
    assert (done.returncode, done.stderr) == (0, "")
    assert hvdump("check", VMCORE, program=HVDUMP_SAN).returncode == 0
