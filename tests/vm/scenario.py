# SPDX-License-Identifier: GPL-2.0-or-later
"""One whole run: a kernel boots, dies, is dumped, and its products are brought home."""

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from minihv.ledger import Ledger

from . import disk, initramfs, kernels, lies
from .kernels import Kernel, module_file, module_order
from .options import (Options, check_possible, has_guard, has_hv_crash, life_script,
                      uses_driver)
from .paths import GUEST, built, built_program
from .qemu import GuestError, Machine
from .triggers import FROM_OUTSIDE

FAILED = r"^(VM-FAILED|minihv: fatal).*"
HEAD_BLOCKS_PER_MIB = 16
PAGE = 4096


@dataclass
class Run:
    """What a run leaves: its folder, and what the harness saw while it ran."""
    scenario: str
    options: Options
    out: Path
    console: str = ""
    chunks: list = field(default_factory=list)
    memory: list = field(default_factory=list)
    lent: dict = field(default_factory=dict)
    log_end: int = 0

    @property
    def extra(self) -> Path:
        """What the crash kernel saved for comparisons, beside the collector's files."""
        return self.out / "extra"

    def debug_log(self) -> str:
        """minihv's log."""
        path = self.out / "debugcon.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def lines(self, mark: str) -> list:
        """The rest of each console line that begins with VM-MARK."""
        start = f"VM-{mark} "
        return [line[len(start):] for line in self.console.split("\n") if line.startswith(start)]


def has_hypervisor(scenario: str) -> bool:
    """Whether the kernel runs on minihv."""
    return not scenario.startswith("nohv")


def dumps_core(options: Options) -> bool:
    """Whether the run ends in a crash kernel, and not in a reset."""
    return options.crash == "yes" and not options.life.startswith(("reboot", "readiness"))


def crash_image(kernel: Kernel, scenario: str, options: Options, path: Path) -> None:
    """The crash kernel's initramfs."""
    dump = {"compressed": "-c -d", "elf": "-E -d"}.get(options.dump, "")
    level = kernel.dump_level if options.level < 0 else options.level
    arguments = dump and f"{dump} {level}"
    # The level is hvdump-collect's own choice, unless one is asked for.
    if options.dump == "compressed" and options.level < 0:
        arguments = "default"
    archive = initramfs.base(kernel, "crash-init.sh", {
        "vm_dump": options.dump,
        "vm_makedumpfile_args": arguments,
        "vm_level": level,
        "vm_timed": options.timed,
        "vm_measure": options.measure,
        "vm_also": options.also,
        "vm_head_blocks": options.head * HEAD_BLOCKS_PER_MIB,
        "vm_stop": options.stop and "before-makedumpfile",
        "vm_kill": options.kill,
        "vm_exclude": options.exclude.replace(",", " "),
        "vm_target": options.target,
    }, disk.DRIVERS[options.target])
    if has_guard(scenario, options):
        name = "hvdump_vmcore.ko"
        archive.file(f"/{name}", built("kernel-hooks", kernel.release, name).read_bytes())
    if options.timed:
        archive.file("/timed.sh", (GUEST / "timed-dumps.sh").read_bytes(), 0o644)
    if options.target == "nfs":
        archive.file("/nfs.sh", (GUEST / "nfs.sh").read_bytes(), 0o644)
    if options.timed or options.measure == "yes":
        archive.file("/bin/stopwatch", built("bench", "stopwatch").read_bytes())
    # Each megabyte costs time: it is loaded, checked and unpacked by emulation.
    if options.dump != "boot":
        archive.program(built_program("collector", "hvdump-collect"))
        archive.program(Path("/usr/bin/makedumpfile"), "/usr/bin/makedumpfile.real")
        archive.file("/bin/makedumpfile", (GUEST / "makedumpfile.sh").read_bytes())
    if options.dump not in ("boot", "notes"):
        archive.program(built_program("analyzer", "hvdump"))
        archive.program(built_program("collector", "hvdump-kernel"))
    if options.conf:
        archive.file("/etc/hvdump.conf", options.conf.replace(";", "\n").encode(), 0o644)
    archive.write(path)


def driver(kernel: Kernel) -> Path:
    """The mshv root driver, the only module of its own that such a kernel needs."""
    return module_order(kernel, ["mshv_root"])[-1]


