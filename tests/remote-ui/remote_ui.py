# SPDX-License-Identifier: GPL-2.0-or-later
"""A real secpol-remote-ui, activated and kept as systemd would, by a user without any right."""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import tempfile

import children
import daemon
from probes import wait_until

# "nobody": the bus lets in only whom it finds in /etc/passwd.
STRANGER = 65534
CLONE_NEWUTS = 0x4000000


class RemoteUi(children.Program):
    """Listens on a Unix socket and on a port of the loopback interface of the namespace it is made
    in. The sockets outlive the program, as they do with a socket unit."""

    name = "secpol-remote-ui"

    def __init__(self, bus, host=None):
        """`host`: what the device is called, where it is not to be this computer's name."""
        self._bus, self._host = bus, host
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="secpold-ui-"))
        self.folder.chmod(0o755)
        self.path = self.folder / "socket"
        self._unix = socket.socket(socket.AF_UNIX)
        self._unix.bind(str(self.path))
        self.path.chmod(0o666)
        self._unix.listen(1024)
        self._tcp = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._tcp.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.pid = 0

    def start(self):
        self.pid = children.fork(self._exec)
        return self

    def _exec(self):
        if self._host:
            ctypes.CDLL(None).unshare(CLONE_NEWUTS)
            socket.sethostname(self._host)
        log = os.open(self.folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        listeners = [os.dup(self._unix.fileno()), os.dup(self._tcp.fileno())]
        os.dup2(log, 1)
        os.dup2(log, 2)
        high = [os.dup2(fd, 100 + at) for at, fd in enumerate(listeners)]
        for at, fd in enumerate(high):
            os.dup2(fd, 3 + at)
        os.closerange(3 + len(high), 200)
        environment = {
            "PATH": "/usr/bin:/bin",
            "DBUS_SYSTEM_BUS_ADDRESS": self._bus.address,
            "LISTEN_PID": str(os.getpid()),
            "LISTEN_FDS": str(len(high)),
            # What goes wrong between GLib and its callers ends the program.
            "G_DEBUG": "fatal-criticals",
        } | {
            key: value
            for key, value in os.environ.items()
            if key.startswith(("ASAN_", "UBSAN_", "LSAN_"))
        }
        command = [
            "/usr/bin/setpriv",
            *(f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"),
            *("--no-new-privs", "--bounding-set=-all"),
            str(daemon.built("secpol-remote-ui")),
        ]
        os.execve(command[0], command, environment)

    def kill(self):
        return self.end(signal.SIGKILL)

    def stop(self):
        return self.end(signal.SIGTERM)

    def wait_end(self, seconds):
        """Its exit code, where it ends by itself."""
        if not wait_until(lambda: os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT), seconds):
            return None
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self):
        """The end of the test, which it has to have lived to see."""
        try:
            status = self.stop()
            if status != 0 or self.log():
                raise RuntimeError(f"secpol-remote-ui ended with {status}:\n{self.log()}")
        finally:
            self._unix.close()
            self._tcp.close()
            shutil.rmtree(self.folder)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def _status(self, name):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file)
        return fields[name].split()

    def memory(self):
        """Resident, in bytes."""
        return int(self._status("VmRSS")[0]) * 1024

    def capabilities(self):
        return int(self._status("CapEff")[0], 16)

    def ticks(self):
        """What it has had of the processor so far."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    # Its clients

    def connect(self, unix=True):
        if not unix:
            return socket.create_connection(("127.0.0.1", self.port), timeout=10)
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(10)
        client.connect(str(self.path))
        return client

    def ask(self, raw, unix=True):
        """Sends bytes as they are and reads to the end."""
        with self.connect(unix) as client:
            client.sendall(raw)
            answer = b""
            while chunk := client.recv(65536):
                answer += chunk
        return Response(answer)

    def get(self, path, method="GET", headers=(), unix=True):
        lines = [f"{method} {path} HTTP/1.1", "Host: device", "Connection: close", *headers]
        return self.ask("\r\n".join([*lines, "", ""]).encode(), unix)


class Response:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(status.split()[1]) if status else 0
        self.headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()

    @property
    def text(self):
        return self.body.decode("utf-8")
