# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitUsbStorage, plugged in again and again: a keyboard with a stick in it, on a wire that
dummy_hcd makes. usb-storage does not wait a second before it makes a disk."""

import evidence
import gadget
import printer
import pytest
import storage
import uevents
from printer import run, wait_item, wait_until
from storage import ITEM, blocks

GUEST = {"timeout": 450}
PLUGS = 200
BEFORE = 5


@pytest.fixture(scope="module", name="device")
def fixture_device():
    storage.prepare()
    gadget.load()
    # All drivers are loaded; what udev would do to each device besides takes most of the time.
    run("systemctl", "stop", "systemd-udevd-kernel.socket", "systemd-udevd-control.socket")
    run("systemctl", "stop", "systemd-udevd.service")
    image = gadget.make_image("/tmp/stick")
    with gadget.Gadget("combined", "hid.0", "mass_storage.0", image=image) as device:
        yield device


def plugged(device, log, done):
    """Plugs the device in, waits until the log has what `done` wants, and unplugs it."""
    mark = log.mark()
    device.bind()
    log.wait(done, since=mark)
    device.unbind()
    log.wait(lambda event: event.action == "remove" and event.keys.get("DEVTYPE") == "usb_device", since=mark)


def is_keyboard_at_work(event):
    return event.action == "bind" and event.keys.get("DRIVER") == "hid-generic"


def test_counter_every_plug_makes_a_disk_while_secpold_is_stopped(device):
    with uevents.Recorder("plugs-without-secpold") as log:
        for _ in range(BEFORE):
            plugged(device, log, storage.is_disk)
        assert len([event for event in blocks(log) if storage.is_disk(event)]) == BEFORE


def test_no_block_device_ever_exists_in_200_plugs_and_the_keyboard_works_each_time(device):
    printer.start(storage.PROHIBITED)
    wait_item(ITEM, "enforced")
    with uevents.Recorder("plugs") as log:
        for _ in range(PLUGS):
            plugged(device, log, is_keyboard_at_work)
        assert not blocks(log)
        bound = [event.keys.get("DRIVER") for event in log.find(action="bind", DEVTYPE="usb_interface")]
        assert bound.count("usbhid") == PLUGS and set(bound) == {"usbhid"}
        stores = [
            event
            for event in log.find(action="add", DEVTYPE="usb_interface")
            if event.keys["INTERFACE"].startswith("8/")
        ]
        assert len(stores) == PLUGS
    evidence.save(
        "plugs.log", f"{PLUGS} plugs, {len(stores)} storage interfaces, 0 block devices\n"
    )


def test_the_plug_after_them_is_refused_by_name(device):
    device.bind()
    assert wait_until(storage.refused)
    wait_item(ITEM, "enforced", detail="Lab combined) refused")
    storage.allow()
    assert wait_until(lambda: storage.find("usb-storage"))
    device.unbind()
