# SPDX-License-Identifier: GPL-2.0-or-later
"""With ProhibitDirectConnection in force nothing connects to the device: no access point stays on
the air, no Wi-Fi Direct group or device stays; and whatever joins a network as a station stays in it.

The office's own access point is a radio of the same machine, exempt by the device profile.
"""

import contextlib
import time

import pytest

import printer
import radios
import wlan

ITEM = "ProhibitDirectConnection"
OFFICE = "phy2"
EXEMPT = f"[Wireless]\nExemptRadios={OFFICE}\n"
# How long what is prohibited may be up, however slow the emulated machine is.
MAX_UP_SECONDS = 2.0


@pytest.fixture(scope="module", autouse=True)
def machine():
    """wlan0 and wlan1 come with Wi-Fi Direct devices; wlan2 is the office's, wlan3 and wlan4 are for
    groups."""
    radios.load(2)
    for _ in range(3):
        radios.add()


@pytest.fixture(scope="module")
def joined():
    """A station that is in the office's network from before secpold starts until the end."""
    with wlan.AccessPoint("wlan2") as office, wlan.Supplicant("wlan1") as station:
        office.wait_on_air()
        yield station.wait_joined()


@contextlib.contextmanager
def enforced(profile=None):
    printer.enforce(printer.policy(ITEM), profile)
    try:
        yield
    finally:
        printer.enforce(printer.policy())


@contextlib.contextmanager
def link_up(name):
    """Whatever becomes of it: it is down afterwards."""
    yield
    if radios.exists(name):
        radios.set_link(name, False)


def drifts():
    return [line for line in printer.journal() if f"{ITEM} is in force again" in line]


# What happens without secpold, which is not started before, by the very means that are tried below.


def test_without_secpold_an_access_point_goes_on_the_air():
    with radios.Log("direct-counter-ap"), wlan.AccessPoint("wlan0") as access_point:
        access_point.wait_on_air()


def test_without_secpold_two_devices_form_a_wifi_direct_group():
    with radios.Log("direct-counter-group"), wlan.peer("wlan3") as owner, wlan.peer("wlan4") as client:
        (group,) = wlan.form_group(owner, client)
        assert radios.is_up(group)
        (member,) = printer.wait_until(lambda: radios.of_type("P2P-client"))
        assert printer.wait_until(lambda: wlan.connected_seconds(member) is not None)


def test_without_secpold_wpa_supplicant_has_a_wifi_direct_device():
    with wlan.peer("wlan0"):
        assert printer.wait_until(lambda: radios.of_type("P2P-device"), 5)


# With secpold.


def test_access_point_on_the_air_ends_at_start_and_the_station_on_another_radio_stays_joined(joined):
    with radios.Log("direct-start") as log, wlan.AccessPoint("wlan0") as access_point:
        access_point.wait_on_air()
        with enforced(EXEMPT):
            assert not access_point.is_on_air() and not radios.is_up("wlan0")
            detail = printer.wait_item(ITEM, "partial")
            assert "wlan0: access point down" in detail and f"{OFFICE}: left alone" in detail
            before = wlan.connected_seconds("wlan1")
            time.sleep(1.2)
            assert wlan.connected_seconds("wlan1") > before > 0 and joined.is_joined()
            assert radios.is_up("wlan2")
    announced = log.nl80211()
    assert "wlan0 (phy #0): stop ap" in announced
    assert "wlan1: del station" not in announced


def test_hostapd_that_starts_later_sends_no_beacon_for_long(joined):
    radios.set_link("wlan0", False)
    with enforced(EXEMPT), radios.Log("direct-later") as log:
        wlan0 = radios.index("wlan0")
        with wlan.AccessPoint("wlan0") as access_point:
            assert printer.wait_until(lambda: log.times_up(wlan0), 10)
            time.sleep(0.5)
            assert not radios.is_up("wlan0") and not access_point.is_on_air()
        assert max(log.times_up(wlan0)) < MAX_UP_SECONDS
        assert "wlan0: access point was up" in drifts()[-1]
        assert joined.is_joined() and radios.is_up("wlan1")
        assert printer.item(ITEM) == "partial"


