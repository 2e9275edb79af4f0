# SPDX-License-Identifier: GPL-2.0-or-later
"""Which reports secpold takes, and whose."""

import subprocess

import dbus
import pytest

import bus as bus_module
import daemon
from bus import NAME, ROOT, error_name
from documents import policy
from probes import wait_until

INVALID_ARGUMENTS = "org.freedesktop.DBus.Error.InvalidArgs"
DOCUMENT = policy("ForceAutoLogout", "ForceSntp", SntpServer="time.example.org")


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(DOCUMENT)


@pytest.fixture(autouse=True)
def clean(bus):
    """Nobody else's reports at the start."""
    assert wait_until(lambda: bus.setting("AutoLogout", "Reports") == [])


@pytest.mark.parametrize(
    "bad, error",
    (
        (("Nothing", True), "org.secpold1.Error.NoSuchSetting"),
        (("AutoLogout", "yes"), INVALID_ARGUMENTS),
        (("AutoLogoutSec", dbus.Int32(60)), INVALID_ARGUMENTS),
        (("SntpServer", dbus.Array([1], signature="i")), INVALID_ARGUMENTS),
    ),
)
def test_a_report_with_one_bad_element_is_refused_whole(bus, agent, bad, error):
    assert error_name(agent().report, ("AutoLogout", True), bad) == error
    assert bus.setting("AutoLogout", "Reports") == []


def test_a_report_of_257_elements_is_refused(bus, agent):
    panel = agent()
    assert error_name(panel.report, *[("AutoLogout", True)] * 257) == INVALID_ARGUMENTS
    assert bus.setting("AutoLogout", "Reports") == []
    panel.report(*[("AutoLogout", True)] * 256)
    assert bus.setting("AutoLogout", "State") == "confirmed"


def test_of_a_long_reason_the_rest_is_cut(bus, agent):
    agent().report(("AutoLogout", False, "ä" * 400))
    ((_, _, _, reason),) = bus.setting("AutoLogout", "Reports")
    assert reason == "ä" * 254 + "..."


def test_a_reason_does_not_command_terminals_or_forge_lines(bus, agent, running):
    agent().report(("AutoLogout", False, "off\x1b[2J\nsecpold: all is well"))
    ((_, _, _, reason),) = bus.setting("AutoLogout", "Reports")
    assert reason == "off\ufffd[2J\ufffdsecpold: all is well"
    assert reason in bus.item("ForceAutoLogout", "Detail")
    assert "secpold: all is well" not in running.log().splitlines()


# Who may report


REPORT = f"""
import dbus, dbus.bus, sys
connection = dbus.bus.BusConnection(sys.argv[1])
try:
    connection.call_blocking("{NAME}", "{ROOT}", "org.secpold1.Manager", "ReportSettings", "a(svs)",
                             (dbus.Array([("AutoLogout", True, "")], signature="(svs)"),))
except dbus.exceptions.DBusException as error:
    print(error.get_dbus_name(), error.get_dbus_message())
"""


def report_as(bus, *privileges):
    """What becomes of a report by a process with these privileges: "" or the error."""
    done = subprocess.run(
        ["setpriv", *privileges, "/usr/bin/python3", "-c", REPORT, bus.address],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    return done.stdout.strip()


STRANGER = ("--reuid=65534", "--regid=65534")


def test_an_ordinary_user_may_not_report(bus):
    error = report_as(bus, *STRANGER, "--clear-groups")
    assert error.startswith("org.freedesktop.DBus.Error.AccessDenied")
    assert bus.setting("AutoLogout", "Reports") == []


@pytest.fixture
def open_bus(monkeypatch):
    """A bus that lets everyone send everything, so that secpold's own check is what decides."""

    monkeypatch.setattr(
        bus_module,
        "CONFIGURATION",
        bus_module.CONFIGURATION.replace("deny send_type", "allow send_type").replace(
            "<include>",
            '<policy user="root"><allow own="org.secpold1"/></policy><include ignore_missing="yes">',
        ),
    )
    monkeypatch.setattr(bus_module, "POLICY", "/nonexistent")
    private = bus_module.Bus().start()
    yield private
    private.close()


def test_secpold_itself_asks_who_reports(net, open_bus, tmp_path_factory):
    groups = tmp_path_factory.mktemp("etc") / "group"
    groups.write_text("root:x:0:\nsecpold-agent:x:4711:\nother:x:4712:\n")
    device = daemon.Secpold(tmp_path_factory.mktemp("secpold"), net, open_bus)
    device.group_file = groups
    try:
        device.start(DOCUMENT)
        for groups in ("--clear-groups", "--groups=4712"):
            error = report_as(open_bus, *STRANGER, groups)
            assert error.startswith("org.freedesktop.DBus.Error.AccessDenied")
            assert "secpold-agent" in error
        assert report_as(open_bus, *STRANGER, "--groups=4711") == ""
        assert report_as(open_bus, "--regid=4711", "--clear-groups", "--reuid=65534") == ""
        assert report_as(open_bus, "--reuid=0") == ""
    finally:
        device.close()
        net.device.clear()
