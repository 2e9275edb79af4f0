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


needs_owned_tables = pytest.mark.skipif(
    tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) < (6, 9),
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
NEWTABLE, NEWCHAIN, NLM_F_REQUEST_ACK, NLM_F_CREATE, NLA_F_NESTED = 0, 3, 5, 0x400, 0x8000


def _attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def _message(kind, flags, family, resource, attributes=b""):
    body = struct.pack("!BBH", family, 0, resource) + attributes
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 0, 0) + body


def add_rival(net, table, chain):
    """A chain that comes last at input as secpold's does. Its name is bytes, which nft will not
    take all."""
    name = _attribute(1, table + b"\0")
    hook = _attribute(1, struct.pack("!I", 1)) + _attribute(2, struct.pack("!i", 2**31 - 1))
    hook = _attribute(4 | NLA_F_NESTED, hook)
    chain = name + _attribute(3, chain + b"\0") + hook + _attribute(7, b"filter\0")
    batch = _message(BATCH_BEGIN, 1, 0, NFTABLES)
    for kind, attributes in ((NEWTABLE, name), (NEWCHAIN, chain)):
        flags = NLM_F_REQUEST_ACK | NLM_F_CREATE
        batch += _message(NFTABLES << 8 | kind, flags, NFPROTO_INET, 0, attributes)
    batch += _message(BATCH_END, 1, 0, NFTABLES)
    with net.device, socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as link:
        link.send(batch)
        for _ in (NEWTABLE, NEWCHAIN):
            error = struct.unpack_from("=i", link.recv(4096), 16)[0]
            if error:
                raise OSError(-error, os.strerror(-error))


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
