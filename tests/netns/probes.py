# SPDX-License-Identifier: GPL-2.0-or-later
"""What a client and a service on the two ends of the wire can see of each other."""

import contextlib
import errno
import os
import select
import socket
import struct
import time

import packets

# asm-generic/socket.h; Python does not name it.
SO_RCVBUFFORCE = 33

# Long enough for a veth pair on a busy machine, short enough to wait out for each packet that must
# not come.
WAIT = 0.15


def wait_until(condition, seconds=5.0):
    """True as soon as `condition()` is; False when it never was within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@contextlib.contextmanager
def tcp_service(namespace, port, address="::"):
    """A listener for IPv4 and IPv6."""
    with namespace:
        listener = socket.socket(_family(address), socket.SOCK_STREAM)
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(16)
        yield listener


@contextlib.contextmanager
def udp_service(namespace, port, address="::", protocol=socket.IPPROTO_UDP, group=None):
    """A bound socket, member of multicast `group` on its first interface when one is given."""
    with namespace:
        service = socket.socket(_family(address), socket.SOCK_DGRAM, protocol)
        service.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        service.bind((address, port))
        if group:
            _join(service, group)
    with service:
        service.setblocking(False)
        yield service


def _lan_link():
    return next(index for index, name in socket.if_nameindex() if name in ("lan0", "peer0"))


def _join(service, group):
    if _family(group) == socket.AF_INET6:
        member = socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", _lan_link())
        service.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
    else:
        member = socket.inet_aton(group) + struct.pack("@4si", bytes(4), _lan_link())
        service.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)


def tcp_connects(namespace, address, port, sport=0, seconds=WAIT):
    """Whether a connection is made; a closed port answers with silence, never with a reset."""
    with namespace:
        client = socket.socket(_family(address), socket.SOCK_STREAM)
    with client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("@ii", 1, 0))
        if sport:
            client.bind(("", sport))
        client.settimeout(seconds)
        try:
            client.connect((address, port))
            return True
        except socket.timeout:
            return False


def receives(service, seconds=WAIT):
    """The next datagram as (payload, source address, source port), or None when none comes."""
    if not select.select([service], [], [], seconds)[0]:
        return None
    payload, source = service.recvfrom(65536)
    return payload, source[0].removeprefix("::ffff:").partition("%")[0], source[1]


def udp_send(namespace, address, port, payload=b"probe", sport=0, protocol=socket.IPPROTO_UDP):
    """Send one datagram; True when the kernel took it, False when its own output refused it."""
    with namespace:
        client = socket.socket(_family(address), socket.SOCK_DGRAM, protocol)
        link = _lan_link() if address.lower().startswith("ff") else 0
    with client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if sport:
            client.bind(("::" if ":" in address else "", sport))
        target = (address, port, 0, link) if ":" in address else (address, port)
        try:
            client.sendto(payload, target)
            return True
        except PermissionError:
            return False


def udp_arrives(sender, address, service, port, **keywords):
    """Whether a datagram to `port` reaches the bound `service`."""
    mark = os.urandom(8)
    udp_send(sender, address, port, payload=mark, **keywords)
    deadline = time.monotonic() + WAIT
    while (left := deadline - time.monotonic()) > 0:
        got = receives(service, left)
        if got and got[0] == mark:
            return True
    return False


class RawListener:
    """Sees every packet of one protocol that gets past the input hook of a namespace."""

    def __init__(self, namespace, protocol, version=4):
        self._version = version
        with namespace:
            family = socket.AF_INET if version == 4 else socket.AF_INET6
            self.socket = socket.socket(family, socket.SOCK_RAW, protocol)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.socket.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _next_port(self, seconds):
        if not select.select([self.socket], [], [], seconds)[0]:
            return None
        data = self.socket.recv(65536)
        start = (data[0] & 15) * 4 if self._version == 4 else 0
        return struct.unpack_from("!H", data, start + 2)[0]

    def ports_until(self, last, seconds=2.0):
        """Destination ports seen up to and a moment after one to `last`, which has to come."""
        seen = set()
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            seen.add(self._next_port(left))
            if last in seen:
                break
        if last not in seen:
            raise RuntimeError("not even the packet for the open port arrives")
        deadline = time.monotonic() + 0.03
        while (left := deadline - time.monotonic()) > 0:
            seen.add(self._next_port(left))
        return seen - {last, None}


OPEN_PORT = 7


def raw_delivered(
    net,
    protocol,
    version,
    frames,
    source=None,
    target=None,
    sender=None,
    receiver=None,
    via=None,
):
    """Ports to which raw packets, sent by the peer unless told, are delivered on the device.

    A plain packet of the same protocol to an open port follows them, from `source` to `target`; only
    after it has arrived is the absence of the others taken for a refusal. `via`: the frames go the
    way to this address, whatever address they are for.
    """
    source = source or (net.PEER4 if version == 4 else net.PEER6)
    target = target or (net.DEVICE4 if version == 4 else net.DEVICE6)
    segment = packets.segment(protocol, source, target, 1024, OPEN_PORT)
    last = packets.ip(source, target, protocol, segment)
    with RawListener(receiver or net.device, protocol, version) as listener:
        packets.send_raw(sender or net.peer, frames, via)
        packets.send_raw(sender or net.peer, [last])
        return listener.ports_until(OPEN_PORT)


def session_ends(connection, seconds=2.0):
    """How a TCP session ended as its owner sees it: 'reset', 'closed', or None while it lives."""
    with contextlib.suppress(BlockingIOError):
        connection.setblocking(False)
        poller = select.poll()
        poller.register(connection, select.POLLIN | select.POLLERR | select.POLLHUP)
        if not poller.poll(seconds * 1000):
            return None
        try:
            return "closed" if connection.recv(1) == b"" else None
        except OSError as error:
            if error.errno in (errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE):
                return "reset"
            raise
    return None
