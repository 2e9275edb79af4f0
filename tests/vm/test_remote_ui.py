# SPDX-License-Identifier: GPL-2.0-or-later
"""The web page as systemd runs it: activated by its sockets, in its sandbox, by its own user."""

import os
import pathlib
import socket

import pytest

from probes import wait_until
from unit import SECONDS, Unit, properties, run, write

GUEST = {"root": "ui", "kernels": ["6.1"]}
POLICY = """[Policy]
FormatVersion=1
Name=Site
Serial=1
[Network]
RestrictLpdPort=yes
"""
POLICY_FILE = "/etc/secpold/default.policy"
SERVICE, SOCKET = "secpol-remote-ui.service", "secpol-remote-ui.socket"
PATH = "/run/secpol-remote-ui.sock"
REQUEST = "GET {path} HTTP/1.1\r\nHost: device\r\n\r\n"

unit = Unit()


@pytest.fixture(scope="module", autouse=True)
def running():
    run("systemd-sysusers")
    write(POLICY_FILE, POLICY)
    unit.do("start")
    unit.wait_state("enforcing")
    run("systemctl", "start", SOCKET)


def connect(where=PATH):
    family = socket.AF_UNIX if where == PATH else socket.AF_INET6 if ":" in where else socket.AF_INET
    client = socket.socket(family)
    client.settimeout(SECONDS)
    client.connect(where if where == PATH else (where, 8631))
    return client


def get(path="/", where=PATH):
    with connect(where) as client:
        client.sendall(REQUEST.format(path=path).encode())
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    return answer.decode()


def pid():
    return int(properties(SERVICE, "MainPID")["MainPID"])


def test_nobody_runs_before_somebody_looks():
    assert properties(SERVICE, "ActiveState")["ActiveState"] == "inactive"
    page = get()
    assert page.startswith("HTTP/1.1 200 ")
    assert "Restrict LPD Port (Port Number: 515)" in page
    assert '<h2 id="verdict">Compliant</h2>' in page
    assert properties(SERVICE, "ActiveState")["ActiveState"] == "active"


@pytest.mark.parametrize("where", ["127.0.0.1", "::1"])
def test_it_is_there_on_loopback_too(where):
    assert "Compliant" in get(where=where)


def test_any_user_of_the_device_may_look():
    assert pathlib.Path(PATH).stat().st_mode & 0o777 == 0o666


def test_it_has_a_user_no_rights_and_no_network():
    get()
    status = pathlib.Path(f"/proc/{pid()}/status").read_text(encoding="ascii")
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    user = run("id", "-u", "secpol-remote-ui").stdout.strip()
    assert user != "0" and fields["Uid"].split() == 4 * [user]
    for kind in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(fields[kind], 16) == 0
    assert fields["NoNewPrivs"] == "1" and fields["Seccomp"] == "2"
    namespace = "/proc/{}/ns/net"
    assert os.readlink(namespace.format(pid())) != os.readlink(namespace.format("self"))


def test_a_change_gets_through_all_of_that():
    with connect() as client:
        client.sendall(REQUEST.format(path="/events").encode())
        text = ""

        def comes(words):
            nonlocal text
            text += client.recv(65536).decode()
            return words in text

        assert wait_until(lambda: comes("event: beat"), SECONDS)
        text = ""
        write(POLICY_FILE, POLICY + "RestrictRawPort=yes\n")
        unit.do("reload")
        assert wait_until(lambda: comes('id="RestrictRawPort" data-state="enforced"'), SECONDS)


def test_after_a_crash_it_is_back_for_the_next_who_looks():
    get()
    before = pid()
    os.kill(before, 9)
    assert "Compliant" in get()
    assert pid() not in (0, before)


def test_it_says_that_secpold_was_stopped_and_does_not_start_it():
    unit.do("stop")
    assert "secpold is not running" in get()
    assert unit.show("ActiveState") == "inactive"
    unit.do("start")
    unit.wait_state("enforcing")
    assert wait_until(lambda: "Compliant" in get(), SECONDS)


def test_the_journal_has_nothing_to_complain_of():
    lines = run("journalctl", "--unit", SERVICE, "--output=cat", "--priority=warning").stdout
    complaints = [line for line in lines.splitlines() if "killed" not in line and "signal" not in line]
    assert not complaints
