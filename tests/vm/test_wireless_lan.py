# SPDX-License-Identifier: GPL-2.0-or-later
"""With ProhibitWirelessLan in force the device is in no wireless network, neither as a station nor in
a mesh or an ad hoc network; an access point of its own goes on."""

import contextlib
import json
import statistics
import time

import pytest

import evidence
import printer
import radios
import wlan

ITEM = "ProhibitWirelessLan"
TRIES = 100
MAX_UP_SECONDS = 2.0


@pytest.fixture(scope="module", autouse=True)
def machine():
    radios.load(3, p2p_device=False)


@contextlib.contextmanager
def enforced(profile=None):
    printer.enforce(printer.policy(ITEM), profile)
    try:
        yield
    finally:
        printer.enforce(printer.policy())


@pytest.fixture
def station():
    """wlan1 as a plain station, down before and afterwards."""
    yield "wlan1"
    radios.set_link("wlan1", False)
    radios.iw("dev", "wlan1", "set", "type", "managed")


def join_mesh(name):
    radios.set_link(name, False)
    radios.iw("dev", name, "set", "type", "mp")
    radios.set_link(name, True)
    return radios.iw("dev", name, "mesh", "join", "office-mesh", "freq", "2437", check=False)


def join_ad_hoc(name):
    radios.set_link(name, False)
    radios.iw("dev", name, "set", "type", "ibss")
    radios.set_link(name, True)
    return radios.iw("dev", name, "ibss", "join", "office-ibss", "2437", check=False)


JOINS = [(join_mesh, "mesh point"), (join_ad_hoc, "ad hoc network")]


@pytest.mark.parametrize("join, kind", JOINS)
def test_without_secpold_the_device_is_in_a_mesh_or_ad_hoc_network(station, join, kind):
    join(station)
    time.sleep(0.5)
    assert radios.is_up(station) and radios.devices()[station] == kind.replace("ad hoc network", "IBSS")


def test_station_leaves_at_start_cannot_join_again_and_joins_when_lifted_while_the_access_point_stays():
    with wlan.AccessPoint("wlan2") as office, wlan.Supplicant("wlan1") as station:
        office.wait_on_air()
        with radios.Log("lan-counter"):
            station.wait_joined()
        with radios.Log("lan-start") as log, enforced():
            assert not radios.is_up("wlan1") and not station.is_joined()
            assert printer.wait_item(ITEM, "enforced").startswith("wlan0: station down; wlan1: station down")
            radios.set_link("wlan1", True)
            assert printer.wait_until(lambda: log.times_up(radios.index("wlan1")))
            time.sleep(1)
            assert not radios.is_up("wlan1") and not station.is_joined()
            assert office.is_on_air()
            # Nobody lifts anything by stopping.
            printer.stop()
            assert not radios.is_up("wlan1")
        assert radios.is_up("wlan1") and not radios.is_up("wlan0")
        station.wait_joined()
    assert "wlan2 (phy #2): stop ap" not in log.nl80211()


@pytest.mark.parametrize("join, kind", JOINS)
def test_no_mesh_or_ad_hoc_network_lasts(station, join, kind):
    with enforced(), radios.Log(f"lan-{kind.split()[0]}") as log:
        join(station)
        index = radios.index(station)
        assert printer.wait_until(lambda: log.times_up(index), 10)
        time.sleep(0.5)
        assert not radios.is_up(station)
        assert f"{station}: {kind} down" in printer.wait_item(ITEM, "enforced")
        assert max(log.times_up(index)) < MAX_UP_SECONDS


def test_monitor_through_which_any_frame_can_be_sent_goes_down():
    radios.iw("phy", "phy0", "interface", "add", "mon0", "type", "monitor")
    with enforced():
        radios.set_link("mon0", True)
        assert printer.wait_until(lambda: not radios.is_up("mon0"), 5)
        assert "mon0: monitor down" in printer.wait_item(ITEM, "enforced")
    radios.iw("dev", "mon0", "del")


