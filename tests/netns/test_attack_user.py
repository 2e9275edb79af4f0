# SPDX-License-Identifier: GPL-2.0-or-later
"""A user of the device without any rights, and a daemon of the agents' group that somebody has taken
over: on the bus, in the kernel and against the process itself."""

import contextlib
import os
import pathlib
import re
import signal
import time
import xml.etree.ElementTree

import dbus
import dbus.lowlevel
import pytest

import daemon
import rules
from bus import NAME, ROOT, Bus, call, error_name
from daemon import SOURCE, Secpold
from documents import policy
from probes import wait_until
from stranger import BUS, Stranger

DENIED = "org.freedesktop.DBus.Error.AccessDenied"
LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded"
UNKNOWN = tuple(
    f"org.freedesktop.DBus.Error.Unknown{what}" for what in ("Method", "Object", "Interface")
)
NOTHING = f"{NAME}.Error.NothingToConfirm"
AGENTS = 4711
POLICY = policy("RestrictLpdPort", "ForceAutoLogout", "ProhibitSnmpV1")
STANDARD = {
    "org.freedesktop.DBus.Introspectable": {"Introspect": ""},
    "org.freedesktop.DBus.ObjectManager": {"GetManagedObjects": ""},
    "org.freedesktop.DBus.Peer": {"GetMachineId": "", "Ping": ""},
    "org.freedesktop.DBus.Properties": {"Get": "ss", "GetAll": "s", "Set": "ssv"},
}
READING = {"Diff", "ListBlocked", "ListGenerations", "ListItems", "Validate", "Verify"}
READING |= {name for methods in STANDARD.values() for name in methods} - {"Set"}
REPORTING = {"ReportSettings"}
# Python for an argument of each type, and for properties.
VALUES = {
    "s": "''",
    "t": "dbus.UInt64(1)",
    "u": "dbus.UInt32(1)",
    "v": "dbus.String('x')",
    "ay": "dbus.ByteArray(b'x')",
    "a{sv}": "dbus.Dictionary({}, signature='sv')",
    "a(svs)": "dbus.Array([], signature='(svs)')",
}
description = xml.etree.ElementTree.parse(SOURCE / "dbus/org.secpold1.xml")


@pytest.fixture(scope="module")
def bus(tmp_path_factory):
    groups = tmp_path_factory.mktemp("etc") / "group"
    groups.write_text(f"root:x:0:\nsecpold-agent:x:{AGENTS}:\n")
    private = Bus(group_file=groups)
    private.groups = groups
    private.start()
    yield private
    private.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory, net, bus):
    device = Secpold(tmp_path_factory.mktemp("secpold"), net, bus)
    device.group_file = bus.groups
    yield device.start(POLICY)
    device.close()
    net.device.clear()


@pytest.fixture(autouse=True)
def nothing_is_changed(net, bus, running):
    """Whatever the tests here do."""
    before = (bus.manager("PolicyDigest"), rules.contents(net))
    pid = running.pid
    yield
    assert running.alive() and running.pid == pid
    assert (bus.manager("PolicyDigest"), rules.contents(net)) == before
    assert bus.manager("State") == "enforcing"
    assert rules.is_closed(net)


@contextlib.contextmanager
def client(bus, groups=()):
    with Stranger(BUS, groups=groups, arguments=(bus.address,)) as stranger:
        yield stranger


# The bus


def methods():
    """All there are, as (interface, name, signature)."""
    for interface in description.iter("interface"):
        for method in interface.iter("method"):
            signature = "".join(
                argument.get("type")
                for argument in method.iter("arg")
                if argument.get("direction") != "out"
            )
            yield interface.get("name"), method.get("name"), signature
    for interface, members in STANDARD.items():
        for name, signature in members.items():
            yield interface, name, signature


def split(signature):
    return re.findall(r"a\([^)]*\)|a\{[^}]*\}|ay|.", signature)


PATHS = (ROOT, f"{ROOT}/item/RestrictLpdPort", f"{ROOT}/setting/AutoLogout", "/", "/org")


