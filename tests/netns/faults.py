# SPDX-License-Identifier: GPL-2.0-or-later
"""A secpold whose calls to libc fail on demand, and a kernel that seems to lack something."""

import contextlib
import ctypes
import mmap
import os
import pathlib
import random
import subprocess

import pytest

import children
import daemon

# As in fault.h.
KINDS = """open read write sync change look list close socket send receive wait event ioctl thread
    random memory""".split()
LACKS = """nftables sock-diag sock-destroy uevents nl80211 owner persist fib log limit nflog
    large-buffers""".split()

CALLS = [kind for kind in KINDS if kind != "memory"]

# How many faults to try at most, instead of a sample: scripts/faults sets it.
THOROUGH = int(os.environ.get("SECPOLD_FAULTS_THOROUGH", "0"))
SEED = int(os.environ.get("SECPOLD_FAULTS_SEED", "0")) or random.randrange(1, 2**31)


class Control(ctypes.Structure):
    """As in fault.h."""

    _fields_ = [
        ("kinds", ctypes.c_uint32),
        ("first", ctypes.c_uint32),
        ("how_many", ctypes.c_uint32),
        ("variant", ctypes.c_uint32),
        ("lacking", ctypes.c_uint32),
        ("seen", ctypes.c_uint32),
        ("injected", ctypes.c_uint32),
        ("code", ctypes.c_int32),
        ("clock_shift", ctypes.c_int64),
        ("name", ctypes.c_char * 32),
    ]


def _bits(names, known):
    return sum(1 << known.index(name) for name in names)


class Faults:
    """What is to go wrong in programs that start with `prefix`."""

    def __init__(self, path):
        self._path = path
        path.write_bytes(bytes(mmap.PAGESIZE))
        with path.open("r+b") as file:
            self.control = Control.from_buffer(mmap.mmap(file.fileno(), mmap.PAGESIZE))

    def prefix(self, *libraries):
        """Words to put before a command. libraries: calls, memory."""
        if daemon.is_sanitized():
            pytest.skip("the sanitizers themselves stand between secpold and libc")
        paths = [daemon.built(f"fault-{library}.so") for library in libraries]
        if None in paths:
            raise RuntimeError("the libraries that let calls fail are not built")
        return [
            "/usr/bin/env",
            f"SECPOLD_FAULTS={self._path}",
            f"LD_PRELOAD={':'.join(map(str, paths))}",
        ]

    def arm(self, first, variant=0, how_many=1, kinds=CALLS):
        """The first-th call of these kinds from now fails, and as many in a row; 0: just count."""
        control = self.control
        control.kinds = 0
        control.seen = control.injected = 0
        control.first, control.variant, control.how_many = first, variant, how_many
        control.kinds = _bits(kinds, KINDS)

    def disarm(self):
        self.control.kinds = 0

    def injected(self):
        """What failed since arm(), as text, or None."""
        if not self.control.injected:
            return None
        control = self.control
        return f"{control.name.decode()}: {os.strerror(control.code)} (call {control.first})"

    def lack(self, *names):
        self.control.lacking = _bits(names, LACKS)


class Quarters:
    """Where a program sees no hardware, made once for many starts of it in `net`'s device."""

    def __init__(self, net):
        with net.device:
            self._process = subprocess.Popen(
                [daemon.WITHOUT_HARDWARE, "sh", "-c", "echo; exec sleep infinity"],
                stdout=subprocess.PIPE,
                preexec_fn=children.end_with_parent,
            )
        self._process.stdout.read(1)
        self._namespace = os.open(f"/proc/{self._process.pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)

    def enter(self):
        libc = ctypes.CDLL(None, use_errno=True)
        directory = os.getcwd()
        if libc.setns(self._namespace, daemon.CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "cannot enter a mount namespace")
        os.chdir(directory)

    def close(self):
        os.close(self._namespace)
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


@contextlib.contextmanager
def quarters(net, secpold):
    """Gives secpold its quarters, so that starting it takes milliseconds."""
    made = Quarters(net)
    secpold.hides_hardware = False
    secpold.in_child.append(made.enter)
    try:
        yield secpold
    finally:
        secpold.in_child.remove(made.enter)
        made.close()


def sample(n_calls, wanted, salt):
    """Numbers of calls to let fail, each with a variant of the error: `wanted` of them, spread evenly
    and differently each time, or as many as there may be where it is to be thorough."""
    if THOROUGH:
        wanted = THOROUGH
        variants = max(1, min(8, wanted // n_calls))
        if n_calls * variants <= wanted and n_calls <= wanted:
            return [(at, variant) for at in range(1, n_calls + 1) for variant in range(variants)]
    chance = random.Random(f"{SEED} {salt}")
    step = max(n_calls / wanted, 1.0)
    start = chance.random() * step
    numbers = [int(start + at * step) + 1 for at in range(wanted)]
    return [(number, chance.randrange(8)) for number in numbers if number <= n_calls]


def figure(text):
    """Printed with pytest -s, which scripts/faults does."""
    print(f"\n    {text} (seed {SEED})", flush=True)
    record = os.environ.get("SECPOLD_FAULTS_RECORD")
    if record:
        with pathlib.Path(record).open("a", encoding="utf-8") as file:
            file.write(text + "\n")
