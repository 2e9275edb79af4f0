# SPDX-License-Identifier: GPL-2.0-or-later
"""These tests leave the USB ports and radios of the computer alone, whatever policy they try."""

import os
import pathlib
import re
import socket

import pytest

import daemon
from documents import policy

ITEMS = (
    "ProhibitDirectConnection",
    "ProhibitWirelessLan",
    "ProhibitUsbDevice",
    "ProhibitUsbStorage",
)


def test_secpold_sees_no_hardware(secpold, net):
    secpold.start(policy(*ITEMS))
    root = pathlib.Path(f"/proc/{secpold.pid}/root")
    assert sorted(os.listdir(root / "sys")) == ["class", "devices", "fs"]
    assert os.listdir(root / "sys/class") == ["net"]
    assert os.listdir(root / "sys/devices") == ["virtual"]
    assert os.listdir(root / "sys/devices/virtual") == ["net"]
    assert os.listdir(root / "sys/fs") == ["cgroup"]
    devices = ["fd", "full", "null", "random", "tty", "urandom", "zero"]
    assert sorted(set(os.listdir(root / "dev")) - {"log"}) == devices
    with net.device:
        interfaces = {name for _, name in socket.if_nameindex()}
    assert {"lan0", "cont0", "lo"} <= interfaces
    assert set(os.listdir(root / "sys/class/net")) == interfaces



@pytest.mark.parametrize(
    "item, detail",
    [
        ("ProhibitDirectConnection", "no radio here|this kernel has no wireless devices"),
        ("ProhibitWirelessLan", "no radio here|this kernel has no wireless devices"),
        ("ProhibitUsbDevice", "this system has no USB device controller"),
        ("ProhibitUsbStorage", "this system has no USB host controller"),
    ],
)
def test_without_hardware_an_item_holds_and_says_what_is_the_case(shared, bus, item, detail):
    if not shared.pid:
        shared.start(policy(*ITEMS))
    assert bus.item(item, "State") == "enforced"
    assert re.fullmatch(detail, bus.item(item, "Detail"))
    assert bus.item(item, "VerifiedBy") == "kernel"


# USB ports as they are on any computer, as far as secpold looks before it closes them to storage.
PORTS = "devices/pci0000:00/0000:00:14.0/usb1"
COMPUTER = {
    f"{PORTS}/authorized": "1\n",
    f"{PORTS}/authorized_default": "1\n",
    f"{PORTS}/interface_authorized_default": "1\n",
    f"{PORTS}/bDeviceClass": "09\n",
    "bus/usb/drivers_probe": "",
    "module/usbcore/parameters/authorized_default": "-1\n",
    "fs/cgroup/cgroup.procs": "",
}


@pytest.fixture
def computer(tmp_path):
    """A folder that secpold would take for the /sys of somebody's computer."""
    root = tmp_path / "sys"
    for name, text in COMPUTER.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="ascii")
    (root / "bus/usb/devices").mkdir()
    (root / "bus/usb/devices/usb1").symlink_to(f"../../../{PORTS}")
    return root


def content(computer):
    return {name: (computer / name).read_text(encoding="ascii") for name in COMPUTER}


def test_the_computer_that_runs_these_tests_is_left_alone(secpold, bus, computer):
    secpold.in_child = [lambda: daemon.show_as("/sys", computer)]
    secpold.start(policy(*ITEMS))
    bus.call("Verify")
    assert content(computer) == COMPUTER
    assert bus.item("ProhibitUsbStorage", "Detail") == "this system has no USB host controller"
    secpold.stop()

    # Such a computer in view, it would not have been.
    secpold.hides_hardware = False
    secpold.start(policy(*ITEMS))
    changed = {name for name, text in content(computer).items() if text != COMPUTER[name]}
    assert f"{PORTS}/interface_authorized_default" in changed
    assert "module/usbcore/parameters/authorized_default" in changed
