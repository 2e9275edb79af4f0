# SPDX-License-Identifier: GPL-2.0-or-later
"""A wire from the virtual printer's own network to a peer in a namespace."""

import topology
from topology import Topology


class Device(topology.Namespace):
    """The namespace that the machine started with."""

    def __init__(self):
        self.fd = topology._own_namespace()
        self._homes = []


class Wire(Topology):
    """The peer is ready; the device's end, lan0, is down and has no address yet."""

    DEVICE_LINK, PEER_LINK = "02:00:00:00:00:01", "02:00:00:00:00:02"

    def __init__(self):
        self.device = Device()
        self.peer = topology.Namespace()
        self.device.ip(
            f"link add lan0 address {self.DEVICE_LINK} type veth"
            f" peer name peer0 address {self.PEER_LINK} netns {self.peer.path()}"
        )
        self.peer.ip("link set peer0 up")
        self._address(self.peer, "peer0", self.PEER4, self.PEER6)
        # Nobody has to be asked for: what is sent arrives from the first moment on.
        for address in (self.DEVICE4, self.DEVICE6):
            self.peer.ip(
                f"neighbour add {address} lladdr {self.DEVICE_LINK} dev peer0 nud permanent"
            )

    def connect(self):
        """For tests in which nobody else looks after lan0."""
        self.device.ip("link set lan0 up")
        self._address(self.device, "lan0", self.DEVICE4, self.DEVICE6)
        for namespace, link in ((self.device, "lan0"), (self.peer, "peer0")):
            namespace.ip(f"route add 224.0.0.0/4 dev {link}")
        return self

    def close(self):
        self.device.ip("link delete lan0")
        self.peer.close()
        self.device.close()
