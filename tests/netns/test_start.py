# SPDX-License-Identifier: GPL-2.0-or-later
"""What secpold makes of what it finds when it starts."""

import os
import subprocess

import pytest

import daemon
import rules
from documents import PORTS, policy

LPD = policy("RestrictLpdPort")
ALL_PORTS = [port for ports in PORTS.values() for port in ports]


def test_without_a_policy_nothing_is_closed(net, bus, secpold):
    secpold.start()
    assert bus.manager("State") == "no-policy"
    assert [bus.manager(name) for name in ("PolicyName", "PolicyDigest", "PolicyOrigin")] == [
        ""
    ] * 3
    assert rules.tables(net) == set()
    assert rules.delivered(net, ALL_PORTS) == set(ALL_PORTS)


def test_a_policy_without_port_items_needs_no_table(net, bus, secpold):
    secpold.start(policy("RequireDigit"))
    assert bus.manager("State") == "enforcing"
    assert rules.tables(net) == set()


DAMAGED = {
    "unknown key": LPD + "RestrictLpdPrt=yes\n",
    "cut": LPD[: -len("Port=yes\n")],
    "empty": "",
    "binary": b"\x00\xff" * 100,
    "too long": LPD + "#" * 65536,
    "not UTF-8": LPD.encode() + b"#\xff",
    "serial missing": LPD.replace("Serial=1\n", ""),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_policy_means_the_fallback(net, bus, secpold, damage):
    secpold.start(DAMAGED[damage])
    assert bus.manager("State") == "degraded"
    assert bus.manager("PolicyOrigin") == "fallback"
    assert any("test.policy" in problem for problem in bus.manager("Problems"))
    assert rules.delivered(net, ALL_PORTS) == set()
    compliance = bus.manager("Compliance")
    assert sum(compliance.values()) == 45
    for item in ("ProhibitWirelessLan", "ProhibitDirectConnection", "ProhibitUsbDevice", "UseTpm"):
        assert bus.item(item, "Requested") is False
    assert bus.item("ProhibitUsbStorage", "Requested") and bus.item("ProhibitSnmpV1", "Requested")


UNREADABLE = {
    "a link to nothing": lambda path: path.symlink_to("/nonexistent/policy"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a pipe": os.mkfifo,
    "a directory": lambda path: path.mkdir(),
    "endless": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_as_a_policy_means_the_fallback(net, bus, secpold, kind):
    UNREADABLE[kind](secpold.policy_file)
    secpold.start()
    assert bus.manager("State") == "degraded"
    assert bus.manager("PolicyOrigin") == "fallback"
    assert rules.is_closed(net)


def test_a_bad_profile_at_start_is_not_used_and_named(net, bus, secpold):
    secpold.start(LPD, "[Functions]\nLpd=perhaps\n")
    assert bus.manager("State") == "degraded"
    assert any("device.conf" in problem for problem in bus.manager("Problems"))
    assert rules.is_closed(net)


def test_a_profile_that_is_named_and_absent_opens_nothing(net, bus, secpold):
    secpold.names_profile = True
    secpold.start(LPD)
    assert bus.manager("State") == "degraded"
    assert any("device.conf" in problem for problem in bus.manager("Problems"))
    assert rules.is_closed(net)


def no_directory(run):
    run.rmdir()
    run.write_text("")


def no_way_to_a_directory(run):
    run.rmdir()
    run.symlink_to("/nonexistent/secpold")


RUNTIME_DIRECTORIES = {
    "a file": no_directory,
    "a dangling link": no_way_to_a_directory,
    "with a pipe for a record": lambda run: os.mkfifo(run / "reserved-ports"),
    "with an endless record": lambda run: (run / "reserved-ports").symlink_to("/dev/zero"),
    "with a directory for a record": lambda run: (run / "reserved-ports").mkdir(),
    "with noise for a record": lambda run: (run / "reserved-ports").write_bytes(os.urandom(4096)),
}


@pytest.mark.parametrize("kind", RUNTIME_DIRECTORIES)
def test_an_unusable_runtime_directory_opens_nothing(net, secpold, kind):
    RUNTIME_DIRECTORIES[kind](secpold.directory / "run")
    secpold.start(policy("RestrictLpdPort", "RestrictSipPort"))
    assert rules.is_closed(net)
    assert rules.is_closed(net, 49152)


@pytest.mark.parametrize("option, text", (("--version", "0."), ("--help", "--policy")))
def test_questions_are_answered_without_a_bus(option, text):
    done = subprocess.run(
        [daemon.built("secpold"), option], capture_output=True, text=True, check=True
    )
    assert text in done.stdout


def test_an_unknown_option_is_refused():
    done = subprocess.run([daemon.built("secpold"), "--polcy=x"], capture_output=True, text=True)
    assert done.returncode != 0
    assert "--polcy" in done.stderr


def test_help_is_in_the_characters_of_the_locale():
    done = subprocess.run(
        [daemon.built("secpold"), "--help"],
        env={"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=True,
    )
    assert "secpold [OPTION…]" in done.stdout
