# SPDX-License-Identifier: GPL-2.0-or-later
"""Other programs and their rules beside secpold's, in any number."""

import time

import pytest

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
    with net.foreign_table(rewrite):
        assert wait_until(
            lambda: rules.delivered(net, [515]) == set()
            or any("foreign" in problem for problem in bus.manager("Problems"))
        )


# A flood

SECONDS, CHANGES_A_SECOND = 3, 10_000


def flood(net, meanwhile, target, keys, verdict=""):
    """Adds elements and deletes them again, as fast as agreed; returns how many changes it made."""
    script = "".join(f"add element inet {target} {{ {key}{verdict} }}\n" for key in keys)
    script += "".join(f"delete element inet {target} {{ {key} }}\n" for key in keys)
    start, done = time.monotonic(), 0
    while (passed := time.monotonic() - start) < SECONDS:
        if done > passed * CHANGES_A_SECOND:
            meanwhile()
            time.sleep(0.01)
        elif net.device.nft(script, check=False).returncode == 0:
            done += 2 * len(keys)
    return done


def cpu_share(secpold, action):
    before, start = secpold.cpu_seconds(), time.monotonic()
    done = action()
    assert done >= SECONDS * CHANGES_A_SECOND * 0.5, "the flood was none"
    return (secpold.cpu_seconds() - before) / (time.monotonic() - start)


@both_paths
def test_a_flood_of_foreign_changes_costs_little_and_violates_nothing(
    net, bus, secpold, watch, text
):
    secpold.start(POLICY, text)
    before = rules.contents(net)
    net.device.nft("table inet foreign { set s { type inet_service; }; }")
    share = cpu_share(
        secpold, lambda: flood(net, lambda: bus.call("Verify"), "foreign s", range(1, 1001))
    )
    net.device.nft("delete table inet foreign")
    assert share < 0.3
    assert rules.contents(net) == before
    assert watch.signals("Violation") == []
    assert bus.manager("State") == "enforcing"


def test_a_flood_of_changes_to_a_watched_table_ends_in_the_right_state(net, bus, secpold):
    secpold.start(POLICY, WATCHED)
    before = rules.contents(net)
    keys = [f"udp . {port}" for port in range(30001, 31001)]

    def strays_that_stay():
        net.device.nft("add element inet secpold closed { udp . 631 : goto restrict-lpd-port }")

    share = cpu_share(
        secpold,
        lambda: flood(net, strays_that_stay, "secpold closed", keys, " : goto restrict-lpd-port"),
    )
    net.device.nft("flush ruleset")
    assert share < 0.5
    assert wait_until(lambda: rules.tables(net) == {"secpold"} and rules.contents(net) == before)
    assert rules.is_closed(net)
    assert wait_until(lambda: bus.manager("State") == "enforcing")
