# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitUsbStorage, plugged in again and again: keyboards with a stick in them, four at a time, on
wires that dummy_hcd makes. usb-storage does not wait a second before it makes a disk."""

import contextlib

import evidence
import gadget
import printer
import pytest
import storage
import uevents
from printer import run, wait_item, wait_until
from storage import ITEM, blocks

AT_A_TIME = 4
ROUNDS = 50
ROUNDS_BEFORE = 2


@pytest.fixture(scope="module", name="devices")
def fixture_devices():
    storage.prepare()
    gadget.load(AT_A_TIME)
    # All drivers are loaded; what udev would do to each device besides takes most of the time.
    run("systemctl", "stop", "systemd-udevd-kernel.socket", "systemd-udevd-control.socket")
    run("systemctl", "stop", "systemd-udevd.service")
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(make_device(number)) for number in range(AT_A_TIME)]


def make_device(number):
    image = gadget.make_image(f"/tmp/stick{number}")
    return gadget.Gadget(f"combined{number}", "hid.0", "mass_storage.0", image=image)


def is_unplugged(event):
    return event.action == "remove" and event.keys.get("DEVTYPE") == "usb_device"


def is_keyboard_at_work(event):
    return event.action == "bind" and event.keys.get("DRIVER") == "hid-generic"


def wait_all(log, since, what):
    assert wait_until(lambda: sum(map(what, log.events[since:])) >= AT_A_TIME)


def plugged(devices, log, done):
    """Plugs all in, waits until the log has `done` of each, and unplugs them."""
    mark = log.mark()
    for number, device in enumerate(devices):
        device.bind(f"dummy_udc.{number}")
    wait_all(log, mark, done)
    for device in devices:
        device.unbind()
    wait_all(log, mark, is_unplugged)


def test_counter_every_plug_makes_a_disk_while_secpold_is_stopped(devices):
    with uevents.Recorder("plugs-without-secpold") as log:
        for _ in range(ROUNDS_BEFORE):
            plugged(devices, log, storage.is_disk)
        made = [event for event in blocks(log) if storage.is_disk(event)]
        assert len(made) == ROUNDS_BEFORE * AT_A_TIME


def test_no_block_device_ever_exists_in_200_plugs_and_the_keyboard_works_each_time(devices):
    printer.start(storage.PROHIBITED)
    wait_item(ITEM, "enforced")
    plugs = ROUNDS * AT_A_TIME
    with uevents.Recorder("plugs") as log:
        for _ in range(ROUNDS):
            plugged(devices, log, is_keyboard_at_work)
        assert not blocks(log)
        bound = [event.keys.get("DRIVER") for event in log.find(action="bind", DEVTYPE="usb_interface")]
        assert bound.count("usbhid") == plugs and set(bound) == {"usbhid"}
        added = log.find(action="add", DEVTYPE="usb_interface")
        stores = sum(event.keys["INTERFACE"].startswith("8/") for event in added)
        assert stores == plugs
    evidence.save("plugs.log", f"{plugs} plugs, {stores} storage interfaces, 0 block devices\n")


def test_the_plug_after_them_is_refused_by_name(devices):
    devices[0].bind()
    assert wait_until(storage.refused)
    wait_item(ITEM, "enforced", detail="Lab combined0) refused")
    storage.allow()
    assert wait_until(lambda: storage.find("usb-storage"))
    devices[0].unbind()
