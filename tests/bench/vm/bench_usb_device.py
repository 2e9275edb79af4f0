# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a gadget that somebody binds stays bound, and what messages cost that are about nothing.

    SECPOLD_BUILD=build/default tests/vm/run tests/bench/vm/bench_usb_device.py

The figures are in bench_usb_device-SERIES/usb-device.json. Everything is emulated: compare with the
floors beside it. That of unbinding is a process that does nothing but write the empty line when it is
told that the gadget is bound; that of the messages is one that only reads them.
"""

import contextlib
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import threading
import time

import evidence
import gadget
import printer
import uevents

TRIES = 100
MESSAGES = 5000
ITEM = "ProhibitUsbDevice"
PROHIBITED = printer.policy(ITEM)
CONTROLLER = "dummy_udc.0"
# So that the kernel itself refuses nothing, and what is measured is how fast secpold notices.
PROFILE = "[Usb]\nExemptControllers=dummy_udc.1\n"
READER = """
import socket, sys
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
s.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)
s.bind((0, 1))
print(flush=True)
buffer = bytearray(8192)
while True:
    s.recv_into(buffer)
"""


def figures(times):
    milliseconds = [seconds * 1000 for seconds in times]
    return {
        "tries": len(times),
        "median ms": round(statistics.median(milliseconds), 2),
        "worst ms": round(max(milliseconds), 2),
    }


def time_bound(log, device):
    """From the kernel's message that it is bound to the one that it is not."""
    mark = log.mark()
    device.bind(CONTROLLER)
    bound = log.wait(subsystem="udc", name=CONTROLLER, USB_UDC_DRIVER=device.path.name, since=mark)
    free = log.wait(
        lambda event: event.time >= bound.time and "USB_UDC_DRIVER" not in event.keys,
        subsystem="udc",
        name=CONTROLLER,
        action="change",
        since=mark,
    )
    return free.time - bound.time


def measure(name, device):
    times = []
    with uevents.Recorder(name) as log:
        for _ in range(TRIES):
            times.append(time_bound(log, device))
            # Below the rate at which secpold puts repairs off.
            time.sleep(0.12)
    return figures(times)


@contextlib.contextmanager
def floor(device):
    """Unbinds as soon as it hears that something is bound."""
    messages = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, uevents.NETLINK_KOBJECT_UEVENT)
    messages.bind((0, uevents.KERNEL_GROUP))
    messages.settimeout(0.1)
    ends = threading.Event()

    def work():
        while not ends.is_set():
            with contextlib.suppress(TimeoutError):
                if b"USB_UDC_DRIVER=" in messages.recv(8192):
                    device.unbind()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    ends.set()
    thread.join()
    messages.close()


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
    return int(fields[0]) / 1e9


def flood():
    """Messages that concern nobody."""
    with open("/sys/devices/virtual/mem/null/uevent", "wb", buffering=0) as file:
        for _ in range(MESSAGES):
            file.write(b"change")
    time.sleep(1)


def measure_messages():
    with subprocess.Popen([sys.executable, "-c", READER], stdout=subprocess.PIPE) as reader:
        reader.stdout.readline()
        secpold = printer.pid()
        before = cpu_seconds(secpold), cpu_seconds(reader.pid)
        flood()
        after = cpu_seconds(secpold), cpu_seconds(reader.pid)
        reader.kill()
    mine, bare = ((late - early) * 1e6 / MESSAGES for early, late in zip(before, after, strict=True))
    return {
        "secpold us each": round(mine, 1),
        "bare reader us each": round(bare, 1),
        "ratio": round(mine / bare, 2),
    }


def test_usb_device():
    gadget.load(2)
    result = {"kernel": os.uname().release}
    with gadget.Gadget("bench", "acm.0") as device:
        with floor(device):
            result["floor: bound to unbound"] = measure("floor", device)
        printer.start(PROHIBITED, PROFILE)
        result["secpold: bound to unbound"] = measure("secpold", device)
    result["message about nothing"] = measure_messages()
    evidence.save("usb-device.json", json.dumps(result, indent=2) + "\n")
