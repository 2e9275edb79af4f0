# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes of a kernel's package what QEMU starts: the kernel itself, its modules, an initramfs."""

import lzma
import pathlib
import re
import shutil
import struct
import subprocess

import packages

IMAGE = pathlib.Path(__file__).resolve().parents[1] / "image"
COMPRESSED = re.compile(r"\.ko(\.xz)?$")


def compressed_payload(image):
    """Of a bzImage (boot protocol 2.08): setup sectors at 0x1f1, offset and length at 0x248."""
    (sectors,) = struct.unpack_from("<B", image, 0x1F1)
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (sectors + 1) * 512 + offset
    # The last four bytes are the size before compression.
    return image[start : start + length - 4]


def extract_vmlinux(image):
    """The ELF file within, which starts at once where a bzImage would first unpack itself."""
    payload = compressed_payload(image)
    if payload.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMADecompressor().decompress(payload)
    return subprocess.run(["zstd", "-dc"], input=payload, capture_output=True, check=True).stdout


def module_name(path):
    return COMPRESSED.sub("", pathlib.Path(path).name).replace("-", "_")


class Modules:
    """The modules of an unpacked kernel."""

    def __init__(self, folder):
        self.folder = folder
        self._paths = {module_name(path): path for path in folder.rglob("*.ko*")}

    def matching(self, glob):
        files = self.folder.glob(f"kernel/{glob}" + ("/*.ko*" if glob.endswith("**") else ".ko*"))
        return [module_name(path) for path in files]

    def has(self, name):
        return name in self._paths

    def path(self, name):
        return self._paths[name]

    def content(self, name):
        content = self._paths[name].read_bytes()
        return lzma.decompress(content) if self._paths[name].suffix == ".xz" else content

    def dependencies(self, name):
        """As the module itself states them; built-in ones are not among them."""
        stated = re.search(rb"\0depends=([^\0]*)\0", self.content(name)).group(1).decode("ascii")
        return [other.replace("-", "_") for other in stated.split(",") if other]

    def with_dependencies(self, names):
        """In an order in which they can be loaded."""
        order = {}

        def add(name):
            if name not in order and self.has(name):
                for other in self.dependencies(name):
                    add(other)
                order[name] = True

        for name in names:
            add(name)
        return list(order)


def write_modules(modules, folder):
    """Uncompressed, which is what the guest would spend its time with."""
    globs = packages.read_list(IMAGE / "modules") + ["**/" + name for name in boot_modules()]
    wanted = [name for glob in globs for name in modules.matching(glob)]
    for name in modules.with_dependencies(wanted):
        source = modules.path(name)
        target = folder / COMPRESSED.sub(".ko", str(source.relative_to(modules.folder)))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(modules.content(name))
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        content = (modules.folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(content.replace(".ko.xz", ".ko"), encoding="utf-8")


def boot_modules():
    return packages.read_list(IMAGE / "boot-modules")


def write_initramfs(modules, folder, target):
    """Busybox, the modules that the root needs, and what is laid over the root."""
    for name in ("bin", "modules", "dev", "proc", "sys"):
        (folder / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", folder / "bin")
    for name in ("init", "masked-saved", "masked-cold"):
        shutil.copy(IMAGE / name, folder)
    shutil.copytree(IMAGE / "overlay", folder / "overlay")
    order = modules.with_dependencies(boot_modules())
    for name in order:
        (folder / "modules" / f"{name}.ko").write_bytes(modules.content(name))
    (folder / "modules/order").write_text("\n".join(order) + "\n", encoding="ascii")
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    with open(target, "wb") as archive:
        subprocess.run(
            ["busybox", "cpio", "-o", "-H", "newc"],
            cwd=folder,
            input="\n".join(names).encode(),
            stdout=archive,
            stderr=subprocess.DEVNULL,
            check=True,
        )


def make(package, folder):
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    packages.unpack(package, unpacked)
    (image,) = unpacked.glob("boot/vmlinuz-*")
    version = image.name.removeprefix("vmlinuz-")
    (folder / "vmlinux").write_bytes(extract_vmlinux(image.read_bytes()))
    (folder / "version").write_text(version, encoding="ascii")
    modules = Modules(unpacked / "lib/modules" / version)
    tree = folder / "tree"
    write_modules(modules, tree / "lib/modules" / version)
    packages.run("depmod", "-b", tree, version)
    squash(tree / "lib/modules", folder / "modules.squashfs")
    write_initramfs(modules, folder / "initramfs", folder / "initramfs.cpio")
    for name in ("unpacked", "tree", "initramfs"):
        shutil.rmtree(folder / name)


def squash(folder, image):
    packages.run("mksquashfs", folder, image, "-comp", "lz4", "-noappend", "-no-progress", "-quiet")
