# SPDX-License-Identifier: GPL-2.0-or-later
"""A host on the wire tries every way to a closed port that a stack of its own making can send.

Each is tried on an open port as well, and works there: only then is it a way at all. Where Linux
itself lets nobody go it, the test says so.
"""

import contextlib
import itertools
import socket
import struct

import pytest

import packets
import probes
from documents import policy
from topology import Topology

NUMBERS = itertools.count(1)
CLOSED, OPEN = 515, 516
# Closed as well, and of the ephemeral range, where answers to others pass the first hook.
EPHEMERAL = 49152
both_versions = pytest.mark.parametrize("version", (4, 6))
transports = pytest.mark.parametrize(
    "protocol", (packets.TCP, packets.UDP, packets.UDPLITE, packets.SCTP, packets.DCCP)
)
# linux/in.h and linux/socket.h; Python does not name them.
IPPROTO_MPTCP, MSG_FASTOPEN = 262, 0x20000000
# Numbers of the IANA's registry of protocols.
IPV4_IN_IP, IPV6_IN_IP, AUTHENTICATION, NO_NEXT_HEADER = 4, 41, 51, 59
MOBILITY, HIP, SHIM6, EXPERIMENT = 135, 139, 140, 253


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(policy("RestrictLpdPort", "RestrictSipPort"))


@contextlib.contextmanager
def sysctls(namespace, values):
    before = {name: namespace.read_sysctl(name) for name in values}
    try:
        for name, value in values.items():
            namespace.write_sysctl(name, value)
        yield
    finally:
        for name, value in before.items():
            namespace.write_sysctl(name, value)


def ends(net, version):
    return (net.PEER4, net.DEVICE4) if version == 4 else (net.PEER6, net.DEVICE6)


def request(protocol, source, target, port):
    return packets.segment(protocol, source, target, 2000 + next(NUMBERS), port)


def requests(protocol, source, target, ports=(CLOSED, EPHEMERAL, OPEN)):
    """A packet to each port."""
    return [
        packets.ip(source, target, protocol, request(protocol, source, target, port))
        for port in ports
    ]


def delivered(net, version, protocol, shape, port=CLOSED):
    """Whether what `shape(source, target, protocol, segment)` makes of a request arrives."""
    source, target = ends(net, version)
    frames = shape(source, target, protocol, request(protocol, source, target, port))
    return port in probes.raw_delivered(net, protocol, version, frames)


# Where from


@pytest.mark.parametrize("sport", (1, 20, 53, 67, 123, 161, CLOSED, 631, 5353, EPHEMERAL, 65535))
@both_versions
def test_no_source_port_is_a_way_in(net, version, sport):
    source, target = ends(net, version)
    for protocol in (packets.TCP, packets.UDP):
        frames = [
            packets.ip(
                source, target, protocol, packets.segment(protocol, source, target, sport, port)
            )
            for port in (CLOSED, EPHEMERAL, OPEN)
        ]
        assert probes.raw_delivered(net, protocol, version, frames) == {OPEN}


# What makes the device believe in addresses that do not belong on a wire.
CREDULOUS = {
    "net/ipv4/conf/lan0/route_localnet": "1",
    "net/ipv4/conf/lan0/accept_local": "1",
    "net/ipv4/conf/lan0/rp_filter": "0",
    "net/ipv4/conf/all/rp_filter": "0",
}


@pytest.mark.parametrize("source", ("127.0.0.1", "127.9.9.9", "DEVICE4", "GATEWAY4"))
def test_no_forged_address_of_the_device_itself_is_a_way_in(net, source):
    source = getattr(net, source, source)
    with sysctls(net.device, CREDULOUS):
        for protocol in (packets.TCP, packets.UDP):
            frames = requests(protocol, source, net.DEVICE4)
            # The device's answers to itself are seen beside them.
            got = probes.raw_delivered(net, protocol, 4, frames)
            assert got & {CLOSED, EPHEMERAL, OPEN} == {OPEN}


