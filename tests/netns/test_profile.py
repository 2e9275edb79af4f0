# SPDX-License-Identifier: GPL-2.0-or-later
"""What a maker's device profile adds is closed, what it takes away shows."""

import packets
import rules
from documents import policy, profile


def test_a_range_of_nearly_all_ports_is_closed(net, bus, secpold):
    secpold.start(policy("RestrictRawPort"), profile(Ports={"RestrictRawPort": "1-6 8-32767"}))
    sample = [1, 6, 8, 21, 515, 631, 1024, 9100, 20000, 32766, 32767, 32768, 40000, 65535]
    for protocol in (packets.UDP, packets.TCP, packets.SCTP):
        for version in (4, 6):
            assert rules.delivered(net, sample, protocol, version) == {32768, 40000, 65535}
    assert bus.item("RestrictRawPort", "State") == "enforced"
    assert ["tcp", 8, 32767] in bus.item("RestrictRawPort", "Ports")


def test_a_range_for_tcp_closes_no_udp(net, secpold):
    secpold.start(policy("RestrictIppPort"), profile(Ports={"RestrictIppPort": "8000-8999/tcp"}))
    ports = [631, 8000, 8500, 8999, 9000]
    assert rules.delivered(net, ports, packets.TCP) == {9000}
    assert rules.delivered(net, ports, packets.SCTP) == {9000}
    assert rules.delivered(net, ports, packets.UDP) == {8000, 8500, 8999, 9000}
    assert rules.delivered(net, ports, packets.UDPLITE) == {8000, 8500, 8999, 9000}


def test_a_narrowed_item_is_partial_and_says_so(net, bus, secpold):
    secpold.start(policy("RestrictIppPort"), profile(Narrow={"RestrictIppPort": "631/tcp"}))
    assert rules.delivered(net, [631], packets.TCP) == set()
    assert rules.delivered(net, [631], packets.UDP) == {631}
    assert bus.item("RestrictIppPort", "State") == "partial"
    assert "631" in bus.item("RestrictIppPort", "Detail")
    assert bus.item("RestrictIppPort", "Ports") == [["tcp", 631, 631]]


def test_an_exempt_interface_is_open_and_every_port_item_partial(net, bus, secpold):
    secpold.start(
        policy("RestrictLpdPort", "RestrictRawPort", "RequireDigit"),
        profile(Narrow={"ExemptInterfaces": "cont0"}),
    )
    assert rules.delivered(net, [515, 9100]) == set()
    for version, target, source in (
        (4, net.GATEWAY4, net.CONTAINER4),
        (6, net.GATEWAY6, net.CONTAINER6),
    ):
        frames = [
            packets.ip(source, target, packets.UDP, packets.udp(source, target, 2048, port))
            for port in (515, 9100)
        ]
        assert rules.probes.raw_delivered(
            net, packets.UDP, version, frames, target=target, sender=net.container
        ) == {515, 9100}
    for item in ("RestrictLpdPort", "RestrictRawPort"):
        assert bus.item(item, "State") == "partial"
        assert "cont0" in bus.item(item, "Detail")
    assert bus.item("RequireDigit", "State") == "pending"


def test_an_exempt_interface_may_answer_from_a_closed_port(net, secpold):
    secpold.start(policy("RestrictLpdPort"), profile(Narrow={"ExemptInterfaces": "cont0"}))
    for there, target, expected in (
        (net.container, net.CONTAINER4, True),
        (net.peer, net.PEER4, False),
    ):
        with rules.probes.udp_service(there, 7000) as listener:
            assert (
                rules.probes.udp_arrives(net.device, target, listener, 7000, sport=515) == expected
            )


def test_an_absent_function_leaves_its_ports_alone(net, bus, secpold):
    secpold.start(policy("RestrictLpdPort", "RestrictRawPort"), profile(Functions={"Lpd": "no"}))
    assert rules.delivered(net, [515, 9100]) == {515}
    assert bus.item("RestrictLpdPort", "State") == "not-available"
    assert bus.setting("LpdPrinting", "Available") is False
    assert bus.setting("LpdPrinting", "State") == "not-available"


def test_a_profile_that_would_starve_outgoing_connections_is_refused(net, bus, secpold):
    secpold.start(policy("RestrictRawPort"), profile(Ports={"RestrictRawPort": "40000-50000"}))
    assert bus.manager("State") == "degraded"
    assert any("[Ports]" in problem for problem in bus.manager("Problems"))
    assert rules.delivered(net, [9100, 45000]) == {45000}
