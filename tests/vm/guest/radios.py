# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated radios, their interfaces and switches.

    radios.load(2)                          # phy0 and phy1, with wlan0 and wlan1, which are down
    with radios.Log("ap") as log:           # what nl80211 and rtnetlink announce, kept as evidence
        radios.set_link("wlan0", True)
        assert radios.is_up("wlan0")
"""

import array
import fcntl
import os
import pathlib
import socket
import stat
import struct
import subprocess
import threading
import time

import evidence
from printer import run, wait_until

WIPHYS = pathlib.Path("/sys/class/ieee80211")
NETS = pathlib.Path("/sys/class/net")
UP = 1  # IFF_UP
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
RFKILL_WLAN, RFKILL_CHANGE, RFKILL_CHANGE_ALL = 1, 2, 3
NEW_RADIO = 4  # of mac80211_hwsim.h
RTMGRP_LINK, RTM_NEWLINK, RTM_DELLINK = 1, 16, 17
SO_RCVBUFFORCE = 33


def wiphys():
    return sorted(path.name for path in WIPHYS.glob("*"))


def make_static_node():
    """As systemd-tmpfiles-setup-dev does at every boot; it outlives the module being unloaded."""
    os.mknod("/dev/rfkill", stat.S_IFCHR | 0o664, os.makedev(10, 242))


def load(radios=2, p2p_device=True):
    """So many radios, each with a station interface that is down."""
    device = f"support_p2p_device={'Y' if p2p_device else 'N'}"
    run("modprobe", "mac80211_hwsim", f"radios={radios}", device)
    if not wait_until(lambda: len(wiphys()) >= radios):
        raise RuntimeError("no radios appear")


def unload():
    run("modprobe", "--remove", "mac80211_hwsim")


def add():
    """Plugs one more radio, without Wi-Fi Direct devices; its name."""
    before = wiphys()
    genl_command("MAC80211_HWSIM", NEW_RADIO)
    return wait_until(lambda: [name for name in wiphys() if name not in before])[0]


def _attribute(kind, payload):
    size = 4 + len(payload)
    return struct.pack("=HH", size, kind) + payload + bytes(-size % 4)


def _genl_request(netlink, family, command, attributes):
    """The kernel's first message in answer, without its headers."""
    body = struct.pack("=BBH", command, 1, 0) + attributes
    netlink.send(struct.pack("=IHHII", 16 + len(body), family, 5, 1, 0) + body)
    answer = netlink.recv(65536)
    kind = struct.unpack_from("=IH", answer)[1]
    if kind == 2 and (error := struct.unpack_from("=i", answer, 16)[0]) < 0:
        raise OSError(-error, os.strerror(-error))
    return answer[20:]


def genl_command(family, command, attributes=b""):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as netlink:
        name = _attribute(2, family.encode() + b"\0")
        found = _genl_request(netlink, 16, 3, name)
        netlink.recv(65536)
        while struct.unpack_from("=H", found, 2)[0] != 1:
            found = found[(struct.unpack_from("=H", found)[0] + 3) & ~3 :]
        number = struct.unpack_from("=H", found, 4)[0]
        _genl_request(netlink, number, command, attributes)


# Interfaces


def _flags(name, number=SIOCGIFFLAGS, flags=0):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = array.array("b", struct.pack("16sH14x", name.encode(), flags))
        fcntl.ioctl(any_socket, number, request)
        return struct.unpack_from("H", request, 16)[0]


def is_up(name):
    return bool(_flags(name) & UP)


def set_link(name, up):
    """OSError where the kernel does not want to."""
    flags = _flags(name)
    _flags(name, SIOCSIFFLAGS, flags | UP if up else flags & ~UP)


def iw(*words, check=True):
    return run("iw", *words, check=check)


