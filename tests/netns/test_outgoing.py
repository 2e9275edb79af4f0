# SPDX-License-Identifier: GPL-2.0-or-later
"""Outgoing connections do not take a closed port for their own, and running ones on it end."""

import contextlib
import socket

import pytest

import probes
from documents import policy
from probes import wait_until

RANGE, RESERVED = "net/ipv4/ip_local_port_range", "net/ipv4/ip_local_reserved_ports"


@pytest.fixture(autouse=True)
def own_range(net):
    before = net.device.read_sysctl(RANGE)
    yield
    net.device.write_sysctl(RANGE, before)
    net.device.write_sysctl(RESERVED, "\n")


def reserved(net):
    ports = set()
    for part in filter(None, net.device.read_sysctl(RESERVED).split(",")):
        first, _, last = part.partition("-")
        ports |= set(range(int(first), int(last or first) + 1))
    return ports


def source_ports(net, count):
    """Source ports the device chooses for outgoing TCP and UDP to the peer."""
    ports = set()
    with probes.tcp_service(net.peer, 7000), contextlib.ExitStack() as kept:
        for _ in range(count):
            with net.device:
                stream = kept.enter_context(socket.socket())
                datagram = kept.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            stream.settimeout(2)
            for client in (stream, datagram):
                client.connect((net.PEER4, 7000))
                ports.add(client.getsockname()[1])
    return ports


def test_an_outgoing_connection_is_never_given_a_closed_port(net, secpold):
    secpold.start(policy())
    net.device.write_sysctl(RANGE, "49148 49157")
    assert 49152 in source_ports(net, 10), "without the policy it is"
    net.device.write_sysctl(RANGE, "32768 60999")
    secpold.reload(policy("RestrictSipPort", "RestrictWsdPort", "RestrictDedicatedPort"))
    assert {49152, 60000, 47545, 47546, 47547} <= reserved(net)
    net.device.write_sysctl(RANGE, "49148 49157")
    assert source_ports(net, 9) == set(range(49148, 49158)) - {49152}


def test_reservations_of_the_administrator_stay_and_secpolds_own_go(net, secpold):
    net.device.write_sysctl(RESERVED, "8080,40000-40010,60000")
    mine = {8080, *range(40000, 40011), 60000}
    secpold.start(policy("RestrictSipPort", "RestrictWsdPort"))
    assert reserved(net) == mine | {49152}
    secpold.reload(policy("RestrictLpdPort", serial=2))
    assert reserved(net) == mine


def test_reservations_survive_a_crash_and_go_with_the_policy(net, secpold):
    net.device.write_sysctl(RESERVED, "8080")
    secpold.start(policy("RestrictSipPort"))
    secpold.kill()
    assert reserved(net) == {8080, 49152}
    secpold.start(policy("RestrictLpdPort", serial=2))
    assert wait_until(lambda: reserved(net) == {8080})


def test_verify_reserves_again_what_a_sysctl_dropped(net, bus, secpold):
    secpold.start(policy("RestrictSipPort"))
    net.device.write_sysctl(RESERVED, "8080")
    bus.call("Verify")
    assert reserved(net) == {8080, 49152}


@contextlib.contextmanager
def session(net, address, port, sport=0):
    """A TCP session from the peer to the device, as (peer's end, device's end)."""
    with probes.tcp_service(net.device, port) as listener, net.peer:
        client = socket.create_connection((address, port), 2, ("", sport) if sport else None)
        server, _ = listener.accept()
        with client, server:
            yield client, server


@pytest.mark.parametrize("address", ("DEVICE4", "DEVICE6"))
def test_a_running_session_ends_at_both_ends_when_its_port_closes(net, secpold, address):
    secpold.start(policy("RestrictRawPort"))
    with session(net, getattr(net, address), 515) as closing, session(
        net, getattr(net, address), 631
    ) as staying:
        secpold.reload(policy("RestrictRawPort", "RestrictLpdPort", serial=2))
        assert [probes.session_ends(end, 2) for end in closing] == ["reset", "reset"]
        assert [probes.session_ends(end, 0) for end in staying] == [None, None]


def test_a_session_that_runs_when_secpold_starts_ends(net, secpold):
    with session(net, net.DEVICE4, 515) as ends:
        secpold.start(policy("RestrictLpdPort"))
        assert [probes.session_ends(end, 2) for end in ends] == ["reset", "reset"]


def test_a_local_session_and_the_listener_survive(net, secpold):
    secpold.start(policy("RestrictRawPort"))
    with probes.tcp_service(net.device, 515) as listener, net.device:
        for address in ("127.0.0.1", net.DEVICE4):
            with socket.create_connection((address, 515), 2) as client:
                server, _ = listener.accept()
                with server:
                    secpold.reload(policy("RestrictLpdPort", serial=2))
                    assert [probes.session_ends(end, 0.1) for end in (client, server)] == [None] * 2
                    secpold.reload(policy("RestrictRawPort", serial=3))
        assert probes.tcp_connects(net.peer, net.DEVICE4, 515)


def test_a_session_with_the_same_port_of_another_machine_goes_on(net, secpold):
    secpold.start(policy("RestrictRawPort"))
    with probes.tcp_service(net.peer, 515) as listener, net.device:
        with socket.create_connection((net.PEER4, 515), 2) as client:
            server, _ = listener.accept()
            secpold.reload(policy("RestrictRawPort", "RestrictLpdPort", serial=2))
            assert [probes.session_ends(end, 0.2) for end in (client, server)] == [None, None]
            server.close()


def test_a_session_that_came_by_a_redirect_carries_nothing_any_more(net, secpold):
    secpold.start(policy("RestrictRawPort"))
    nat = "chain pre { type nat hook prerouting priority -100; tcp dport 515 redirect to :10515; }"
    with net.foreign_table(nat), probes.tcp_service(net.device, 10515) as listener, net.peer:
        with socket.create_connection((net.DEVICE4, 515), 2) as client:
            server, _ = listener.accept()
            with server:
                client.send(b"before")
                assert server.recv(16) == b"before"
                secpold.reload(policy("RestrictRawPort", "RestrictLpdPort", serial=2))
                client.send(b"after")
                server.settimeout(0.5)
                with pytest.raises(socket.timeout):
                    server.recv(16)
