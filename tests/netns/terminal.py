# SPDX-License-Identifier: GPL-2.0-or-later
"""secpolctl on a terminal of a given size."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import daemon
from probes import wait_until

# CSI and what else less and secpolctl send to move the cursor and colour text.
SEQUENCES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")


class Terminal:
    """A running secpolctl whose input, output and errors are a terminal. `prepare` is called in its
    process before."""

    def __init__(self, net, environment, *words, rows=24, columns=80, prepare=None):
        self._leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("@4H", rows, columns, 0, 0))
        with net.device:
            self._process = subprocess.Popen(
                ["setsid", "--ctty", "--wait", str(daemon.built("secpolctl")), *words],
                stdin=follower,
                stdout=follower,
                stderr=follower,
                env=environment,
                preexec_fn=prepare,
            )
        os.close(follower)
        self.raw = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._leader)

    @property
    def text(self):
        """What was shown, without colours and carriage returns."""
        return SEQUENCES.sub("", self.raw).replace("\r", "")

    def type(self, text):
        os.write(self._leader, text.encode())

    def read_until(self, condition, seconds=20):
        """False where the other side closes the terminal first."""
        end = time.monotonic() + seconds
        while not condition(self.text):
            left = end - time.monotonic()
            assert left > 0, self.text
            if not select.select([self._leader], [], [], left)[0]:
                continue
            try:
                self.raw += os.read(self._leader, 65536).decode(errors="replace")
            except OSError:
                return False
        return True

    def answer(self, prompt, secret):
        """Type what must not be seen. Whoever asks turns the echo off after the prompt, and throws
        away what was typed before that."""
        assert self.read_until(lambda text: prompt in text)
        assert wait_until(lambda: not termios.tcgetattr(self._leader)[3] & termios.ECHO)
        self.type(secret + "\r")

    def finish(self):
        """Its exit code, when it has ended by itself."""
        self.read_until(lambda text: False)
        return self._process.wait(20)


def on_terminal(net, environment, *words, rows=1000, columns=80):
    """All that secpolctl shows on a terminal on which everything has room."""
    with Terminal(net, environment, *words, rows=rows, columns=columns) as terminal:
        assert terminal.finish() == 0
        return terminal
