# SPDX-License-Identifier: GPL-2.0-or-later
"""A device starts with secpold enabled: what is closed before what, and what it was told to close.

secpold is made slow, so that whoever does not wait for it is seen.
"""

import json
import re
import stat
import pathlib

import pytest

import boot_recorder
from unit import Unit, properties, run

GUEST = {
    "boot": "cold",
    "files": {
        "/etc/secpold/default.policy": """[Policy]
FormatVersion=1
Name=Site
Serial=3
[Network]
ProhibitSnmpV1=yes
RestrictLpdPort=yes
RestrictRawPort=yes
RestrictSipPort=yes
""",
        "/usr/lib/secpold/default.policy": """[Policy]
FormatVersion=1
Name=Maker
Serial=1
[Network]
RestrictFtpPort=yes
""",
        "/usr/lib/secpold/device.conf": "[Ports]\nRestrictLpdPort=5151/tcp\n",
        "/etc/secpold/device.conf": "[Device]\nModel=Virtual\n[Ports]\nRestrictLpdPort=5152/tcp\n",
        "/etc/secpold/device.conf.d/50-site.conf": "[Ports]\nRestrictRawPort=9101/tcp\n",
        "/etc/sysctl.d/50-site.conf": "net.ipv4.ip_local_reserved_ports=8080\n",
        "/etc/modules-load.d/site.conf": "dummy\n",
        "/etc/systemd/system/secpold.service.d/slow.conf": (
            "[Service]\nExecStartPre=/bin/sleep 3\n"
        ),
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
        # Two that bring interfaces up: networkd, and a maker's script that needs nothing but a kernel.
        "/etc/systemd/network/10-lan0.network": """[Match]
Name=lan0
[Network]
Address=10.77.0.1/24
Address=fd77::1/64
IPv6DuplicateAddressDetection=0
""",
        "/etc/systemd/system/maker-link.service": """[Unit]
DefaultDependencies=no
Wants=network-pre.target
After=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c "ip link add made0 type dummy; ip link set made0 up"
""",
        "/etc/systemd/system/multi-user.target.d/network.conf": (
            "[Unit]\nWants=systemd-networkd.service\n"
        ),
        "/etc/systemd/system/sysinit.target.d/maker.conf": "[Unit]\nWants=maker-link.service\n",
    },
}
BEFORE = (
    "local-fs.target",
    "systemd-modules-load.service",
    "systemd-sysctl.service",
    "systemd-sysusers.service",
    "systemd-tmpfiles-setup.service",
    "systemd-tmpfiles-setup-dev.service",
)
AFTER = (
    "network-pre.target",
    "sysinit.target",
    "dbus.socket",
    "dbus.service",
    "systemd-networkd.service",
    "maker-link.service",
)

unit = Unit()


@pytest.fixture(scope="module")
def record():
    return boot_recorder.collect()


def event(record, what):
    (found,) = [event for event in record["events"] if event["what"] == what]
    return found


def became_active(name):
    """CLOCK_MONOTONIC microseconds."""
    return int(properties(name, "ActiveEnterTimestampMonotonic")["ActiveEnterTimestampMonotonic"])


def test_the_rules_are_in_the_kernel_before_any_interface_is_up(record):
    rules = event(record, "rules")
    assert rules["links_up"] == []
    for link in ("lan0", "made0"):
        assert rules["monotonic"] < event(record, f"up {link}")["monotonic"]


def test_the_rules_are_in_the_kernel_before_the_bus_is_there(record):
    assert not event(record, "rules")["bus"]
    assert event(record, "rules")["monotonic"] < event(record, "bus")["monotonic"]


def test_no_packet_reaches_a_closed_port_from_power_on_to_the_end(record):
    """The recorder itself fails where nothing reaches an open port either."""
    assert record["leaks"] == []


def test_secpold_was_slow_indeed_so_that_the_others_had_to_wait(record):
    started = int(unit.show("InactiveExitTimestampMonotonic")) / 1e6
    assert event(record, "rules")["monotonic"] >= started + 3
    assert unit.show("ActiveState") == "active"


@pytest.mark.parametrize("name", AFTER)
def test_it_is_ready_before(name):
    assert 0 < became_active(unit.name) <= became_active(name)