@pytest.mark.parametrize("flags", (0x00, 0x01, 0x02, 0x04, 0x10, 0x11, 0x12, 0x18, 0x29, 0xFF))
@both_versions
def test_no_combination_of_tcp_flags_gets_through_or_is_answered(net, version, flags):
    source, target = ends(net, version)
    frames = [
        packets.ip(
            source,
            target,
            packets.TCP,
            packets.tcp(source, target, 2000 + next(NUMBERS), port, flags, acknowledge=1),
        )
        for port in (CLOSED, EPHEMERAL, OPEN)
    ]
    with probes.RawListener(net.peer, packets.TCP, version) as answers:
        assert probes.raw_delivered(net, packets.TCP, version, frames) == {OPEN}
        ports = sources_of(answers, version)
    assert not ports & {CLOSED, EPHEMERAL}
    # There is no service: a reset answers whatever is none itself.
    assert (OPEN in ports) == (not flags & packets.RST)


def sources_of(listener, version):
    """Source ports of the packets that wait there."""
    ports = set()
    with contextlib.suppress(BlockingIOError):
        while True:
            data = listener.socket.recv(65536)
            start = (data[0] & 15) * 4 if version == 4 else 0
            ports.add(struct.unpack_from("!H", data, start)[0])
    return ports


# Where to


@pytest.mark.parametrize("target", ("127.0.0.1", "127.9.9.9"))
@pytest.mark.parametrize("protocol", (packets.TCP, packets.UDP))
def test_loopback_addresses_from_the_wire_are_no_way_in(net, protocol, target):
    with sysctls(net.device, CREDULOUS):
        frames = requests(protocol, net.PEER4, target)
        assert probes.raw_delivered(net, protocol, 4, frames, via=net.DEVICE4) == {OPEN}


# The second is the anycast address of every router of the network.
@pytest.mark.parametrize(
    "target", ("GATEWAY6", "fd77::", "fd78::", "ff02::1", "ff02::2", "ff02::1:ff00:1", "link-local")
)
@transports
def test_no_kind_of_ipv6_address_is_a_way_in(net, protocol, target):
    if target == "link-local":
        shown = net.device.ip("-6 -o addr show dev lan0 scope link")
        target = shown.split(" inet6 ")[1].partition("/")[0]
    target = getattr(net, target, target)
    frames = requests(protocol, net.PEER6, target)
    got = probes.raw_delivered(net, protocol, 6, frames, via=net.DEVICE6)
    assert got == {OPEN}


@pytest.mark.parametrize(
    "target", ("BROADCAST4", "255.255.255.255", "224.0.0.1", "GATEWAY4", "10.78.0.255")
)
@pytest.mark.parametrize("protocol", (packets.UDP, packets.UDPLITE))
def test_no_kind_of_ipv4_address_is_a_way_in(net, protocol, target):
    target = getattr(net, target, target)
    frames = requests(protocol, net.PEER4, target)
    with sysctls(net.device, {"net/ipv4/conf/lan0/bc_forwarding": "1"}):
        assert probes.raw_delivered(net, protocol, 4, frames, via=net.DEVICE4) == {OPEN}


@pytest.mark.parametrize("target", ("::ffff:10.77.0.1", "::10.77.0.1", "::1", "::"))
def test_an_ipv4_address_in_ipv6_from_the_wire_is_no_way_in(net, target):
    """Nor is it to open ports: Linux itself refuses them."""
    with probes.udp_service(net.device, CLOSED) as service:
        for protocol in (packets.TCP, packets.UDP):
            frames = requests(protocol, net.PEER6, target)
            assert probes.raw_delivered(net, protocol, 6, frames, via=net.DEVICE6) == set()
        assert probes.receives(service) is None


# Detours


LOOSE, STRICT = 0x83, 0x89


@pytest.mark.parametrize("kind", (LOOSE, STRICT))
@transports
def test_an_ipv4_source_route_is_no_way_in(net, protocol, kind):
    """Through one address of the device to another, where it follows such routes."""
    route = bytes([kind, 7, 4]) + socket.inet_aton(net.GATEWAY4) + b"\0"

    def shape(source, target, number, segment):
        return [packets.ipv4(source, target, number, segment, options=route)]

    with sysctls(
        net.device,
        {f"net/ipv4/conf/{name}/accept_source_route": "1" for name in ("all", "lan0")} | CREDULOUS,
    ):
        assert delivered(net, 4, protocol, shape, OPEN)
        assert not delivered(net, 4, protocol, shape)


