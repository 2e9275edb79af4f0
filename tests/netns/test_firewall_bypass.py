# SPDX-License-Identifier: GPL-2.0-or-later
"""No rewriting by others and no odd packet leads past a closed port."""

import itertools

import pytest

import packets
import probes
from documents import policy

NUMBERS = itertools.count(1)
both_versions = pytest.mark.parametrize("version", (4, 6))
transports = pytest.mark.parametrize(
    "protocol", (packets.TCP, packets.UDP, packets.UDPLITE, packets.SCTP, packets.DCCP)
)


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(policy("RestrictLpdPort", "RestrictSipPort"))


def segment_to(net, version, protocol, port):
    source, target = ends(net, version)
    return packets.segment(protocol, source, target, 2000 + next(NUMBERS), port)


def ends(net, version):
    return (net.PEER4, net.DEVICE4) if version == 4 else (net.PEER6, net.DEVICE6)


def delivered(net, version, protocol, port, shape):
    """Whether what `shape(source, target, protocol, segment)` makes of a request arrives."""
    source, target = ends(net, version)
    frames = shape(source, target, protocol, segment_to(net, version, protocol, port))
    return port in probes.raw_delivered(net, protocol, version, frames)


# Rewriting

# Every place netfilter itself uses in prerouting, the first and the last there are, and their
# neighbours; NAT is only possible after conntrack (-200).
NAT_PRIORITIES = (-199, -150, -101, -100, -99, 0, 1, 300, 2147483646, 2147483647)
FILTER_PRIORITIES = (-2147483647, -1000, -450, -400, -300, -225, -200, *NAT_PRIORITIES)


@pytest.mark.parametrize("priority", NAT_PRIORITIES)
def test_a_redirect_from_or_onto_a_closed_port_leads_nowhere(net, priority):
    nat = f"""chain pre {{
        type nat hook prerouting priority {priority};
        meta l4proto {{ tcp, udp }} th dport {{ 515, 520 }} redirect to :10515;
        meta l4proto {{ tcp, udp }} th dport 10516 redirect to :515;
    }}"""
    with net.foreign_table(nat), probes.tcp_service(net.device, 10515), probes.tcp_service(
        net.device, 515
    ), probes.udp_service(net.device, 10515) as aside, probes.udp_service(
        net.device, 515
    ) as closed:
        for target in (net.DEVICE4, net.DEVICE6):
            assert probes.tcp_connects(net.peer, target, 520), "the redirect itself works"
            assert not probes.tcp_connects(net.peer, target, 515)
            assert not probes.tcp_connects(net.peer, target, 10516)
            assert probes.udp_arrives(net.peer, target, aside, 520), "the redirect itself works"
            assert not probes.udp_arrives(net.peer, target, aside, 515)
            assert not probes.udp_arrives(net.peer, target, closed, 10516)


@pytest.mark.parametrize("priority", FILTER_PRIORITIES)
@both_versions
def test_a_stateless_rewrite_from_or_onto_a_closed_port_leads_nowhere(net, priority, version):
    rewrite = f"""chain pre {{
        type filter hook prerouting priority {priority};
        udp dport 10516 udp dport set 515 accept;
        udp dport {{ 515, 520 }} udp dport set 10515;
    }}"""
    source, target = ends(net, version)
    with net.foreign_table(rewrite):
        got = {
            port: probes.raw_delivered(
                net,
                packets.UDP,
                version,
                [
                    packets.ip(
                        source, target, packets.UDP, segment_to(net, version, packets.UDP, port)
                    )
                ],
            )
            for port in (515, 520, 10516)
        }
    assert got == {515: set(), 520: {10515}, 10516: set()}


@pytest.mark.parametrize("priority", (-2147483648, -150, 0, 2147483646))
def test_a_rewrite_onto_a_closed_port_at_input_leads_nowhere(net, priority):
    with net.foreign_table(
        f"""chain input {{
            type filter hook input priority {priority};
            udp dport 10516 udp dport set 515;
            udp dport 10517 udp dport set 517;
            }}"""
    ):
        assert not {515} & probes.raw_delivered(
            net,
            packets.UDP,
            4,
            [packets.ipv4(*ends(net, 4), packets.UDP, segment_to(net, 4, packets.UDP, 10516))],
        )
        assert probes.raw_delivered(
            net,
            packets.UDP,
            4,
            [packets.ipv4(*ends(net, 4), packets.UDP, segment_to(net, 4, packets.UDP, 10517))],
        ) == {517}


@pytest.mark.parametrize("size", (8, 16, 24))
def test_a_syn_in_tiny_fragments_does_not_follow_a_redirect_off_a_closed_ephemeral_port(net, size):
    nat = """chain pre { type nat hook prerouting priority -100;
        tcp dport { 49152, 49153 } redirect to :10152; }"""
    with net.foreign_table(nat):
        for port, expected in ((49152, set()), (49153, {10152})):
            frames = packets.fragments4(
                *ends(net, 4),
                packets.TCP,
                segment_to(net, 4, packets.TCP, port),
                size,
                next(NUMBERS),
            )
            assert probes.raw_delivered(net, packets.TCP, 4, frames) == expected


@pytest.mark.parametrize("flags", (packets.SYN, 0x42, 0xC2, 0x0A, 0x22, 0xE2))
def test_no_kind_of_syn_reaches_a_closed_ephemeral_port(net, flags):
    source, target = ends(net, 4)
    with net.foreign_table(
        """chain pre { type nat hook prerouting priority -100;
            tcp dport { 49152, 49153 } redirect to :10152; }"""
    ):
        for port, expected in ((49152, set()), (49153, {10152})):
            syn = packets.tcp(source, target, 2000 + next(NUMBERS), port, flags)
            frames = [packets.ipv4(source, target, packets.TCP, syn)]
            assert probes.raw_delivered(net, packets.TCP, 4, frames) == expected


