# SPDX-License-Identifier: GPL-2.0-or-later
"""The store under fire: secpold is killed at, or refused, every file-system call of an import. Then
it is the whole old or the whole new policy, and no client was told more than what is on disk."""

import re
import shutil
import subprocess

import dbus
import pytest

from documents import policy
from life import export, import_
from probes import wait_until

OLD = policy("RestrictLpdPort", name="Old")
NEW = policy("RestrictRawPort", name="New", serial=2)
CALLS = (
    "openat,read,write,close,fsync,mkdir,mkdirat,rename,renameat,renameat2,symlink,symlinkat,"
    "unlink,unlinkat,rmdir,readlink,readlinkat,getdents64,newfstatat,access,faccessat2"
)
# The calls by which an import changes something; only their failure can be reported to the caller.
CHANGES = "openat,write,fsync,mkdir,rename,symlink"

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


class Tracer:
    """strace attached to a running secpold."""

    def __init__(self, secpold, *options):
        self.output = secpold.directory / "strace"
        self.output.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            ["strace", "-qq", "-f", "-o", str(self.output), *options, "-p", str(secpold.pid)],
            stderr=subprocess.DEVNULL,
        )
        status = f"/proc/{secpold.pid}/status"
        attached = f"TracerPid:\t{self._process.pid}\n"
        assert wait_until(lambda: attached in open(status, encoding="ascii").read())

    def end(self):
        self._process.terminate()
        self._process.wait()
        return self.output.read_text()


def end(secpold):
    """The end of a secpold that the fault may have ended before."""
    if secpold.alive():
        secpold.kill()


def try_import(bus):
    """The generation the client was told, or the name of the error."""
    try:
        return import_(bus, NEW)
    except dbus.DBusException as error:
        return error.get_dbus_name().removeprefix("org.secpold1.Error.")


@pytest.fixture
def prepared(bus, secpold):
    """A secpold with the old policy, and a way to be back there."""
    secpold.start()
    import_(bus, OLD)
    secpold.stop()
    shutil.copytree(secpold.state, secpold.directory / "saved", symlinks=True)

    def back():
        end(secpold)
        shutil.rmtree(secpold.state)
        shutil.copytree(secpold.directory / "saved", secpold.state, symlinks=True)
        secpold.start()

    return back


def calls_of_an_import(bus, secpold, prepared, calls):
    prepared()
    tracer = Tracer(secpold, "-e", f"trace={calls}")
    assert try_import(bus) == 2
    trace = tracer.end()
    return len(re.findall(r"^\d+ +\w+\(", trace, re.MULTILINE))


def in_force(bus):
    return export(bus)[0].decode()


def test_killed_at_any_call_it_is_the_old_or_the_new_policy(bus, secpold, prepared):
    n_calls = calls_of_an_import(bus, secpold, prepared, CALLS)
    assert n_calls > 20
    seen = set()
    for at in range(1, n_calls + 1):
        prepared()
        tracer = Tracer(secpold, "-e", f"inject={CALLS}:signal=SIGKILL:when={at}")
        told = try_import(bus)
        tracer.end()
        end(secpold)
        secpold.start()
        found = in_force(bus)
        assert found in (OLD, NEW), at
        assert told != 2 or found == NEW, at
        assert bus.manager("State") == "enforcing", at
        seen.add(found)
        assert import_(bus, NEW) in (2, 3), at
    assert seen == {OLD, NEW}


@pytest.mark.parametrize("failure", ("ENOSPC", "EIO"))
def test_refused_any_change_it_says_so_and_the_old_policy_stays(bus, secpold, prepared, failure):
    n_calls = calls_of_an_import(bus, secpold, prepared, CHANGES)
    failed = 0
    for at in range(1, n_calls + 1):
        prepared()
        tracer = Tracer(secpold, "-e", f"inject={CHANGES}:error={failure}:when={at}")
        told = try_import(bus)
        tracer.end()
        expected = NEW if told == 2 else OLD
        failed += told == "StorageFailed"
        assert in_force(bus) == expected, (at, told)
        secpold.kill()
        secpold.start()
        assert in_force(bus) == expected, (at, told)
    assert failed >= 8


@pytest.mark.parametrize("first", (False, True))
def test_at_its_deadline_a_policy_gives_way_whatever_the_disk_says(bus, secpold, first):
    secpold.start(OLD if first else None)
    if not first:
        import_(bus, OLD)
    import_(bus, NEW, confirm_sec=2)
    tracer = Tracer(secpold, "-e", "inject=fsync,rename,symlink,unlink:error=EIO")
    assert wait_until(lambda: bus.manager("PolicyName") == "Old", 5)
    assert bus.manager("State") == "degraded"
    tracer.end()
    secpold.kill()
    secpold.start()
    assert (bus.manager("PolicyName"), bus.manager("State")) == ("Old", "enforcing")


def test_a_full_disk_refuses_the_import_and_nothing_else(bus, secpold):
    """A file system of a few pages, filled to the brim."""
    secpold.state.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(secpold.state)], check=True
    )
    try:
        secpold.start()
        import_(bus, OLD)
        with pytest.raises(OSError):
            (secpold.state / "filler").write_bytes(b"x" * 65536)
        assert try_import(bus) == "StorageFailed"
        assert in_force(bus) == OLD
        (secpold.state / "filler").unlink()
        assert try_import(bus) == 2
    finally:
        secpold.stop()
        subprocess.run(["umount", str(secpold.state)], check=True)
