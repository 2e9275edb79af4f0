# SPDX-License-Identifier: GPL-2.0-or-later
"""Every uevent of the kernel, as it comes, with the time of CLOCK_MONOTONIC.

    with uevents.Recorder("plug") as log:
        ...
        added = log.wait(lambda event: event.action == "add" and event.subsystem == "block")
        assert not log.find(subsystem="block")

The log is kept as evidence when the block ends. An event that was lost makes the block fail.
"""

import collections
import os
import socket
import threading
import time

import evidence

NETLINK_KOBJECT_UEVENT, KERNEL_GROUP = 15, 1
SO_RCVBUFFORCE = 33
BUFFER_BYTES = 32 << 20


class Event(collections.namedtuple("Event", "time action devpath keys")):
    """`time` in seconds of CLOCK_MONOTONIC; `keys` all of its KEY=value pairs."""

    @property
    def subsystem(self):
        return self.keys.get("SUBSYSTEM", "")

    @property
    def name(self):
        return os.path.basename(self.devpath)

    def matches(self, wanted):
        mine = {"action": self.action, "devpath": self.devpath, "name": self.name}
        mine["subsystem"] = self.subsystem
        return all((mine.get(key) or self.keys.get(key)) == value for key, value in wanted.items())

    def __str__(self):
        keys = (f"{key}={value}" for key, value in self.keys.items() if key not in ("ACTION", "DEVPATH"))
        return f"{self.time:.6f} {self.action} {self.devpath} {' '.join(keys)}"


def _parse(now, message):
    head, *pairs = message.decode("utf-8", "replace").rstrip("\0").split("\0")
    keys = dict(pair.partition("=")[::2] for pair in pairs)
    action, _, devpath = head.partition("@")
    return Event(now, action, devpath, keys)


class Recorder:
    def __init__(self, name):
        """`name`: of the evidence that is kept."""
        self._name = name
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_KOBJECT_UEVENT)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
        self._socket.bind((0, KERNEL_GROUP))
        self._socket.settimeout(0.1)
        self._changed = threading.Condition()
        self._ends = False
        self._error = None
        self.events = []
        self._thread = threading.Thread(target=self._record, daemon=True)
        self._thread.start()

    def _record(self):
        while not self._ends:
            try:
                message, (sender, _) = self._socket.recvfrom(65536)
            except TimeoutError:
                continue
            except OSError as error:
                self._error = error
                return
            now = time.monotonic()
            if sender == 0:
                with self._changed:
                    self.events.append(_parse(now, message))
                    self._changed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # What was sent before this moment is still read.
        time.sleep(0.05)
        self._ends = True
        self._thread.join()
        self._socket.close()
        evidence.save(f"uevents-{self._name}.log", "\n".join(map(str, self.events)) + "\n")
        if self._error:
            raise self._error

    def mark(self):
        """For `since`: only what comes from now on."""
        return len(self.events)

    def find(self, since=0, **wanted):
        """Events with these: action, subsystem, devpath, name, or any key of the event itself."""
        with self._changed:
            return [event for event in self.events[since:] if event.matches(wanted)]

    def wait(self, condition=None, since=0, seconds=30, **wanted):
        """The first event with `wanted` for which `condition(event)`; past ones count from `since`."""

        def first():
            found = (event for event in self.events[since:] if event.matches(wanted))
            return next((event for event in found if not condition or condition(event)), None)

        with self._changed:
            if not self._changed.wait_for(first, seconds):
                raise TimeoutError(f"no uevent {wanted} within {seconds} s")
            return first()
