# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent with real programs: what a policy demands of them, drift, and everything put back."""

import copy
import os
import signal
import stat
import subprocess
import time

import pytest

from documents import policy
from probes import wait_until

EMPTY = policy()


def state(bus, item):
    return bus.item(item, "State")


def detail(bus, item):
    return bus.item(item, "Detail")


def shortest_password(agent):
    """As libpwquality tells it, asked by another program than the agent."""
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"mount --bind {agent.etc} /etc && pwscore"],
        input="a\n",
        capture_output=True,
        text=True,
        check=False,
    )
    words = done.stderr.split()
    return int(words[words.index("characters") - 1])


@pytest.fixture
def pwquality(secpold, policy_agent):
    """minlen is given, beside lines of the administrator's own."""
    (policy_agent.etc / "security/pwquality.conf").write_text(
        "# Ours since 2019\nminlen = 9\n\ndifok = 2 # as asked\n", encoding="utf-8"
    )
    policy_agent.snapshot()
    policy_agent.use("pwquality")
    secpold.start(policy(MinimumPasswordLength=12))
    return policy_agent


def test_an_item_goes_from_pending_to_enforced_and_back(bus, secpold, pwquality):
    assert state(bus, "MinimumPasswordLength") == "pending"
    assert shortest_password(pwquality) == 9
    pwquality.start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "enforced")
    assert shortest_password(pwquality) == 12
    assert pwquality.read("security/pwquality.conf") == (
        "# Ours since 2019\nminlen = 12\n\ndifok = 2 # as asked\n"
    )
    secpold.reload(EMPTY)
    pwquality.wait_for(lambda: shortest_password(pwquality) == 9)
    assert pwquality.differences() == ""


def enforced(pwquality, bus):
    pwquality.start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "enforced")
    return pwquality


def test_what_somebody_changes_is_repaired_and_told(bus, pwquality, watch):
    enforced(pwquality, bus)
    pwquality.edit("security/pwquality.conf", lambda text: text.replace("minlen = 12", "minlen=7"))
    pwquality.wait_for(lambda: "minlen=12\n" in pwquality.read("security/pwquality.conf"))
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "enforced")
    pwquality.wait_for(lambda: watch.signals("Violation"))
    assert "was changed by somebody else" in pwquality.log()


def test_after_a_repair_the_original_is_put_back(bus, secpold, pwquality):
    """Not what somebody wrote meanwhile, which never was in force for long."""
    enforced(pwquality, bus)
    pwquality.edit("security/pwquality.conf", lambda text: text.replace("minlen = 12", "minlen=7"))
    pwquality.wait_for(lambda: "minlen=12\n" in pwquality.read("security/pwquality.conf"))
    secpold.reload(EMPTY)
    pwquality.wait_for(lambda: shortest_password(pwquality) == 9)
    assert pwquality.differences() == ""


def test_other_lines_are_the_administrators(bus, secpold, pwquality):
    enforced(pwquality, bus)
    pwquality.edit(
        "security/pwquality.conf", lambda text: "# Head office\n" + text + "dictcheck = 0\n"
    )
    secpold.reload(EMPTY)
    pwquality.wait_for(lambda: shortest_password(pwquality) == 9)
    assert pwquality.read("security/pwquality.conf") == (
        "# Head office\n# Ours since 2019\nminlen = 9\n\ndifok = 2 # as asked\ndictcheck = 0\n"
    )


def test_a_war_is_damped_and_shows_as_violated(bus, pwquality):
    enforced(pwquality, bus)
    told = "somebody keeps changing /etc/security/pwquality.conf"

    def gives_up():
        if "minlen = 12" in pwquality.read("security/pwquality.conf"):
            pwquality.edit("security/pwquality.conf", lambda text: text.replace("12", "7"))
        return told in detail(bus, "MinimumPasswordLength")

    pwquality.wait_for(gives_up, 40)
    assert pwquality.log().count("was changed by somebody else") == 3
    assert state(bus, "MinimumPasswordLength") == "violated"
    assert shortest_password(pwquality) == 7


