# SPDX-License-Identifier: GPL-2.0-or-later
"""Diff, which import and secpolctl diff ask first, says of a policy about hardware what would stop
working now: each thing in use is named, and what the device profile leaves alone is not."""

import pytest

import gadget
import printer
import radios
import usb
import wlan

GUEST = {"kernels": ["6.1"]}
STICK_PORT = "/devices/pci0000:00/*/usb?/?-*"


@pytest.fixture(scope="module", autouse=True)
def machine():
    """A gadget that is bound, a stick that is mounted, an access point on wlan0, wlan1 in its
    network."""
    gadget.load()
    usb.load()
    radios.load(2)
    usb.plug_stick()
    (disk,) = usb.wait_disk()
    printer.run("mount", f"/dev/{disk}", "/mnt")
    with gadget.Gadget("g1", "printer.0") as device:
        device.bind()
        with wlan.AccessPoint("wlan0") as network, wlan.Supplicant("wlan1") as station:
            network.wait_on_air()
            station.wait_joined()
            printer.start(printer.policy())
            yield
    printer.run("umount", "/mnt")


def consequences(item, profile=""):
    """Of a policy with this item alone, while none is in force."""
    printer.reload(printer.policy(), profile)
    document = printer.policy(item, serial=2).encode()
    ((key, *_, sentences),) = printer.bus().call_blocking(
        printer.NAME, printer.ROOT, "org.secpold1.Manager", "Diff", "ay", (document,), timeout=30
    )
    assert key == item
    return [str(sentence) for sentence in sentences]


GADGET = "Gadget g1 is bound to dummy_udc.0, and this item takes it off"
STICK = "/mnt is mounted from USB storage, which this item takes away"
AP = "wlan0 is in use, and this item stops it"
STATION = "wlan1 is in use, and this item stops it"


@pytest.mark.parametrize(
    "item, profile, expected",
    [
        ("ProhibitUsbDevice", "", [GADGET]),
        ("ProhibitUsbDevice", "[Usb]\nExemptControllers=dummy_udc.0\n", []),
        ("ProhibitUsbDevice", "[Usb]\nExemptControllers=/devices/platform/dummy_udc.?\n", []),
        ("ProhibitUsbDevice", "[Usb]\nExemptControllers=dummy_udc.1\n", [GADGET]),
        ("ProhibitUsbStorage", "", [STICK]),
        ("ProhibitUsbStorage", f"[Usb]\nExemptPorts={STICK_PORT}\n", []),
        ("ProhibitUsbStorage", "[Usb]\nExemptPorts=9-9\n", [STICK]),
        ("ProhibitDirectConnection", "", [AP]),
        ("ProhibitWirelessLan", "", [STATION]),
        ("ProhibitWirelessLan", "[Wireless]\nDirectRadios=phy1\n", []),
        ("ProhibitDirectConnection", "[Wireless]\nDirectRadios=phy1\n", [AP, STATION]),
        ("ProhibitWirelessLan", "[Wireless]\nLanRadios=phy0\n", [AP, STATION]),
        ("ProhibitDirectConnection", "[Wireless]\nLanRadios=phy0\n", []),
        ("ProhibitDirectConnection", "[Wireless]\nExemptRadios=phy0\n", []),
        ("ProhibitWirelessLan", "[Wireless]\nExemptRadios=/devices/virtual\n", []),
    ],
)
def test_what_is_in_use_and_not_left_alone_is_named(item, profile, expected):
    assert consequences(item, profile) == expected


def test_the_default_route_is_named():
    printer.run("ip", "address", "add", "192.0.2.2/24", "dev", "wlan1")
    printer.run("ip", "route", "add", "default", "via", "192.0.2.1", "dev", "wlan1")
    expected = "The default route goes over wlan1, which this item stops"
    assert consequences("ProhibitWirelessLan") == [expected]
    document = printer.CONFIGURATION / "next.policy"
    document.write_text(printer.policy("ProhibitWirelessLan", serial=2), encoding="ascii")
    warning = "ProhibitWirelessLan cuts the default route: it stops wlan1"
    assert warning in printer.run("secpolctl", "diff", str(document))
    assert consequences("ProhibitWirelessLan", "[Wireless]\nExemptRadios=phy1\n") == []
    assert "cuts" not in printer.run("secpolctl", "diff", str(document))