@pytest.mark.parametrize("name", BEFORE)
def test_it_starts_after_what_really_ran(name):
    shown = properties(name, "ActiveState", "ConditionResult", "Result", "LoadState")
    assert (shown["LoadState"], shown["ActiveState"]) == ("loaded", "active")
    assert shown["ConditionResult"] == "yes"
    assert shown.get("Result", "success") == "success"
    assert became_active(name) <= int(unit.show("InactiveExitTimestampMonotonic"))


def test_it_is_enabled_and_systemd_has_nothing_to_complain_about():
    assert run("systemctl", "is-enabled", unit.name).stdout.strip() == "enabled"
    assert unit.show("NRestarts") == "0"
    verified = run("systemd-analyze", "verify", "--man=no", unit.name, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    ordering = run("journalctl", "--boot", "--no-pager", "_PID=1").stdout
    assert "ordering cycle" not in ordering


def test_group_and_directories_were_made_at_boot():
    members = run("getent", "group", "secpold-agent").stdout
    assert members.startswith("secpold-agent:")
    for path in ("/var/lib/secpold", "/run/secpold"):
        status = pathlib.Path(path).stat()
        assert (stat.S_IMODE(status.st_mode), status.st_uid) == (0o700, 0)


def test_the_policy_of_etc_goes_before_the_makers():
    unit.wait_state("enforcing")
    assert (unit.manager("PolicyName"), unit.manager("PolicyOrigin")) == ("Site", "provisioned")
    assert unit.item("RestrictFtpPort", "State") == "off"


def ports(item):
    return {port for _, first, last in unit.item(item, "Ports") for port in range(first, last + 1)}


def test_the_profile_of_etc_goes_before_the_makers_and_drop_ins_add_to_it():
    assert ports("RestrictLpdPort") == {515, 5152}
    assert ports("RestrictRawPort") == {9100, 9101}


def test_the_reserved_ports_of_sysctl_are_kept_and_added_to():
    reserved = pathlib.Path("/proc/sys/net/ipv4/ip_local_reserved_ports").read_text("ascii")
    assert reserved.strip() == "8080,49152"


def test_every_item_asked_for_is_enforced_and_status_says_so():
    asked = [item for item in json.loads(run("secpolctl", "--json=short", "show").stdout)]
    states = {item["Key"]: item["State"] for item in asked if item["Requested"]}
    assert states == {
        "ProhibitSnmpV1": "enforced",
        "RestrictLpdPort": "enforced",
        "RestrictRawPort": "enforced",
        "RestrictSipPort": "enforced",
    }
    assert run("secpolctl", "is-compliant").returncode == 0


# The journal


def message_id(name):
    source = pathlib.Path("/usr/lib/systemd/catalog/secpold.catalog").read_text("utf-8")
    return dict(
        (subject, number)
        for number, subject in re.findall(r"^-- ([0-9a-f]{32})\nSubject: (.*)$", source, re.M)
    )[name]


def test_the_journal_has_what_came_into_force_with_an_explanation_and_a_time_before_the_bus():
    (entry,) = unit.events(message_id("Security policy @POLICY_NAME@ is in force"))
    assert (entry["POLICY_NAME"], entry["POLICY_SERIAL"]) == ("Site", "3")
    assert entry["POLICY_ORIGIN"] == "provisioned"
    assert entry["_SYSTEMD_UNIT"] == unit.name
    assert int(entry["__MONOTONIC_TIMESTAMP"]) <= became_active("dbus.socket")
    # As the package manager does after an installation.
    run("journalctl", "--update-catalog")
    explained = unit.journal("--catalog", f"MESSAGE_ID={entry['MESSAGE_ID']}")
    assert "Security policy Site is in force" in explained
    assert 'The device now follows the provisioned security policy "Site", serial' in explained


def test_without_the_file_in_etc_the_makers_policy_is_in_force():
    pathlib.Path("/etc/secpold/default.policy").unlink()
    pathlib.Path("/etc/secpold/device.conf").unlink()
    run("systemctl", "restart", unit.name)
    unit.wait_state("enforcing")
    assert (unit.manager("PolicyName"), unit.manager("PolicyOrigin")) == ("Maker", "provisioned")
    assert unit.item("RestrictLpdPort", "State") == "off"
    assert ports("RestrictFtpPort") == {21}
