# SPDX-License-Identifier: GPL-2.0-or-later
"""Other programs and their rules beside secpold's, in any number."""

import subprocess
import time

import pytest

import packets
import probes
import rules
from documents import policy, profile
from probes import wait_until

WATCHED = profile(Firewall={"TableOwner": "no"})
POLICY = policy("RestrictLpdPort", "RestrictRawPort", "ProhibitSnmpV1")
both_paths = pytest.mark.parametrize("text", ("", WATCHED), ids=("owned", "watched"))


@both_paths
def test_a_rewrite_at_the_very_same_priority_is_overtaken_or_reported(net, bus, secpold, text):
    """The kernel puts the newer of two equal hooks first, so a foreign one may come before ours."""
    secpold.start(POLICY, text)
    rewrite = """chain pre {
        type filter hook prerouting priority -2147483648;
        udp dport 515 udp dport set 10515;
        }"""
    request = packets.udp(net.PEER4, net.DEVICE4, 2048, 515)
    frames = [packets.ipv4(net.PEER4, net.DEVICE4, packets.UDP, request)]
    with net.foreign_table(rewrite):
        assert wait_until(
            lambda: probes.raw_delivered(net, packets.UDP, 4, frames) == set()
            or any("foreign" in problem for problem in bus.manager("Problems"))
        )


@both_paths
def test_a_chain_named_in_any_bytes_does_not_hide_the_state(net, bus, secpold, text):
    secpold.start(POLICY, text)
    rules.add_rival(net, b"foreign", b"a\xff\x1b[2J\n")
    try:
        assert wait_until(lambda: bus.manager("State") == "degraded")
        (problem,) = bus.manager("Problems")
        assert "a\ufffd\ufffd[2J\ufffd of table inet foreign" in problem
    finally:
        net.device.nft("delete table inet foreign")


# A flood

SECONDS, CHANGES_A_SECOND = 3, 10_000


def flood(net, table, elements, meanwhile):
    """Adds and deletes two elements in one transaction after the other, as fast as agreed.

    Returns how many changes a second the kernel really saw.
    """
    keys = ", ".join(element.partition(" : ")[0] for element in elements)
    line = f"add element inet {table} {{ {', '.join(elements)} }}; "
    line += f"delete element inet {table} {{ {keys} }}\n"
    start, done, disturbed = time.monotonic(), 0, 0.0
    with net.device:
        nft = subprocess.Popen(
            ["nft", "-i"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
    with nft, nft.stdin:
        while (passed := time.monotonic() - start) < SECONDS:
            if passed > disturbed + 0.2:
                meanwhile()
                disturbed = passed
            if done > passed * CHANGES_A_SECOND:
                time.sleep(0.01)
                continue
            nft.stdin.write(line * 50)
            nft.stdin.flush()
            done += 50 * 2 * len(elements)
    return done / (time.monotonic() - start)


def cpu_share(secpold, net, *arguments):
    before, start = secpold.cpu_seconds(), time.monotonic()
    rate = flood(net, *arguments)
    # What is reached depends on what else the machine has to do.
    assert rate >= CHANGES_A_SECOND / 10, "the flood was none"
    return (secpold.cpu_seconds() - before) / (time.monotonic() - start)


# Of one core. Without the limit a flood takes all of it; with it some hundredths, and under the
# sanitizers, which make everything slower, up to a fifth.
BOUND = 0.4


@both_paths
def test_a_flood_of_foreign_changes_costs_little_and_violates_nothing(
    net, bus, secpold, watch, text
):
    secpold.start(POLICY, text)
    before = rules.contents(net)
    net.device.nft("table inet foreign { set s { type inet_service; }; }")
    share = cpu_share(secpold, net, "foreign s", ["1", "2"], lambda: bus.call("Verify"))
    net.device.nft("delete table inet foreign")
    assert share < BOUND
    assert rules.contents(net) == before
    assert watch.signals("Violation") == []
    assert bus.manager("State") == "enforcing"


def test_a_flood_of_changes_to_a_watched_table_ends_in_the_right_state(net, bus, secpold):
    secpold.start(POLICY, WATCHED)
    before = rules.contents(net)
    elements = [f"udp . {port} : goto restrict-lpd-port" for port in (30001, 30002)]

    def add_a_stray():
        net.device.nft(f"add element inet secpold closed {{ {elements[0]} }}", check=False)

    share = cpu_share(secpold, net, "secpold closed", elements, add_a_stray)
    net.device.nft("flush ruleset")
    assert share < BOUND
    assert wait_until(lambda: rules.tables(net) == {"secpold"} and rules.contents(net) == before)
    assert rules.is_closed(net)
    assert wait_until(lambda: bus.manager("State") == "enforcing")
