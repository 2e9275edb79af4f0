# SPDX-License-Identifier: GPL-2.0-or-later
"""secpolctl blocked counts what was refused lately."""

import json
import re
import socket
import subprocess
import time

import pytest

import daemon
import rules
from documents import policy
from probes import wait_until


@pytest.fixture
def running(net, bus, secpold):
    """A secpold that has refused nothing yet."""
    return secpold.start(policy("RestrictLpdPort", "RestrictFtpPort"))


def blocked(net, bus, *words):
    with net.device:
        done = subprocess.run(
            [daemon.built("secpolctl"), "blocked", *words],
            env=bus.environment,
            text=True,
            capture_output=True,
            check=True,
            timeout=20,
        )
    return done.stdout


def test_blocked_counts_by_item_source_and_port(net, bus, running):
    assert blocked(net, bus) == "Nothing was refused lately.\n"
    assert blocked(net, bus, "--no-legend") == ""
    start = time.time() * 1e6
    rules.delivered(net, [515] * 3)
    assert wait_until(lambda: len(bus.call("ListBlocked", "u", 0)["data"][0]) == 3)
    rules.delivered(net, [21], version=6)
    assert wait_until(lambda: len(bus.call("ListBlocked", "u", 0)["data"][0]) == 4)
    found = json.loads(blocked(net, bus, "--json=short"))
    assert [
        (one["Item"], one["Packets"], one["Source"], one["Port"], one["Interface"]) for one in found
    ] == [
        ("RestrictFtpPort", 1, net.PEER6, 21, "lan0"),
        ("RestrictLpdPort", 3, net.PEER4, 515, "lan0"),
    ]
    assert all(start - 1e6 < one["FirstUSec"] <= one["LastUSec"] for one in found)
    text = blocked(net, bus)
    assert re.search(rf"^RestrictLpdPort +3 515/\w+ +{net.PEER4} +lan0 ", text, re.MULTILINE)
    assert "4 packets listed" in text
    only = blocked(net, bus, "restrictlpdport", "--no-legend")
    assert only.count("\n") == 1 and only.startswith("RestrictLpdPort")


def test_blocked_says_what_nothing_means(net, bus, running):
    for key, said in (
        ("restrictlpdport", "Nothing was refused lately on 515/tcp 515/udp.\n"),
        (
            "RestrictRawPort",
            "RestrictRawPort is not in force, so that nothing is refused on 9100/tcp 9100/udp.\n",
        ),
        ("UseTpm", "UseTpm closes no port, so that there is nothing to refuse.\n"),
    ):
        assert blocked(net, bus, key) == said
        assert blocked(net, bus, key, "--no-legend") == ""


def test_outgoing_packets_are_told_by_receiver(net, bus, running):
    """A closed port does not speak either: neither from itself nor to its multicast group."""
    running.reload(policy("RestrictSlpPort"))
    with net.device, socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.bind(("", 427))
        with pytest.raises(PermissionError):
            sender.sendto(b"x", (net.PEER4, 7000))
    with net.device, socket.socket(type=socket.SOCK_DGRAM) as sender:
        with pytest.raises(PermissionError):
            sender.sendto(b"x", ("239.255.255.253", 427))
    assert wait_until(lambda: len(bus.call("ListBlocked", "u", 0)["data"][0]) == 2)
    found = json.loads(blocked(net, bus, "--json=short"))
    assert [(one["Direction"], one["Destination"], one["Port"]) for one in found] == [
        ("out", "239.255.255.253", 427),
        ("out", net.PEER4, 427),
    ]
    assert f"to {net.PEER4}" in blocked(net, bus)
