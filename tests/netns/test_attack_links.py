# SPDX-License-Identifier: GPL-2.0-or-later
"""A closed port is closed on whatever link a packet comes by, also in a tunnel and on a link that is
younger than the rules. What this kernel does not know is tried in tests/vm/test_attack_links.py."""

import contextlib
import fcntl
import struct

import pytest

import links
import packets
import probes
from documents import policy

CLOSED, EPHEMERAL, OPEN = 515, 49152, 516
# linux/if_tun.h; Python does not name them.
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(policy("RestrictLpdPort", "RestrictSipPort"))


@pytest.mark.parametrize("kind", links.LINKS)
def test_no_link_is_a_way_in(net, kind):
    try:
        with links.link(net, kind) as versions:
            for version in versions:
                for protocol in (packets.TCP, packets.UDP):
                    got = links.delivered(net, version, protocol, (CLOSED, EPHEMERAL, OPEN))
                    assert got == {OPEN}
    except links.NoSuchLink as missing:
        pytest.skip(f"this kernel has none: {missing}")


@pytest.mark.parametrize("filtered", ("0", "1"))
def test_frames_that_a_bridge_hands_to_the_packet_filter_are_no_way_in(net, filtered):
    name = "net/bridge/bridge-nf-call-iptables"
    with links.link(net, "bridge"):
        before = net.device.read_sysctl(name)
        net.device.write_sysctl(name, filtered)
        try:
            got = links.delivered(net, 4, packets.UDP, (CLOSED, EPHEMERAL, OPEN))
        finally:
            net.device.write_sysctl(name, before)
    assert got == {OPEN}


@contextlib.contextmanager
def tunnel_of_a_program(net):
    """What a program on the device writes to it has come by tun0."""
    with net.device, open("/dev/net/tun", "r+b", buffering=0) as program:
        fcntl.ioctl(program, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI))
        net.device.ip("link set tun0 up")
        for version, length in ((4, 24), (6, 64)):
            net.device.ip(f"addr add {links.OWN[version]}/{length} dev tun0")
        yield program


@pytest.mark.parametrize("version", (4, 6))
def test_what_a_vpn_in_user_space_hands_over_is_no_way_in(net, version):
    source, target = links.OTHER[version], links.OWN[version]
    with tunnel_of_a_program(net) as program:
        for protocol in (packets.TCP, packets.UDP):
            with probes.RawListener(net.device, protocol, version) as listener:
                for port in (CLOSED, EPHEMERAL, OPEN):
                    segment = packets.segment(protocol, source, target, 3000, port)
                    program.write(packets.ip(source, target, protocol, segment))
                # Of what comes before the last one nothing is left.
                assert listener.ports_until(OPEN) == set()
