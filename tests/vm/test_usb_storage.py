# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitUsbStorage with real devices of QEMU's: what is refused, what goes on working, what comes
back when the policy lifts."""

import pathlib
import time

import evidence
import gadget
import printer
import pytest
import storage
import uevents
import usb
from printer import wait_item, wait_until
from storage import ITEM, attribute, blocks, refused, wait_driver, wait_refused


@pytest.fixture(scope="module", autouse=True)
def fixture_ports():
    storage.prepare()
    usb.load()
    yield
    evidence.save("tree.log", usb.tree())


@pytest.fixture(name="plug")
def fixture_plug():
    with storage.Plugged() as plug:
        yield plug


@pytest.fixture(name="secpold")
def fixture_secpold():
    """The policy is in force, whatever the test before did."""
    printer.start(storage.PROHIBITED)
    storage.prohibit()


def test_counter_a_stick_gets_a_disk_while_secpold_is_stopped(plug):
    with uevents.Recorder("without-secpold") as log:
        plug(usb.plug_stick())
        log.wait(storage.is_disk)
        assert blocks(log)


def test_no_block_device_ever_exists_for_a_stick_a_uas_disk_and_a_stick_behind_a_hub(secpold, plug):
    with uevents.Recorder("plugs") as log:
        plug(usb.plug_stick(port="1"))
        plug(usb.plug_uas_disk(port="2"))
        plug(usb.plug_hub(port="3"))
        # The hub works, or nothing behind it would be seen.
        wait_driver("hub", 3)
        plug(usb.plug_stick(port="3.2"))
        plug(usb.plug_keyboard(port="3.1"))
        wait_driver("usbhid")
        names = wait_refused(3)
        detail = wait_item(ITEM, "enforced", detail="QEMU USB HARDDRIVE")
        assert all(name in detail for name in names), detail
        assert not blocks(log) and not usb.disks()


def test_what_is_not_storage_works_on_the_same_bus(secpold, plug):
    gadget.load()
    wait_item(ITEM, "enforced")
    with gadget.Gadget("paper", "printer.0") as paper:
        paper.bind()
        plug(usb.plug_stick())
        plug(usb.plug_keyboard())
        plug(usb.plug_card_reader())
        plug(usb.plug_network_adapter())
        wait_driver("usbhid")
        wait_driver("usblp")
        assert wait_until(pathlib.Path("/dev/usb/lp0").exists)
        assert wait_until(network_adapters)
        # The smart card reader has no driver in the kernel: pcscd takes it by libusb.
        reader = storage.find(class_="0b")
        assert reader and wait_until(lambda: all(usb.interfaces()[name][1] for name in reader))
        wait_refused()


def network_adapters():
    return [path for path in pathlib.Path("/sys/class/net").iterdir() if "/usb" in str(path.resolve())]


def test_no_block_device_ever_exists_on_a_controller_that_appears_later(secpold, plug):
    with uevents.Recorder("controller") as log:
        assert usb.read(storage.PARAMETER) == "0"
        controller = plug(usb.plug_controller("slot1"))
        plug(usb.plug_stick(bus=f"{controller.name}.0"))
        plug(usb.plug_keyboard(bus=f"{controller.name}.0"))
        wait_driver("usbhid")
        names = wait_refused()
        assert not blocks(log)
        hub = f"usb{names[0].partition('-')[0]}"
        assert usb.read(attribute(hub, "authorized_default")) == "1"
        assert usb.read(attribute(hub, "interface_authorized_default")) == "0"


def test_lifting_gives_back_what_was_refused_without_replugging(secpold, plug):
    plug(usb.plug_stick())
    plug(usb.plug_uas_disk())
    wait_refused(2)
    storage.allow()
    assert len(usb.wait_disk(2)) == 2
    assert storage.find("uas") and storage.find("usb-storage")
    for hub in usb.DEVICES.glob("usb*"):
        assert usb.read(hub / "interface_authorized_default") == "1"
    assert usb.read(storage.PARAMETER) in ("-1", "1")
    assert printer.item(ITEM) == "off"


def test_lifting_gives_back_after_a_restart_of_secpold_in_between(secpold, plug):
    plug(usb.plug_stick())
    wait_refused()
    printer.stop()
    assert refused() and usb.read(attribute("usb1", "interface_authorized_default")) == "0"
    # A keyboard that comes while nobody decides waits, and works when somebody does.
    plug(usb.plug_keyboard())
    assert wait_until(lambda: ("03", False, None) in usb.interfaces().values())
    printer.start(storage.PROHIBITED)
    wait_driver("usbhid")
    wait_refused()
    printer.stop()
    printer.start(storage.ALLOWED)
    assert usb.wait_disk()
    assert usb.read(attribute("usb1", "interface_authorized_default")) == "1"
    assert usb.read(storage.PARAMETER) in ("-1", "1")


def test_what_an_administrator_took_away_stays_away(secpold, plug):
    storage.allow()
    plug(usb.plug_keyboard())
    plug(usb.plug_stick())
    usb.wait_disk()
    device = wait_driver("usbhid")[0].partition(":")[0]
    interface = storage.find("usb-storage")[0]
    usb.write(attribute(device, "authorized"), 0)
    usb.write(attribute(interface, "authorized"), 0)
    usb.write(attribute("usb2", "interface_authorized_default"), 0)
    try:
        storage.prohibit()
        storage.allow()
        time.sleep(1)
        assert usb.read(attribute(device, "authorized")) == "0"
        assert usb.read(attribute(interface, "authorized")) == "0"
        assert usb.read(attribute("usb2", "interface_authorized_default")) == "0"
        assert usb.read(attribute("usb1", "interface_authorized_default")) == "1"
    finally:
        usb.write(attribute("usb2", "interface_authorized_default"), 1)
