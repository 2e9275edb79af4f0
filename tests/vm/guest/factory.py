# SPDX-License-Identifier: GPL-2.0-or-later
"""A device as it is delivered: one account, whose password its maker's file knows too."""

import contextlib
import pathlib

import printer
import services

ACCOUNT = "admin"
WORD, OWN_WORD = "Printer-2019", "Correct-horse-7battery"
FILE = pathlib.Path("/usr/share/factory/etc/shadow")
WARNING, REFUSAL = "Please change it.", "not accepted from other hosts"


def set_password(word):
    printer.run("chpasswd", input=f"{ACCOUNT}:{word}\n")


def entry():
    return printer.run("getent", "shadow", ACCOUNT)


def deliver():
    printer.run("useradd", "--create-home", "--shell", "/bin/sh", ACCOUNT)
    set_password(WORD)
    makers = entry()
    services.write(FILE, f"root:*:19000::::::\n{makers}", 0o600)
    # Another salt, another hash.
    set_password(WORD)
    assert entry() != makers


@contextlib.contextmanager
def own_password():
    """Within it the account has one; afterwards the factory's again, as it was."""
    before = entry().split(":")[1]
    set_password(OWN_WORD)
    yield
    printer.run("usermod", "--password", before, ACCOUNT)
