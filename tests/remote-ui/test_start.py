# SPDX-License-Identifier: GPL-2.0-or-later
"""Started by hand: what its command line says, and what lies where it is to listen."""

import contextlib
import socket
import subprocess

import pytest

import children
import daemon
from probes import wait_until


def run(bus, *arguments):
    return subprocess.run(
        [daemon.built("secpol-remote-ui"), *arguments],
        env={"DBUS_SYSTEM_BUS_ADDRESS": bus.address},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )


@contextlib.contextmanager
def listening(bus, where):
    """For as long as it is needed, at a path."""
    with subprocess.Popen(
        [daemon.built("secpol-remote-ui"), f"--listen={where}"],
        env={"DBUS_SYSTEM_BUS_ADDRESS": bus.address},
        preexec_fn=children.end_with_parent,
    ) as program:
        yield program
        program.terminate()


def answers(path):
    with socket.socket(socket.AF_UNIX) as client:
        if client.connect_ex(str(path)):
            return False
        client.sendall(b"GET /favicon.svg HTTP/1.0\r\n\r\n")
        return b" 200 " in client.recv(64)


@pytest.mark.parametrize("arguments", [["/run/x"], ["127.0.0.1:8631"], ["--listen=/nowhere/x", "y"], ["--", "-"]])
def test_an_argument_too_many_is_not_passed_over(bus, arguments):
    told = run(bus, *arguments)
    assert told.returncode == 1
    assert "unexpected argument '" in told.stderr and arguments[-1] in told.stderr
    assert "--listen=" in told.stderr


def test_nowhere_to_listen_is_said(bus):
    told = run(bus)
    assert told.returncode == 1 and "secpol-remote-ui.socket" in told.stderr


@pytest.mark.parametrize("where", ["0.0.0.0:8631", "[::]:8631", "192.0.2.1:8631", "printer:80", "127.0.0.1", "8631"])
def test_other_hosts_are_not_listened_to(bus, where):
    told = run(bus, f"--listen={where}")
    assert told.returncode == 1 and "127.0.0.1:PORT" in told.stderr and "web server" in told.stderr


def test_a_socket_that_was_left_is_replaced(bus, tmp_path):
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with listening(bus, path):
        assert wait_until(lambda: answers(path), 10)


def test_what_is_no_socket_stays_where_it_is(bus, tmp_path):
    file, target, left = tmp_path / "file", tmp_path / "target", tmp_path / "left"
    file.write_text("kept")
    target.write_text("kept too")
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(left))
    to_file, to_socket, astray = (tmp_path / name for name in ("to-file", "to-socket", "astray"))
    to_file.symlink_to(target)
    to_socket.symlink_to(left)
    astray.symlink_to(tmp_path / "nothing")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    for path in before:
        if path in (target, left):
            continue
        told = run(bus, f"--listen={path}")
        assert told.returncode == 1 and f"Cannot listen on {path}: " in told.stderr
    assert sorted(tmp_path.iterdir()) == before
    assert (file.read_text(), target.read_text()) == ("kept", "kept too")
    assert to_file.is_symlink() and to_socket.is_symlink() and astray.is_symlink() and left.is_socket()
