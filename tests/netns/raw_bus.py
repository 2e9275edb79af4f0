# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of the D-Bus protocol as bytes, for calls that no library would send."""

import array
import os
import select
import socket
import struct
import time

METHOD_CALL, METHOD_RETURN, ERROR, SIGNAL = 1, 2, 3, 4
NO_REPLY = 1
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE, FDS = range(1, 10)
FIELD_TYPES = {PATH: "o", REPLY_SERIAL: "u", SIGNATURE: "g", FDS: "u"}
FIXED = {"y": "B", "b": "I", "n": "h", "q": "H", "i": "i", "u": "I", "x": "q", "t": "Q", "d": "d"}
FIXED |= {"h": "I"}
ALIGNMENT = {"s": 4, "o": 4, "g": 1, "a": 4, "v": 1, "(": 8, "{": 8}


def split(signature):
    """The first complete type of a signature, and the rest."""
    if signature[0] == "a":
        element, rest = split(signature[1:])
        return "a" + element, rest
    if signature[0] not in "({":
        return signature[0], signature[1:]
    depth = 0
    for at, character in enumerate(signature):
        depth += (character in "({") - (character in ")}")
        if depth == 0:
            return signature[: at + 1], signature[at + 1 :]
    raise ValueError(signature)


def types(signature):
    found = []
    while signature:
        one, signature = split(signature)
        found.append(one)
    return found


class Writer:
    """Little-endian. Values: numbers, text (str or bytes), bytes for "ay", lists and tuples, and
    (signature, value) for a variant."""

    def __init__(self):
        self.data = bytearray()

    def align(self, to):
        self.data += bytes(-len(self.data) % to)

    def put(self, signature, value):
        kind = signature[0]
        if kind in FIXED:
            size = struct.calcsize(FIXED[kind])
            self.align(size)
            self.data += struct.pack("<" + FIXED[kind], value)
        else:
            self.align(ALIGNMENT[kind])
            {"s": self._text, "o": self._text, "g": self._signature, "v": self._variant}.get(
                kind, self._array if kind == "a" else self._struct
            )(signature, value)

    def _text(self, _, value):
        data = value if isinstance(value, bytes) else value.encode()
        self.data += struct.pack("<I", len(data)) + data + b"\0"

    def _signature(self, _, value):
        self.data += bytes([len(value)]) + value.encode() + b"\0"

    def _variant(self, _, value):
        self.put("g", value[0])
        self.put(value[0], value[1])

    def _struct(self, signature, value):
        for one, part in zip(types(signature[1:-1]), value):
            self.put(one, part)

    def _array(self, signature, value):
        at = len(self.data)
        self.data += bytes(4)
        element = signature[1:]
        first = element[0]
        self.align(struct.calcsize(FIXED[first]) if first in FIXED else ALIGNMENT[first])
        start = len(self.data)
        if element == "y":
            self.data += bytes(value)
        else:
            for part in value:
                self.put(element, part)
        struct.pack_into("<I", self.data, at, len(self.data) - start)


def message(kind, flags, serial, fields, signature="", body=()):
    """Any bytes may be the body where it is bytes."""
    if isinstance(body, bytes):
        payload = body
    else:
        writer = Writer()
        for one, value in zip(types(signature), body):
            writer.put(one, value)
        payload = bytes(writer.data)
    if signature:
        fields = fields | {SIGNATURE: signature}
    head = Writer()
    head.data += struct.pack("<cBBBII", b"l", kind, flags, 1, len(payload), serial)
    head.put("a(yv)", [(code, (FIELD_TYPES.get(code, "s"), fields[code])) for code in fields])
    head.align(8)
    return bytes(head.data) + payload


def parse_header(data):
    """(kind, reply serial, error name) of the message at the start, and its length; None where it is
    not whole."""
    if len(data) < 16:
        return None
    order = "<" if data[0:1] == b"l" else ">"
    body, _, fields = struct.unpack_from(order + "III", data, 4)
    length = 16 + fields + -fields % 8 + body
    if len(data) < length:
        return None
    reply, name, at = 0, None, 16
    while at < 16 + fields:
        at += -at % 8
        code, kind = data[at], data[at + 2 : at + 3]
        at += 4
        if kind in b"so":
            at += -at % 4
            size = struct.unpack_from(order + "I", data, at)[0]
            name = data[at + 4 : at + 4 + size].decode() if code == ERROR_NAME else name
            at += 4 + size + 1
        elif kind == b"u":
            at += -at % 4
            reply = struct.unpack_from(order + "I", data, at)[0] if code == REPLY_SERIAL else reply
            at += 4
        else:
            at += 1 + data[at] + 1
    return data[1], reply, name, length


class Connection:
    """`uid`: as whom; who makes it is root."""

    def __init__(self, path, uid=0):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        os.seteuid(uid)
        try:
            self._socket.connect(str(path))
        finally:
            os.seteuid(0)
        self._received = b""
        self.serial = 0
        self.replies = {}
        name = str(uid).encode().hex().encode()
        self._socket.sendall(b"\0AUTH EXTERNAL " + name + b"\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n")
        answer = b""
        while answer.count(b"\r\n") < 2:
            answer += self._socket.recv(4096)
        if not answer.startswith(b"OK"):
            raise RuntimeError(answer.decode())
        self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello")

    def close(self):
        self._socket.close()

    def send(self, kind, flags, fields, signature="", body=(), fds=()):
        """Returns the serial. What comes in meanwhile is read, so that nobody waits for us."""
        self.serial += 1
        data = message(kind, flags, self.serial, fields, signature, body)
        if fds:
            sent = self._socket.sendmsg(
                [data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
            )
            data = data[sent:]
        while data:
            readable, writable, _ = select.select([self._socket], [self._socket], [])
            if readable:
                self._read()
            if writable:
                data = data[self._socket.send(data, socket.MSG_DONTWAIT) :]
        return self.serial

    def _read(self):
        data = self._socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the bus has hung up")
        self._received += data
        while (header := parse_header(self._received)) is not None:
            kind, reply, name, length = header
            self._received = self._received[length:]
            if kind in (METHOD_RETURN, ERROR):
                self.replies[reply] = name

    def wait(self, serials, seconds):
        """Error names, None for success, of the replies to `serials`; those that did not come are
        left out."""
        deadline = time.monotonic() + seconds
        while missing := [serial for serial in serials if serial not in self.replies]:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                break
            self._read()
        return {serial: self.replies.pop(serial) for serial in serials if serial not in missing}

    def call(self, destination, path, interface, member, signature="", body=(), seconds=10):
        """Error name, or None; raises TimeoutError."""
        fields = {DESTINATION: destination, PATH: path, INTERFACE: interface, MEMBER: member}
        serial = self.send(METHOD_CALL, 0, fields, signature, body)
        replies = self.wait([serial], seconds)
        if serial not in replies:
            raise TimeoutError(f"no answer to {member}")
        return replies[serial]
