# SPDX-License-Identifier: GPL-2.0-or-later
"""NetworkManager wants to be in its wireless network, and comes back by itself: it is kept out for as
long as a policy prohibits that, and joins again by itself afterwards."""

import contextlib
import pathlib
import time

import pytest

import printer
import radios
import wlan
from printer import run, wait_until

GUEST = {"root": "managers", "kernels": ["6.1"], "timeout": 300}
DIRECT, LAN = "ProhibitDirectConnection", "ProhibitWirelessLan"
STATION, ACCESS_POINT = "wlan0", "wlan1"
CONFIGURATION = f"""[main]
plugins=keyfile
no-auto-default=*
[keyfile]
unmanaged-devices=interface-name:*,except:interface-name:{STATION}
[device]
wifi.scan-rand-mac-address=no
"""
CONNECTION = f"""[connection]
id=office
type=wifi
interface-name={STATION}
autoconnect=true
autoconnect-retries=0
[wifi]
ssid=office
[wifi-security]
key-mgmt=wpa-psk
psk=labpassword
[ipv4]
method=manual
address1=10.80.0.2/24
[ipv6]
method=ignore
"""


def write(path, text, mode=0o644):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")
    path.chmod(mode)


def is_joined():
    return wlan.connected_seconds(STATION) is not None


@pytest.fixture(scope="module", autouse=True)
def machine():
    """Two radios: an access point that nobody manages, and NetworkManager's."""
    radios.load(2, p2p_device=False)
    write("/etc/NetworkManager/NetworkManager.conf", CONFIGURATION)
    write("/etc/NetworkManager/system-connections/office.nmconnection", CONNECTION, 0o600)
    run("systemctl", "unmask", "wpa_supplicant", check=False)
    with wlan.AccessPoint(ACCESS_POINT) as office:
        office.wait_on_air()
        run("systemctl", "start", "NetworkManager")
        yield
        run("systemctl", "stop", "NetworkManager")


@contextlib.contextmanager
def enforced(*items, profile=None):
    printer.enforce(printer.policy(*items), profile)
    try:
        yield
    finally:
        printer.enforce(printer.policy())


def wait_joined():
    assert wait_until(is_joined, 90, 0.2), run("nmcli", "device", check=False)


def test_without_the_policy_it_joins():
    wait_joined()


def share_joined(seconds):
    """Of so many looks at the radio, those that find it in the network."""
    looks = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        looks.append(is_joined())
        time.sleep(0.1)
    return sum(looks) / len(looks)


def test_it_is_taken_out_kept_out_and_joins_again_by_itself():
    wait_joined()
    with enforced(LAN):
        assert not is_joined()
        assert share_joined(20) == 0
        run("nmcli", "--wait", "15", "connection", "up", "office", check=False)
        run("nmcli", "radio", "wifi", "off")
        run("nmcli", "radio", "wifi", "on")
        assert share_joined(10) == 0
        assert STATION in printer.wait_item(LAN, "enforced", 60)
    run("nmcli", "--wait", "60", "connection", "up", "office", check=False)
    wait_joined()


def test_where_the_radio_is_blocked_it_gives_up_and_cannot_unblock_it():
    wait_joined()
    with enforced(DIRECT, LAN, profile=f"[Wireless]\nExemptRadios={ACCESS_POINT}\n"):
        printer.wait_item(LAN, "partial", 60)
        assert wait_until(lambda: run("nmcli", "radio", "wifi").strip() == "disabled", 30)
        run("nmcli", "radio", "wifi", "on", check=False)
        assert share_joined(10) == 0
        assert wait_until(lambda: run("nmcli", "radio", "wifi").strip() == "disabled", 30)
    run("nmcli", "radio", "wifi", "on", check=False)
    wait_joined()
