# SPDX-License-Identifier: GPL-2.0-or-later
"""Looking at the device's rules from outside, and asking by packet what they do."""

import json
import os
import re

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
