# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and services that are found over the network: what the policy prohibits is silent, and
an empty policy has it as it was."""

import contextlib
import ftplib
import socket
import struct

import pytest

import printer
import services
from wire import Wire

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}


@pytest.fixture(scope="module")
def wire():
    with contextlib.closing(Wire()) as one:
        yield one.connect()


def asks(wire, group, port, question):
    """Whether anybody answers to it on the wire."""
    with wire.peer, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(1)
        peer.bind((wire.PEER4, 0))
        for _ in range(2):
            peer.sendto(question, (group, port))
            try:
                return bool(peer.recv(2000))
            except TimeoutError:
                continue
    return False


def mdns(wire):
    """Who has printer.local?"""
    name = b"\7printer\5local\0"
    return asks(
        wire, "224.0.0.251", 5353, struct.pack(">6H", 1, 0, 1, 0, 0, 0) + name + b"\0\1\0\1"
    )


PROBE = b"""<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"
 xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:wsd="http://schemas.xmlsoap.org/ws/2005/04/discovery"><soap:Header>
<wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To>
<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</wsa:Action>
<wsa:MessageID>urn:uuid:%s</wsa:MessageID></soap:Header><soap:Body><wsd:Probe>
<wsd:Types xmlns:wsdp="http://schemas.xmlsoap.org/ws/2006/02/devprof">wsdp:Device</wsd:Types>
</wsd:Probe></soap:Body></soap:Envelope>"""


def wsd(wire):
    with open("/proc/sys/kernel/random/uuid", "rb") as uuid:
        return asks(wire, "239.255.255.250", 3702, PROBE % uuid.read().strip())


def ftp():
    try:
        with ftplib.FTP("127.0.0.1", timeout=20) as server:
            return server.getwelcome().startswith("220")
    except OSError:
        return False


def smb():
    try:
        socket.create_connection(("127.0.0.1", 445), 20).close()
        return True
    except OSError:
        return False


OFF = {
    "avahi-daemon.service": ("RestrictMdnsPort", "MdnsIpv4"),
    "wsdd.service": ("RestrictWsdPort", "WsdMulticastDiscovery"),
    "vsftpd.service": ("RestrictFtpPort", "FtpPrinting"),
    "smbd.service": ("RestrictSmbPort", "SmbServer"),
}


def test_services_that_are_off_stay_off_and_come_back(wire):
    services.start("avahi-daemon.socket", *OFF)
    assert printer.wait_until(lambda: mdns(wire) and wsd(wire) and ftp() and smb(), 30)
    with services.demanded(*(item for item, _ in OFF.values())):
        for unit, (_, setting) in OFF.items():
            services.wait_setting(setting, False)
            assert not services.is_active(unit)
            assert not services.succeeds("systemctl", "start", unit)
        assert not mdns(wire) and not wsd(wire) and not ftp() and not smb()
        # Whoever asks the socket or the bus starts nothing.
        assert not services.succeeds("avahi-browse", "--all", "--terminate")
        assert not services.is_active("avahi-daemon.service")
    assert printer.wait_until(lambda: mdns(wire) and wsd(wire) and ftp() and smb(), 30)
