# SPDX-License-Identifier: GPL-2.0-or-later
"""Ports of requested items are closed, everything else goes on."""

import pytest

import packets
import probes
from documents import PORTS, policy

HALVES = (list(PORTS)[::2], list(PORTS)[1::2])
PROTOCOLS = {
    "tcp": packets.TCP,
    "udp": packets.UDP,
    "udplite": packets.UDPLITE,
    "sctp": packets.SCTP,
    "dccp": packets.DCCP,
}
every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)
both_versions = pytest.mark.parametrize("version", (4, 6))


def ports_of(items):
    return {port for item in items for port in PORTS[item]}


def delivered(net, protocol, version, ports):
    source, target = (net.PEER4, net.DEVICE4) if version == 4 else (net.PEER6, net.DEVICE6)
    number = PROTOCOLS[protocol]
    frames = [
        packets.ip(source, target, number, packets.segment(number, source, target, 2048, port))
        for port in sorted(ports)
    ]
    return probes.raw_delivered(net, number, version, frames)


@pytest.fixture(scope="module", autouse=True)
def running(net, shared):
    """Starts without a policy; the first test is the one that needs that."""
    shared.start()
    everything = ports_of(PORTS)
    assert {
        (protocol, version): delivered(net, protocol, version, everything)
        for protocol in PROTOCOLS
        for version in (4, 6)
    } == {
        (protocol, version): everything for protocol in PROTOCOLS for version in (4, 6)
    }, "without a policy every port is open"
    shared.reload(policy(*HALVES[0]))
    return shared


@every_protocol
@both_versions
def test_every_port_of_a_requested_item_is_closed(net, protocol, version):
    assert delivered(net, protocol, version, ports_of(HALVES[0])) == set()


@every_protocol
@both_versions
def test_every_port_of_an_item_not_asked_for_is_open(net, protocol, version):
    assert delivered(net, protocol, version, ports_of(HALVES[1])) == ports_of(HALVES[1])


@pytest.mark.parametrize("address", ("DEVICE4", "DEVICE6", "GATEWAY4", "GATEWAY6"))
def test_a_client_reaches_open_services_only_at_every_address_of_the_device(net, address):
    target = getattr(net, address)
    with probes.tcp_service(net.device, 515), probes.udp_service(
        net.device, 515
    ) as closed, probes.tcp_service(net.device, 9100), probes.udp_service(
        net.device, 9100
    ) as opened:
        assert not probes.tcp_connects(net.peer, target, 515)
        assert probes.tcp_connects(net.peer, target, 9100)
        assert not probes.udp_arrives(net.peer, target, closed, 515)
        assert probes.udp_arrives(net.peer, target, opened, 9100)


def test_broadcasts_to_a_closed_port_do_not_arrive(net):
    with probes.udp_service(net.device, 137, "0.0.0.0") as closed, probes.udp_service(
        net.device, 3702, "0.0.0.0"
    ) as opened:
        assert not probes.udp_arrives(net.peer, net.BROADCAST4, closed, 137)
        assert probes.udp_arrives(net.peer, net.BROADCAST4, opened, 3702)


@pytest.mark.parametrize("address", ("127.0.0.1", "127.9.9.9", "::1", "DEVICE4", "DEVICE6"))
def test_the_device_reaches_its_own_closed_ports(net, address):
    address = getattr(net, address, address)
    with probes.tcp_service(net.device, 515), probes.udp_service(net.device, 515) as service:
        assert probes.tcp_connects(net.device, address, 515)
        assert probes.udp_arrives(net.device, address, service, 515)


@pytest.mark.parametrize("address", ("PEER4", "PEER6"))
def test_a_closed_port_does_not_speak(net, address):
    target = getattr(net, address)
    with probes.tcp_service(net.peer, 7000), probes.udp_service(net.peer, 7000) as service:
        assert not probes.tcp_connects(net.device, target, 7000, sport=515)
        assert not probes.udp_arrives(net.device, target, service, 7000, sport=515)
        assert probes.tcp_connects(net.device, target, 7000, sport=9100)
        assert probes.udp_arrives(net.device, target, service, 7000, sport=9100)


@pytest.mark.parametrize("address", ("PEER4", "PEER6"))
def test_the_device_reaches_the_same_port_of_others(net, address):
    target = getattr(net, address)
    with probes.tcp_service(net.peer, 515), probes.udp_service(net.peer, 515) as service:
        assert probes.tcp_connects(net.device, target, 515)
        assert probes.udp_arrives(net.device, target, service, 515)


@pytest.mark.parametrize("port", (515, 49152))
def test_forwarded_traffic_goes_on(net, port):
    for here, there, address in (
        (net.peer, net.container, net.CONTAINER4),
        (net.peer, net.container, net.CONTAINER6),
        (net.container, net.peer, net.PEER4),
        (net.container, net.peer, net.PEER6),
    ):
        with probes.tcp_service(there, port), probes.udp_service(there, port) as service:
            assert probes.tcp_connects(here, address, port)
            assert probes.udp_arrives(here, address, service, port)


@pytest.mark.parametrize("port", (49152, 60000))
def test_a_masqueraded_tcp_connection_from_a_closed_ephemeral_port_goes_on(net, running, port):
    running.reload(policy("RestrictSipPort", "RestrictWsdPort"))
    masquerade = 'chain post { type nat hook postrouting priority 100; oifname "lan0" masquerade; }'
    with net.foreign_table(masquerade):
        for target in (net.PEER4, net.PEER6):
            with probes.tcp_service(net.peer, 7000) as listener:
                assert probes.tcp_connects(net.container, target, 7000, sport=port, seconds=2)
                _, source = listener.accept()
            assert source[1] == port
        for target in (net.DEVICE4, net.DEVICE6):
            with probes.tcp_service(net.device, port):
                assert not probes.tcp_connects(net.peer, target, port)
    running.reload(policy(*HALVES[0]))
