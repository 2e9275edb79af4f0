# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitUsbStorage beside usbguard, which decides on whole devices: neither undoes what the other
has refused."""

import pathlib
import time

import evidence
import printer
import pytest
import storage
import uevents
import usb
from printer import run, wait_item, wait_until
from storage import ITEM, attribute, blocks, wait_driver, wait_refused

GUEST = {"kernels": ["6.1"]}
# A keyboard of QEMU's may be used, its tablet may not, and storage may as far as usbguard goes.
RULES = """allow with-interface one-of { 09:*:* }
allow name "QEMU USB Keyboard"
allow with-interface one-of { 08:*:* }
block
"""


@pytest.fixture(scope="module", autouse=True)
def fixture_both():
    storage.prepare()
    usb.load()
    rules = pathlib.Path("/etc/usbguard/rules.conf")
    rules.parent.mkdir(exist_ok=True)
    rules.write_text(RULES, encoding="ascii")
    rules.chmod(0o600)
    run("systemctl", "unmask", "usbguard", check=False)
    run("systemctl", "start", "usbguard")
    assert wait_until(lambda: usb.read(attribute("usb1", "authorized_default")) == "0"), usb.tree()
    printer.start(storage.PROHIBITED)
    wait_item(ITEM, "enforced")
    yield
    evidence.save("tree.log", usb.tree())


@pytest.fixture(name="plug")
def fixture_plug():
    with storage.Plugged() as plug:
        yield plug


def blocked_devices():
    return [path.name for path in usb.DEVICES.glob("*-*") if ":" not in path.name
            and usb.read(path / "authorized") == "0"]


def test_what_usbguard_allows_secpold_still_refuses_where_it_is_storage(plug):
    with uevents.Recorder("both") as log:
        plug(usb.plug_stick())
        plug(usb.plug_keyboard())
        wait_driver("usbhid")
        wait_refused()
        assert not blocks(log)


def test_what_usbguard_blocks_stays_blocked_when_the_policy_lifts(plug):
    plug(usb.plug("usb-tablet"))
    assert wait_until(blocked_devices)
    name = blocked_devices()
    storage.allow()
    time.sleep(2)
    assert blocked_devices() == name
    storage.prohibit()
    assert blocked_devices() == name


def test_devices_of_a_controller_that_appears_later_are_left_to_usbguard(plug):
    with uevents.Recorder("controller") as log:
        controller = plug(usb.plug_controller("slot1"))
        bus = f"{controller.name}.0"
        plug(usb.plug("usb-tablet", bus=bus))
        plug(usb.plug_keyboard(bus=bus))
        plug(usb.plug_stick(bus=bus))
        wait_driver("usbhid")
        wait_refused()
        assert wait_until(lambda: len(blocked_devices()) == 1)
        time.sleep(2)
        assert len(blocked_devices()) == 1 and len(storage.find("usbhid")) == 1
        assert not blocks(log)
