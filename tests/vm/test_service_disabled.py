# SPDX-License-Identifier: GPL-2.0-or-later
"""The same start of a device with secpold installed and not enabled, as proof that the tests see
something; and how secpold is started by whoever asks for it on the bus.
"""

import json
import pathlib

import pytest

import boot_recorder
from unit import Unit, run

GUEST = {
    "kernels": ["6.1"],
    "boot": "cold",
    "append": "vm.secpold=disabled",
    "files": {
        "/etc/secpold/default.policy": """[Policy]
FormatVersion=1
Name=Site
Serial=3
[Network]
RestrictLpdPort=yes
""",
        "/etc/systemd/system/boot-recorder.service": """[Unit]
DefaultDependencies=no
Before=local-fs-pre.target systemd-modules-load.service systemd-sysctl.service
[Service]
Type=notify
KillMode=mixed
TimeoutStopSec=20s
Environment=PYTHONPATH=/share/vm/guest:/share/netns
ExecStart=/usr/bin/python3 -B /share/vm/guest/boot_recorder.py 515
""",
        "/etc/systemd/system/sysinit.target.d/recorder.conf": (
            "[Unit]\nWants=boot-recorder.service\n"
        ),
        "/etc/systemd/network/10-lan0.network": """[Match]
Name=lan0
[Network]
Address=10.77.0.1/24
Address=fd77::1/64
IPv6DuplicateAddressDetection=0
""",
        "/etc/systemd/system/multi-user.target.d/network.conf": (
            "[Unit]\nWants=systemd-networkd.service\n"
        ),
    },
}

unit = Unit()


@pytest.fixture(scope="module")
def record():
    return boot_recorder.collect()


def test_a_unit_that_is_not_enabled_is_not_started(record):
    assert run("systemctl", "is-enabled", unit.name, check=False).stdout.strip() == "disabled"
    assert unit.show("ActiveState") == "inactive"
    assert "rules" not in [event["what"] for event in record["events"]]


def test_then_packets_of_every_kind_reach_the_port(record):
    assert {kind for kind, _ in record["leaks"]} == {"udp4", "udp6", "tcp4", "tcp6"}


def test_secpolctl_starts_nothing():
    assert run("secpolctl", "status", check=False).returncode == 3
    assert unit.show("ActiveState") == "inactive"


def test_a_call_on_the_bus_starts_the_unit(record):
    """And not a program of the bus's own: systemd does, with all of the unit's sandbox."""
    assert (
        run(
            "busctl",
            "--json=short",
            "get-property",
            "org.secpold1",
            "/org/secpold1",
            "org.secpold1.Manager",
            "PolicyName",
        ).stdout.strip()
        == '{"type":"s","data":"Site"}'
    )
    assert unit.show("ActiveState") == "active"
    owner = json.loads(
        run(
            "busctl",
            "--json=short",
            "call",
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "GetConnectionUnixProcessID",
            "s",
            "org.secpold1",
        ).stdout
    )
    assert owner["data"] == [unit.pid]


def test_enabling_puts_it_where_the_boot_looks():
    run("systemctl", "enable", unit.name)
    assert run("systemctl", "is-enabled", unit.name).stdout.strip() == "enabled"
    wants = pathlib.Path("/etc/systemd/system/sysinit.target.wants/secpold.service")
    assert wants.resolve() == pathlib.Path("/usr/lib/systemd/system/secpold.service")
