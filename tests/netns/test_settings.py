# SPDX-License-Identifier: GPL-2.0-or-later
"""The contract with other daemons: secpold holds the values, they report what is in force."""

import dbus
import pytest

from bus import error_name
from documents import policy, profile
from probes import wait_until

DENIED = "org.freedesktop.DBus.Error.AccessDenied"
DOCUMENT = policy(
    "ForceAutoLogout",
    "ProhibitWeakEncryption",
    "ForceSntp",
    "RestrictLpdPort",
    "ProhibitUsbStorage",
    AutoLogoutSec=60,
    MinimumPasswordLength=12,
    SntpServer="time.example.org",
)


@pytest.fixture(scope="module")
def running(shared):
    return shared.start(
        DOCUMENT, profile(Agents={"WeakEncryption": "com.maker.WebUi com.maker.Mail"})
    )


@pytest.fixture(autouse=True)
def clean(bus, running):
    """Nobody else's reports at the start."""
    assert wait_until(lambda: bus.setting("AutoLogout", "Reports") == [])
    assert wait_until(lambda: bus.setting("WeakEncryption", "Reports") == [])


def states(bus, item, *settings):
    return [bus.item(item, "State")] + [bus.setting(name, "State") for name in settings]


def uint(number):
    return dbus.UInt32(number)


def test_an_item_is_enforced_when_all_its_settings_are_confirmed(bus, agent):
    assert states(bus, "ForceAutoLogout", "AutoLogout", "AutoLogoutSec") == [
        "pending",
        "unconfirmed",
        "unconfirmed",
    ]
    panel = agent()
    panel.report(("AutoLogout", True))
    assert states(bus, "ForceAutoLogout", "AutoLogout", "AutoLogoutSec") == [
        "pending",
        "confirmed",
        "unconfirmed",
    ]
    panel.report(("AutoLogoutSec", uint(60)))
    assert states(bus, "ForceAutoLogout", "AutoLogout", "AutoLogoutSec") == [
        "enforced",
        "confirmed",
        "confirmed",
    ]
    assert bus.item("ForceAutoLogout", "VerifiedBy") == "agent"
    assert bus.item("ForceAutoLogout", "VerifiedUSec") > 0


def test_a_report_is_shown_with_its_agent_value_and_reason(bus, agent):
    panel = agent()
    panel.report(("AutoLogoutSec", uint(90), "needs a restart"))
    ((name, unit, value, reason),) = bus.setting("AutoLogoutSec", "Reports")
    assert (name, value, reason) == (panel.unique, {"type": "u", "data": 90}, "needs a restart")
    assert isinstance(unit, str)


def test_another_value_violates_the_item_until_it_is_mended(bus, agent, watch):
    panel = agent()
    panel.report(("AutoLogout", True), ("AutoLogoutSec", uint(90), "needs a restart"))
    assert states(bus, "ForceAutoLogout", "AutoLogoutSec") == ["violated", "contradicted"]
    assert "AutoLogoutSec" in bus.item("ForceAutoLogout", "Detail")
    assert watch.wait_for("Violation", lambda _, data: data[:2] == ["ForceAutoLogout", "settings"])
    panel.report(("AutoLogoutSec", uint(60)))
    assert states(bus, "ForceAutoLogout", "AutoLogoutSec") == ["enforced", "confirmed"]
    assert watch.wait_for(
        "PropertiesChanged",
        lambda path, data: path.endswith("/ForceAutoLogout")
        and data[1].get("State", {}).get("data") == "enforced",
    )


def test_of_several_agents_the_worst_report_decides_and_falls_when_its_agent_leaves(bus, agent):
    good, bad = agent(), agent()
    good.report(("PasswordMinimumLength", uint(12)))
    assert bus.item("MinimumPasswordLength", "State") == "enforced"
    bad.report(("PasswordMinimumLength", uint(4)))
    assert bus.item("MinimumPasswordLength", "State") == "violated"
    assert len(bus.setting("PasswordMinimumLength", "Reports")) == 2
    bad.leave()
    assert wait_until(lambda: bus.item("MinimumPasswordLength", "State") == "enforced")
    good.leave()
    assert wait_until(lambda: bus.item("MinimumPasswordLength", "State") == "pending")
    assert bus.setting("PasswordMinimumLength", "Reports") == []


