# SPDX-License-Identifier: GPL-2.0-or-later
"""With both items in force no use of a radio is left, and it is blocked, so that nobody gets it into
use; and lifting leaves everything as it was before."""

import contextlib
import errno
import pathlib
import time

import pytest

import printer
import radios
import wlan

DIRECT = "ProhibitDirectConnection"
LAN = "ProhibitWirelessLan"
BOTH = (DIRECT, LAN)


RFKILL_UNITS = ("systemd-rfkill.socket", "systemd-rfkill.service")


@pytest.fixture(scope="module", autouse=True)
def machine():
    """Without systemd-rfkill but for its own test: it blocks and unblocks radios that appear as such
    radios were before, and all simulated ones are the same to it."""
    printer.run("systemctl", "mask", "--runtime", "--now", *RFKILL_UNITS)
    radios.make_static_node()
    radios.load(2)
    yield
    printer.run("ip", "netns", "del", "elsewhere", check=False)


@pytest.fixture(autouse=True)
def as_before():
    """Nothing of one test is left for the next, however it ends."""
    yield
    if printer.pid():
        printer.reload(printer.policy())
    radios.set_blocked(None, False)
    for name in filter(radios.exists, ("wlan0", "wlan1")):
        radios.set_link(name, False)


@contextlib.contextmanager
def enforced(*items, profile=None):
    printer.enforce(printer.policy(*items), profile)
    try:
        yield
    finally:
        printer.enforce(printer.policy())


def is_refused(name):
    try:
        radios.set_link(name, True)
    except OSError as error:
        return error.errno == errno.ERFKILL
    return False


def state_of(unit):
    return printer.run("systemctl", "is-active", unit, check=False).split()


def drifts(item=LAN):
    return [line for line in printer.journal() if f"{item} is in force again" in line]


def move(wiphy, there):
    if there:
        printer.run("iw", "phy", wiphy, "set", "netns", "name", "elsewhere")
    else:
        printer.run("ip", "netns", "exec", "elsewhere", "iw", "phy", wiphy, "set", "netns", "1")


@pytest.fixture(scope="module")
def elsewhere():
    printer.run("ip", "netns", "add", "elsewhere")


def set_up_elsewhere(name):
    command = ("ip", "netns", "exec", "elsewhere", "ip", "link", "set", name, "up")
    return "RF-kill" not in printer.run("sh", "-c", " ".join(command) + " 2>&1", check=False)


def test_without_secpold_radios_are_not_blocked_and_new_ones_neither():
    assert not any(blocked for _, blocked in radios.switches().values())
    radios.set_link("wlan0", True)
    assert radios.is_up("wlan0")


def test_every_radio_is_blocked_and_what_used_them_gives_up_and_goes_on_when_lifted():
    with wlan.AccessPoint("wlan0") as access_point, wlan.Supplicant("wlan1") as station:
        access_point.wait_on_air()
        station.wait_joined()
        with radios.Log("radio-block") as log, enforced(*BOTH):
            assert all(blocked for _, blocked in radios.switches().values())
            assert is_refused("wlan0") and is_refused("wlan1")
            detail = printer.wait_item(DIRECT, "enforced")
            assert "wlan0: access point down; phy0: blocked" in detail
            assert "wlan1: station down; phy1: blocked" in printer.wait_item(LAN, "enforced")
            tries = len(log.times_up(radios.index("wlan1")))
            time.sleep(1)
            # Nobody fights: who is told that the radio is blocked waits.
            assert len(log.times_up(radios.index("wlan1"))) == tries
            printer.stop()
            assert all(blocked for _, blocked in radios.switches().values())
        assert not any(blocked for _, blocked in radios.switches().values())
        assert radios.is_up("wlan0") and radios.is_up("wlan1")
        access_point.wait_on_air()
        station.wait_joined()
    assert "stop ap" in log.nl80211()


@pytest.fixture(params=[False, True], ids=["alone", "against-systemd-rfkill"])
def systemd_rfkill(request):
    if request.param:
        printer.run("systemctl", "unmask", "--runtime", *RFKILL_UNITS)
        printer.run("systemctl", "start", RFKILL_UNITS[0])
    yield request.param
    if request.param:
        printer.run("systemctl", "mask", "--runtime", "--now", *RFKILL_UNITS)


def test_radio_that_appears_is_blocked(systemd_rfkill):
    with enforced(*BOTH), radios.Log(f"radio-new-{systemd_rfkill}"):
        radio = radios.add()
        name = printer.wait_until(lambda: radios.interfaces(radio), 5)[0]
        assert printer.wait_until(lambda: radios.is_blocked(radio), 5)
        if systemd_rfkill:
            assert printer.wait_until(lambda: "active" in state_of(RFKILL_UNITS[1]))
            time.sleep(1)
        assert radios.is_blocked(radio) and is_refused(name)
        assert f"{radio}: blocked" in printer.wait_item(LAN, "enforced", detail=radio)
    assert not radios.is_blocked(radio) and not is_refused(name)
    radios.set_link(name, False)


@pytest.mark.parametrize("which", ["phy0", None])
def test_who_unblocks_a_radio_loses_and_is_reported(which):
    with enforced(*BOTH), radios.Log(f"radio-unblock-{which}"):
        before = len(drifts())
        for tries in range(1, 6):
            radios.set_blocked(which, False)
            assert printer.wait_until(lambda: all(blocked for _, blocked in radios.switches().values()))
            assert printer.wait_until(lambda: len(drifts()) >= before + tries, pause=0.1)
        assert is_refused("wlan0")
        assert "phy0: was not blocked" in drifts()[-1]
        printer.wait_item(LAN, "enforced")