# Odd packets


def fragments(size, reverse=False):
    def shape(source, target, protocol, segment):
        make = packets.fragments4 if "." in source else packets.fragments6
        frames = make(source, target, protocol, segment + bytes(24), size, next(NUMBERS))
        return frames[::-1] if reverse else frames

    return shape


@transports
@both_versions
@pytest.mark.parametrize("reverse", (False, True), ids=("forward", "reversed"))
def test_fragments_of_any_order_do_not_reach_a_closed_port(net, version, protocol, reverse):
    # An IPv6 fragment of 8 bytes would end within the TCP header, which Linux itself refuses.
    shape = fragments(24 if (version, protocol) == (6, packets.TCP) else 8, reverse)
    assert delivered(net, version, protocol, 516, shape)
    assert not delivered(net, version, protocol, 515, shape)


def hidden_transport(source, target, protocol, segment):
    """Fragments of which the first ends within the header chain, before any port."""
    chain = packets.options_header(packets.DESTINATION_OPTIONS, 16) + packets.options_header(
        protocol
    )
    return packets.fragments6(
        source, target, packets.DESTINATION_OPTIONS, chain + segment, 8, next(NUMBERS)
    )


def test_fragments_whose_first_shows_the_port_go_on_to_open_ports(net):
    def shape(source, target, protocol, segment):
        chain = packets.options_header(protocol)
        return packets.fragments6(
            source,
            target,
            packets.DESTINATION_OPTIONS,
            chain + segment + bytes(64),
            32,
            next(NUMBERS),
        )

    assert delivered(net, 6, packets.UDP, 516, shape)
    assert not delivered(net, 6, packets.UDP, 515, shape)


@transports
def test_a_fragmented_ipv6_header_chain_does_not_reach_a_closed_port(net, protocol):
    assert not delivered(net, 6, protocol, 515, hidden_transport)


def test_a_fragmented_ipv6_header_chain_does_not_follow_a_redirect(net):
    with net.foreign_table(
        """chain pre { type nat hook prerouting priority -100;
            udp dport 515 redirect to :10515; }"""
    ):
        assert (
            probes.raw_delivered(
                net,
                packets.UDP,
                6,
                hidden_transport(*ends(net, 6), packets.UDP, segment_to(net, 6, packets.UDP, 515)),
            )
            == set()
        )


@pytest.mark.parametrize("hidden", (False, True), ids=("plain", "hidden"))
def test_a_packet_rewritten_to_the_devices_address_does_not_reach_a_closed_port(net, hidden):
    """Prerouting takes it for one to be forwarded, so input has to refuse it."""
    elsewhere = "fd99::9"
    net.peer.ip(f"-6 route replace {elsewhere} via {net.DEVICE6}")
    rewrite = f"""chain pre {{
        type filter hook prerouting priority 0;
        ip6 daddr {elsewhere} ip6 daddr set {net.DEVICE6};
    }}"""

    def delivered_to(port):
        request = packets.udp(net.PEER6, elsewhere, 2000 + next(NUMBERS), port)
        shape = hidden_transport if hidden else lambda *parts: [packets.ipv6(*parts)]
        frames = shape(net.PEER6, elsewhere, packets.UDP, request)
        return probes.raw_delivered(net, packets.UDP, 6, frames)

    with net.foreign_table(rewrite):
        assert delivered_to(515) == set()
        assert hidden or delivered_to(516) == {516}, "the rewrite itself works"


EXTENSIONS = {
    "hop-by-hop": (packets.HOP_OPTIONS, packets.options_header),
    "destination options": (packets.DESTINATION_OPTIONS, packets.options_header),
    "routing": (packets.ROUTING, packets.routing_header),
    "atomic fragment": (
        packets.FRAGMENT,
        lambda inner: packets.fragment_header(inner, 0, False, 7),
    ),
    "many": (
        packets.HOP_OPTIONS,
        lambda inner: packets.options_header(packets.DESTINATION_OPTIONS)
        + packets.options_header(packets.DESTINATION_OPTIONS, 256) * 4
        + packets.options_header(packets.FRAGMENT, 16)
        + packets.fragment_header(packets.DESTINATION_OPTIONS, 0, False, 8)
        + packets.options_header(inner),
    ),
}


@pytest.mark.parametrize("kind", EXTENSIONS)
@transports
def test_ipv6_extension_headers_do_not_lead_to_a_closed_port(net, kind, protocol):
    first, build = EXTENSIONS[kind]

    def shape(source, target, number, segment):
        return [packets.ipv6(source, target, first, build(number) + segment)]

    assert delivered(net, 6, protocol, 516, shape)
    assert not delivered(net, 6, protocol, 515, shape)


IPV4_OPTIONS = {
    "no-operation": b"\x01" * 4,
    "router alert": b"\x94\x04\x00\x00",
    "record route": b"\x07\x0f\x04" + bytes(13),
    "timestamp": b"\x44\x0c\x05\x00" + bytes(8),
}


@pytest.mark.parametrize("kind", IPV4_OPTIONS)
@transports
def test_ipv4_options_do_not_lead_to_a_closed_port(net, kind, protocol):
    def shape(source, target, number, segment):
        return [packets.ipv4(source, target, number, segment, options=IPV4_OPTIONS[kind])]

    assert delivered(net, 4, protocol, 516, shape)
    assert not delivered(net, 4, protocol, 515, shape)
