# SPDX-License-Identifier: GPL-2.0-or-later
"""What a plug costs under ProhibitUsbStorage, and what it lets happen: a keyboard with a stick in it,
100 times each with nobody, with secpold and with usbguard, which has a rule against storage.

    SECPOLD_BUILD=build/default tests/vm/run tests/bench/vm/bench_usb_storage.py

The figures are in bench_usb_storage-SERIES/usb-storage.json, in milliseconds: from the first word of
the device to a keyboard that works; to the storage being named as refused on the bus; and in how
many plugs there was a disk before the device was unplugged again, which is as soon as the keyboard
works. Everything is emulated: compare with the first row.
"""

import json
import pathlib
import statistics
import time

import evidence
import gadget
import printer
import pytest
import storage
import uevents
import usb

PLUGS = 100
RULES = """reject with-interface one-of { 08:*:* }
allow
"""
RESULTS = {}


@pytest.fixture(scope="module", autouse=True)
def fixture_results():
    storage.prepare()
    gadget.load()
    yield
    evidence.save("usb-storage.json", json.dumps(RESULTS, indent=2) + "\n")


def figures(seconds):
    milliseconds = [round(1000 * value, 1) for value in seconds]
    if not milliseconds:
        return None
    return {"times": len(milliseconds), "median": statistics.median(milliseconds), "worst": max(milliseconds)}


def is_keyboard(event):
    return event.action == "bind" and event.keys.get("DRIVER") == "hid-generic"


def is_device(event):
    return event.action == "add" and event.keys.get("DEVTYPE") == "usb_device"


def plug(device, log, works):
    """Seconds to the keyboard, or None; where it `works`, it is waited for."""
    mark = log.mark()
    device.bind()
    first = log.wait(is_device, since=mark).time
    try:
        keyboard = log.wait(is_keyboard, since=mark, seconds=10 if works else 1).time - first
    except TimeoutError:
        keyboard = None
    return mark, first, keyboard


def unplug(device, log, mark):
    device.unbind()
    log.wait(lambda event: event.action == "remove" and event.keys.get("DEVTYPE") == "usb_device", since=mark)


def measure(name, works, after=None):
    image = gadget.make_image(f"/tmp/{name}")
    keyboards, refusals, disks = [], [], 0
    with uevents.Recorder(name) as log, gadget.Gadget(name, "hid.0", "mass_storage.0", image=image) as device:
        for _ in range(PLUGS):
            mark, first, keyboard = plug(device, log, works)
            keyboards += [keyboard] if keyboard is not None else []
            if after:
                refusals.append(after() - first)
            unplug(device, log, mark)
            disks += len([event for event in storage.blocks(log, mark) if storage.is_disk(event)])
    RESULTS[name] = {
        "keyboard": figures(keyboards),
        "refused": figures(refusals),
        "plugs with a disk": disks,
        "plugs without a keyboard": PLUGS - len(keyboards),
    }


def test_nobody():
    measure("nobody", True)


def test_secpold():
    printer.start(storage.PROHIBITED)
    printer.wait_item(storage.ITEM, "enforced")

    def named():
        printer.wait_until(lambda: "refused" in printer.item(storage.ITEM, "Detail"), pause=0.001)
        return time.monotonic()

    measure("secpold", True, named)
    before = len(storage.repairs())
    stick = usb.DEVICES
    with gadget.Gadget("tampered", "mass_storage.0", image=gadget.make_image("/tmp/t")) as device:
        device.bind()
        name = storage.wait_refused()[0]
        for number in range(PLUGS):
            usb.write(stick / name / "authorized", 1)
            assert printer.wait_until(lambda count=number: len(storage.repairs()) > before + count)
    RESULTS["secpold"]["authorized by somebody until refused"] = figures(
        [usec / 1e6 for usec, _ in storage.repairs()[before:]]
    )
    storage.allow()
    printer.stop()


def test_usbguard():
    rules = pathlib.Path("/etc/usbguard/rules.conf")
    rules.write_text(RULES, encoding="ascii")
    rules.chmod(0o600)
    printer.run("systemctl", "unmask", "usbguard", check=False)
    printer.run("systemctl", "start", "usbguard")
    assert printer.wait_until(lambda: usb.read(usb.DEVICES / "usb1" / "authorized_default") is not None)
    time.sleep(2)
    measure("usbguard", False)
    printer.run("systemctl", "stop", "usbguard")
