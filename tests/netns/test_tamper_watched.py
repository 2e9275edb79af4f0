# SPDX-License-Identifier: GPL-2.0-or-later
"""A watched table: what others do to it does not last."""

import re
import time

import pytest

import rules
from attacks import ATTACKS
from documents import policy, profile
from prober import Prober
from probes import wait_until

WATCHED = profile(Firewall={"TableOwner": "no"})
POLICY = policy("RestrictLpdPort", "RestrictRawPort", "ProhibitSnmpV1")


@pytest.fixture
def watched(secpold):
    return secpold.start(POLICY, WATCHED)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_watched_table_is_whole_again_at_once(net, watched, attack):
    before = rules.contents(net)
    net.device.nft(ATTACKS[attack])
    assert wait_until(lambda: rules.tables(net) == {"secpold"} and rules.contents(net) == before, 2)
    assert rules.is_closed(net)
    assert watched.alive()


def test_a_watched_table_leaks_for_moments_only(net, watched):
    rounds, length = 20, 0.0
    with Prober(net, 515) as prober:
        for attack in ("flush ruleset", "delete table inet secpold") * (rounds // 2):
            before = len(rules.tables(net))
            assert before == 1
            net.device.nft(attack)
            assert wait_until(lambda: rules.tables(net) == {"secpold"}, 2)
            time.sleep(0.02)
        leaks = sorted(stamp for _, stamp in prober.leaks())
    for first, second in zip(leaks, leaks[1:]):
        length += second - first if second - first < 0.01 else 0
    # Restoring takes a millisecond or two; the rest is for a machine that is busy with the prober.
    assert length / rounds < 0.05


def test_restoring_shows_on_the_bus(net, bus, watched, watch):
    net.device.nft("flush ruleset")
    assert watch.wait_for(
        "Repaired",
        lambda _, data: data[0] == "RestrictLpdPort"
        and data[1] == "firewall"
        and 0 < data[3] < 2_000_000,
    )
    assert wait_until(lambda: bus.item("RestrictLpdPort", "State") == "enforced")
    assert bus.manager("State") == "enforcing"


def test_a_foreign_ruleset_loaded_over_it_leaves_a_watched_table_whole(net, watched):
    before = rules.contents(net)
    net.device.nft(
        "flush ruleset\ntable inet foreign { chain input { type filter hook input priority 0; }; }"
    )
    assert wait_until(lambda: rules.tables(net) == {"foreign", "secpold"}, 2)
    assert wait_until(lambda: rules.contents(net) == before, 2)
    net.device.nft("delete table inet foreign")


def leaking_copy(net):
    """The table once more, for `nft -f`: whatever stays below a rate goes past every element."""
    listed = net.device.run(["nft", "list", "table", "inet", "secpold"]).stdout
    leaking, maps = re.subn(
        r"(map closed\S* {\n\s*type .*\n)", r"\1limit rate over 100000/second\n", listed
    )
    assert maps == 2
    return leaking


def test_a_copy_that_lets_packets_pass_is_no_copy(net, watched):
    before, leaking = rules.contents(net), leaking_copy(net)
    net.device.nft("delete table inet secpold\n" + leaking)
    assert wait_until(lambda: rules.contents(net) == before, 2)
    assert rules.is_closed(net)


def test_a_copy_that_lets_packets_pass_is_not_adopted(net, watched):
    before, leaking = rules.contents(net), leaking_copy(net)
    watched.kill()
    net.device.nft("delete table inet secpold\n" + leaking)
    assert not rules.is_closed(net), "the copy does not leak"
    watched.start()
    assert rules.contents(net) == before
    assert rules.is_closed(net)


@pytest.mark.skipif(rules.kernel() < (6, 2), reason="no expression the library does not know")
def test_a_rule_in_words_nobody_knows_is_seen(net, watched):
    before = rules.contents(net)
    for chain in (b"prerouting", b"input"):
        rules.accept_in_newer_words(net, chain)
    assert wait_until(lambda: rules.contents(net) == before, 2)
    assert rules.is_closed(net)