def test_a_value_that_cannot_be_had_is_never_called_enforced(bus, secpold, pwquality):
    """libpwquality takes less than 6 for 6."""
    pwquality.edit("security/pwquality.conf", lambda text: text.replace("minlen = 9\n", ""))
    secpold.reload(policy(MinimumPasswordLength=4))
    pwquality.start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "violated")
    assert shortest_password(pwquality) == 6
    assert "libpwquality: cannot be set below 6" in detail(bus, "MinimumPasswordLength")
    (report,) = bus.setting("PasswordMinimumLength", "Reports")
    assert report[2] == {"type": "u", "data": 6}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_what_was_changed_is_known_to_the_next_life(bus, secpold, pwquality, number):
    enforced(pwquality, bus).end(number)
    assert shortest_password(pwquality) == 12
    secpold.reload(EMPTY)
    pwquality.start()
    pwquality.wait_for(lambda: shortest_password(pwquality) == 9)
    assert pwquality.differences() == ""


def test_restore_puts_everything_back(bus, pwquality):
    assert enforced(pwquality, bus).end() == 0
    assert pwquality.restore() == 0
    assert shortest_password(pwquality) == 9
    assert pwquality.differences() == ""


def test_without_secpold_the_last_values_hold(bus, secpold, pwquality):
    enforced(pwquality, bus)
    secpold.kill()
    pwquality.edit("security/pwquality.conf", lambda text: text.replace("12", "7"))
    pwquality.wait_for(lambda: shortest_password(pwquality) == 12)
    secpold.start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "enforced")


def test_a_file_that_no_longer_makes_sense_is_left_alone(bus, secpold, pwquality):
    text = "# Ours\n%% minlen 9\n"
    (pwquality.etc / "security/pwquality.conf").write_text(text, encoding="utf-8")
    pwquality.start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "violated")
    assert "cannot read the file, line 2" in detail(bus, "MinimumPasswordLength")
    assert pwquality.read("security/pwquality.conf") == text


SECRET = "$y$j9T$Zk3QwLtr"
ACCOUNT = f"root:{SECRET}:19000:0:99999:7:::\n"


def shows(bus, agent):
    """All that anybody gets to read of what the agent found."""
    return (
        agent.log()
        + detail(bus, "MinimumPasswordLength")
        + str(bus.setting("PasswordMinimumLength", "Reports"))
    )


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        (ACCOUNT + f"bin:{SECRET}\n", "maximum_days", "line 2: parse_failed"),
        (ACCOUNT, "nosuch", "put_failed"),
    ],
    ids=["not understood", "not to be written"],
)
def test_no_secret_of_a_file_is_told(bus, pwquality, text, path, kind):
    """Augeas would quote the hash where it fails."""
    (pwquality.bindings / "pwquality.binding").unlink()
    (pwquality.etc / "shadow").write_text(text, encoding="utf-8")
    pwquality.write_binding(
        "accounts",
        "[Binding]\nFormatVersion=1\nService=accounts\n"
        "[Edit age]\nWhen=PasswordMinimumLength\nFile=/etc/shadow\nLens=Shadow.lns\n"
        f"Path=root/{path}\nValue=90\n"
        "[Check age]\nSettings=PasswordMinimumLength\nEdit=age\n",
    ).start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "violated")
    assert "accounts: edit age: /etc/shadow: lens Shadow.lns" in detail(bus, "MinimumPasswordLength")
    assert kind in pwquality.log()
    assert kind in detail(bus, "MinimumPasswordLength")
    assert "Zk3Q" not in shows(bus, pwquality)
    assert (pwquality.etc / "shadow").read_text(encoding="utf-8") == text


def test_what_a_program_prints_when_it_fails_is_not_told(bus, pwquality):
    (pwquality.bindings / "pwquality.binding").unlink()
    (pwquality.etc / "shadow").write_text(ACCOUNT, encoding="utf-8")
    pwquality.write_binding(
        "accounts",
        "[Binding]\nFormatVersion=1\nService=accounts\n"
        "[Edit age]\nWhen=PasswordMinimumLength\n"
        "Apply=/bin/sh -c 'cat /etc/shadow; exit 3'\nUndo=/bin/true\n"
        "[Check age]\nSettings=PasswordMinimumLength\nCommand=/bin/true\n",
    ).start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "violated")
    assert "accounts: /bin/sh ended with status 3" in detail(bus, "MinimumPasswordLength")
    assert "/bin/sh ended with status 3" in pwquality.log()
    assert "Zk3Q" not in shows(bus, pwquality)


