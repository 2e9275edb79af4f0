# SPDX-License-Identifier: GPL-2.0-or-later
"""What a client and a service on the two ends of the wire can see of each other."""

import contextlib
import errno
import os
import select
import signal
import socket
import struct
import time

import packets

# asm-generic/socket.h; Python names none of them.
SO_ATTACH_FILTER, SO_RCVBUFFORCE, SO_TIMESTAMPNS = 26, 33, 35

# Long enough for a veth pair on a busy machine, short enough to wait out for every packet that must not come.
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
    """Sees every packet of one protocol that the namespace delivers to itself, past its input hook."""

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
        while last not in seen:
            seen.add(self._next_port(max(deadline - time.monotonic(), 0)))
            if time.monotonic() > deadline:
                raise RuntimeError("not even the packet for the open port arrives")
        while port := self._next_port(0.03):
            seen.add(port)
        return seen - {last, None}


OPEN_PORT = 7


def raw_delivered(net, protocol, version, frames, target=None, sender=None, receiver=None):
    """Ports to which raw packets, sent by the peer unless told, are delivered on the device.

    A plain packet of the same protocol to an open port follows them; only after it has arrived is
    the absence of the others taken for a refusal.
    """
    source = net.PEER4 if version == 4 else net.PEER6
    target = target or (net.DEVICE4 if version == 4 else net.DEVICE6)
    segment = packets.segment(protocol, source, target, 1024, OPEN_PORT)
    last = packets.ip(source, target, protocol, segment)
    with RawListener(receiver or net.device, protocol, version) as listener:
        packets.send_raw(sender or net.peer, [*frames, last])
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


class Prober:
    """A process that sends to a closed port without pause, TCP and UDP, IPv4 and IPv6.

    Whatever gets through waits, with its time of arrival, in the receive queue of a socket on the
    device. Every 64th datagram goes to `open_port`: only when those arrive all the time does the
    silence of the closed port mean anything.
    """

    def __init__(self, net, closed_port, open_port=OPEN_PORT, pace=0.0):
        self.port = closed_port
        self._udp = [self._bound(net.device, family, closed_port)
                     for family in (socket.AF_INET, socket.AF_INET6)]
        self._control = self._bound(net.device, socket.AF_INET, open_port)
        self._tcp = [RawListener(net.device, packets.TCP, version).socket for version in (4, 6)]
        for listener, version in zip(self._tcp, (4, 6)):
            listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            _only_port(listener, closed_port, with_header=version == 4)
        self.sent_in = 0
        self._child = os.fork()
        if self._child == 0:
            self._send(net, closed_port, open_port, pace)

    @staticmethod
    def _bound(namespace, family, port):
        with namespace:
            service = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            service.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        service.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        service.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        service.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        service.bind(("::" if family == socket.AF_INET6 else "", port))
        service.setblocking(False)
        return service

    @staticmethod
    def _send(net, port, open_port, pace):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with net.peer:
            sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
                       socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
                       socket.socket(socket.AF_INET, socket.SOCK_RAW, packets.TCP),
                       socket.socket(socket.AF_INET6, socket.SOCK_RAW, packets.TCP),
                       socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
        targets = [(net.DEVICE4, port), (net.DEVICE6, port), (net.DEVICE4, 0), (net.DEVICE6, 0),
                   (net.DEVICE4, open_port)]
        payloads = [b"leak", b"leak", packets.tcp(net.PEER4, net.DEVICE4, 1024, port),
                    packets.tcp(net.PEER6, net.DEVICE6, 1024, port), b"control"]
        for sender, target in zip(sockets, targets):
            sender.connect(target)
        closed = [sender.send for sender in sockets[:4]]
        while os.getppid() != 1:
            for _ in range(16):
                for send, payload in zip(closed, payloads):
                    with contextlib.suppress(OSError):
                        send(payload)
            with contextlib.suppress(OSError):
                sockets[4].send(payloads[4])
            if pace:
                time.sleep(pace)
        os._exit(0)

    def __enter__(self):
        if not select.select([self._control], [], [], 5)[0]:
            self.__exit__()
            raise RuntimeError("not even the open port of the prober is reached")
        return self

    def __exit__(self, *_):
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = 0

    def leaks(self):
        """Stop, and return what got through as a list of (protocol, time of arrival in seconds)."""
        self.__exit__()
        time.sleep(0.05)
        found = []
        for name, listener in (("udp4", self._udp[0]), ("udp6", self._udp[1]),
                               ("tcp4", self._tcp[0]), ("tcp6", self._tcp[1])):
            found += [(name, stamp) for stamp in _drain(listener)]
            listener.close()
        stamps = list(_drain(self._control))
        self.sent_in = len(stamps)
        self._control.close()
        return found


def _seconds(stamp):
    whole, nano = struct.unpack("@qq", stamp[:16])
    return whole + nano / 1e9


def _drain(listener):
    while True:
        try:
            _, ancillary, _, _ = listener.recvmsg(65536, 256)
        except BlockingIOError:
            return
        stamp = next((data for level, kind, data in ancillary
                      if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS), None)
        if not stamp:
            raise RuntimeError("the kernel gave no time of arrival")
        yield _seconds(stamp)


def _only_port(listener, port, with_header):
    """Attach a classic BPF filter, so that no other TCP traffic fills the raw socket's queue."""
    if with_header:
        code = [(0xB1, 0, 0, 0), (0x48, 0, 0, 2)]  # X = header length; A = destination port
    else:
        code = [(0x28, 0, 0, 2)]
    code += [(0x15, 0, 1, port), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0)]
    program = b"".join(struct.pack("@HBBI", *line) for line in code)
    import ctypes  # pylint: disable=import-outside-toplevel
    buffer = ctypes.create_string_buffer(program)
    fprog = struct.pack("@HxxxxxxP", len(code), ctypes.addressof(buffer))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, fprog)
