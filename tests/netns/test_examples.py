# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples of daemons that comply, at work for a fax service that really does what they say."""

import dbus
import dbus.lowlevel
import pytest

from bus import NAME, ROOT, Bus
from documents import policy
from fax import BUS_RULES, Fax, Program, example
from probes import wait_until

SETTING = {
    "AllowRegisteredAddressesOnly": "RestrictNewDestinations",
    "ForceFaxNumberConfirmation": "ConfirmFaxNumber",
    "ProhibitAutoForwarding": "Forwarding",
    "ForceCompleteDeletion": "CompleteDeletion",
}
DOCUMENT = policy(*SETTING)
NOTHING = policy()
KNOWN, STRANGE = "555100", "555999"
GROUPS = "root:x:0:\nsecpold-agent:x:4711:\nother:x:4712:\n"


@pytest.fixture(scope="module")
def group_file(tmp_path_factory):
    groups = tmp_path_factory.mktemp("etc") / "group"
    groups.write_text(GROUPS)
    return groups


@pytest.fixture(scope="module")
def bus(group_file):
    private = Bus(more=BUS_RULES, group_file=group_file).start()
    yield private
    private.close()


@pytest.fixture(params=("C", "Python"))
def command(request):
    return example(request.param)


@pytest.fixture
def fax(bus):
    service = Fax(bus)
    try:
        service.register(KNOWN)
        yield service
    finally:
        service.close()


def states(bus):
    return {item: bus.item(item, "State") for item in SETTING}


def become(bus, state, *items):
    """Whether these items, all four unless told, get to this state and nothing else."""
    wanted = {item: state for item in items or SETTING}
    return wait_until(lambda: {item: bus.item(item, "State") for item in wanted} == wanted)


def is_lax(fax):
    """Whether users can do all that the policy forbids."""
    allowed = [fax.send(STRANGE) is None, fax.forwards(), fax.leaves_traces()]
    assert len(set(allowed)) == 1, allowed
    return allowed[0]


def test_a_policy_is_taken_over_and_reported(secpold, bus, fax, command):
    secpold.start(DOCUMENT)
    assert set(states(bus).values()) == {"pending"}
    fax.comply(command)
    assert become(bus, "enforced"), states(bus)
    for item, setting in SETTING.items():
        assert bus.item(item, "VerifiedBy") == "agent"
        assert bus.setting(setting, "State") == "confirmed"


def test_what_the_policy_forbids_is_refused_until_it_lifts(secpold, bus, fax, command):
    secpold.start(NOTHING)
    fax.comply(command)
    assert wait_until(lambda: bus.setting("Forwarding", "Reports"))
    assert is_lax(fax)

    secpold.reload(DOCUMENT)
    assert become(bus, "enforced"), states(bus)
    assert fax.send(STRANGE) == fax.send(STRANGE, STRANGE) == "NotRegistered"
    assert fax.send(KNOWN) is None
    assert not fax.forwards()
    assert not fax.leaves_traces()

    secpold.reload(NOTHING)
    assert wait_until(lambda: not list(fax.settings.glob("*.locked")))
    assert is_lax(fax)


def test_a_number_that_is_typed_in_is_confirmed(secpold, bus, fax, command):
    """Which shows only where numbers outside the address book are allowed."""
    secpold.start(policy("ForceFaxNumberConfirmation"))
    fax.comply(command)
    assert become(bus, "enforced", "ForceFaxNumberConfirmation")
    assert fax.send(STRANGE) == fax.send(STRANGE, "555998") == "NotConfirmed"
    assert fax.send(STRANGE, STRANGE) is None
    assert fax.send(KNOWN) is None


def test_users_cannot_change_what_is_locked_and_find_their_choice_again(secpold, bus, fax, command):
    assert fax.choose("CompleteDeletion", True) is None
    secpold.start(DOCUMENT)
    fax.comply(command)
    assert become(bus, "enforced"), states(bus)
    for setting in SETTING.values():
        assert fax.choose(setting, False) == fax.choose(setting, True) == "Locked"

    secpold.reload(NOTHING)
    assert wait_until(lambda: not list(fax.settings.glob("*.locked")))
    assert not fax.leaves_traces()
    assert fax.forwards()
    assert fax.choose("Forwarding", False) is None
    assert not fax.forwards()


def test_a_value_that_cannot_be_put_in_force_violates_the_item_with_a_reason(
    secpold, bus, fax, command, watch
):
    obstacle = fax.settings / "Forwarding.locked"
    (obstacle / "lost+found").mkdir(parents=True)
    secpold.start(DOCUMENT)
    fax.comply(command)
    assert become(bus, "violated", "ProhibitAutoForwarding"), states(bus)
    assert become(bus, "enforced", *(set(SETTING) - {"ProhibitAutoForwarding"})), states(bus)
    assert fax.forwards()
    ((_, _, value, reason),) = bus.setting("Forwarding", "Reports")
    assert value["data"] is True and "Forwarding.locked" in reason
    assert bus.setting("Forwarding", "State") == "contradicted"
    assert reason in bus.item("ProhibitAutoForwarding", "Detail")
    assert watch.wait_for("Violation", lambda _, data: data[0] == "ProhibitAutoForwarding")

    (obstacle / "lost+found").rmdir()
    obstacle.rmdir()
    secpold.kill()
    secpold.start()
    assert become(bus, "enforced"), states(bus)
    assert not fax.forwards()


