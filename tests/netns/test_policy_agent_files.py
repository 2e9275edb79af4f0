# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that secpol-agent edits: whatever ends it, whoever is in its way, whatever they are like."""

import os
import re
import shutil
import subprocess
import time

import pytest

from documents import policy
from probes import wait_until

EMPTY = policy()
DEMAND = policy(MinimumPasswordLength=12)
CONF = "secpold-test/conf"
TEXT = "# Ours since 2019\nlength = 9\n\nother = 2 # as asked\n"
DROP_IN = "secpold-made/deep/drop-in.conf"
# By which a file system is changed.
CHANGES = "mkdir,rmdir,rename,unlink,fsync,fchmod,fchown"


@pytest.fixture
def machine(secpold, policy_agent):
    """A service with one file of its own, one drop-in in a folder that is missing, and a program
    that reads the file."""
    (policy_agent.etc / "secpold-test").mkdir()
    (policy_agent.etc / CONF).write_text(TEXT, encoding="utf-8")
    policy_agent.snapshot()
    policy_agent.loaded = policy_agent.directory / "loaded"
    shutil.copy(policy_agent.etc / CONF, policy_agent.loaded)
    policy_agent.write_binding(
        "machine",
        "[Binding]\nFormatVersion=1\nService=machine\n"
        f"Run=/usr/bin/timeout 1 /bin/cp /etc/{CONF} {policy_agent.loaded}\n"
        "[Edit length]\nWhen=PasswordMinimumLength\n"
        f"File=/etc/{CONF}\nLens=Simplevars.lns\nPath=length\n"
        "Value=${PasswordMinimumLength}\nKeep=${PasswordMinimumLength}..\n"
        "[Edit drop-in]\nWhen=PasswordMinimumLength\n"
        f"File=/etc/{DROP_IN}\nContent=length = ${{PasswordMinimumLength}}\\n\n"
        "[Edit beside]\nWhen=PasswordMinimumLength\n"
        f"File=/etc/{DROP_IN}.2\nContent=one\\n\n"
        "[Check length]\nSettings=PasswordMinimumLength\nEdit=length\n"
        "[Check drop-in]\nSettings=PasswordMinimumLength\nEdit=drop-in\n",
    )
    secpold.start(DEMAND)
    return policy_agent


def state(bus):
    return bus.item("MinimumPasswordLength", "State")


def is_done(bus, agent):
    return state(bus) == "enforced" and "length = 12" in agent.loaded.read_text()


def report(bus):
    """(value in force, reason), as the agent has told it; Nones before it has."""
    told = bus.setting("PasswordMinimumLength", "Reports")
    return (told[0][2]["data"], told[0][3]) if told else (None, None)


def reason(bus):
    return report(bus)[1]


def value(bus):
    return report(bus)[0]


def change(agent, old, new):
    agent.edit(CONF, lambda text: text.replace(old, new))


needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


def killed_at(number, calls=CHANGES):
    """The tracer stands aside, so that the process that is ended is secpol-agent itself."""
    # A sanitizer cannot look for leaks in a process that is traced.
    options = f"{os.environ.get('ASAN_OPTIONS', '')}:detect_leaks=0"
    injection = f"--inject={calls}:signal=KILL:when={number}"
    return ["strace", "-D", "-qq", "-o", "/dev/null", "-E", f"ASAN_OPTIONS={options}", injection]


def is_as_before(agent):
    return agent.differences() == "" and agent.loaded.read_text() == TEXT


def nothing_is_left(agent):
    """Of what it does here; in all of /etc it takes long to look."""
    return (
        agent.read(CONF) == agent.loaded.read_text() == TEXT
        and not (agent.etc / DROP_IN).parents[1].exists()
    )


@needs_strace
def test_killed_at_any_change_it_puts_everything_back(bus, machine):
    """And whoever has read a file that was put back has read it again."""
    for number in range(1, 200):
        machine.runner = killed_at(number)
        machine.start()
        wait_until(lambda: not machine.alive() or is_done(bus, machine), 20)
        lived = machine.alive()
        if lived:
            # Not at work any more, by then.
            time.sleep(0.2)
            lived = machine.alive()
        if lived:
            machine.end(9)
        machine.runner = []
        assert machine.restore() == 0
        assert nothing_is_left(machine), (number, machine.differences(), machine.log())
        if lived:
            break
    assert lived and number > 20
    assert is_as_before(machine)


@needs_strace
def test_killed_while_it_puts_back_it_does_so_the_next_time(bus, machine):
    for number in range(1, 200):
        machine.start()
        machine.wait_for(lambda: is_done(bus, machine), 20)
        machine.end(9)
        machine.runner = killed_at(number)
        status = machine.restore()
        machine.runner = []
        assert status in (0, -9)
        assert machine.restore() == 0
        assert nothing_is_left(machine), (number, machine.differences(), machine.log())
        if status == 0:
            break
    assert status == 0 and number > 5
    assert "by somebody else" not in machine.log()
    assert is_as_before(machine)


