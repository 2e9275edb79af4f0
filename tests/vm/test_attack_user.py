# SPDX-License-Identifier: GPL-2.0-or-later
"""A user without rights against the service as systemd runs it: its notifications, its files, its
environment, its unit, and the hardware that it looks after."""

import pathlib
import time

import pytest

import usb
from probes import wait_until
from unit import SECONDS, Unit, run, write

POLICY = """[Policy]
FormatVersion=1
Name=Site
Serial=1
[Interface]
ProhibitUsbStorage=yes
[Network]
RestrictLpdPort=yes
RestrictSipPort=yes
"""
GUEST = {"kernels": ["6.1"], "files": {"/etc/sysusers.d/test.conf": 'u visitor - "May look" - -\n'}}
STATE, RUN = pathlib.Path("/var/lib/secpold"), pathlib.Path("/run/secpold")
# What a process that finds them would obey.
ENVIRONMENT = (
    "LD_PRELOAD=/tmp/evil.so",
    "RUNTIME_DIRECTORY=/tmp",
    "DBUS_SYSTEM_BUS_ADDRESS=unix:x",
)

unit = Unit()


@pytest.fixture(scope="module", autouse=True)
def running():
    run("systemd-sysusers")
    usb.load()
    write("/etc/secpold/default.policy", POLICY)
    unit.do("start")
    unit.wait_state("enforcing")


def life():
    return unit.show("MainPID", "ActiveState", "SubState", "NRestarts", "NFileDescriptorStore")


@pytest.fixture
def it_lives_on():
    before = life()
    yield
    assert life() == before


def python(script, *arguments):
    return run("/usr/bin/python3", "-c", script, *arguments, user="visitor", check=False)


def environment():
    return set(pathlib.Path(f"/proc/{unit.pid}/environ").read_bytes().decode().split("\0"))


# As unit and descriptor are named by systemd and secpold.
NOTICES = (
    "READY=1",
    "STOPPING=1",
    "WATCHDOG=trigger",
    "FDSTOREREMOVE=1\nFDNAME=nftables",
    "MAINPID=1",
    "MAINPID={pid}",
    "RELOADING=1",
    "EXTEND_TIMEOUT_USEC=1",
)
NOTIFY = """
import os, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
    for path in ("/run/systemd/notify", "/run/systemd/private"):
        for text in sys.argv[1:]:
            try:
                link.sendto(text.format(pid=os.getpid()).encode(), path)
                print("sent")
            except OSError:
                pass
"""


def test_what_others_tell_systemd_in_its_name_does_not_count(it_lives_on):
    done = python(NOTIFY, *NOTICES)
    assert done.stdout.count("sent") == len(NOTICES), done.stderr
    time.sleep(2)


def test_nobody_else_gets_at_its_files():
    for folder in (STATE, RUN):
        assert folder.stat().st_uid == 0 and folder.stat().st_mode & 0o777 == 0o700
        for command in (("ls", folder), ("ln", "-s", "/etc/passwd", folder / "attempts.new")):
            assert run(*command, user="visitor", check=False).returncode != 0
        for above in folder.parents:
            assert above.stat().st_uid == 0 and not above.stat().st_mode & 0o022


def test_nobody_else_gets_at_its_unit_or_environment(it_lives_on):
    bus = (
        "busctl",
        "call",
        "org.freedesktop.DBus",
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus",
    )
    tries = [("systemctl", verb, unit.name) for verb in ("stop", "restart", "kill", "mask")]
    tries += [("systemctl", "set-environment", one) for one in ENVIRONMENT]
    tries += [(*bus, "UpdateActivationEnvironment", "a{ss}", "1", *ENVIRONMENT[0].split("="))]
    for command in tries:
        done = run("timeout", "20", *command, user="visitor", check=False)
        assert done.returncode != 0, command
    assert not environment() & set(ENVIRONMENT)


HARDWARE = (
    "/sys/bus/usb/devices/usb1/interface_authorized_default",
    "/sys/bus/usb/devices/usb1/authorized_default",
    "/sys/module/usbcore/parameters/authorized_default",
    "/sys/bus/usb/drivers_probe",
    "/proc/sys/net/ipv4/ip_local_reserved_ports",
)


def test_nobody_else_opens_what_is_shut():
    write_to = "import sys; open(sys.argv[1], 'w').write('1')"
    for path in HARDWARE:
        before = pathlib.Path(path).read_text("ascii") if "probe" not in path else ""
        assert "PermissionError" in python(write_to, path).stderr, path
        assert "probe" in path or pathlib.Path(path).read_text("ascii") == before


def test_it_comes_back_whatever_a_user_has_set_for_himself():
    """A call that activates it carries nothing of the caller's environment."""
    unit.do("stop")
    ask = (
        "busctl",
        "get-property",
        "org.secpold1",
        "/org/secpold1",
        "org.secpold1.Manager",
        "State",
    )
    assert run("env", *ENVIRONMENT[:2], *ask, user="visitor", check=False).returncode == 0
    assert wait_until(lambda: unit.show("ActiveState") == "active", SECONDS)
    assert f"RUNTIME_DIRECTORY={RUN}" in environment()
    assert not environment() & set(ENVIRONMENT)
