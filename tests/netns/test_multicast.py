# SPDX-License-Identifier: GPL-2.0-or-later
"""Discovery by multicast ends in both directions when its port is closed."""

import pytest

import probes
from documents import policy

GROUPS = [
    pytest.param("224.0.0.251", 5353, id="mdns4"),
    pytest.param("ff02::fb", 5353, id="mdns6"),
    pytest.param("239.255.255.253", 427, id="slp4"),
    pytest.param("ff02::116", 427, id="slp6"),
    pytest.param("239.255.255.250", 3702, id="wsd4"),
    pytest.param("ff02::c", 3702, id="wsd6"),
    pytest.param("239.255.255.250", 1900, id="ssdp4"),
    pytest.param("ff02::c", 1900, id="ssdp6"),
]
every_group = pytest.mark.parametrize("group, port", GROUPS)


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(
        policy("RestrictMdnsPort", "RestrictSlpPort", "RestrictWsdPort", "RestrictBmlinksPort")
    )


def service(namespace, group, port):
    return probes.udp_service(namespace, port, "::" if ":" in group else "0.0.0.0", group=group)


@every_group
def test_a_multicast_query_does_not_come_in(net, group, port):
    for number, arrives in ((port, False), (port + 1, True)):
        with service(net.device, group, number) as responder:
            assert probes.udp_arrives(net.peer, group, responder, number) == arrives


@every_group
@pytest.mark.parametrize("sport", (0, 40000, None), ids=("ephemeral", "chosen", "own"))
def test_a_multicast_announcement_does_not_go_out(net, group, port, sport):
    for number, arrives in ((port, False), (port + 1, True)):
        source = number if sport is None else sport
        with service(net.peer, group, number) as listener:
            assert probes.udp_arrives(net.device, group, listener, number, sport=source) == arrives


@every_group
def test_an_answer_from_a_closed_port_does_not_go_out(net, group, port):
    target = net.PEER6 if ":" in group else net.PEER4
    for number, arrives in ((port, False), (port + 1, True)):
        with probes.udp_service(net.peer, 41000) as asker:
            assert probes.udp_arrives(net.device, target, asker, 41000, sport=number) == arrives


def test_multicast_to_groups_of_open_ports_goes_on_both_ways(net):
    for here, there in ((net.peer, net.device), (net.device, net.peer)):
        for group in ("224.0.0.252", "ff02::1:3"):
            with service(there, group, 5355) as responder:
                assert probes.udp_arrives(here, group, responder, 5355)
