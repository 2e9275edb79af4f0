# SPDX-License-Identifier: GPL-2.0-or-later
"""The audit trail as the journal receives it, and the text that journalctl -x shows with it."""

import re
import subprocess

import pytest

from daemon import SOURCE
from documents import policy, profile
from journal import Journal, catalog_texts, check_explained, message_ids
from life import call, import_, refused
from probes import wait_until

LPD = policy("RestrictLpdPort", name="Office")
RAW = policy("RestrictRawPort", name="Second", serial=2)
CATALOG = SOURCE / "systemd/secpold.catalog"
IDS = message_ids(SOURCE / "daemon/message-ids.h")


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return catalog_texts(CATALOG, tmp_path_factory.mktemp("catalog"))


@pytest.fixture
def journal(secpold, tmp_path):
    """secpold's stderr is the journal's, as a unit's is."""
    private = Journal(tmp_path / "run")
    private.ids = IDS
    private.take_stderr_of(secpold)
    yield private
    private.close()


@pytest.fixture
def explained(journal, catalog):
    """Afterwards."""
    yield
    check_explained(journal, catalog)


pytestmark = pytest.mark.usefixtures("explained")


def test_every_id_has_a_text_and_the_other_way_round(secpold, journal, catalog):
    secpold.start(LPD)
    assert set(catalog) == set(IDS.values())
    assert len(set(IDS.values())) == len(IDS) >= 10


def test_an_import_tells_what_and_who(bus, secpold, journal):
    secpold.start()
    import_(bus, LPD)
    entry = journal.event("IMPORTED")
    assert entry["POLICY_NAME"] == "Office"
    assert (entry["GENERATION"], entry["CALLER_UID"]) == ("1", "0")
    assert entry["POLICY_DIGEST"] == bus.manager("PolicyDigest")
    assert "CALLER_UNIT" in entry
    assert entry["PRIORITY"] == "5" and entry["SYSLOG_IDENTIFIER"] == "secpold"
    in_force = journal.event("POLICY_ENFORCED")
    assert (in_force["POLICY_ORIGIN"], in_force["POLICY_SERIAL"]) == ("imported", "1")
    # Nothing goes to both.
    assert secpold.log() == ""


def test_a_refusal_tells_why_and_who(bus, secpold, journal, author):
    secpold.start()
    sealed = author.seal(LPD, "Correct-7")
    import_(bus, sealed)
    reasons = [
        refused(bus, policy(serial=0) + "Oops=1\n")[0],
        refused(bus, sealed.replace(b"Office", b"Offica"))[0],
        refused(bus, policy(serial=3), **{"current-password": "Wrong-Guess-99"})[0],
        refused(bus, policy(serial=3))[0],
    ]
    assert reasons == ["InvalidPolicy", "SealInvalid", "PasswordMismatch", "PasswordRequired"]
    entries = journal.events("IMPORT_REFUSED")
    assert len(entries) == 4
    for entry, said in zip(entries, ("Oops", "seal does not fit", "not the one", "current")):
        assert said in entry["DETAIL"] and said in entry["MESSAGE"]
        assert (entry["CALLER_UID"], entry["PRIORITY"]) == ("0", "4")
    for entry in journal.entries:
        assert not any("Wrong-Guess-99" in value for value in entry.values())


def test_confirmed_and_taken_back(bus, secpold, journal):
    secpold.start()
    import_(bus, LPD, confirm_sec=60)
    call(bus, "Confirm", 1)
    entry = journal.event("CONFIRMED")
    assert (entry["GENERATION"], entry["CALLER_UID"]) == ("1", "0")
    import_(bus, RAW, confirm_sec=60)
    call(bus, "Revert")
    entry = journal.event("REVERTED")
    assert (entry["GENERATION"], entry["PREVIOUS_GENERATION"]) == ("2", "1")
    assert entry["CALLER_UID"] == "0"
    import_(bus, RAW, confirm_sec=1)
    assert wait_until(lambda: len(journal.events("LAPSED")) == 1)
    import_(bus, RAW, confirm_sec=3600)
    secpold.kill()
    meta = secpold.state / "policies/4/meta"
    meta.write_text(re.sub("BootId=.*", "BootId=" + "0" * 32, meta.read_text()))
    secpold.start()
    assert len(journal.events("LAPSED")) == 2
    assert len(journal.events("REVERTED")) == 1


def test_who_is_not_authorized_is_recorded_and_cannot_fill_the_journal(bus, secpold, journal):
    secpold.start()
    code = (
        "import dbus, dbus.bus, sys\n"
        "bus = dbus.bus.BusConnection(sys.argv[1])\n"
        "for _ in range(20):\n"
        "    try:\n"
        "        bus.call_blocking('org.secpold1', '/org/secpold1', 'org.secpold1.Manager',\n"
        "                          'Revert', '', ())\n"
        "    except dbus.DBusException as error:\n"
        "        assert error.get_dbus_name().endswith('AccessDenied'), error\n"
    )
    subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c",
         code, bus.address],
        check=True,
        timeout=30,
    )
    entries = journal.events("DENIED")
    assert 1 <= len(entries) < 10
    assert (entries[0]["ACTION"], entries[0]["CALLER_UID"]) == ("org.secpold1.import", "65534")


def test_a_violation_and_its_end(net, bus, secpold, journal, agent):
    secpold.start(policy("ForceAutoLogout"))
    panel = agent()
    panel.report(("AutoLogout", False, "the panel has no such timer"))
    assert wait_until(lambda: journal.events("VIOLATION"))
    entry = journal.event("VIOLATION")
    assert (entry["ITEM"], entry["EFFECT"]) == ("ForceAutoLogout", "settings")
    assert entry["DETAIL"]


def test_a_repair_tells_what_was_done_and_how_fast(net, bus, secpold, journal):
    secpold.start(LPD, profile(Firewall={"TableOwner": "no"}))
    net.device.nft("flush ruleset\n")
    assert wait_until(lambda: journal.events("REPAIRED"))
    entry = journal.events("REPAIRED")[0]
    assert (entry["ITEM"], entry["EFFECT"]) == ("RestrictLpdPort", "firewall")
    assert 0 < int(entry["REPAIR_USEC"]) < 5_000_000


def test_damage_refusal_and_fallback(bus, secpold, journal):
    secpold.start(LPD)
    secpold.reload("[Policy]\nOops\n")
    refusal = journal.event("POLICY_REFUSED")
    assert refusal["FILE"] and str(secpold.policy_file) in refusal["DETAIL"]
    secpold.kill()
    secpold.start()
    fallback = journal.event("FALLBACK")
    assert fallback["MESSAGE"] == fallback["DETAIL"]
    assert fallback["DETAIL"].startswith(
        "The provisioned policy cannot be used, so the fallback is in force: "
    )
    assert journal.events("DEGRADED")


def test_without_the_journal_it_is_lines(bus, secpold, journal):
    secpold.start(LPD)
    journal.receive()
    secpold.stop()
    secpold.environment = {"JOURNAL_STREAM": "1:1"}
    before = len(journal.entries)
    secpold.start()
    import_(bus, RAW)
    assert len(journal.receive()) == before
    assert "imported as generation 1 by user 0" in secpold.log()