def allowed(stranger):
    """The methods that neither the bus nor secpold denies on an object that has them."""
    found = set()
    for interface, name, signature in methods():
        arguments = ", ".join(VALUES[part] for part in split(signature))
        for path in PATHS:
            error = stranger.error(
                f"call({name!r}, {signature!r}, {arguments}{',' if arguments else ''}"
                f" path={path!r}, interface={interface!r})"
            )
            if error not in (DENIED, *UNKNOWN):
                found.add(name)
    return found


def test_a_user_gets_through_to_what_changes_nothing(bus):
    with client(bus) as stranger:
        assert allowed(stranger) == READING


def test_a_daemon_of_the_agents_group_may_report_and_no_more(bus):
    with client(bus, groups=[AGENTS]) as stranger:
        assert allowed(stranger) == READING | REPORTING


def test_no_property_can_be_set_by_root_either(bus):
    connection = bus.connect()
    for interface in description.iter("interface"):
        path = {"Item": PATHS[1], "Setting": PATHS[2]}.get(
            interface.get("name").rpartition(".")[2], ROOT
        )
        for found in interface.iter("property"):
            with pytest.raises(dbus.exceptions.DBusException):
                connection.call_blocking(
                    NAME,
                    path,
                    "org.freedesktop.DBus.Properties",
                    "Set",
                    "ssv",
                    (interface.get("name"), found.get("name"), dbus.String("x")),
                )
    connection.close()


def descriptors(running):
    return len(os.listdir(f"/proc/{running.pid}/fd"))


def test_descriptors_in_messages_do_not_stay(bus, running):
    before = descriptors(running)
    with client(bus) as stranger:
        for _ in range(100):
            assert stranger.ask(
                "call('Ping', 'ah', dbus.Array([0] * 16, signature='h'),"
                " interface='org.freedesktop.DBus.Peer')"
            ) and stranger.error("call('Validate', 'h', 0)")
    assert descriptors(running) == before


def test_nobody_is_heard_under_anothers_name(bus):
    """A forged sender is replaced by the bus; a name that counts for something cannot be had."""
    with client(bus) as stranger:
        for name in (NAME, "com.maker.WebUi", "org.freedesktop.PolicyKit1"):
            assert stranger.error(f"connection.request_name({name!r})") == DENIED
        forged = (
            "(lambda m: (m.set_sender(':1.0'), connection.send_message_with_reply_and_block(m, 5)))"
            "(dbus.lowlevel.MethodCallMessage(NAME, ROOT, NAME + '.Manager', 'Revert'))"
        )
        assert stranger.error(forged) == DENIED


# A daemon that has been taken over


CROWD = """
kept = []
def report(connections):
    taken = 0
    for _ in range(connections):
        one = dbus.bus.BusConnection(sys.argv[2])
        kept.append(one)
        try:
            one.call_blocking(NAME, ROOT, NAME + ".Manager", "ReportSettings", "a(svs)",
                (dbus.Array([("AutoLogout", True, "")], signature="(svs)"),))
            taken += 1
        except dbus.exceptions.DBusException as error:
            if not error.get_dbus_name().endswith("LimitsExceeded"):
                raise
    return taken
"""


def test_a_daemon_cannot_take_the_places_of_those_who_would_contradict_it(bus, agent):
    with Stranger(BUS + CROWD, groups=[AGENTS], arguments=(bus.address,)) as stranger:
        assert stranger.ask("report(240)") == 8
        assert bus.setting("AutoLogout", "State") == "confirmed"
        agent().report(("AutoLogout", False))
        assert bus.setting("AutoLogout", "State") == "contradicted"
        with Stranger(BUS + CROWD, uid=1, groups=[AGENTS], arguments=(bus.address,)) as other:
            assert other.ask("report(1)") == 1


def test_a_report_falls_with_its_agent_however_many_connections_somebody_has(bus, agent):
    """Whose leaving cannot be noticed is not heard."""
    with Stranger(BUS + CROWD, groups=[AGENTS], arguments=(bus.address,)) as stranger:
        stranger.ask("report(240)")
        honest = agent()
        honest.report(("AutoLogout", False))
        assert bus.setting("AutoLogout", "State") == "contradicted"
        honest.leave()
        assert wait_until(lambda: bus.setting("AutoLogout", "State") == "confirmed")
    assert wait_until(lambda: bus.setting("AutoLogout", "Reports") == [])


