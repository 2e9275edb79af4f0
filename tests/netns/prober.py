# SPDX-License-Identifier: GPL-2.0-or-later
"""A sender that never stops, to show that no packet passes at any moment."""

import contextlib
import ctypes
import os
import select
import signal
import socket
import struct
import time

import children
import packets
import probes

# asm-generic/socket.h; Python names neither.
SO_ATTACH_FILTER, SO_TIMESTAMPNS = 26, 35

# Not the port by which the other probes know that they are done.
CONTROL_PORT = 9

# In seconds; the prober shares the machine with what it watches.
LONGEST_SILENCE = 0.5


class Prober:
    """A process that sends to a closed port without pause, TCP and UDP, IPv4 and IPv6.

    Whatever gets through waits, with its time of arrival, in the receive queue of a socket on the
    device. After every 64 packets one goes to an open port: only when those arrive all the time
    does the silence of the closed port mean anything.

    `pause`: seconds without sending after every 64, for a machine that has better to do;
    `longest_silence`: for how long it may have been kept from sending, in seconds.
    """

    def __init__(self, net, closed_port, pause=0.0, longest_silence=LONGEST_SILENCE):
        self._longest_silence = longest_silence
        self._udp = [
            self._bound(net.device, family, closed_port)
            for family in (socket.AF_INET, socket.AF_INET6)
        ]
        self._control = self._bound(net.device, socket.AF_INET, CONTROL_PORT)
        self._tcp = [
            probes.RawListener(net.device, packets.TCP, version).socket for version in (4, 6)
        ]
        for listener, version in zip(self._tcp, (4, 6)):
            listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            _only_port(listener, closed_port, with_header=version == 4)
        self._child = children.fork(self._send, net, closed_port, pause)

    @staticmethod
    def _bound(namespace, family, port):
        with namespace:
            service = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            service.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        service.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        service.setsockopt(socket.SOL_SOCKET, probes.SO_RCVBUFFORCE, 1 << 26)
        service.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        service.bind(("::" if family == socket.AF_INET6 else "", port))
        service.setblocking(False)
        return service

    @staticmethod
    def _send(net, port, pause):
        _close_all_but(net.peer.fd)
        with net.peer:
            sockets = [
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
                socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
                socket.socket(socket.AF_INET, socket.SOCK_RAW, packets.TCP),
                socket.socket(socket.AF_INET6, socket.SOCK_RAW, packets.TCP),
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            ]
        targets = [
            (net.DEVICE4, port),
            (net.DEVICE6, port),
            (net.DEVICE4, 0),
            (net.DEVICE6, 0),
            (net.DEVICE4, CONTROL_PORT),
        ]
        payloads = [
            b"leak",
            b"leak",
            packets.tcp(net.PEER4, net.DEVICE4, 1024, port),
            packets.tcp(net.PEER6, net.DEVICE6, 1024, port),
            b"control",
        ]
        for sender, target in zip(sockets, targets):
            sender.connect(target)
        closed = [sender.send for sender in sockets[:4]]
        while True:
            for _ in range(16):
                for send, payload in zip(closed, payloads):
                    with contextlib.suppress(OSError):
                        send(payload)
            with contextlib.suppress(OSError):
                sockets[4].send(payloads[4])
            if pause:
                time.sleep(pause)

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
        ended = time.time()
        time.sleep(0.05)
        found = []
        for name, listener in (
            ("udp4", self._udp[0]),
            ("udp6", self._udp[1]),
            ("tcp4", self._tcp[0]),
            ("tcp6", self._tcp[1]),
        ):
            found += [(name, stamp) for stamp in _drain(listener)]
            listener.close()
        stamps = [*_drain(self._control), ended]
        self._control.close()
        if len(stamps) == 1:
            raise RuntimeError("not even the open port of the prober was reached")
        silence = max(second - first for first, second in zip(stamps, stamps[1:]))
        if silence > self._longest_silence:
            raise RuntimeError(f"the prober itself was silent for {silence:.3f} s")
        return found


def _close_all_but(kept):
    """Or what the tests have open stays open for as long as the prober runs."""
    for fd in map(int, os.listdir("/proc/self/fd")):
        if fd > 2 and fd != kept:
            with contextlib.suppress(OSError):
                os.close(fd)


def _seconds(stamp):
    whole, nano = struct.unpack("@qq", stamp[:16])
    return whole + nano / 1e9


def _drain(listener):
    while True:
        try:
            _, ancillary, _, _ = listener.recvmsg(65536, 256)
        except BlockingIOError:
            return
        stamp = next(
            (
                data
                for level, kind, data in ancillary
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS
            ),
            None,
        )
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
    buffer = ctypes.create_string_buffer(program)
    fprog = struct.pack("@HxxxxxxP", len(code), ctypes.addressof(buffer))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, fprog)
