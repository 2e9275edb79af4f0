# SPDX-License-Identifier: GPL-2.0-or-later
"""How long an interface that somebody sets up stays up, and what of it is the kernel's own time.

    SECPOLD_BUILD=build/default tests/vm/run tests/bench/vm/bench_wireless.py

The figures are in bench_wireless-SERIES/wireless.json. Everything is emulated: compare with the floor
beside it, a thread that does nothing but set down at once whatever is announced to be up.
"""

import json
import socket
import statistics
import struct
import threading

import evidence
import printer
import radios

TRIES = 100


def figures(times):
    return {"tries": len(times), "median": statistics.median(times), "worst": max(times)}


def measure(name, interface):
    with radios.Log(name) as log:
        index = radios.index(interface)
        for tries in range(1, TRIES + 1):
            radios.set_link(interface, True)
            assert printer.wait_until(lambda: len(log.times_up(index)) >= tries, pause=0.002)
        return figures(log.times_up(index))


class Floor:
    """Sets the interface down as soon as it is announced to be up."""

    def __init__(self, interface):
        self._interface, self._index = interface, radios.index(interface)
        self._links = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self._links.bind((0, radios.RTMGRP_LINK))
        self._links.settimeout(0.1)
        self._ends = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *_):
        self._ends = True
        self._thread.join()
        self._links.close()

    def _run(self):
        while not self._ends:
            try:
                message = self._links.recv(65536)
            except TimeoutError:
                continue
            index, flags = struct.unpack_from("=iI", message, 20)
            if index == self._index and flags & radios.UP and radios.is_up(self._interface):
                radios.set_link(self._interface, False)


def test_up_to_down():
    radios.load(1, p2p_device=False)
    with Floor("wlan0"):
        floor = measure("floor", "wlan0")
    printer.start(printer.policy("ProhibitWirelessLan"))
    secpold = measure("secpold", "wlan0")
    printer.stop()
    found = {"unit": "seconds", "floor": floor, "secpold": secpold}
    evidence.save("wireless.json", json.dumps(found, indent=1) + "\n")
    print(found)
