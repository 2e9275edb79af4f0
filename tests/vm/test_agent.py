# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and systemd: services that are masked, restarted, fought over, and as they were."""

import pathlib
import re
import subprocess
import time

import pytest

import printer
import services
from documents import policy
from printer import run

GUEST = {"root": "services", "timeout": 1200, "kernels": ["6.1"]}
UNIT = "secpol-agent.service"
AVAHI = ("avahi-daemon.socket", "avahi-daemon.service")
PANEL = ("panel.socket", "panel.service")
RUNNING = (*AVAHI, "snmpd.service", *PANEL)
BINDINGS = pathlib.Path("/usr/lib/secpold/bindings.d")
ADMIN_BINDINGS = pathlib.Path("/etc/secpold/bindings.d")
WAS = pathlib.Path("/run/panel-state/text")
# Which systemd lets start twice and no third time; that its socket stops and starts with it is as
# with CUPS.
LIMIT = "StartLimitBurst=2\nStartLimitIntervalSec=300\n"
UNITS = {
    "panel.service": f"[Unit]\n{LIMIT}Requires=panel.socket\n[Service]\nExecStart=/bin/sleep infinity\n",
    "panel.socket": f"[Unit]\n{LIMIT}PartOf=panel.service\n[Socket]\nListenStream=/run/panel\n",
    "helper.service": "[Service]\nExecStart=/bin/sleep infinity\n",
}
BINDING = """\
[Binding]
FormatVersion=1
Service=panel
Restart=panel.service missing.service snmpd.service
Writes=/run/panel-state

[Edit length]
When=PasswordMinimumLength
File=/etc/panel/panel.conf
Lens=Simplevars.lns
Path=length
Value=${PasswordMinimumLength}

[Edit helper]
When=PasswordMinimumLength
Start=helper.service

[Edit state]
When=PasswordMinimumLength
Was=/bin/cat /run/panel-state/text
Apply=/bin/cp /dev/null /run/panel-state/text
Undo=/bin/cp /dev/stdin /run/panel-state/text

[Check length]
Settings=PasswordMinimumLength
Edit=length
Loaded=panel.service
"""


@pytest.fixture(scope="module", autouse=True)
def running():
    """Only what is needed here runs, and has a binding."""
    ADMIN_BINDINGS.mkdir(parents=True, exist_ok=True)
    for path in BINDINGS.glob("*.binding"):
        if path.stem not in ("avahi", "net-snmp"):
            (ADMIN_BINDINGS / path.name).symlink_to("/dev/null")
    services.write(ADMIN_BINDINGS / "panel.binding", BINDING)
    services.write("/etc/panel/panel.conf", "# Ours\nlength = 5\n")
    services.write(WAS, "as the maker left it\nin two lines\n")
    for name, text in UNITS.items():
        services.write(f"/run/systemd/system/{name}", text)
    services.write("/etc/snmp/snmpd.conf", "agentaddress udp:161\nrocommunity public\nincludeDir /etc/snmp/snmpd.conf.d\n")
    run("systemctl", "unmask", "--quiet", *RUNNING)
    run("systemctl", "daemon-reload")
    services.start(*RUNNING)
    services.snapshot()
    services.demand()


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    services.free()
    there(lambda: services.is_active(*RUNNING))


def there(condition):
    if not printer.wait_until(condition, services.SECONDS, 0.1):
        raise TimeoutError("secpol-agent did not get there:\n" + services.journal())


def is_silent():
    return all(state == ("masked", "inactive") for state in services.unit_states(*AVAHI))


def answers(version):
    """Whether the agent of net-snmp answers its administrator."""
    words = ["-c", "public", "-t", "1", "-r", "0", "127.0.0.1", "1.3.6.1.2.1.1.1.0"]
    return services.succeeds("snmpget", f"-v{version}", *words)


def events(name, **fields):
    """Entries of the journal with this MESSAGE_ID of the agent."""
    header = pathlib.Path("/usr/lib/systemd/catalog/secpol-agent.catalog").read_text("utf-8")
    ids = dict(re.findall(r"^-- ([0-9a-f]{32})\nSubject: (.*)$", header, re.MULTILINE))
    (number,) = [number for number, subject in ids.items() if name in subject]
    matches = [f"{key}={value}" for key, value in fields.items()]
    return run("journalctl", "--no-pager", "--output=cat", f"MESSAGE_ID={number}", *matches)


def test_a_masked_service_stays_away_whoever_wants_it():
    services.demand("RestrictMdnsPort")
    services.wait_setting("MdnsIpv4", False)
    assert is_silent()
    assert not services.succeeds("systemctl", "start", AVAHI[1])
    assert not services.succeeds("busctl", "introspect", "org.freedesktop.Avahi", "/")
    run("systemctl", "unmask", "--quiet", *AVAHI)
    run("systemctl", "start", AVAHI[1], check=False)
    there(is_silent)
    assert "by somebody else" in services.journal()
    there(lambda: "changed by somebody else" in services.setting("MdnsIpv4")[1])
    assert "by somebody else" in events("Somebody else had", OBJECT=AVAHI[1], SETTING="MdnsIpv4")
    # And an agent that was killed takes all of it back.
    run("systemctl", "kill", "--signal=KILL", UNIT)


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
    assert not any(state == "active" for _, state in services.unit_states(*AVAHI))
    services.start(*AVAHI)


