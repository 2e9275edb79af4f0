# SPDX-License-Identifier: GPL-2.0-or-later
"""What systemd and secpold do for each other: whatever becomes of the process, ports stay closed."""

import contextlib
import os
import pathlib
import signal
import subprocess
import time

import pytest

import rules
from attacks import ATTACKS
from probes import wait_until
from prober import Prober
from unit import SECONDS, Unit, run, write
from wire import Wire

POLICY = """[Policy]
FormatVersion=1
Name=First
Serial=1
[Network]
RestrictLpdPort=yes
RestrictRawPort=yes
"""
GUEST = {"timeout": 420}
POLICY_FILE = "/etc/secpold/default.policy"
CRASHES = 20
# MESSAGE_ID of a repair.
REPAIRED = "0e5a1fb9c2644958a34d9cbbdbd0e752"

unit = Unit()
watched = pytest.mark.skipif(
    rules.kernel() >= (6, 9), reason="here the table is owned, not watched"
)


@pytest.fixture(scope="module")
def net():
    wire = Wire().connect()
    yield wire
    wire.close()


@pytest.fixture(scope="module", autouse=True)
def enabled():
    write(POLICY_FILE, POLICY)
    run("systemctl", "enable", "--now", unit.name)


@pytest.fixture(autouse=True)
def alive_before_and_after():
    unit.do("start")
    yield
    unit.wait_back()
    assert unit.show("Result") == "success"


@contextlib.contextmanager
def nothing_passes(net):
    """Where a packet gets to the closed port while the block runs, the test fails."""
    with Prober(net, 515, pause=0.03, longest_silence=20) as prober:
        yield
        assert prober.leaks() == []


def closing(net):
    """The table without who owns it."""
    return [entry for entry in rules.contents(net) if not entry.startswith('{"table"')]


def processes():
    folder = pathlib.Path("/sys/fs/cgroup/system.slice") / unit.name
    with contextlib.suppress(OSError):
        return {int(pid) for pid in (folder / "cgroup.procs").read_text("ascii").split()}
    return set()


def another_process(pid):
    """As soon as there is one: it has hardly begun."""
    assert wait_until(lambda: processes() - {pid}, SECONDS)
    return min(processes() - {pid})


# The file-descriptor store


def test_systemd_keeps_one_descriptor():
    """The socket that owns the table, which makes an earlier one's place free."""
    assert unit.show("NFileDescriptorStore") == "1"
    for _ in range(2):
        unit.wait_back(unit.crash())
    assert unit.show("NFileDescriptorStore") == "1"


@rules.needs_owned_tables
def test_nothing_that_others_do_has_an_effect_while_secpold_is_dead(net):
    """Kill, flush, delete: systemd holds the socket that owns the table."""
    before = rules.contents(net)
    with unit.drop_in("[Service]\nRestartSec=5s\n"), nothing_passes(net):
        pid = unit.crash()
        assert wait_until(lambda: not processes(), SECONDS)
        for attack in ("flush ruleset", "delete table", "flush input", "delete element"):
            refused = net.device.nft(ATTACKS[attack], check=False).returncode != 0
            assert refused or attack == "flush ruleset"
        assert unit.show("SubState") == "auto-restart", "the attacks took too long"
        assert rules.contents(net) == before
        unit.wait_back(pid)
    assert rules.contents(net) == before
    assert rules.refuses_others(net)


@rules.needs_owned_tables
def test_nothing_that_others_do_has_an_effect_while_it_runs(net):
    before = rules.contents(net)
    with nothing_passes(net):
        for attack in ATTACKS.values():
            net.device.nft(attack, check=False)
    assert rules.contents(net) == before


@watched
@pytest.mark.parametrize("attack", ("flush ruleset", "delete table", "accept first"))
def test_what_others_do_is_repaired_and_told(net, attack):
    before, told = rules.contents(net), len(unit.events(REPAIRED))
    net.device.nft(ATTACKS[attack])
    assert wait_until(lambda: rules.tables(net) and rules.contents(net) == before, 5)
    assert rules.is_closed(net)
    assert wait_until(lambda: len(unit.events(REPAIRED)) > told, SECONDS)
    entry = unit.events(REPAIRED)[-1]
    assert (entry["EFFECT"], entry["_SYSTEMD_UNIT"]) == ("firewall", unit.name)
    # A millisecond or two on hardware.
    assert 0 < int(entry["REPAIR_USEC"]) < 1_000_000


@watched
def test_what_others_did_while_secpold_was_dead_is_repaired_by_the_next_one(net):
    before = rules.contents(net)
    pid = unit.crash()
    net.device.nft("flush ruleset")
    unit.wait_back(pid)
    assert rules.contents(net) == before
    assert rules.is_closed(net)


