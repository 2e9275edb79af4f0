# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and passwords that a device is delivered with, as an SSH server takes them from
another host and from the device itself."""

import os
import pathlib
import pty
import subprocess

import pytest

import factory
import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

CONFIGURATION = pathlib.Path("/etc/ssh/sshd_config")
FAR, HERE, PORT = "192.0.2.2", "192.0.2.1", "2222"


@pytest.fixture(scope="module", autouse=True)
def device():
    factory.deliver()
    # As they are when a device has booted.
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    pathlib.Path("/run/nologin").unlink(missing_ok=True)


@pytest.fixture
def ssh_server():
    """Reached from another host: a network namespace."""
    for command in (
        "ip netns add far",
        "ip link add near0 type veth peer name far0 netns far",
        f"ip address add {HERE}/24 dev near0",
        "ip link set near0 up",
        f"ip -n far address add {FAR}/24 dev far0",
        "ip -n far link set far0 up",
    ):
        printer.run(*command.split())
    command = ["/usr/sbin/sshd", "-D", "-p", PORT, "-o", "KbdInteractiveAuthentication=yes"]
    server = subprocess.Popen(command)
    printer.wait_until(lambda: services.succeeds("ssh-keyscan", "-p", PORT, "127.0.0.1"), 20, 0.2)
    yield
    server.terminate()
    server.wait()
    printer.run("ip", "netns", "delete", "far")


def ssh(address, word, far=True, method="keyboard-interactive"):
    """What somebody sees who types `word` where a password is asked for, and runs `id`."""
    command = [
        *(["ip", "netns", "exec", "far"] if far else []),
        *("ssh", "-p", PORT, "-o", "StrictHostKeyChecking=no"),
        *("-o", "UserKnownHostsFile=/dev/null"),
        *("-o", "NumberOfPasswordPrompts=1", "-o", f"PreferredAuthentications={method}"),
        *(f"admin@{address}", "id"),
    ]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    told = ""
    typed = False
    while True:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            data = b""
        if not data:
            break
        told += data.decode(errors="replace")
        if not typed and "assword:" in told:
            os.write(terminal, (word + "\n").encode())
            typed = True
    os.waitpid(pid, 0)
    os.close(terminal)
    return told


def test_an_ssh_server_asks_too(ssh_server):
    assert "uid=" in ssh(HERE, factory.WORD)
    assert "uid=" in ssh(HERE, factory.WORD, method="password")
    with services.demanded("WarnDefaultPassword", "ProhibitRemoteDefaultPassword"):
        told = ssh(HERE, factory.WORD)
        assert "uid=" not in told and factory.REFUSAL in told
        assert "denied" in ssh(HERE, factory.WORD, method="password")
        told = ssh("127.0.0.1", factory.WORD, far=False)
        assert "uid=" in told and factory.WARNING in told
        with factory.own_password():
            told = ssh(HERE, factory.OWN_WORD)
            assert "uid=" in told and factory.WARNING not in told
    assert "uid=" in ssh(HERE, factory.WORD)


def test_a_server_that_asks_without_pam_is_named():
    item = "ProhibitRemoteDefaultPassword"
    with services.demanded(item):
        with services.changed(CONFIGURATION, lambda text: text.replace("UsePAM yes", "UsePAM no")):
            printer.wait_item(item, "violated", detail="without PAM")
        services.wait_enforced(item)
        with services.changed(CONFIGURATION, lambda text: text + "Nonsense yes\n"):
            printer.wait_item(item, "violated", detail="sshd does not tell")
        services.wait_enforced(item)
