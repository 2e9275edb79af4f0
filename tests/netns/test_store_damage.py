# SPDX-License-Identifier: GPL-2.0-or-later
"""Policies that are lost, in part or altogether, while secpold runs or is away: nothing of that may
be a way to be rid of a policy, and none of it goes unsaid."""

import shutil
import subprocess

import pytest

import rules
from documents import policy
from life import call, import_, refused
from probes import wait_until

LPD = policy("RestrictLpdPort")
RAW = policy("RestrictRawPort", name="Second", serial=2)
FTP = policy("RestrictFtpPort", name="Third", serial=3)


def generation(secpold, number):
    return secpold.state / "policies" / str(number)


def damage(secpold, number):
    with (generation(secpold, number) / "policy").open("a", encoding="ascii") as document:
        document.write("# changed\n")


def restart(secpold):
    secpold.kill()
    secpold.start()


@pytest.mark.parametrize("how", ("deadline", "revert"))
def test_what_was_tried_over_the_fallback_gives_way_to_it_again(net, bus, secpold, how):
    secpold.start()
    import_(bus, LPD)
    secpold.kill()
    damage(secpold, 1)
    secpold.start()
    assert bus.manager("PolicyOrigin") == "fallback"
    import_(bus, RAW, confirm_sec=1 if how == "deadline" else 60)
    if how == "revert":
        call(bus, "Revert")
    assert wait_until(lambda: bus.manager("PolicyOrigin") != "imported", 5)
    assert (bus.manager("PolicyOrigin"), bus.manager("State")) == ("fallback", "degraded")
    assert rules.delivered(net, [515, 9100]) == set()


def test_a_lost_serial_floor_is_no_way_to_an_older_policy(bus, secpold):
    secpold.start()
    import_(bus, policy(serial=10))
    (secpold.state / "serial-floor").unlink()
    restart(secpold)
    import_(bus, policy("RestrictLpdPort", serial=11), confirm_sec=60)
    assert refused(bus, policy("RestrictRawPort", serial=9))[0] == "StaleSerial"
    assert refused(bus, policy("RestrictRawPort", serial=10))[0] == "StaleSerial"


LOSSES = {
    "changed": lambda secpold: damage(secpold, 1),
    "gone": lambda secpold: shutil.rmtree(generation(secpold, 1)),
    "not signed as it was": lambda secpold: (generation(secpold, 1) / "policy.minisig").write_text(
        "x"
    ),
    "not the current one": lambda secpold: (secpold.state / "current").unlink(),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_importing_again_what_the_store_has_lost_stores_it_again(bus, secpold, loss):
    secpold.start()
    import_(bus, LPD)
    LOSSES[loss](secpold)
    number = import_(bus, LPD)
    restart(secpold)
    assert (bus.manager("PolicyOrigin"), bus.manager("Generation")) == ("imported", number)
    assert bus.manager("PolicyName") == "Test"
    assert import_(bus, LPD) == number


def test_a_store_that_can_only_be_read_keeps_its_policy_in_force(net, bus, secpold):
    secpold.start()
    import_(bus, LPD)
    secpold.stop()
    state = str(secpold.state)
    subprocess.run(["mount", "--bind", state, state], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", state], check=True)
        secpold.start()
        assert (bus.manager("PolicyOrigin"), bus.manager("PolicyName")) == ("imported", "Test")
        assert rules.delivered(net, [515, 9100]) == {9100}
        assert refused(bus, RAW)[0] == "StorageFailed"
    finally:
        secpold.stop()
        subprocess.run(["umount", state], check=True)


@pytest.mark.parametrize("loss", (damage, lambda secpold, _: shutil.rmtree(generation(secpold, 2))))
def test_a_lost_generation_is_named_until_another_is_imported(bus, secpold, loss):
    secpold.start()
    import_(bus, LPD)
    import_(bus, RAW)
    secpold.kill()
    loss(secpold, 2)
    for _ in range(2):
        secpold.start()
        assert (bus.manager("PolicyName"), bus.manager("State")) == ("Test", "degraded")
        assert any("eneration 2" in problem for problem in bus.manager("Problems"))
        secpold.kill()
    secpold.start()
    import_(bus, FTP)
    assert bus.manager("State") == "enforcing"
    restart(secpold)
    assert bus.manager("State") == "enforcing"
