# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGHUP: a good document takes effect without a gap, a bad one has none."""

import pytest

import packets
import rules
from documents import policy, profile
from prober import Prober

WATCHED = profile(Firewall={"TableOwner": "no"})
LPD = policy("RestrictLpdPort")
both_paths = pytest.mark.parametrize("text", ("", WATCHED), ids=("owned", "watched"))


def state(bus, key):
    return bus.item(key, "State")


def test_a_new_policy_opens_and_closes_what_it_names(net, bus, secpold):
    secpold.start(LPD)
    assert rules.delivered(net, [515, 9100]) == {9100}
    digest = bus.manager("PolicyDigest")
    secpold.reload(policy("RestrictRawPort", name="Second", serial=2))
    assert rules.delivered(net, [515, 9100]) == {515}
    assert (state(bus, "RestrictLpdPort"), state(bus, "RestrictRawPort")) == ("off", "enforced")
    assert (bus.manager("PolicyName"), bus.manager("PolicySerial")) == ("Second", 2)
    assert bus.manager("PolicyDigest") != digest


def test_a_bad_policy_changes_nothing_and_says_why(net, bus, secpold):
    secpold.start(LPD)
    digest, before = bus.manager("PolicyDigest"), rules.contents(net)
    secpold.reload(
        policy("RestrictRawPort", serial=2) + "RestrictRawPrt=yes\nRestrictFtpPort=maybe\n"
    )
    assert bus.manager("PolicyDigest") == digest
    assert rules.contents(net) == before
    problems = " ".join(bus.manager("Problems"))
    assert "test.policy" in problems and "RestrictRawPrt" in problems
    assert "(and 1 more)" in problems
    assert "test.policy:8: RestrictRawPrt: " in secpold.log()
    assert "test.policy:9: RestrictFtpPort: " in secpold.log()
    secpold.reload(LPD)
    assert bus.manager("Problems") == []
    assert bus.manager("State") == "enforcing"


def test_a_bad_profile_changes_nothing_and_says_why(net, bus, secpold):
    secpold.start(LPD, profile(Ports={"RestrictLpdPort": "5150/tcp"}))
    assert rules.delivered(net, [515, 5150], packets.TCP) == set()
    secpold.reload(profile="[Ports]\nRestrictLpdPort=70000\n")
    assert rules.delivered(net, [515, 5150], packets.TCP) == set()
    assert "device.conf" in " ".join(bus.manager("Problems"))
    secpold.reload(profile=profile(Ports={"RestrictLpdPort": "5151/tcp"}))
    assert rules.delivered(net, [515, 5150, 5151], packets.TCP) == {5150}
    assert bus.manager("Problems") == []


def test_counters_survive_a_policy_change(net, bus, secpold):
    secpold.start(LPD)
    rules.delivered(net, [515] * 10)
    assert bus.item("RestrictLpdPort", "BlockedPackets") == 10
    for serial in (2, 3):
        secpold.reload(
            policy("RestrictLpdPort", *["RestrictRawPort"] * (serial - 2), serial=serial)
        )
    assert bus.item("RestrictLpdPort", "BlockedPackets") == 10
    assert bus.item("RestrictRawPort", "BlockedPackets") == 0


@both_paths
def test_no_packet_passes_a_port_that_stays_closed_over_many_changes(net, secpold, text):
    secpold.start(LPD, text)
    with Prober(net, 515) as prober:
        for serial in range(2, 22):
            extra = ["RestrictRawPort", "RestrictSmbPort", "RestrictDedicatedPort"][: serial % 4]
            snmp = ["ProhibitSnmpV1"] * (serial % 2)
            secpold.reload(policy("RestrictLpdPort", *extra, *snmp, serial=serial))
        assert prober.leaks() == []


SHAPES = (
    ((10000, 20000),),
    ((10000, 20000), (22000, 30000)),
    ((8000, 20000),),
    ((5000, 32000),),
    ((11000, 19000),),
    ((14990, 15010),),
    ((15000, 15000),),
    ((2000, 32700),),
)


@both_paths
def test_no_packet_passes_a_closed_range_while_ranges_change(net, secpold, text):
    def profile_with(shape):
        spans = " ".join(f"{first}-{last}" for first, last in shape)
        return profile(Ports={"RestrictRawPort": spans}) + text

    edges = {port for shape in SHAPES for span in shape for port in span} | {21000, 40000}
    secpold.start(policy("RestrictRawPort"), profile_with(SHAPES[0]))
    with Prober(net, 15000) as prober:
        for shape in SHAPES[1:] * 2:
            secpold.reload(profile=profile_with(shape))
            closed = {port for port in edges if any(a <= port <= b for a, b in shape)}
            assert rules.delivered(net, sorted(edges)) == edges - closed
        assert prober.leaks() == []


def test_a_port_moves_between_items_without_a_gap(net, secpold):
    def text(item):
        return profile(Ports={item: "15000 20000-30000"})

    both = policy("RestrictRawPort", "RestrictLpdPort")
    secpold.start(both, text("RestrictRawPort"))
    with Prober(net, 15000) as prober:
        for item in ("RestrictLpdPort", "RestrictRawPort") * 3:
            secpold.reload(profile=text(item))
        assert prober.leaks() == []
    with Prober(net, 25000) as prober:
        for item in ("RestrictLpdPort", "RestrictRawPort") * 3:
            secpold.reload(profile=text(item))
        assert prober.leaks() == []


def test_a_policy_that_is_gone_stays_in_force_and_is_missed(net, bus, secpold):
    secpold.start(LPD)
    secpold.policy_file.unlink()
    secpold.reload()
    assert rules.is_closed(net)
    assert any("test.policy" in problem for problem in bus.manager("Problems"))