def test_what_is_to_run_runs_and_what_was_is_so_again():
    assert not services.is_active("helper.service")
    services.demand(MinimumPasswordLength=9)
    services.wait_setting("PasswordMinimumLength", 9)
    assert services.is_active("helper.service")
    assert WAS.read_text(encoding="utf-8") == ""
    run("systemctl", "stop", "helper.service")
    there(lambda: services.is_active("helper.service"))
    services.free()
    there(lambda: not services.is_active("helper.service"))
    assert WAS.read_text(encoding="utf-8") == "as the maker left it\nin two lines\n"


def starts(unit):
    shown = run("journalctl", "--no-pager", "--output=cat", "--identifier=systemd", f"UNIT={unit}")
    return shown.count("Started ")


def change_quickly(*lengths):
    """Another policy before the last one is done."""
    for length in lengths:
        printer.provision(policy(MinimumPasswordLength=length))
        run("systemctl", "kill", "--signal=HUP", "secpold.service")
        there(lambda: printer.item("MinimumPasswordLength", "Value") == length)


def test_many_changes_are_few_restarts_and_what_systemd_refuses_comes_back():
    """Two starts are let be; that the agent makes more of them is systemd's to refuse."""
    before, began = starts("panel.service"), time.monotonic()
    change_quickly(8, 9, 10, 11, 12, 13)
    services.wait_setting("PasswordMinimumLength", 13)
    there(lambda: services.is_active(*PANEL))
    restarts, seconds = starts("panel.service") - before, time.monotonic() - began
    assert 1 <= restarts <= seconds / 3 + 1, services.journal()
    change_quickly(14)
    services.wait_setting("PasswordMinimumLength", 14)
    time.sleep(3)
    change_quickly(15)
    services.wait_setting("PasswordMinimumLength", 15)
    assert "start-limit-hit" in events("did not take over")
    there(lambda: services.is_active(*PANEL))


def test_a_service_that_does_not_come_back_is_told_and_tried_again():
    """The edit stays: a service that is broken complies better than one that runs."""
    broken = pathlib.Path("/run/systemd/system/panel.service.d/broken.conf")
    services.write(broken, "[Service]\nExecStartPre=/bin/false\n")
    run("systemctl", "daemon-reload")
    services.demand(MinimumPasswordLength=9)
    there(lambda: "panel.service: to start it ended with" in events("did not take over"))
    assert "length = 9" in pathlib.Path("/etc/panel/panel.conf").read_text(encoding="utf-8")
    broken.unlink()
    run("systemctl", "daemon-reload")
    there(lambda: services.is_active(*PANEL))


def test_the_unit_is_let_write_where_its_bindings_say():
    drop_in = pathlib.Path("/run/systemd/generator/secpol-agent.service.d/bindings.conf")
    assert '"-/etc/panel"' in drop_in.read_text(encoding="utf-8")
    assert "Read-only" not in services.journal()
    pid = run("systemctl", "show", "--property=MainPID", "--value", UNIT).strip()
    inside = ["nsenter", f"--mount=/proc/{pid}/ns/mnt", "touch"]
    refused = subprocess.run([*inside, "/usr/bin/x"], capture_output=True, check=False)
    assert b"Read-only" in refused.stderr


def test_a_slip_in_a_binding_undoes_nothing():
    """Who reloads hears of it at once."""
    services.demand("RestrictMdnsPort", MinimumPasswordLength=9)
    services.wait_setting("PasswordMinimumLength", 9)
    there(is_silent)
    with services.changed(ADMIN_BINDINGS / "panel.binding", lambda text: text + "[Check"):
        assert not services.succeeds("systemctl", "reload", UNIT)
        assert "panel.binding:" in services.journal()
        run("systemctl", "kill", "--signal=HUP", UNIT)
        there(lambda: "All bindings stay as they were" in services.journal())
        assert "length = 9" in pathlib.Path("/etc/panel/panel.conf").read_text(encoding="utf-8")
        assert is_silent() and printer.item("MinimumPasswordLength") == "enforced"
    run("systemctl", "reload", UNIT)


def test_a_binding_that_is_switched_off_is_undone_and_its_service_told():
    services.demand(MinimumPasswordLength=9)
    services.wait_setting("PasswordMinimumLength", 9)
    before = starts("panel.service")
    (ADMIN_BINDINGS / "panel.binding").unlink()
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", UNIT)
    there(lambda: not services.differences())
    there(lambda: starts("panel.service") > before)
    there(lambda: services.setting("PasswordMinimumLength") is None)
    assert printer.item("MinimumPasswordLength") == "pending"
    assert not services.is_active("helper.service")
    services.write(ADMIN_BINDINGS / "panel.binding", BINDING)
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", UNIT)


def test_everything_can_be_put_back_by_hand():
    """As whoever takes the package away does."""
    services.demand("RestrictMdnsPort", "RestrictSnmpPort", MinimumPasswordLength=9)
    there(is_silent)
    services.wait_setting("PasswordMinimumLength", 9)
    run("systemctl", "stop", UNIT)
    # Whoever is not there, or must not run, needs not be told.
    assert not re.search("(missing|snmpd).service: Unit", services.journal())
    run("secpol-agent", "--restore")
    assert services.differences() == ""
    assert services.is_active(*AVAHI)
    assert answers("1")