def segment_routing(inner, left, *addresses):
    """RFC 8754: the last address of the list is the next but `left`."""
    body = b"".join(socket.inet_pton(socket.AF_INET6, address) for address in addresses)
    head = struct.pack("!BBBBBBH", inner, len(body) // 8, 4, left, len(addresses) - 1, 0, 0)
    return head + body


SEGMENTS = {f"net/ipv6/conf/{name}/seg6_enabled": "1" for name in ("all", "default", "lan0", "lo")}


def through_another_address(source, target, protocol, segment):
    header = segment_routing(protocol, 1, Topology.GATEWAY6, target)
    return [packets.ipv6(source, target, packets.ROUTING, header + segment)]


def packed_in(source, target, protocol, segment):
    inner = packets.ipv6(source, target, protocol, segment)
    header = segment_routing(IPV6_IN_IP, 0, target)
    return [packets.ipv6(source, target, packets.ROUTING, header + inner)]


@pytest.mark.parametrize("way", (through_another_address, packed_in))
@transports
def test_ipv6_segment_routing_is_no_way_in(net, protocol, way):
    if not net.device.has_sysctl("net/ipv6/conf/lan0/seg6_enabled"):
        pytest.skip("this kernel knows no segment routing")
    with sysctls(net.device, SEGMENTS):
        assert delivered(net, 6, protocol, way, OPEN)
        assert not delivered(net, 6, protocol, way)


# Fragments that are not what they seem


def fragment6(source, target, inner, payload, offset, more, ident):
    header = packets.fragment_header(inner, offset, more, ident)
    return packets.ipv6(source, target, packets.FRAGMENT, header + payload)


def in_an_atomic_one(source, target, protocol, segment):
    """The fragment header that counts comes second, and hides its first fragment's ports."""
    ident = next(NUMBERS)
    whole = packets.options_header(protocol, 8) + segment + bytes(-len(segment) % 8)
    atomic = packets.fragment_header(packets.FRAGMENT, 0, False, ident + 5000)
    return [
        packets.ipv6(
            source,
            target,
            packets.FRAGMENT,
            atomic
            + packets.fragment_header(packets.DESTINATION_OPTIONS, at, at + 8 < len(whole), ident)
            + whole[at : at + 8],
        )
        for at in range(0, len(whole), 8)
    ]


def in_each_other(source, target, protocol, segment):
    """Fragments of fragments: what the first ones put together is a fragment again."""
    ident, size = next(NUMBERS), 16
    whole = segment + bytes(-len(segment) % 8)
    frames = []
    for at in range(0, len(whole), size):
        part = whole[at : at + size]
        inner = packets.fragment_header(protocol, at, at + size < len(whole), ident) + part
        outer = ident + 6000 + at
        for begin in range(0, len(inner), 8):
            last = begin + 8 >= len(inner)
            frames.append(
                fragment6(
                    source,
                    target,
                    packets.FRAGMENT,
                    inner[begin : begin + 8],
                    begin,
                    not last,
                    outer,
                )
            )
    return frames


def twice_atomic(source, target, protocol, segment):
    first = packets.fragment_header(packets.FRAGMENT, 0, False, 1)
    second = packets.fragment_header(protocol, 0, False, 2)
    return [packets.ipv6(source, target, packets.FRAGMENT, first + second + segment)]


def behind_options(source, target, protocol, segment):
    """The ports stand in the second fragment, behind options that fill the first."""
    whole = packets.options_header(protocol, 64) + segment + bytes(-len(segment) % 8)
    return packets.fragments6(source, target, packets.DESTINATION_OPTIONS, whole, 64, next(NUMBERS))


NESTED = (in_an_atomic_one, in_each_other, twice_atomic, behind_options)


@pytest.mark.parametrize("shape", NESTED)
@transports
def test_fragments_in_fragments_are_no_way_in(net, protocol, shape):
    """Linux itself refuses them as well."""
    assert not delivered(net, 6, protocol, shape)


def overlapping(first, second):
    """Two first fragments, one to each port, then the rest."""

    def shape(source, target, protocol, segment):
        make = packets.fragments4 if "." in source else packets.fragments6
        whole = {
            port: request(protocol, source, target, port) + bytes(48) for port in (CLOSED, OPEN)
        }
        ident = next(NUMBERS)
        parts = {
            port: make(source, target, protocol, whole[port][:72], 24, ident) for port in whole
        }
        return [parts[first][0], parts[second][0], *parts[second][1:]]

    return shape


@pytest.mark.parametrize("first, second", ((OPEN, CLOSED), (CLOSED, OPEN)))
@both_versions
def test_overlapping_fragments_are_no_way_in(net, version, first, second):
    for protocol in (packets.TCP, packets.UDP):
        assert not delivered(net, version, protocol, overlapping(first, second))


@pytest.mark.parametrize("size", range(1, 8))
@pytest.mark.parametrize("protocol", (packets.TCP, packets.UDP))
def test_a_first_fragment_that_ends_before_the_port_is_no_way_in(net, protocol, size):
    """Fragments end at multiples of eight bytes; this one does not, and does not show the port."""

    def shape(source, target, number, segment):
        ident = next(NUMBERS)
        rest = segment + bytes(16)
        return [
            packets.ipv4(source, target, number, rest[:size], 0, True, ident),
            packets.ipv4(source, target, number, rest[:8], 0, True, ident)[:20] + rest[: size + 8],
            packets.ipv4(source, target, number, rest[8:], 8, False, ident),
        ]

    assert not delivered(net, 4, protocol, shape)


# Headers that hardly anybody knows


@pytest.mark.parametrize(
    "header", (AUTHENTICATION, MOBILITY, HIP, SHIM6, EXPERIMENT, NO_NEXT_HEADER)
)
def test_a_header_that_hardly_anybody_knows_is_no_way_in(net, header):
    """Nor is it to open ports, as long as nothing on the device knows it."""

    def shape(source, target, number, segment):
        return [packets.ipv6(source, target, header, bytes([number]) + bytes(7) + segment)]

    for protocol in (packets.TCP, packets.UDP):
        assert not delivered(net, 6, protocol, shape)


@both_versions
def test_a_packet_in_a_packet_is_no_way_in_where_no_tunnel_is(net, version):
    """Nor is it to open ports."""
    source, target = ends(net, version)
    for inner in (4, 6):
        inside = [
            packets.ip(source, target, IPV6_IN_IP if inner == 6 else IPV4_IN_IP, packet)
            for packet in requests(packets.UDP, *ends(net, inner))
        ]
        assert probes.raw_delivered(net, packets.UDP, version, inside) == set()


# Ways to open a connection


def test_data_in_the_syn_does_not_get_in(net):
    """TCP Fast Open, with a service that takes data from strangers."""
    with sysctls(net.device, {"net/ipv4/tcp_fastopen": "0x603"}), sysctls(
        net.peer, {"net/ipv4/tcp_fastopen": "0x5"}
    ):
        for port, expected in ((OPEN, b"early"), (CLOSED, None)):
            with probes.tcp_service(net.device, port) as listener, net.peer:
                with socket.socket() as client:
                    client.setblocking(False)
                    with contextlib.suppress(BlockingIOError):
                        client.sendto(b"early", MSG_FASTOPEN, (net.DEVICE4, port))
                    assert first_data(listener) == expected


def first_data(listener):
    listener.settimeout(probes.WAIT)
    try:
        session, _ = listener.accept()
    except socket.timeout:
        return None
    with session:
        session.settimeout(probes.WAIT)
        return session.recv(16)


@both_versions
def test_multipath_tcp_does_not_get_in(net, version):
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    _, target = ends(net, version)
    for port, expected in ((OPEN, True), (CLOSED, False)):
        with net.device:
            listener = socket.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP)
        with net.peer:
            client = socket.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP)
        with listener, client:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((target, port))
            listener.listen()
            client.settimeout(probes.WAIT)
            try:
                client.connect((target, port))
                assert expected
            except socket.timeout:
                assert not expected


@both_versions
def test_two_that_connect_to_each_other_at_the_same_time_do_not_get_together(net, version):
    """Neither end listens: each believes that the other one does."""
    source, target = ends(net, version)
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    for port, expected in ((OPEN, True), (CLOSED, False)):
        with net.device:
            inside = socket.socket(family)
        with net.peer:
            outside = socket.socket(family)
        with inside, outside:
            for client, own in ((inside, (target, port)), (outside, (source, 7001))):
                client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                client.bind(own)
                client.setblocking(False)
            # Nobody may answer with a reset before both have begun.
            with held_back(net.peer):
                inside.connect_ex((source, 7001))
                outside.connect_ex((target, port))
            assert probes.wait_until(lambda: connected(inside), 3 if expected else 1.5) == expected


@contextlib.contextmanager
def held_back(namespace):
    """Resets are kept in while the block runs."""
    namespace.nft(
        """table inet held { chain out { type filter hook output priority 0;
        tcp flags rst drop; }; }"""
    )
    try:
        yield
    finally:
        namespace.nft("delete table inet held")


def connected(client):
    try:
        client.getpeername()
        return True
    except OSError:
        return False
