# SPDX-License-Identifier: GPL-2.0-or-later
"""minihv's own knowledge: what its log says of created partitions, deposits and lent pages.

    ledger = Ledger(Path("minihv.log").read_text().splitlines())
    for ident, partition in ledger.partitions.items(): ...

The state after the last line. A line that contradicts those before it raises Contradiction.
"""
import re
from dataclasses import dataclass, field

EXPLICIT, INTERCEPT, SIGNALS = 0x0, 0x1, 0x90014


class Contradiction(Exception):
    """A line of the log that cannot be, after those before it."""


@dataclass
class Partition:
    """A created partition. sets: {code: value}, as registers.expected() wants it."""
    parent: int
    flags: int
    state: str = "new"
    vps: dict = field(default_factory=dict)             # index: sets
    properties: dict = field(default_factory=dict)
    state_pages: dict = field(default_factory=dict)     # (vp, type): page number
    gpa_pages: int = 0                                  # mapped with access


def expect(holds, line):
    """Raise Contradiction unless it holds."""
    if not holds:
        raise Contradiction(line)


def _runs(text):
    for run in text.split(","):
        first, count = run.split("+")
        yield from range(int(first, 16), int(first, 16) + int(count))


class Ledger:
    """partitions: {id: Partition}; pools: {id: {page number}}; stats: {(type, area,
    partition, index): page number}; intercepts: [(partition, vp, message type)]; faults:
    page numbers that the root touched in vain; created: all ids there ever were."""

    def __init__(self, lines):
        self.partitions, self.pools, self.stats = {}, {}, {}
        self.intercepts, self.faults, self.created = [], [], []
        for line in lines:
            word, _, rest = line.partition(" ")
            take = getattr(self, "_" + word.replace("-", "_"), None)
            if take:
                values = dict(re.findall(r"(\w+)=(\S+)", rest))
                try:
                    take(line, values)
                except KeyError as missing:
                    raise Contradiction(f"{line}: {missing}") from missing

    def deposited(self):
        """All pages that the root has deposited, {page number: partition id}."""
        return {page: ident for ident, pages in self.pools.items() for page in pages}

    def lent(self):
        """The deposited pages that the root can reach, all the same."""
        return set(self.stats.values()) | {page for p in self.partitions.values()
                                           for page in p.state_pages.values()}

    # A method for each kind of line.

    def _part(self, v):
        return self.partitions[int(v["part"], 16)]

    def _partition_create(self, line, v):
        ident = int(v["part"], 16)
        expect(not self.created or ident > max(self.created), line)
        self.created.append(ident)
        self.partitions[ident] = Partition(int(v["parent"], 16), int(v["flags"], 16))

    def _partition_initialize(self, line, v):
        expect(self._part(v).state == "new", line)
        self._part(v).state = "active"

    def _partition_finalize(self, line, v):
        partition = self._part(v)
        expect(partition.state == "active" and not partition.vps, line)
        expect(len(self.pools.get(int(v["part"], 16), ())) == int(v["pool"]), line)
        partition.state, partition.gpa_pages = "finalized", 0

    def _partition_delete(self, line, v):
        expect(self._part(v).state != "active", line)
        expect(not self.pools.get(int(v["part"], 16)), line)
        del self.partitions[int(v["part"], 16)]

    def _vp_create(self, line, v):
        partition = self._part(v)
        expect(partition.state == "active" and int(v["vp"]) not in partition.vps, line)
        partition.vps[int(v["vp"])] = {}

    def _vp_delete(self, _, v):
        partition, vp = self._part(v), int(v["vp"])
        del partition.vps[vp]
        for key in [k for k in partition.state_pages if k[0] == vp]:
            del partition.state_pages[key]

    def _register_set(self, _, v):
        low, high = v["value"].split(".")
        self._part(v).vps[int(v["vp"])][int(v["code"], 16)] = int(high, 16) << 64 | int(low, 16)

    def _property_set(self, _, v):
        self._part(v).properties[int(v["code"], 16)] = int(v["value"], 16)

    def _intercept(self, line, v):
        sets = self._part(v).vps[int(v["vp"])]
        expect(sets.get(EXPLICIT, 1) == 0 and sets.get(INTERCEPT, 0) == 0, line)
        sets[INTERCEPT], sets[SIGNALS] = 1, sets.get(SIGNALS, 0) + 1
        self.intercepts.append((int(v["part"], 16), int(v["vp"]), int(v["type"], 16)))

    def _deposit(self, line, v):
        held, pool = self.deposited(), self.pools.setdefault(int(v["part"], 16), set())
        for page in _runs(v["pfns"]):
            expect(page not in held and page not in pool, line)
            pool.add(page)

    def _withdraw(self, line, v):
        pool = self.pools[int(v["part"], 16)]
        for page in _runs(v["pfns"]):
            expect(page in pool and page not in self.lent(), line)
            pool.remove(page)

    def _map_gpa(self, _, v):
        self._part(v).gpa_pages = int(v["accessible"])

    _unmap_gpa = _map_gpa

    def _state_map(self, line, v):
        page = int(v["pfn"], 16)
        expect(page in self.pools[int(v["part"], 16)] and page not in self.lent(), line)
        self._part(v).state_pages[int(v["vp"]), int(v["type"])] = page

    def _state_unmap(self, _, v):
        del self._part(v).state_pages[int(v["vp"]), int(v["type"])]

    @staticmethod
    def _object(v):
        return (int(v["type"], 16), int(v["area"]), int(v["part"], 16), int(v["index"], 16))

    def _stats_map(self, line, v):
        page = int(v["pfn"], 16)
        expect(page in self.pools[1] and page not in self.lent(), line)
        self.stats[self._object(v)] = page

    def _stats_unmap(self, _, v):
        del self.stats[self._object(v)]

    def _inject_gp(self, line, v):
        if line.endswith(" deposited"):
            page = int(v["gpa"], 16) >> 12
            expect(page in self.deposited() and page not in self.lent(), line)
            self.faults.append(page)
