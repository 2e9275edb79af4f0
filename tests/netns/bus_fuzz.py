# SPDX-License-Identifier: GPL-2.0-or-later
"""Random calls of secpold's interface: well-typed ones with values that mean something, and all that
is wrong in type, size, place or order. Everything follows from the seed."""

import os
import random
import re
import xml.etree.ElementTree as ElementTree

import daemon
import raw_bus
from bus import NAME, ROOT
from documents import ITEMS, PORTS, policy

MANAGER = "org.secpold1.Manager"
PROPERTIES = "org.freedesktop.DBus.Properties"
STANDARD = {
    (PROPERTIES, "Get"): "ss",
    (PROPERTIES, "GetAll"): "s",
    (PROPERTIES, "Set"): "ssv",
    ("org.freedesktop.DBus.Introspectable", "Introspect"): "",
    ("org.freedesktop.DBus.ObjectManager", "GetManagedObjects"): "",
    ("org.freedesktop.DBus.Peer", "Ping"): "",
    ("org.freedesktop.DBus.Peer", "GetMachineId"): "",
}
# What only root or polkit may have.
PRIVILEGED = {"Import", "Export", "Confirm", "Revert", "ReportSettings"}
CHARACTERS = "abcXYZ019_/.:= \t\n\"'<>&;%\\äß中\u202e\U0001f600"
MAX_DEPTH = 6


def _interface():
    """Methods with their signature, and properties by interface, as the interface file has them."""
    root = ElementTree.parse(daemon.SOURCE / "dbus/org.secpold1.xml").getroot()
    methods, properties = {}, {}
    for interface in root.iter("interface"):
        name = interface.get("name")
        properties[name] = [entry.get("name") for entry in interface.iter("property")]
        for method in interface.iter("method"):
            arguments = [arg for arg in method.iter("arg") if arg.get("direction") == "in"]
            methods[name, method.get("name")] = "".join(arg.get("type") for arg in arguments)
    return methods, properties


METHODS, PROPERTY_NAMES = _interface()
INTERFACES = [*PROPERTY_NAMES, *{interface for interface, _ in STANDARD}]


def documented_errors():
    page = (daemon.SOURCE / "man/org.secpold1.5.scd").read_text()
    return set(re.findall(r"\*(org\.[\w.]+)\*", page.partition("# ERRORS")[2]))


