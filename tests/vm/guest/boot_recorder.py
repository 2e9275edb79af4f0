# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs from the first moments of a boot, and writes down what happens in which order.

A peer on a wire sends to a closed port all the time, from before anybody has set up the device's end
of the wire. Ends by SIGTERM, and leaves its record then; collect() is for the test that wants it.
"""

import contextlib
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import struct
import sys
import time

from prober import Prober
from probes import wait_until
from unit import SECONDS, run
from wire import Wire

RECORD = pathlib.Path("/run/boot-record.json")
BUS_SOCKET = pathlib.Path("/run/dbus/system_bus_socket")
# linux/netlink.h, nfnetlink.h, nf_tables.h, rtnetlink.h and if.h; Python does not name them.
NETLINK_ROUTE, NETLINK_NETFILTER, SO_RCVBUFFORCE = 0, 12, 33
NFTABLES_GROUP, LINK_GROUP = 1 << 6, 1
NEWTABLE, RTM_NEWLINK, IFLA_IFNAME, IFF_UP = 10 << 8, 16, 3, 1


def netlink(family, groups):
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, family)
    link.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
    link.bind((0, groups))
    return link


def messages(data):
    while len(data) >= 16:
        length, kind = struct.unpack_from("=IH", data)
        yield kind, data[16:length]
        data = data[(length + 3) & ~3 :]


def attribute(data, wanted):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if kind == wanted:
            return data[4:length].rstrip(b"\0").decode()
        data = data[max((length + 3) & ~3, 4) :]
    return None


def links_up():
    """Of all but the loopback."""
    found = []
    for link in pathlib.Path("/sys/class/net").iterdir():
        with contextlib.suppress(OSError):
            if int((link / "flags").read_text(encoding="ascii"), 16) & IFF_UP and link.name != "lo":
                found.append(link.name)
    return sorted(found)


class Recorder:
    def __init__(self):
        self.events = []
        self._nftables = netlink(NETLINK_NETFILTER, NFTABLES_GROUP)
        self._route = netlink(NETLINK_ROUTE, LINK_GROUP)
        self._seen = set()
        self.ended = False

    def _add(self, what, **more):
        """The first of its kind, with what was the case when it was noticed."""
        if what in self._seen:
            return
        self._seen.add(what)
        self.events.append(
            {
                "what": what,
                "monotonic": time.monotonic(),
                "links_up": links_up(),
                "bus": BUS_SOCKET.exists(),
            }
            | more
        )

    def _look(self):
        if BUS_SOCKET.exists():
            self._add("bus")
        ready = select.select([self._nftables, self._route], [], [], 0.01)[0]
        if self._nftables in ready:
            for kind, data in messages(self._nftables.recv(1 << 16)):
                if kind == NEWTABLE and attribute(data[4:], 1) == "secpold":
                    self._add("rules")
        if self._route in ready:
            for kind, data in messages(self._route.recv(1 << 16)):
                flags = struct.unpack_from("=I", data, 8)[0] if kind == RTM_NEWLINK else 0
                name = attribute(data[16:], IFLA_IFNAME) if flags & IFF_UP else None
                if name not in (None, "lo"):
                    self._add(f"up {name}")

    def run(self):
        while not self.ended:
            self._look()

    def end(self, *_):
        self.ended = True


def tell_ready():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])


def _has_address():
    return Wire.DEVICE4 in run("ip", "-4", "address", "show", "lan0").stdout


def collect():
    """The record, once packets have come through the wire for a while after somebody set it up."""
    if not wait_until(_has_address, SECONDS):
        raise RuntimeError("nobody sets up the wire")
    time.sleep(2)
    run("systemctl", "stop", "boot-recorder.service")
    shutil.copy(RECORD, "/share/output")
    return json.loads(RECORD.read_text(encoding="ascii"))


def main():
    recorder = Recorder()
    signal.signal(signal.SIGTERM, recorder.end)
    # The peer's end is up from the start and in another namespace: no message about it comes here.
    prober = Prober(Wire(), int(sys.argv[1]), pause=0.02, longest_silence=30)
    tell_ready()
    recorder.run()
    leaks = prober.leaks()
    RECORD.write_text(json.dumps({"events": recorder.events, "leaks": leaks}), encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
