# SPDX-License-Identifier: GPL-2.0-or-later
"""A maker's fax service, and the examples of daemons that keep it at the policy."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import dbus

import children
import daemon
from probes import wait_until

STANDIN = daemon.SOURCE / "tests" / "standin"
NAME = "com.maker.Fax"
BUS_RULES = f"<include>{STANDIN / 'com.maker.Fax.conf'}</include>"


def example(language):
    """The command that starts the example in this language."""
    if language == "C":
        return [str(daemon.built("fax-settings"))]
    return ["/usr/bin/python3", str(daemon.SOURCE / "dbus/examples/fax-settings.py")]


class Program:
    def __init__(self, bus, directory, name, command, privileges=()):
        # The runtimes of the sanitizers take options; children are to have them.
        self._command = ["setpriv", "--pdeathsig=KILL", *privileges, *command]
        self._bus = bus
        self._log_path = directory / f"{name}.log"
        self._process = None

    def start(self):
        with open(self._log_path, "a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._bus.environment,
                stderr=log,
                preexec_fn=children.end_with_parent,
            )
        return self

    def alive(self):
        return self._process is not None and self._process.poll() is None

    def end(self):
        """Which it has to have lived to see."""
        process, self._process = self._process, None
        if process is None:
            return
        status = process.poll()
        if status is None:
            process.terminate()
            process.wait()
        else:
            raise RuntimeError(f"ended by itself with {status}:\n{self.log()}")

    def log(self):
        return self._log_path.read_text(encoding="utf-8", errors="replace")


class Fax:
    """A fax service with its folder, and what its users do with it."""

    def __init__(self, bus):
        # Not below pytest's own directory, which other users cannot enter.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="secpold-fax-"))
        self.folder.chmod(0o755)
        self.settings = self.folder / "settings"
        self._bus = bus
        self._connection = bus.connect()
        self.programs = []
        self._start("fax-controller", [str(STANDIN / "fax-controller"), str(self.folder)])
        if not wait_until(lambda: bus.name_has_owner(NAME)):
            raise RuntimeError("the fax service does not come to the bus")

    def _start(self, name, command, privileges=()):
        program = Program(self._bus, self.folder, name, command, privileges)
        self.programs.append(program)
        return program.start()

    def comply(self, command, *privileges):
        """Start an example on this service's settings."""
        return self._start("fax-settings", [*command, str(self.settings)], privileges)

    def close(self):
        try:
            for program in reversed(self.programs):
                program.end()
        finally:
            self._connection.close()
            shutil.rmtree(self.folder)

    def _refusal(self, method, signature, *arguments):
        """Calls it; None, or the short name of the error."""
        try:
            self._last = self._connection.call_blocking(
                NAME, "/com/maker/Fax", NAME, method, signature, arguments, timeout=10
            )
        except dbus.DBusException as error:
            return error.get_dbus_name().removeprefix(f"{NAME}.Error.")
        return None

    def register(self, number):
        return self._refusal("Register", "s", number)

    def send(self, number, again=""):
        """None when the document went out on the line, and how it was refused when not."""
        out = self.folder / "sent" / number
        out.unlink(missing_ok=True)
        refusal = self._refusal("Send", "ssay", number, again, dbus.ByteArray(b"document"))
        assert out.exists() == (refusal is None)
        return refusal

    def receive(self, document=b"document"):
        assert self._refusal("Receive", "ay", dbus.ByteArray(document)) is None
        return str(self._last)

    def forwards(self):
        """Whether what comes in goes on."""
        return (self.folder / "forwarded" / self.receive()).exists()

    def leaves_traces(self):
        """Whether a deleted document is still where it was on the storage."""
        document = os.urandom(3 << 20)
        job = self.receive(document)
        with open(self.folder / "received" / job, "rb") as blocks:
            assert self._refusal("Delete", "s", job) is None
            assert not (self.folder / "received" / job).exists()
            return blocks.read() == document

    def choose(self, setting, value):
        return self._refusal("Choose", "sb", setting, value)
