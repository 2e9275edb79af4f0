# SPDX-License-Identifier: GPL-2.0-or-later
"""A real secpol-agent on a private bus, over an /etc of its own."""

import os
import shutil
import signal
import subprocess

import children
from daemon import SOURCE, built, show_as
from probes import wait_until

BINDINGS = SOURCE / "agent" / "bindings"


class PolicyAgent(children.Program):
    """Files that it edits are below `etc`, where it and the programs it asks find them as /etc."""

    name = "secpol-agent"

    def __init__(self, directory, net, bus):
        self.directory = directory
        self._net, self._bus = net, bus
        self.etc = directory / "etc"
        subprocess.run(["cp", "-a", "/etc", self.etc], check=True)
        self.before = directory / "before"
        subprocess.run(["cp", "-a", self.etc, self.before], check=True)
        self.bindings = directory / "bindings"
        self.bindings.mkdir()
        self.state = directory / "agent-state"
        self.log_file = directory / "agent-log"
        # What is called in its process before it becomes secpol-agent, what its environment has
        # beside the usual, and what it is run by.
        self.in_child, self.environment, self.runner = [], {}, []

    def use(self, *names):
        """Bindings of the project, by name."""
        for name in names:
            shutil.copy(BINDINGS / f"{name}.binding", self.bindings)
        return self

    def write_binding(self, name, text):
        (self.bindings / f"{name}.binding").write_text(text, encoding="utf-8")
        return self

    def snapshot(self):
        """What /etc has to be again in the end."""
        shutil.rmtree(self.before)
        subprocess.run(["cp", "-a", self.etc, self.before], check=True)

    def start(self, *options):
        with self._net.device:
            self.pid = children.fork(self._exec, options)
        return self

    def _exec(self, options):
        show_as("/etc", self.etc)
        for prepare in self.in_child:
            prepare()
        log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.closerange(3, 100)
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "DBUS_SYSTEM_BUS_ADDRESS": self._bus.address,
        } | {
            key: value
            for key, value in os.environ.items()
            if key.startswith(("ASAN_", "UBSAN_", "LSAN_"))
        }
        environment |= self.environment
        command = [
            *self.runner,
            str(built("secpol-agent")),
            f"--bindings={self.bindings}",
            f"--state-directory={self.state}",
            *options,
        ]
        os.execvpe(command[0], command, environment)

    def reload(self):
        os.kill(self.pid, signal.SIGHUP)

    def end(self, number=signal.SIGTERM):
        return super().end(number)

    def restore(self):
        """Run it once more, to put everything back."""
        return self.start("--restore").wait()

    def close(self):
        """The end of the test, which it has to have lived to see; a leak fails it."""
        if self.pid and self.end() != 0:
            raise RuntimeError("secpol-agent did not end well:\n" + self.log())

    # What it did

    def read(self, name):
        return (self.etc / name).read_text(encoding="utf-8")

    def edit(self, name, change):
        """As an administrator's editor would: a new file in place of the old one."""
        path = self.etc / name
        fresh = path.with_name(path.name + ".tmp")
        fresh.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        shutil.copystat(path, fresh)
        fresh.rename(path)

    def differences(self):
        """Between /etc as it was and as it is."""
        done = subprocess.run(
            ["diff", "-r", "--no-dereference", self.before, self.etc],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def wait_for(self, condition, seconds=10):
        if not wait_until(condition, seconds):
            raise AssertionError("secpol-agent did not get there:\n" + self.log())