# Crashes


def test_twenty_crashes_in_a_row_open_nothing_and_meet_no_limit(net):
    """Every other one hits a secpold that has hardly begun to start."""
    before, restarts = rules.contents(net), int(unit.show("NRestarts"))
    with nothing_passes(net):
        pid = unit.pid
        for crash in range(CRASHES):
            os.kill(pid, signal.SIGKILL)
            dead, pid = pid, another_process(pid)
            if crash % 2:
                unit.wait_back(dead)
            assert rules.tables(net) == {"secpold"}
        unit.wait_back(dead)
    assert int(unit.show("NRestarts")) - restarts == CRASHES
    assert rules.contents(net) == before
    assert "Start request repeated" not in unit.journal()
    unit.wait_state("enforcing")


def test_the_watchdog_ends_only_a_secpold_that_hangs_and_the_next_keeps_ports_closed(net):
    assert unit.show("WatchdogUSec") == "20s"
    with unit.drop_in("[Service]\nWatchdogSec=4s\n"):
        unit.do("restart")
        with nothing_passes(net):
            pid = unit.pid
            assert not wait_until(lambda: unit.pid != pid, 6), "it is well, and was ended"
            unit.crash(signal.SIGSTOP)
            unit.wait_back(pid)
    assert unit.journal().count("Watchdog timeout") == 1
    unit.do("restart")
    assert rules.is_closed(net)


# Stop, restart, reload


def test_a_stop_leaves_everything_closed_and_a_start_takes_it_over(net):
    before = closing(net)
    with nothing_passes(net):
        unit.do("stop")
        assert unit.show("ActiveState", "Result") == {
            "ActiveState": "inactive",
            "Result": "success",
        }
        assert closing(net) == before
        assert rules.is_closed(net)
        unit.do("start")
    assert closing(net) == before


@contextlib.contextmanager
def steady_attack():
    """Somebody who tries to delete the table all the time; the file names each success."""
    success = pathlib.Path("/run/deleted")
    script = f"while :; do nft delete table inet secpold && echo x >>{success}; done"
    process = subprocess.Popen(["sh", "-c", script], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()
    assert not success.exists()


@rules.needs_owned_tables
def test_the_table_is_owned_at_every_moment_of_a_restart_and_of_a_new_systemd(net):
    before = rules.contents(net)
    with nothing_passes(net), steady_attack():
        unit.do("restart")
        run("systemctl", "daemon-reexec")
        assert unit.show("NFileDescriptorStore") == "1"
        unit.do("restart")
        pid = unit.crash()
        run("systemctl", "daemon-reload")
        unit.wait_back(pid)
    assert rules.contents(net) == before


def test_no_packet_passes_while_secpold_and_systemd_start_anew(net):
    with nothing_passes(net):
        unit.do("restart")
        run("systemctl", "daemon-reexec")
        unit.do("restart")
    unit.wait_state("enforcing")


def test_a_reload_takes_a_new_policy_and_refuses_a_bad_one(net):
    pid = unit.pid
    with nothing_passes(net):
        write(POLICY_FILE, POLICY.replace("First", "Second") + "RestrictFtpPort=yes\n")
        unit.do("reload")
        assert wait_until(lambda: unit.manager("PolicyName") == "Second", SECONDS)
        assert rules.delivered(net, [21, 515, 631]) == {631}
        write(POLICY_FILE, POLICY + "Oops=yes\n")
        unit.do("reload")
        assert wait_until(lambda: unit.manager("Problems"), SECONDS)
        assert (unit.manager("PolicyName"), unit.pid) == ("Second", pid)
        write(POLICY_FILE, POLICY)
        unit.do("reload")
        assert wait_until(lambda: unit.manager("PolicyName") == "First", SECONDS)
    assert unit.manager("Problems") == []
    assert rules.delivered(net, [21, 515]) == {21}


def test_a_bus_that_is_restarted_gets_its_name_back_and_opens_nothing(net):
    pid = unit.pid
    with nothing_passes(net):
        run("systemctl", "restart", "dbus.service")
        assert wait_until(unit.on_bus, SECONDS)
    assert unit.pid == pid
    assert unit.state() == "enforcing"


def test_without_secpold_and_its_table_the_port_is_open(net):
    """The counter-test of this file: last, and put right again."""
    unit.do("stop")
    net.device.nft("delete table inet secpold")
    with Prober(net, 515, pause=0.03, longest_silence=20) as prober:
        time.sleep(1)
        assert {kind for kind, _ in prober.leaks()} == {"udp4", "udp6", "tcp4", "tcp6"}
    unit.do("start")
    assert rules.is_closed(net)
