# SPDX-License-Identifier: GPL-2.0-or-later
"""The methods by which policies come and go, called as a client would."""

import dbus
import dbus.lowlevel
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


class Importer:
    """Imports over one connection, for many of them or one beside something else."""

    def __init__(self, bus):
        self.connection = bus.connect()

    def close(self):
        self.connection.close()

    @staticmethod
    def import_message(document, signature=b"", **options):
        message = dbus.lowlevel.MethodCallMessage(
            "org.secpold1", "/org/secpold1", "org.secpold1.Manager", "Import"
        )
        message.append(
            dbus.ByteArray(document),
            dbus.ByteArray(signature),
            dbus.Dictionary(options, signature="sv"),
            signature="ayaya{sv}",
        )
        return message

    @staticmethod
    def verify_message():
        return dbus.lowlevel.MethodCallMessage(
            "org.secpold1", "/org/secpold1", "org.secpold1.Manager", "Verify"
        )

    def send(self, message):
        """Send and go on; the reply comes to nobody."""
        self.connection.send_message(message)
        self.connection.flush()

    def outcome(self, document, signature=b"", **options):
        """The generation, or the short name of the error."""
        message = self.import_message(document, signature, **options)
        try:
            reply = self.connection.send_message_with_reply_and_block(message, 30)
        except dbus.DBusException as error:
            return error.get_dbus_name().removeprefix("org.secpold1.Error.")
        return int(reply.get_args_list()[0])
