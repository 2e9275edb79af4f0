# SPDX-License-Identifier: GPL-2.0-or-later
"""What secpol-agent tells the journal, and the text that journalctl -x shows with it."""

import pytest

from daemon import SOURCE
from documents import policy
from journal import Journal, catalog_texts, check_explained, message_ids
from probes import wait_until

IDS = message_ids(SOURCE / "agent/message-ids.h")
EMPTY = policy()
CONF = "secpold-test/conf"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return catalog_texts(SOURCE / "systemd/secpol-agent.catalog", tmp_path_factory.mktemp("catalog"))


@pytest.fixture
def journal(policy_agent, tmp_path, catalog):
    """The agent's stderr is the journal's, as a unit's is; whatever it sends has to be explained."""
    private = Journal(tmp_path / "run")
    private.ids = IDS
    private.take_stderr_of(policy_agent)
    yield private
    check_explained(private, catalog)
    private.close()


@pytest.fixture
def machine(secpold, policy_agent, journal):
    (policy_agent.etc / "secpold-test").mkdir()
    (policy_agent.etc / CONF).write_text("length = 9\n", encoding="utf-8")
    policy_agent.write_binding(
        "machine",
        "[Binding]\nFormatVersion=1\nService=machine\n"
        "[Edit length]\nWhen=PasswordMinimumLength\n"
        f"File=/etc/{CONF}\nLens=Simplevars.lns\nPath=length\n"
        "Value=${PasswordMinimumLength}\n"
        "[Check length]\nSettings=PasswordMinimumLength\nEdit=length\n",
    )
    secpold.start(policy(MinimumPasswordLength=12))
    return policy_agent


def told(journal, name):
    assert wait_until(lambda: journal.events(name)), journal.entries
    return journal.events(name)[0]


def is_about(entry, path=CONF):
    return (entry["OBJECT"], entry["SETTING"], entry["BINDING"]) == (
        f"/etc/{path}",
        "PasswordMinimumLength",
        "machine",
    )


def enforced(bus, machine):
    machine.start()
    machine.wait_for(lambda: bus.item("MinimumPasswordLength", "State") == "enforced")


def test_every_id_has_a_text_and_the_other_way_round(bus, machine, journal, catalog):
    enforced(bus, machine)
    assert set(catalog) == set(IDS.values())
    assert len(set(IDS.values())) == len(IDS) >= 8


def test_changed_and_put_back(bus, secpold, machine, journal):
    enforced(bus, machine)
    entry = told(journal, "AGENT_CHANGED")
    assert is_about(entry)
    assert (entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"]) == ("6", "secpol-agent")
    secpold.reload(EMPTY)
    assert told(journal, "AGENT_RESTORED")["OBJECT"] == f"/etc/{CONF}"
    # Nothing goes to both.
    assert machine.log() == ""


def test_repaired_and_fought_over(bus, machine, journal):
    enforced(bus, machine)

    def gives_up():
        if "12" in machine.read(CONF):
            machine.edit(CONF, lambda text: text.replace("12", "7"))
        return journal.events("AGENT_FIGHT")

    machine.wait_for(gives_up, 30)
    repairs = journal.events("AGENT_REPAIRED")
    assert len(repairs) == 3 and all(map(is_about, repairs))
    assert repairs[0]["PRIORITY"] == "4"
    assert is_about(journal.events("AGENT_FIGHT")[0])


def test_what_somebody_changed_since_stays(bus, secpold, machine, journal):
    enforced(bus, machine)
    machine.end()
    machine.edit(CONF, lambda text: text.replace("12", "20"))
    secpold.reload(EMPTY)
    machine.start()
    assert told(journal, "AGENT_LEFT")["OBJECT"] == f"/etc/{CONF}"


def test_what_cannot_be_done_and_what_cannot_be_read(bus, machine, journal):
    (machine.etc / CONF).write_text("%% no assignment\n", encoding="utf-8")
    machine.write_binding("broken", "[Binding]\nFormatVersion=1\nService=x\nOops=1\n").start()
    entry = told(journal, "AGENT_PROBLEM")
    assert is_about(entry)
    assert "cannot read the file" in entry["DETAIL"] and entry["DETAIL"] in entry["MESSAGE"]
    assert "Oops: unknown key" in told(journal, "AGENT_BINDING")["DETAIL"]
