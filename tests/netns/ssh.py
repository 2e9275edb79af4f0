# SPDX-License-Identifier: GPL-2.0-or-later
"""A real sshd on the device, and what a computer needs to get in there."""

import os
import pathlib
import signal
import subprocess

import children
from daemon import show_as
from probes import wait_until

SSHD = pathlib.Path("/usr/sbin/sshd")

SERVER = """\
ListenAddress {address}
HostKey {folder}/host-key
AuthorizedKeysFile {folder}/user-key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""

CLIENT = """\
IdentityFile {folder}/user-key
IdentitiesOnly yes
UserKnownHostsFile {folder}/known-hosts
BatchMode yes
ConnectTimeout 5
"""

# sd-bus runs the first ssh that it finds.
WRAPPER = """\
#!/bin/sh
exec /usr/bin/ssh -F {folder}/client-config "$@"
"""


class SecureShell:
    """Listens on the device's own address; root comes in by a key made for the test."""

    def __init__(self, folder, net, bus):
        self._folder, self._net = folder, net
        for name in ("host-key", "user-key"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True
            )
        values = {"folder": folder, "address": net.DEVICE4}
        (folder / "server-config").write_text(SERVER.format(**values))
        (folder / "client-config").write_text(CLIENT.format(**values))
        host_key = " ".join((folder / "host-key.pub").read_text().split()[:2])
        self.trust(host_key)
        (folder / "bin").mkdir()
        (folder / "bin/ssh").write_text(WRAPPER.format(**values))
        (folder / "bin/ssh").chmod(0o755)
        # As whoever comes in finds the device, whatever this computer's /run and root are like.
        (folder / "run/sshd").mkdir(parents=True)
        (folder / "home").mkdir()
        # systemd-stdio-bridge goes to this one place.
        (folder / "run/dbus").mkdir()
        (folder / "run/dbus/system_bus_socket").symlink_to(bus.address.removeprefix("unix:path="))
        (folder / "shadow").write_text("root:*:19000:0:99999:7:::\n")
        self._pid = 0

    def trust(self, host_key):
        """The key that the computer knows the device by."""
        (self._folder / "known-hosts").write_text(f"{self._net.DEVICE4} {host_key}\n")

    def environment(self):
        """Of the computer: it has no bus that could be taken for the device's."""
        return os.environ | {
            "PATH": f"{self._folder}/bin:{os.environ['PATH']}",
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent/bus",
        }

    def start(self):
        with self._net.device:
            self._pid = children.fork(self._exec)
        if not wait_until(self._listens):
            raise RuntimeError("sshd does not listen: " + (self._folder / "log").read_text())
        return self

    def _exec(self):
        show_as("/etc/shadow", self._folder / "shadow")
        show_as("/run", self._folder / "run")
        show_as("/root", self._folder / "home")
        log = str(self._folder / "log")
        os.execv(SSHD, [str(SSHD), "-D", "-E", log, "-f", str(self._folder / "server-config")])

    def _listens(self):
        return ":22 " in self._net.device.run(["ss", "-Hltn", "sport = :22"]).stdout

    def stop(self):
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)
            self._pid = 0