@needs_strace
def test_an_edit_cut_off_is_nobody_elses(bus, secpold, machine):
    """Killed right before the new file took its place."""
    machine.start()
    machine.wait_for(lambda: is_done(bus, machine))
    machine.end()
    machine.runner = killed_at(2, "rename")
    secpold.reload(policy(MinimumPasswordLength=14))
    machine.start()
    assert wait_until(lambda: not machine.alive(), 20)
    machine.runner = []
    machine.start()
    machine.wait_for(lambda: value(bus) == 14)
    assert "by somebody else" not in machine.log()
    secpold.reload(EMPTY)
    machine.wait_for(lambda: is_as_before(machine))


def test_folders_that_were_made_do_not_wait_for_slow_services(bus, secpold, machine):
    text = (machine.bindings / "machine.binding").read_text(encoding="utf-8")
    text = re.sub("Run=.*", "Run=/bin/sleep 6", text)
    machine.write_binding("machine", text).start()
    machine.wait_for(lambda: state(bus) == "enforced", 20)
    secpold.reload(EMPTY)
    machine.wait_for(lambda: machine.differences() == "", 4)


def test_stricter_values_stay(bus, secpold, machine):
    change(machine, "length = 9", "length = 14")
    machine.snapshot()
    machine.start()
    machine.wait_for(lambda: state(bus) == "enforced")
    assert "length = 14" in machine.read(CONF)
    assert (value(bus), reason(bus)) == (12, "machine: 14")
    secpold.reload(policy(MinimumPasswordLength=16))
    machine.wait_for(lambda: "length = 16" in machine.read(CONF))
    machine.wait_for(lambda: value(bus) == 16 and reason(bus) == "")
    secpold.reload(policy(MinimumPasswordLength=8))
    machine.wait_for(lambda: "length = 14" in machine.read(CONF))
    machine.wait_for(lambda: (value(bus), reason(bus)) == (8, "machine: 14"))
    secpold.reload(EMPTY)
    machine.wait_for(lambda: machine.differences() == "")


def test_who_becomes_stricter_while_it_is_locked_is_let(bus, secpold, machine):
    machine.start()
    machine.wait_for(lambda: is_done(bus, machine))
    change(machine, "length = 12", "length = 14")
    machine.wait_for(lambda: reason(bus) == "machine: 14")
    assert (state(bus), value(bus)) == ("enforced", 12)
    assert "by somebody else" not in machine.log()
    change(machine, "length = 14", "length = 10")
    machine.wait_for(lambda: "length = 12" in machine.read(CONF))
    machine.wait_for(lambda: "by somebody else" in machine.log())
    change(machine, "length = 12", "length = 13")
    machine.wait_for(lambda: "machine: 13" in reason(bus))
    secpold.reload(EMPTY)
    machine.wait_for(lambda: not (machine.etc / DROP_IN).exists())
    assert "length = 13" in machine.read(CONF)


def test_what_others_keep_on_the_same_line_stays(bus, secpold, machine):
    """A password beside its age, say."""
    path = machine.etc / "shadow"
    path.write_text("".join(f"{name}:$1$old:1:0:99999:7:::\n" for name in ("root", "ann", "bob")))
    text = (machine.bindings / "machine.binding").read_text(encoding="utf-8")
    text = text.replace(
        "[Check length]",
        "[Edit age]\nWhen=PasswordMinimumLength\nFile=/etc/shadow\nLens=Shadow.lns\nEach=*\n"
        "Path=maxage_days\nValue=${PasswordMinimumLength}\n[Check length]",
    )
    machine.write_binding("machine", text).start()
    machine.wait_for(lambda: "ann:$1$old:1:0:12:7:::\n" in machine.read("shadow"))
    machine.edit("shadow", lambda text: text.replace("ann:$1$old:1:0:12", "ann:$1$new:2:0:12"))
    machine.edit("shadow", lambda text: text.replace("bob:$1$old:1:0:12", "bob:$1$newer:3:0:500"))
    machine.wait_for(lambda: "bob:$1$newer:3:0:12:" in machine.read("shadow"))
    assert "ann:$1$new:2:0:12:7:::\n" in machine.read("shadow")
    secpold.reload(EMPTY)
    machine.wait_for(lambda: "ann:$1$new:2:0:99999:7:::\n" in machine.read("shadow"))
    assert machine.read("shadow").splitlines() == [
        "root:$1$old:1:0:99999:7:::",
        "ann:$1$new:2:0:99999:7:::",
        "bob:$1$newer:3:0:99999:7:::",
    ]


def test_whoever_puts_a_complying_value_down_is_told_of(bus, machine):
    """Nothing had to be done there before."""
    change(machine, "length = 9", "length = 14")
    machine.start()
    machine.wait_for(lambda: state(bus) == "enforced")
    change(machine, "length = 14", "length = 9")
    machine.wait_for(lambda: "length = 12" in machine.read(CONF))
    machine.wait_for(lambda: f"/etc/{CONF} was changed by somebody else" in machine.log())


