# SPDX-License-Identifier: GPL-2.0-or-later
"""Further links between the device and its peer: on, in or beside the wire that joins them."""

import contextlib
import itertools
import socket

import packets
import probes

# Commands of ip(8) for either end; the new interface is always tun0. In braces: the addresses of the
# wire (own4, other4, own6, other6), its interface (wire) and the other end's namespace (there).
# Where only one version of IP fits in, it stands beside them.
VLAN = "link add link {wire} name tun0 type vlan id 7"
MACVLAN = "link add link {wire} name tun0 type macvlan mode bridge"
IPVLAN = "link add link {wire} name tun0 type ipvlan mode l2"
TO_PEER = "link add tun0 type veth peer name tun0 netns {there}"
L2TP = (
    "l2tp add tunnel tunnel_id 1 peer_tunnel_id 1 encap {encap} local {{own4}} remote {{other4}}"
    " udp_sport 1701 udp_dport 1701",
    "l2tp add session name tun0 tunnel_id 1 session_id 1 peer_session_id 1",
)

LINKS = {
    "another wire": ([TO_PEER], [], (4, 6)),
    "vlan": ([VLAN], [VLAN], (4, 6)),
    "macvlan": ([MACVLAN], [MACVLAN], (4, 6)),
    "ipvlan": ([IPVLAN], [IPVLAN], (4, 6)),
    "bridge": (
        [
            "link add tun0 type bridge",
            "link add port0 master tun0 type veth peer name tun0 netns {there}",
            "link set port0 up",
        ],
        [],
        (4, 6),
    ),
    "vrf": (
        [
            TO_PEER,
            "link add vrf0 type vrf table 100",
            "link set vrf0 up",
            "link set tun0 master vrf0",
        ],
        [],
        (4, 6),
    ),
    "6in4": (
        both := ["link add tun0 type sit mode ip6ip local {own4} remote {other4}"],
        both,
        (6,),
    ),
    "ipip": (both := ["link add tun0 type ipip local {own4} remote {other4}"], both, (4,)),
    "ip in ipv6": (
        both := ["link add tun0 type ip6tnl mode any local {own6} remote {other6}"],
        both,
        (4, 6),
    ),
    "gre": (both := ["link add tun0 type gre local {own4} remote {other4}"], both, (4, 6)),
    "gre in ipv6": (
        both := ["link add tun0 type ip6gre local {own6} remote {other6}"],
        both,
        (4, 6),
    ),
    "ethernet in gre": (
        both := ["link add tun0 type gretap local {own4} remote {other4}"],
        both,
        (4, 6),
    ),
    "vxlan": (
        both := ["link add tun0 type vxlan id 7 dstport 4789 dev {wire} remote {other4}"],
        both,
        (4, 6),
    ),
    "geneve": (both := ["link add tun0 type geneve id 7 remote {other4}"], both, (4, 6)),
    "ipip in udp": (
        both := [
            "fou add port 5555 ipproto 4",
            "link add tun0 type ipip local {own4} remote {other4}"
            " encap fou encap-sport 5555 encap-dport 5555",
        ],
        both,
        (4,),
    ),
    "l2tp": (both := [line.format(encap="ip") for line in L2TP], both, (4, 6)),
    "l2tp in udp": (both := [line.format(encap="udp") for line in L2TP], both, (4, 6)),
}

OWN = {4: "10.79.0.1", 6: "fd79::1"}
OTHER = {4: "10.79.0.2", 6: "fd79::2"}


class NoSuchLink(Exception):
    """This kernel does not know the kind."""


def _names(net, device):
    own = {"own4": net.DEVICE4, "own6": net.DEVICE6}
    other = {"own4": net.PEER4, "own6": net.PEER6}
    mine, theirs = (own, other) if device else (other, own)
    return mine | {
        "other4": theirs["own4"],
        "other6": theirs["own6"],
        "wire": "lan0" if device else "peer0",
        "there": (net.peer if device else net.device).path(),
    }


UNKNOWN = ("Unknown device type", "not supported", "No such file", "FOU", "genl")


def _build(namespace, commands, names):
    for command in commands:
        done = namespace.run(["ip", *command.format(**names).split()], check=False)
        if done.returncode:
            error = done.stderr.strip()
            if any(word in error for word in UNKNOWN):
                raise NoSuchLink(error)
            raise RuntimeError(f"{command}: {error}")


