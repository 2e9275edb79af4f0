# SPDX-License-Identifier: GPL-2.0-or-later
"""Refusals are counted exactly and can be looked at one by one."""

import socket
import struct
import time

import pytest

import packets
import probes
import rules
from documents import policy, profile
from probes import wait_until

# linux/netlink.h and linux/netfilter/nfnetlink.h; Python does not name them.
NETLINK_NETFILTER, NFLOG = 12, 4 << 8


def listed(bus, limit=0):
    return bus.call("ListBlocked", "u", limit)["data"][0]


def test_each_item_counts_its_own_packets_and_bytes(net, bus, secpold):
    secpold.start(policy("RestrictLpdPort", "RestrictSmbPort", "RestrictFtpPort"))
    size = len(
        packets.ipv4(
            net.PEER4, net.DEVICE4, packets.UDP, packets.udp(net.PEER4, net.DEVICE4, 2048, 515)
        )
    )
    rules.delivered(net, [515] * 25 + [137, 138, 139, 445])
    for item, count in (("RestrictLpdPort", 25), ("RestrictSmbPort", 4), ("RestrictFtpPort", 0)):
        assert bus.item(item, "BlockedPackets") == count
        assert bus.item(item, "BlockedBytes") == count * size
    assert rules.counter(net, "restrict-smb-port") == 4
    rules.delivered(net, [515] * 5)
    assert wait_until(lambda: bus.item("RestrictLpdPort", "BlockedPackets") == 30, 1)


def test_a_refusal_is_listed_with_both_ends(net, bus, secpold):
    secpold.start(policy("RestrictLpdPort"))
    start = time.time() * 1e6
    for protocol in (packets.TCP, packets.UDP, packets.UDPLITE, packets.SCTP, packets.DCCP):
        for version in (4, 6):
            rules.delivered(net, [515], protocol, version)
    assert wait_until(lambda: len(listed(bus)) == 10)
    found = listed(bus)
    assert [entry[2] for entry in found[::-2]] == ["tcp", "udp", "udplite", "sctp", "dccp"]
    assert [entry[0] for entry in found] == sorted((entry[0] for entry in found), reverse=True)
    for entry in found:
        usec, item, _, source, sport, target, dport, link = entry
        assert start - 1e6 < usec < time.time() * 1e6 + 1e6
        assert (item, sport, dport, link) == ("RestrictLpdPort", 2048, 515, "lan0")
        assert (source, target) in ((net.PEER4, net.DEVICE4), (net.PEER6, net.DEVICE6))
    assert listed(bus, 3) == found[:3]


@pytest.fixture
def odd_link(net):
    """A second wire to the peer, by an interface whose name is no text. Yields its address."""
    link = ("ip", "link", "add", b"lan\xff", "type", "veth", "peer", "name", "peer1")
    net.device.run([*link, "netns", net.peer.path()])
    net.device.run(["ip", "addr", "add", "10.79.0.1/24", "dev", b"lan\xff"])
    net.device.run(["ip", "link", "set", b"lan\xff", "up"])
    net.peer.ip("addr add 10.79.0.2/24 dev peer1")
    net.peer.ip("link set peer1 up")
    yield "10.79.0.1"
    net.peer.ip("link delete peer1")


def test_an_interface_named_in_any_bytes_does_not_hide_the_list(net, bus, secpold, odd_link):
    secpold.start(policy("RestrictLpdPort"))
    probes.udp_send(net.peer, odd_link, 515)
    assert wait_until(lambda: listed(bus))
    assert listed(bus)[0][7] == "lan\ufffd"


def test_outgoing_refusals_are_listed_without_an_interface(net, bus, secpold):
    secpold.start(policy("RestrictLpdPort"))
    with net.device, socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.bind(("", 515))
        with pytest.raises(PermissionError):
            sender.sendto(b"x", (net.PEER4, 7000))
    assert wait_until(lambda: len(listed(bus)) == 1)
    assert listed(bus)[0][1:] == ["RestrictLpdPort", "udp", net.DEVICE4, 515, net.PEER4, 7000, ""]


def test_a_flood_is_counted_whole_and_listed_in_part(net, bus, secpold):
    secpold.start(policy("RestrictLpdPort"))
    for _ in range(20):
        rules.delivered(net, [515] * 1000)
    assert bus.item("RestrictLpdPort", "BlockedPackets") == 20_000
    assert wait_until(lambda: listed(bus))
    assert len(listed(bus)) <= 256
    assert secpold.alive()


def nflog_socket(net, group):
    """Somebody else's listener on the group, as ulogd is one."""
    with net.device:
        listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    listener.bind((0, 0))
    for family, number, command in ((0, 0, 4), (0, 0, 3), (2, 0, 3), (10, 0, 3), (0, group, 1)):
        attribute = struct.pack("@HHB3x", 5, 1, command)
        body = struct.pack("@BBH", family, 0, socket.htons(number)) + attribute
        listener.send(struct.pack("@IHHII", 16 + len(body), NFLOG | 1, 5, 1, 0) + body)
        answer = listener.recv(4096)
        assert struct.unpack_from("@i", answer, 16)[0] == 0, "the group is free"
    return listener


def test_a_log_group_in_use_costs_the_list_only(net, bus, secpold):
    with nflog_socket(net, 5193):
        secpold.start(policy("RestrictLpdPort"))
        rules.delivered(net, [515] * 5)
        assert rules.is_closed(net)
        assert bus.item("RestrictLpdPort", "BlockedPackets") >= 5
        assert bus.item("RestrictLpdPort", "State") == "enforced"
        with pytest.raises(RuntimeError, match="5193"):
            listed(bus)


def test_the_log_group_can_be_chosen(net, bus, secpold):
    with nflog_socket(net, 5193):
        secpold.start(policy("RestrictLpdPort"), profile(Firewall={"LogGroup": "77"}))
        rules.delivered(net, [515])
        assert wait_until(lambda: len(listed(bus)) == 1)
