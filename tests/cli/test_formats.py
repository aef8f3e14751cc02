# SPDX-License-Identifier: GPL-2.0-or-later
"""One crash in every format: what hvdump says of it is the same, byte by byte.

makedumpfile writes what it can of the vmcore in ../shared/data; its uncompressed form is read
here, and the formats that this makedumpfile lacks are written from that.
"""

import ctypes
import ctypes.util
import json
import shutil
import struct
import subprocess

import pytest

import analyzer
from analyzer import TOP, hvdump

VMCORE = TOP.parent / "shared/data/vmcore-7.2-root-linuxpanic.kdump"
COMMANDS = ["info", "log", "stacks", "driver"]
PAGE = 4096

pytestmark = [
    pytest.mark.skipif(not VMCORE.exists(), reason=f"there is no {VMCORE}"),
    pytest.mark.skipif(not shutil.which("makedumpfile"), reason="makedumpfile is not installed")]


def makedumpfile(*words, stdout=subprocess.DEVNULL):
    subprocess.run(["makedumpfile", "-d", "0", *words], check=True, stdout=stdout,
                   stderr=subprocess.DEVNULL)


class Kdump:
    """An uncompressed dump of makedumpfile, taken apart."""

    def __init__(self, path):
        self.data = path.read_bytes()
        sub_blocks, bitmap_blocks = struct.unpack_from("<II", self.data, 432)
        self.notes = struct.unpack_from("<QQ", self.data, PAGE + 48)
        self.bitmap = (1 + sub_blocks) * PAGE
        self.bitmap_size = bitmap_blocks // 2 * PAGE
        self.descriptors = self.bitmap + 2 * self.bitmap_size
        bits = self.data[self.bitmap + self.bitmap_size:self.descriptors]
        self.pfns = [8 * i + bit for i, byte in enumerate(bits) if byte
                     for bit in range(8) if byte >> bit & 1]

    def page(self, n):
        """The page that the n-th descriptor stands for."""
        offset, size, flags = struct.unpack_from("<QII", self.data, self.descriptors + 24 * n)
        assert size == PAGE and not flags & 0x27
        return self.data[offset:offset + PAGE]

    def rewritten(self, pages, flag):
        """The same dump with these bytes for pages, and a flag for those that are compressed."""
        out, offset = bytearray(self.data[:self.descriptors]), 0
        offset = self.descriptors + 24 * len(pages)
        for data in pages:
            how = flag if len(data) < PAGE else 0
            out += struct.pack("<QIIQ", offset, len(data), how, 0)
            offset += len(data)
        return bytes(out) + b"".join(pages)

    def part(self, first, end):
        """The part of a split dump with the pages of that range."""
        inside = [n for n, pfn in enumerate(self.pfns) if first <= pfn < end]
        out = bytearray(self.rewritten([self.page(n) for n in inside], 0))
        struct.pack_into("<I", out, PAGE + 12, 1)
        struct.pack_into("<QQ", out, PAGE + 80, first, end)
        return bytes(out)

    def elf(self):
        """An ELF core with a PT_LOAD for each run of pages."""
        runs = []
        for n, pfn in enumerate(self.pfns):
            if runs and runs[-1][0] + runs[-1][2] == pfn:
                runs[-1][2] += 1
            else:
                runs.append([pfn, n, 1])
        notes = self.data[self.notes[0]:sum(self.notes)]
        offset = 64 + 56 * (len(runs) + 1)
        head = struct.pack("<16sHHIQQQIHHHHHH", b"\177ELF\2\1\1", 4, 62, 1, 0, 64, 0, 0, 64, 56,
                           len(runs) + 1, 0, 0, 0)
        head += struct.pack("<IIQQQQQQ", 4, 0, offset, 0, 0, len(notes), len(notes), 4)
        offset += len(notes)
        for pfn, _, count in runs:
            size = count * PAGE
            head += struct.pack("<IIQQQQQQ", 1, 7, offset, 0, pfn * PAGE, size, size, PAGE)
            offset += size
        return head + notes + b"".join(self.page(n) for n in range(len(self.pfns)))


