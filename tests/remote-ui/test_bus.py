# SPDX-License-Identifier: GPL-2.0-or-later
"""A bus that lets the page in and then ends: at every moment that is noticed, and tried again."""

import contextlib
import os
import select
import shutil
import socket
import struct
import tempfile
import threading

import pytest

from probes import wait_until
from remote_ui import RemoteUi

METHOD_RETURN, REPLY_SERIAL, DESTINATION, SIGNATURE = 2, 5, 6, 8


def padded(data, to=8):
    return data + bytes(-len(data) % to)


def text(value):
    return struct.pack("<I", len(value)) + value.encode() + b"\0"


def welcome(serial):
    """The answer to Hello, by which a bus gives a name."""
    body = text(":1.1")
    fields = padded(struct.pack("<B", REPLY_SERIAL) + b"\1u\0" + struct.pack("<I", serial))
    fields += padded(struct.pack("<B", DESTINATION) + b"\1s\0" + text(":1.1"))
    fields += struct.pack("<B", SIGNATURE) + b"\1g\0" + b"\1s\0"
    head = struct.pack("<cBBBII", b"l", METHOD_RETURN, 0, 1, len(body), 1)
    return padded(head + struct.pack("<I", len(fields)) + fields) + body


class ShortBus:
    """Ends each connection as soon as it has given it a name."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="secpold-bus-")
        self.listener = socket.socket(socket.AF_UNIX)
        os.chmod(self.folder, 0o755)
        self.listener.bind(f"{self.folder}/bus")
        os.chmod(f"{self.folder}/bus", 0o666)
        self.listener.listen()
        self.address = f"unix:path={self.folder}/bus"
        self.named, self.over = 0, False
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while not self.over:
            if not select.select([self.listener], [], [], 0.1)[0]:
                continue
            client, _ = self.listener.accept()
            with client, contextlib.suppress(OSError):
                client.settimeout(5)
                self.greet(client)

    def greet(self, client):
        told = b""
        while b"BEGIN\r\n" not in told:
            told += (part := client.recv(4096))
            if not part:
                return
            if b"AUTH EXTERNAL" in part:
                client.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
            elif part.startswith((b"\0AUTH\r\n", b"AUTH\r\n")):
                client.sendall(b"REJECTED EXTERNAL\r\n")
            elif b"NEGOTIATE_UNIX_FD" in part:
                client.sendall(b"AGREE_UNIX_FD\r\n")
        call = told.partition(b"BEGIN\r\n")[2] or client.recv(4096)
        client.sendall(welcome(struct.unpack_from("<I", call, 8)[0]))
        self.named += 1

    def close(self):
        self.over = True
        self.thread.join()
        self.listener.close()
        shutil.rmtree(self.folder)


@pytest.fixture
def short_bus():
    bus = ShortBus()
    yield bus
    bus.close()


def test_a_bus_that_ends_at_once_is_tried_again(net, short_bus):
    page = RemoteUi(short_bus).start()
    try:
        assert wait_until(lambda: short_bus.named >= 6, 30)
        assert "The system bus cannot be reached, at least since" in page.get("/").text
    finally:
        page.close()
