# SPDX-License-Identifier: GPL-2.0-or-later
"""Looking at the device's rules from outside, and asking by packet what they do."""

import json
import os
import re
import socket
import struct

import pytest

import packets
import probes


def kernel():
    return tuple(map(int, re.findall(r"\d+", os.uname().release)[:2]))


needs_owned_tables = pytest.mark.skipif(
    kernel() < (6, 9),
    reason="tables that are owned and persist came with Linux 6.9",
)


def _listing(net, *words):
    return json.loads(net.device.run(["nft", "-j", "list", *words]).stdout)["nftables"]


def tables(net):
    """Names of the tables of family inet. As text: in JSON nft breaks off at an owned table."""
    listed = net.device.run(["nft", "list", "tables"]).stdout
    return set(re.findall(r"^table inet (\S+)", listed, re.MULTILINE))


def contents(net, table="secpold"):
    """Everything in the table that is there to stay: no handles, no counts, sorted elements."""
    listed = _listing(net, "table", "inet", table)
    found = []
    for entry in listed:
        entry.pop("metainfo", None)
        for kind, body in entry.items():
            body.pop("handle", None)
            if kind == "counter":
                body.update(packets=0, bytes=0)
            if "elem" in body:
                body["elem"] = sorted(body["elem"], key=json.dumps)
            found.append(json.dumps({kind: body}, sort_keys=True))
    return sorted(found)


def counter(net, name, table="secpold"):
    listed = _listing(net, "counter", "inet", table, name)
    return next(entry["counter"]["packets"] for entry in listed if "counter" in entry)


def refuses_others(net):
    """Whether the kernel keeps others from the table; where it does not, it now has a chain more."""
    return net.device.nft("add chain inet secpold stray", check=False).returncode != 0


# linux/netlink.h, linux/netfilter/nfnetlink.h and nf_tables.h; Python does not name them.
NETLINK_NETFILTER, BATCH_BEGIN, BATCH_END, NFTABLES, NFPROTO_INET = 12, 16, 17, 10, 1
NEWTABLE, DELTABLE, NEWCHAIN, NEWRULE, REQUEST_ACK_CREATE = 0, 2, 3, 6, 0x405
LIST_ELEMENT, NESTED = 1, 0x8000


def _attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def _nested(kind, *attributes):
    return _attribute(kind | NESTED, b"".join(attributes))


def _text(kind, text):
    return _attribute(kind, text + b"\0")


def _number(kind, number):
    return _attribute(kind, struct.pack("!i", number))


def _message(kind, flags, family, resource, attributes=b""):
    body = struct.pack("!BBH", family, 0, resource) + attributes
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 0, 0) + body


def _commit(net, *changes):
    """One batch of (message type, attributes), with all that nft has no words for."""
    batch = _message(BATCH_BEGIN, 1, 0, NFTABLES)
    for kind, attributes in changes:
        batch += _message(NFTABLES << 8 | kind, REQUEST_ACK_CREATE, NFPROTO_INET, 0, attributes)
    batch += _message(BATCH_END, 1, 0, NFTABLES)
    with net.device, socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as link:
        link.settimeout(5)
        link.send(batch)
        for _ in changes:
            error = struct.unpack_from("=i", link.recv(4096), 16)[0]
            if error:
                raise OSError(-error, os.strerror(-error))


def delete_table(net):
    """As `nft delete table inet secpold`, but in no time."""
    _commit(net, (DELTABLE, _text(1, b"secpold")))


def add_rival(net, table, chain):
    """A chain that comes last at input, as secpold's does. Its name may be any bytes."""
    hook = _nested(4, _number(1, 1), _number(2, 2**31 - 1))
    _commit(
        net,
        (NEWTABLE, _text(1, table)),
        (NEWCHAIN, _text(1, table) + _text(3, chain) + hook + _text(7, b"filter")),
    )


def _expression(name, *data):
    return _nested(LIST_ELEMENT, _text(1, name), _nested(2, *data))


def accept_in_newer_words(net, chain):
    """Put an accept first in a chain of secpold's, with a match behind it that came with Linux 6.2
    and that libnftnl 1.2.4 cannot read."""
    accept = _expression(b"immediate", _number(1, 0), _nested(2, _nested(2, _number(1, 1))))
    protocol = _nested(5, _text(1, b"meta"), _nested(2, _number(2, 1), _number(1, 8)))
    inner = _expression(
        b"inner", _number(1, 0), _number(2, 1), _number(3, 1), _number(4, 8), protocol
    )
    names = _text(1, b"secpold") + _text(2, chain)
    _commit(net, (NEWRULE, names + _nested(4, accept, inner)))


def delivered(net, ports, protocol=packets.UDP, version=4, target=None, sender=None):
    """Those of `ports` at which the device takes a packet."""
    target = target or (net.DEVICE4 if version == 4 else net.DEVICE6)
    source = net.PEER4 if version == 4 else net.PEER6
    frames = [
        packets.ip(source, target, protocol, packets.segment(protocol, source, target, 2048, port))
        for port in ports
    ]
    got = probes.raw_delivered(net, protocol, version, frames, target=target, sender=sender)
    return got & set(ports)


def is_closed(net, port=515):
    return not any(
        delivered(net, [port], protocol, version)
        for protocol in (packets.UDP, packets.TCP)
        for version in (4, 6)
    )
