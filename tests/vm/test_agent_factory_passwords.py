# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and passwords that a device is delivered with: who uses one is warned, and is not let
in from another host. Shown by logins: PAM's, and those of an SSH server."""

import contextlib
import os
import pathlib
import pty
import subprocess

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"]}

FACTORY_WORD, OWN_WORD = "Printer-2019", "Correct-horse-7battery"
FACTORY = pathlib.Path("/usr/share/factory/etc/shadow")
WARNING, REFUSAL = "Please change it.", "not accepted from other hosts"
STACK = pathlib.Path("/etc/pam.d/common-auth")
BYPASS = pathlib.Path("/etc/pam.d/maker-web")


def set_password(word):
    printer.run("chpasswd", input=f"admin:{word}\n")


def entry_of_admin():
    return printer.run("getent", "shadow", "admin")


@contextlib.contextmanager
def own_password():
    """Within it admin has one; afterwards the factory's again, as it was."""
    before = entry_of_admin().split(":")[1]
    set_password(OWN_WORD)
    yield
    printer.run("usermod", "--password", before, "admin")


@pytest.fixture(scope="module", autouse=True)
def device():
    """As it is delivered: one account, whose password the maker's file knows too."""
    printer.run("useradd", "--create-home", "--shell", "/bin/sh", "admin")
    set_password(FACTORY_WORD)
    entry = entry_of_admin()
    services.write(FACTORY, f"root:*:19000::::::\n{entry}", 0o600)
    # Another salt, another hash.
    set_password(FACTORY_WORD)
    assert entry_of_admin() != entry
    services.write(
        "/etc/pam.d/lab",
        "auth required pam_env.so\n@include common-auth\naccount include common-account\n",
    )


def log_in(word=FACTORY_WORD, host=""):
    """(whether PAM lets in, what it says)."""
    told = subprocess.run(
        ["pamtester", *(["-I", f"rhost={host}"] if host else []), "lab", "admin", "authenticate"],
        input=word + "\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return told.returncode == 0, told.stdout


def gets_in(*words, **keywords):
    return log_in(*words, **keywords)[0]


def is_warned(*words, **keywords):
    let_in, told = log_in(*words, **keywords)
    assert let_in, told
    return WARNING in told


def test_who_uses_the_factorys_password_is_warned():
    assert not is_warned()
    with services.demanded("WarnDefaultPassword"):
        assert is_warned()
        assert is_warned(host="192.0.2.7")
        with own_password():
            assert not is_warned(OWN_WORD)
        assert is_warned()
        assert not gets_in("wrong")
    assert not is_warned()


def test_the_factorys_password_opens_nothing_to_other_hosts():
    assert gets_in(host="192.0.2.7")
    with services.demanded("ProhibitRemoteDefaultPassword"):
        for host in ("192.0.2.7", "2001:db8::7", "office-pc.example", "::ffff:192.0.2.7", "127.evil"):
            let_in, told = log_in(host=host)
            assert not let_in and REFUSAL in told, host
        for host in ("", "127.0.0.1", "::1", "localhost"):
            assert gets_in(host=host), host
        assert not gets_in("wrong") and not gets_in("wrong", host="192.0.2.7")
        with own_password():
            assert gets_in(OWN_WORD, host="192.0.2.7")
        assert not gets_in(host="192.0.2.7")
    assert gets_in(host="192.0.2.7")


def test_both_go_with_the_lockout():
    """They share a stack whose lines count each other."""
    items = ("WarnDefaultPassword", "ProhibitRemoteDefaultPassword", "EnableLockout")
    with services.demanded(*items, LockoutThreshold=2, LockoutPeriodMin=5, enforced=items):
        assert is_warned()
        assert not gets_in(host="192.0.2.7")
        assert not gets_in("wrong") and not gets_in("wrong")
        assert not gets_in(), "not locked"
        printer.run("faillock", "--user", "admin", "--reset")
        assert is_warned()


def test_a_service_that_goes_around_is_named():
    with services.demanded("ProhibitRemoteDefaultPassword"):
        services.write(BYPASS, "auth sufficient pam_unix.so\n@include common-auth\n")
        printer.run("systemctl", "reload", "secpol-agent")
        detail = printer.wait_item("ProhibitRemoteDefaultPassword", "violated")
        BYPASS.unlink()
        assert "maker-web" in detail
        printer.run("systemctl", "reload", "secpol-agent")
        services.wait_enforced("ProhibitRemoteDefaultPassword")


def test_pam_auth_update_leaves_it_alone():
    with services.demanded("ProhibitRemoteDefaultPassword"):
        text = STACK.read_text(encoding="utf-8")
        printer.run("pam-auth-update", "--package", env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
        assert STACK.read_text(encoding="utf-8") == text
        assert not gets_in(host="192.0.2.7")


def test_without_the_makers_file_nothing_is_claimed():
    text = FACTORY.read_text(encoding="utf-8")
    FACTORY.unlink()
    printer.run("systemctl", "stop", "secpol-agent")
    services.demand("WarnDefaultPassword", "ProhibitRemoteDefaultPassword")
    assert not printer.wait_until(lambda: services.setting("DefaultPasswordWarning"), 2)
    services.write(FACTORY, "root:*:19000::::::\n", 0o600)
    printer.wait_item("WarnDefaultPassword", "violated", detail="no passwords")
    printer.wait_item("ProhibitRemoteDefaultPassword", "violated", detail="no passwords")
    services.write(FACTORY, text, 0o600)
    services.wait_enforced("WarnDefaultPassword", "ProhibitRemoteDefaultPassword")
    services.demand()


# A server of which each of these is an end of its own.
FAR, HERE = "192.0.2.2", "192.0.2.1"


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
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-p", "2222", "-o", "KbdInteractiveAuthentication=yes"])
    printer.wait_until(lambda: services.succeeds("ssh-keyscan", "-p", "2222", "127.0.0.1"), 20, 0.2)
    yield
    server.terminate()
    server.wait()
    printer.run("ip", "netns", "delete", "far")


def ssh(address, word, far=True, method="keyboard-interactive"):
    """What somebody sees who types `word` where a password is asked for, and runs `id`."""
    command = [
        *(["ip", "netns", "exec", "far"] if far else []),
        *("ssh", "-p", "2222", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
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
    assert "uid=" in ssh(HERE, FACTORY_WORD)
    assert "uid=" in ssh(HERE, FACTORY_WORD, method="password")
    with services.demanded("WarnDefaultPassword", "ProhibitRemoteDefaultPassword"):
        told = ssh(HERE, FACTORY_WORD)
        assert "uid=" not in told and REFUSAL in told
        assert "denied" in ssh(HERE, FACTORY_WORD, method="password")
        told = ssh("127.0.0.1", FACTORY_WORD, far=False)
        assert "uid=" in told and WARNING in told
        with own_password():
            told = ssh(HERE, OWN_WORD)
            assert "uid=" in told and WARNING not in told
    assert "uid=" in ssh(HERE, FACTORY_WORD)
