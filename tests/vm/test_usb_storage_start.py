# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitUsbStorage and what was there first: sticks that are in, mounted or not, when the policy
comes; disks that the device runs from; ports that the device profile exempts."""

import os
import pathlib

import printer
import pytest
import storage
import uevents
import usb
from printer import run, wait_item, wait_until
from storage import ITEM, refused, wait_refused

STICK = pathlib.Path("/media/stick")


@pytest.fixture(scope="module", autouse=True)
def fixture_ports():
    storage.prepare()
    STICK.mkdir(exist_ok=True)
    usb.load()


@pytest.fixture(name="plug")
def fixture_plug():
    """Each test begins and ends without secpold, and with everything open."""
    with storage.Plugged() as plug:
        yield plug
        run("umount", "--lazy", STICK, check=False)
        printer.start(storage.ALLOWED)
        storage.allow()
        printer.stop()


def mounted(point=STICK):
    return f" {point} " in pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8")


def mount(disk, point=STICK, *options):
    run("mount", *options, f"/dev/{disk}", point)


def remove(name):
    """A device of the device mapper's, as soon as nobody looks at it."""
    node = pathlib.Path("/dev/mapper", name)

    def gone():
        run("dmsetup", "remove", name, check=False)
        return not node.exists()

    assert wait_until(gone)


def test_a_stick_that_was_in_is_taken_away(plug):
    plug(usb.plug_stick())
    plug(usb.plug_keyboard())
    usb.wait_disk()
    printer.start(storage.PROHIBITED)
    wait_refused()
    assert not usb.disks()
    assert wait_item(ITEM, "enforced")
    storage.wait_driver("usbhid")


def test_a_mounted_stick_is_written_out_before_it_goes(plug):
    """What was written just before is on it when it is plugged in elsewhere."""
    text = os.urandom(3 << 20)
    plug(usb.plug_stick("ext4"))
    mount(usb.wait_disk()[0])
    with uevents.Recorder("mounted") as log:
        (STICK / "report").write_bytes(text)
        printer.start(storage.PROHIBITED)
        wait_refused()
        log.wait(action="remove", subsystem="block")
    run("umount", "--lazy", STICK, check=False)
    storage.allow()
    mount(usb.wait_disk()[0])
    assert (STICK / "report").read_bytes() == text


def test_a_stick_that_only_its_user_may_look_into_is_written_out_as_well(plug):
    text = os.urandom(1 << 20)
    plug(usb.plug_stick("vfat"))
    mount(usb.wait_disk()[0], STICK, "-o", "uid=65534,umask=077")
    (STICK / "report").write_bytes(text)
    printer.start(storage.PROHIBITED)
    wait_refused()
    run("umount", "--lazy", STICK, check=False)
    storage.allow()
    mount(usb.wait_disk()[0])
    assert (STICK / "report").read_bytes() == text


def test_a_mount_that_lingers_is_named_until_it_is_unmounted(plug):
    plug(usb.plug_stick("ext4"))
    mount(usb.wait_disk()[0])
    with open(STICK / "open", "wb", buffering=0) as file:
        file.write(b"x")
        printer.start(storage.PROHIBITED)
        wait_refused()
        detail = wait_item(ITEM, "enforced", detail=f"{STICK} is still mounted")
        assert "unmount it" in detail
        # Also by a secpold that was started since.
        printer.stop()
        printer.start(storage.PROHIBITED)
        wait_item(ITEM, "enforced", detail=f"{STICK} is still mounted")
    run("umount", STICK, check=False)
    assert wait_until(lambda: not mounted()) or run("umount", "--lazy", STICK, check=False) == ""
    assert wait_until(lambda: "still mounted" not in printer.item(ITEM, "Detail"))


def test_ports_and_the_bus_do_not_wait_for_a_stick_that_is_written_out_slowly(plug):
    """A frozen device-mapper target below the file system: nothing is written until it thaws."""
    plug(usb.plug_stick("ext4"))
    disk = usb.wait_disk()[0]
    size = usb.read(f"/sys/class/block/{disk}/size")
    run("modprobe", "dm_mod")
    run("dmsetup", "create", "slow", input=f"0 {size} linear /dev/{disk} 0\n")
    run("mount", "/dev/mapper/slow", STICK)
    try:
        (STICK / "report").write_bytes(os.urandom(1 << 20))
        run("dmsetup", "suspend", "--nolockfs", "slow")
        printer.start(storage.PROHIBITED + "\n[Network]\nRestrictLpdPort=yes\n")
        detail = wait_item(ITEM, "pending", detail=f"writing out {STICK}")
        assert usb.disks() and detail
        # The port is closed all the same, and the bus answers.
        assert printer.item("RestrictLpdPort") == "enforced"
        run("dmsetup", "resume", "slow")
        wait_refused()
    finally:
        run("dmsetup", "resume", "slow", check=False)
        run("umount", "--lazy", STICK, check=False)
        remove("slow")


