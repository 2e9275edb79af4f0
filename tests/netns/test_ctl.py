# SPDX-License-Identifier: GPL-2.0-or-later
"""secpolctl against a running secpold: what scripts rely on."""

import json
import os
import signal
import subprocess

import pytest

import daemon
import probes
from documents import ITEMS, policy
from probes import wait_until

DOCUMENT = policy("RestrictLpdPort", "ForceAutoLogout", name="Office")
KERNEL_ONLY = policy("RestrictLpdPort", "RestrictRawPort", name="Kernel only")


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(DOCUMENT)


@pytest.fixture
def ctl(net, bus):
    def run(*words, environment=None, text_in=None):
        with net.device:
            return subprocess.run(
                [daemon.built("secpolctl"), *words],
                input=text_in,
                text=True,
                env=environment or bus.environment,
                capture_output=True,
                timeout=20,
            )

    return run


def parsed(ctl, *words):
    short, pretty = (ctl(*words, f"--json={kind}") for kind in ("short", "pretty"))
    assert short.returncode == pretty.returncode
    assert short.stdout.count("\n") == 1
    assert pretty.stdout.count("\n") > 1 or json.loads(pretty.stdout) in ([], {})
    return json.loads(short.stdout)


# Verbs


def test_status_tells_the_policy_and_what_needs_attention(ctl):
    for words in ((), ("status",)):
        done = ctl(*words)
        assert done.returncode == 0
        assert "Office" in done.stdout and "enforcing" in done.stdout
        assert "ForceAutoLogout" in done.stdout and "RestrictLpdPort" not in done.stdout
    status = parsed(ctl, "status")
    assert (status["State"], status["PolicyName"], status["PolicySerial"]) == (
        "enforcing",
        "Office",
        1,
    )
    assert [entry["Key"] for entry in status["Attention"]] == ["ForceAutoLogout"]


def test_show_lists_all_items_in_order_with_value_and_state(ctl):
    items = parsed(ctl, "show")
    assert [item["Key"] for item in items] == ITEMS
    lpd = items[ITEMS.index("RestrictLpdPort")]
    assert (lpd["Value"], lpd["State"]) == (True, "enforced")
    text = ctl("show").stdout
    assert [
        line.split()[0] for line in text.splitlines() if line.split() and line.split()[0] in ITEMS
    ] == ITEMS
    assert "Port Usage Policy" in text and "Restrict LPD Port (Port Number: 515)" in text


def test_show_of_one_item_tells_all_about_it(ctl):
    item = parsed(ctl, "show", "RestrictLpdPort")
    assert (item["Key"], item["State"], item["Category"]) == (
        "RestrictLpdPort",
        "enforced",
        "Network",
    )
    assert "515" in ctl("show", "restrictlpdport").stdout
    unknown = ctl("show", "RestrictLdpPort")
    assert unknown.returncode == 1
    assert "RestrictLpdPort" in unknown.stderr


def test_settings_are_listed_with_who_locks_them(ctl):
    settings = {setting["Name"]: setting for setting in parsed(ctl, "settings")}
    assert len(settings) == 70
    assert settings["AutoLogout"]["Locked"] is True
    assert settings["AutoLogout"]["RequiredBy"] == ["ForceAutoLogout"]
    assert "AutoLogoutSec" in ctl("settings").stdout


def test_verify_repairs_and_tells_the_result(ctl):
    assert ctl("verify").returncode == 0
    assert parsed(ctl, "verify")["State"] == "enforcing"


def test_is_compliant_is_an_exit_code(ctl, running):
    assert ctl("is-compliant").returncode == 1
    assert parsed(ctl, "is-compliant")["Compliant"] is False
    running.reload(KERNEL_ONLY)
    try:
        done = ctl("is-compliant")
        assert (done.returncode, done.stdout) == (0, "")
        assert parsed(ctl, "is-compliant")["Compliant"] is True
    finally:
        running.reload(DOCUMENT)


# Documents


def test_check_reports_all_errors_by_line_without_secpold(ctl, tmp_path):
    good, bad = tmp_path / "good.policy", tmp_path / "bad.policy"
    good.write_text(DOCUMENT)
    bad.write_text(DOCUMENT + "RestrictLpdPrt=yes\nTwice\n")
    alone = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
    assert ctl("check", str(good), environment=alone).returncode == 0
    done = ctl("check", str(bad), environment=alone)
    assert done.returncode == 1
    count = len(DOCUMENT.splitlines())
    for line in (count + 1, count + 2):
        assert f"bad.policy:{line}: " in done.stdout + done.stderr
    found = parsed(ctl, "check", str(bad))
    assert found["Valid"] is False and len(found["Diagnostics"]) == 2
    assert ctl("check", "-", text_in=DOCUMENT).returncode == 0