def test_who_sets_the_station_up_a_hundred_times_loses_a_hundred_times(station):
    with enforced(), radios.Log("lan-tries") as log:
        index = radios.index(station)
        for tries in range(1, TRIES + 1):
            radios.set_link(station, True)
            assert printer.wait_until(lambda: len(log.times_up(index)) >= tries, pause=0.005)
        times = log.times_up(index)
        assert not radios.is_up(station) and printer.wait_item(ITEM, "enforced")
    figures = {"tries": len(times), "median": statistics.median(times), "worst": max(times)}
    evidence.save("up-to-down.json", json.dumps(figures | {"seconds": times}))
    assert max(times) < MAX_UP_SECONDS


def test_flood_of_tries_never_keeps_the_station_up_for_long_nor_ends_secpold(station):
    """Whoever tries without a pause; the share of the time it is up is kept as evidence."""
    with enforced(), radios.Log("lan-flood") as log:
        index, end, tries = radios.index(station), time.monotonic() + 4, 0
        while time.monotonic() < end:
            radios.set_link(station, True)
            tries += 1
        assert printer.wait_until(lambda: not radios.is_up(station), 5)
        times = log.times_up(index)
        figures = {"tries": tries, "periods": len(times), "longest": max(times), "sum": sum(times)}
        evidence.save("flood.json", json.dumps(figures))
        assert max(times) < 0.5
        assert printer.wait_item(ITEM, "enforced")


def test_renamed_interface_is_still_the_same(station):
    with enforced():
        printer.run("ip", "link", "set", station, "name", "office0")
        radios.set_link("office0", True)
        assert printer.wait_until(lambda: not radios.is_up("office0"), 5)
        assert "office0: station down" in printer.wait_item(ITEM, "enforced", detail="office0")
        printer.run("ip", "link", "set", "office0", "name", station)


def test_radio_that_appears_is_kept_from_use():
    with enforced(), radios.Log("lan-new") as log:
        radio = radios.add()
        name = printer.wait_until(lambda: radios.interfaces(radio), 5)[0]
        radios.set_link(name, True)
        assert printer.wait_until(lambda: log.times_up(radios.index(name)), 5)
        assert not radios.is_up(name)
        assert f"{name}: station down" in printer.wait_item(ITEM, "enforced", detail=name)


@pytest.mark.parametrize("up", [True, False])
def test_lifting_sets_up_what_secpold_set_down_and_nothing_else_also_after_a_restart(station, up):
    radios.set_link(station, up)
    with enforced():
        assert not radios.is_up(station)
        printer.stop()
        printer.start(printer.policy(ITEM))
        assert not radios.is_up(station)
        printer.stop()
    assert radios.is_up(station) == up and not radios.is_up("wlan0")


def test_killed_secpold_comes_back_and_lifts_as_if_it_had_not_been_killed(station):
    radios.set_link(station, True)
    with enforced():
        before = printer.pid()
        printer.run("kill", "-KILL", str(before))
        assert not radios.is_up(station)
        assert printer.wait_until(lambda: printer.pid() not in (0, before))
        printer.wait_item(ITEM, "enforced")
    assert radios.is_up(station)


def test_exempt_radio_keeps_its_station(station):
    radios.set_link(station, True)
    with enforced("[Wireless]\nExemptRadios=/devices/virtual/mac80211_hwsim/hwsim1\n"):
        assert radios.is_up(station)
        assert "phy1: left alone" in printer.wait_item(ITEM, "partial")


def test_radio_of_which_every_use_counts_as_lan_is_blocked():
    with enforced("[Wireless]\nLanRadios=phy2\n"):
        assert radios.is_blocked("phy2") and not radios.is_blocked("phy0")
        assert "phy2: blocked" in printer.wait_item(ITEM, "enforced")
    assert not radios.is_blocked("phy2")