def root_image(kernel: Kernel, options: Options, path: Path) -> None:
    """The initramfs of the kernel that is going to die."""
    console = "console=ttyS0 nr_cpus=1 reset_devices irqpoll panic=1"
    if options.dump in ("boot", "notes"):
        console += " quiet"
    archive = initramfs.base(kernel, "root-init.sh", {
        "vm_module": options.module,
        "vm_module_args": options.args,
        "vm_crash": options.crash,
        "vm_crash_cmdline": console,
        "vm_load": options.load,
        "vm_cpu": options.cpu,
        "vm_trigger": options.trigger,
        "vm_kernel_cmdline": kernel_arguments(options),
        "vm_life": options.life,
        "vm_seed": options.seed,
    })
    archive.file("/trigger.sh", (GUEST / "trigger.sh").read_bytes(), 0o644)
    archive.program(Path("/usr/sbin/kexec"), "/sbin/kexec")
    archive.program(built_program("collector", "hvdumpctl"))
    if options.module == "yes":
        archive.program(Path("/bin/kmod"), "/sbin/insmod")
        archive.file("/hvdump.ko", built("kernel-hooks", kernel.release, "hvdump.ko").read_bytes())
    if options.life.startswith(("live", "readiness")):
        archive.program(built_program("collector", "hvdump-collect"))
        archive.program(Path("/usr/bin/makedumpfile"))
    if options.life:
        archive.file("/life.sh", life_script(options).read_bytes(), 0o644)
        archive.file("/witness.ko", built("witness", kernel.release, "witness.ko").read_bytes())
    if options.life.startswith("barecalls"):
        archive.file("/barecalls.ko",
                     built("barecalls", kernel.release, "barecalls.ko").read_bytes())
    if uses_driver(options):
        archive.program(built("mshvctl", kernel.release, "mshvctl"))
        archive.file("/mshv_root.ko", module_file(driver(kernel))[1])
    if options.trigger != "sysrq":
        archive.file("/breaker.ko", built("breaker", kernel.release, "breaker.ko").read_bytes())
    archive.write(path)


def prepare(kernel: Kernel, scenario: str, options: Options, out: Path) -> None:
    """Everything the machine boots from, in OUT."""
    shutil.rmtree(out, ignore_errors=True)
    boot = out / "disk" / "boot"
    boot.mkdir(parents=True)
    (out / "disk" / "crash").mkdir()
    shutil.copyfile(kernel.image, boot / "vmlinuz")
    crash_image(kernel, scenario, options, boot / "crash.img")
    root_image(kernel, options, out / "root.img")
    if options.life.startswith("kexec"):
        root_image(kernel, replace(options, life=""), boot / "next.img")
    disk.make(out / "disk.img", out / "disk")
    if options.target in disk.MAKE:
        disk.make_target(out / "target.img", options.target)
    (out / "vmlinuz").symlink_to(kernel.image)
    shutil.rmtree(out / "disk")
    if looks_at_disk(options):
        disk.copy(out / "disk.img", out / "disk-before.img")
        (out / "writes.log").touch()


def looks_at_disk(options: Options) -> bool:
    """Whether the run keeps a log of the disk's writes."""
    return options.stop == "before-makedumpfile"


def drive(options: Options) -> list:
    """The disk, with a log of its writes when the run looks at it half-way."""
    arguments = ["-blockdev", "driver=file,node-name=f0,filename=disk.img,cache.no-flush=on",
                 "-blockdev", "driver=raw,node-name=d0,file=f0"]
    if options.target in disk.MAKE:
        arguments += ["-device", "virtio-blk-pci,drive=d0",
                      "-blockdev", "driver=file,node-name=t0,filename=target.img",
                      "-blockdev", "driver=raw,node-name=d1,file=t0"]
        return arguments + ["-device", "virtio-blk-pci,drive=d1"]
    if not looks_at_disk(options):
        return arguments + ["-device", "virtio-blk-pci,drive=d0"]
    return arguments + [
        "-blockdev", "driver=file,node-name=l0,filename=writes.log,cache.no-flush=on",
        "-blockdev", "driver=blklogwrites,node-name=w0,file=d0,log=l0,log-sector-size=512",
        "-device", "virtio-blk-pci,drive=w0"]


def kernel_arguments(options: Options) -> str:
    """The command line of the kernel that is going to die."""
    kernel = "console=ttyS0 panic=1 oops=panic"
    if options.crash == "yes":
        kernel += f" crashkernel={options.crashkernel}"
    return kernel + (f" {options.append}" if options.append else "")


def partition_kind(scenario: str) -> str:
    """What minihv makes the kernel."""
    return {"l1vh-panic": "l1vh", "guest-panic": "guest"}.get(scenario, "root")


def memory_kind(scenario: str, options: Options) -> str:
    """How minihv shows its memory: hv_crash wants RAM, whose dump would kill other readers. In
    l1vh-panic that is the point."""
    kind = partition_kind(scenario)
    ram = kind == "l1vh" or (kind == "root" and has_hv_crash(options))
    return f"mode={kind} ram={'setup_data' if ram else 'reserved'}"