def test_renamed_radio_stays_blocked_and_is_named_so():
    with enforced(*BOTH):
        radios.iw("phy", "phy1", "set", "name", "upstairs")
        radios.set_blocked("upstairs", False)
        assert printer.wait_until(lambda: radios.is_blocked("upstairs"))
        assert "upstairs: blocked" in printer.wait_item(LAN, "enforced", detail="upstairs")
        radios.iw("phy", "upstairs", "set", "name", "phy1")
    assert not radios.is_blocked("phy1")


def test_radio_stays_blocked_in_another_network_namespace_and_back(elsewhere):
    with enforced(*BOTH):
        move("phy1", True)
        printer.wait_item(LAN, "enforced", detail="phy1 in another network namespace: blocked")
        assert not set_up_elsewhere("wlan1")
        radios.set_blocked("phy1", False)
        assert printer.wait_until(lambda: radios.is_blocked("phy1"))
        move("phy1", False)
        printer.wait_item(LAN, "enforced", detail="wlan1: station down; phy1: blocked")
        assert is_refused("wlan1")
    assert not radios.is_blocked("phy1")


def test_radio_whose_use_cannot_be_seen_is_blocked_until_it_is_back(elsewhere):
    """Under one item alone, which would leave it its other use."""
    with enforced(DIRECT), radios.Log("radio-elsewhere"):
        assert not radios.is_blocked("phy1")
        move("phy1", True)
        assert printer.wait_until(lambda: radios.is_blocked("phy1"))
        assert not set_up_elsewhere("wlan1")
        printer.wait_item(DIRECT, "enforced", detail="phy1 in another network namespace: blocked")
        move("phy1", False)
        assert printer.wait_until(lambda: not radios.is_blocked("phy1"))
        radios.set_link("wlan1", True)
        time.sleep(0.3)
        assert radios.is_up("wlan1")


@pytest.mark.parametrize("restart", ["stop", "kill", "none"])
def test_lifting_leaves_alone_what_others_had_blocked_or_set_down(restart):
    radios.set_blocked("phy1", True)
    radios.set_link("wlan0", True)
    printer.enforce(printer.policy(*BOTH))
    assert radios.is_blocked("phy0") and radios.is_blocked("phy1") and not radios.is_up("wlan0")
    if restart == "stop":
        printer.stop()
    elif restart == "kill":
        before = printer.pid()
        printer.run("kill", "-KILL", str(before))
        assert printer.wait_until(lambda: printer.pid() not in (0, before))
        printer.wait_item(LAN, "enforced")
    printer.enforce(printer.policy())
    assert not radios.is_blocked("phy0") and radios.is_blocked("phy1")
    assert radios.is_up("wlan0") and not radios.is_up("wlan1")
    fresh = radios.add()
    time.sleep(0.3)
    assert not radios.is_blocked(fresh)


@pytest.mark.parametrize("known", [True, False])
def test_block_that_came_back_after_a_reboot_is_lifted_where_it_is_known_to_be_secpolds(known):
    """A reboot empties /run, and systemd-rfkill puts blocks back; here they just stay."""
    printer.enforce(printer.policy(*BOTH))
    assert radios.is_blocked("phy0")
    printer.stop()
    pathlib.Path("/run/secpold/wireless").unlink()
    if not known:
        pathlib.Path("/var/lib/secpold/blocked-radios").unlink()
    with enforced(*BOTH):
        printer.wait_item(LAN, "enforced", detail="phy0: blocked")
    assert radios.is_blocked("phy0") != known and radios.is_blocked("phy1") != known


def test_from_both_to_one_gives_back_what_the_other_had_taken():
    radios.set_link("wlan0", True)
    with enforced(*BOTH):
        assert radios.is_blocked("phy0")
        printer.reload(printer.policy(DIRECT))
        assert not radios.is_blocked("phy0") and radios.is_up("wlan0")
        assert printer.item(DIRECT) == "enforced" and printer.item(LAN) == "off"


def test_exempt_radio_and_those_to_come_under_its_name_are_not_blocked():
    with enforced(*BOTH, profile="[Wireless]\nExemptRadios=phy1\n"):
        assert radios.is_blocked("phy0") and not radios.is_blocked("phy1")
        assert "phy1: left alone" in printer.wait_item(LAN, "partial")
        fresh = radios.add()
        assert printer.wait_until(lambda: radios.is_blocked(fresh))
        radios.set_link("wlan1", True)
        time.sleep(0.3)
        assert radios.is_up("wlan1")


def test_radios_whose_driver_is_loaded_later_are_blocked():
    radios.unload()
    with enforced(*BOTH):
        printer.wait_item(LAN, "enforced", detail="no radio here")
        radios.load(2)
        assert printer.wait_until(lambda: radios.exists("wlan0") and radios.exists("wlan1"))
        assert is_refused("wlan0") and is_refused("wlan1")
        printer.wait_item(LAN, "enforced", detail="phy")


def test_without_any_radio_the_items_hold_and_say_so():
    radios.unload()
    # One modprobe takes along what its module needed, another does not.
    printer.run("modprobe", "--remove", "mac80211", "cfg80211", check=False)
    assert printer.wait_until(lambda: not radios.WIPHYS.exists(), 5)
    with enforced(*BOTH):
        assert printer.item(LAN) == printer.item(DIRECT) == "enforced"
        assert "no wireless devices" in printer.item(LAN, "Detail")
        radios.load(2)
        printer.wait_item(LAN, "enforced", detail="blocked")
        assert printer.wait_until(lambda: radios.exists("wlan0") and radios.exists("wlan1"))
        assert is_refused("wlan0")
