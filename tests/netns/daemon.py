# SPDX-License-Identifier: GPL-2.0-or-later
"""A real secpold in the device's namespace, started and kept as systemd would."""

import array
import ctypes
import os
import pathlib
import select
import signal
import socket
import subprocess
import time

import children
from probes import wait_until

CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 0x1000, 0x4000, 0x40000
SOURCE = pathlib.Path(__file__).resolve().parents[2]
# What a policy does to USB and radios must not happen to the computer that runs the tests.
WITHOUT_HARDWARE = SOURCE / "scripts/without-hardware"


def is_sanitized():
    """Whether it is built with sanitizers, which keep what is freed and make everything slower."""
    return b"libasan" in built("secpold").read_bytes()


def built(program):
    """Path of a program in the build directory SECPOLD_BUILD, or else in one below the source."""
    roots = (
        [os.environ["SECPOLD_BUILD"]]
        if "SECPOLD_BUILD" in os.environ
        else [path.parent for path in SOURCE.glob("*/build.ninja")]
    )
    places = [
        pathlib.Path(root) / part / program
        for root in roots
        for part in ("daemon", "ctl", "agent", "remote-ui", "dbus/examples", "tests/netns", ".")
    ]
    found = [path for path in places if path.is_file()]
    return found[0] if found else None


def show_as(path, other):
    """Let the calling process, and nobody else, find `other` where `path` is."""
    libc = ctypes.CDLL(None, use_errno=True)
    if (
        libc.unshare(CLONE_NEWNS)
        or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None)
        or libc.mount(os.fsencode(other), os.fsencode(path), None, MS_BIND, None)
    ):
        raise OSError(ctypes.get_errno(), f"cannot put {other} over {path}")


