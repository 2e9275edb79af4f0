# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces joined by veth pairs, held by file descriptor only.

A namespace without a name vanishes with the last descriptor and the last process in it, so nothing
is left behind even when the test run is killed.
"""

import contextlib
import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _own_namespace():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


class Namespace:
    """`with namespace:` puts the calling thread into it; sockets and processes made there stay."""

    def __init__(self):
        home = _own_namespace()
        try:
            _check(_libc.unshare(CLONE_NEWNET))
            self.fd = _own_namespace()
            _check(_libc.setns(home, CLONE_NEWNET))
        finally:
            os.close(home)
        self._homes = []
        self.write_sysctl("net/ipv6/conf/default/accept_dad", "0")
        self.write_sysctl("net/ipv6/conf/all/accept_dad", "0")
        self.ip("link set lo up")

    def __enter__(self):
        self._homes.append(_own_namespace())
        _check(_libc.setns(self.fd, CLONE_NEWNET))
        return self

    def __exit__(self, *_):
        home = self._homes.pop()
        _check(_libc.setns(home, CLONE_NEWNET))
        os.close(home)

    def close(self):
        os.close(self.fd)

    def path(self):
        return f"/proc/{os.getpid()}/fd/{self.fd}"

    def run(self, command, check=True, text_in=None, **keywords):
        with self:
            done = subprocess.run(
                command, input=text_in, capture_output=True, text=True, timeout=60, **keywords
            )
        if check and done.returncode != 0:
            raise RuntimeError(
                f"{command} failed with {done.returncode}: {done.stderr}{done.stdout}"
            )
        return done

    def ip(self, words):
        return self.run(["ip"] + words.split()).stdout

    def nft(self, script, check=True):
        return self.run(["nft", "-f", "-"], text_in=script, check=check)

    def clear(self):
        """Take away what a secpold that is gone left in force."""
        self.run(["nft", "flush", "ruleset"])
        if left := self.run(["nft", "list", "ruleset"]).stdout:
            raise RuntimeError(f"rules that cannot be flushed: {left}")
        self.write_sysctl("net/ipv4/ip_local_reserved_ports", "\n")

    def read_sysctl(self, name):
        with self, open("/proc/sys/" + name, encoding="ascii") as file:
            return file.read().strip()

    def has_sysctl(self, name):
        with self:
            return os.path.exists("/proc/sys/" + name)

    def write_sysctl(self, name, value):
        with self, open("/proc/sys/" + name, "w", encoding="ascii") as file:
            file.write(value)


class Topology:
    """peer -- device -- container. The container's way to the peer leads through the device."""

    DEVICE4, PEER4 = "10.77.0.1", "10.77.0.2"
    DEVICE6, PEER6 = "fd77::1", "fd77::2"
    GATEWAY4, CONTAINER4 = "10.78.0.1", "10.78.0.2"
    GATEWAY6, CONTAINER6 = "fd78::1", "fd78::2"
    BROADCAST4 = "10.77.0.255"

    def __init__(self):
        self.device = Namespace()
        self.peer = Namespace()
        self.container = Namespace()
        self._join("lan0", self.peer, "peer0")
        self._join("cont0", self.container, "eth0")
        self._address(self.device, "lan0", self.DEVICE4, self.DEVICE6)
        self._address(self.device, "cont0", self.GATEWAY4, self.GATEWAY6)
        self._address(self.peer, "peer0", self.PEER4, self.PEER6)
        self._address(self.container, "eth0", self.CONTAINER4, self.CONTAINER6)
        self.device.write_sysctl("net/ipv4/ip_forward", "1")
        self.device.write_sysctl("net/ipv6/conf/all/forwarding", "1")
        self.peer.ip(f"route add 10.78.0.0/24 via {self.DEVICE4}")
        self.peer.ip(f"-6 route add fd78::/64 via {self.DEVICE6}")
        self.container.ip(f"route add default via {self.GATEWAY4}")
        self.container.ip(f"-6 route add default via {self.GATEWAY6}")
        for namespace, link in ((self.device, "lan0"), (self.peer, "peer0")):
            namespace.ip(f"route add 224.0.0.0/4 dev {link}")

    def _join(self, link, other, other_link):
        self.device.ip(f"link add {link} type veth peer name {other_link} netns {other.path()}")
        self.device.ip(f"link set {link} up")
        other.ip(f"link set {other_link} up")

    @staticmethod
    def _address(namespace, link, address4, address6):
        namespace.ip(f"addr add {address4}/24 brd + dev {link}")
        namespace.ip(f"addr add {address6}/64 nodad dev {link}")

    def close(self):
        for namespace in (self.device, self.peer, self.container):
            namespace.close()

    @contextlib.contextmanager
    def foreign_table(self, rules):
        """Rules of somebody else on the device: `rules` are the chains of table inet foreign."""
        self.device.nft(f"table inet foreign {{\n{rules}\n}}\n")
        try:
            yield
        finally:
            self.device.nft("table inet foreign\ndelete table inet foreign\n")
