# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the root of the virtual printer, and what is put into its USB ports."""

import pathlib
import shutil

import packages
from kernel import IMAGE, squash

FILE_SYSTEMS = {"vfat": ("mkfs.vfat", "-n", "STICK"), "ext4": ("mkfs.ext4", "-q", "-F", "-L", "stick")}
STICK_BYTES = 8 << 20


def included():
    return packages.read_list(IMAGE / "packages")


def make_stick(kind, path):
    with open(path, "wb") as file:
        file.truncate(STICK_BYTES)
    packages.run(*FILE_SYSTEMS[kind], path)


def make(folder):
    tree = folder / "tree"
    packages.bootstrap(included(), tree)
    for name in ("share", "mnt", "usr/lib/modules"):
        (tree / name).mkdir(parents=True, exist_ok=True)
    for mark in (".dockerenv", "etc/resolv.conf", "etc/hostname"):
        pathlib.Path(tree, mark).unlink(missing_ok=True)
    squash(tree, folder / "root.squashfs")
    shutil.rmtree(tree)
    for kind in FILE_SYSTEMS:
        make_stick(kind, folder / f"stick-{kind}.img")