def test_a_freed_edit_that_somebody_changed_stays(bus, secpold, pwquality):
    assert enforced(pwquality, bus).end() == 0
    pwquality.edit("security/pwquality.conf", lambda text: text.replace("12", "20"))
    secpold.reload(EMPTY)
    pwquality.start()
    pwquality.wait_for(lambda: "stay as they are" in pwquality.log())
    assert shortest_password(pwquality) == 20


def test_mode_owner_and_attributes_stay(bus, pwquality):
    path = pwquality.etc / "security/pwquality.conf"
    path.chmod(0o640)
    os.chown(path, 0, 42)
    os.setxattr(path, "user.note", b"ours")
    enforced(pwquality, bus)
    status = path.stat()
    assert (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (0o640, 0, 42)
    assert os.getxattr(path, "user.note") == b"ours"


def test_a_link_is_followed(bus, secpold, pwquality):
    path = pwquality.etc / "security/pwquality.conf"
    (pwquality.etc / "secpold-test").mkdir()
    path.rename(pwquality.etc / "secpold-test/real.conf")
    path.symlink_to("/etc/secpold-test/real.conf")
    pwquality.snapshot()
    enforced(pwquality, bus)
    assert path.is_symlink()
    assert "minlen = 12" in pwquality.read("secpold-test/real.conf")
    secpold.reload(EMPTY)
    pwquality.wait_for(lambda: "minlen = 9" in pwquality.read("secpold-test/real.conf"))
    assert pwquality.differences() == ""


def test_a_link_through_a_folder_of_others_is_not_followed(bus, pwquality):
    path = pwquality.etc / "security/pwquality.conf"
    (pwquality.etc / "theirs").mkdir()
    os.chown(pwquality.etc / "theirs", 1000, 1000)
    path.rename(pwquality.etc / "theirs/real.conf")
    path.symlink_to("/etc/theirs/real.conf")
    pwquality.start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "violated")
    assert "others than root can write to /etc/theirs" in detail(bus, "MinimumPasswordLength")
    assert "minlen = 9" in pwquality.read("theirs/real.conf")


def test_new_bindings_are_read_at_a_reload(bus, pwquality):
    (pwquality.bindings / "pwquality.binding").unlink()
    pwquality.start()
    time.sleep(0.5)
    assert state(bus, "MinimumPasswordLength") == "pending"
    pwquality.use("pwquality").reload()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "enforced")


def test_what_cannot_be_put_back_is_named(bus, pwquality):
    """What is in its way is put away, and it is done."""
    assert enforced(pwquality, bus).end() == 0
    path = pwquality.etc / "security/pwquality.conf"
    path.rename(path.with_name("moved"))
    path.mkdir()
    assert pwquality.restore() == 1
    told = pwquality.log().splitlines()[-1]
    assert "Not everything could be put back: /etc/security/pwquality.conf" in told
    path.rmdir()
    path.with_name("moved").rename(path)
    assert pwquality.restore() == 0
    assert pwquality.differences() == ""


def test_a_record_that_is_damaged_is_named(bus, pwquality):
    assert enforced(pwquality, bus).end() == 0
    (record,) = pwquality.state.glob("*.file")
    record.write_bytes(b"\xff" * 20)
    assert pwquality.restore() == 1
    assert f"Not everything could be put back: {record}: damaged" in pwquality.log()


def test_one_agent_at_a_time(bus, pwquality):
    enforced(pwquality, bus)
    other = copy.copy(pwquality)
    assert other.restore() == 1
    assert "another secpol-agent is at work" in other.log()
    other.start()
    assert wait_until(lambda: not other.alive(), 10) or other.end()
    assert other.log().count("another secpol-agent is at work") == 2
    assert shortest_password(pwquality) == 12
