# SPDX-License-Identifier: GPL-2.0-or-later
"""The real firewalld, in the device's network namespace and on the tests' bus, with no files but its
own defaults. It lets everything in."""

import ctypes
import os
import shutil
import signal
import subprocess

import children
from daemon import CLONE_NEWNS, MS_PRIVATE, MS_REC
from probes import wait_until

PROGRAM, NAME = "/usr/sbin/firewalld", "org.fedoraproject.FirewallD1"
# As Debian's package brings them, without polkit's part.
BUS_RULES = f"""
  <policy user="root">
    <allow own="{NAME}"/>
    <allow own="{NAME}.config"/>
    <allow send_destination="{NAME}"/>
  </policy>
"""
# What it writes to; the files of the computer that runs the tests are not to change.
OWN_FOLDERS = ("/etc/firewalld", "/var/log", "/run")


def is_there():
    return shutil.which(PROGRAM) is not None


def _mount_nothing_over(folders):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
        raise OSError(ctypes.get_errno(), "no mount namespace")
    for folder in folders:
        if os.path.isdir(folder) and libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, None):
            raise OSError(ctypes.get_errno(), folder)


class Firewalld(children.Program):
    name = "firewalld"

    def __init__(self, net, bus, directory):
        self._net, self._bus = net, bus
        self._log = directory / "firewalld.log"

    def log(self):
        return self._log.read_text(encoding="utf-8")

    def __enter__(self):
        with self._net.device:
            self.pid = children.fork(self._exec)
        if not wait_until(self._answers, 30):
            raise RuntimeError("firewalld does not come up:\n" + self.log())
        return self

    def _exec(self):
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        _mount_nothing_over(OWN_FOLDERS)
        with open("/etc/firewalld/firewalld.conf", "w", encoding="ascii") as file:
            file.write("DefaultZone=trusted\nFirewallBackend=nftables\n")
        os.execve(PROGRAM, [PROGRAM, "--nofork", "--nopid"], self._bus.environment)

    def _answers(self):
        return self.alive() and self._command("--state").returncode == 0

    def __exit__(self, *_):
        if self.alive():
            self.end(signal.SIGTERM)

    def _command(self, *words):
        with self._net.device:
            return subprocess.run(
                ["firewall-cmd", *words],
                env=self._bus.environment,
                capture_output=True,
                text=True,
                timeout=60,
            )

    def command(self, *words):
        done = self._command(*words)
        if done.returncode:
            raise RuntimeError(f"firewall-cmd {words}: {done.stderr}{done.stdout}")
        return done.stdout
