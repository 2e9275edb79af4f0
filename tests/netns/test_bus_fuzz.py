# SPDX-License-Identifier: GPL-2.0-or-later
"""Random calls, right and wrong, from root and from nobody, as bytes: whatever comes, secpold lives,
answers, says what is true, and lets nobody do what is root's.

A run is the same each time, eight rounds of about a second. A longer one, from another seed on:

    SECPOLD_FUZZ_SECONDS=3600 SECPOLD_FUZZ_SEED=7 pytest tests/netns/test_bus_fuzz.py

Each round has the next seed; a failure tells which.
"""

import collections
import os
import time

import bus_fuzz
import packets
import raw_bus
import rules
from bus import NAME, ROOT, call
from documents import PORTS, policy
from probes import wait_until

SECONDS = float(os.environ.get("SECPOLD_FUZZ_SECONDS", "0"))
SEED = int(os.environ.get("SECPOLD_FUZZ_SEED", "1"))
ROUNDS = 8
CALLS = 120
ROOT_UID, NOBODY_UID = 0, 65534

# The D-Bus Specification's own, and those that the bus gives in secpold's place: for no receiver,
# for a call that its policy does not list, for descriptors that the receiver does not take.
BUS_ERRORS = {
    f"org.freedesktop.DBus.Error.{name}"
    for name in (
        "UnknownMethod",
        "UnknownInterface",
        "UnknownProperty",
        "PropertyReadOnly",
        "ServiceUnknown",
        "NameHasNoOwner",
        "NotSupported",
        "AccessDenied",
    )
}
ERRORS = BUS_ERRORS | bus_fuzz.documented_errors()
# What the mechanisms of items that are in force now, and were not before, keep open.
ENFORCERS_DESCRIPTORS = 12
# Whether a packet to it passes depends on its version where ProhibitSnmpV1 is on.
SNMP_PORT = 161


class Round:
    """What one seed comes to."""

    def __init__(self, seed, bus, settings):
        self._bus = bus
        self._calls = bus_fuzz.Calls(seed, settings)
        self._connections = {}
        self.sent = 0
        self.outcomes = collections.Counter()

    def close(self):
        for connection in self._connections.values():
            connection.close()

    def _connection(self, uid):
        if uid not in self._connections or self._calls.chance(40):
            if uid in self._connections:
                self._connections.pop(uid).close()
            path = self._bus.address.removeprefix("unix:path=")
            self._connections[uid] = raw_bus.Connection(path, uid)
        return self._connections[uid]

    def _send(self, connection, message):
        *parts, count = message
        fds = bus_fuzz.open_descriptors(count)
        try:
            self.sent += 1
            return connection.send(*parts, fds)
        finally:
            for fd in fds:
                os.close(fd)

    def _burst(self, connection, count):
        """Serials of the calls that want an answer, with their members."""
        waiting = {}
        for _ in range(count):
            if self._calls.chance(10):
                self._send(connection, self._calls.signal())
                continue
            message, member = self._calls.call()
            serial = self._send(connection, message)
            if message[1] & raw_bus.NO_REPLY == 0:
                waiting[serial] = member
        return waiting

    def run(self):
        while self.sent < CALLS:
            uid = self._calls.random.choice((ROOT_UID, NOBODY_UID))
            connection = self._connection(uid)
            try:
                waiting = self._burst(connection, self._calls.random.randint(1, 12))
                self._check(uid, waiting, connection.wait(list(waiting), 60))
            except (ConnectionError, BrokenPipeError):
                # The bus hangs up on who breaks the protocol.
                self._connections.pop(uid).close()

    def _check(self, uid, waiting, replies):
        assert set(replies) == set(waiting), [
            member for serial, member in waiting.items() if serial not in replies
        ]
        for serial, error in replies.items():
            member = waiting[serial]
            self.outcomes[member, error] += 1
            assert error is None or error in ERRORS, (member, error)
            assert uid == ROOT_UID or error or member not in bus_fuzz.PRIVILEGED, member


def answers_in_a_second(client):
    started = time.monotonic()
    client.call_blocking(NAME, ROOT, "org.freedesktop.DBus.Peer", "Ping", "", (), timeout=20)
    return time.monotonic() - started < 1


def published(client):
    objects = client.call_blocking(
        NAME, ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", "", (), timeout=20
    )
    items = [facts["org.secpold1.Item"] for facts in objects.values() if "org.secpold1.Item" in facts]
    return {str(item["Key"]): str(item["State"]) for item in items}


def assert_published_is_true(net, client):
    """Looks again where a policy went back to the one before meanwhile."""
    for _ in range(5):
        call(client, "Verify", "")
        states = published(client)
        ports = [port for key in PORTS for port in PORTS[key]]
        passed = {
            protocol: rules.delivered(net, ports, protocol)
            for protocol in (packets.UDP, packets.TCP)
        }
        if published(client) == states:
            break
    assert len(states) == 45
    for key, closed in PORTS.items():
        assert states[key] in ("off", "enforced"), (key, states[key])
        for protocol, through in passed.items():
            if states[key] == "enforced":
                assert not through & set(closed), (key, protocol)
            else:
                assert through >= set(closed) - {SNMP_PORT}, (key, protocol)


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def list_settings(bus):
    """Their names with the type of their value, in the same order each time."""
    objects = bus.busctl(
        "call", NAME, ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"
    )["data"][0]
    return {
        path.rpartition("/")[2]: objects[path]["org.secpold1.Setting"]["Value"]["data"]["type"]
        for path in sorted(objects)
        if "/setting/" in path
    }


def run_round(seed, net, bus, secpold, observer):
    """How often each (method, error) came, None being no error."""
    pid = secpold.pid
    one = Round(seed, bus, list_settings(bus))
    try:
        one.run()
        assert any(answers_in_a_second(observer) for _ in range(3))
        assert_published_is_true(net, observer)
        assert secpold.alive() and secpold.pid == pid
    except BaseException:
        print(f"SECPOLD_FUZZ_SEED={seed}\n{secpold.log()[-3000:]}")
        raise
    finally:
        one.close()
    return one.outcomes


def test_whatever_is_called(net, bus, secpold):
    # With all the time it takes: a long run is one in the background.
    secpold.start(policy("RestrictLpdPort"), wait=False)
    assert secpold.wait_ready(60) and wait_until(bus.has_owner, 60)
    observer = bus.connect()
    before, until = descriptors(secpold.pid), time.monotonic() + SECONDS
    outcomes, rounds = collections.Counter(), 0
    while rounds < ROUNDS or time.monotonic() < until:
        outcomes += run_round(SEED + rounds, net, bus, secpold, observer)
        rounds += 1
    print(f"{outcomes.total()} answers in {rounds} rounds:", *sorted(outcomes.items(), key=str))
    assert wait_until(lambda: descriptors(secpold.pid) <= before + ENFORCERS_DESCRIPTORS)
    # It came to both ends of every way: what is granted, what is refused, what is not understood.
    granted = {member for member, error in outcomes if error is None}
    assert granted >= {member for _, member in bus_fuzz.METHODS} - {"Confirm", "Revert"}
    refused = {member for member, error in outcomes if error and error.endswith("AccessDenied")}
    assert refused >= bus_fuzz.PRIVILEGED
    observer.close()
    assert secpold.stop() == 0, secpold.log()[-3000:]
