# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and sessions that nobody uses: the shell ends, and whatever else runs in one."""

import contextlib
import os
import pathlib
import pty
import select
import signal
import time

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

ITEM = "ForceAutoLogout"
LOGIND = "/etc/systemd/logind.conf"
SECONDS = 10
# The kernel tells to eight seconds when a terminal was last used; logind looks a while later.
EARLIEST, LATEST = SECONDS - 8, 30


@pytest.fixture(scope="module", autouse=True)
def user():
    printer.run("useradd", "--create-home", "--shell", "/bin/bash", "anna")
    pathlib.Path("/run/nologin").unlink(missing_ok=True)
    printer.run("systemctl", "unmask", "systemd-logind")
    services.start("systemd-logind")


class Session:
    """Of somebody who has logged in at a terminal."""

    def __init__(self, *environment, command=("login", "-p", "-f", "anna")):
        self.text = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvp("env", ["env", *environment, *command])
        self.wait_for("$ ")
        self.started = time.monotonic()

    def read(self, seconds):
        """False at the end of the session."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.terminal, 4096)
        except OSError:
            return False
        self.text += data.decode(errors="replace")
        return bool(data)

    def wait_for(self, text):
        deadline = time.monotonic() + services.SECONDS
        while text not in self.text and time.monotonic() < deadline:
            assert self.read(1), self.text
        assert text in self.text, self.text

    def type(self, line):
        os.write(self.terminal, (line + "\n").encode())

    def lasts(self):
        """For how many seconds nobody touches it until it ends; at most LATEST."""
        while (past := time.monotonic() - self.started) < LATEST and self.read(1):
            continue
        return past

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


@contextlib.contextmanager
def session(*environment, **keywords):
    at = Session(*environment, **keywords)
    try:
        yield at
    finally:
        at.close()


def test_without_the_policy_they_stay():
    with session() as first, session() as second:
        second.type("exec sleep 1000")
        assert first.lasts() >= LATEST and second.lasts() >= LATEST


def told():
    """After how many seconds logind ends an idle session; what it cannot count is never."""
    words = services.output(
        *("busctl", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1"),
        *("org.freedesktop.login1.Manager", "StopIdleSessionUSec"),
    ).split()
    return int(words[1]) / 1_000_000


def test_a_shorter_time_of_an_administrator_stays():
    with services.changed(LOGIND, lambda text: text + "StopIdleSessionSec=0min 7s\n"):
        printer.run("systemctl", "reload-or-restart", "systemd-logind")
        with services.demanded(ITEM, AutoLogoutSec=SECONDS, enforced=[ITEM]):
            assert told() == 7
    printer.run("systemctl", "reload-or-restart", "systemd-logind")


@pytest.fixture(scope="module")
def policy():
    with services.demanded(ITEM, AutoLogoutSec=SECONDS, enforced=[ITEM]):
        yield


def test_a_shell_that_nobody_types_into_ends(policy):
    """Also where logind knows nothing of it."""
    alone = ("setpriv", "--reuid=anna", "--regid=anna", "--clear-groups", "bash", "--login")
    with session(command=alone) as idle:
        assert SECONDS - 1 < idle.lasts() < LATEST
        assert "auto-logout" in idle.text


def test_the_user_cannot_have_it_otherwise(policy):
    with session("TMOUT=900") as idle:
        for line in ("TMOUT=0", "unset TMOUT", "echo still $TMOUT"):
            idle.type(line)
        idle.wait_for(f"still {SECONDS}\r")
        idle.type("bash -c 'echo inside ${TMOUT-nothing}'")
        idle.wait_for("inside nothing\r")


def test_a_shorter_time_stays(policy):
    with session("TMOUT=7") as idle:
        idle.type("echo it is $TMOUT")
        idle.wait_for("it is 7\r")


def test_a_session_ends_whatever_runs_in_it(policy):
    """The shell has no say any more."""
    with session() as idle:
        idle.type("exec sleep 1000")
        assert EARLIEST < idle.lasts() < LATEST
        assert "auto-logout" not in idle.text
