# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and what tells what happened when: the audit log, as auditd keeps it, and the clock."""

import pathlib
import shutil
import subprocess
from functools import partial

import pytest

import cable
import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

LAB = pathlib.Path("/run/lab")
SERVER = cable.OTHER
OWN_SERVER, OWN_RULE = "192.0.2.9", "-w /etc/fstab -p wa -k own"


def look():
    """What secpol-agent is not told of it finds when it looks, which it does now and then."""
    printer.run("systemctl", "reload", "secpol-agent")


# The clock


@pytest.fixture(scope="module")
def time_server():
    """A real one, at the other end of the cable; it has the clock of the printer and leaves it."""
    cable.plug()
    LAB.mkdir()
    program = shutil.copy("/usr/sbin/chronyd", LAB / "time-server")
    services.write(
        LAB / "time-server.conf",
        "local stratum 3\nallow\ncmdport 0\nbindcmdaddress /\npidfile /run/lab/time-server.pid\n",
    )
    command = ("ip", "netns", "exec", cable.NAMESPACE, program, "-x", "-n", "-f", LAB / "time-server.conf")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        yield
        server.terminate()


def test_chrony_has_its_time_from_the_server_of_the_policy(time_server):
    services.start("chrony")

    def source():
        return services.output("chronyc", "-c", "-N", "tracking").split(",")[1]

    with services.demanded("ForceSntp", SntpServer=SERVER, enforced=["ForceSntp"]):
        assert printer.wait_until(lambda: source() == SERVER, 40, 0.5)
    assert printer.wait_until(lambda: SERVER not in services.output("chronyc", "-n", "sources"), services.SECONDS)


def test_the_clock_is_kept_also_where_somebody_stops_it():
    """Without a server of the policy's the administrator's are good enough."""
    services.write("/etc/chrony/sources.d/own.sources", f"server {OWN_SERVER}\n")
    services.start("chrony")

    def asks_own():
        return OWN_SERVER in services.output("chronyc", "-n", "sources")

    with services.demanded("ForceSntp"):
        assert asks_own()
        printer.run("systemctl", "stop", "chrony")
        assert printer.wait_until(lambda: services.is_active("chrony.service") and asks_own(), services.SECONDS)
    printer.run("systemctl", "stop", "chrony")


@pytest.fixture
def timesyncd():
    """Debian has it or chrony."""
    program, away = pathlib.Path("/usr/sbin/chronyd"), LAB / "chronyd"
    shutil.move(program, away)
    services.start("systemd-timesyncd")
    yield
    printer.run("systemctl", "stop", "systemd-timesyncd")
    shutil.move(away, program)


def asked():
    """The server whom timesyncd has its time from."""
    show = ("timedatectl", "show-timesync", "--value", "--property=ServerAddress")
    return services.output(*show).strip()


def is_answered():
    """By a server of this stratum."""
    told = services.output("timedatectl", "show-timesync", "--property=NTPMessage")
    return "Stratum=3" in told


def test_timesyncd_has_its_time_from_the_server_of_the_policy(time_server, timesyncd):
    services.write("/etc/systemd/timesyncd.conf.d/10-own.conf", f"[Time]\nNTP={OWN_SERVER}\n")
    services.start("systemd-timesyncd")
    with services.demanded("ForceSntp", SntpServer=SERVER, enforced=["ForceSntp"]):
        assert printer.wait_until(lambda: asked() == SERVER and is_answered(), 40, 0.5)
    assert printer.wait_until(lambda: asked() == OWN_SERVER, 20, 0.5)
    with services.demanded("ForceSntp"):
        assert asked() == OWN_SERVER


# The audit log


def kernel_records():
    return "enabled 1" in services.output("auditctl", "-s")


def rules():
    return services.output("auditctl", "-l").splitlines()


def is_recorded(what):
    """Whether there is a record, by a rule of the policy's, of this file or call."""
    return what in services.output("ausearch", "--input-logs", "--key", "secpold", "--interpret")


def is_kept(wanted):
    """Whether all is recorded that these rules say."""
    return (
        kernel_records()
        and set(rules()) >= {rule for rule in wanted if "secpold" in rule}
        and services.is_active("auditd.service")
    )


@pytest.fixture
def auditd():
    """With a rule of the administrator's own."""
    services.write("/etc/audit/rules.d/20-own.rules", f"{OWN_RULE}\n", 0o640)
    services.start("auditd")
    assert printer.wait_until(lambda: OWN_RULE in rules(), services.SECONDS)
    yield
    printer.run("systemctl", "stop", "auditd")


def test_the_audit_log_is_kept(auditd):
    with services.demanded("ForceAuditLog"):
        assert kernel_records()
        # By programs that have been started since the kernel records anything at all.
        printer.run("chmod", "644", "/etc/passwd")
        printer.run("date", "--set=now")
        for what in ("/etc/passwd", "clock_settime"):
            assert printer.wait_until(partial(is_recorded, what), 20, 0.5), what
        assert OWN_RULE in rules()
        # As at the next start of the device, when all rules are read anew.
        services.start("auditd")
        assert any("secpold" in rule for rule in rules())
    assert rules() == [OWN_RULE]


def test_who_stops_the_audit_log_is_found(auditd):
    with services.demanded("ForceAuditLog"):
        wanted = rules()
        for attack in ("auditctl -e 0", "auditctl -D", "systemctl stop auditd"):
            services.output(*attack.split())
            look()
            assert printer.wait_until(lambda: is_kept(wanted), 20, 0.2), attack
            services.wait_enforced("ForceAuditLog")
        printer.run("systemctl", "mask", "--runtime", "auditd")
        printer.run("systemctl", "stop", "auditd")
        printer.wait_item("ForceAuditLog", "violated", detail="auditd: ")
        printer.run("systemctl", "unmask", "--runtime", "auditd")
        services.start("auditd")
        services.wait_enforced("ForceAuditLog")


def test_a_log_that_was_not_kept_is_not_kept_afterwards():
    services.output("auditctl", "-e", "0")
    assert not services.is_active("auditd.service") and not kernel_records()
    with services.demanded("ForceAuditLog"):
        assert services.is_active("auditd.service") and kernel_records()
    assert not services.is_active("auditd.service") and not kernel_records()
