# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual printer itself: whether it is what the other tests take it for."""

import os
import pathlib

import pytest

import gadget
import host
import printer
import radios
import uevents
import usb


def kernel():
    return tuple(int(number) for number in os.uname().release.split("-")[0].split(".")[:2])


def test_nothing_is_loaded_yet():
    assert not usb.DEVICES.exists() and not radios.wiphys() and not gadget.udcs()


def test_guest_is_fresh():
    mark = pathlib.Path("/root/was-here")
    assert not mark.exists()
    mark.touch()


def test_systemd_is_content():
    assert printer.run("systemctl", "is-system-running").strip() == "running"


def test_table_survives_its_owner_where_the_kernel_can_do_that():
    probe = printer.run("secpold", "--probe", check=False)
    (line,) = [line for line in probe.splitlines() if line.startswith("table flag persist")][:1]
    assert ("yes" if kernel() >= (6, 9) else "no") == line.split()[3]


def test_service_starts_and_answers_on_the_bus():
    printer.start(printer.policy("ProhibitUsbStorage"))
    assert printer.manager("PolicyName") == "Test"
    printer.stop()


def test_gadget_binds_and_the_host_side_sees_it():
    gadget.load()
    with uevents.Recorder("gadget") as log, gadget.Gadget("printer", "printer.0") as device:
        device.bind()
        assert device.bound_to() == "dummy_udc.0"
        log.wait(action="change", subsystem="udc", USB_UDC_DRIVER="printer")
        log.wait(action="add", subsystem="usbmisc")


def test_stick_comes_and_goes():
    usb.load()
    with uevents.Recorder("stick") as log:
        stick = usb.plug_stick()
        (disk,) = usb.wait_disk()
        printer.run("mount", f"/dev/{disk}", "/mnt")
        printer.run("umount", "/mnt")
        stick.unplug()
        log.wait(action="remove", subsystem="block", name=disk)
    assert not usb.disks()


@pytest.mark.parametrize(
    "plug, driver",
    [
        (usb.plug_uas_disk, "uas"),
        (usb.plug_keyboard, "usbhid"),
        (usb.plug_network_adapter, "cdc_ether"),
        (usb.plug_hub, "hub"),
    ],
)
def test_device_finds_its_driver(plug, driver):
    def drivers():
        return [used for name, (_, _, used) in usb.interfaces().items() if "-0:" not in name]

    usb.load()
    device = plug()
    assert printer.wait_until(lambda: driver in drivers()), usb.tree()
    device.unplug()
    assert printer.wait_until(lambda: driver not in drivers())


def test_controller_comes_later():
    usb.load()
    before = len(list(usb.DEVICES.glob("usb*")))
    controller = usb.plug_controller()
    assert printer.wait_until(lambda: len(list(usb.DEVICES.glob("usb*"))) == before + 2)
    stick = usb.plug_stick(bus=controller.name + ".0")
    usb.wait_disk()
    stick.unplug()
    controller.unplug()
    assert printer.wait_until(lambda: len(list(usb.DEVICES.glob("usb*"))) == before)


def test_host_reports_what_it_cannot_do():
    with pytest.raises(host.HostError, match="nothing"):
        usb.plug("nothing")


def test_radios_come_and_go():
    radios.load(2)
    assert len(radios.wiphys()) == 2
    radios.unload()
    assert not radios.wiphys()
