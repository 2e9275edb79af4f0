# SPDX-License-Identifier: GPL-2.0-or-later
"""Taking secpold off a device, as README.md says: first of all nothing is asked for any more."""

import re

import daemon
import rules
from documents import policy
from life import import_
from probes import wait_until

RESERVED = "net/ipv4/ip_local_reserved_ports"


def test_without_a_policy_nothing_is_left_in_the_kernel(net, bus, secpold):
    text = (daemon.SOURCE / "README.md").read_text(encoding="utf-8")
    section = text.split("## Removing it\n")[1].split("\n## ")[0]
    commands = re.findall(r"^    sudo ([^#\n]+?) *(?:#.*)?$", section, re.MULTILINE)
    stop, reset, forget, start = (commands.index(words) for words in (
        "systemctl stop secpold",
        "secpold --factory-reset",
        "rm -f /etc/secpold/default.policy /usr/lib/secpold/default.policy",
        "systemctl start secpold",
    ))
    assert stop < reset < forget < start

    secpold.start(policy("RestrictLpdPort"))
    import_(bus, policy("RestrictRawPort", "RestrictSipPort"))
    assert rules.is_closed(net, 9100) and "49152" in net.device.read_sysctl(RESERVED)
    secpold.stop()
    assert secpold.run("--factory-reset").returncode == 0
    assert rules.is_closed(net, 9100)
    secpold.policy_file.unlink()
    secpold.start()
    assert wait_until(lambda: bus.manager("State") == "no-policy")
    assert not rules.is_closed(net, 9100) and not rules.is_closed(net, 515)
    secpold.stop()
    assert "secpold" not in rules.tables(net)
    assert "49152" not in net.device.read_sysctl(RESERVED)
