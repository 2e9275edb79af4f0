# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the root of the virtual printer, and what is put into its USB ports."""

import pathlib
import shutil

import packages
from kernel import IMAGE, squash

FILE_SYSTEMS = {"vfat": ("mkfs.vfat", "-n", "STICK"), "ext4": ("mkfs.ext4", "-q", "-F", "-L", "stick")}
STICK_BYTES = 8 << 20


def included(kind):
    """The packages of a root: "base" has those of every root and no more."""
    more = [] if kind == "base" else packages.read_list(IMAGE / f"packages-{kind}")
    return packages.read_list(IMAGE / "packages") + more


def unpacked(kind):
    """Packages that are laid over the root, not installed: what they conflict with or depend on is
    not to be missed there, or not wanted."""
    path = IMAGE / f"unpacked-{kind}"
    return packages.read_list(path) if path.exists() else []


def start_nothing(tree):
    """What a package would have started at boot is left to the tests to start."""
    for link in tree.glob("etc/systemd/system/*.wants/*"):
        link.unlink()


def make_stick(kind, path):
    with open(path, "wb") as file:
        file.truncate(STICK_BYTES)
    packages.run(*FILE_SYSTEMS[kind], path)


def make(kind, folder):
    tree = folder / "tree"
    packages.bootstrap(included(kind), tree)
    if kind != "base":
        start_nothing(tree)
    for package in unpacked(kind):
        packages.unpack(package, tree)
    for name in ("share", "mnt", "usr/lib/modules"):
        (tree / name).mkdir(parents=True, exist_ok=True)
    for mark in (".dockerenv", "etc/resolv.conf", "etc/hostname"):
        pathlib.Path(tree, mark).unlink(missing_ok=True)
    squash(tree, folder / "root.squashfs")
    shutil.rmtree(tree)
    for name in FILE_SYSTEMS:
        make_stick(name, folder / f"stick-{name}.img")
