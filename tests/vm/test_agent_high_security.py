# SPDX-License-Identifier: GPL-2.0-or-later
"""A controller made of stock services and one program of the maker's, from no policy to the strictest
example and back. What each service then refuses is shown by the other tests of secpol-agent."""

import pathlib

import pytest

import evidence
import factory
import printer
import services
from documents import ITEMS

GUEST = {"root": "services", "kernels": ["6.1"], "tpm": True, "timeout": 1400}

STRICTEST = "/usr/share/doc/secpold/policy-examples/high-security.policy"
EMPTY = "/run/empty.policy"
# What no stock program does, so that this controller does not have it.
ABSENT = ("CloudPrint", "DedicatedPort", "MailReceiving", "MobileAppScanning", "Webdav")
NOT_AVAILABLE = ("RestrictDedicatedPort",)
RUNNING = (
    *("avahi-daemon.service", "chrony.service", "cups.service", "postfix.service"),
    *("smbd.service", "snmpd.service", "systemd-logind.service", "vsftpd.service"),
)
DIRECTORY = """[sssd]
services = nss, pam
domains = lab

[domain/lab]
id_provider = ldap
ldap_uri = ldap://127.0.0.1
cache_credentials = True
"""
# For thirty services to be edited, asked and started again.
SECONDS = 500
FAX, RULES = "com.maker.Fax", "/share/standin/com.maker.Fax.conf"
FOLDER = pathlib.Path("/run/fax")
MAKERS = {
    "fax": ("/share/standin/fax-controller", FOLDER),
    "fax-settings": ("/share/examples/fax-settings.py", FOLDER / "settings"),
}


@pytest.fixture(scope="module", autouse=True)
def controller():
    services.write(EMPTY, "[Policy]\nFormatVersion=1\nName=Nothing\nSerial=2\n")
    printer.run("cp", RULES, "/etc/dbus-1/system.d")
    printer.run("systemctl", "reload", "dbus")
    FOLDER.mkdir()
    printer.enforce(None, "[Functions]\n" + "".join(f"{name}=no\n" for name in ABSENT))
    for unit, (program, folder) in MAKERS.items():
        printer.run("systemd-run", f"--unit={unit}", "/usr/bin/python3", program, folder)
        printer.wait_until((FOLDER / "settings").exists)
    services.write("/etc/sssd/sssd.conf", DIRECTORY, 0o600)
    factory.deliver()
    # The example's time server, which no name server here knows.
    services.append("/etc/hosts", "127.0.0.2 ntp.example.org\n")
    printer.run("systemctl", "unmask", "systemd-logind")
    services.start(*RUNNING, "secpol-agent")


def faxes(number):
    call = ["busctl", "call", FAX, "/com/maker/Fax", FAX, "Send", "ssay", number, number, "1", "65"]
    return services.succeeds(*call)


def wrong():
    """Items that are not as they should be, and why."""
    found = {key: (printer.item(key), printer.item(key, "Detail")) for key in ITEMS}
    for key in NOT_AVAILABLE:
        assert found.pop(key)[0] == "not-available"
    return {key: told for key, told in found.items() if told[0] != "enforced"}


def test_the_strictest_policy_comes_and_goes():
    services.snapshot()
    assert faxes("0123")

    printer.run("secpolctl", "import", STRICTEST)
    printer.wait_until(lambda: not wrong(), SECONDS, 1)
    evidence.save("high-security.txt", printer.run("secpolctl", "show"))
    assert not wrong(), services.journal()
    assert services.succeeds("secpolctl", "is-compliant")
    assert not faxes("4567"), "nobody has registered this number"

    printer.run("secpolctl", "import", EMPTY)
    printer.wait_until(lambda: not services.differences(), SECONDS, 1)
    assert services.differences() == ""
    assert printer.wait_until(lambda: all(map(services.is_active, RUNNING)), services.SECONDS, 0.5)
    assert faxes("4567")
