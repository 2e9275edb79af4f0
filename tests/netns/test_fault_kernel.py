# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel that lacks something: secpold says so, and closes what it can."""

import subprocess

import pytest

import daemon
import rules
from documents import policy
from faults import Faults, quarters
from probes import wait_until
from witness import Witness

ITEMS = ["RestrictLpdPort", "RestrictRawPort"]
POLICY = policy(*ITEMS, "ProhibitUsbStorage")

# What is missing, the option that --probe says no to, and what state and problem secpold comes to.
LACKS = {
    "nftables": ("CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET", "violated", "netlink socket"),
    "fib": ("CONFIG_NFT_FIB_INET", "partial", "CONFIG_NFT_FIB_INET"),
    "log": ("CONFIG_NFT_LOG, CONFIG_NETFILTER_NETLINK_LOG", "enforced", "CONFIG_NFT_LOG"),
    "limit": ("CONFIG_NFT_LIMIT", "enforced", "CONFIG_NFT_LIMIT"),
    "owner": ("table flag owner", "enforced", None),
    "persist": ("table flag persist", "enforced", None),
    "sock-diag": ("CONFIG_INET_DIAG", "enforced", "tcp-sessions"),
    "sock-destroy": ("CONFIG_INET_DIAG_DESTROY", "enforced", None),
    "uevents": ("uevents", "enforced", None),
    "nl80211": ("CONFIG_CFG80211, nl80211", "enforced", None),
    "nflog": (None, "enforced", None),
}
WATCHED = ("owner", "persist")


@pytest.fixture
def faults(tmp_path, secpold):
    made = Faults(tmp_path / "faults")
    secpold.before_program = made.prefix("calls")
    return made


@pytest.fixture
def witness(net, bus):
    made = Witness(net, bus, ITEMS)
    yield made
    made.close()


@pytest.mark.parametrize("lack", [lack for lack, (option, *_) in LACKS.items() if option])
def test_probe_names_it(faults, lack):
    option, state, _ = LACKS[lack]
    faults.lack(lack)
    done = subprocess.run(
        [daemon.WITHOUT_HARDWARE, *faults.prefix("calls"), daemon.built("secpold"), "--probe"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    row = next(line for line in done.stdout.splitlines() if line.startswith(option + "  "))
    assert row.removeprefix(option).split()[0] == "no"
    assert done.returncode == (1 if state == "violated" else 0), done.stdout


@pytest.mark.parametrize("lack", LACKS)
def test_secpold_runs_says_so_and_closes_what_it_can(net, bus, secpold, faults, witness, lack):
    _, state, problem = LACKS[lack]
    faults.lack(lack)
    with quarters(net, secpold):
        secpold.start(POLICY)
        assert wait_until(lambda: set(witness.states().values()) == {state}, 2), secpold.log()
        assert witness.open_items() == (set(ITEMS) if state == "violated" else set())
        problems = bus.manager("Problems")
        assert problem is None or any(problem in text for text in problems), problems
        assert bus.manager("State") == ("degraded" if problems else "enforcing")
        # What has nothing to do with it.
        assert bus.item("ProhibitUsbStorage", "State") == "enforced"
        if lack in WATCHED:
            rules.delete_table(net)
            assert wait_until(lambda: witness.open_items() == set(), 1)


@pytest.mark.parametrize("lack", ("nftables", "fib", "log"))
def test_what_comes_later_is_taken_into_use(net, bus, secpold, faults, witness, lack):
    """As a module that is loaded late."""
    faults.lack(lack)
    with quarters(net, secpold):
        secpold.start(POLICY)
        assert wait_until(lambda: bus.manager("State") == "degraded", 2)
        faults.lack()
        assert wait_until(lambda: bus.manager("State") == "enforcing", 5)
        assert set(witness.check().values()) == {"enforced"}
        assert wait_until(lambda: len(stored(secpold)) == 1, 1)
        secpold.kill()
        secpold.start()
        assert witness.open_items() == set()


def stored(secpold):
    secpold.receive_messages()
    return secpold.store


def test_without_fib_a_port_is_closed_for_every_protocol(net, secpold, faults):
    faults.lack("fib", "log")
    with quarters(net, secpold):
        secpold.start(POLICY)
        assert rules.is_closed(net, 515) and rules.is_closed(net, 9100)
        assert not rules.is_closed(net, 21)
