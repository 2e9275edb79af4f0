# SPDX-License-Identifier: GPL-2.0-or-later
"""What others may try on the table, for `nft -f`."""

ATTACKS = {
    "flush ruleset": "flush ruleset",
    "delete table": "delete table inet secpold",
    "flush table": "flush table inet secpold",
    "dormant table": "add table inet secpold { flags dormant; }",
    "flush map": "flush map inet secpold closed",
    "delete element": "delete element inet secpold closed { udp . 515 }",
    "delete prerouting element": "delete element inet secpold closed-prerouting { udp . 515 }",
    "add element": "add element inet secpold closed { udp . 631 : goto restrict-lpd-port }",
    "flush input": "flush chain inet secpold input",
    "flush prerouting": "flush chain inet secpold prerouting",
    "flush output": "flush chain inet secpold output",
    "flush an item's chain": "flush chain inet secpold restrict-lpd-port",
    "accept first": "insert rule inet secpold input accept",
    "accept in the item's chain": "insert rule inet secpold restrict-lpd-port accept",
    "another rule at the end": "add rule inet secpold to-this-host accept",
    "another chain": "add chain inet secpold other { type filter hook input priority 0; }",
    "another set": "add set inet secpold other { type inet_service; }",
    "policy to drop": "add chain inet secpold output { policy drop; }",
}
