# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may do what with secpold on the system's own bus, with the system's own polkit and without."""

import pathlib
import time

import pytest

from probes import wait_until
from unit import SECONDS, Unit, run, secpolctl, secpolctl_json, write

PROVISIONED = """[Policy]
FormatVersion=1
Name=Site
Serial=1
[Network]
RestrictLpdPort=yes
"""
OTHER = PROVISIONED.replace("Site", "Other").replace("Serial=1", "Serial=2") + (
    "RestrictRawPort=yes\n[Authentication]\nRequireDigit=yes\n"
)
GUEST = {
    "kernels": ["6.1"],
    "files": {
        "/etc/sysusers.d/test.conf": """g operators - -
u operator - "May import" - -
u agent - "May report" - -
u visitor - "May look" - -
m operator operators
m agent secpold-agent
"""
    }
}
GRANT = """polkit.addRule(function(action, subject) {
    if (action.id == "org.secpold1.import" && subject.isInGroup("operators"))
        return polkit.Result.YES;
});
"""
RULE = "/etc/polkit-1/rules.d/50-operators.rules"
EVERYBODY = (None, "visitor")
MANAGER = ("org.secpold1", "/org/secpold1", "org.secpold1.Manager")
DENIED = "2a72235336154505b84e0a8ef68a6021"
IMPORTED = "3aae269143154b7790d3d144355ecd44"

# As busctl words it.
REFUSED = "Access denied"

unit = Unit()


@pytest.fixture(scope="module", autouse=True)
def running():
    run("systemd-sysusers")
    run("journalctl", "--update-catalog")
    write("/etc/secpold/default.policy", PROVISIONED)
    write("/run/test/other.policy", OTHER)
    unit.do("start")
    unit.wait_state("enforcing")


def forget_imports():
    unit.do("stop")
    run("secpold", "--factory-reset")
    unit.do("start")
    unit.wait_state("enforcing")


@pytest.fixture
def provisioned():
    """As it came, whatever was imported before."""
    if unit.manager("PolicyOrigin") != "provisioned":
        forget_imports()


def call(method, *arguments, user=None):
    return run(
        "busctl", "--json=short", "call", *MANAGER, method, *arguments, user=user, check=False
    )


def octets(text):
    return ("ay", str(len(text)), *map(str, text.encode()))


IMPORT = ("Import", "ayaya{sv}", *octets(OTHER)[1:], "0", "0")
CHANGES = {
    "import": IMPORT,
    "export": ("Export", "t", "0"),
    "confirm": ("Confirm", "t", "1"),
    "revert": ("Revert",),
}
READS = {
    "items": ("ListItems",),
    "blocked": ("ListBlocked", "u", "0"),
    "generations": ("ListGenerations",),
    "validate": ("Validate", *octets(OTHER)),
    "diff": ("Diff", *octets(OTHER)),
    "verify": ("Verify",),
}
REPORT = ("ReportSettings", "a(svs)", "1", "pwquality-minimum-length", "u", "8", "")


# Looking


@pytest.mark.parametrize("user", EVERYBODY)
def test_everybody_may_look_with_secpolctl(user):
    for words in (("status",), ("show",), ("show", "RestrictLpdPort"), ("settings",), ("history",)):
        assert secpolctl(*words, user=user).stdout
    assert secpolctl("is-compliant", user=user).stdout == ""


@pytest.mark.parametrize("user", EVERYBODY)
@pytest.mark.parametrize("method", READS)
def test_everybody_may_call_what_changes_nothing(user, method):
    assert call(*READS[method], user=user).returncode == 0


@pytest.mark.parametrize("user", EVERYBODY)
def test_everybody_may_introspect_and_get_properties(user):
    assert "RestrictLpdPort" in run("busctl", "tree", "org.secpold1", user=user).stdout
    assert ".Import" in run("busctl", "introspect", *MANAGER, user=user).stdout
    assert unit.manager("State", user=user) == "enforcing"


