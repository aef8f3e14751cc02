# SPDX-License-Identifier: GPL-2.0-or-later
"""What selftest.py asks of partitions that the root creates, from birth to death.

The kernel is told to leave a block of memory alone (`memmap=`); its pages are what the test
deposits, so that their numbers are known beforehand.
"""
import struct

import registers
from asking import (BAD_ALIGNMENT, BAD_INPUT, BAD_LP, BAD_PARAMETER, BAD_PARTITION, BAD_STATE,
                    BAD_VP, BAD_VTL, DENIED, NO_MEMORY, NO_RESOURCES, PAGE, ROOT_ID, SELF,
                    SUCCESS, UNKNOWN_PROPERTY, call, control, get_registers, parse_call,
                    values_bytes)
from ledger import Contradiction, Ledger

BLOCK, BLOCK_SIZE = 0x30000000, 0x800000
KERNEL_ARGS = f"memmap={BLOCK_SIZE >> 20}M${BLOCK:#x}"

CREATE, INITIALIZE, FINALIZE, DELETE, SET_PROPERTY = 0x40, 0x41, 0x42, 0x43, 0x45
DEPOSIT, WITHDRAW, BALANCE, MAP_GPA, UNMAP_GPA = 0x48, 0x49, 0x4A, 0x4B, 0x4C
CREATE_VP, DELETE_VP, GET, SET = 0x4E, 0x4F, 0x50, 0x51
MAP_STATS, UNMAP_STATS, MAP_STATE, UNMAP_STATE, PROPERTY_EX = 0x6C, 0x6D, 0xE1, 0xE2, 0x101
FOR_INITIALIZE, FOR_VP = 208, 90
NO_ACCESS, LARGE, READ_EXECUTE = 0x10000, 0x80000000, 0xD

EXPLICIT, INTERCEPT, SIGNALS = 0x0, 0x1, 0x90014
RIP, RFLAGS, CR0, CS, EFER = 0x20010, 0x20011, 0x40000, 0x60001, 0x80001
SIEFP, SIMP, SIRBP = 0xA0012, 0xA0013, 0xA0015


