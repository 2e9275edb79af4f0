# SPDX-License-Identifier: GPL-2.0-or-later
"""Each call of secpold to libc that can fail fails once, in everything it does. No packet passes a
port that is closed, nothing is said to be enforced that is not, and within a second all is well."""

import contextlib

import pytest

from documents import profile
from fault_trials import WATCHED_ITEMS, Late, Trials
from faults import CALLS, THOROUGH, Faults, figure, quarters, sample
from prober import Prober
from witness import Witness

# How many of the calls, where not all are tried.
SAMPLE = 6
OPERATIONS = ("restart", "import_", "reload", "verify")
WATCHED = profile(Firewall={"TableOwner": "no"})


@pytest.fixture
def trials(tmp_path, net, bus, secpold):
    faults = Faults(tmp_path / "faults")
    secpold.before_program = faults.prefix("calls", "memory")
    witness = Witness(net, bus, WATCHED_ITEMS)
    with quarters(net, secpold):
        yield Trials(net, bus, secpold, witness, faults)
        faults.disarm()
    witness.close()


def count(trials, operation, kinds):
    trials.faults.arm(0, kinds=kinds)
    operation()
    n_calls = trials.faults.control.seen
    trials.faults.disarm()
    assert trials.recover() is None
    return n_calls


def fail_each(trials, operation, wanted, **kinds):
    """What did not end well, as text."""
    n_calls = count(trials, operation, **kinds)
    n_injected, wrong, trials.ended = 0, [], 0
    for number, variant in sample(n_calls, wanted, operation.__name__):
        trials.faults.arm(number, variant, **kinds)
        outcome = try_once(trials, operation)
        what = trials.faults.injected()
        if isinstance(outcome, Late):
            # The machine may have had better to do for a second; not twice, though.
            break_off(trials)
            trials.faults.arm(number, variant, **kinds)
            outcome = try_once(trials, operation)
        n_injected += what is not None
        if outcome:
            wrong.append(f"{what}: {outcome}")
            break_off(trials)
    return n_calls, n_injected, wrong


def try_once(trials, operation):
    """What is wrong afterwards, or None."""
    try:
        operation()
        trials.witness.check()
        missed = trials.recover()
        trials.faults.disarm()
        trials.check_store()
        return missed
    except AssertionError as lie:
        return str(lie)
    finally:
        trials.faults.disarm()


def break_off(trials):
    """What did not come back by itself shall not be blamed on the next fault."""
    if trials.secpold.alive():
        trials.secpold.kill()
    trials.secpold.start(wait=False)
    assert trials.recover() is None


@contextlib.contextmanager
def no_leak(net):
    with Prober(net, 515, pause=0.01, longest_silence=2.0) as prober:
        yield
        assert prober.leaks() == []


def report(trials, name, clean, n_calls, n_injected, wrong):
    figure(
        f"{name}: {n_injected} faults in {n_calls} calls, of which {trials.ended} ended secpold; "
        f"back after {trials.longest:.2f} s at most ({trials.longest_after}), a clean start takes {clean:.2f} s"
    )
    assert not wrong, "\n".join(wrong)
    assert n_injected >= SAMPLE // 2 - 1


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_call_fails_once(net, trials, name):
    clean = trials.begin()
    with no_leak(net):
        found = fail_each(trials, getattr(trials, name), SAMPLE, kinds=CALLS)
    report(trials, name, clean, *found)


def test_no_file_that_cannot_be_opened_makes_an_import_go_wrong(trials):
    """A record that could not be read the second time had the new policy take the first one's number,
    and be thrown away as the oldest."""
    clean = trials.begin()
    report(trials, "import_, open", clean, *fail_each(trials, trials.import_, 1000, kinds=["open"]))


@pytest.mark.parametrize("name", ("first_start", "lose_table"))
def test_each_call_fails_once_while_nothing_is_closed_yet(trials, name):
    clean = trials.begin(WATCHED)
    found = fail_each(trials, getattr(trials, name), SAMPLE, kinds=CALLS)
    report(trials, name, clean, *found)


@pytest.mark.parametrize("name", OPERATIONS if THOROUGH else OPERATIONS[:2])
def test_each_allocation_fails_once(net, trials, name):
    clean = trials.begin()
    with no_leak(net):
        found = fail_each(trials, getattr(trials, name), SAMPLE // 2, kinds=["memory"])
    report(trials, f"{name}, memory", clean, *found)