def devices():
    """As "iw dev" has them: the name, or the wdev number of what has none, and the type."""
    found, name = {}, None
    for line in iw("dev").splitlines():
        word, _, value = line.strip().partition(" ")
        if word == "Interface":
            name = value
        elif word == "Unnamed/non-netdev":
            name = None
        elif word == "wdev" and name is None:
            name = value
        elif word == "type":
            found[name] = value
    return found


def of_type(wanted):
    return sorted(name for name, kind in devices().items() if kind == wanted)


def interfaces(wiphy):
    """Names of its network interfaces."""
    return sorted(path.name for path in (WIPHYS / wiphy / "device" / "net").glob("*"))


def exists(name):
    return (NETS / name).exists()


def address(name):
    return (NETS / name / "address").read_text(encoding="ascii").strip()


def index(name):
    return socket.if_nametoindex(name)


# Switches


def switches():
    """Radio and whether it is blocked, also of those in other network namespaces."""
    found = {}
    with open("/dev/rfkill", "rb", buffering=0) as device:
        os.set_blocking(device.fileno(), False)
        while event := device.read(8):
            index, kind, _, soft, _ = struct.unpack("=IBBBB", event)
            if kind == RFKILL_WLAN:
                path = os.readlink(f"/sys/class/rfkill/rfkill{index}")
                found[path.split("/")[-2]] = (index, bool(soft))
    return found


def is_blocked(wiphy):
    return switches()[wiphy][1]


def set_blocked(wiphy, blocked):
    """Of one radio, or of all, those still to come included: None. As rfkill(8) does it."""
    index = 0 if wiphy is None else switches()[wiphy][0]
    change = RFKILL_CHANGE_ALL if wiphy is None else RFKILL_CHANGE
    with open("/dev/rfkill", "wb", buffering=0) as device:
        device.write(struct.pack("=IBBBB", index, RFKILL_WLAN, change, blocked, 0))


class Log:
    """What nl80211, rtnetlink and rfkill announce while the block runs."""

    COMMANDS = {"nl80211": ("iw", "event", "-t"), "rfkill": ("rfkill", "event")}

    def __init__(self, name):
        self._name = name
        self._running = []
        self._links = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self._links.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        self._links.bind((0, RTMGRP_LINK))
        self._links.settimeout(0.1)
        self._ends = False
        self._thread = threading.Thread(target=self._record, daemon=True)
        self.changes = []

    def _path(self, kind):
        return evidence.FOLDER / f"{self._name}-{kind}.log"

    def __enter__(self):
        self._thread.start()
        for kind, command in self.COMMANDS.items():
            with open(self._path(kind), "wb") as file:
                words = ("stdbuf", "--output=L", *command)
                self._running.append(subprocess.Popen(words, stdout=file, stderr=file))
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        time.sleep(0.05)
        self._ends = True
        self._thread.join()
        self._links.close()
        for process in self._running:
            process.terminate()
            process.wait()
        lines = (f"{when:.6f} {index} {'up' if up else 'down'}" for when, index, up in self.changes)
        self._path("links").write_text("\n".join(lines) + "\n", encoding="ascii")

    def _record(self):
        while not self._ends:
            try:
                messages = self._links.recv(65536)
            except TimeoutError:
                continue
            while len(messages) >= 32:
                size, kind = struct.unpack_from("=IH", messages)
                index, flags = struct.unpack_from("=iI", messages, 20)
                if kind in (RTM_NEWLINK, RTM_DELLINK):
                    up = kind == RTM_NEWLINK and bool(flags & UP)
                    self.changes.append((time.monotonic(), index, up))
                messages = messages[(size + 3) & ~3 :]

    def nl80211(self):
        return self._path("nl80211").read_text(encoding="utf-8")

    def times_up(self, index):
        """For how many seconds the link was up, each time."""
        since, times = None, []
        for when, changed, up in list(self.changes):
            if changed == index and up and since is None:
                since = when
            elif changed == index and not up and since is not None:
                times.append(when - since)
                since = None
        return times
