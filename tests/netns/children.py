# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes that do not outlive the test run, even where that is killed."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent():
    """To be called in the child; lasts over exec."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def fork(child, *arguments):
    """Runs child(*arguments) in a new process, which ends with it. Returns its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        end_with_parent()
        child(*arguments)
    finally:
        os._exit(127)


class Program:
    """One that a test forks into `pid` and ends, and that has not ended by itself before. Its log is
    what log() says."""

    name = ""
    pid = 0

    def alive(self):
        if self.pid and os.waitpid(self.pid, os.WNOHANG) != (0, 0):
            self.pid = 0
        return self.pid != 0

    def end(self, number):
        """Its exit code, after this signal."""
        if not self.alive():
            raise RuntimeError(f"{self.name} had ended by itself:\n{self.log()}")
        os.kill(self.pid, number)
        return self.wait()

    def wait(self):
        """Its exit code, once it has ended."""
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)
