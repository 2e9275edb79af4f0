# SPDX-License-Identifier: GPL-2.0-or-later
"""Bindings of secpol-agent that come, go and break while what they ask for is in force."""

import subprocess

import pytest

from bus import Bus
from daemon import Secpold, built
from documents import policy
from policy_agent import PolicyAgent
from probes import wait_until

LENGTH = "MinimumPasswordLength"
CONF, OTHER, INSTALLED = "secpold-test/conf", "secpold-test/other", "secpold-test/installed"
TEXT = "# Ours\nlength = 9\n"


def binding(name, setting, path, more=""):
    """A service that reads its file when it is told to, and not before."""
    return (
        f"[Binding]\nFormatVersion=1\nService={name}\nCondition=/etc/{INSTALLED}\n{more}"
        f"[Edit value]\nWhen={setting}\nFile=/etc/{path}\nLens=Simplevars.lns\nPath=length\n"
        f"Value=${{{setting}}}\n"
        f"[Check value]\nSettings={setting}\nEdit=value\n"
    )


@pytest.fixture
def machine(bus, secpold, policy_agent):
    """Two services, each with an item, that comply."""
    (policy_agent.etc / "secpold-test").mkdir()
    for path in (CONF, OTHER):
        (policy_agent.etc / path).write_text(TEXT, encoding="utf-8")
    (policy_agent.etc / INSTALLED).touch()
    policy_agent.snapshot()
    policy_agent.loaded = policy_agent.directory / "loaded"
    run = f"Run=/bin/cp /etc/{CONF} {policy_agent.loaded}\n"
    policy_agent.text = binding("machine", "PasswordMinimumLength", CONF, run)
    policy_agent.write_binding("machine", policy_agent.text)
    policy_agent.write_binding("other", binding("other", "LockoutPeriodMin", OTHER))
    secpold.start(policy("EnableLockout", MinimumPasswordLength=12, LockoutThreshold=5, LockoutPeriodMin=30))
    policy_agent.start()
    policy_agent.wait_for(lambda: reported(bus, "PasswordMinimumLength") == [(12, "")])
    policy_agent.wait_for(lambda: reported(bus, "LockoutPeriodMin") == [(30, "")])
    policy_agent.wait_for(lambda: "length = 12" in policy_agent.loaded.read_text())
    return policy_agent


def reported(bus, setting):
    """(value, reason) of each who reports on it."""
    return [(told[2]["data"], told[3]) for told in bus.setting(setting, "Reports")]


def switch_off(machine):
    path = machine.bindings / "machine.binding"
    path.unlink()
    path.symlink_to("/dev/null")


def sandbox(machine):
    """Where the unit would be let write, with /etc as the agent sees it."""
    words = [f"--bindings={machine.bindings}", f"--state-directory={machine.state}", "--sandbox"]
    script = f"mount --bind {machine.etc} /etc && exec {built('secpol-agent')} {' '.join(words)}"
    return subprocess.check_output(["unshare", "-m", "sh", "-c", script], text=True)


def is_given_up(bus, machine):
    """Its file is as before, it has read that, and nobody says that it complies; the other stays."""
    return (
        reported(bus, "PasswordMinimumLength") == []
        and bus.item(LENGTH, "State") == "pending"
        and machine.read(CONF) == machine.loaded.read_text() == TEXT
        and reported(bus, "LockoutPeriodMin") == [(30, "")]
        and "length = 30" in machine.read(OTHER)
    )


def test_with_an_error_in_a_file_all_bindings_stay(bus, machine):
    machine.write_binding("machine", machine.text.replace("Lens=", "Lense="))
    switched_off = machine.bindings / "other.binding"
    switched_off.unlink()
    machine.reload()
    machine.wait_for(lambda: "Lense: unknown key" in machine.log())
    machine.wait_for(lambda: "All bindings stay as they were" in machine.log())
    machine.edit(CONF, lambda text: text.replace("12", "7"))
    machine.wait_for(lambda: "length = 12" in machine.read(CONF))
    machine.wait_for(lambda: bus.item(LENGTH, "State") == "enforced")
    assert "length = 30" in machine.read(OTHER)
    assert reported(bus, "LockoutPeriodMin") == [(30, "")]
    machine.write_binding("machine", machine.text).reload()
    machine.wait_for(lambda: "length = 30" not in machine.read(OTHER))
    machine.wait_for(lambda: reported(bus, "LockoutPeriodMin") == [])
    assert bus.item(LENGTH, "State") == "enforced"


