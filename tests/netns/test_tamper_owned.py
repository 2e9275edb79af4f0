# SPDX-License-Identifier: GPL-2.0-or-later
"""An owned table: what others try has no effect at all."""

import pytest

import rules
from attacks import ATTACKS
from documents import policy
from prober import Prober


pytestmark = rules.needs_owned_tables


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(policy("RestrictLpdPort", "RestrictRawPort", "ProhibitSnmpV1"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_owned_table_cannot_be_changed_by_others(net, attack):
    before = rules.contents(net)
    refused = net.device.nft(ATTACKS[attack], check=False).returncode != 0
    assert refused or attack == "flush ruleset"
    assert rules.contents(net) == before
    assert rules.is_closed(net)


def test_no_packet_passes_an_owned_table_under_attack(net):
    with Prober(net, 515) as prober:
        for _ in range(3):
            for attack in ATTACKS.values():
                net.device.nft(attack, check=False)
        assert prober.leaks() == []