def test_while_secpold_is_away_the_last_values_hold(secpold, bus, fax, command):
    secpold.start(DOCUMENT)
    complier = fax.comply(command)
    assert become(bus, "enforced"), states(bus)

    secpold.kill()
    assert wait_until(lambda: not bus.has_owner())
    assert not is_lax(fax)
    complier.end()
    complier.start()
    assert not wait_until(lambda: is_lax(fax), 1)

    secpold.start()
    assert become(bus, "enforced"), states(bus)
    assert not is_lax(fax)


def test_a_policy_that_changed_while_nobody_listened_is_taken_over(secpold, bus, fax, command):
    secpold.start(NOTHING)
    complier = fax.comply(command)
    assert wait_until(lambda: bus.setting("Forwarding", "Reports"))
    secpold.kill()
    secpold.start(policy("ProhibitAutoForwarding"))
    assert become(bus, "enforced", "ProhibitAutoForwarding")
    assert not fax.forwards()

    complier.end()
    assert become(bus, "pending", "ProhibitAutoForwarding")
    secpold.reload(NOTHING)
    complier.start()
    assert wait_until(fax.forwards)


def test_when_the_daemon_leaves_its_items_are_pending(secpold, bus, fax, command):
    secpold.start(DOCUMENT)
    complier = fax.comply(command)
    assert become(bus, "enforced"), states(bus)
    complier.end()
    assert become(bus, "pending"), states(bus)
    assert bus.setting("Forwarding", "Reports") == []
    assert not is_lax(fax)


def reports_seen(watch):
    """How often what is reported on Forwarding has changed."""
    return sum(
        path.endswith("/setting/Forwarding") and "Reports" in data[1]
        for path, data in watch.signals("PropertiesChanged")
    )


def test_a_report_is_no_reason_to_report_again(secpold, bus, fax, command, watch):
    """Not even where each one's reason is another, as it is when it names a temporary file."""
    (fax.settings / "Forwarding.locked" / "lost+found").mkdir(parents=True)
    secpold.start(DOCUMENT)
    fax.comply(command)
    assert become(bus, "violated", "ProhibitAutoForwarding"), states(bus)
    assert not wait_until(lambda: reports_seen(watch) > 1, 1)
    assert reports_seen(watch) == 1


def test_a_forged_signal_changes_nothing(secpold, bus, fax, command, client):
    secpold.start(DOCUMENT)
    fax.comply(command)
    assert become(bus, "enforced"), states(bus)
    ((complier, *_),) = bus.setting("Forwarding", "Reports")
    forged = dbus.lowlevel.SignalMessage(
        f"{ROOT}/setting/Forwarding", dbus.PROPERTIES_IFACE, "PropertiesChanged"
    )
    forged.append("org.secpold1.Setting", {"Locked": False}, [], signature="sa{sv}as")
    forged.set_destination(complier)
    client.send_message(forged)
    client.flush()
    assert not wait_until(fax.forwards, 0.5)


STRANGER = ("--reuid=65534", "--regid=65534")


def as_stranger(secpold, fax, group_file, document=DOCUMENT):
    secpold.group_file = group_file
    secpold.start(document)
    fax.settings.chmod(0o777)


def test_outside_the_group_it_complies_and_says_why_it_is_not_heard(
    secpold, bus, fax, command, group_file
):
    as_stranger(secpold, fax, group_file)
    complier = fax.comply(command, *STRANGER, "--groups=4712")
    assert wait_until(lambda: "group secpold-agent" in complier.log())
    assert "fax-settings: " in complier.log()
    assert wait_until(lambda: not is_lax(fax))
    assert set(states(bus).values()) == {"pending"}
    assert complier.alive()


def test_in_the_group_it_is_heard(secpold, bus, fax, command, group_file):
    as_stranger(secpold, fax, group_file)
    complier = fax.comply(command, *STRANGER, "--groups=4711")
    assert become(bus, "enforced"), complier.log()
    assert complier.log() == ""


@pytest.fixture
def activating_bus(tmp_path):
    """A bus that would start secpold for whoever calls it."""
    (tmp_path / "org.secpold1.service").write_text(
        "[D-BUS Service]\nName=org.secpold1\nUser=root\n"
        f"Exec=/usr/bin/touch {tmp_path / 'started'}\n"
    )
    private = Bus(more=f"{BUS_RULES}<servicedir>{tmp_path}</servicedir>").start()
    yield private, tmp_path / "started"
    private.close()


def ask(bus):
    """As one who does not mind; does not wait for the answer."""
    connection = bus.connect()
    question = dbus.lowlevel.MethodCallMessage(NAME, ROOT, "org.freedesktop.DBus.Peer", "Ping")
    question.set_no_reply(True)
    connection.send_message(question)
    connection.flush()
    connection.close()


def test_a_secpold_that_was_stopped_is_not_started(activating_bus, net, command, tmp_path):
    private, started = activating_bus
    fax = Fax(private)
    try:
        complier = fax.comply(command)
        assert not wait_until(started.exists, 1)
        assert complier.alive()
        ask(private)
        assert wait_until(started.exists)
    finally:
        fax.close()


def test_when_the_bus_ends_it_ends_and_can_be_started_again(command, tmp_path):
    private = Bus().start()
    try:
        complier = Program(private, tmp_path, "fax-settings", [*command, str(tmp_path)]).start()
        assert wait_until(lambda: connections(private) == 2)
        private.stop()
        assert wait_until(lambda: not complier.alive())
        with pytest.raises(RuntimeError, match="ended by itself with 1:"):
            complier.end()
    finally:
        private.close()


def connections(bus):
    """How many there are, but for the one that asks."""
    names = bus.busctl("call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames")
    return sum(name.startswith(":") for name in names["data"][0]) - 1
