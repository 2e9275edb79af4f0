# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and systemd: services that are masked, reloaded, fought over, and as they were."""

import pathlib
import subprocess

import pytest

import printer
import services
from printer import run

GUEST = {"root": "services", "timeout": 400, "kernels": ["6.1"]}
UNIT = "secpol-agent.service"
AVAHI = ("avahi-daemon.socket", "avahi-daemon.service")
RUNNING = (*AVAHI, "snmpd.service", "cups.socket", "cups.path", "cups.service")


@pytest.fixture(scope="module", autouse=True)
def running():
    services.write("/etc/snmp/snmpd.conf", "agentaddress udp:161\nrocommunity public\nincludeDir /etc/snmp/snmpd.conf.d\n")
    run("systemctl", "unmask", "--quiet", *RUNNING)
    services.start(*RUNNING)
    services.snapshot()
    services.demand()


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    services.free()
    there(lambda: all(map(services.is_active, RUNNING)))


def there(condition):
    if not printer.wait_until(condition, services.SECONDS, 0.1):
        raise TimeoutError("secpol-agent did not get there:\n" + services.journal())


def load_state(unit):
    return run("systemctl", "show", "--property=LoadState", "--value", unit).strip()


def is_silent():
    return all(load_state(unit) == "masked" and not services.is_active(unit) for unit in AVAHI)


def answers(version):
    """Whether the agent of net-snmp answers its administrator."""
    words = ["-c", "public", "-t", "1", "-r", "0", "127.0.0.1", "1.3.6.1.2.1.1.1.0"]
    return services.succeeds("snmpget", f"-v{version}", *words)


def test_a_masked_service_stays_away():
    services.demand("RestrictMdnsPort")
    services.wait_setting("MdnsIpv4", False)
    assert is_silent()
    assert not services.succeeds("systemctl", "start", AVAHI[1])
    assert not services.succeeds("busctl", "introspect", "org.freedesktop.Avahi", "/")


def test_who_unmasks_and_starts_is_heard():
    services.demand("RestrictMdnsPort")
    there(is_silent)
    run("systemctl", "unmask", "--quiet", *AVAHI)
    run("systemctl", "start", AVAHI[1], check=False)
    there(is_silent)
    assert "by somebody else" in services.journal()


def test_versions_of_snmp_are_refused():
    assert answers("1") and answers("2c")
    services.demand("ProhibitSnmpV1")
    services.wait_setting("SnmpV1", False)
    services.wait_setting("SnmpV2c", False)
    assert not answers("1") and not answers("2c")
    services.demand()
    there(lambda: answers("1") and answers("2c"))


def test_a_unit_that_was_not_running_is_not_started():
    run("systemctl", "stop", *AVAHI)
    services.demand("RestrictMdnsPort")
    there(is_silent)
    services.free()
    assert not any(map(services.is_active, AVAHI))
    services.start(*AVAHI)


def test_a_restart_of_the_agent_forgets_nothing():
    services.demand("RestrictMdnsPort")
    there(is_silent)
    run("systemctl", "kill", "--signal=KILL", UNIT)
    services.demand()
    there(lambda: all(map(services.is_active, AVAHI)))


def test_a_service_that_does_not_come_back_is_told():
    """The edit stays: a service that is broken complies better than one that runs."""
    broken = pathlib.Path("/run/systemd/system/snmpd.service.d/broken.conf")
    services.write(broken, "[Service]\nExecStartPre=/bin/false\n")
    run("systemctl", "daemon-reload")
    services.demand("ProhibitSnmpV1")
    there(lambda: "snmpd.service: to restart it ended with" in services.journal())
    assert pathlib.Path("/etc/snmp/snmpd.conf.d/50-secpold-v1.conf").exists()
    broken.unlink()
    run("systemctl", "daemon-reload")
    services.start("snmpd.service")


def test_the_unit_is_let_write_where_its_bindings_say():
    drop_in = pathlib.Path("/run/systemd/generator/secpol-agent.service.d/bindings.conf")
    assert '"-/etc/cups"' in drop_in.read_text(encoding="utf-8")
    assert "Read-only" not in services.journal()
    pid = run("systemctl", "show", "--property=MainPID", "--value", UNIT).strip()
    inside = ["nsenter", f"--mount=/proc/{pid}/ns/mnt", "touch"]
    refused = subprocess.run([*inside, "/usr/bin/x"], capture_output=True, check=False)
    assert b"Read-only" in refused.stderr


def test_everything_can_be_put_back_by_hand():
    """As whoever takes the package away does."""
    services.demand("RestrictMdnsPort", "ProhibitSnmpV1")
    there(is_silent)
    run("systemctl", "stop", UNIT)
    run("secpol-agent", "--restore")
    assert services.differences() == ""
    assert all(map(services.is_active, AVAHI))
    assert answers("1")
