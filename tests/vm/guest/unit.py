# SPDX-License-Identifier: GPL-2.0-or-later
"""secpold.service as systemd runs it, and those who talk to it."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess

from probes import wait_until

SYSTEMD = pathlib.Path("/run/systemd/system")
# A process takes its time in an emulated machine.
SECONDS = 60


def run(*command, user=None, check=True, text_in=None):
    """As root, or as a user with the groups that the user has."""
    if user:
        command = ("runuser", "-u", user, "--", *command)
    done = subprocess.run(
        [str(word) for word in command],
        input=text_in,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd="/",
    )
    if check and done.returncode != 0:
        raise RuntimeError(f"{command} failed with {done.returncode}: {done.stderr}{done.stdout}")
    return done


def secpolctl(*words, **keywords):
    return run("secpolctl", *words, **keywords)


def secpolctl_json(*words):
    return json.loads(secpolctl("--json=short", *words).stdout)


def properties(unit, *names):
    shown = run("systemctl", "show", unit, *(f"--property={name}" for name in names)).stdout
    return dict(line.partition("=")[::2] for line in shown.splitlines())


def write(path, text):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


class Unit:
    name = "secpold.service"

    def show(self, *names):
        """One property as a string, several as a dictionary."""
        shown = properties(self.name, *names)
        return shown[names[0]] if len(names) == 1 else shown

    @property
    def pid(self):
        return int(self.show("MainPID"))

    def do(self, verb, *options):
        run("systemctl", *options, verb, self.name)

    def is_back(self, after):
        """Whether another process than `after` is the unit's, and ready."""
        shown = self.show("MainPID", "ActiveState")
        return shown["ActiveState"] == "active" and int(shown["MainPID"]) not in (0, after)

    def wait_back(self, after=0):
        if not wait_until(lambda: self.is_back(after), SECONDS):
            raise RuntimeError(f"secpold does not come back: {self.journal()}")

    def crash(self, number=signal.SIGKILL):
        """Kills the main process; returns its id."""
        pid = self.pid
        os.kill(pid, number)
        return pid

    def state(self):
        return self.manager("State")

    @staticmethod
    def manager(name, **keywords):
        return Unit.property("/org/secpold1", "org.secpold1.Manager", name, **keywords)

    @staticmethod
    def item(key, name):
        return Unit.property(f"/org/secpold1/item/{key}", "org.secpold1.Item", name)

    @staticmethod
    def property(path, interface, name, **keywords):
        words = ("get-property", "org.secpold1", path, interface, name)
        return json.loads(run("busctl", "--json=short", *words, **keywords).stdout)["data"]

    @staticmethod
    def on_bus():
        words = ("status", "org.secpold1")
        return run("busctl", "--no-pager", *words, check=False).returncode == 0

    def wait_state(self, state):
        """`state`: of the manager, on the bus."""
        if not wait_until(lambda: self.on_bus() and self.state() == state, SECONDS):
            raise RuntimeError(f"secpold does not become {state}: {self.journal()}")

    def journal(self, *options):
        return run("journalctl", "--no-pager", f"--unit={self.name}", *options).stdout

    def events(self, message_id):
        """Journal entries with this MESSAGE_ID, oldest first."""
        lines = self.journal("--output=json", f"MESSAGE_ID={message_id}").splitlines()
        return [json.loads(line) for line in lines]

    @contextlib.contextmanager
    def drop_in(self, text, name="test"):
        """Further settings of the unit while the block runs."""
        path = write(SYSTEMD / f"{self.name}.d/{name}.conf", text)
        run("systemctl", "daemon-reload")
        try:
            yield
        finally:
            path.unlink()
            run("systemctl", "daemon-reload")
