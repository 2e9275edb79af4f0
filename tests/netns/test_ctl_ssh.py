# SPDX-License-Identifier: GPL-2.0-or-later
"""secpolctl --host= from a computer, by ssh to a real sshd on the device."""

import json
import subprocess

import pytest

import daemon
import rules
from documents import ITEMS, policy, profile
from life import export
from probes import wait_until
from ssh import SSHD, SecureShell

pytestmark = pytest.mark.skipif(not SSHD.exists(), reason="there is no sshd: install openssh-server")

LPD = policy("RestrictLpdPort", name="Over there")
RAW = policy("RestrictLpdPort", "RestrictRawPort", name="Brought there", serial=2)


@pytest.fixture(scope="module")
def sshd(tmp_path_factory, net, bus):
    server = SecureShell(tmp_path_factory.mktemp("ssh"), net, bus).start()
    yield server
    server.stop()


@pytest.fixture
def ctl(net, sshd, tmp_path):
    """Runs secpolctl on the computer at the other end of the wire."""

    def run(*words, host=f"root@{net.DEVICE4}", code=0):
        with net.peer:
            done = subprocess.run(
                [daemon.built("secpolctl"), f"--host={host}", *words],
                cwd=tmp_path,
                env=sshd.environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        assert done.returncode == code, done
        return done

    return run


def test_everything_can_be_looked_at(ctl, secpold, net):
    secpold.start(LPD)
    rules.delivered(net, [515] * 2)
    assert "Over there" in ctl("status").stdout
    assert [item["Key"] for item in json.loads(ctl("show", "--json=short").stdout)] == ITEMS
    assert "AutoLogout" in ctl("settings").stdout
    assert json.loads(ctl("blocked", "--json=short").stdout)[0]["Source"] == net.PEER4
    assert json.loads(ctl("report", "--format=json").stdout)["Host"] == f"root@{net.DEVICE4}"
    assert ctl("is-compliant").stdout == ""
    ctl("verify")
    ctl("status", host=f"root@{net.DEVICE4}:22")


def test_explain_says_what_only_the_device_can_tell(ctl, secpold, net):
    secpold.start(LPD)
    text = ctl("explain", "RestrictLpdPort").stdout
    assert f"ask it: ssh root@{net.DEVICE4} secpolctl explain RestrictLpdPort" in text
    port = ctl("explain", "RestrictLpdPort", host=f"root@{net.DEVICE4}:22").stdout
    assert f"ask it: ssh -p 22 root@{net.DEVICE4} secpolctl explain RestrictLpdPort" in port
    assert json.loads(ctl("explain", "RestrictLpdPort", "--json=short").stdout)["Listeners"] is None


def test_a_policy_lives_its_life_from_afar(ctl, secpold, bus, tmp_path):
    secpold.start()
    (tmp_path / "raw.policy").write_text(RAW)
    assert "RestrictRawPort: no -> yes" in ctl("diff", "raw.policy").stdout
    assert "Generation 1 is in force" in ctl("import", "raw.policy", "--confirm=60s").stdout
    assert ctl("export").stdout == RAW
    ctl("confirm", "1")
    assert json.loads(ctl("history", "--json=short").stdout)[0]["Confirmed"] is True
    assert export(bus)[0] == RAW.encode()


def test_changes_are_heard_from_afar(net, sshd, secpold, tmp_path):
    secpold.start(LPD)
    output = tmp_path / "events"
    with net.peer, open(output, "w", encoding="utf-8") as file:
        monitor = subprocess.Popen(
            [daemon.built("secpolctl"), "-H", f"root@{net.DEVICE4}", "monitor", "--json=short"],
            env=sshd.environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
        )
    try:

        def hears():
            """It may take some until it is subscribed."""
            secpold.reload(RAW)
            secpold.reload(LPD)
            return '"Key":"RestrictRawPort"' in output.read_text()

        assert wait_until(hears, 20)
        assert monitor.poll() is None
    finally:
        monitor.terminate()
        monitor.wait(5)


def test_a_policy_that_closes_the_way_in_is_refused(ctl, secpold, tmp_path):
    secpold.start(LPD, profile(Ports={"RestrictRawPort": "22/tcp"}))
    (tmp_path / "raw.policy").write_text(RAW)
    done = ctl("import", "raw.policy", code=1)
    assert "was not imported, as it cuts a way to the device" in done.stderr
    assert "Warning: " in done.stdout


def test_where_secpold_does_not_run_it_says_how_to_start_it_there(ctl, net):
    host = f"root@{net.DEVICE4}"
    assert ctl("status", code=3).stderr == (
        f"secpolctl: secpold is not running on {host}; start it with: ssh {host} systemctl start "
        "secpold\n"
    )


def unreachable(host, done):
    return done.stderr.splitlines()[-1].startswith(
        f"secpolctl: cannot ask the secpold of {host} over SSH ("
    ) and done.stderr.endswith(f"does this work: ssh {host} systemd-stdio-bridge --version\n")


def test_what_ssh_has_to_say_is_not_lost(ctl, sshd, net):
    host = f"root@{net.PEER4}"
    refused = ctl("status", host=host, code=3)
    assert "Connection refused" in refused.stderr and unreachable(host, refused)
    host = f"nobody@{net.DEVICE4}"
    denied = ctl("status", host=host, code=3)
    assert "Permission denied (publickey" in denied.stderr and unreachable(host, denied)
