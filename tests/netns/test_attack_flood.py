# SPDX-License-Identifier: GPL-2.0-or-later
"""A user without rights who calls from every connection that the bus lets him have, without waiting for
answers: others wait for theirs, the device is protected all the while."""

import threading
import time

import pytest

import daemon
import rules
from documents import policy, profile
from probes import wait_until
from stranger import BUS, Stranger

pytestmark = pytest.mark.skipif(
    daemon.is_sanitized(), reason="the sanitizers make it too slow to keep up with a flood"
)

WATCHED = profile(Firewall={"TableOwner": "no"})
POLICY = policy("RestrictLpdPort", "ProhibitSnmpV1")
# What takes the most of secpold's time, and the largest answers.
CALLS = {
    "Diff": policy("RestrictRawPort") + "#" * 60000 + "\n",
    "Validate": "x\n" * 30000,
    "Verify": None,
}
FLOOD = """
kept = []
def flood(member, connections, calls, document):
    for _ in range(connections):
        one = dbus.bus.BusConnection(sys.argv[2])
        for _ in range(calls):
            message = dbus.lowlevel.MethodCallMessage(NAME, ROOT, NAME + ".Manager", member)
            if document:
                message.append(dbus.ByteArray(document.encode()), signature="ay")
            one.send_message(message)
        one.flush()
        kept.append(one)
    return len(kept)
"""
CONNECTIONS, EACH, SECONDS = 100, 120, 4


@pytest.mark.parametrize("member", CALLS)
def test_a_flood_of_calls_from_everywhere_does_not_hold_up_protection(net, bus, secpold, member):
    secpold.start(POLICY, WATCHED)
    before, times = rules.contents(net), []
    with Stranger(BUS + FLOOD, arguments=(bus.address,)) as stranger:
        request = f"flood({member!r}, {CONNECTIONS}, {EACH}, {CALLS[member]!r})"
        flood = threading.Thread(target=stranger.ask, args=(request,))
        used, end = secpold.cpu_seconds(), time.monotonic() + SECONDS
        flood.start()
        # What it has sent is worked off after it has sent it.
        while flood.is_alive() or time.monotonic() < end:
            net.device.nft("flush ruleset")
            began = time.monotonic()
            assert wait_until(lambda: rules.tables(net) == {"secpold"})
            times.append(time.monotonic() - began)
            time.sleep(0.05)
        flood.join()
        print(f"{member}: restored {len(times)} times, at worst after {max(times) * 1000:.0f} ms")
        assert len(times) > 3 and max(times) < 1
        assert secpold.cpu_seconds() - used > 0.1, "there was a flood"
    assert wait_until(lambda: rules.contents(net) == before)
    assert wait_until(lambda: bus.manager("State") == "enforcing", 30)
    assert secpold.alive()
