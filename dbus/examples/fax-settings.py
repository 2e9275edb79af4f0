#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fax-settings.py FOLDER: keeps the settings of a fax service as secpold demands them.

The service looks into FOLDER at every job: NAME is what its users chose, "true" or "false", and
NAME.locked, while there, wins and keeps them from changing it. The steps are org.secpold1(5)'s.
Debian packages: python3-dbus, and python3-gi for the loop.
"""

import os
import pathlib
import sys

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

FOLDER = pathlib.Path(sys.argv[1])
SECPOLD, ROOT = "org.secpold1", "/org/secpold1"
NAMES = ("RestrictNewDestinations", "ConfirmFaxNumber", "Forwarding", "CompleteDeletion")
PATH = {name: f"{ROOT}/setting/{name}" for name in NAMES}


def lock(name, value):
    """Written aside and renamed, so that a power cut does not leave half a file."""
    with open(FOLDER / f"{name}.fresh", "wb", buffering=0) as file:
        file.write(b"true\n" if value else b"false\n")
        os.fsync(file.fileno())
    os.replace(file.name, FOLDER / f"{name}.locked")


def in_force(name):
    """What the service goes by; a setting that cannot be read is off."""
    locked, chosen = FOLDER / f"{name}.locked", FOLDER / name
    file = locked if locked.is_file() else chosen
    return file.is_file() and file.read_bytes().strip() == b"true"


def comply(name, setting):
    """Step 2: put the value in force; without a lock, what the users chose is. Returns a report."""
    reason = ""
    try:
        if setting["Locked"]:
            lock(name, setting["Value"])
        else:
            (FOLDER / f"{name}.locked").unlink(missing_ok=True)
    except OSError as error:
        reason = str(error)
    return name, dbus.Boolean(in_force(name)), reason


def on_settings(objects):
    """Step 3: report what is in force."""
    reports = [comply(name, objects[PATH[name]][f"{SECPOLD}.Setting"]) for name in PATH]
    call(f"{SECPOLD}.Manager", "ReportSettings", "a(svs)", [reports])


def call(interface, method, signature="", arguments=(), on_reply=None):
    bus.call_async(SECPOLD, ROOT, interface, method, signature, arguments, on_reply, complain)


def complain(error):
    print(f"fax-settings: {error} (only root and group secpold-agent may report)", file=sys.stderr)


def look():
    call("org.freedesktop.DBus.ObjectManager", "GetManagedObjects", on_reply=on_settings)


def on_changed(_interface, changed, _invalidated):
    if changed.keys() & {"Locked", "Value"}:  # Not where only reports did, such as one's own.
        look()


bus = dbus.SystemBus(mainloop=dbus.mainloop.glib.DBusGMainLoop())
for path in PATH.values():  # Step 1: first listen, then read.
    bus.add_signal_receiver(on_changed, "PropertiesChanged", dbus.PROPERTIES_IFACE, SECPOLD, path)
bus.watch_name_owner(SECPOLD, lambda owner: owner and look())  # Step 4; without an owner, hold.
GLib.MainLoop().run()