def test_for_a_while_a_report_tells_who_was_there(bus, machine, watch):
    machine.start()
    machine.wait_for(lambda: is_done(bus, machine))
    change(machine, "length = 12", "length = 7")
    machine.wait_for(lambda: watch.signals("Violation"))
    tale = f"/etc/{CONF} was changed by somebody else at 20"
    assert tale in str(watch.signals("Violation"))
    machine.wait_for(lambda: state(bus) == "enforced" and tale in reason(bus))
    assert reason(bus).endswith("UTC, and repaired")
    machine.wait_for(lambda: watch.signals("Repaired"))
    item, effect, detail, usec = watch.signals("Repaired")[0][1]
    assert (item, effect) == ("MinimumPasswordLength", "settings")
    assert tale in detail and 0 < usec < 20_000_000


def test_another_policy_repairs_nothing(bus, secpold, machine, watch):
    """That an item was not in force at first, and then is, is nobody's doing."""
    machine.start()
    machine.wait_for(lambda: is_done(bus, machine))
    secpold.reload(policy(MinimumPasswordLength=14))
    machine.wait_for(lambda: value(bus) == 14)
    time.sleep(0.5)
    assert not watch.signals("Repaired")


def test_a_folder_that_is_watched_is_heard(bus, machine):
    text = (machine.bindings / "machine.binding").read_text(encoding="utf-8")
    text = text.replace("Run=", "Watch=/etc/secpold-keys\nRun=")
    text += "[Check key]\nSettings=PasswordMinimumLength\nCommand=/bin/cat /etc/secpold-keys/one\n"
    (machine.etc / "secpold-keys").mkdir()
    (machine.etc / "secpold-keys/one").write_text("12\n")
    machine.write_binding("machine", text).start()
    machine.wait_for(lambda: state(bus) == "enforced")
    (machine.etc / "secpold-keys/one").write_text("7\n")
    machine.wait_for(lambda: state(bus) == "violated", 4)


def test_access_lists_and_further_names(bus, machine):
    path = machine.etc / CONF
    subprocess.run(["cp", "-l", path, path.with_name("link")], check=True)
    # Version 2: owner rw, user 1000 r, group r, mask r, others nothing.
    grant = bytes.fromhex(
        "02000000" "01000600ffffffff" "02000400e8030000" "04000400ffffffff" "10000400ffffffff"
        "20000000ffffffff"
    )
    os.setxattr(path, "system.posix_acl_access", grant)
    machine.start()
    machine.wait_for(lambda: is_done(bus, machine))
    assert os.getxattr(path, "system.posix_acl_access") == grant
    assert path.with_name("link").read_text() == TEXT


@pytest.mark.parametrize("kind", ["large", "binary", "fifo", "folder"])
def test_what_is_no_text_is_left_alone(bus, machine, kind):
    path = machine.etc / CONF
    path.unlink()
    if kind == "large":
        path.write_bytes(b"# a line\n" * 200000)
    elif kind == "binary":
        path.write_bytes(b"length = 9\n\0\n")
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    machine.start()
    machine.wait_for(lambda: state(bus) == "violated")
    assert f"/etc/{CONF}" in bus.item("MinimumPasswordLength", "Detail")
    assert {"large": path.is_file, "binary": path.is_file, "fifo": path.is_fifo}.get(
        kind, path.is_dir
    )()
    assert "length = 12" in machine.read(DROP_IN)


def test_a_file_behind_a_folder_that_is_a_link(bus, secpold, machine):
    """Made where it really is, and found there again."""
    (machine.etc / "secpold-real").mkdir()
    (machine.etc / "secpold-made").symlink_to("secpold-real")
    machine.snapshot()
    machine.start()
    machine.wait_for(lambda: is_done(bus, machine))
    time.sleep(1)
    assert machine.read("secpold-real/deep/drop-in.conf") == "length = 12\n"
    assert machine.log().count("drop-in.conf is as") == 1
    secpold.reload(EMPTY)
    machine.wait_for(lambda: is_as_before(machine))


def test_a_link_in_a_folder_of_others_leads_nowhere(bus, machine):
    """Though it leads to a folder that is root's alone."""
    theirs = machine.etc / "secpold-made"
    (theirs / "deep").mkdir(parents=True)
    os.chown(theirs / "deep", 1000, 1000)
    victim = machine.etc / "secpold-test/victim"
    victim.write_text("root's\n")
    (theirs / "deep/drop-in.conf").symlink_to("/etc/secpold-test/victim")
    machine.start()
    machine.wait_for(lambda: state(bus) == "violated")
    assert "others than root can write to /etc/secpold-made/deep" in machine.log()
    assert victim.read_text() == "root's\n"


def test_who_writes_at_the_same_time_loses_nothing(bus, secpold, machine):
    """An administrator's lines are there in the end, whenever they were written."""
    machine.start()
    for number in range(30):
        change(machine, "# Ours", f"# line {number}\n# Ours")
        if number % 5 == 0:
            secpold.reload(policy(MinimumPasswordLength=12 + number // 5))
        time.sleep(0.02)
    machine.wait_for(lambda: "length = 17" in machine.read(CONF), 20)
    missing = [n for n in range(30) if f"# line {n}\n" not in machine.read(CONF)]
    assert not missing, machine.log()
