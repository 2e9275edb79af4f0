# SPDX-License-Identifier: GPL-2.0-or-later
"""secpolctl while things change around it."""

import contextlib
import json
import os
import subprocess

import pytest

import daemon
from documents import policy
from probes import wait_until

RESERVED = "net/ipv4/ip_local_reserved_ports"


@pytest.fixture
def ctl(net, bus):
    def run(*words):
        with net.device:
            return subprocess.run(
                [daemon.built("secpolctl"), *words],
                env=bus.environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=20,
            )

    return run


@contextlib.contextmanager
def monitoring(net, environment, output):
    """A running `secpolctl monitor`; gives a function that reads what it has said so far."""
    with net.device, open(output, "w", encoding="utf-8") as file:
        monitor = subprocess.Popen(
            [daemon.built("secpolctl"), "monitor", "--json=short"], env=environment, stdout=file
        )
    try:
        yield lambda: [
            json.loads(line) for line in output.read_text().splitlines(True) if "\n" in line
        ]
        assert monitor.poll() is None
    finally:
        monitor.terminate()
        monitor.wait(5)


def test_monitor_tells_what_changed_while_secpold_was_away(net, bus, secpold, tmp_path):
    secpold.start(policy("RestrictLpdPort"))
    with monitoring(net, bus.environment, tmp_path / "events") as events:

        def is_listening():
            secpold.reload(policy("RestrictFtpPort"))
            secpold.reload(policy("RestrictLpdPort"))
            return events()

        assert wait_until(is_listening)
        secpold.kill()
        secpold.start(policy("RestrictRawPort"))

        def is_told():
            kinds = [event["Event"] for event in events()]
            later = events()[kinds.index("back") :] if "back" in kinds else []
            told = {(event["Key"], event["To"]) for event in later if event["Event"] == "item"}
            return {("RestrictLpdPort", "off"), ("RestrictRawPort", "enforced")} <= told

        assert wait_until(is_told)


def test_verify_has_the_machine_read_back(net, secpold, ctl):
    secpold.start(policy("RestrictSipPort"))
    assert "49152" in net.device.read_sysctl(RESERVED)
    net.device.write_sysctl(RESERVED, "\n")
    assert ctl("status").returncode == 0
    assert "49152" not in net.device.read_sysctl(RESERVED), "looking alone repairs nothing"
    assert ctl("verify").returncode == 0
    assert "49152" in net.device.read_sysctl(RESERVED)


def test_settings_stand_in_the_catalogs_order(secpold, ctl):
    secpold.start(policy("EnableLockout"))
    settings = json.loads(ctl("settings", "--json=short").stdout)
    names = [setting["Name"] for setting in settings]
    assert (names[0], names[-1]) == ("DirectConnection", "CompleteDeletion")
    assert ["Lockout", "LockoutThreshold", "LockoutPeriodMin"] == [
        setting["Name"] for setting in settings if setting["Locked"]
    ]


def test_diff_of_a_bad_document_tells_every_error_by_line(secpold, ctl, tmp_path):
    secpold.start(policy("RestrictLpdPort"))
    path = tmp_path / "bad.policy"
    path.write_text(policy() + "[Network]\nRestrictLpdPrt=yes\nRestrictRawPort=perhaps\n")
    done = ctl("diff", str(path))
    assert done.returncode == 1
    assert "RestrictLpdPrt: unknown key; did you mean RestrictLpdPort?" in done.stdout
    assert 'RestrictRawPort: the value must be yes or no, not "perhaps"' in done.stdout
    result = json.loads(ctl("diff", str(path), "--json=short").stdout)
    assert [found["Key"] for found in result["Diagnostics"]] == [
        "RestrictLpdPrt",
        "RestrictRawPort",
    ]
    assert result["Changes"] == []


@pytest.mark.parametrize("hidden", (False, True), ids=("in the environment", "as sudo leaves it"))
def test_diff_warns_of_cutting_the_callers_own_connection(net, bus, secpold, tmp_path, hidden):
    secpold.start(policy("RestrictLpdPort"))
    path = tmp_path / "new.policy"
    path.write_text(policy("RestrictLpdPort", "RestrictRawPort"))
    command = [str(daemon.built("secpolctl")), "diff", str(path)]
    if hidden:
        command = ["sh", "-c", 'env -u SSH_CONNECTION "$@"; exit $?', "sh", *command]

    def warnings(port):
        environment = bus.environment | {
            "SSH_CONNECTION": f"{net.PEER4} 50000 {net.DEVICE4} {port}",
            "PATH": os.environ["PATH"],
        }
        with net.device:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=True, timeout=20
            )
        return [line for line in done.stdout.splitlines() if line.startswith("Warning: ")]

    assert warnings(9100) == [
        f"Warning: RestrictRawPort cuts your own SSH connection from {net.PEER4}: "
        "it closes port 9100/tcp"
    ]
    assert not warnings(22)
    assert not warnings(515), "that is closed already"
