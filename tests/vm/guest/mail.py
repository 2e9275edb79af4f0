# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers for mail that talk TLS, each with a certificate of its own kind."""

import pathlib
import socket
import ssl
import threading
import time

import services

LAB = pathlib.Path("/var/lib/lab")
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
# Of the server's name, of another name, and one that nobody vouches for.
NAMES = {"right": "localhost", "wrong": "elsewhere.example", "unknown": "localhost"}
KINDS = set(NAMES)
PORTS = {"right": 2525, "wrong": 2526, "unknown": 2527}
BOXES = {"right": 9951, "wrong": 9952, "unknown": 9953}


def make_certificates():
    LAB.mkdir(mode=0o755)
    for kind, name in NAMES.items():
        services.make_certificate(LAB / f"{kind}.pem", LAB / f"{kind}.key", name)
    vouched = [(LAB / f"{kind}.pem").read_text(encoding="utf-8") for kind in ("right", "wrong")]
    services.write(AUTHORITIES, "".join(vouched))


class MailServer:
    """Takes mail after STARTTLS only; `received` has one entry for each."""

    def __init__(self, kind):
        self.received = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(LAB / f"{kind}.pem", LAB / f"{kind}.key")
        self._listener = socket.create_server(("127.0.0.1", PORTS[kind]))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            threading.Thread(
                target=self._serve, args=(self._listener.accept()[0],), daemon=True
            ).start()

    def _serve(self, connection):
        try:
            if self._talk(connection, tls=False) == "STARTTLS":
                secure = self._context.wrap_socket(connection, server_side=True)
                self._talk(secure, tls=True)
        except OSError:
            pass

    def _talk(self, connection, tls):
        if not tls:
            connection.sendall(b"220 lab ESMTP\r\n")
        file = connection.makefile("rb")
        while line := file.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "STARTTLS":
                connection.sendall(b"220 go on\r\n")
                return word
            if word == "EHLO":
                connection.sendall(b"250 lab\r\n" if tls else b"250-lab\r\n250 STARTTLS\r\n")
            elif word == "MAIL" and not tls:
                connection.sendall(b"530 STARTTLS first\r\n")
            elif word == "DATA":
                connection.sendall(b"354 go on\r\n")
                while file.readline() != b".\r\n":
                    pass
                self.received.append(time.monotonic())
                connection.sendall(b"250 taken\r\n")
            elif word == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return word
            else:
                connection.sendall(b"250 yes\r\n")
        return ""


class MailBox(threading.Thread):
    """Empty, and asked for in TLS; `logins` has one entry for each."""

    def __init__(self, kind):
        super().__init__(daemon=True)
        self.logins = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(LAB / f"{kind}.pem", LAB / f"{kind}.key")
        self._listener = socket.create_server(("127.0.0.1", BOXES[kind]))
        self.start()

    def run(self):
        while True:
            connection = self._listener.accept()[0]
            try:
                with self._context.wrap_socket(connection, server_side=True) as secure:
                    self._talk(secure)
            except OSError:
                pass

    def _talk(self, connection):
        connection.sendall(b"+OK lab\r\n")
        for line in connection.makefile("rb"):
            word = line.split()[0].upper()
            if word == b"PASS":
                self.logins.append(time.monotonic())
            answers = {b"CAPA": b"-ERR no", b"STAT": b"+OK 0 0", b"LAST": b"+OK 0"}
            connection.sendall(answers.get(word, b"+OK") + b"\r\n")
            if word == b"QUIT":
                return
