# SPDX-License-Identifier: GPL-2.0-or-later
"""A closed port is closed on every kind of link that Linux has, with the unit that is installed."""

import contextlib
import platform
import socket
import struct

import pytest

import links
import packets
import probes
import rules
from unit import Unit, run, write
from wire import Wire

CLOSED, EPHEMERAL, OPEN = 515, 49152, 516
PORTS = (CLOSED, EPHEMERAL, OPEN)
POLICY = """[Policy]
FormatVersion=1
Name=Links
Serial=1
[Network]
RestrictLpdPort=yes
RestrictSipPort=yes
"""
GUEST = {"timeout": 300}
UNPACKS_BY_ITSELF = 5556
# linux/if_ether.h and linux/in.h.
ETH_P_IP, ESP = 0x0800, 50

unit = Unit()


@pytest.fixture(scope="module", autouse=True)
def net():
    write("/etc/secpold/default.policy", POLICY)
    unit.do("start")
    unit.wait_state("enforcing")
    # What ip(8) does not load by itself.
    for module in ("fou", "l2tp_eth", "l2tp_ip"):
        run("modprobe", module)
    wire = Wire().connect()
    yield wire
    wire.close()


@pytest.mark.parametrize("kind", links.LINKS)
def test_no_link_is_a_way_in(net, kind):
    with links.link(net, kind) as versions:
        for version in versions:
            for protocol in (packets.TCP, packets.UDP):
                assert links.delivered(net, version, protocol, PORTS) == {OPEN}


@pytest.mark.parametrize("kind", links.IPSEC)
def test_ipsec_is_no_way_in(net, kind):
    """Packets come encrypted, and what is in them is looked at once they are not."""
    with links.ipsec(net, kind), encrypted(net):
        for protocol in (packets.TCP, packets.UDP):
            assert rules.delivered(net, PORTS, protocol) == {OPEN}


@contextlib.contextmanager
def encrypted(net):
    """Whether it is, is seen on the wire, where what is unpacked from a tunnel shows as well."""
    with net.device:
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    with tap:
        tap.bind(("lan0", ETH_P_IP))
        tap.setblocking(False)
        yield
        seen = set()
        with contextlib.suppress(BlockingIOError):
            while True:
                data = tap.recv(65536)
                port = struct.unpack_from("!H", data, 22)[0] if data[9] == packets.UDP else None
                seen.add((data[9], port))
    assert seen & {(ESP, None), (packets.UDP, links.ESP_IN_UDP)}


def redirected(net):
    """Where datagrams to these ports arrive that come by the link."""
    with net.foreign_table(
        """chain pre { type nat hook prerouting priority -100;
            udp dport { 515, 520 } redirect to :10515; udp dport 10516 redirect to :515; }"""
    ):
        source, target = links.OTHER[4], links.OWN[4]
        return {
            port: probes.raw_delivered(
                net,
                packets.UDP,
                4,
                [
                    packets.ipv4(
                        source, target, packets.UDP, packets.udp(source, target, 3100, port)
                    )
                ],
                source,
                target,
            )
            for port in (515, 520, 10516)
        }


def test_a_redirect_on_another_link_leads_nowhere(net):
    with links.link(net, "another wire"):
        assert redirected(net) == {515: set(), 520: {10515}, 10516: set()}


def test_not_covered_a_redirect_off_a_closed_port_in_a_routing_domain_of_its_own(net):
    """Old kernels ask the first hook's question of a table that lacks a VRF's IPv4 addresses."""
    asks_the_wrong_table = platform.release().startswith("6.1.")
    with links.link(net, "vrf"):
        got = redirected(net)
    assert got == {515: {10515} if asks_the_wrong_table else set(), 520: {10515}, 10516: set()}


def test_not_covered_what_the_kernel_unpacks_without_asking_again(net):
    """Whoever has the device take UDP or TCP out of UDP (fou) lets it in; answers do not get out."""
    net.device.ip(f"fou add port {UNPACKS_BY_ITSELF} ipproto {packets.UDP}")
    try:
        inner = packets.udp(net.PEER4, net.DEVICE4, 3200, CLOSED)
        outer = packets.udp(net.PEER4, net.DEVICE4, 3200, UNPACKS_BY_ITSELF, payload=inner)
        frame = packets.ipv4(net.PEER4, net.DEVICE4, packets.UDP, outer)
        with probes.udp_service(net.device, CLOSED, "0.0.0.0") as service:
            packets.send_raw(net.peer, [frame])
            assert probes.receives(service, 5)
            assert not probes.udp_send(net.device, net.PEER4, 3200, sport=CLOSED)
    finally:
        net.device.ip(f"fou del port {UNPACKS_BY_ITSELF}")