def test_a_file_system_that_cannot_be_written_out_goes_after_a_while(plug):
    plug(usb.plug_stick("ext4"))
    disk = usb.wait_disk()[0]
    size = usb.read(f"/sys/class/block/{disk}/size")
    run("dmsetup", "create", "stuck", input=f"0 {size} linear /dev/{disk} 0\n")
    run("mount", "/dev/mapper/stuck", STICK)
    try:
        (STICK / "report").write_bytes(b"x" * 100_000)
        run("dmsetup", "suspend", "--nolockfs", "stuck")
        printer.start(storage.PROHIBITED)
        wait_item(ITEM, "pending", detail=f"writing out {STICK}")
        assert wait_until(refused, seconds=60)
        assert wait_until(lambda: not usb.disks())
    finally:
        run("dmsetup", "resume", "stuck", check=False)
        run("umount", "--lazy", STICK, check=False)
        remove("stuck")


def test_the_disk_that_the_device_runs_from_is_spared_and_the_next_stick_is_not(plug):
    plug(usb.plug_stick("ext4"))
    disk = usb.wait_disk()[0]
    # The tests themselves need their /var; for this, /boot counts as much.
    point = pathlib.Path("/boot")
    mount(disk, point)
    try:
        printer.start(storage.PROHIBITED)
        detail = wait_item(ITEM, "partial", detail="spared")
        assert "(/boot)" in detail and usb.disks() == [disk]
        plug(usb.plug_stick())
        wait_refused()
        assert usb.disks() == [disk]
        # Also by a secpold that was started since, and what is mounted later is not spared.
        printer.stop()
        printer.start(storage.PROHIBITED)
        wait_item(ITEM, "partial", detail="(/boot)")
        assert usb.disks() == [disk] and len(refused()) == 1
        (point / "still").write_text("works", encoding="ascii")
        run("sync", "-f", str(point))
    finally:
        run("umount", point)


def test_the_disk_with_swap_behind_the_device_mapper_is_spared(plug):
    plug(usb.plug_stick())
    disk = usb.wait_disk()[0]
    size = usb.read(f"/sys/class/block/{disk}/size")
    run("dmsetup", "create", "swap", input=f"0 {size} linear /dev/{disk} 0\n")
    run("mkswap", "/dev/mapper/swap")
    run("swapon", "/dev/mapper/swap")
    try:
        printer.start(storage.PROHIBITED)
        assert "(swap)" in wait_item(ITEM, "partial", detail="spared")
        assert usb.disks() == [disk]
    finally:
        run("swapoff", "/dev/mapper/swap")
        remove("swap")


def test_another_stick_in_the_port_of_the_spared_disk_is_refused(plug):
    spared = plug(usb.plug_stick("ext4", port="4"))
    point = pathlib.Path("/boot")
    mount(usb.wait_disk()[0], point)
    try:
        printer.start(storage.PROHIBITED)
        wait_item(ITEM, "partial", detail="(/boot)")
        run("umount", point)
        with uevents.Recorder("exchanged") as log:
            plug.unplug(spared)
            assert wait_until(lambda: not usb.disks())
            mark = log.mark()
            plug(usb.plug_stick("ext4", port="4"))
            wait_refused()
            assert not [event for event in storage.blocks(log, mark) if event.action == "add"]
    finally:
        run("umount", point, check=False)


def test_storage_at_an_exempt_port_works_and_the_item_is_partial(plug):
    profile = "[Usb]\nExemptPorts=2-3 1-3\n"
    printer.start(storage.PROHIBITED, profile)
    assert "spares storage at 2-3, 1-3" in wait_item(ITEM, "partial")
    plug(usb.plug_stick(port="3"))
    plug(usb.plug_stick(port="4"))
    usb.wait_disk()
    wait_refused()
    assert len(usb.disks()) == 1
    wait_item(ITEM, "partial", detail="spared by the device profile")
    # The profile changes its mind, and back.
    printer.reload(storage.PROHIBITED)
    wait_refused(2)
    assert not usb.disks()
    printer.reload(storage.PROHIBITED, profile)
    usb.wait_disk()
    assert len(refused()) == 1


def test_without_a_controller_the_item_holds_and_says_why(plug):
    run("modprobe", "-r", "xhci_pci")
    assert wait_until(lambda: not list(usb.DEVICES.glob("usb*")))
    try:
        printer.start(storage.PROHIBITED)
        wait_item(ITEM, "enforced", detail="no USB host controller")
        with uevents.Recorder("late-driver") as log:
            plug(usb.plug_stick())
            usb.load()
            wait_refused()
            assert not storage.blocks(log)
        assert "no USB host controller" not in wait_item(ITEM, "enforced")
    finally:
        usb.load()
