# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitSnmpV1 lets SNMP version 3 through, and nothing that only resembles it."""

import pytest

import packets
import probes
from documents import policy


def length(size, form):
    """BER length octets; `form` is the number of octets after the first, 0 for the short form."""
    return bytes([size]) if form == 0 else bytes([0x80 | form]) + size.to_bytes(form, "big")


def message(version, form=0, size=40, tag=0x30):
    """An SNMP message as far as any filter may look: a sequence that begins with `version`."""
    return bytes([tag]) + length(size, form) + version + bytes(size - len(version))


V1, V2C, V3 = b"\x02\x01\x00", b"\x02\x01\x01", b"\x02\x01\x03"
GOOD = {
    "v3 short": message(V3),
    "v3 81": message(V3, 1),
    "v3 82": message(V3, 2),
    "v3 83": message(V3, 3),
    "v3 84": message(V3, 4),
    "v3 long": message(V3, 2, size=1000),
    "v3 longest short": message(V3, 0, size=127),
}
BAD = {
    f"{name} form {form}": message(version, form)
    for name, version in (
        ("v1", V1),
        ("v2c", V2C),
        ("v2", b"\x02\x01\x02"),
        ("v4", b"\x02\x01\x04"),
    )
    for form in range(5)
}
BAD |= {
    "v1 in two octets": message(b"\x02\x02\x00\x00"),
    "v2c in two octets": message(b"\x02\x02\x00\x01"),
    "v1 in three octets": message(b"\x02\x03\x00\x00\x00"),
    "v1 long-form": message(b"\x02\x81\x01\x00"),
    "v3 in two octets": message(b"\x02\x02\x00\x03"),
    "v1 tagged otherwise": message(b"\x0a\x01\x00"),
    "v1 in two octets, 82": message(b"\x02\x02\x00\x00", 2),
    "v1 in five length octets": message(V1, 5),
    "v3 where v1 stands in the short form": b"\x30\x28" + V1 + V3 + bytes(34),
    "v1 whose length looks like v3": b"\x30\x05\x02\x01\x00\x02\x01\x03",
    "indefinite length": b"\x30\x80" + V3 + bytes(30),
    "another tag": message(V3, tag=0x31),
    "empty": b"",
    "one octet": b"\x30",
    "cut in the version": b"\x30\x03\x02\x01",
}


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(policy("ProhibitSnmpV1"))


@pytest.fixture(scope="module")
def agent(net, running):
    with probes.udp_service(net.device, 161) as service:
        yield service


def arrives(net, agent, address, payload):
    probes.udp_send(net.peer, address, 161, payload)
    got = probes.receives(agent)
    return got is not None and got[0] == payload


@pytest.mark.parametrize("name", GOOD)
def test_a_version_3_message_goes_in_and_its_response_out(net, agent, name):
    for address, back in ((net.DEVICE4, net.PEER4), (net.DEVICE6, net.PEER6)):
        assert arrives(net, agent, address, GOOD[name])
        with probes.udp_service(net.peer, 40161) as manager:
            assert send_from(agent, back, GOOD[name])
            assert probes.receives(manager)[0] == GOOD[name]


def send_from(agent, address, payload):
    try:
        agent.sendto(payload, (address if ":" in address else "::ffff:" + address, 40161))
        return True
    except PermissionError:
        return False


@pytest.mark.parametrize("name", BAD)
def test_any_other_message_goes_neither_in_nor_out(net, agent, name):
    with probes.udp_service(net.peer, 40161) as manager:
        for back in (net.PEER4, net.PEER6):
            assert not send_from(agent, back, BAD[name])
        assert probes.receives(manager, 0.02) is None
    for address in (net.DEVICE4, net.DEVICE6):
        probes.udp_send(net.peer, address, 161, BAD[name])
    assert arrives(net, agent, net.DEVICE4, GOOD["v3 short"]), "nothing came before this one"


def test_a_version_1_message_does_not_follow_a_redirect(net):
    with net.foreign_table(
        """chain pre { type nat hook prerouting priority -100;
            udp dport { 161, 163 } redirect to :10161; }"""
    ), probes.udp_service(net.device, 10161) as aside:
        assert not probes.udp_arrives(net.peer, net.DEVICE4, aside, 161)
        probes.udp_send(net.peer, net.DEVICE4, 163, message(V1))
        assert probes.receives(aside), "the redirect itself works"
        for payload, expected in ((message(V1), None), (message(V3), message(V3))):
            probes.udp_send(net.peer, net.DEVICE4, 161, payload)
            got = probes.receives(aside)
            assert got is expected or got[0] == expected


@pytest.mark.parametrize("version", (4, 6))
@pytest.mark.parametrize("size", (8, 16))
def test_a_fragmented_version_1_message_does_not_come_in(net, agent, version, size):
    source, target = (net.PEER4, net.DEVICE4) if version == 4 else (net.PEER6, net.DEVICE6)
    datagram = packets.udp(source, target, 2161, 161, message(V1))
    make = packets.fragments4 if version == 4 else packets.fragments6
    packets.send_raw(net.peer, make(source, target, packets.UDP, datagram, size, 161 + size))
    assert arrives(net, agent, target, GOOD["v3 short"]), "nothing came before this one"


def test_a_large_version_3_message_in_fragments_comes_in(net, agent):
    payload = message(V3, 2, size=3000)
    for address in (net.DEVICE4, net.DEVICE6):
        assert arrives(net, agent, address, payload)


@pytest.mark.parametrize("protocol", (packets.TCP, packets.UDPLITE, packets.SCTP, packets.DCCP))
def test_the_port_is_closed_for_every_other_protocol(net, protocol):
    for version, source, target in ((4, net.PEER4, net.DEVICE4), (6, net.PEER6, net.DEVICE6)):
        segment = packets.segment(protocol, source, target, 2161, 161)
        frames = [packets.ip(source, target, protocol, segment)]
        assert probes.raw_delivered(net, protocol, version, frames) == set()


def test_restricting_the_whole_port_stops_version_3_too(net, running, agent):
    running.reload(policy("ProhibitSnmpV1", "RestrictSnmpPort"))
    assert not arrives(net, agent, net.DEVICE4, GOOD["v3 short"])
    running.reload(policy("ProhibitSnmpV1"))
    assert arrives(net, agent, net.DEVICE4, GOOD["v3 short"])
    assert not arrives(net, agent, net.DEVICE4, message(V1))
