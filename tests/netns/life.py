# SPDX-License-Identifier: GPL-2.0-or-later
"""The methods by which policies come and go, called as a client would."""

import dbus
import pytest


def call(bus, method, *arguments):
    connection = bus.connect()
    try:
        manager = dbus.Interface(
            connection.get_object("org.secpold1", "/org/secpold1"), "org.secpold1.Manager"
        )
        return manager.get_dbus_method(method)(*arguments, timeout=30)
    finally:
        connection.close()


def import_(bus, document, signature=b"", **options):
    """Import as a client would; options with _ for -. Returns the generation."""
    document = document if isinstance(document, bytes) else document.encode()
    given = {
        key.replace("_", "-"): dbus.UInt64(value) if isinstance(value, int) else value
        for key, value in options.items()
    }
    return int(
        call(
            bus,
            "Import",
            dbus.ByteArray(document),
            dbus.ByteArray(signature),
            dbus.Dictionary(given, signature="sv"),
        )
    )


def refused(bus, *arguments, **options):
    """The short name of the error with which an import is refused, and its text."""
    with pytest.raises(dbus.DBusException) as caught:
        import_(bus, *arguments, **options)
    return (
        caught.value.get_dbus_name().removeprefix("org.secpold1.Error."),
        caught.value.get_dbus_message(),
    )


def export(bus, generation=0):
    document, signature = call(bus, "Export", dbus.UInt64(generation))
    return bytes(document), bytes(signature)