def _take_away(net):
    for namespace in (net.device, net.peer):
        for name in ("tun0", "port0", "vrf0"):
            namespace.run(["ip", "link", "del", name], check=False)
        namespace.run(["ip", "l2tp", "del", "tunnel", "tunnel_id", "1"], check=False)
        namespace.run(["ip", "fou", "del", "port", "5555"], check=False)


def _carries(net, version):
    try:
        probes.raw_delivered(net, packets.UDP, version, [], OTHER[version], OWN[version])
    except RuntimeError:
        return False
    return True


@contextlib.contextmanager
def link(net, kind):
    """Both ends of it, up and with OWN and OTHER as addresses; the versions of IP that fit in."""
    here, there, versions = LINKS[kind]
    try:
        _build(net.device, here, _names(net, True))
        _build(net.peer, there, _names(net, False))
        for namespace, addresses in ((net.device, OWN), (net.peer, OTHER)):
            namespace.ip("link set tun0 up")
            namespace.ip(f"addr add {addresses[4]}/24 dev tun0")
            namespace.ip(f"addr add {addresses[6]}/64 nodad dev tun0")
        for version in versions:
            # The kernel may take seconds to notice that a link is up.
            if not probes.wait_until(lambda: _carries(net, version), 20):
                raise RuntimeError(f"nothing arrives: {net.device.ip('link show tun0')}")
        yield versions
    finally:
        _take_away(net)


_numbers = itertools.count(3000)


def delivered(net, version, protocol, ports, own=None, other=None):
    """Those of `ports` at which the device takes a packet that comes by the link."""
    source, target = (other or OTHER)[version], (own or OWN)[version]
    frames = [
        packets.ip(
            source,
            target,
            protocol,
            packets.segment(protocol, source, target, next(_numbers), port),
        )
        for port in ports
    ]
    got = probes.raw_delivered(net, protocol, version, frames, source, target)
    return got & set(ports)


# IPsec. Keys of a test: a cipher with salt, and the same for both directions.
KEY = "0x" + "5a" * 20
ESP_IN_UDP = 4500
IPSEC = {
    "transport": "mode transport",
    "tunnel": "mode tunnel",
    "in udp": f"mode transport encap espinudp {ESP_IN_UDP} {ESP_IN_UDP} 0.0.0.0",
}
# linux/udp.h; Python does not name them.
UDP_ENCAP, UDP_ENCAP_ESPINUDP = 100, 2


def _states(namespace, ends, kind):
    for spi, (source, target) in enumerate(ends, 1):
        words = IPSEC[kind].partition(" encap")
        namespace.run(
            ["ip", "xfrm", "state", "add", "src", source, "dst", target, "proto", "esp"]
            + ["spi", str(spi), *words[0].split(), "aead", "rfc4106(gcm(aes))", KEY, "128"]
            + (words[1] + words[2]).split()
        )


def _policies(namespace, ends, outgoing, kind):
    for source, target in ends:
        direction = "out" if source == outgoing else "in"
        mode = IPSEC[kind].split()[1]
        outer = ["src", source, "dst", target] if mode == "tunnel" else []
        namespace.run(
            ["ip", "xfrm", "policy", "add", "src", source, "dst", target, "dir", direction]
            + ["priority", "2", "tmpl", *outer, "proto", "esp", "mode", mode]
        )
        # What carries it is not to be carried itself.
        namespace.run(
            ["ip", "xfrm", "policy", "add", "src", source, "dst", target]
            + f"proto udp sport {ESP_IN_UDP} dport {ESP_IN_UDP}".split()
            + ["dir", direction, "action", "allow", "priority", "1"]
        )


@contextlib.contextmanager
def ipsec(net, kind):
    """Everything between the ends of the wire by IPv4 goes encrypted."""
    ends = ((net.PEER4, net.DEVICE4), (net.DEVICE4, net.PEER4))
    with net.device:
        receiver = socket.socket(type=socket.SOCK_DGRAM)
    try:
        with receiver:
            if kind == "in udp":
                receiver.bind(("", ESP_IN_UDP))
                receiver.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
            for namespace, own in ((net.device, net.DEVICE4), (net.peer, net.PEER4)):
                _states(namespace, ends, kind)
                _policies(namespace, ends, own, kind)
            yield
    finally:
        for namespace in (net.device, net.peer):
            for what in ("policy", "state"):
                namespace.run(["ip", "xfrm", what, "flush"], check=False)
