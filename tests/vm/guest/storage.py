# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of ProhibitUsbStorage have in common."""

import pathlib
import re

import usb
from printer import item, journal, policy, reload, run, wait_item, wait_until

ITEM = "ProhibitUsbStorage"
PROHIBITED = policy(ITEM)
ALLOWED = policy()
PARAMETER = pathlib.Path("/sys/module/usbcore/parameters/authorized_default")
RECORD = pathlib.Path("/run/secpold/usb-storage")


def prepare():
    """As harsh as can be: drivers are loaded, and disks do not wait a second before they appear."""
    run("modprobe", "usb-storage", "delay_use=0")
    for module in ("uas", "sd_mod", "usbhid", "hid-generic", "usblp", "cdc_ether"):
        run("modprobe", module)


class Plugged:
    """What is plugged by way of this is unplugged at the end, whatever happens."""

    def __init__(self):
        self._devices = []

    def __call__(self, device):
        self._devices.append(device)
        return device

    def unplug(self, device):
        self._devices.remove(device)
        device.unplug()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for device in reversed(self._devices):
            device.unplug()
        assert wait_until(lambda: not find(class_="08") and not usb.disks())


def attribute(name, what):
    return usb.DEVICES / name / what


def is_disk(event):
    return event.subsystem == "block" and event.action == "add" and "/usb" in event.devpath


# A disk is the last of these to appear.
OF_A_DISK = ("block", "scsi", "scsi_host", "mmc", "mmc_host")


def blocks(log, since=0):
    """Block devices on USB that there were until now, however shortly, and what they hang on."""
    mark = log.mark()
    # Messages come in order: when this one is there, all before it are.
    usb.write("/sys/devices/virtual/net/lo/uevent", "change")
    log.wait(since=mark, action="change", devpath="/devices/virtual/net/lo")
    return [
        event
        for event in log.events[since:]
        if event.subsystem in OF_A_DISK and "/usb" in event.devpath
    ]


def find(driver=None, class_=None):
    """The interfaces that have this driver, or class."""
    return sorted(
        name
        for name, (its_class, _, its_driver) in usb.interfaces().items()
        if driver in (None, its_driver) and class_ in (None, its_class)
    )


def wait_driver(driver, number=1, seconds=30):
    found = wait_until(lambda: len(find(driver)) >= number and find(driver), seconds)
    assert found, f"{driver} has {find(driver)}\n{usb.tree()}"
    return found


def refused(class_="08"):
    """Interfaces of the class that are unauthorized and have no driver."""
    return sorted(
        name
        for name, state in usb.interfaces().items()
        if state[0] == class_ and state[1:] == (False, None)
    )


def wait_refused(number=1, class_="08"):
    """... and that are named in the item's detail."""
    assert wait_until(lambda: len(refused(class_)) >= number), usb.tree()
    for name in refused(class_):
        wait_item(ITEM, item(ITEM) if item(ITEM) != "pending" else "enforced", detail=name)
    return refused(class_)


def repairs():
    """What the journal says was found changed and is in force again: [(microseconds, detail)]."""
    pattern = re.compile(ITEM + r" is in force again after (\d+) us \(usb-storage\): (.*)")
    return [(int(usec), detail) for usec, detail in pattern.findall("\n".join(journal()))]


def wait_repair(detail, before):
    """A repair beyond the first `before` ones."""

    def there():
        return [entry for entry in repairs()[before:] if detail in entry[1]]

    found = wait_until(there)
    assert found, "\n".join(journal())
    return found[0]


def prohibit(profile=None):
    reload(PROHIBITED, profile)
    wait_item(ITEM, "partial" if profile else "enforced")


def allow():
    reload(ALLOWED)
    assert wait_until(is_forgotten), f"{RECORD.read_text(encoding='ascii')}\n{usb.tree()}"


def is_forgotten():
    return not RECORD.exists() or not RECORD.read_text(encoding="ascii").strip()