@pytest.mark.parametrize("user", EVERYBODY)
def test_nobody_may_set_a_property(user):
    done = run("busctl", "set-property", *MANAGER, "State", "s", "off", user=user, check=False)
    assert done.returncode != 0
    assert unit.state() == "enforcing"


# Changing


@pytest.mark.parametrize("method", CHANGES)
def test_an_ordinary_user_may_change_nothing_and_is_told_who_may(provisioned, method):
    assert REFUSED in call(*CHANGES[method], user="visitor").stderr
    argument = {"import": ["/run/test/other.policy"], "confirm": ["1"]}.get(method, [])
    done = secpolctl(method, *argument, user="visitor", check=False)
    assert done.returncode == 1
    assert "Not authorized: root may, and who polkit grants" in done.stderr
    assert (unit.manager("PolicyName"), unit.manager("Generation")) == ("Site", 0)


def test_reports_are_for_root_and_the_agents_group():
    accepted = {user: call(*REPORT, user=user).stderr for user in (None, "agent", "visitor")}
    # The name is no setting's: who gets as far as that was let in.
    assert "pwquality-minimum-length" in accepted[None]
    assert "pwquality-minimum-length" in accepted["agent"]
    assert REFUSED in accepted["visitor"]


def test_nobody_else_takes_the_name():
    script = "import dbus; print(dbus.SystemBus().request_name('org.secpold1'))"
    done = run("/usr/bin/python3", "-c", script, user="visitor", check=False)
    assert done.returncode != 0
    assert "AccessDenied" in done.stderr


def test_root_imports_confirms_reverts_and_exports(provisioned):
    secpolctl("import", "/run/test/other.policy", "--confirm=1h")
    assert (unit.manager("PolicyName"), unit.manager("Generation")) == ("Other", 1)
    secpolctl("revert")
    assert unit.manager("PolicyName") == "Site"
    secpolctl("import", "/run/test/other.policy", "--confirm=1h")
    secpolctl("confirm")
    assert secpolctl("export").stdout == OTHER
    assert unit.item("RestrictRawPort", "State") == "enforced"


def test_what_was_imported_is_in_force_after_a_restart(provisioned):
    assert call(*IMPORT).returncode == 0
    unit.do("restart")
    unit.wait_state("enforcing")
    assert (unit.manager("PolicyName"), unit.manager("PolicyOrigin")) == ("Other", "imported")


# polkit


@pytest.fixture
def rule():
    path = write(RULE, GRANT)
    path.chmod(0o644)
    run("systemctl", "restart", "polkit.service")
    yield
    path.unlink()
    run("systemctl", "restart", "polkit.service")


def test_polkit_knows_the_actions():
    for action in ("import", "export"):
        shown = run("pkaction", "--verbose", "--action-id", f"org.secpold1.{action}").stdout
        assert "security policy of this device" in shown


def test_a_rule_lets_a_group_import_and_nothing_else(provisioned, rule):
    secpolctl("import", "/run/test/other.policy", "--confirm=1h", user="operator")
    assert unit.manager("PolicyName") == "Other"
    assert REFUSED in call(*CHANGES["confirm"], user="visitor").stderr
    secpolctl("confirm", user="operator")
    assert REFUSED in call(*CHANGES["export"], user="operator").stderr
    assert REFUSED in call(*IMPORT, user="visitor").stderr
    uid = int(run("id", "-u", "operator").stdout)
    (generation,) = secpolctl_json("history")
    assert generation["Uid"] == uid
    entry = unit.events(IMPORTED)[-1]
    assert (entry["CALLER_UID"], entry["POLICY_NAME"]) == (str(uid), "Other")
    assert entry["CALLER_UNIT"]
    explained = unit.journal("--catalog", f"MESSAGE_ID={IMPORTED}")
    assert f'User {uid} (unit: {entry["CALLER_UNIT"]}) imported the policy "Other".' in explained