def test_a_stricter_number_is_still_another_value(bus, agent):
    agent().report(("PasswordMinimumLength", uint(14)))
    assert bus.setting("PasswordMinimumLength", "State") == "contradicted"


def test_named_agents_must_all_confirm_and_others_are_refused(bus, agent):
    assert error_name(agent().report, ("WeakEncryption", False)) == DENIED
    assert bus.setting("WeakEncryption", "State") == "unconfirmed"
    web = agent("com.maker.WebUi")
    web.report(("WeakEncryption", False))
    assert states(bus, "ProhibitWeakEncryption", "WeakEncryption") == ["pending", "unconfirmed"]
    mail = agent("com.maker.Mail")
    mail.report(("WeakEncryption", False))
    assert states(bus, "ProhibitWeakEncryption", "WeakEncryption") == ["enforced", "confirmed"]
    web.leave()
    assert wait_until(
        lambda: states(bus, "ProhibitWeakEncryption", "WeakEncryption")
        == ["pending", "unconfirmed"]
    )


def test_a_text_setting_is_confirmed_by_the_same_text(bus, agent):
    clock = agent()
    clock.report(("Sntp", True), ("SntpServer", "other.example.org"))
    assert bus.item("ForceSntp", "State") == "violated"
    clock.report(("SntpServer", "time.example.org"))
    assert bus.item("ForceSntp", "State") == "enforced"


def test_a_setting_beside_a_kernel_effect_does_not_hold_the_item_back(bus, agent):
    assert states(bus, "RestrictLpdPort", "LpdPrinting") == ["enforced", "unconfirmed"]
    agent().report(("LpdPrinting", True, "cannot be switched off"))
    assert states(bus, "RestrictLpdPort", "LpdPrinting") == ["enforced", "contradicted"]


def test_a_value_that_changes_makes_older_reports_unconfirmed(bus, agent, running):
    panel = agent()
    panel.report(("PasswordMinimumLength", uint(12)))
    running.reload(DOCUMENT.replace("MinimumPasswordLength=12", "MinimumPasswordLength=14"))
    try:
        assert states(bus, "MinimumPasswordLength", "PasswordMinimumLength") == [
            "pending",
            "unconfirmed",
        ]
        panel.report(("PasswordMinimumLength", uint(14)))
        assert bus.item("MinimumPasswordLength", "State") == "enforced"
    finally:
        running.reload(DOCUMENT)


def test_a_report_on_a_free_setting_is_kept_and_demands_nothing(bus, agent):
    agent().report(("SnmpV1", True))
    assert bus.setting("SnmpV1", "State") == "free"
    assert len(bus.setting("SnmpV1", "Reports")) == 1


def test_reports_fall_with_a_restart_and_come_again(net, bus, tmp_path_factory, running, agent):
    panel = agent()
    panel.report(("AutoLogout", True), ("AutoLogoutSec", uint(60)))
    running.kill()
    running.start()
    assert wait_until(bus.has_owner)
    assert bus.item("ForceAutoLogout", "State") == "pending"
    panel.report(("AutoLogout", True), ("AutoLogoutSec", uint(60)))
    assert bus.item("ForceAutoLogout", "State") == "enforced"


def test_compliance_follows_what_agents_report(bus, agent, watch):
    before = bus.manager("Compliance")
    agent().report(("AutoLogout", True), ("AutoLogoutSec", dbus.UInt32(60)))
    assert wait_until(lambda: bus.item("ForceAutoLogout", "State") == "enforced")
    after = bus.manager("Compliance")
    assert after["pending"] == before["pending"] - 1
    assert after["enforced"] == before["enforced"] + 1
    assert watch.wait_for("PropertiesChanged", lambda path, data: "Compliance" in data[1])
