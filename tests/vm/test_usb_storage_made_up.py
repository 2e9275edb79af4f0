# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitUsbStorage with devices that lie: storage of a vendor class, storage in another setting,
another configuration or after another plug, and devices that break every rule. The kernel's
virtual ports (vhci_hcd) take them for real ones."""

import contextlib
import os
import time

import evidence
import printer
import pytest
import storage
import uevents
import usb
import usbip
from printer import wait_item, wait_until
from storage import ITEM, attribute, blocks, wait_refused
from usbip import Interface

# Claimed by usb-storage by vendor and product (Atmel's SND1), with transport as the interface says.
CLAIMED = {"vendor": 0x03EB, "product": 0x2002, "release": 0x0100}
VENDOR_CLASS = [Interface(0xFF, 6, 0x50)]
STICK = [Interface(8, 6, 0x50)]


@pytest.fixture(scope="module", autouse=True)
def fixture_ports():
    storage.prepare()
    usbip.load()


@pytest.fixture(scope="module", name="secpold")
def fixture_secpold():
    """Starts after the counter-tests, which stand first."""
    printer.start(storage.PROHIBITED)
    wait_item(ITEM, "enforced")


def left_alone():
    """How many interfaces of a vendor class are authorized; none has a driver."""
    return list(usb.interfaces().values()).count(("ff", True, None))


def ids_of_drivers():
    """From what depmod wrote, one id of each driver of usb-storage's family."""
    found = {}
    with open(f"/lib/modules/{os.uname().release}/modules.alias", encoding="ascii") as file:
        for line in file:
            _, pattern, module = line.split()[:3] if line.startswith("alias usb:v0") else (0, 0, 0)
            if module and module.startswith(("ums_", "uas", "usb_storage")):
                found.setdefault(module, (int(pattern[5:9], 16), int(pattern[10:14], 16), pattern[15:19]))
    return found


def lowest(release):
    """The lowest bcdDevice that a pattern such as "0[0-" or "*dc*" or "0101" takes."""
    digits = "".join(digit for digit in release if digit in "0123456789")
    return int(digits.ljust(4, "0"), 16) if release[0] in "0123456789" else 0x0100


def test_counter_usb_storage_makes_a_disk_of_a_vendor_class_interface():
    with uevents.Recorder("vendor-class-without-secpold") as log:
        with usbip.Device(VENDOR_CLASS, **CLAIMED) as device:
            device.plug()
            log.wait(storage.is_disk)
            assert blocks(log)
        assert wait_until(lambda: not usb.disks())


def test_no_block_device_ever_exists_for_a_vendor_class_that_usb_storage_claims(secpold):
    with uevents.Recorder("vendor-class") as log:
        with usbip.Device(VENDOR_CLASS, **CLAIMED) as device:
            device.plug()
            wait_refused(class_="ff")
        assert not blocks(log)


@contextlib.contextmanager
def plugged_in(devices):
    with contextlib.ExitStack() as stack:
        for device in devices:
            stack.enter_context(device).plug()
        yield


def test_every_driver_of_usb_storages_family_is_kept_from_what_it_claims(secpold):
    drivers = ids_of_drivers()
    assert len(drivers) > 10, drivers
    devices = [
        usbip.Device(VENDOR_CLASS, vendor=vendor, product=product, release=lowest(release))
        for vendor, product, release in drivers.values()
    ]
    with uevents.Recorder("family") as log, plugged_in(devices):
        assert wait_until(lambda: len(storage.refused("ff")) == len(drivers)), (drivers, usb.tree())
        assert not blocks(log)


def test_a_vendor_class_that_nobody_claims_is_left_to_its_driver(secpold):
    with usbip.Device(VENDOR_CLASS) as device:
        device.plug()
        assert wait_until(left_alone)


def test_what_comes_back_as_storage_is_refused(secpold):
    with uevents.Recorder("switched") as log:
        with usbip.Device([Interface(0xFF)]) as modem:
            modem.plug()
            assert wait_until(left_alone)
        with usbip.Device(STICK) as stick:
            stick.plug()
            wait_refused()
        assert not blocks(log)


def test_another_configuration_with_storage_is_refused(secpold):
    # Of several configurations, the kernel prefers one of no vendor's class.
    both = [usbip.configuration([Interface(0xFE)], 1), usbip.configuration(STICK, 2)]
    with uevents.Recorder("configurations") as log:
        with usbip.Device(configurations=both) as device:
            device.plug()
            assert wait_until(lambda: ("fe", True, None) in usb.interfaces().values())
            name = storage.find(class_="fe")[0].partition(":")[0]
            usb.write(attribute(name, "bConfigurationValue"), 2)
            wait_refused()
        assert not blocks(log)


def test_another_setting_with_storage_is_refused_before_it_is_chosen(secpold):
    settings = [Interface(0xFF), Interface(8, 6, 0x50, alternate=1)]
    with usbip.Device(settings) as device:
        device.plug()
        wait_refused(class_="ff")


def test_only_the_storage_of_a_composite_is_refused(secpold):
    composite = [Interface(0xFF), Interface(8, 6, 0x50, number=1), Interface(0xFF, number=2)]
    with usbip.Device(composite) as device:
        device.plug()
        wait_refused()
        assert wait_until(lambda: left_alone() == 2)


