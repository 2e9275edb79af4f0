# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of things that take long to make, each named by a digest of what went into it."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import time

FOLDER = pathlib.Path(os.environ.get("SECPOLD_VM_CACHE", "/var/cache/secpold-vm"))
KEPT_SECONDS = 3 * 24 * 3600


def digest(*parts):
    """Of texts, and of files and folders by their names, modes and content."""
    sha = hashlib.sha256()
    for part in parts:
        if isinstance(part, pathlib.Path):
            for path in sorted(part.rglob("*")) if part.is_dir() else [part]:
                if path.is_file() and "__pycache__" not in path.parts:
                    sha.update(f"{path.name} {path.stat().st_mode:o}\n".encode())
                    sha.update(path.read_bytes())
        else:
            sha.update(f"{part}\n".encode())
    return sha.hexdigest()[:16]


@contextlib.contextmanager
def _locked():
    """One builds, the others wait for what it makes."""
    with open(FOLDER / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made(kind, key, make):
    """The folder of this kind and key, made by `make(folder)` where it is not there yet."""
    folder = FOLDER / f"{kind}-{key}"
    if not folder.is_dir():
        with _locked():
            if not folder.is_dir():
                _make(kind, folder, make)
    os.utime(folder)
    return folder


def _make(kind, folder, make):
    unfinished = FOLDER / f"unfinished-{kind}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    start = time.monotonic()
    make(unfinished)
    unfinished.rename(folder)
    print(f"vm: {kind} made in {time.monotonic() - start:.0f} s", flush=True)
    _forget_old()


def remembered(name, key, find):
    """What `find()` says (a dict of texts); asked again only when the key has changed."""
    file = FOLDER / f"{name}.json"
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(file.read_text(encoding="utf-8"))
        if known.pop("key") == key:
            return known
    found = find()
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(found | {"key": key}), encoding="utf-8")
    new.rename(file)
    return found


def _forget_old():
    for folder in FOLDER.glob("*-*"):
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder)