def command(scenario: str, options: Options) -> list:
    """QEMU's arguments for this machine."""
    kernel = kernel_arguments(options)
    machine = ["-m", options.mem, "-smp", str(options.cpus), *drive(options)]
    if options.la57 == "yes":
        machine += ["-cpu", "max"]
    if not has_hypervisor(scenario):
        return machine + ["-kernel", "vmlinuz", "-initrd", "root.img", "-append", kernel]
    # In a multiboot module's string a comma is written twice.
    return machine + [
        "-kernel", str(built("minihv", "minihv.elf")),
        "-append", f"seed={options.seed:#x} parts={options.parts} "
                   f"{memory_kind(scenario, options)} {lies.arguments(options.hv)} "
                   f"{options.hvargs}",
        "-initrd", f"vmlinuz {kernel.replace(',', ',,')},root.img"]


def hypervisor_memory(run: Run, machine: Machine) -> None:
    """What minihv's memory holds now, for comparisons with the dump: hypervisor.mem."""
    found = re.search(r"^minihv .*guarded=(0x\w+)-.*shared=0x\w+-(0x\w+)", run.debug_log(),
                      re.MULTILINE)
    if found:
        start, end = int(found[1], 0), int(found[2], 0)
        (run.out / "hypervisor.mem").write_bytes(machine.memory(start, end - start))


def lent_pages(run: Run, machine: Machine) -> dict:
    """{page number: bytes}: what the hypervisor had lent the root, by its own log."""
    lent = Ledger(run.debug_log().splitlines()).lent() if uses_driver(run.options) else ()
    return {pfn: machine.memory(pfn * PAGE, PAGE) for pfn in lent}


def look(run: Run, machine: Machine) -> None:
    """Take what only the running machine has: its memory, the length of the log of writes."""
    machine.wait_for(r"^VM-STOP before-makedumpfile", FAILED)
    # First the log: pausing the machine would make QEMU itself flush the disk.
    if looks_at_disk(run.options):
        run.log_end = (run.out / "writes.log").stat().st_size
    machine.qmp("stop")
    run.memory = [machine.memory(address, length) for address, length in run.chunks]
    hypervisor_memory(run, machine)
    run.lent = lent_pages(run, machine)
    machine.qmp("cont")
    machine.type("go\n")


def look_at_arguments(run: Run, machine: Machine) -> None:
    """Take the argument page of the call that was never made, once the crash is over."""
    address = machine.wait_for(r"breaker: argument page at (\w+)", FAILED)[1]
    machine.wait_for(r"^VM-CRASHED", FAILED)
    run.memory = [machine.memory(int(address, 16), PAGE)]


def watch(run: Run, machine: Machine) -> None:
    """Follow the machine from its start to its end."""
    machine.wait_for(r"^VM-READY .*", FAILED)
    run.console = machine.text
    run.chunks = [tuple(int(word, 0) for word in line.split()[:2]) for line in run.lines("CHUNK")]
    if not dumps_core(run.options):
        machine.wait_end()
        return
    if run.options.trigger in FROM_OUTSIDE:
        machine.wait_for(r"breaker: CPU \d+ hangs", FAILED)
        machine.qmp("inject-nmi")
    if run.options.stop:
        look(run, machine)
    # A crash kernel that does nothing but boot is gone before one could look.
    if run.options.trigger == "half-call" and run.options.dump != "boot":
        look_at_arguments(run, machine)
    machine.wait_for(r"^VM-DONE", FAILED)
    machine.wait_end()


def bring_home(run: Run) -> None:
    """The collector's files into the run's folder, the rest into extra/; the disk goes."""
    image = run.out / "disk.img"
    for name, into in (("/crash/dump", run.out), ("/extra", run.out)):
        disk.read_folder(image, name, into)
    collected = run.out / "dump"
    if collected.is_dir():
        for path in collected.iterdir():
            path.rename(run.out / path.name)
        collected.rmdir()
    image.unlink()


def play(scenario: str, options: Options, out: Path, on_line=None) -> Run:
    """Run a scenario; its products are in OUT afterwards.

    Raises Impossible or Unavailable when it cannot be run here, NotBuilt when ./run build was
    forgotten, GuestError when it went wrong.
    """
    check_possible(scenario, options)
    kernel = kernels.fetch(options.kernel)
    if scenario == "root-hvcrash":
        options = replace(options, trigger="hvcrash")
    prepare(kernel, scenario, options, out)
    run = Run(scenario, options, out)
    with Machine(command(scenario, options), out, options.timeout, on_line) as machine:
        try:
            watch(run, machine)
        finally:
            run.console = machine.text
    if dumps_core(options):
        bring_home(run)
    return run


__all__ = ["GuestError", "Run", "play"]