def test_a_binding_that_is_switched_off_leaves_its_service_as_before(bus, machine):
    switch_off(machine)
    machine.reload()
    machine.wait_for(lambda: is_given_up(bus, machine))
    machine.edit(CONF, lambda text: text.replace("9", "5"))
    assert not wait_until(lambda: reported(bus, "PasswordMinimumLength"), 1)


@pytest.mark.parametrize("number", [15, 9], ids=["stopped", "killed"])
def test_also_where_it_is_switched_off_meanwhile(bus, machine, number):
    machine.end(number)
    switch_off(machine)
    (machine.bindings / "other.binding").rename(machine.bindings / "other")
    assert 'ReadWritePaths="-/etc/secpold-test"\n' in sandbox(machine)
    (machine.bindings / "other").rename(machine.bindings / "other.binding")
    machine.start()
    machine.wait_for(lambda: is_given_up(bus, machine))


def test_nobody_vouches_for_a_service_that_is_gone(bus, machine):
    (machine.etc / INSTALLED).rename(machine.etc / "secpold-test/removed")
    machine.wait_for(lambda: reported(bus, "PasswordMinimumLength") == [])
    machine.wait_for(lambda: bus.item(LENGTH, "State") == "pending")
    assert machine.read(CONF) == machine.read(OTHER) == TEXT
    (machine.etc / "secpold-test/removed").rename(machine.etc / INSTALLED)
    machine.wait_for(lambda: reported(bus, "PasswordMinimumLength") == [(12, "")])
    machine.wait_for(lambda: bus.item(LENGTH, "State") == "enforced")


def test_a_program_that_two_bindings_run_is_run_once(bus, secpold, machine):
    """After the edits of both."""
    seen = machine.directory / "seen"
    run = f"Run=/bin/sh -c 'cat /etc/{CONF} /etc/{OTHER} >>{seen}'\n"
    machine.write_binding("machine", binding("machine", "PasswordMinimumLength", CONF, run))
    machine.write_binding("other", binding("other", "LockoutPeriodMin", OTHER, run))
    machine.reload()
    lockout = {"LockoutThreshold": 5, "LockoutPeriodMin": 31}
    secpold.reload(policy("EnableLockout", MinimumPasswordLength=13, **lockout))
    machine.wait_for(lambda: reported(bus, "LockoutPeriodMin") == [(31, "")])
    assert seen.read_text(encoding="utf-8") == "# Ours\nlength = 13\n# Ours\nlength = 31\n"


@pytest.fixture
def hasty_bus():
    """It gives up who has not introduced himself after a second; the system's waits for thirty."""
    bus = Bus('<limit name="auth_timeout">1000</limit>').start()
    yield bus
    bus.close()


def test_a_service_that_takes_its_time_is_reported_at_the_first_attempt(
    tmp_path_factory, net, hasty_bus
):
    secpold = Secpold(tmp_path_factory.mktemp("secpold"), net, hasty_bus)
    agent = PolicyAgent(tmp_path_factory.mktemp("agent"), net, hasty_bus)
    (agent.etc / "secpold-test").mkdir()
    (agent.etc / INSTALLED).touch()
    agent.write_binding("slow", binding("slow", "PasswordMinimumLength", CONF, "Run=/bin/sleep 3\n"))
    try:
        secpold.start(policy(MinimumPasswordLength=12))
        agent.start()
        agent.wait_for(lambda: reported(hasty_bus, "PasswordMinimumLength") == [(12, "")])
        assert "Cannot report" not in agent.log()
    finally:
        agent.close()
        secpold.close()
        net.device.clear()


@pytest.mark.parametrize(
    "words", [["--check", "--restore"], ["--try", "--sandbox"], ["--restore", "--try", "--check"]]
)
def test_what_cannot_be_done_together_is_refused(words):
    done = subprocess.run([built("secpol-agent"), *words], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"do not go together" in done.stderr