def test_diff_tells_the_items_and_changes_nothing(ctl, bus, tmp_path):
    path = tmp_path / "new.policy"
    path.write_text(KERNEL_ONLY)
    before = bus.manager("PolicyDigest")
    done = ctl("diff", str(path))
    assert done.returncode == 0
    assert "RestrictRawPort" in done.stdout and "ForceAutoLogout" in done.stdout
    assert "RestrictLpdPort" not in done.stdout
    parsed(ctl, "diff", str(path))
    assert bus.manager("PolicyDigest") == before
    same = tmp_path / "same.policy"
    same.write_text(DOCUMENT)
    assert ctl("diff", str(same)).returncode == 0


@pytest.mark.parametrize("service", ("tcp_service", "udp_service"))
def test_diff_names_who_listens_on_a_port_about_to_close(ctl, net, tmp_path, service):
    path = tmp_path / "new.policy"
    path.write_text(KERNEL_ONLY)
    with getattr(probes, service)(net.device, 9100):
        done = ctl("diff", str(path))
        listed = json.dumps(parsed(ctl, "diff", str(path)))
    name = open("/proc/self/comm", encoding="utf-8").read().strip()
    assert name in done.stdout and str(os.getpid()) in done.stdout
    assert name in listed
    assert name not in ctl("diff", str(path)).stdout


def test_a_bad_document_cannot_be_compared(ctl, tmp_path):
    path = tmp_path / "bad.policy"
    path.write_text("[Policy\n")
    assert ctl("diff", str(path)).returncode == 1


# Monitor


def test_monitor_prints_changes_as_they_happen(bus, running, tmp_path):
    output = tmp_path / "events"
    with open(output, "w", encoding="utf-8") as file:
        monitor = subprocess.Popen(
            [daemon.built("secpolctl"), "monitor", "--json=short"], env=bus.environment, stdout=file
        )
    try:

        def events():
            return [
                json.loads(line) for line in output.read_text().splitlines(True) if line[-1] == "\n"
            ]

        def hears_a_policy_change():
            """It may take some until it is subscribed."""
            running.reload(KERNEL_ONLY)
            running.reload(DOCUMENT)
            return any(
                event["Event"] == "item"
                and event["Key"] == "RestrictRawPort"
                and event["To"] == "enforced"
                for event in events()
            )

        assert wait_until(hears_a_policy_change)
        assert wait_until(lambda: any(event["Event"] == "policy-changed" for event in events()))
        running.kill()
        assert wait_until(lambda: any(event["Event"] == "gone" for event in events()))
        running.start()
        assert wait_until(lambda: any(event["Event"] == "back" for event in events()))
        assert monitor.poll() is None
    finally:
        monitor.send_signal(signal.SIGTERM)
        monitor.wait(5)


# Command line


@pytest.mark.parametrize(
    "words",
    (
        ("no-such-verb",),
        ("check",),
        ("status", "extra"),
        ("--no-such-option",),
        ("show", "--json=xml"),
        ("check", "a", "b"),
    ),
)
def test_a_wrong_command_line_ends_with_2(ctl, words):
    done = ctl(*words)
    assert done.returncode == 2
    assert done.stderr and not done.stdout


@pytest.mark.parametrize(
    "verb", ("status", "show", "settings", "verify", "is-compliant", "monitor")
)
def test_without_secpold_the_exit_code_is_3(ctl, verb):
    alone = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
    done = ctl(verb, environment=alone)
    assert done.returncode == 3
    assert done.stderr


def test_colour_is_for_terminals_only(ctl, bus):
    assert "\x1b" not in ctl("show").stdout
    assert "\x1b" in ctl("show", environment=bus.environment | {"SYSTEMD_COLORS": "1"}).stdout


def test_no_legend_leaves_only_rows(ctl):
    assert "ITEM" in ctl("show").stdout
    assert "ITEM" not in ctl("show", "--no-legend").stdout.split("\n")[0]


@pytest.mark.parametrize("option", ("--version", "--help"))
def test_questions_about_itself_need_no_secpold(ctl, option):
    alone = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
    done = ctl(option, environment=alone)
    assert done.returncode == 0
    assert "secpolctl" in done.stdout
