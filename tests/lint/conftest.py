# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lint tests look at: the files of the project, without what a build leaves behind."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_OURS = {".git", "build", "builddir", ".cache", "__pycache__", ".pytest_cache"}


def project_files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS)
        # In a linked work tree, .git is a file.
        for name in sorted(set(names) - NOT_OURS):
            yield pathlib.Path(folder, name)


def first_line(path):
    with open(path, "rb") as file:
        return file.readline(200)


FILES = list(project_files())
C_FILES = [path for path in FILES if path.suffix in (".c", ".h")]
BASH_FILES = [
    path for path in FILES if first_line(path) == b"#!/bin/bash\n" or path.suffix == ".bash"
]
BUSYBOX_FILES = [path for path in FILES if first_line(path) == b"#!/bin/busybox sh\n"]
XML_FILES = [path for path in FILES if first_line(path).startswith(b"<?xml")]
PYTHON_FILES = [
    path for path in FILES if path.suffix == ".py" or first_line(path) == b"#!/usr/bin/python3\n"
]


def relative(path):
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="session")
def build():
    return pathlib.Path(os.environ["SECPOLD_BUILD"]).resolve()
