# SPDX-License-Identifier: GPL-2.0-or-later
"""secpold --probe finds the hardware that policies are about, and says where there is none."""

import gadget
import printer
import radios
import usb

HARDWARE = (
    "uevents",
    "USB host controller",
    "usbcore, parameter authorized_default",
    "modules.alias",
    "USB device controller",
    "configfs",
    "CONFIG_CFG80211, nl80211",
    "CONFIG_RFKILL, /dev/rfkill",
)


def found():
    """By option, whether it is there."""
    lines = printer.run("secpold", "--probe").partition("\n\n")[0].splitlines()
    column = lines[0].index("FOUND")
    return {line[:column].strip(): line[column:].split()[0] for line in lines[1:]}


def test_hardware_is_found_once_it_is_there():
    before = found()
    assert before["uevents"] == before["modules.alias"] == "yes"
    assert before["USB host controller"] == before["USB device controller"] == "no"
    usb.load()
    gadget.load()
    radios.load()
    after = found()
    assert {name: after[name] for name in HARDWARE} == dict.fromkeys(HARDWARE, "yes")


def test_looking_changes_nothing():
    before = usb.tree()
    found()
    assert usb.tree() == before