# Taking all there is


def answers_at_once(bus, seconds=2):
    connection = bus.connect()
    began = time.monotonic()
    call(connection, "ListItems", "")
    connection.close()
    return time.monotonic() - began < seconds


memory_is_its_own = pytest.mark.skipif(
    daemon.is_sanitized(), reason="the sanitizers keep in memory what is freed"
)


def megabytes(running):
    """What the process has in memory for itself alone."""
    text = pathlib.Path(f"/proc/{running.pid}/smaps_rollup").read_text(encoding="ascii")
    return sum(int(size) for size in re.findall(r"^Private_\w+: +(\d+) kB", text, re.M)) / 1024


MATCHES = """
def take_matches(wanted):
    taken = 0
    for number in range(wanted):
        try:
            connection.add_match_string(f"type='signal',path='/org/secpold1',arg0='{number}'")
        except dbus.exceptions.DBusException as error:
            return taken, error.get_dbus_name()
        taken += 1
    return taken, None
def take_connections(wanted):
    taken = globals().setdefault("taken", [])
    try:
        while len(taken) < wanted:
            one = dbus.bus.BusConnection(sys.argv[2])
            one.add_match_string("path_namespace='/org/secpold1'")
            taken.append(one)
    except dbus.exceptions.DBusException as error:
        return len(taken), error.get_dbus_name()
    return len(taken), None
"""


@memory_is_its_own
def test_ten_thousand_matches_hold_nobody_up(bus, running):
    """The bus ends it long before."""
    with Stranger(BUS + MATCHES, arguments=(bus.address,)) as stranger:
        taken, error = stranger.ask("take_matches(10000)")
        assert taken == 10000 or error == LIMITS
        assert answers_at_once(bus)
    assert megabytes(running) < 5


@memory_is_its_own
def test_a_thousand_connections_keep_nobody_else_out(bus, running):
    with Stranger(BUS + MATCHES, arguments=(bus.address,)) as stranger:
        taken, error = stranger.ask("take_connections(1000)")
        assert taken >= 200 and (taken == 1000 or error == LIMITS)
        assert answers_at_once(bus)
    assert megabytes(running) < 5


@memory_is_its_own
def test_who_asks_much_and_never_reads_costs_nobody_anything(bus, running):
    """What the answers wait in is the bus's, and what it takes for one client is limited."""
    deaf = (
        "[connection.send_message(dbus.lowlevel.MethodCallMessage("
        "NAME, ROOT, 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects'))"
        " for _ in range(2000)] and connection.flush()"
    )
    with client(bus) as stranger:
        assert stranger.error(deaf) is None
        assert answers_at_once(bus, 10)
        assert answers_at_once(bus)
    assert megabytes(running) < 5


def test_who_comes_when_too_many_call_is_told_to_try_again(bus, running):
    """Each caller is looked up with the bus; a hundred that nobody knows yet come at once."""
    crowd, waiting, errors = [bus.connect() for _ in range(100)], [], []
    os.kill(running.pid, signal.SIGSTOP)
    for one in crowd:
        revert = dbus.lowlevel.MethodCallMessage(NAME, ROOT, f"{NAME}.Manager", "Revert")
        waiting.append(
            one.send_message_with_reply(
                revert, lambda reply: errors.append(reply.get_error_name()), 20
            )
        )
        one.flush()
    os.kill(running.pid, signal.SIGCONT)
    for pending in waiting:
        pending.block()
    assert set(errors) == {LIMITS, NOTHING}
    assert len(errors) == 100 and errors.count(LIMITS) <= 36
    assert error_name(call, crowd[0], "Revert", "") == NOTHING
    for one in crowd:
        one.close()


@memory_is_its_own
def test_messages_of_megabytes_are_refused_and_forgotten(bus, running):
    large = "call('Validate', 'ay', dbus.ByteArray(bytes({})))"
    with client(bus) as stranger:
        for _ in range(10):
            stranger.ask(large.format(30 << 20))
            assert answers_at_once(bus)
    print(f"{megabytes(running):.1f} MB in memory afterwards")
    assert megabytes(running) < 10


