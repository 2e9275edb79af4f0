# SPDX-License-Identifier: GPL-2.0-or-later
"""A process in the sandbox of secpold.service that tries what it is told to.

    with sandbox.Sandbox() as inside:
        assert inside.write("/sys/bus/usb/drivers_probe", "1-1:1.0") == 0
        assert inside.write("/sys/power/state", "mem") == errno.EROFS

The sandbox is the one of the installed unit: its file is taken as it is, with another program in it.
"""

import itertools
import json
import os
import pathlib
import socket
import sys

from printer import run, wait_until

UNITS = pathlib.Path("/run/systemd/system")
_numbers = itertools.count(1)
# What concerns the program and not the sandbox.
OF_THE_PROGRAM = ("ExecReload=", "WatchdogSec=", "Restart", "FileDescriptorStore", "RuntimeDirectory=")


def _unit_text(name):
    lines = []
    for line in run("systemctl", "cat", "secpold.service").splitlines():
        if line.startswith("ExecStart="):
            lines += [f"ExecStart=/usr/bin/python3 {__file__}", f"RuntimeDirectory={name}"]
        elif line.startswith("Type="):
            lines.append("Type=exec")
        elif not line.startswith(OF_THE_PROGRAM):
            lines.append(line)
    return "\n".join(lines) + "\n"


class Sandbox:
    def __enter__(self):
        self._name = f"sandbox{next(_numbers)}"
        self._unit = UNITS / f"{self._name}.service"
        self._socket = pathlib.Path("/run", self._name, "socket")
        self._unit.write_text(_unit_text(self._name), encoding="utf-8")
        run("systemctl", "daemon-reload")
        run("systemctl", "start", self._name)
        if not wait_until(self._socket.exists):
            raise RuntimeError("nobody listens:\n" + run("systemctl", "status", self._name))
        return self

    def __exit__(self, *_):
        run("systemctl", "stop", self._name)
        self._unit.unlink()

    def _ask(self, *request):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(30)
            connection.connect(str(self._socket))
            connection.sendall(json.dumps(request).encode())
            connection.shutdown(socket.SHUT_WR)
            return json.loads(connection.makefile().read())

    def write(self, path, text):
        """0, or the number of the error that open(2) or write(2) ends with."""
        return self._ask("wb", str(path), text)

    def open(self, path, mode="r+b"):
        """The same for opening, for reading and writing where nothing else is said."""
        return self._ask(mode, str(path), "")


def _try(mode, path, text):
    try:
        with open(path, mode, buffering=0) as file:
            if text:
                file.write(text.encode())
    except OSError as error:
        return error.errno
    return 0


def _serve():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.environ["RUNTIME_DIRECTORY"] + "/socket")
        listener.listen()
        while True:
            connection, _ = listener.accept()
            with connection:
                request = json.loads(connection.makefile().read())
                connection.sendall(json.dumps(_try(*request)).encode())


if __name__ == "__main__":
    sys.exit(_serve())
