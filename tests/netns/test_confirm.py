# SPDX-License-Identifier: GPL-2.0-or-later
"""A policy imported for a limited time: confirmed it stays, otherwise the one before comes back."""

import dbus
import pytest

import rules
from documents import policy
from life import call, import_, refused
from probes import wait_until

LPD = policy("RestrictLpdPort")
RAW = policy("RestrictRawPort", name="Second", serial=2)


def confirm(bus, generation):
    call(bus, "Confirm", dbus.UInt64(generation))


def error_of(bus, method, *arguments):
    with pytest.raises(dbus.DBusException) as caught:
        call(bus, method, *arguments)
    return caught.value.get_dbus_name().removeprefix("org.secpold1.Error.")


def test_unconfirmed_gives_way_in_time(net, bus, secpold, watch):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW, confirm_sec=1)
    assert rules.delivered(net, [515, 9100]) == {515}
    assert bus.manager("ConfirmUntilUSec") > 0
    assert wait_until(lambda: bus.manager("Generation") == 1, 5)
    assert rules.delivered(net, [515, 9100]) == {9100}
    assert bus.manager("ConfirmUntilUSec") == 0
    assert "taken back" in secpold.log()


def test_the_first_import_gives_way_to_the_provisioned_policy(net, bus, secpold):
    secpold.start(LPD)
    import_(bus, RAW, confirm_sec=1)
    assert wait_until(lambda: bus.manager("PolicyOrigin") == "provisioned", 5)
    assert rules.delivered(net, [515, 9100]) == {9100}


def test_the_first_import_gives_way_to_nothing_where_nothing_was(net, bus, secpold):
    secpold.start()
    import_(bus, RAW, confirm_sec=1)
    assert wait_until(lambda: bus.manager("State") == "no-policy", 5)
    assert rules.delivered(net, [9100]) == {9100}
    secpold.kill()
    secpold.start()
    assert bus.manager("State") == "no-policy"


def test_confirmed_stays_also_after_a_crash(bus, secpold):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW, confirm_sec=2)
    confirm(bus, 2)
    assert bus.manager("ConfirmUntilUSec") == 0
    secpold.kill()
    secpold.start()
    assert not wait_until(lambda: bus.manager("Generation") != 2, 3)


def test_the_deadline_goes_on_while_secpold_is_dead(net, bus, secpold):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW, confirm_sec=2)
    secpold.kill()
    secpold.start()
    assert bus.manager("Generation") == 2
    assert wait_until(lambda: bus.manager("Generation") == 1, 5)
    import_(bus, RAW, confirm_sec=1)
    secpold.kill()
    assert not wait_until(lambda: False, 1.2)
    secpold.start()
    assert bus.manager("Generation") == 1
    assert rules.delivered(net, [515, 9100]) == {9100}


def test_unconfirmed_does_not_survive_a_reboot(bus, secpold):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW, confirm_sec=3600)
    secpold.kill()
    meta = secpold.state / "policies/2/meta"
    boot = next(line for line in meta.read_text().splitlines() if line.startswith("BootId="))
    meta.write_text(meta.read_text().replace(boot, "BootId=" + "0" * 32))
    secpold.start()
    assert bus.manager("Generation") == 1


def test_revert_works_until_confirmed(net, bus, secpold):
    secpold.start()
    import_(bus, LPD)
    assert error_of(bus, "Revert") == "NothingToConfirm"
    import_(bus, RAW, confirm_sec=60)
    call(bus, "Revert")
    assert bus.manager("Generation") == 1
    assert rules.delivered(net, [515, 9100]) == {9100}
    assert error_of(bus, "Revert") == "NothingToConfirm"


def test_only_the_generation_that_waits_can_be_confirmed(bus, secpold):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW, confirm_sec=60)
    assert error_of(bus, "Confirm", dbus.UInt64(1)) == "NothingToConfirm"
    confirm(bus, 2)
    assert error_of(bus, "Confirm", dbus.UInt64(2)) == "NothingToConfirm"


def test_only_a_confirmed_import_raises_the_serial_floor(bus, secpold):
    secpold.start()
    import_(bus, policy(serial=1))
    import_(bus, policy(serial=9), confirm_sec=60)
    call(bus, "Revert")
    assert import_(bus, policy(serial=5), confirm_sec=60) == 3
    assert error_of(bus, "Confirm", dbus.UInt64(2)) == "NothingToConfirm"
    confirm(bus, 3)
    assert refused(bus, policy(serial=4))[0] == "StaleSerial"


def test_importing_the_same_document_for_good_confirms_it(bus, secpold):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW, confirm_sec=2)
    import_(bus, RAW)
    assert not wait_until(lambda: bus.manager("PolicyName") != "Second", 3)


def test_an_unconfirmed_import_over_an_unconfirmed_one_leads_back_to_what_was_confirmed(
    bus, secpold
):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW, confirm_sec=60)
    import_(bus, policy("RestrictFtpPort", name="Third", serial=3), confirm_sec=60)
    call(bus, "Revert")
    assert bus.manager("PolicyName") == "Test"
