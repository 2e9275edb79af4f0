# SPDX-License-Identifier: GPL-2.0-or-later
"""From within the unit's sandbox everything that secpold writes to can be written, also what appears
only after the unit has started; and nothing else can."""

import errno
import os
import pathlib

import pytest

import gadget
import printer
import radios
import usb
from sandbox import Sandbox

CONFIGFS = pathlib.Path("/sys/kernel/config")
PROBE = pathlib.Path("/sys/bus/usb/drivers_probe")
NEW_DEVICES = pathlib.Path("/sys/module/usbcore/parameters/authorized_default")


def make_static_nodes():
    """Devices of modules that are loaded when somebody opens them, as every boot makes them."""
    nodes = "/run/tmpfiles.d/static-nodes.conf"
    printer.run("kmod", "static-nodes", "--format=tmpfiles", f"--output={nodes}")
    printer.run("systemd-tmpfiles", "--prefix=/dev", "--boot", "--create", nodes)


def unmount_configfs():
    """Boots of some devices mount it, those of others leave that to whoever makes a gadget."""
    if CONFIGFS.is_mount():
        printer.run("umount", CONFIGFS)


@pytest.fixture(scope="module")
def inside():
    """Started before there is any USB, gadget or radio."""
    make_static_nodes()
    unmount_configfs()
    printer.run("modprobe", "--remove", "configfs")
    assert not CONFIGFS.exists()
    assert not usb.DEVICES.exists() and not gadget.CONTROLLERS.exists() and not radios.wiphys()
    with Sandbox() as started:
        yield started


def writes(inside, path, text):
    assert inside.write(path, text) == 0, path
    assert pathlib.Path(path).read_text(encoding="ascii").strip() == text


def test_usb_ports_that_appear_later_can_be_closed_and_opened(inside):
    usb.load()
    for attribute in ("interface_authorized_default", "authorized_default"):
        for value in ("0", "1"):
            writes(inside, f"/sys/bus/usb/devices/usb1/{attribute}", value)
    writes(inside, NEW_DEVICES, "2")
    writes(inside, NEW_DEVICES, "-1")


def test_interfaces_of_a_device_that_is_plugged_later_can_be_refused_and_given_back(inside):
    usb.load()
    keyboard = usb.plug_keyboard()
    (name,) = printer.wait_until(lambda: [name for name in usb.interfaces() if "-0:" not in name])
    path = f"/sys/bus/usb/devices/{name}/authorized"
    assert printer.wait_until(lambda: usb.interfaces()[name][2] == "usbhid")
    writes(inside, path, "0")
    assert printer.wait_until(lambda: usb.interfaces()[name][2] is None)
    writes(inside, path, "1")
    assert inside.write(PROBE, name) == 0
    assert printer.wait_until(lambda: usb.interfaces()[name][2] == "usbhid")
    keyboard.unplug()


def assert_gadgets_can_be_unbound(inside):
    with gadget.Gadget("printer", "printer.0") as device:
        device.bind()
        assert inside.write(device.path / "UDC", "\n") == 0
        assert device.bound_to() == ""
        assert inside.write(device.path / "UDC", "dummy_udc.0") == 0
        assert device.bound_to() == "dummy_udc.0"


def test_a_gadget_of_a_configfs_that_is_loaded_and_mounted_later_can_be_unbound(inside):
    gadget.load()
    assert_gadgets_can_be_unbound(inside)


def test_a_gadget_of_a_configfs_that_is_mounted_later_or_was_before_can_be_unbound():
    gadget.load()
    for mounted_before in (True, False):
        if not mounted_before:
            unmount_configfs()
        with Sandbox() as another:
            if not mounted_before:
                printer.run("mount", "-t", "configfs", "configfs", CONFIGFS)
            assert_gadgets_can_be_unbound(another)


def test_drivers_of_gadgets_without_configfs_can_be_unbound(inside):
    gadget.load()
    printer.run("modprobe", "g_ether")
    (name,) = printer.wait_until(
        lambda: [path.name for path in pathlib.Path("/sys/bus/gadget/devices").iterdir()]
    )
    driver = pathlib.Path("/sys/bus/gadget/devices", name, "driver")
    assert printer.wait_until(driver.exists)
    assert inside.write(driver.resolve() / "unbind", name) == 0
    assert not driver.exists()
    assert inside.write("/sys/bus/gadget/drivers_autoprobe", "0") == 0
    assert inside.write("/sys/bus/gadget/drivers_autoprobe", "1") == 0
    printer.run("modprobe", "--remove", "g_ether")


def test_rfkill_can_be_used(inside):
    radios.load(1)
    assert inside.open("/dev/rfkill") == 0


def test_the_list_of_what_drivers_claim_can_be_read_but_not_changed(inside):
    path = f"/run/secpold/modules/{os.uname().release}/modules.alias"
    assert inside.open(path, "rb") == 0
    assert inside.open(path) == errno.EROFS


def test_reserved_ports_can_be_written(inside):
    path = "/proc/sys/net/ipv4/ip_local_reserved_ports"
    writes(inside, path, "47545-47547")
    assert inside.write(path, "\n") == 0
    assert pathlib.Path(path).read_text(encoding="ascii") == "\n"


@pytest.mark.parametrize(
    "path",
    [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/net/ipv4/ip_forward",
        "/sys/power/pm_freeze_timeout",
        "/sys/kernel/mm/ksm/run",
        "/etc/hostname",
        "/usr/sbin/secpold",
        "/root/.profile",
    ],
)
def test_nothing_else_can_be_written(inside, path):
    before = pathlib.Path(path).read_bytes()
    assert inside.write(path, "1") in (errno.EROFS, errno.EACCES, errno.ENOENT)
    assert pathlib.Path(path).read_bytes() == before


@pytest.mark.parametrize("path", ["/dev/vda", "/dev/mem", "/dev/kmsg"])
def test_no_other_device_is_there(inside, path):
    assert pathlib.Path(path).exists()
    assert inside.open(path) == errno.ENOENT
