# SPDX-License-Identifier: GPL-2.0-or-later
"""What somebody could have put in the place of secpold's files: nothing of it holds up the start,
opens a port, or makes secpold write elsewhere."""

import os
import pathlib
import shutil
import socket

import pytest

import rules
from documents import policy
from life import Importer, import_

LPD = policy("RestrictLpdPort", "RestrictRawPort")
NEXT = policy("RestrictLpdPort", name="Next", serial=2)


def fifo(path):
    os.mkfifo(path)


def folder(path):
    path.mkdir()
    (path / "in the way").touch()


def circle(path):
    path.symlink_to(path.name)


def endless(path):
    path.symlink_to("/dev/zero")


def nowhere(path):
    path.symlink_to("/nonexistent/file")


def listener(path):
    home = os.getcwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(home)


def huge(path):
    with path.open("wb") as file:
        file.truncate(1 << 40)


def terminal(path):
    path.symlink_to("/dev/tty")


SHAPES = (fifo, folder, circle, endless, nowhere, listener, huge, terminal)
every_shape = pytest.mark.parametrize("shape", SHAPES)
IN_STATE = (
    "policies/1/policy",
    "policies/1/meta",
    "policies/1/policy.minisig",
    "policies/1",
    "policies/2",
    "policies/current",
    "policies",
    "current",
    "serial-floor",
    "last-generation",
    "seal",
    "attempts",
    "blocked-radios",
)


@pytest.fixture(autouse=True)
def forgotten(secpold):
    """Nobody keeps the table for it: what is closed after a start, that start has closed."""
    secpold.has_store = False


def put(shape, path):
    """In the place of what is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    shape(path)


@every_shape
def test_whatever_lies_in_the_state_directory_the_ports_are_closed(net, bus, secpold, shape):
    for name in IN_STATE:
        shutil.rmtree(secpold.state, ignore_errors=True)
        secpold.start(LPD)
        import_(bus, LPD)
        secpold.kill()
        net.device.clear()
        put(shape, secpold.state / name)
        secpold.start()
        assert rules.is_closed(net), name
        secpold.kill()
        net.device.clear()


@every_shape
def test_whatever_lies_in_the_place_of_policy_and_profile_the_ports_are_closed(net, secpold, shape):
    secpold.start(LPD).kill()
    for path in (secpold.policy_file, secpold.profile_file):
        net.device.clear()
        put(shape, path)
        secpold.names_profile = True
        secpold.start()
        assert rules.is_closed(net), path
        secpold.kill()
        put(lambda it: it.write_text(LPD if it == secpold.policy_file else "[Device]\n"), path)


@every_shape
def test_whatever_lies_in_the_runtime_directory_the_ports_are_closed(net, secpold, shape):
    run = secpold.directory / "run"
    for name in ("usb-gadgets", "usb-storage", "radios", "reserved-ports", "wireless", "modules"):
        put(shape, run / name)
    secpold.start(LPD)
    assert rules.is_closed(net)


# Writing


def links_to(victim, state):
    """Wherever secpold writes, and where it writes first to rename that."""
    for name in ("attempts", "seal", "serial-floor", "last-generation", "policies/2", "current"):
        for path in (state / name, state / f"{name}.new", state / f"policies/{name}.new"):
            if path.parent.is_dir() and not path.exists():
                path.symlink_to(victim)


@pytest.mark.parametrize("hard", (False, True), ids=("symbolic", "hard"))
def test_what_a_link_leads_to_is_never_written_to(net, bus, secpold, tmp_path, hard):
    victim = tmp_path / "victim"
    victim.write_text("untouched", encoding="ascii")
    secpold.start(LPD)
    import_(bus, LPD)
    secpold.kill()
    links_to(victim, secpold.state)
    if hard:
        for path in (secpold.state / "attempts", secpold.state / "serial-floor"):
            path.unlink(missing_ok=True)
            os.link(victim, path)
    secpold.start()
    # Whether it can be stored is another question.
    importer = Importer(bus)
    assert importer.outcome(NEXT.encode()) in (2, 3, "StorageFailed")
    importer.close()
    assert victim.read_text(encoding="ascii") == "untouched"
    assert pathlib.Path(victim).stat().st_mode & 0o777 == 0o644
    assert rules.is_closed(net)