class Secpold(children.Program):
    """One device's secpold over any number of lives; its files stay from one to the next.

    What is in `in_child` is called in its process before it becomes secpold, and `environment` is
    added to what systemd would give it. The words in `before_program` stand before it in the command,
    as env or strace would.
    """

    name = "secpold"

    def __init__(self, directory, net, bus):
        self.directory = directory
        self._net, self._bus = net, bus
        self.policy_file = directory / "test.policy"
        self.profile_file = directory / "device.conf"
        self.log_file = directory / "log"
        self._notify_path = directory / "notify"
        self.state = directory / "state"
        (directory / "run").mkdir()
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._notify.bind(str(self._notify_path))
        self._notify.setblocking(False)
        self.group_file = None
        self.in_child = []
        self.environment = {}
        self.before_program = []
        self.program = "secpold"
        self.hides_hardware = True
        self.names_profile = False
        self.pid = 0
        self.has_store = True
        self.store = []
        self.messages = []

    # Life

    def start(self, policy=None, profile=None, wait=True):
        """Write the files where given, start, and wait for READY=1."""
        if policy is not None:
            self.policy_file.write_bytes(policy if isinstance(policy, bytes) else policy.encode())
        if profile is not None:
            self.profile_file.write_text(profile)
        self.receive_messages()
        self.messages.clear()
        with self._net.device:
            self.pid = children.fork(self._exec, self.store)
        if wait:
            self._wait_service()
        return self

    def _wait_service(self):
        """Ready, which it is without a bus, and on the bus where there is one."""
        if not self.wait_ready():
            raise RuntimeError("secpold is not ready:\n" + self.log())
        if self._bus.is_running() and not wait_until(self._bus.has_owner):
            raise RuntimeError("secpold does not come to the bus:\n" + self.log())

    def _exec(self, passed):
        if self.group_file:
            show_as("/etc/group", self.group_file)
        for prepare in self.in_child:
            prepare()
        log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        high = [os.dup2(fd, 100 + at, inheritable=False) for at, (_, fd) in enumerate(passed)]
        for at, fd in enumerate(high):
            os.dup2(fd, 3 + at)
        os.closerange(3 + len(passed), 100)
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "NOTIFY_SOCKET": str(self._notify_path),
            "DBUS_SYSTEM_BUS_ADDRESS": self._bus.address,
            "RUNTIME_DIRECTORY": str(self.directory / "run"),
        } | {
            key: value
            for key, value in os.environ.items()
            if key.startswith(("ASAN_", "UBSAN_", "LSAN_"))
        }
        environment |= self.environment
        if passed:
            environment |= {
                "LISTEN_PID": str(os.getpid()),
                "LISTEN_FDS": str(len(passed)),
                "LISTEN_FDNAMES": ":".join(name for name, _ in passed),
            }
        command = [str(WITHOUT_HARDWARE)] if self.hides_hardware else []
        command += [
            *self.before_program,
            str(built(self.program)),
            f"--state-directory={self.state}",
            f"--policy={self.policy_file}",
        ]
        if self.profile_file.exists() or self.names_profile:
            command.append(f"--device-profile={self.profile_file}")
        os.execve(command[0], command, environment)

    def run(self, *options):
        """Run secpold beside the one that is kept, on the same files, to its end."""
        return subprocess.run(
            [WITHOUT_HARDWARE, built("secpold"), f"--state-directory={self.state}", *options],
            capture_output=True,
            text=True,
            timeout=10,
        )

    def end(self, number):
        status = super().end(number)
        self.receive_messages()
        return status

    def kill(self):
        """As a crash: SIGKILL, no chance to clean up."""
        return self.end(signal.SIGKILL)

    def stop(self):
        return self.end(signal.SIGTERM)

    def close(self):
        """The end of the test, which secpold has to have lived to see where it was not ended."""
        try:
            if self.pid:
                self.kill()
        finally:
            self.forget_store()
            self._notify.close()

    # The service manager's side

    def receive_messages(self):
        """Take what is waiting on the notify socket; descriptors go to the store, by name."""
        while True:
            try:
                data, ancillary, _, _ = self._notify.recvmsg(4096, 1024)
            except BlockingIOError:
                return
            fields = dict(line.partition("=")[::2] for line in data.decode().splitlines())
            self.messages.append(fields)
            fds = array.array("i")
            for level, kind, payload in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    fds.frombytes(payload)
            name = fields.get("FDNAME", "stored")
            if "FDSTORE" in fields:
                self._keep(name, fds)
            elif "FDSTOREREMOVE" in fields:
                for pair in [pair for pair in self.store if pair[0] == name]:
                    os.close(pair[1])
                    self.store.remove(pair)

    def _keep(self, name, fds):
        """As systemd does: what is stored already is not stored again."""
        known = {os.fstat(fd).st_ino for _, fd in self.store}
        for fd in fds:
            if self.has_store and os.fstat(fd).st_ino not in known:
                self.store.append((name, fd))
            else:
                os.close(fd)

    def forget_store(self):
        """As at a shutdown."""
        for _, fd in self.store:
            os.close(fd)
        self.store.clear()

    def _wait_message(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while True:
            self.receive_messages()
            if any(condition(message) for message in self.messages):
                return True
            left = deadline - time.monotonic()
            if left <= 0 or not self.alive():
                return False
            select.select([self._notify], [], [], min(left, 0.2))

    def wait_ready(self, seconds=10):
        return self._wait_message(lambda message: message.get("READY") == "1", seconds)

    def is_ready(self):
        return self.wait_ready(0)

    def reload(self, policy=None, profile=None):
        """SIGHUP with new files, and wait until secpold says that it took or refused them."""
        if policy is not None:
            self.policy_file.write_bytes(policy if isinstance(policy, bytes) else policy.encode())
        if profile is not None:
            self.profile_file.write_text(profile)
        self.receive_messages()
        self.messages.clear()
        os.kill(self.pid, signal.SIGHUP)
        if not self.wait_ready():
            raise RuntimeError("secpold does not finish reloading:\n" + self.log())

    # What it left behind

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def cpu_seconds(self):
        """User and system time so far."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