def library(name):
    path = ctypes.util.find_library(name)
    if not path:
        pytest.skip(f"lib{name} is not installed")
    return ctypes.CDLL(path)


def compressed(dump, compress):
    """Each page, compressed where that makes it smaller."""
    pages = []
    for n in range(len(dump.pfns)):
        room = ctypes.create_string_buffer(2 * PAGE)
        size = compress(room, dump.page(n))
        pages.append(room.raw[:size] if size < PAGE else dump.page(n))
    return pages


def by_zstd(dump):
    zstd = library("zstd")
    zstd.ZSTD_compress.restype = ctypes.c_size_t
    zstd.ZSTD_compress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p,
                                   ctypes.c_size_t, ctypes.c_int]
    return dump.rewritten(compressed(
        dump, lambda room, page: zstd.ZSTD_compress(room, len(room), page, PAGE, 1)), 0x20)


def by_snappy(dump):
    snappy = library("snappy")

    def compress(room, page):
        size = ctypes.c_size_t(len(room))
        assert not snappy.snappy_compress(page, ctypes.c_size_t(PAGE), room, ctypes.byref(size))
        return size.value

    return dump.rewritten(compressed(dump, compress), 0x4)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("formats") / "plain"
    makedumpfile(VMCORE, path)
    return path


@pytest.fixture(scope="module")
def taken_apart(plain):
    return Kdump(plain)


def said(files):
    """What all commands say, without what names the file."""
    out = {}
    for command in COMMANDS:
        done = hvdump(command, "-j", *files)
        assert done.returncode in (0, 3, 4), done.stderr
        data = json.loads(done.stdout)
        source = data.pop("source")
        assert source["damage"] is None
        out[command] = json.dumps(data, sort_keys=True)
    return out


@pytest.fixture(scope="module")
def expected(plain):
    out = said([plain])
    assert "Linux version 7.2.13" in out["log"]
    return out


def write(folder, *datas):
    paths = [folder / str(n) for n in range(len(datas))]
    for path, data in zip(paths, datas):
        path.write_bytes(data)
    return paths


@pytest.mark.parametrize("option", ["-c", "-l"])
def test_compressed_by_makedumpfile(option, tmp_path, expected):
    makedumpfile(option, VMCORE, tmp_path / "x")
    assert said([tmp_path / "x"]) == expected


def test_flattened_by_makedumpfile(tmp_path, expected):
    with open(tmp_path / "x", "wb") as out:
        makedumpfile("-F", "-c", VMCORE, stdout=out)
    assert said([tmp_path / "x"]) == expected


def test_split_by_makedumpfile(tmp_path, expected):
    files = [tmp_path / n for n in "abc"]
    makedumpfile("--split", "-c", VMCORE, *files)
    assert said(files) == expected


def test_split_in_the_middle(tmp_path, taken_apart, expected):
    """Parts with as many pages each, given in the wrong order; and one too few."""
    pfns = taken_apart.pfns
    limits = [0, pfns[len(pfns) // 3], pfns[2 * len(pfns) // 3], taken_apart.bitmap_size * 8]
    files = write(tmp_path, *(taken_apart.part(*pair) for pair in zip(limits, limits[1:])))
    assert said([files[2], files[0], files[1]]) == expected
    done = hvdump("info", files[0], files[2])
    assert "a part of the split dump is missing" in done.stderr
    assert hvdump("info", files[0], VMCORE).returncode == 2


@pytest.mark.parametrize("make", [by_zstd, by_snappy, Kdump.elf])
@pytest.mark.parametrize("flat", [False, True])
def test_written_here(make, flat, tmp_path, taken_apart, expected):
    data = make(taken_apart)
    assert said(write(tmp_path, analyzer.flattened(data) if flat else data)) == expected
