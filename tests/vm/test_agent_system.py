# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and small services: of the screen, for printing, and a printer application; and secrets
where there is no TPM."""

import collections
import pathlib
import socket

import pytest

import cable
import printer
import services
from cable import ADDRESS

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

LAB = pathlib.Path("/run/lab")
UNITS = pathlib.Path("/usr/lib/systemd/system")


@pytest.fixture(scope="module", autouse=True)
def lab():
    """Units are made of the scripts that old packages have."""
    LAB.mkdir()
    generators = pathlib.Path("/etc/systemd/system-generators")
    (generators / "systemd-sysv-generator").unlink(missing_ok=True)
    cable.plug()


def look():
    """What secpol-agent is not told of it finds when it looks, which it does now and then."""
    printer.run("systemctl", "reload", "secpol-agent")


# Services that are off


def answers(address, port):
    with socket.socket() as client:
        return client.connect_ex((address, port)) == 0


def waits_for_datagrams(_, port):
    return bool(services.output("ss", "-Hlun", f"sport = :{port}"))


Off = collections.namedtuple("Off", "unit item setting is_there address port")
# On the device too: who is there may not open its screen, or print past what the policy says. Two
# share a port here.
OFF = (
    Off("x11vnc", "RestrictRemoteOperatorPort", "RemoteOperation", answers, "127.0.0.1", 5900),
    Off("lpd", "RestrictLpdPort", "LpdPrinting", answers, ADDRESS, 515),
    Off("cups-lpd.socket", "RestrictLpdPort", "LpdPrinting", answers, "127.0.0.1", 515),
    Off("p910nd", "RestrictRawPort", "RawPrinting", answers, "127.0.0.1", 9100),
    Off("minissdpd", "RestrictBmlinksPort", "Bmlinks", waits_for_datagrams, "", 1900),
)
FILES = {
    "/etc/default/lpd": f'OPTIONS="-b {ADDRESS}"\n',
    "/etc/default/p910nd": 'P910ND_OPTS="-f /dev/null"\nP910ND_START=1\n',
    "/etc/default/minissdpd": f'MiniSSDPd_INTERFACE_ADDRESS="{ADDRESS}"\nMiniSSDPd_OTHER_OPTIONS=""\n',
    # Debian has no units for these. A screen is a file as well as a framebuffer or an X server.
    UNITS / "x11vnc.service": "[Service]\nExecStart=/usr/bin/x11vnc -rawfb map:/run/lab/screen@64x64x32"
    " -forever -nopw -noipv6 -rfbport 5900\n",
    LAB / "screen": "\0" * 64 * 64 * 4,
    UNITS / "cups-lpd.socket": "[Socket]\nListenStream=127.0.0.1:515\nAccept=yes\n",
    UNITS / "cups-lpd@.service": "[Service]\nExecStart=/usr/lib/cups/daemon/cups-lpd\n"
    "StandardInput=socket\n",
}


def are_there():
    return [off.unit for off in OFF if off.is_there(off.address, off.port)]


@pytest.fixture
def units():
    """Those of them, at work."""
    for path, text in FILES.items():
        services.write(path, text)
    names = [off.unit for off in OFF]
    printer.run("systemctl", "daemon-reload")
    services.start(*names)
    yield names
    printer.run("systemctl", "stop", *names)


def test_services_that_are_off_are_off_on_the_device_too(units):
    assert printer.wait_until(lambda: are_there() == units, 20, 0.2), are_there()
    with services.demanded(*{off.item for off in OFF}):
        for off in OFF:
            services.wait_setting(off.setting, False)
        assert are_there() == []
        for unit in units:
            assert not services.succeeds("systemctl", "start", unit), unit
        assert are_there() == []
    assert printer.wait_until(lambda: are_there() == units, 20, 0.2), are_there()


ALIKE = {
    "GuestUsers": ("cups-lpd", "lpd", "p910nd", "LPrint"),
    "ImmediatePrinting": ("lpd", "p910nd", "LPrint"),
}


def test_what_prints_for_anybody_and_at_once_is_told(units):
    """It cannot do otherwise: whoever wants to have what the policy demands has to do without."""
    services.start("avahi-daemon", "lprint")
    main = ("systemctl", "show", "--value", "--property=MainPID", "lprint")
    process = printer.run(*main)
    items = ("ProhibitGuestUsers", "ProhibitImmediatePrinting")
    with services.demanded(*items, enforced=[]):
        for setting, names in ALIKE.items():
            for name in names:
                services.wait_reason(setting, f"{name}: active")
        for item in items:
            printer.wait_item(item, "violated", services.SECONDS)
        assert printer.run(*main) == process, "it was started again for nothing"

        # Nor is it believed that nobody is there because a unit is stopped.
        printer.run("systemctl", "stop", "lprint", "lpd", "cups-lpd.socket", "p910nd")
        with socket.create_server((ADDRESS, 9100)):
            look()
            services.wait_reason("ImmediatePrinting", "p910nd: open")
        look()
        services.wait_enforced(*items)
    printer.run("systemctl", "stop", "avahi-daemon.socket", "avahi-daemon")


# A printer application


@pytest.fixture(scope="module")
def label_queue():
    # It leaves it where it ends.
    pathlib.Path("/run/lprint.sock").unlink(missing_ok=True)
    services.start("avahi-daemon", "lprint")
    # Without it the program would start a server of its own.
    assert printer.wait_until(pathlib.Path("/run/lprint.sock").exists, services.SECONDS)
    model = ("-v", "file:///dev/null", "-m", "zpl_2inch-203dpi-dt")
    printer.run("lprint", "add", "-d", "label", *model)


@pytest.fixture
def label_printer(label_queue):
    """Whether it answers at an address."""
    services.start("avahi-daemon", "lprint")

    def prints(address):
        uri = f"ipp://{address}:8000/ipp/print/label"
        return services.succeeds("ipptool", "-qT", "3", uri, "get-printer-attributes.test")

    assert printer.wait_until(lambda: prints("localhost"), 20, 0.5)
    yield prints
    for unit in ("lprint", "avahi-daemon.socket", "avahi-daemon"):
        printer.run("systemctl", "stop", unit, check=False)


def is_announced():
    return "LPrint" in services.output("avahi-browse", "--all", "--terminate", "--parsable")


def test_a_printer_application_prints_for_the_device_alone(label_printer):
    assert label_printer(ADDRESS) and label_printer("localhost")
    assert printer.wait_until(is_announced, 20, 0.5)
    with services.demanded("RestrictIppPort"):
        services.wait_setting("IppPrinting", False)
        services.wait_setting("MobilePrinting", False)
        assert printer.wait_until(lambda: label_printer("localhost"), 20, 0.5)
        assert not label_printer(ADDRESS)
        assert not is_announced()
    assert printer.wait_until(lambda: label_printer(ADDRESS), 20, 0.5)
    assert printer.wait_until(is_announced, 20, 0.5)


def test_a_printer_application_prints_without_the_mdns_responder(label_printer):
    with services.demanded("RestrictMdnsPort"):
        services.wait_setting("MdnsIpv4", False)
        assert not services.is_active("avahi-daemon.service")
        assert label_printer("localhost")
    assert services.is_active("lprint.service") and label_printer("localhost")


# Secrets


def test_without_a_tpm_no_secret_is_stored_with_it():
    services.snapshot()
    services.demand("UseTpm")
    printer.wait_item("UseTpm", "violated", detail="no TPM")
    services.free()
