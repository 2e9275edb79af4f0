# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets built byte by byte, for what ordinary sockets cannot send."""

import socket
import struct

TCP, UDP, DCCP, SCTP, UDPLITE = 6, 17, 33, 132, 136
FRAGMENT, HOP_OPTIONS, ROUTING, DESTINATION_OPTIONS = 44, 0, 43, 60
SYN, RST, ACK = 0x02, 0x04, 0x10


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _pseudo_sum(source, destination, protocol, segment):
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    addresses = socket.inet_pton(family, source) + socket.inet_pton(family, destination)
    return checksum(addresses + struct.pack("!II", len(segment), protocol) + segment)


def udp(source, destination, sport, dport, payload=b"probe", protocol=UDP):
    """UDP, or UDP-Lite with full coverage: just the protocol and the meaning of a field differ."""
    length = 8 + len(payload)
    head = struct.pack("!HHHH", sport, dport, length, 0)
    total = _pseudo_sum(source, destination, protocol, head + payload) or 0xFFFF
    return struct.pack("!HHHH", sport, dport, length, total) + payload


def tcp(source, destination, sport, dport, flags=SYN, sequence=1000, acknowledge=0):
    head = struct.pack(
        "!HHIIBBHHH", sport, dport, sequence, acknowledge, 5 << 4, flags, 65535, 0, 0
    )
    total = _pseudo_sum(source, destination, TCP, head)
    return head[:16] + struct.pack("!H", total) + head[18:]


def sctp_init(sport, dport):
    """An INIT chunk; raw sockets do not verify its checksum, so there is none."""
    chunk = struct.pack("!BBHIIHHI", 1, 0, 20, 0x1234, 65536, 1, 1, 1)
    return struct.pack("!HHII", sport, dport, 0, 0) + chunk


def dccp_request(sport, dport):
    return struct.pack("!HHBBHBBHII", sport, dport, 5, 0, 0, 1, 0, 0, 1, 0)


def segment(protocol, source, destination, sport, dport):
    """The smallest packet of a protocol that asks a port for something."""
    if protocol == TCP:
        return tcp(source, destination, sport, dport)
    if protocol == SCTP:
        return sctp_init(sport, dport)
    if protocol == DCCP:
        return dccp_request(sport, dport)
    return udp(source, destination, sport, dport, protocol=protocol)


def ipv4(source, destination, protocol, payload, offset=0, more=False, ident=1, options=b""):
    """`offset` in bytes, a multiple of 8; `options` padded by the caller to a multiple of 4."""
    words = 5 + len(options) // 4
    field = (offset // 8) | (0x2000 if more else 0)
    head = struct.pack(
        "!BBHHHBBH4s4s",
        4 << 4 | words,
        0,
        words * 4 + len(payload),
        ident,
        field,
        64,
        protocol,
        0,
        socket.inet_aton(source),
        socket.inet_aton(destination),
    )
    total = checksum(head + options)
    return head[:10] + struct.pack("!H", total) + head[12:] + options + payload


def ipv6(source, destination, next_header, payload):
    return (
        struct.pack(
            "!IHBB16s16s",
            6 << 28,
            len(payload),
            next_header,
            64,
            socket.inet_pton(socket.AF_INET6, source),
            socket.inet_pton(socket.AF_INET6, destination),
        )
        + payload
    )


def ip(source, destination, protocol, payload):
    return (ipv6 if ":" in source else ipv4)(source, destination, protocol, payload)


def fragment_header(next_header, offset, more, ident):
    return struct.pack("!BBHI", next_header, 0, offset | (1 if more else 0), ident)


def options_header(next_header, length=8):
    """A hop-by-hop or destination options header of `length` bytes holding one experimental option.

    Its type (RFC 4727) says "skip when unknown"; padding of more than 7 bytes would be refused.
    """
    return struct.pack("!BBBB", next_header, length // 8 - 1, 0x1E, length - 4) + bytes(length - 4)


def routing_header(next_header):
    """Type 4 with no segment left, which every node must skip."""
    return struct.pack("!BBBBI", next_header, 0, 253, 0, 0)


def fragments4(source, destination, protocol, payload, size, ident):
    return [
        ipv4(
            source,
            destination,
            protocol,
            payload[at : at + size],
            offset=at,
            ident=ident,
            more=at + size < len(payload),
        )
        for at in range(0, len(payload), size)
    ]


def fragments6(source, destination, next_header, payload, size, ident):
    return [
        ipv6(
            source,
            destination,
            FRAGMENT,
            fragment_header(next_header, at, at + size < len(payload), ident)
            + payload[at : at + size],
        )
        for at in range(0, len(payload), size)
    ]


def send_raw(namespace, packets, via=None):
    """Send whole IP packets from `namespace`; its kernel chooses only the way: that to `via`,
    or to where each packet says."""
    with namespace:
        sender4 = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        sender6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    with sender4, sender6:
        for packet in packets:
            if packet[0] >> 4 == 4:
                sender4.sendto(packet, (via or socket.inet_ntoa(packet[16:20]), 0))
            else:
                target = via or socket.inet_ntop(socket.AF_INET6, packet[24:40])
                sender6.sendto(packet, (target, 0))
