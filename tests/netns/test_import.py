# SPDX-License-Identifier: GPL-2.0-or-later
"""Import and export: which policies are let in, which are refused by which name, what stays."""

import dbus
import pytest

import rules
from documents import policy, profile
from life import call, export, import_, refused

LPD = policy("RestrictLpdPort")
RAW = policy("RestrictRawPort", name="Second", serial=2)
def test_an_imported_policy_is_enforced_when_import_returns(net, bus, secpold):
    secpold.start()
    assert bus.manager("State") == "no-policy"
    assert import_(bus, LPD) == 1
    assert bus.item("RestrictLpdPort", "State") == "enforced"
    assert rules.delivered(net, [515, 9100]) == {9100}
    assert (bus.manager("PolicyOrigin"), bus.manager("Generation")) == ("imported", 1)
    assert bus.manager("PolicyImportedUSec") > 0


def test_an_imported_policy_survives_a_crash_and_goes_before_the_provisioned_one(net, bus, secpold):
    secpold.start(LPD)
    import_(bus, RAW)
    secpold.kill()
    secpold.start()
    assert bus.manager("PolicyName") == "Second"
    assert rules.delivered(net, [515, 9100]) == {515}


def test_export_returns_the_very_bytes_that_were_imported(bus, secpold):
    document = b"# \xc3\xa4\r\n" + LPD.encode() + b"\n\n# end"
    secpold.start()
    import_(bus, document)
    assert export(bus) == (document, b"")
    import_(bus, RAW)
    assert export(bus, 1) == (document, b"")
    assert export(bus, 2)[0] == RAW.encode()


def test_there_is_nothing_to_export_without_a_policy(bus, secpold):
    secpold.start()
    with pytest.raises(dbus.DBusException, match="no policy in force"):
        export(bus)


def test_importing_the_policy_in_force_changes_nothing(bus, secpold, watch):
    secpold.start()
    import_(bus, LPD)
    assert watch.wait_for("PolicyChanged")
    before = watch.signals("PolicyChanged")
    assert import_(bus, LPD) == 1
    assert len(call(bus, "ListGenerations")) == 1
    assert watch.signals("PolicyChanged") == before


@pytest.mark.parametrize(
    "document, error",
    (
        (LPD + "RestrictRawPrt=yes\n", "InvalidPolicy"),
        (b"\xff\xfe", "InvalidPolicy"),
        (b"#" * 65537, "InvalidPolicy"),
        (LPD + "[Seal]\nSalt=AAAA\n", "InvalidPolicy"),
    ),
    ids=("unknown key", "not UTF-8", "too large", "damaged seal"),
)
def test_a_bad_document_is_refused_whole(net, bus, secpold, document, error):
    secpold.start()
    import_(bus, RAW)
    assert refused(bus, document)[0] == error
    assert bus.manager("PolicyName") == "Second"
    assert rules.delivered(net, [515, 9100]) == {515}


def test_a_serial_may_not_go_down_and_the_refusal_names_both(bus, secpold):
    secpold.start()
    import_(bus, policy("RestrictLpdPort", serial=12))
    name, text = refused(bus, policy("RestrictRawPort", serial=9))
    assert name == "StaleSerial" and "9" in text and "12" in text
    assert refused(bus, policy("RestrictRawPort", serial=12))[0] == "StaleSerial"
    assert import_(bus, policy("RestrictRawPort", serial=13)) == 2


def test_the_profile_may_let_an_older_serial_in(bus, secpold):
    secpold.start(profile=profile(Import={"AllowOlderSerial": "yes"}))
    import_(bus, policy("RestrictLpdPort", serial=12))
    assert import_(bus, policy("RestrictRawPort", serial=9)) == 2


def test_the_serial_floor_outlives_the_policies(bus, secpold):
    secpold.start()
    import_(bus, policy(serial=12))
    secpold.kill()
    secpold.start()
    assert refused(bus, policy(serial=11))[0] == "StaleSerial"


@pytest.mark.parametrize(
    "options",
    ({"confirm_sec": 0}, {"confirm_sec": 86401}, {"confirm-sec": "60"}, {"wait": 1},
     {"password": ""}, {"password": "x" * 129}, {"password": "a\nb"}),
    ids=str,
)
def test_options_out_of_order_are_named_errors(bus, secpold, options):
    secpold.start()
    assert refused(bus, LPD, **options)[0] == "org.freedesktop.DBus.Error.InvalidArgs"
    assert bus.manager("State") == "no-policy"


def test_an_item_of_an_absent_function_is_accepted_and_inert(net, bus, secpold):
    secpold.start(profile=profile(Functions={"Lpd": "no"}))
    import_(bus, LPD)
    assert bus.item("RestrictLpdPort", "State") == "not-available"
    assert bus.item("RestrictLpdPort", "Requested") is True
    assert rules.delivered(net, [515]) == {515}


def test_history_tells_who_imported_what(bus, secpold):
    secpold.start()
    for serial in range(1, 8):
        import_(bus, policy("RestrictLpdPort", serial=serial))
    generations = call(bus, "ListGenerations")
    assert [int(number) for number, _ in generations] == [7, 6, 5, 4, 3]
    newest = generations[0][1]
    assert (newest["Serial"], newest["Uid"], newest["Confirmed"]) == (7, 0, True)
    assert newest["Digest"] == bus.manager("PolicyDigest")


def test_a_damaged_generation_gives_way_to_the_one_before(net, bus, secpold):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW)
    secpold.kill()
    (secpold.state / "policies/2/policy").write_text("[Policy]\n")
    secpold.start()
    assert bus.manager("PolicyName") == "Test"
    assert bus.manager("State") == "degraded"
    assert "Generation 2" in " ".join(bus.manager("Problems"))
    assert (secpold.state / "policies/2.damaged").is_dir()
    assert rules.delivered(net, [515]) == set()


def test_with_every_generation_damaged_the_ports_are_closed(net, bus, secpold):
    secpold.start()
    import_(bus, policy())
    secpold.kill()
    (secpold.state / "policies/1/meta").unlink()
    secpold.start()
    assert (bus.manager("PolicyOrigin"), bus.manager("State")) == ("fallback", "degraded")
    assert rules.delivered(net, [515, 9100]) == set()


def test_a_store_that_cannot_be_used_closes_the_ports(net, bus, secpold):
    secpold.state.rmdir() if secpold.state.exists() else None
    secpold.state.write_text("not a directory")
    secpold.start(policy())
    assert (bus.manager("PolicyOrigin"), bus.manager("State")) == ("fallback", "degraded")
    assert rules.delivered(net, [515]) == set()
    assert refused(bus, LPD)[0] == "StorageFailed"
    secpold.state.unlink()
    secpold.reload()
    assert bus.manager("PolicyOrigin") == "provisioned"
    assert rules.delivered(net, [515]) == {515}


def test_a_factory_reset_forgets_policies_serials_and_password(bus, secpold):
    secpold.start()
    import_(bus, policy("RestrictLpdPort", serial=12))
    assert secpold.run("--factory-reset").returncode == 1, "not while secpold runs"
    secpold.stop()
    done = secpold.run("--factory-reset")
    assert done.returncode == 0 and "forget" in done.stderr
    secpold.start()
    assert bus.manager("State") == "no-policy"
    assert import_(bus, policy("RestrictLpdPort", serial=1)) == 1