def test_access_point_beside_a_station_on_the_same_radio_ends_alone(joined):
    with enforced(EXEMPT):
        radios.iw("phy", "phy1", "interface", "add", "ap1", "type", "__ap")
        before = wlan.connected_seconds("wlan1")
        with wlan.AccessPoint("ap1") as access_point:
            assert printer.wait_until(lambda: any("ap1:" in line for line in drifts()), 10)
            assert not radios.is_up("ap1") and not access_point.is_on_air()
        radios.iw("dev", "ap1", "del")
        time.sleep(1.1)
        assert wlan.connected_seconds("wlan1") > before and joined.is_joined()


def test_every_try_to_raise_an_access_point_again_loses():
    radios.iw("phy", "phy0", "interface", "add", "again", "type", "__ap")
    with enforced(), link_up("again"), radios.Log("direct-again") as log:
        index = radios.index("again")
        for tries in range(1, 21):
            radios.set_link("again", True)
            assert printer.wait_until(lambda: len(log.times_up(index)) == tries)
        assert not radios.is_up("again")
        assert max(log.times_up(index)) < MAX_UP_SECONDS
        assert printer.wait_item(ITEM, "enforced")
    radios.iw("dev", "again", "del")


def test_no_wifi_direct_group_comes_to_be():
    with enforced(), radios.Log("direct-group") as log:
        with wlan.peer("wlan3") as owner, wlan.peer("wlan4") as client:
            wlan.form_group(owner, client)
            assert printer.wait_until(lambda: any("group owner" in line for line in drifts()), 10)
            time.sleep(1)
            groups = radios.of_type("P2P-GO") + radios.of_type("P2P-client")
            assert not any(radios.is_up(name) for name in groups)
        assert "P2P-GO" in log.nl80211()
        assert printer.item(ITEM) == "enforced"


@pytest.mark.parametrize("kind, text", [("__p2pgo", "group owner"), ("__p2pcl", "Direct client")])
def test_interface_for_a_group_goes_down(kind, text):
    with enforced(), radios.Log(f"direct-{kind}") as log:
        radios.iw("phy", "phy3", "interface", "add", "group0", "type", kind)
        radios.set_link("group0", True)
        assert printer.wait_until(lambda: log.times_up(radios.index("group0")), 10)
        assert text in printer.wait_item(ITEM, "enforced", detail="group0")
        radios.iw("dev", "group0", "del")
        assert max(log.times_up(max(index for _, index, _ in log.changes))) < MAX_UP_SECONDS


def test_wifi_direct_device_that_shows_no_sign_when_started_is_deleted():
    with enforced(), radios.Log("direct-device"), wlan.peer("wlan0") as peer:
        assert printer.wait_until(lambda: any("device was there" in line for line in drifts()), 10)
        assert not radios.of_type("P2P-device")
        assert peer.ask("p2p_group_add") == "FAIL"
        radios.iw("phy", "phy0", "interface", "add", "device0", "type", "__p2pdev", check=False)
        assert printer.wait_until(lambda: not radios.of_type("P2P-device"), 5)
        assert printer.item(ITEM) == "enforced"


def test_type_changed_while_the_link_is_up_is_noticed():
    """To access point and back; the station before and after is let alone."""
    with enforced(), link_up("wlan0"), radios.Log("direct-type") as log:
        wlan0 = radios.index("wlan0")
        radios.set_link("wlan0", True)
        time.sleep(0.3)
        assert radios.is_up("wlan0")
        radios.iw("dev", "wlan0", "set", "type", "__ap", check=False)
        if radios.devices()["wlan0"] != "AP":
            radios.set_link("wlan0", False)
            radios.iw("dev", "wlan0", "set", "type", "__ap")
            radios.set_link("wlan0", True)
        assert printer.wait_until(lambda: not radios.is_up("wlan0"), 5)
        radios.iw("dev", "wlan0", "set", "type", "managed")
        radios.set_link("wlan0", True)
        time.sleep(0.3)
        assert radios.is_up("wlan0") and len(log.times_up(wlan0)) >= 1


def test_radio_of_which_every_use_counts_as_lan_keeps_its_access_point():
    with wlan.AccessPoint("wlan0") as access_point:
        access_point.wait_on_air()
        with enforced("[Wireless]\nLanRadios=phy0\n"):
            assert access_point.is_on_air()
            assert "phy0" in printer.wait_item(ITEM, "partial")


def test_radio_of_which_every_use_counts_as_direct_is_blocked():
    with enforced("[Wireless]\nDirectRadios=phy0\n"):
        assert radios.is_blocked("phy0") and not radios.is_blocked("phy1")
        assert "phy0: blocked" in printer.wait_item(ITEM, "enforced")
    assert not radios.is_blocked("phy0")
