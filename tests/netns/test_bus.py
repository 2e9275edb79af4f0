# SPDX-License-Identifier: GPL-2.0-or-later
"""org.secpold1 as any client of the bus sees it."""

import hashlib

import pytest

from bus import NAME, ROOT
from documents import ITEMS, PORTS, policy

DOCUMENT = policy(
    "RestrictLpdPort",
    "ForceAutoLogout",
    name="Büro",
    serial=7,
    AutoLogoutSec=60,
    MinimumPasswordLength=12,
)


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(DOCUMENT)


def test_the_manager_tells_the_policy_in_force(bus):
    facts = {
        name: bus.manager(name)
        for name in (
            "State",
            "PolicyName",
            "PolicySerial",
            "PolicyDigest",
            "PolicyOrigin",
            "PolicySigner",
            "PolicyImportedUSec",
            "ConfirmUntilUSec",
            "ProfileDigest",
            "PasswordSet",
            "Problems",
        )
    }
    assert facts == {
        "State": "enforcing",
        "PolicyName": "Büro",
        "PolicySerial": 7,
        "PolicyOrigin": "provisioned",
        "PolicyDigest": hashlib.sha256(DOCUMENT.encode()).hexdigest(),
        "PolicySigner": "",
        "PolicyImportedUSec": 0,
        "ConfirmUntilUSec": 0,
        "ProfileDigest": "",
        "PasswordSet": False,
        "Problems": [],
    }
    assert bus.manager("Version").count(".") >= 1
    compliance = bus.manager("Compliance")
    assert set(compliance) == {"off", "not-available", "enforced", "partial", "pending", "violated"}
    assert (compliance["off"], compliance["enforced"], compliance["pending"]) == (42, 1, 2)


def test_all_45_items_are_listed_in_display_order(bus):
    items = bus.call("ListItems")["data"][0]
    assert [item[0] for item in items] == ITEMS
    lpd = items[ITEMS.index("RestrictLpdPort")]
    assert lpd == [
        "RestrictLpdPort",
        "Restrict LPD Port (Port Number: 515)",
        "Network",
        {"type": "b", "data": True},
        "enforced",
    ]
    assert items[ITEMS.index("MinimumPasswordLength")][3:] == [{"type": "u", "data": 12}, "pending"]
    assert items[ITEMS.index("PasswordValidityDays")][3:] == [{"type": "u", "data": 0}, "off"]


def test_every_object_is_found_by_the_object_manager(bus):
    objects = bus.busctl(
        "call", NAME, ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"
    )["data"][0]
    items = {path.rpartition("/")[2] for path in objects if "/item/" in path}
    settings = {path.rpartition("/")[2] for path in objects if "/setting/" in path}
    assert items == set(ITEMS)
    assert len(settings) == 70
    for path, interfaces in objects.items():
        if "/item/" in path:
            properties = interfaces["org.secpold1.Item"]
            assert properties["Key"]["data"] == path.rpartition("/")[2]
            assert set(properties["Settings"]["data"]) <= settings
            assert properties["Description"]["data"] and properties["Consequence"]["data"]


@pytest.mark.parametrize("item", PORTS)
def test_a_port_item_tells_the_ports_it_closes(bus, item):
    ports = bus.item(item, "Ports")
    for protocol in ("tcp", "udp"):
        expanded = [
            port
            for kind, first, last in ports
            for port in range(first, last + 1)
            if kind == protocol
        ]
        assert expanded == PORTS[item]


def test_an_item_tells_value_parameters_state_and_who_verified_it(bus):
    assert bus.item("ForceAutoLogout", "Parameters") == {"AutoLogoutSec": {"type": "u", "data": 60}}
    assert bus.item("ForceAutoLogout", "State") == "pending"
    assert bus.item("ForceAutoLogout", "Settings") == ["AutoLogout", "AutoLogoutSec"]
    assert bus.item("RestrictLpdPort", "VerifiedBy") == "kernel"
    assert bus.item("RestrictLpdPort", "VerifiedUSec") > 1_600_000_000_000_000
    assert bus.item("RestrictRawPort", "VerifiedBy") == ""
    assert bus.item("RestrictRawPort", "Requested") is False


def test_a_setting_tells_who_locks_it(bus):
    assert bus.setting("AutoLogoutSec", "Locked") is True
    assert bus.setting("AutoLogoutSec", "Value") == {"type": "u", "data": 60}
    assert bus.setting("AutoLogoutSec", "RequiredBy") == ["ForceAutoLogout"]
    assert bus.setting("SnmpV1", "Locked") is False
    assert bus.setting("SnmpV1", "State") == "free"


def test_everything_can_be_introspected(bus):
    listed = bus.busctl_text("introspect", NAME, ROOT)
    members = {line.split()[0].lstrip(".") for line in listed.splitlines()}
    assert {
        "ListItems",
        "ListBlocked",
        "Validate",
        "Diff",
        "Verify",
        "ReportSettings",
        "PolicyChanged",
        "Violation",
        "Repaired",
        "InterfacesAdded",
    } <= members
    tree = bus.busctl_text("--list", "tree", NAME)
    assert f"{ROOT}/item/UseTpm" in tree and f"{ROOT}/setting/Tpm" in tree


# Changes


def test_a_policy_change_is_one_signal_an_object_and_none_where_nothing_changed(
    bus, running, watch
):
    running.reload(policy("RestrictLpdPort", "RestrictRawPort", serial=8))
    assert watch.wait_for(
        "PolicyChanged",
        lambda _, data: data[0] == bus.manager("Generation")
        and data[1] == bus.manager("PolicyDigest"),
    )
    assert watch.wait_for(
        "PropertiesChanged", lambda path, _: path.endswith("/setting/RawPrinting")
    )
    paths = [path for path, _ in watch.signals("PropertiesChanged")]
    assert paths.count(f"{ROOT}/item/RestrictRawPort") == 1
    assert paths.count(f"{ROOT}/item/ForceAutoLogout") == 1
    assert f"{ROOT}/item/RestrictLpdPort" not in paths
    assert f"{ROOT}/item/RestrictFtpPort" not in paths
    running.reload(DOCUMENT)


def test_verify_emits_nothing_when_nothing_changed(bus, watch):
    for _ in range(3):
        bus.call("Verify")
    bus.manager("State")
    assert watch.signals("PropertiesChanged") == []
    assert watch.signals("Violation") == watch.signals("Repaired") == []
