# SPDX-License-Identifier: GPL-2.0-or-later
"""What holds whatever goes wrong: what secpold publishes, held against what packets find."""

import contextlib
import os
import socket
import time

import dbus

import probes
from bus import NAME, ROOT
from documents import PORTS

# Not the ports by which other probes know that they are done.
CONTROL_PORT = 11


class Truth:
    """Which ports take a datagram from outside, IPv4 or IPv6, asked in well below a millisecond."""

    def __init__(self, net, ports):
        self._stack = contextlib.ExitStack()
        self._services = {
            (port, family): self._service(net, port, family)
            for port in (*ports, CONTROL_PORT)
            for family in (socket.AF_INET, socket.AF_INET6)
        }
        self._targets = {socket.AF_INET: net.DEVICE4, socket.AF_INET6: net.DEVICE6}
        with net.peer:
            self._senders = {
                family: self._stack.enter_context(socket.socket(family, socket.SOCK_DGRAM))
                for family in self._targets
            }

    def _service(self, net, port, family):
        with net.device:
            service = self._stack.enter_context(socket.socket(family, socket.SOCK_DGRAM))
        if family == socket.AF_INET6:
            service.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        service.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        service.bind(("", port))
        service.setblocking(False)
        return service

    def close(self):
        self._stack.close()

    def open_ports(self):
        mark = os.urandom(8)
        for (port, family), _ in self._services.items():
            self._senders[family].sendto(mark, (self._targets[family], port))
        for family in self._targets:
            if not probes.wait_until(lambda: self._arrived(CONTROL_PORT, family, mark), 2):
                raise RuntimeError("not even the packet for the open port arrives")
        return {
            port
            for port, family in self._services
            if port != CONTROL_PORT and self._arrived(port, family, mark)
        }

    def _arrived(self, port, family, mark):
        service = self._services[port, family]
        while True:
            try:
                if service.recv(64) == mark:
                    return True
            except BlockingIOError:
                return False


class Witness:
    """Reads the states of items and asks their ports."""

    def __init__(self, net, bus, items):
        self._bus = bus
        self._ports = {item: set(PORTS[item]) for item in items}
        self._truth = Truth(net, sorted(set().union(*self._ports.values())))
        self._connection = None
        # In seconds; where a table can be changed by others, this is not nothing.
        self.noticing_takes = 0.0

    def close(self):
        self._truth.close()
        self.hang_up()

    def hang_up(self):
        """Leave a bus that is going to end, or has."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def ask(self, method, signature="", *arguments, interface="org.secpold1.Manager", seconds=2):
        """The answer of secpold, or None where there is none."""
        try:
            if not self._connection:
                self._connection = self._bus.connect()
            return self._connection.call_blocking(
                NAME, ROOT, interface, method, signature, arguments, timeout=seconds
            )
        except dbus.DBusException:
            if self._connection and not self._connection.get_is_connected():
                self._connection = None
            return None

    def manager(self, name):
        return self.ask(
            "Get", "ss", NAME + ".Manager", name, interface="org.freedesktop.DBus.Properties"
        )

    def states(self):
        """The state of each item that is watched; none while secpold does not answer."""
        listed = self.ask("ListItems")
        return {str(item[0]): str(item[4]) for item in listed or () if item[0] in self._ports}

    def open_items(self):
        """Items with a port that takes packets."""
        found = self._truth.open_ports()
        return {item for item, ports in self._ports.items() if ports & found}

    def check(self):
        """The states, which must not be better than the truth between two looks at them was, but for
        the time that noticing may take."""
        deadline = time.monotonic() + self.noticing_takes
        while True:
            before, found, after = self.states(), self.open_items(), self.states()
            lies = sorted(
                item for item in found if before.get(item) == after.get(item) == "enforced"
            )
            if not lies:
                return {item: state for item, state in after.items() if item not in found}
            assert time.monotonic() < deadline, f"said to be enforced, and open: {', '.join(lies)}"

    def seconds_until_enforced(self, items, limit):
        """From now until all of them are, and are said to be; None after more than `limit`."""
        start = time.monotonic()
        while True:
            states = self.check()
            passed = time.monotonic() - start
            if all(states.get(item) == "enforced" for item in items):
                return passed
            if passed > limit:
                return None
            time.sleep(0.01)
