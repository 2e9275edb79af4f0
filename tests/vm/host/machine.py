# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual printer's hardware: what QEMU is started with, and how a machine is saved."""

import contextlib
import ctypes
import functools
import pathlib
import signal
import subprocess
import tempfile
import time

import cache
import kernel
import packages
import root
from qmp import Lines, Qmp, listen

HOST = pathlib.Path(__file__).resolve().parent
SERIES = ("6.1", "6.12")
BOOT_SECONDS = 180
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # linux/prctl.h; it is the thread that counts as the parent
MEMORY = "768M"
# In the midst of it, where the kernel puts nothing before it has read the initramfs.
INITRAMFS_ADDRESS = 512 << 20
KERNEL_INPUTS = (
    *(HOST / "packages.py", HOST / "kernel.py"),
    *(kernel.IMAGE / name for name in ("boot-modules", "init", "masked-cold", "masked-saved")),
    *(kernel.IMAGE / name for name in ("modules", "overlay")),
)
ROOT_INPUTS = (HOST / "packages.py", HOST / "root.py")

# The saved machine knows these by their order; nothing of it may depend on the run.
HARDWARE = (
    *("-accel", "tcg,thread=multi", "-cpu", "max", "-M", "q35", "-smp", "2", "-m", MEMORY),
    *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
    *("-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"),
    *("-device", "virtio-rng-pci"),
    *("-device", "virtio-blk-pci,drive=root"),
    *("-device", "virtio-blk-pci,drive=modules"),
    *("-device", "virtio-9p-pci,fsdev=share,mount_tag=share"),
    *("-device", "virtio-serial-pci", "-device", "virtserialport,chardev=host,name=host"),
    *("-device", "pcie-root-port,id=slot1,chassis=1", "-device", "pcie-root-port,id=slot2,chassis=2"),
    *("-device", "qemu-xhci,id=usb,p2=8,p3=8"),
    *("-netdev", "hubport,id=wire,hubid=1", "-device", "virtio-net-pci,netdev=wire,romfile="),
    *("-serial", "chardev:console"),
)
COMMAND_LINE = (
    "console=ttyS0 quiet panic=-1 mitigations=off systemd.unit=vm.target systemd.show_status=no"
    " systemd.log_color=0"
)


def apt_state(kind):
    """Changes when apt may have another answer."""
    lists = sorted(pathlib.Path("/var/lib/apt/lists").iterdir())
    times = [f"{path.name} {path.stat().st_mtime_ns}" for path in lists]
    return cache.digest(*times, *root_packages(kind), HOST / "packages.py")


def root_packages(kind):
    return root.included(kind) + root.unpacked(kind)


def ask_apt(series, kind):
    package = packages.kernel(series)
    return {
        "kernel": package,
        "kernel_version": packages.candidate(package),
        "root_versions": packages.versions(root_packages(kind)),
    }


class Image:
    """What a machine with this kernel and this kind of root is made of, from the cache."""

    def __init__(self, series, kind="base"):
        self.series = series
        cache.FOLDER.mkdir(parents=True, exist_ok=True)
        suffix = "" if kind == "base" else f"-{kind}"
        apt = cache.remembered(
            f"apt-{series}{suffix}", apt_state(kind), lambda: ask_apt(series, kind)
        )
        package = apt["kernel"]
        tools = packages.run("qemu-system-x86_64", "--version")
        kernel_key = cache.digest(package, apt["kernel_version"], *KERNEL_INPUTS)
        root_key = cache.digest(apt["root_versions"], *ROOT_INPUTS)
        state_key = cache.digest(kernel_key, root_key, tools, *HARDWARE, COMMAND_LINE)
        self.root = cache.made(f"root{suffix}", root_key, functools.partial(root.make, kind))
        self.kernel = cache.made(
            f"kernel-{series}", kernel_key, lambda folder: kernel.make(package, folder)
        )
        self.state = cache.made(f"state-{series}{suffix}", state_key, self._save) / "state"

    @property
    def version(self):
        return (self.kernel / "version").read_text(encoding="ascii")

    def _initramfs(self, tpm):
        """Options, and what the kernel is told. With a TPM the tables of ACPI are larger than QEMU
        thinks when it chooses where the initramfs goes, which would overwrite them. The kernel reads
        initrdmem= too late to set its pages aside: they are free already, and to be freed once more
        after use would make them anybody's twice ("Bad page map")."""
        file = self.kernel / "initramfs.cpio"
        if not tpm:
            return ["-initrd", file], ""
        loader = f"loader,file={file},addr={INITRAMFS_ADDRESS},force-raw=on"
        return ["-device", loader], (
            f"retain_initrd initrdmem={INITRAMFS_ADDRESS},{file.stat().st_size}"
        )

    def command(self, boot, append="", tpm=False):
        initramfs, told = self._initramfs(tpm)
        drive = "if=none,format=raw,readonly=on"
        return [
            *("qemu-system-x86_64", *HARDWARE),
            *("-kernel", self.kernel / "vmlinux", *initramfs),
            *("-append", f"{COMMAND_LINE} vm.boot={boot} {told} {append}"),
            *("-drive", f"id=root,file={self.root}/root.squashfs,{drive}"),
            *("-drive", f"id=modules,file={self.kernel}/modules.squashfs,{drive}"),
        ]

    def _save(self, folder):
        """Boots to where a test would begin, and writes down the machine as it is then."""
        (folder / "share").mkdir()
        console = f"file,id=console,path={folder}/console.log"
        with Machine(
            self.command("saved"), folder / "share", console, folder / "qemu.log"
        ) as machine:
            try:
                ready = machine.channel.receive(BOOT_SECONDS)
            except TimeoutError:
                ready = None
            if not ready:
                log = (folder / "console.log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"the virtual printer does not boot:\n{log}")
            # What still runs after the boot would run in every test.
            time.sleep(3)
            machine.save(folder / "state")
        (folder / "share").rmdir()


def end_with_parent():
    """A run that is killed leaves no machine behind."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Machine:
    """A running QEMU. `share`: the folder the guest sees; `console`: a -chardev for its console."""

    def __init__(self, command, share, console, messages, more=()):
        """`messages`: a file for what QEMU itself has to say."""
        self._end = contextlib.ExitStack()
        sockets = pathlib.Path(self._end.enter_context(tempfile.TemporaryDirectory(prefix="vm-")))
        listeners = {name: listen(sockets / name) for name in ("host", "qmp")}
        with open(messages, "ab") as log:
            self.process = subprocess.Popen(
                [
                    *command,
                    *("-fsdev", f"local,id=share,path={share},security_model=none"),
                    *("-chardev", console),
                    *("-chardev", f"socket,id=host,path={sockets}/host"),
                    *("-chardev", f"socket,id=qmp,path={sockets}/qmp", "-mon", "qmp,mode=control"),
                    *more,
                ],
                stderr=log,
                preexec_fn=end_with_parent,
            )
        try:
            self.channel = self._accept(listeners["host"])
            self.qmp = Qmp(self._accept(listeners["qmp"]))
        except BaseException:
            self.__exit__()
            raise

    def _accept(self, listener):
        listener.settimeout(30)
        with listener:
            lines = Lines(listener.accept()[0])
        self._end.callback(lines.close)
        return lines

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._end.close()

    def save(self, path):
        self.qmp.execute("migrate-set-parameters", **{"max-bandwidth": 10 << 30})
        self.qmp.execute("migrate", uri=f"exec:cat >{path}")
        while (status := self.qmp.execute("query-migrate").get("status")) != "completed":
            if status == "failed":
                raise RuntimeError("QEMU cannot save the machine")
            time.sleep(0.2)
