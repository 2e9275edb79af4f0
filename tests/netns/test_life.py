# SPDX-License-Identifier: GPL-2.0-or-later
"""Start, crash, restart, stop: whatever happens to secpold, what it closed stays closed."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest

import rules
from documents import policy, profile
from prober import Prober
from probes import wait_until

WATCHED = profile(Firewall={"TableOwner": "no"})
LPD = policy("RestrictLpdPort")
both_paths = pytest.mark.parametrize("text", ("", WATCHED), ids=("owned", "watched"))


# Crash and restart


@both_paths
@pytest.mark.parametrize("with_store", (True, False), ids=("stored", "not stored"))
def test_no_packet_passes_while_secpold_crashes_and_starts_again(net, secpold, text, with_store):
    secpold.has_store = with_store
    secpold.start(LPD, text)
    with Prober(net, 515) as prober:
        for delay in (0, 0.001, 0.003, 0.006, 0.01, 0.02, 0.05, None):
            secpold.kill()
            secpold.start(wait=delay is None)
            time.sleep(delay or 0)
        assert prober.leaks() == []
    assert rules.tables(net) == {"secpold"}


@both_paths
def test_no_packet_passes_while_secpold_crashes_in_the_middle_of_a_change(net, secpold, text):
    policies = [
        policy("RestrictLpdPort", "RestrictDedicatedPort"),
        policy("RestrictLpdPort", "RestrictSmbPort", "ProhibitSnmpV1"),
    ]
    secpold.start(policies[0], text)
    with Prober(net, 515) as prober:
        for step in range(12):
            secpold.policy_file.write_text(policies[step % 2])
            os.kill(secpold.pid, signal.SIGHUP)
            time.sleep(0.0002 * step)
            secpold.kill()
            secpold.start()
        assert prober.leaks() == []
    assert rules.delivered(net, [515, 137, 9002]) == {9002}


@rules.needs_owned_tables
def test_the_stored_socket_keeps_the_table_while_secpold_is_dead(net, secpold):
    secpold.start(LPD)
    with Prober(net, 515) as prober:
        secpold.kill()
        for attack in ("flush ruleset", "delete table inet secpold", "flush table inet secpold"):
            net.device.nft(attack, check=False)
        secpold.start()
        assert net.device.nft("delete table inet secpold", check=False).returncode != 0
        assert prober.leaks() == []


@both_paths
@pytest.mark.parametrize("with_store", (True, False), ids=("stored", "not stored"))
def test_a_restart_adopts_the_table_as_it_is(net, secpold, text, with_store):
    secpold.has_store = with_store
    secpold.start(LPD, text)
    rules.delivered(net, [515] * 5)
    before, count = rules.contents(net), rules.counter(net, "restrict-lpd-port")
    assert count >= 5
    secpold.kill()
    secpold.start()
    assert rules.contents(net) == before
    assert rules.counter(net, "restrict-lpd-port") == count
    assert wait_until(lambda: rules.contents(net) == before)


@rules.needs_owned_tables
@pytest.mark.parametrize("with_store", (True, False), ids=("stored", "not stored"))
def test_a_restart_owns_the_table_again(net, secpold, with_store):
    secpold.has_store = with_store
    secpold.start(LPD)
    assert rules.refuses_others(net)
    secpold.kill()
    assert rules.refuses_others(net) == with_store
    secpold.start()
    assert rules.refuses_others(net)
    assert wait_until(lambda: "stray" not in " ".join(rules.contents(net)))


@both_paths
def test_a_restart_with_another_policy_has_its_effect_without_a_gap(net, secpold, text):
    secpold.start(policy("RestrictLpdPort", "RestrictFtpPort"), text)
    with Prober(net, 515) as prober:
        secpold.kill()
        secpold.start(policy("RestrictLpdPort", "RestrictIppPort"))
        assert prober.leaks() == []
    assert rules.delivered(net, [21, 515, 631]) == {21}


def test_a_stop_leaves_everything_closed(net, secpold):
    secpold.start(LPD)
    with Prober(net, 515) as prober:
        assert secpold.stop() == 0
        assert prober.leaks() == []
    assert rules.is_closed(net)


# Somebody else's table


def test_a_foreign_table_of_the_same_name_is_replaced(net, secpold):
    net.device.nft(
        """table inet secpold {
        chain input { type filter hook input priority 0; udp dport 631 drop; }
        map closed { type inet_service : verdict; elements = { 515 : accept }; }
        }"""
    )
    secpold.start(LPD)
    assert rules.tables(net) == {"secpold"}
    assert rules.delivered(net, [515, 631]) == {631}
    assert rules.is_closed(net)


@contextlib.contextmanager
def another_owner(net):
    """A program that owns table inet secpold as long as it runs."""
    with net.device:
        owner = subprocess.Popen(
            ["nft", "-i"],
            stdin=subprocess.PIPE,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    owner.stdin.write("add table inet secpold { flags owner; }\n")
    owner.stdin.flush()
    assert wait_until(lambda: "secpold" in rules.tables(net))
    try:
        yield
    finally:
        owner.stdin.close()
        owner.wait()


def test_a_table_of_another_owner_makes_room_for_a_second_name(net, bus, secpold):
    with another_owner(net):
        secpold.start(LPD)
        assert rules.tables(net) == {"secpold", "secpold-2"}
        assert rules.is_closed(net)
        assert bus.manager("State") == "degraded"
        assert any("secpold" in problem for problem in bus.manager("Problems"))
        assert bus.item("RestrictLpdPort", "State") == "enforced"


def test_no_packet_passes_while_another_owner_leaves_and_the_first_name_is_taken(net, bus, secpold):
    with contextlib.ExitStack() as stack:
        with another_owner(net):
            secpold.start(LPD)
            prober = stack.enter_context(Prober(net, 515))
        # The kernel tells nobody that a table went with its owner.
        bus.call("Verify")
        assert rules.tables(net) == {"secpold"}
        assert bus.manager("State") == "enforcing"
        assert prober.leaks() == []


# The bus


@pytest.fixture
def own_bus(bus):
    """The bus stopped for the test, and back afterwards."""
    bus.stop()
    yield bus
    bus.stop()
    bus.start()


def test_without_a_bus_ports_close_all_the_same_and_it_may_come_later(net, own_bus, secpold):
    secpold.start(LPD)
    assert rules.is_closed(net)
    own_bus.start()
    assert wait_until(own_bus.has_owner, 10)
    assert own_bus.item("RestrictLpdPort", "State") == "enforced"


def test_a_restarted_bus_gets_its_name_back(net, own_bus, secpold):
    own_bus.start()
    secpold.start(LPD)
    for _ in range(2):
        own_bus.stop()
        assert rules.is_closed(net)
        assert secpold.alive()
        own_bus.start()
        assert wait_until(own_bus.has_owner, 10)
        assert own_bus.manager("State") == "enforcing"
    secpold.reload(policy("RestrictRawPort", serial=2))
    assert rules.delivered(net, [515, 9100]) == {515}


def test_a_bus_that_does_not_answer_does_not_hold_up_a_stop(net, own_bus, secpold):
    with socket.socket(socket.AF_UNIX) as mute:
        mute.settimeout(5)
        mute.bind(own_bus.address.removeprefix("unix:path="))
        mute.listen()
        secpold.start(LPD)
        connection, _ = mute.accept()
        with connection:
            os.kill(secpold.pid, signal.SIGTERM)
            assert wait_until(lambda: not secpold.alive())
    os.unlink(own_bus.address.removeprefix("unix:path="))
    assert rules.is_closed(net)


def waits_for_a_socket(secpold):
    found = set()
    for link in pathlib.Path(f"/proc/{secpold.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(link))
    return "anon_inode:inotify" in found


def test_a_bus_that_fails_as_it_appears_does_not_keep_secpold_from_the_next(own_bus, secpold):
    """How far secpold gets before the socket is gone again is left to chance, hence many times."""
    path = own_bus.address.removeprefix("unix:path=")
    secpold.start(LPD)
    for attempt in range(15):
        assert wait_until(lambda: waits_for_a_socket(secpold))
        with socket.socket(socket.AF_UNIX) as short_lived:
            short_lived.bind(path)
            short_lived.listen()
            time.sleep(attempt * 30e-6)
        os.unlink(path)
    own_bus.start()
    assert wait_until(own_bus.has_owner, 10)
