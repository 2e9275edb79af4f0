# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitUsbStorage against root: whoever lets storage in by hand is noticed, it is taken away
again, and the journal says so. Where no driver was asked yet, no disk appears either."""

import evidence
import printer
import pytest
import storage
import uevents
import usb
from printer import wait_item, wait_until
from storage import ITEM, attribute, blocks, wait_refused, wait_repair


@pytest.fixture(scope="module", autouse=True)
def fixture_secpold():
    storage.prepare()
    usb.load()
    printer.start(storage.PROHIBITED)
    wait_item(ITEM, "enforced")
    yield
    evidence.save("repairs.log", "".join(f"{usec} us: {detail}\n" for usec, detail in storage.repairs()))


@pytest.fixture(scope="module", name="stick")
def fixture_stick():
    stick = usb.plug_stick()
    yield wait_refused()[0]
    stick.unplug()


def changed(what, value, detail):
    """Writes it; the microseconds until that was repaired."""
    before = len(storage.repairs())
    usb.write(what, value)
    return wait_repair(detail, before)[0]


def test_an_interface_that_someone_authorizes_is_refused_again(stick):
    with uevents.Recorder("authorized") as log:
        times = [
            changed(attribute(stick, "authorized"), 1, f"{stick} had been authorized")
            for _ in range(10)
        ]
        assert not blocks(log)
    assert usb.interfaces()[stick] == ("08", False, None)
    assert max(times) < 5_000_000
    wait_item(ITEM, "enforced", detail=stick)


def test_a_driver_that_someone_asks_for_loses_the_interface_again(stick):
    before = len(storage.repairs())
    with uevents.Recorder("probed") as log:
        usb.write(attribute(stick, "authorized"), 1)
        usb.write("/sys/bus/usb/drivers_probe", stick)
        wait_repair(f"{stick} had been authorized", before)
        assert wait_until(lambda: not usb.disks())
        assert len(log.find(subsystem="block", action="add")) <= len(
            log.find(subsystem="block", action="remove")
        ) or wait_until(lambda: not usb.disks())
    assert usb.interfaces()[stick] == ("08", False, None)


def test_the_default_of_a_bus_is_shut_again():
    changed(attribute("usb1", "interface_authorized_default"), 1, "new interfaces on usb1")
    assert usb.read(attribute("usb1", "interface_authorized_default")) == "0"


def test_the_parameter_for_new_controllers_is_shut_again():
    changed(storage.PARAMETER, 1, "usbcore's authorized_default was 1")
    assert usb.read(storage.PARAMETER) == "0"


def test_a_device_that_is_authorized_again_comes_back_refused(stick):
    device = stick.partition(":")[0]
    with uevents.Recorder("device") as log:
        usb.write(attribute(device, "authorized"), 0)
        assert wait_until(lambda: stick not in usb.interfaces())
        usb.write(attribute(device, "authorized"), 1)
        assert stick in wait_refused()
        assert not blocks(log)


def test_no_block_device_exists_after_the_configuration_is_written_anew(stick):
    device = stick.partition(":")[0]
    with uevents.Recorder("configuration") as log:
        for value in (1, 0, 1):
            usb.write(attribute(device, "bConfigurationValue"), value)
        assert stick in wait_refused()
        assert not blocks(log)


def test_no_block_device_exists_after_the_drivers_are_loaded_anew(stick):
    with uevents.Recorder("drivers") as log:
        printer.run("modprobe", "-r", "uas", "usb-storage")
        printer.run("modprobe", "usb-storage", "delay_use=0")
        printer.run("modprobe", "uas")
        wait_item(ITEM, "enforced", detail=stick)
        assert not blocks(log)


def test_a_sweep_over_everything_ends_refused(stick):
    """Somebody who knows all of the above at once."""
    for _ in range(5):
        usb.write(storage.PARAMETER, 1)
        usb.write(attribute("usb1", "interface_authorized_default"), 1)
        usb.write(attribute(stick, "authorized"), 1)
        usb.write("/sys/bus/usb/drivers_probe", stick)
    assert wait_until(lambda: usb.interfaces()[stick] == ("08", False, None))
    assert wait_until(lambda: not usb.disks())
    wait_item(ITEM, "enforced", detail=stick)
    assert usb.read(storage.PARAMETER) == "0"


def test_secpold_killed_at_any_moment_leaves_storage_refused(stick):
    with uevents.Recorder("killed") as log:
        for _ in range(5):
            printer.run("kill", "-9", str(printer.pid()))
            device = stick.partition(":")[0]
            usb.write(attribute(device, "authorized"), 0)
            usb.write(attribute(device, "authorized"), 1)
            assert wait_until(lambda: printer.run("systemctl", "is-active", "secpold", check=False) == "active\n")
        wait_refused()
        assert not blocks(log)
