# SPDX-License-Identifier: GPL-2.0-or-later
"""A device on which every state is to be seen, under a signed policy with a name to beware of."""

import contextlib
import os
import signal
import socket

import dbus

from bus import Agent
from daemon import SOURCE
from documents import profile
from life import import_
from probes import tcp_connects, wait_until

NAME = "High <script>alert(1)</script> & \"security\" 'of' all"
COMMENT = "edition </bdi></dd><img src=x onerror=alert(2)>"
REASON = "no </td></tr></table><script>alert(3)</script> TLS 1.0 for the web server of " + 12 * "/folder"
PROFILE = {
    "Functions": {"Tpm": "no", "SipFax": "no", "JobHold": "no"},
    "Narrow": {"RestrictIppPort": "631/tcp"},
}


def document(serial=1, name=NAME):
    """The high-security policy, without an item that is thus off."""
    text = (SOURCE / "policy-examples" / "high-security.policy").read_text(encoding="utf-8")
    lines = [
        line
        for line in text.replace("Serial=1", f"Serial={serial}").splitlines()
        if line.partition("=")[0] != "RestrictBmlinksPort"
    ]
    return "\n".join(lines).replace("Name=High security", f"Name={name}") + "\n"


class Scene:
    def __init__(self, secpold, bus, author, net, name=NAME, comment=COMMENT, reason=REASON):
        self.secpold, self.bus, self._net = secpold, bus, net
        self._name, self._comment, self._reason = name, comment, reason
        self.key = author.new_key("office")
        self._author = author
        self.agent = None
        self._settings = profile(**PROFILE, Import={"TrustedKeys": author.keys})

    def start(self):
        self.secpold.start(profile=self._settings)
        self.import_document(document(name=self._name))
        self.agent = Agent(self.bus)
        self.report()
        return self

    def import_document(self, text):
        import_(self.bus, text, self._author.sign(text, "office", self._comment))

    def report(self):
        self.agent.report(
            ("AuditLog", True),
            ("GuestUsers", False),
            ("PasswordMinimumLength", dbus.UInt32(14)),
            ("Sntp", True),
            ("SntpServer", "ntp.example.org"),
            ("WeakEncryption", True, self._reason),
        )

    def knock(self, port=9100):
        knock(self._net, port)

    def close(self):
        self.agent.leave()


def facts(bus, kind, name):
    """All properties of an item or setting, as plain values."""
    data = bus.busctl(
        *("call", "org.secpold1", f"/org/secpold1/{kind}/{name}"),
        *("org.freedesktop.DBus.Properties", "GetAll", "s", f"org.secpold1.{kind.capitalize()}"),
    )["data"][0]
    return {key: value["data"] for key, value in data.items()}


def listed(bus):
    """Keys of all items, in display order."""
    return [row[0] for row in bus.call("ListItems")["data"][0]]


@contextlib.contextmanager
def many(connect, count):
    """So many connections at once."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect()) for _ in range(count)]


def ended(client):
    """Whether the other side has closed the connection; what came before is thrown away."""
    client.settimeout(0)
    try:
        while client.recv(1 << 16):
            pass
        return True
    except BlockingIOError:
        return False
    except (ConnectionError, socket.timeout):
        return True


def settle(condition, seconds=10):
    assert wait_until(condition, seconds)


def knock(net, port):
    """From the other end of the wire, at a port that is closed."""
    tcp_connects(net.peer, net.DEVICE4, port)


@contextlib.contextmanager
def agent(bus):
    joined = Agent(bus)
    try:
        yield joined
    finally:
        joined.leave()


@contextlib.contextmanager
def stopped(pid):
    """A process that is there and does nothing."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
