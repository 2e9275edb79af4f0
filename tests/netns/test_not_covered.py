# SPDX-License-Identifier: GPL-2.0-or-later
"""What secpold does not keep out, shown to be so: where a test here fails, the manual has to change
for the better."""

import contextlib
import hashlib
import re
import socket
import struct
import threading

import dbus
import pytest

import packets
import probes
import rules
from documents import policy
from life import import_
from probes import wait_until

POLICY = policy("RestrictLpdPort", "ForceAutoLogout")
CLOSED, OPEN = 515, 520
# linux/in.h, if_ether.h; Python does not name them.
IP_RECVERR, IP_TRANSPARENT, EXPERIMENTAL_ETHERTYPE = 11, 19, 0x88B5


@pytest.fixture
def running(secpold):
    return secpold.start(POLICY)


# Past the packet filter


def test_rules_before_the_first_hook(net, running):
    """An administrator's rules at the interface itself; so it is with tc and XDP."""
    rewrite = f"""table netdev before {{ chain first {{
        type filter hook ingress device lan0 priority 0;
        udp dport {CLOSED} udp dport set 10515;
        }}; }}"""
    frames = [
        packets.ipv4(
            net.PEER4, net.DEVICE4, packets.UDP, packets.udp(net.PEER4, net.DEVICE4, 2048, CLOSED)
        )
    ]
    assert probes.raw_delivered(net, packets.UDP, 4, frames) == set()
    net.device.nft(rewrite)
    try:
        assert probes.raw_delivered(net, packets.UDP, 4, frames) == {10515}
        assert rules.is_closed(net), "and no rewrite to a closed port leads there"
    finally:
        net.device.nft("delete table netdev before")


def test_an_open_port_that_is_handed_to_another_socket(net, running):
    """What tproxy and a socket lookup in BPF do: the packet stays one to an open port."""
    hand_over = f"""chain pre {{
        type filter hook prerouting priority -150;
        udp dport {OPEN} tproxy ip to :{CLOSED} meta mark set 1 accept;
    }}"""
    net.device.ip("rule add fwmark 1 lookup 100")
    net.device.ip("route add local 0.0.0.0/0 dev lo table 100")
    try:
        with net.device:
            closed = socket.socket(type=socket.SOCK_DGRAM)
        with net.foreign_table(hand_over), closed:
            closed.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
            closed.bind(("0.0.0.0", CLOSED))
            assert probes.udp_arrives(net.peer, net.DEVICE4, closed, OPEN)
            assert not probes.udp_arrives(net.peer, net.DEVICE4, closed, CLOSED)
    finally:
        net.device.ip("route del local 0.0.0.0/0 dev lo table 100")
        net.device.ip("rule del fwmark 1 lookup 100")


def test_a_program_that_reads_from_the_wire(net, running):
    """A packet socket sees what comes in before anything is refused, and other protocols than IP."""
    with net.device:
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    with net.peer:
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    with tap, wire:
        tap.bind(("lan0", 3))
        tap.settimeout(2)
        probes.udp_send(net.peer, net.DEVICE4, CLOSED, payload=b"to a closed port")
        wire.sendto(b"no IP at all", ("peer0", EXPERIMENTAL_ETHERTYPE, 0, 0, b"\xff" * 6))
        seen = b""
        while b"to a closed port" not in seen or b"no IP at all" not in seen:
            seen += tap.recv(65536)


def test_what_an_icmp_error_quotes(net, running):
    """A socket of a closed port that asks for errors gets what a forged one quotes, not more."""
    with net.device:
        service = socket.socket(type=socket.SOCK_DGRAM)
    with service:
        service.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        service.bind(("0.0.0.0", CLOSED))
        service.settimeout(0.3)
        quoted = packets.ipv4(
            net.DEVICE4,
            net.PEER4,
            packets.UDP,
            packets.udp(net.DEVICE4, net.PEER4, CLOSED, 7000, b"quoted"),
        )
        body = struct.pack("!BBHI", 3, 3, 0, 0) + quoted
        body = body[:2] + struct.pack("!H", packets.checksum(body)) + body[4:]
        packets.send_raw(net.peer, [packets.ipv4(net.PEER4, net.DEVICE4, 1, body)])
        assert wait_until(lambda: queued_error(service) == b"quoted")
        with pytest.raises((socket.timeout, ConnectionRefusedError)):
            service.recv(16)


def queued_error(service):
    with contextlib.suppress(OSError):
        return service.recvmsg(64, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)[0]
    return None


# Ways that the device itself offers


@contextlib.contextmanager
def relay(namespace, port, target):
    """As a program that was meant for something else, or was let in on purpose."""
    with probes.tcp_service(namespace, port) as listener:

        def serve():
            session, _ = listener.accept()
            with namespace:
                onward = socket.create_connection(target, 2)
            with session, onward:
                onward.sendall(session.recv(64))

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join()


def test_a_relay_on_an_open_port(net, running):
    with probes.tcp_service(net.device, CLOSED) as printer, relay(
        net.device, 8080, ("127.0.0.1", CLOSED)
    ):
        with net.peer, socket.create_connection((net.DEVICE4, 8080), 2) as client:
            client.sendall(b"a job")
            session, _ = printer.accept()
            with session:
                assert session.recv(16) == b"a job"


def test_another_network_namespace_on_the_device(net, running):
    """A container with an address of its own is a host of its own."""
    with probes.udp_service(net.container, CLOSED) as service:
        assert probes.udp_arrives(net.peer, net.CONTAINER4, service, CLOSED)


def test_the_device_itself(net, running):
    """A user who is logged in prints as ever."""
    with probes.tcp_service(net.device, CLOSED):
        assert probes.tcp_connects(net.device, "127.0.0.1", CLOSED)


# Who is believed


def test_a_daemon_that_lies_where_the_profile_names_nobody(bus, running, agent):
    assert bus.item("ForceAutoLogout", "State") == "pending"
    seconds = int(bus.setting("AutoLogoutSec", "Value")["data"])
    agent().report(("AutoLogout", True), ("AutoLogoutSec", dbus.UInt32(seconds)))
    assert bus.item("ForceAutoLogout", "State") == "enforced"
    assert bus.item("ForceAutoLogout", "VerifiedBy") == "agent"


def test_root_that_stops_it_and_takes_the_rules_away(net, bus, secpold):
    """What nobody is left to notice; the next start closes everything again."""
    secpold.has_store = False
    secpold.start(POLICY)
    secpold.stop()
    assert rules.is_closed(net), "a stop alone opens nothing"
    net.device.nft("flush ruleset")
    assert not rules.is_closed(net)
    secpold.start()
    assert rules.is_closed(net)


def test_somebody_who_writes_to_the_disk_of_a_device_that_is_off(net, bus, secpold):
    """Damage is noticed, forgery with its digest is not: the whole disk would have to be signed."""
    secpold.start(policy())
    import_(bus, policy("RestrictLpdPort", "RestrictRawPort"))
    secpold.kill()
    folder = secpold.state / "policies/1"
    forged = policy("RestrictRawPort")
    digest = hashlib.sha256(forged.encode()).hexdigest()
    (folder / "policy").write_text(forged, encoding="ascii")
    meta = (folder / "meta").read_text(encoding="ascii")
    (folder / "meta").write_text(re.sub(r"[0-9a-f]{64}", digest, meta), encoding="ascii")
    secpold.start()
    assert bus.manager("PolicyOrigin") == "imported"
    assert rules.delivered(net, [CLOSED, 9100]) == {CLOSED}
