# SPDX-License-Identifier: GPL-2.0-or-later
"""Page tables drawn at random, in every mode of x86, and addresses to try them with."""

import random
from dataclasses import dataclass, field

PAGE = 4096
PRESENT, WRITE, USER, LARGE, NO_EXECUTE = 1, 2, 4, 0x80, 1 << 63
# Everything that a table's entry may say besides, and what a page's may: PWT, PCD, A; D, G.
OF_TABLE, OF_PAGE = 0x38, 0x178
# Where the firmware runs: it must be mapped, one to one.
FIRMWARE = 0xFFFF0000
TABLES, TABLES_SIZE = 0x100000, 0x200000

CR0_PE, CR0_ET, CR0_PG = 1, 0x10, 1 << 31
CR4_PSE, CR4_PAE, CR4_LA57 = 0x10, 0x20, 0x1000
EFER_LME, EFER_NXE = 0x100, 0x800


@dataclass(frozen=True)
class Level:
    """What one entry maps (bits), its index (bits), whether it may be a page, and its PAT bit."""
    shift: int
    bits: int
    large: bool = False


@dataclass(frozen=True)
class Mode:
    """One way to translate; LEVELS from the top."""
    name: str
    cr4: int = 0
    efer: int = 0
    entry: int = 8
    width: int = 32
    levels: tuple = ()

    @property
    def cr0(self) -> int:
        """Paging, or not."""
        return CR0_PE | CR0_ET | (CR0_PG if self.levels else 0)


L5, L4, L3, L2, L1 = (Level(48, 9), Level(39, 9), Level(30, 9, True), Level(21, 9, True),
                      Level(12, 9))
LONG = EFER_LME | EFER_NXE
MODES = (
    Mode("5-level", CR4_PAE | CR4_LA57, LONG, width=57, levels=(L5, L4, L3, L2, L1)),
    Mode("4-level", CR4_PAE, LONG, width=48, levels=(L4, L3, L2, L1)),
    Mode("4-level, PSE on, NX off", CR4_PAE | CR4_PSE, EFER_LME, width=48,
         levels=(L4, L3, L2, L1)),
    Mode("PAE", CR4_PAE, EFER_NXE, levels=(Level(30, 2), L2, L1)),
    Mode("32-bit, PSE-36", CR4_PSE, entry=4, levels=(Level(22, 10, True), Level(12, 10))),
    Mode("32-bit", 0, entry=4, levels=(Level(22, 10), Level(12, 10))),
    Mode("no paging"),
)