def test_an_id_given_to_a_storage_driver_at_run_time_counts(secpold):
    new_id = "/sys/bus/usb/drivers/usb-storage/new_id"
    with usbip.Device(VENDOR_CLASS, vendor=0x1209, product=0x4321) as device:
        device.plug()
        assert wait_until(left_alone)
        usb.write(new_id, "1209 4321")
        try:
            # It was there: its driver takes it, and loses it again.
            wait_refused(class_="ff")
            assert wait_until(lambda: not usb.disks())
            device.unplug()
            with uevents.Recorder("new-id") as log:
                device.plug()
                wait_refused(class_="ff")
                assert not blocks(log)
        finally:
            usb.write("/sys/bus/usb/drivers/usb-storage/remove_id", "1209 4321")


def wait_looked_at(devices):
    """Until the kernel has asked each of them something, and none of them anything for a second."""

    def numbers():
        return [len(device.requests) for device in devices]

    def quiet():
        before = numbers()
        time.sleep(1)
        return all(before) and numbers() == before

    assert wait_until(quiet, 60), numbers()


def alive():
    """secpold answers, and is the same process."""
    started = time.monotonic()
    assert printer.item(ITEM) in ("enforced", "pending")
    return time.monotonic() - started


def test_a_device_with_32_interfaces_is_decided_interface_by_interface(secpold):
    pid = printer.pid()
    many = [Interface(8 if number % 2 else 0xFF, 6, 0x50, number=number) for number in range(32)]
    with uevents.Recorder("many") as log:
        with usbip.Device(many) as device:
            device.plug()
            assert wait_until(lambda: len(storage.refused()) == 16)
            detail = wait_item(ITEM, "enforced", detail="more refused")
            assert len(detail) < 1024
            assert wait_until(lambda: left_alone() == 16)
        assert not blocks(log)
    assert printer.pid() == pid


JUNK = b"\x00\xd8\n\x00\x1b\x00[\x002\x00J\x00\xff\xff\x00\xdc" + b"\x07\x00" * 100


def test_strings_of_junk_are_shown_as_harmless_text(secpold):
    with usbip.Device(STICK, strings={1: JUNK, 2: JUNK}) as device:
        device.plug()
        name = wait_refused()[0]
        detail = wait_item(ITEM, "enforced", detail=name)
        assert all(character.isprintable() for character in detail), repr(detail)


def test_descriptors_that_break_off_or_loop_harm_nobody(secpold):
    pid = printer.pid()
    whole = usbip.configuration([Interface(8, 6, 0x50), Interface(0xFF, number=1)])
    hostile = [
        whole[:12],
        whole[:9] + bytes([0, 4]) * 20,
        whole[:9] + bytes([2, 4]) + whole[9:],
        whole + bytes([255, 4, 9, 9]),
        bytes([9, 2, 255, 255, 255, 1, 0, 0x80, 1]) + whole[9:],
    ]
    devices = [usbip.Device(configurations=[descriptor]) for descriptor in hostile]
    with uevents.Recorder("hostile") as log, plugged_in(devices):
        wait_looked_at(devices)
        alive()
        assert not blocks(log)
    assert printer.pid() == pid
    wait_item(ITEM, "enforced")


def test_a_device_that_is_cut_off_in_the_middle_harms_nobody(secpold):
    pid = printer.pid()
    # The eighth request chooses the configuration; secpold has been told of the device before it.
    devices = [usbip.Device(STICK, vendor=0x1000 + number, cut_after=number) for number in (1, 4, 7, 8, 9)]
    with plugged_in(devices):
        wait_looked_at(devices)
        for device in devices:
            device.cut()
        assert wait_until(lambda: not storage.find(class_="08"))
    assert printer.pid() == pid
    wait_item(ITEM, "enforced")


def test_where_no_list_of_ids_is_known_storage_drivers_are_not_asked(tmp_path):
    """As with a kernel that has usb-storage built in: every other driver is, one by one."""
    empty, known = tmp_path / "empty", f"/lib/modules/{os.uname().release}/modules.alias"
    empty.touch()
    printer.stop()
    printer.run("mount", "--bind", empty, known)
    try:
        printer.start(storage.PROHIBITED)
        wait_item(ITEM, "enforced")
        keyboard = Interface(3, 1, 1, extra=usbip.HID_DESCRIPTOR)
        devices = [usbip.Device(VENDOR_CLASS, **CLAIMED), usbip.Device([keyboard]), usbip.Device(STICK)]
        with uevents.Recorder("no-list") as log, plugged_in(devices):
            log.wait(action="bind", DRIVER="usbhid")
            wait_refused()
            assert wait_until(left_alone)
            time.sleep(1)
            assert not blocks(log) and not storage.find("usb-storage")
    finally:
        printer.run("umount", known)


def test_a_device_that_does_not_answer_holds_up_neither_secpold_nor_other_devices(secpold):
    """It takes its configuration, and is silent when its interface is looked at by a driver: the
    kernel waits five seconds and more for each answer, holding the device's lock."""
    deaf = [Interface(3, 1, 1, extra=usbip.HID_DESCRIPTOR), Interface(8, 6, 0x50, number=1)]
    with usbip.Device(deaf, mute=lambda request: request[0] in (0x81, 0x21, 0xA1)) as device:
        device.plug()
        assert wait_until(lambda: any(request[0] in (0x81, 0x21) for request in device.requests))
        longest = max(alive() for _ in range(20))
        with usbip.Device(STICK) as stick:
            stick.plug()
            wait_refused(2)
            longest = max([longest, *(alive() for _ in range(20))])
    evidence.save("deaf.log", f"longest answer: {longest * 1000:.0f} ms\n")
    assert longest < 2
