# SPDX-License-Identifier: GPL-2.0-or-later
"""What secpold does while one of its calls fails, and what has to hold afterwards."""

import os
import time

import dbus

from documents import policy, profile
from life import Importer
import rules

# Both close LPD, the port that the prober knocks at all the time.
ITEMS = {
    "One": ["RestrictLpdPort", "RestrictRawPort"],
    "Two": ["RestrictLpdPort", "RestrictFtpPort"],
}
WATCHED_ITEMS = ["RestrictLpdPort", "RestrictRawPort", "RestrictFtpPort"]
PROFILES = [profile(Ports={"RestrictLpdPort": f"{port}/tcp"}) for port in (5150, 5151)]

# systemd's RestartSec= of the shipped unit.
RESTART_SECONDS = 0.25


def document(serial):
    name = "One" if serial % 2 else "Two"
    return policy(*ITEMS[name], "RequireDigit", name=name, serial=serial)


class Late(str):
    """What was missed after a second."""


class Trials:
    """A secpold with a policy in force, and operations on it that may end in any way."""

    def __init__(self, net, bus, secpold, witness, faults):
        self.net, self.bus, self.secpold = net, bus, secpold
        self.witness, self.faults = witness, faults
        self.serial = 0
        self.stored = None
        self.ended = 0
        self.longest, self.longest_after = 0.0, None

    def begin(self, text=PROFILES[0]):
        """From nothing, with both policies imported. Returns how long a clean start takes."""
        self.secpold.start(profile=text)
        self.witness.noticing_takes = 0.0 if text is PROFILES[0] else 0.1
        for _ in range(2):
            assert isinstance(self._outcome(), int)
        seconds = []
        for _ in range(3):
            self.secpold.kill()
            before = time.monotonic()
            self.secpold.start(wait=False)
            assert self.witness.seconds_until_enforced(ITEMS["Two"], 10) is not None
            seconds.append(time.monotonic() - before)
        self.limit = 1.0 + min(seconds)
        return min(seconds)

    def _outcome(self):
        """The generation of an import, or the name of the error."""
        self.serial += 1
        try:
            importer = Importer(self.bus)
        except dbus.DBusException as error:
            return error.get_dbus_name()
        try:
            return importer.outcome(document(self.serial).encode())
        finally:
            importer.close()

    def _start(self):
        self.secpold.start(wait=False)
        self.secpold.wait_ready(0.5)
        if self.faults.control.first == 0:
            assert self.witness.seconds_until_enforced(self.in_force(), 5) is not None

    # Operations

    def restart(self):
        """As after a crash; the faults are those of its start."""
        self.secpold.kill()
        self._start()

    def first_start(self):
        """As after a boot: nothing is in force, and there is no socket."""
        self.secpold.kill()
        self.secpold.forget_store()
        rules.delete_table(self.net)
        self._start()

    def import_(self):
        self.stored = None
        before, told = self.policy_name(), self._outcome()
        if isinstance(told, int):
            self.stored = "One" if self.serial % 2 else "Two"
        elif told == "StorageFailed":
            self.stored = before

    def reload(self):
        self.serial += 1
        self.secpold.profile_file.write_text(PROFILES[self.serial % 2])
        self.secpold.receive_messages()
        self.secpold.messages.clear()
        os.kill(self.secpold.pid, 1)
        self.secpold.wait_ready(0.5)

    def verify(self):
        self.witness.ask("Verify")

    def lose_table(self):
        rules.delete_table(self.net)
        # By then it has looked, and tried to make it again.
        time.sleep(0.02)

    # What has to hold

    def check_store(self):
        """What the caller of an import was told is what the next start finds."""
        name, self.stored = self.stored, None
        if name:
            assert self.policy_name() == name, "what is in force is not what the caller was told"
            self.restart()
            assert self.recover() is None
            assert self.policy_name() == name, "the store has another policy"

    def policy_name(self):
        name = self.witness.manager("PolicyName")
        return None if name is None else str(name)

    def in_force(self):
        return ITEMS.get(self.policy_name(), ["RestrictLpdPort"])

    def missing(self):
        """What is not as it should be, or None."""
        if not self.secpold.alive():
            return "secpold runs"
        states = self.witness.check()
        if not states:
            return "it answers"
        if not all(states.get(item) == "enforced" for item in self.in_force()):
            return "all is enforced"
        # Without the one systemd would start it again in the end, without the other the table would
        # have no owner after the next crash.
        if not self.secpold.is_ready():
            return "it is ready"
        return None if len(self.secpold.store) == 1 else "its socket is stored"

    def recover(self):
        """None where it is back within a second, by itself or, where it ended, by being started
        again; else what was missed."""
        start = time.monotonic()
        while missing := self.missing():
            if not self.secpold.alive():
                self.ended += 1
                self.faults.disarm()
                time.sleep(RESTART_SECONDS)
                self.secpold.start(wait=False)
            passed = time.monotonic() - start
            if passed > self.limit:
                return Late(f"it takes more than {self.limit:.2f} s until {missing}")
            time.sleep(0.01)
        passed = time.monotonic() - start
        if passed > self.longest:
            self.longest, self.longest_after = passed, self.faults.injected()
        return None