def test_a_refusal_is_in_the_journal_with_an_explanation(provisioned):
    # One in a second is recorded.
    time.sleep(1.1)
    uid = run("id", "-u", "visitor").stdout.strip()
    call(*IMPORT, user="visitor")
    assert wait_until(lambda: unit.events(DENIED)[-1]["CALLER_UID"] == uid, SECONDS)
    entry = unit.events(DENIED)[-1]
    assert entry["ACTION"] == "org.secpold1.import"
    explained = unit.journal("--catalog", f"MESSAGE_ID={DENIED}")
    assert f"User {uid} may not change or export the security policy" in explained
    assert "asked for org.secpold1.import and was not authorized." in explained


def test_without_polkit_root_may_and_nobody_else(provisioned, rule):
    run("systemctl", "mask", "--runtime", "--now", "polkit.service")
    try:
        began = time.monotonic()
        for user in ("operator", "visitor"):
            assert REFUSED in call(*IMPORT, user=user).stderr
        assert time.monotonic() - began < 20
        assert unit.manager("PolicyName") == "Site"
        assert call(*IMPORT).returncode == 0
        assert unit.manager("PolicyName") == "Other"
    finally:
        run("systemctl", "unmask", "--runtime", "polkit.service")
    forget_imports()
    assert call(*IMPORT, user="operator").returncode == 0


# What users would lose


def test_diff_names_the_unit_behind_a_port_for_everybody(provisioned):
    server = "import socket,time; s=socket.create_server(('',9100)); time.sleep(600)"
    run("systemd-run", "--unit=raw-gateway", "/usr/bin/python3", "-c", server)
    try:
        assert wait_until(lambda: ":9100" in run("ss", "-ltn").stdout, SECONDS)
        for user in EVERYBODY:
            shown = secpolctl("diff", "/run/test/other.policy", user=user).stdout
            assert "raw-gateway.service listens on 9100/tcp" in shown
        assert "python3" in secpolctl("diff", "/run/test/other.policy").stdout
    finally:
        run("systemctl", "stop", "raw-gateway.service")


# The sandbox of the process that runs


def status():
    text = pathlib.Path(f"/proc/{unit.pid}/status").read_text("ascii")
    return dict(line.split(":\t", 1) for line in text.splitlines())


def test_the_process_has_the_one_capability_and_the_filters_of_its_unit():
    shown, net_admin = status(), f"{1 << 12:016x}"
    assert unit.show("CapabilityBoundingSet") == "cap_net_admin"
    for kind in ("CapEff", "CapPrm", "CapBnd"):
        assert shown[kind] == net_admin
    assert int(shown["CapAmb"], 16) == int(shown["CapInh"], 16) == 0
    assert (shown["NoNewPrivs"], shown["Seccomp"]) == ("1", "2")


def test_the_process_sees_a_file_system_it_cannot_write_to():
    lines = pathlib.Path(f"/proc/{unit.pid}/mountinfo").read_text("utf-8").splitlines()
    options = {line.split()[4]: line.split()[5].split(",") for line in lines}
    assert "ro" in options["/"] and "ro" in options["/proc/sys"] and "ro" in options["/sys"]
    assert "rw" in options["/var/lib/secpold"]
    inside = ("nsenter", f"--mount=/proc/{unit.pid}/ns/mnt")
    for path in ("/etc/x", "/usr/x", "/var/x", "/root/x", "/tmp/x", "/boot/x", "/home/x"):
        assert run(*inside, "touch", path, check=False).returncode != 0, path
    for path in ("/dev/vda", "/dev/mem", "/dev/kmsg"):
        assert pathlib.Path(path).exists()
        assert run(*inside, "test", "-e", path, check=False).returncode != 0, path
    for path in ("/var/lib/secpold/x", "/run/secpold/x"):
        run(*inside, "touch", path)
        pathlib.Path(path).unlink()


def test_systemd_calls_the_running_unit_confined():
    """At most 1.5 of 10, on systemd's scale of exposure; threshold is in tenths."""
    done = run(
        "systemd-analyze", "security", "--no-pager", "--threshold=15", unit.name, check=False
    )
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_it_is_among_the_last_to_go_when_memory_is_short():
    assert pathlib.Path(f"/proc/{unit.pid}/oom_score_adj").read_text("ascii").strip() == "-900"
