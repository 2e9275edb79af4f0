# SPDX-License-Identifier: GPL-2.0-or-later
"""USB devices as a test wants them, descriptors byte by byte: this process is the device, and the
kernel's vhci_hcd, made for USB over IP, is the port it is plugged into.

    usbip.load()
    with usbip.Device([usbip.Interface(0xFF, 6, 0x50, disk=True)], vendor=0x045A) as device:
        device.plug()
"""

import dataclasses
import errno
import pathlib
import socket
import struct
import threading

from gadget import KEYBOARD
from printer import run, wait_until
from usb import write

CONTROLLER = pathlib.Path("/sys/devices/platform/vhci_hcd.0")
HIGH_SPEED = 3
# VDEV_ST_NULL of drivers/usb/usbip/usbip_common.h.
FREE = 4
SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
HEADER = struct.Struct(">5I")
BODY = struct.Struct(">5i8s")
IN_ENDPOINT, OUT_ENDPOINT = 1, 2
# Ports of what is not unplugged yet; the kernel frees one by itself where its device is cut off.
_held = set()


def load():
    run("modprobe", "vhci_hcd")
    if not wait_until(lambda: (CONTROLLER / "attach").exists()):
        raise RuntimeError("no virtual port appears")


@dataclasses.dataclass
class Interface:
    """One setting of one interface, with a bulk endpoint in each direction; HID has an interrupt one
    to the host, as its driver wants."""

    class_: int
    subclass: int = 0
    protocol: int = 0
    number: int = 0
    alternate: int = 0
    extra: bytes = b""

    def descriptor(self):
        own = bytes([9, 4, self.number, self.alternate, 2, self.class_, self.subclass, self.protocol, 0])
        into = bytes([7, 5, 0x80 | IN_ENDPOINT, 3 if self.class_ == 3 else 2, 0, 2, 4])
        out = bytes([7, 5, OUT_ENDPOINT, 2, 0, 2, 0])
        return own + self.extra + into + out


def configuration(interfaces, value=1):
    body = b"".join(interface.descriptor() for interface in interfaces)
    number = len({interface.number for interface in interfaces})
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), number, value, 0, 0x80, 50) + body


class Disk:
    """Bulk-only transport to 8 MiB of nothing."""

    BLOCKS = 16384

    def __init__(self):
        self.answers = b""
        self._blocks = {}
        self._write = None

    def receive(self, data):
        if self._write:
            tag, first, rest = self._write
            self._blocks[first] = self._blocks.get(first, b"") + data
            rest -= len(data)
            self._write = (tag, first, rest) if rest > 0 else None
            if rest <= 0:
                self._end(tag, 0)
            return
        signature, tag, length, _, _, size = struct.unpack_from("<IIIBBB", data)
        if signature == 0x43425355:
            self._command(tag, length, data[15 : 15 + size])

    def _end(self, tag, status):
        self.answers += struct.pack("<IIIB", 0x53425355, tag, 0, status)

    def _command(self, tag, length, command):
        if command[0] == 0x2A:
            self._write = (tag, struct.unpack(">I", command[2:6])[0], length)
            return
        data = self._answer(command)
        if data is not None:
            self.answers += data[:length]
        self._end(tag, 0 if data is not None else 1)

    def _answer(self, command):
        if command[0] == 0x12 and not command[1] & 1:
            return bytes([0, 0x80, 4, 2, 31, 0, 0, 0]) + b"Lab     Made-up disk    1.00"
        if command[0] == 0x03:
            return bytes([0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0])
        if command[0] == 0x25:
            return struct.pack(">II", self.BLOCKS - 1, 512)
        if command[0] == 0x1A:
            return bytes([3, 0, 0, 0])
        if command[0] == 0x28:
            return bytes(512 * struct.unpack(">H", command[7:9])[0])
        return b"" if command[0] in (0x00, 0x1B, 0x1E, 0x35) else None


def states():
    """The kernel's number for the state of each port that is not for SuperSpeed alone, by number."""
    lines = (line.split() for line in (CONTROLLER / "status").read_text(encoding="ascii").splitlines())
    return {int(words[1]): int(words[2]) for words in lines if words[0] == "hs"}


def attach(connection):
    """To the first free port; its number."""
    free = (port for port, state in states().items() if state == FREE and port not in _held)
    port = min(free, default=None)
    if port is None:
        raise RuntimeError(f"all virtual ports are taken: {states()}")
    write(CONTROLLER / "attach", f"{port} {connection.fileno()} {port + 1} {HIGH_SPEED}")
    _held.add(port)
    return port


def detach(port):
    """Back when the port is free again."""
    try:
        write(CONTROLLER / "detach", port)
    except OSError as error:
        # The kernel has found out before that nothing is in it any more.
        if error.errno != errno.EINVAL:
            raise
    if not wait_until(lambda: states()[port] == FREE):
        raise TimeoutError(f"virtual port {port} is still in state {states()[port]}")
    _held.remove(port)