class Life:
    """One created partition's questions; a step a method."""

    def __init__(self, session, rng, seed, spec, layout):
        self.s, self.rng, self.seed, self.layout = session, rng, seed, layout
        self.parts = registers.parse_spec(spec)
        self.id = max([p[0] for p in self.parts] + [ROOT_ID]) + 1
        self.pages = iter(range(BLOCK // PAGE, (BLOCK + BLOCK_SIZE) // PAGE))
        self.sets, self.properties, self.mapped = {}, {}, {}
        self.deposited, self.faults = set(), 0

    # ------------------------------------------------------- single questions

    def call(self, group, code, data=b"", out_len=0, reps=0, start=0, **kw):
        if reps and "done" not in kw and kw.get("want", SUCCESS) == SUCCESS:
            kw["done"] = reps
        call(self.s, group, control(code, reps, start), data, out_len, **kw)

    def fast(self, group, code, rdx, r8=0, **kw):
        """A call with its input in registers."""
        call(self.s, group, control(code, fast=True), b"", 0, in_at=f"={rdx:#x}",
             out_at=f"={r8:#x}", **kw)

    def deposit(self, partition, count):
        """Deposit so many pages of the block. @return their numbers."""
        pages = [next(self.pages) for _ in range(count)]
        self.call("deposits", DEPOSIT, struct.pack(f"<Q{count}Q", partition, *pages), reps=count)
        if partition == self.id:
            self.deposited |= set(pages)
        return pages

    def balance(self, free, used, partition=None):
        self.call("balance", BALANCE, struct.pack("<QQ", partition or self.id, 0), 16,
                  output=struct.pack("<QQ", free, used))

    def peek(self, group, page, value, offset=0, cpu=0):
        """The root reads 8 bytes of a page; value None: it cannot."""
        def check(s, g, answer):
            s.count(g)
            if value is None:
                return None if answer.startswith("-14 ") else f"{answer}, expected -EFAULT"
            return None if answer == f"0 0x{value:016x}" else f"{answer}, expected {value:#x}"

        self.faults += value is None
        self.s.ask(group, f"peek {page * PAGE + offset:#x}", check, cpu)

    def compare_page(self, group, page, want):
        """Its beginning and some of the rest."""
        offsets = set(range(0, 192, 8)) | set(self.rng.sample(range(192, PAGE, 8), 24))
        for offset in sorted(offsets):
            self.peek(group, page, int.from_bytes(want[offset:offset + 8], "little"), offset)

    def children(self, following):
        last = max(p[0] for p in self.parts)
        self.call("children", 0x47, struct.pack("<QQ", SELF, last), 8,
                  output=struct.pack("<Q", following))

    # ------------------------------------------------------------------ steps

    def create(self):
        """With no page to keep it in, and with one."""
        self.children(0)
        block = struct.pack("<QQII", 0x82100, 0, 0, 0).ljust(56, bytes(1))
        self.call("creation", CREATE, block, 8, want=NO_MEMORY)
        self.deposit(ROOT_ID, 1)
        self.call("creation", CREATE, block, 8, output=struct.pack("<Q", self.id))
        self.children(self.id)
        for code in (CREATE_VP, MAP_GPA, SET):
            size = {CREATE_VP: 40, MAP_GPA: 32, SET: 48}[code]
            reps = 0 if code == CREATE_VP else 1
            self.call("creation", code, struct.pack("<Q", self.id).ljust(size, bytes(1)),
                      reps=reps, want=BAD_STATE)
        for code in (INITIALIZE, FINALIZE, DELETE):
            self.fast("creation", code, self.parts[0][0], want=DENIED)
            self.fast("creation", code, 0xDEAD, want=BAD_PARTITION)

    def initialize(self):
        self.fast("creation", FINALIZE, self.id, want=BAD_STATE)
        self.fast("creation", INITIALIZE, self.id, want=NO_MEMORY)
        self.deposit(self.id, 100)
        self.fast("creation", INITIALIZE, self.id, want=NO_MEMORY)
        self.balance(100, 0)
        self.deposit(self.id, FOR_INITIALIZE - 100)
        self.fast("creation", INITIALIZE, self.id)
        self.balance(0, FOR_INITIALIZE)
        self.fast("creation", INITIALIZE, self.id, want=BAD_STATE)
        self.fast("creation", DELETE, self.id, want=BAD_STATE)

    def guard(self, cpus):
        """Deposited pages fault, on every processor, and their neighbours do not."""
        page = next(self.pages)
        for cpu in range(cpus):
            self.peek("guarded deposits", page, 0, cpu=cpu)
        self.call("guarded deposits", DEPOSIT, struct.pack("<QQ", self.id, page), reps=1)
        self.deposited.add(page)
        for cpu in range(cpus):
            self.peek("guarded deposits", page, None, cpu=cpu)
            self.peek("guarded deposits", page + 1, 0, cpu=cpu)
        for first in (min(self.deposited), max(self.deposited)):
            self.peek("guarded deposits", first, None)
        self.call("guarded deposits", BALANCE, struct.pack("<QQ", self.id, 0), 16,
                  want=BAD_ALIGNMENT, in_at=f"={page * PAGE:#x}")
        self.refused_deposits(page)
        self.withdraw(1, {page})

    def refused_deposits(self, page):
        guarded, shared = self.layout["guarded_start"], self.layout["shared_start"]
        for bad in (page, guarded // PAGE, shared // PAGE, 0xFEE00, 1 << 40):
            fresh = next(self.pages)
            data = struct.pack("<QQQQ", self.id, fresh, bad, fresh + 1)
            self.call("guarded deposits", DEPOSIT, data, reps=3, want=BAD_PARAMETER, done=1)
            self.peek("guarded deposits", fresh, None)
            self.withdraw(1, {fresh})
            self.peek("guarded deposits", fresh, 0)
        self.call("guarded deposits", DEPOSIT, struct.pack("<QQ", 0xDEAD, page), reps=1,
                  want=BAD_PARTITION)

    def withdraw(self, reps, pages, partition=None):
        """What comes back must be these pages; fewer than asked for end with 0x1d."""
        def check(s, g, answer):
            status, done, out = parse_call(answer)
            got = struct.unpack(f"<{done}Q", out[:8 * done])
            s.count(g, done)
            want = SUCCESS if len(pages) == reps else NO_RESOURCES
            if (status, set(got), len(got)) != (want, set(pages), len(pages)):
                return f"status {status:#x}, {done} pages {sorted(got)[:4]}, " \
                    f"expected {len(pages)} pages {sorted(pages)[:4]}"
            return None

        data = struct.pack("<QQ", partition or self.id, 0).hex()
        self.s.ask("withdrawals", f"call {control(WITHDRAW, reps):#x} 0 0 {reps * 8} {data}",
                   check)
        if not partition:
            self.deposited -= set(pages)

    def create_vps(self):
        for vp in (0, 3):
            data = struct.pack("<QI", self.id, vp).ljust(40, bytes(1))
            self.call("VPs", CREATE_VP, data, want=NO_MEMORY)
            self.deposit(self.id, FOR_VP)
            self.call("VPs", CREATE_VP, data)
            self.call("VPs", CREATE_VP, data, want=BAD_VP)
        self.call("VPs", CREATE_VP, struct.pack("<QI", self.id, 256).ljust(40, bytes(1)),
                  want=BAD_VP)
        self.balance(0, FOR_INITIALIZE + 2 * FOR_VP)
        for vp, want in ((1, BAD_VP), (4, BAD_VP)):
            self.call("VPs", GET, get_registers(self.id, vp, 0, [RIP]), 16, reps=1, want=want)
        self.call("VPs", GET, get_registers(self.id, 3, 1, [RIP]), 16, reps=1, want=BAD_VTL)

    def read_registers(self, vp, sets=None):
        names = sorted(registers.codes())
        for n in range(0, len(names), 200):
            batch = names[n:n + 200]
            want = [registers.expected(self.seed, self.id, "created", vp, 0, c, sets=sets)
                    for c in batch]
            self.call("created registers", GET, get_registers(self.id, vp, 0, batch),
                      len(batch) * 16, reps=len(batch), output=values_bytes(want))
            self.s.count("created register values", len(batch))

    def set_registers(self, vp, values, **kw):
        data = struct.pack("<QIBBH", self.id, vp, 0, 0, 0)
        for code, value in values:
            data += struct.pack("<IIQ", code, 0, 0) + value.to_bytes(16, "little")
        self.call("setting registers", SET, data, reps=len(values), **kw)

    def registers(self):
        """As they are at first; after some were set; after some were set again."""
        for vp in (0, 3):
            self.read_registers(vp)
        names = [c for c in registers.codes() if c not in (EXPLICIT, INTERCEPT, 0x3, 0x90003)]
        chosen = self.rng.sample(names, 120) + [RIP, CR0, CS]
        self.sets = {c: self.rng.getrandbits(128) for c in chosen}
        self.sets.update({CR0: 0x11, SIGNALS: 0, CS: 0, EFER: 0})
        items = list(self.sets.items())
        self.set_registers(3, items[:70])
        self.set_registers(3, items[70:])
        self.read_registers(3, self.sets)
        self.read_registers(0)
        self.sets[chosen[0]] = 5
        self.set_registers(3, [(chosen[0], 5), (0x209, 1), (RIP, 7)], want=BAD_PARAMETER, done=1)
        self.set_registers(3, [(0x90003, 1)], want=BAD_PARAMETER)
        self.read_registers(3, self.sets)
        data = struct.pack("<QIBBH", self.parts[0][0], 0, 0, 0, 0) + bytes(32)
        self.call("setting registers", SET, data, reps=1, want=DENIED)

    def read_properties(self):
        for code in sorted(registers.properties()):
            value = registers.property_value(self.seed, self.id, "created", code,
                                             sets=self.properties)
            self.call("created properties", 0x44, struct.pack("<QII", self.id, code, 0), 8,
                      output=struct.pack("<Q", value))

    def set_properties(self):
        self.read_properties()
        for code in self.rng.sample(sorted(registers.properties()), 10):
            self.properties[code] = self.rng.getrandbits(64)
            for value in (1, self.properties[code]):
                self.call("created properties", SET_PROPERTY,
                          struct.pack("<QIIQ", self.id, code, 0, value))
        self.call("created properties", SET_PROPERTY,
                  struct.pack("<QIIQ", self.id, 0x90007, 0, 1), want=UNKNOWN_PROPERTY)
        self.call("created properties", SET_PROPERTY,
                  struct.pack("<QIIQ", self.parts[0][0], 0x20003, 0, 1), want=DENIED)
        self.read_properties()
        for target in (SELF, self.id):
            self.call("created properties", PROPERTY_EX,
                      struct.pack("<QIIQ", target, 0x90007, 0, 0), 4072,
                      output=b"\1".ljust(4072, bytes(1)))
        self.call("created properties", PROPERTY_EX, struct.pack("<QIIQ", SELF, 0x90006, 0, 0),
                  4072, want=UNKNOWN_PROPERTY)

    # ------------------------------------------------------------------ pages

    def state_call(self, code, vp, kind, **kw):
        data = struct.pack("<QIHBBQ", self.id, vp, kind, 0, 0, 0)
        self.call("state pages", code, data[:24 if code == MAP_STATE else 16],
                  8 if code == MAP_STATE else 0, **kw)

    def state_pages(self):
        """They are lent while mapped, and come back into the pool."""
        wants = {0: registers.register_page(self.seed, self.id, 3, self.sets),
                 1: registers.intercept_page(self.id, 3, self.sets)}
        self.state = {}
        for kind, want in wants.items():
            self.state_call(MAP_STATE, 3, kind, want=NO_MEMORY)
            page, = self.deposit(self.id, 1)
            for _ in range(2):
                self.state_call(MAP_STATE, 3, kind, output=struct.pack("<Q", page))
                self.compare_page("state page contents", page, want)
                self.state_call(UNMAP_STATE, 3, kind)
                self.peek("state pages", page, None)
                self.state_call(UNMAP_STATE, 3, kind, want=BAD_PARAMETER)
            self.state_call(MAP_STATE, 3, kind, output=struct.pack("<Q", page))
            self.state_call(MAP_STATE, 3, kind, output=struct.pack("<Q", page))
            self.state[kind] = page
        for vp, kind, want in ((3, 2, BAD_PARAMETER), (1, 0, BAD_VP)):
            self.state_call(MAP_STATE, vp, kind, want=want)
        self.sets[RIP] = self.rng.getrandbits(64)
        self.set_registers(3, [(RIP, self.sets[RIP])])
        self.compare_page("state page contents", self.state[0],
                          registers.register_page(self.seed, self.id, 3, self.sets))

    def stats_call(self, code, kind, area, partition=0, index=0, **kw):
        if kind == registers.LP:
            identity = struct.pack("<I", index)
        else:
            identity = struct.pack("<QI", partition, index)
        data = struct.pack("<II", kind, 0) + identity.ljust(15, bytes(1)) + bytes([area])
        self.call("statistics", code, data, 8 if code == MAP_STATS else 0, **kw)

    def statistics(self, cpus):
        one = self.parts[0]
        objects = [(registers.HYPERVISOR, 0, 0, 0), (registers.LP, 0, 0, cpus - 1),
                   (registers.PARTITION, 0, ROOT_ID, 0), (registers.PARTITION, 1, self.id, 0),
                   (registers.VP, 0, ROOT_ID, 0), (registers.VP, 1, self.id, 3),
                   (registers.VP, 0, self.id, 3), (registers.VP, 0, one[0], one[2][-1])]
        for o in objects:
            self.stats_call(MAP_STATS, *o, want=NO_MEMORY)
            page, = self.deposit(ROOT_ID, 1)
            for _ in range(2):
                self.stats_call(MAP_STATS, *o, output=struct.pack("<Q", page))
            self.compare_page("statistics contents", page, self.stats_page(o, cpus))
            self.stats_call(UNMAP_STATS, *o)
            self.peek("statistics", page, self.first_counter(o, cpus))
            if o[:2] != (registers.VP, 1):      # that one stays
                self.stats_call(UNMAP_STATS, *o)
                self.peek("statistics", page, None)
                self.stats_call(UNMAP_STATS, *o, want=BAD_PARAMETER)
                self.withdraw(1, {page}, partition=ROOT_ID)
        self.refused_statistics()

    def stats_page(self, o, cpus):
        kind, area, partition, index = o
        has_index = kind in (registers.LP, registers.VP)
        return registers.stats_page(self.seed, kind, area, partition,
                                    index if has_index else registers.NO_INDEX, cpus)

    def first_counter(self, o, cpus):
        return int.from_bytes(self.stats_page(o, cpus)[:8], "little")

    def refused_statistics(self):
        for o, want in (((3, 0), BAD_PARAMETER), ((registers.HYPERVISOR, 2), BAD_PARAMETER),
                        ((registers.LP, 0, 0, 99), BAD_LP),
                        ((registers.PARTITION, 0, 0xDEAD), BAD_PARTITION),
                        ((registers.VP, 0, self.id, 1), BAD_VP)):
            for code in (MAP_STATS, UNMAP_STATS):
                self.stats_call(code, *o, want=want)

    # ----------------------------------------------------------------- memory

    def gpa(self, code, gfn, flags, pages, want=SUCCESS, **kw):
        data = struct.pack("<QQII", self.id, gfn, flags, 0)
        if code == MAP_GPA:
            data += struct.pack(f"<{len(pages)}Q", *pages)
        self.call("guest memory", code, data, reps=len(pages), want=want, **kw)

    def guest_memory(self):
        """Tables come out of the pool; only the root's own pages can be mapped."""
        free = [next(self.pages) for _ in range(8)]
        self.gpa(MAP_GPA, 0x100, NO_ACCESS, [0] * 509, NO_MEMORY)
        self.deposit(self.id, 4)
        self.gpa(MAP_GPA, 0x100, NO_ACCESS, [0] * 509, NO_MEMORY, done=256)
        self.deposit(self.id, 1)
        self.gpa(MAP_GPA, 0x200, NO_ACCESS, [0] * 253)
        self.gpa(MAP_GPA, 0x100, READ_EXECUTE, free)
        deposited = sorted(self.deposited)[0]
        for bad in (deposited, self.layout["guarded_start"] // PAGE, 1 << 45):
            self.gpa(MAP_GPA, 0x110, READ_EXECUTE, [free[0], bad], BAD_PARAMETER, done=1)
        self.gpa(MAP_GPA, 1 << 36, READ_EXECUTE, free[:1], BAD_PARAMETER)
        self.gpa(MAP_GPA, 0x101, READ_EXECUTE | LARGE, [0], BAD_ALIGNMENT)
        self.gpa(MAP_GPA, 0x200, READ_EXECUTE | LARGE, [0])
        self.gpa(UNMAP_GPA, 0x200, 0, [0] * 512)
        self.gpa(UNMAP_GPA, 0x300, 0, [0] * 4)
        self.gpa(MAP_GPA, 0x300, NO_ACCESS, [0])
        self.mapped = {0x100 + i: True for i in range(8)}
        self.mapped.update({0x110: True, 0x300: False})

    def run(self):
        """The VP stops at once, at the intercept that its next instruction brings."""
        signals, self.intercepts = 0, []
        for rip, cr0 in ((0x100123, 0x10), (0x300456, 0x10), (0x700000, 0x11),
                         (0x300456, 0x80040011), (0x110000, 0x50)):
            self.sets.update({RIP: rip, CR0: cr0, EFER: cr0 & 1 and 0x500, CS: 0x33 << 96})
            signals += 1
            for code in (RIP, CR0, EFER, CS):
                self.set_registers(3, [(code, self.sets[code])])
            self.set_registers(3, [(INTERCEPT, 0), (EXPLICIT, 0)])
            self.sets.update({EXPLICIT: 0, INTERCEPT: 1, SIGNALS: signals})
            self.read_registers(3, self.sets)
            message = registers.intercept_page(self.id, 3, self.sets, self.mapped)
            self.compare_page("state page contents", self.state[1], message)
            self.intercepts.append(int.from_bytes(message[:4], "little"))
        self.set_registers(3, [(EXPLICIT, 1)])
        self.set_registers(3, [(INTERCEPT, 0)])
        self.call("created registers", GET, get_registers(self.id, 3, 0, [INTERCEPT, SIGNALS]),
                  32, reps=2, output=values_bytes([0, signals]))

    # -------------------------------------------------------------------- end

    def die(self):
        """Nothing is lost: every page comes back, and can be read again."""
        self.fast("creation", DELETE_VP, self.id, 9, want=BAD_VP)
        self.fast("creation", DELETE_VP, self.id, 0)
        self.call("VPs", GET, get_registers(self.id, 0, 0, [RIP]), 16, reps=1, want=BAD_VP)
        self.fast("creation", FINALIZE, self.id)
        for page in self.state.values():
            self.peek("guarded deposits", page, None)
        self.balance(len(self.deposited), 0)
        self.gpa(UNMAP_GPA, 0x100, 0, [0] * 4)
        self.fast("creation", DELETE, self.id, want=BAD_STATE)
        self.call("withdrawals", WITHDRAW, struct.pack("<QQ", 0xDEAD, 0), 8, reps=1,
                  want=BAD_PARTITION)
        self.at_end, pages = set(self.deposited), sorted(self.deposited)
        self.withdraw(512, pages)
        self.withdraw(512, [])
        for page in self.rng.sample(pages, 20) + list(self.state.values()):
            self.peek("withdrawals", page, 0, self.rng.randrange(0, PAGE, 8))
        self.fast("creation", DELETE, self.id)
        self.fast("creation", DELETE, self.id, want=BAD_PARTITION)
        self.children(0)
        self.balance(2, 0, ROOT_ID)     # its own page, and that of statistics left mapped
        self.call("creation", CREATE, bytes(56), 8, output=struct.pack("<Q", self.id + 1))
        self.fast("creation", DELETE, self.id + 1)

    def synic(self, cpus):
        """synic=pattern: what is pending in the root's own pages."""
        for cpu in range(cpus):
            base = self.layout["cpu_pages"] // PAGE + cpu * 4
            names, pages = [SIMP, SIEFP, SIRBP], [base + 1, base + 2, base + 3]
            self.call("SynIC pages", GET, get_registers(SELF, cpu, 0, names), 48, reps=3,
                      output=values_bytes(p * PAGE for p in pages))
            self.compare_page("SynIC pages", pages[0], registers.message_page(self.seed, cpu))
            self.compare_page("SynIC pages", pages[1],
                              registers.event_flags_page(self.seed, cpu))
            self.compare_page("SynIC pages", pages[2], registers.event_ring_page(cpu))


def compose(session, rng, seed, spec, cpus, layout):
    """Queue all of it. layout: {symbol: address} of minihv."""
    life = Life(session, rng, seed, spec, layout)
    call(session, "rep rules", control(DEPOSIT), struct.pack("<Q", 1), 0, BAD_INPUT)
    life.create()
    life.initialize()
    life.guard(cpus)
    life.create_vps()
    life.registers()
    life.set_properties()
    life.state_pages()
    life.statistics(cpus)
    life.guest_memory()
    life.run()
    life.die()
    life.synic(cpus)
    return life


def check_log(session, life, lines):
    """The log's own account of the same events."""
    try:
        whole, before = Ledger(lines), Ledger(lines[:last_line(lines, "partition-finalize")])
    except Contradiction as e:
        session.failures.append(f"log: {e}")
        return
    partition = before.partitions[life.id]
    for what, got, want in (
            ("partitions", whole.partitions, {}),
            ("ids", whole.created, [life.id, life.id + 1]),
            ("pools", {i: len(p) for i, p in whole.pools.items() if p}, {ROOT_ID: 2}),
            ("statistics", whole.stats, {}),
            ("intercepts", whole.intercepts, [(life.id, 3, t) for t in life.intercepts]),
            ("faults", len(whole.faults), life.faults),
            ("flags", (partition.parent, partition.flags), (ROOT_ID, 0x82100)),
            ("properties", partition.properties, life.properties),
            ("deposits", before.pools[life.id], life.at_end),
            ("guest memory", partition.gpa_pages, sum(life.mapped.values()))):
        session.count("log against knowledge")
        if got != want:
            session.failures.append(f"log: {what} {got}, expected {want}")


def last_line(lines, word):
    """The number of the last line that begins so."""
    return max(i for i, line in enumerate(lines) if line.startswith(word))
