# SPDX-License-Identifier: GPL-2.0-or-later
"""The journal, as a program sends to it, and the texts that its catalog has for what is sent."""

import re
import shutil
import socket
import struct
import subprocess

from daemon import show_as


def message_ids(header):
    """Name: id, of all that a header defines."""
    found = re.findall(
        r'^#define MESSAGE_ID_(\w+) "([0-9a-f]{32})"$', header.read_text(), re.MULTILINE
    )
    return dict(found)


class Journal:
    """Takes journald's place below the /run that only one program sees."""

    ids = {}

    def __init__(self, directory):
        self.run = directory
        (directory / "systemd/journal").mkdir(parents=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.bind(str(directory / "systemd/journal/socket"))
        self._socket.setblocking(False)
        self.entries = []

    def close(self):
        self._socket.close()

    def take_stderr_of(self, program):
        """As systemd would connect it."""
        program.in_child = [lambda: show_as("/run", self.run)]
        program.log_file.touch(0o600)
        status = program.log_file.stat()
        program.environment = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}

    @staticmethod
    def _parse(data):
        """Fields on a line each, or name, length and bytes where a value has several lines."""
        fields = {}
        while data:
            line, _, data = data.partition(b"\n")
            name, is_text, value = line.partition(b"=")
            if not is_text:
                (length,) = struct.unpack("<Q", data[:8])
                value, data = data[8 : 8 + length], data[8 + length + 1 :]
            fields[name.decode()] = value.decode()
        return fields

    def receive(self):
        while True:
            try:
                self.entries.append(self._parse(self._socket.recv(1 << 20)))
            except BlockingIOError:
                return self.entries

    def events(self, name):
        return [entry for entry in self.receive() if entry.get("MESSAGE_ID") == self.ids[name]]

    def event(self, name):
        """The only one of its kind so far."""
        (found,) = self.events(name)
        return found


def catalog_texts(catalog, root):
    """What systemd makes of the catalog, below an empty folder: text by id."""
    (root / "usr/lib/systemd/catalog").mkdir(parents=True)
    (root / "var/lib/systemd/catalog").mkdir(parents=True)
    shutil.copy(catalog, root / "usr/lib/systemd/catalog")
    made = subprocess.run(
        ["journalctl", f"--root={root}", "--update-catalog"], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    shown = subprocess.run(
        ["journalctl", f"--root={root}", "--dump-catalog"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    texts = re.split(r"^-- ([0-9a-f]{32})$", shown, flags=re.MULTILINE)[1:]
    return dict(zip(texts[::2], texts[1::2]))


def check_explained(journal, catalog):
    """Everything that was sent has a text, and every field that this one names."""
    seen = [entry for entry in journal.receive() if "MESSAGE_ID" in entry]
    assert seen
    for entry in seen:
        text = catalog[entry["MESSAGE_ID"]]
        assert re.search("^Subject: .", text, re.MULTILINE)
        missing = set(re.findall(r"@([A-Z_]+)@", text)) - set(entry)
        assert not missing, (entry["MESSAGE"], missing)
