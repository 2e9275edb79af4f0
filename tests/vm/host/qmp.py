# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's monitor."""

import json
import socket


class QmpError(Exception):
    pass


class Lines:
    """JSON objects, one a line, over a socket that QEMU connects to."""

    def __init__(self, connection):
        self._connection = connection
        self._received = b""

    def send(self, message):
        self._connection.sendall(json.dumps(message).encode() + b"\n")

    def receive(self, seconds):
        """The next object; None at the end. Raises TimeoutError."""
        self._connection.settimeout(max(seconds, 0.001))
        while b"\n" not in self._received:
            try:
                more = self._connection.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            self._received += more
        line, _, self._received = self._received.partition(b"\n")
        return json.loads(line)

    def close(self):
        self._connection.close()


def listen(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1)
    return listener


class Qmp:
    def __init__(self, lines):
        self._lines = lines
        self.events = []
        self._receive()
        self.execute("qmp_capabilities")

    def _receive(self, seconds=30):
        message = self._lines.receive(seconds)
        if message is None:
            raise QmpError("QEMU has ended")
        return message

    def execute(self, command, **arguments):
        self._lines.send({"execute": command, "arguments": arguments})
        while True:
            message = self._receive()
            if "return" in message:
                return message["return"]
            if "error" in message:
                raise QmpError(message["error"]["desc"])
            self.events.append(message)

    def wait_event(self, name, seconds, **data):
        """The first event of this name and data, and forget it."""
        while True:
            for event in self.events:
                if event["event"] == name and data.items() <= event.get("data", {}).items():
                    self.events.remove(event)
                    return event
            self.events.append(self._receive(seconds))