@dataclass
class Tables:
    """Tables in memory, and what they map."""
    mode: Mode
    rng: random.Random
    memory: bytearray = field(default_factory=lambda: bytearray(TABLES_SIZE))
    places: list = field(default_factory=list)
    root: int = 0
    pages: list = field(default_factory=list)  # (virtual, size) of what was asked to be mapped

    def __post_init__(self) -> None:
        self.places = [TABLES + at for at in range(0, TABLES_SIZE, PAGE)]
        self.rng.shuffle(self.places)
        self.root = self.places.pop()

    def _entry(self, table: int, index: int) -> int:
        at = table - TABLES + index * self.mode.entry
        return int.from_bytes(self.memory[at:at + self.mode.entry], "little")

    def _set(self, table: int, index: int, value: int) -> None:
        at = table - TABLES + index * self.mode.entry
        self.memory[at:at + self.mode.entry] = value.to_bytes(self.mode.entry, "little")

    def _flags(self, allowed: int, virtual: int) -> int:
        """Flags as a system might set them; the firmware's own pages must let it run."""
        flags = self.rng.getrandbits(12) & allowed | PRESENT
        if virtual & ~0xFFFF == FIRMWARE:
            return flags | WRITE | USER
        flags |= self.rng.getrandbits(2) << 1
        if self.mode.efer & EFER_NXE and self.rng.random() < 0.3:
            flags |= NO_EXECUTE
        return flags

    def _physical(self, level: Level) -> int:
        """An address for a page; there need not be memory."""
        if self.mode.entry == 4 and level.shift == 12:
            return self.rng.getrandbits(20) << 12
        return self.rng.getrandbits(40) >> level.shift << level.shift

    def _page(self, virtual: int, level: Level) -> int:
        """An entry that maps memory."""
        flags = self._flags(OF_PAGE, virtual)
        if virtual & ~0xFFFF == FIRMWARE:
            return virtual & ~0xFFF | flags
        physical = self._physical(level)
        pat = self.rng.getrandbits(1)
        if level.shift == 12:
            return physical | flags | pat << 7
        if self.mode.entry == 4:
            return physical & 0xFFC00000 | (physical >> 32) << 13 | flags | LARGE | pat << 12
        return physical | flags | LARGE | pat << 12

    def map(self, virtual: int, depth: int) -> None:
        """Map the page that VIRTUAL is in, of the size of that level; or what is there stays."""
        table = self.root
        for i, level in enumerate(self.mode.levels):
            index = virtual >> level.shift & (1 << level.bits) - 1
            entry = self._entry(table, index)
            if i == depth or level.shift == 12:
                if not entry:
                    self._set(table, index, self._page(virtual, level))
                    self.pages.append((virtual >> level.shift << level.shift, 1 << level.shift))
                return
            if entry & PRESENT and level.large and entry & LARGE:
                return
            if not entry:
                if not self.places:
                    return
                below = self.places.pop()
                pointer = i == 0 and self.mode.name == "PAE"
                flags = PRESENT if pointer else self._flags(OF_TABLE, virtual)
                if self.rng.random() < 0.05 and virtual & ~0xFFFF != FIRMWARE:
                    flags &= ~PRESENT
                # Where bit 7 means nothing, it may be set.
                if self.mode.entry == 4 and not level.large:
                    flags |= self.rng.getrandbits(1) << 7
                self._set(table, index, below | flags)
                entry = below | flags
            table = entry & 0x000FFFFFFFFFF000


def draw(mode: Mode, seed: int) -> Tables:
    """Some hundred pages in a few dozen places, of all sizes that the mode has."""
    rng = random.Random(f"{seed}-{mode.name}")
    tables = Tables(mode, rng)
    if not mode.levels:
        return tables
    last = len(mode.levels) - 1
    depths = [i for i, level in enumerate(mode.levels) if level.large] + [last]
    for page in range(FIRMWARE, FIRMWARE + 0x10000, PAGE):
        tables.map(page, last)
    while len(tables.places) > 8 and len(tables.pages) < 600:
        place = rng.getrandbits(mode.width)
        depth = rng.choice(depths)
        shift = mode.levels[depth].shift
        for _ in range(rng.randrange(1, 12)):
            tables.map(place, depth)
            place = (place + (rng.randrange(1, 4) << shift)) & (1 << mode.width) - 1
    return tables


def signed(mode: Mode, address: int) -> int:
    """The address as a processor wants it: bits above repeat the highest."""
    address &= (1 << mode.width) - 1
    if mode.width > 32 and address >> mode.width - 1:
        address |= (1 << 64) - (1 << mode.width)
    return address


def addresses(tables: Tables, count: int) -> list:
    """In mapped pages, at their edges, beside them, and anywhere; also what is no address."""
    mode, rng = tables.mode, tables.rng
    found = []
    while len(found) < count:
        page, size = rng.choice(tables.pages or [(0, 1 << 32)])
        kind = rng.random()
        if kind < 0.5:
            found.append(signed(mode, page + rng.randrange(size)))
        elif kind < 0.6:
            found.append(signed(mode, page))
        elif kind < 0.7:
            found.append(signed(mode, page + size - 1))
        elif kind < 0.85:
            found.append(signed(mode, page + rng.choice((-1, size, 2 * size, -size))))
        elif kind < 0.95 or mode.width == 32:
            found.append(signed(mode, rng.getrandbits(mode.width)))
        else:
            found.append(rng.getrandbits(64))
    return found