# That of a keyboard.
HID_DESCRIPTOR = bytes([9, 0x21, 0x11, 1, 0, 1, 0x22, len(KEYBOARD), 0])


class Device:
    """`strings`: bytes of a string descriptor's text by number. `mute`: control requests that get no
    answer, by a function of the eight bytes of the request. `cut_after`: how many of those come before
    it is pulled out. `configurations` in place of `interfaces` are sent as they are."""

    def __init__(self, interfaces=(), configurations=None, vendor=0x1209, product=1, release=0x100, **more):
        self.device = struct.pack(
            "<BBHBBBBHHHBBBB", 18, 1, 0x200, 0, 0, 0, 64, vendor, product, release, 1, 2, 0,
            len(configurations or [0]),
        )
        self.configurations = configurations or [configuration(interfaces)]
        texts = {1: "Lab".encode("utf-16-le"), 2: "Made-up".encode("utf-16-le")}
        self._strings = more.get("strings", texts)
        self._mute = more.get("mute", lambda request: False)
        self._cut_after = more.get("cut_after")
        self._port = None
        self._socket = None
        self._thread = None
        self._reset()

    def _reset(self):
        self.requests = []
        self._disk = Disk()
        self._waiting = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.unplug()

    def plug(self):
        self._reset()
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._port = attach(theirs)
        self._thread = threading.Thread(target=self._serve, args=(self._socket,), daemon=True)
        self._thread.start()

    def unplug(self):
        """Back when nothing of it is left in the port, and nothing answers for it any more."""
        if self._port is None:
            return
        detach(self._port)
        self._thread.join()
        self._socket.close()
        self._port = None

    def cut(self):
        """The plug is pulled without a word; the kernel finds out."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def _serve(self, connection):
        try:
            while head := self._read(connection, HEADER.size + BODY.size):
                self._handle(connection, head)
        except OSError:
            pass

    @staticmethod
    def _read(connection, length):
        data = b""
        while len(data) < length:
            part = connection.recv(length - len(data))
            if not part:
                return b""
            data += part
        return data

    def _handle(self, connection, head):
        command, number, _, inward, endpoint = HEADER.unpack_from(head)
        flags, length, *_, setup = BODY.unpack_from(head, HEADER.size)
        if command == UNLINK:
            # What is flags in a submission is here the number of the one to give up.
            self._waiting = [entry for entry in self._waiting if entry[0] != flags]
            self._send(connection, UNLINKED, number, -errno.ECONNRESET)
            return
        data = b"" if inward else self._read(connection, length)
        if endpoint == 0:
            self._control(connection, number, setup, length)
        elif inward:
            self._waiting.append((number, length))
            self._give(connection)
        else:
            self._disk.receive(data)
            self._send(connection, SUBMITTED, number, 0, length)
            self._give(connection)

    def _give(self, connection):
        while self._waiting and self._disk.answers:
            number, length = self._waiting.pop(0)
            data = self._next(length)
            self._send(connection, SUBMITTED, number, 0, len(data), data)

    def _next(self, length):
        answers = self._disk.answers
        # The status of a command is a transfer of its own.
        size = 13 if answers.startswith(b"USBS") else min(length, len(answers) - 13)
        self._disk.answers = answers[size:]
        return answers[:size]

    @staticmethod
    def _send(connection, command, number, status, length=0, data=b""):
        body = BODY.pack(status, length, 0, 0, 0, bytes(8))
        connection.sendall(HEADER.pack(command, number, 0, 0, 0) + body + data)

    def _control(self, connection, number, setup, length):
        self.requests.append(setup)
        if len(self.requests) == self._cut_after:
            self.cut()
        if self._mute(setup):
            return
        answer = self._answer(setup)
        if answer is None:
            self._send(connection, SUBMITTED, number, -errno.EPIPE)
        elif setup[0] & 0x80:
            answer = answer[:length]
            self._send(connection, SUBMITTED, number, 0, len(answer), answer)
        else:
            self._send(connection, SUBMITTED, number, 0, length)

    def _answer(self, setup):
        kind, request, low, high = setup[:4]
        if (kind, request) == (0x80, 6):
            return self._describe(high, low)
        if (kind, request, high) == (0x81, 6, 0x22):
            return KEYBOARD
        if (kind, request) == (0xA1, 0xFE):
            return b"\0"
        if kind == 0x80 and request in (0, 8):
            return b"\0\0"
        return b"" if not kind & 0x80 else None

    def _describe(self, kind, index):
        if kind == 1:
            return self.device
        if kind == 2 and index < len(self.configurations):
            return self.configurations[index]
        if kind == 3 and index == 0:
            return bytes([4, 3, 9, 4])
        if kind == 3 and index in self._strings:
            text = self._strings[index]
            return bytes([min(len(text) + 2, 255), 3]) + text
        return None