class Values:
    """Random values of a type."""

    def __init__(self, seed, settings):
        """`settings`: their names with the type of their value."""
        self.random = random.Random(seed)
        self.settings = settings

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def text(self):
        r = self.random
        known = [*ITEMS, *self.settings, *INTERFACES, "yes", "", "password", "confirm-sec"]
        if r.random() < 0.6:
            return r.choice(known)
        length = r.choice((1, 3, 20, 300, 5000)) if not self.chance(50) else 200000
        return "".join(r.choices(CHARACTERS, k=length))

    def path(self):
        r = self.random
        return r.choice(
            (
                ROOT,
                f"{ROOT}/item/{r.choice(ITEMS)}",
                f"{ROOT}/setting/{r.choice(list(self.settings))}",
                "/",
                f"{ROOT}/item",
                f"{ROOT}/item/{r.choice(list(self.settings))}",
                "/org/secpold1/" + "/".join(r.choices(("a", "_", "Z9"), k=r.randint(1, 40))),
            )
        )

    def signature(self, depth=0):
        r = self.random
        if depth >= MAX_DEPTH or r.random() < 0.55:
            return r.choice("ybnqiuxtdsogvv")
        kind = r.choice("a(e")
        if kind == "a":
            return "a" + self.signature(depth + 1)
        if kind == "e":
            return "a{" + r.choice("ysu") + self.signature(depth + 1) + "}"
        return "(" + "".join(self.signature(depth + 1) for _ in range(r.randint(1, 3))) + ")"

    def number(self, kind):
        bits = {"y": 8, "b": 1, "n": 16, "q": 16, "i": 32, "u": 32, "h": 0, "x": 64, "t": 64}[kind]
        low, high = 0, 2**bits - 1
        if kind in "nix":
            low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        near = (low, high, 0, 1, high // 2, min(high, 86400))
        return self.random.choice(near) if self.chance(2) else self.random.randint(low, high)

    def of(self, signature, depth=0):
        r, kind = self.random, signature[0]
        if kind in "ybnqiuxth":
            return self.number(kind)
        if kind == "d":
            return r.choice((0.0, -1.5, 1e308, float("inf"), float("nan")))
        if kind == "v":
            inner = self.signature(depth + 1)
            return inner, self.of(inner, depth + 1)
        if kind in "sog":
            return {"s": self.text, "o": self.path, "g": self.signature}[kind]()
        if kind != "a":
            return [self.of(one, depth + 1) for one in raw_bus.types(signature[1:-1])]
        if signature == "ay":
            return r.randbytes(r.choice((0, 1, 64, 1000, 65536, 65537)))
        count = r.choice((0, 1, 2, 3)) if depth else r.choice((0, 1, 5, 40))
        return [self.of(signature[1:], depth + 1) for _ in range(count)]


class Calls(Values):
    """Random messages to secpold, each of them what Connection.send() takes."""

    def __init__(self, seed, settings):
        super().__init__(seed, settings)
        # A later round's policies are not older than an earlier one's.
        self.serial = seed * 1000
        self.bodies = [self._good, self._good, self._good, self._other_type, self._deep, self._huge]

    # Arguments that mean something

    def _document(self):
        r = self.random
        self.serial += r.choice((0, 1, 1, 2))
        items = r.sample([*PORTS, *ITEMS[:8]], r.randint(0, 12))
        text = policy(*items, serial=self.serial).encode()
        for _ in range(r.choice((0, 0, 0, 0, 1, 3))):
            at = r.randrange(len(text))
            text = text[:at] + r.choice((b"", b"\n", b"[", r.randbytes(3))) + text[at + 1 :]
        return text if not self.chance(20) else text + b"#" * r.choice((60000, 70000))

    def _options(self):
        r = self.random
        known = {"password": "s", "current-password": "s", "confirm-sec": "t"}
        chosen = [key for key in known if self.chance(10)]
        if self.chance(10):
            chosen += [self.text()] + chosen[:1]
        return [
            (key, (kind, r.choice((1, 2, 60)) if kind == "t" and self.chance(2) else self.of(kind)))
            for key in chosen
            for kind in [known.get(key, "u") if r.random() < 0.8 else self.signature()]
        ]

    def _report(self):
        r = self.random
        name = r.choice(list(self.settings)) if not self.chance(8) else self.text()
        kind = self.settings.get(name, "b") if not self.chance(8) else self.signature()
        return name, (kind, self.of(kind)), self.text()

    def _arguments(self, member, signature):
        if member in ("Validate", "Diff"):
            return [self._document()]
        if member == "Import":
            signed = self.random.randbytes(100) if self.chance(5) else b""
            return [self._document(), signed, self._options()]
        if member in ("Export", "Confirm"):
            return [self.random.choice((0, 1, 2, 3, 10, 2**64 - 1))]
        if member == "ReportSettings":
            return [[self._report() for _ in range(self.random.choice((0, 1, 3, 40)))]]
        if member in ("Get", "Set", "GetAll"):
            interface = self.random.choice(INTERFACES)
            name = self.random.choice(PROPERTY_NAMES.get(interface, ["Nothing"]))
            return [interface, name, self.of("v")][: len(raw_bus.types(signature))]
        return [self.of(one) for one in raw_bus.types(signature)]

    # Bodies: signature and values

    def _good(self, member, signature):
        return signature, self._arguments(member, signature)

    def _other_type(self, *_):
        signature = "".join(self.signature() for _ in range(self.random.randint(0, 4)))
        return signature, [self.of(one) for one in raw_bus.types(signature)]

    def _deep(self, *_):
        """As deep as the protocol has it: 64 containers, of which 32 may be arrays."""
        value = ("u", 7)
        for _ in range(self.random.choice((5, 30, 60, 62))):
            value = ("v", value)
        return "v", [value]

    def _huge(self, _, signature):
        if not self.chance(20):
            return self._other_type()
        size = self.random.choice((100_000, 1_000_000, 4_000_000))
        if signature.startswith("ay"):
            rest = [self.of(one) for one in raw_bus.types(signature)[1:]]
            return signature, [bytes(size), *rest]
        return "a(svs)", [[("Tpm", ("b", 1), "")] * (size // 100)]

    # Whole messages

    def call(self):
        """(kind, flags, fields, signature, body, number of descriptors), and the member."""
        r = self.random
        wanted = {**METHODS, **STANDARD}
        interface, member = r.choice(list(METHODS) * 3 + list(STANDARD))
        signature, body = r.choice(self.bodies)(member, wanted[interface, member])
        path = ROOT if interface == MANAGER and r.random() < 0.9 else self.path()
        fields = {raw_bus.DESTINATION: NAME, raw_bus.PATH: path, raw_bus.MEMBER: member}
        if r.random() < 0.95:
            fields[raw_bus.INTERFACE] = interface if r.random() < 0.95 else r.choice(INTERFACES)
        if self.chance(60):
            fields[raw_bus.DESTINATION] = r.choice((":1.99999", "org.nowhere", "org.freedesktop.DBus"))
        if self.chance(40):
            fields[raw_bus.MEMBER] = r.choice(("Nothing", "X" * 255, "Set", "State"))
        flags = r.choice((0, 0, 0, 0, raw_bus.NO_REPLY, 2, 4, 6))
        fds = r.choice((1, 3, 16)) if self.chance(30) else 0
        if fds:
            fields[raw_bus.FDS] = fds
        return (raw_bus.METHOD_CALL, flags, fields, signature, body, fds), fields[raw_bus.MEMBER]

    def signal(self):
        """As the bus or polkit would send it, were it they."""
        interface, member, signature = self.random.choice(
            (
                ("org.freedesktop.DBus", "NameOwnerChanged", "sss"),
                ("org.freedesktop.DBus", "NameLost", "s"),
                ("org.freedesktop.DBus.Local", "Disconnected", ""),
                ("org.freedesktop.PolicyKit1.Authority", "Changed", ""),
                (MANAGER, "PolicyChanged", "ts"),
                (PROPERTIES, "PropertiesChanged", "sa{sv}as"),
            )
        )
        fields = {raw_bus.PATH: self.path(), raw_bus.INTERFACE: interface, raw_bus.MEMBER: member}
        if not self.chance(3):
            fields[raw_bus.DESTINATION] = NAME
        body = [self.of(one) for one in raw_bus.types(signature)]
        return raw_bus.SIGNAL, 0, fields, signature, body, 0


def open_descriptors(count):
    return [os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC) for _ in range(count)]
