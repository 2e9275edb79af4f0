# SPDX-License-Identifier: GPL-2.0-or-later
"""A cable from the virtual printer to another machine, which is a network namespace."""

import printer

# The printer's own address and that of the other end.
ADDRESS, OTHER = "192.0.2.2", "192.0.2.1"
NAMESPACE = "lab"


def plug():
    for command in (
        f"netns add {NAMESPACE}",
        f"link add cable type veth peer name cable netns {NAMESPACE}",
        f"address add {ADDRESS}/24 dev cable",
        "link set cable up",
        "link set lo up",
        f"-n {NAMESPACE} address add {OTHER}/24 dev cable",
        f"-n {NAMESPACE} link set cable up",
    ):
        printer.run("ip", *command.split())