SIGNAL = """
def send_large_signal(target, size):
    signal = dbus.lowlevel.SignalMessage(
        ROOT, "org.freedesktop.DBus.Properties", "PropertiesChanged")
    signal.set_destination(target)
    signal.append(dbus.ByteArray(bytes(size)), signature="ay")
    connection.send_message(signal)
    connection.flush()
"""


def connections_of(bus, pid):
    """The names of a process on the bus."""
    connection = bus.connect()
    driver = dbus.Interface(
        connection.get_object(dbus.BUS_DAEMON_NAME, dbus.BUS_DAEMON_PATH), dbus.BUS_DAEMON_IFACE
    )
    names = [str(name) for name in driver.ListNames() if name.startswith(":")]
    found = [name for name in names if driver.GetConnectionUnixProcessID(name) == pid]
    connection.close()
    return found


@memory_is_its_own
def test_signals_of_megabytes_leave_the_agent_no_larger(bus, running, policy_agent):
    """Everybody may send a signal to anybody, who need not have asked for it."""
    policy_agent.start()
    # One that speaks to secpold, one that speaks to systemd.
    assert wait_until(lambda: len(connections_of(bus, policy_agent.pid)) >= 2, 20)
    with Stranger(BUS + SIGNAL, arguments=(bus.address,)) as stranger:
        for name in connections_of(bus, policy_agent.pid) * 3:
            stranger.ask(f"send_large_signal({name!r}, {30 << 20})")
            # It has read the signal once it has seen what comes after it.
            time.sleep(1)
    assert policy_agent.alive()
    assert wait_until(lambda: megabytes(policy_agent) < 10)


# The kernel


IN_KERNEL = """
import os, subprocess
def run(*command, text=None):
    return subprocess.run(command, input=text, capture_output=True, text=True).returncode
def write(path, text):
    with open(path, "w") as file:
        file.write(text)
"""
FLUSHES = ("flush ruleset", "delete table inet secpold", "table inet mine { }")


@pytest.fixture
def on_the_device(net):
    with Stranger(IN_KERNEL, namespace=net.device) as stranger:
        yield stranger


def test_a_user_changes_no_rules_and_no_reserved_ports(on_the_device):
    for script in FLUSHES:
        assert on_the_device.ask(f"run('nft', '-f', '-', text={script!r})") != 0
    for tool in ("iptables-nft", "ip6tables-nft"):
        assert on_the_device.ask(f"run('/usr/sbin/{tool}', '-F')") != 0
    reserved = "/proc/sys/net/ipv4/ip_local_reserved_ports"
    assert on_the_device.error(f"write({reserved!r}, '1')") == "PermissionError"


def test_root_of_a_user_namespace_changes_no_rules_but_its_own(on_the_device):
    entered = "run('unshare', '--user', '--map-root-user', {}'nft', '-f', '-', text={!r})"
    if on_the_device.ask("run('unshare', '--user', '--map-root-user', '--net', 'true')") != 0:
        pytest.skip("users may make no namespaces here")
    for script in FLUSHES:
        assert on_the_device.ask(entered.format("", script)) != 0
    assert on_the_device.ask(entered.format("'--net', ", "table inet secpold { }")) == 0


# The process


def test_a_user_has_no_hold_on_the_process(running):
    with Stranger(IN_KERNEL) as stranger:
        for number in (9, 15, 1, 19):
            assert stranger.error(f"os.kill({running.pid}, {number})") == "PermissionError"
        for name in ("mem", "environ", "maps", "syscall", "fd", "root", "cwd", "exe"):
            path = f"/proc/{running.pid}/{name}"
            look = f"os.listdir({path!r})" if name in ("fd", "root", "cwd") else f"open({path!r})"
            look = f"os.readlink({path!r})" if name in ("exe",) else look
            assert stranger.error(look) == "PermissionError", name
        for path in (running.state, running.directory / "run"):
            assert stranger.error(f"os.listdir({str(path)!r})") == "PermissionError"


def test_nobody_can_talk_to_the_process_but_over_the_bus(running, net):
    """It listens on no socket, with or without a name in the file system."""
    for kind in ("--listening --unix", "--listening --tcp", "--listening --udp", "--raw"):
        done = net.device.run(["ss", "--processes", "--no-header", *kind.split()])
        assert f"pid={running.pid}," not in done.stdout
