# SPDX-License-Identifier: GPL-2.0-or-later
"""A store whose file system is not mounted looks empty; it is not taken for one nothing is in."""

import ctypes
import os
import subprocess

import pytest

import rules
from daemon import show_as
from documents import policy
from life import import_, refused
from probes import wait_until

LPD = policy("RestrictLpdPort", name="Office")


def tmpfs_at(path):
    def mount():
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b"tmpfs", os.fsencode(path), b"tmpfs", None, None):
            raise OSError(ctypes.get_errno(), f"cannot mount {path}")

    return mount


@pytest.fixture
def listed(secpold, tmp_path):
    """fstab, as only secpold sees it, with this mount point."""

    def write(mount_point):
        table = tmp_path / "fstab"
        table.write_text(
            f"# comment\nproc /proc proc defaults 0 0\nLABEL=data {mount_point} ext4 nofail 0 2\n"
        )
        secpold.in_child = [lambda: show_as("/etc/fstab", table)]

    return write


def is_fallback(bus):
    return (bus.manager("PolicyOrigin"), bus.manager("State")) == ("fallback", "degraded")


def test_not_mounted_is_not_nothing_imported(net, bus, secpold, listed):
    listed(secpold.directory)
    secpold.start()
    assert is_fallback(bus)
    (problem,) = bus.manager("Problems")
    assert f"{secpold.directory} is not mounted" in problem
    assert rules.delivered(net, [515, 9100]) == set()
    assert refused(bus, LPD)[0] == "StorageFailed"
    assert not secpold.state.exists()


def test_nor_is_the_provisioned_policy_enough_then(net, bus, secpold, listed):
    """What had been imported may have asked for more."""
    listed(secpold.state)
    secpold.start(policy())
    assert is_fallback(bus)
    assert rules.delivered(net, [515]) == set()


def test_a_directory_that_the_unit_makes_writable_is_not_a_mounted_one(net, bus, secpold, listed):
    """ReadWritePaths= binds the directory onto itself."""
    listed(secpold.state)
    secpold.state.mkdir()
    secpold.in_child.append(lambda: show_as(secpold.state, secpold.state))
    secpold.start()
    assert is_fallback(bus)
    assert rules.delivered(net, [515]) == set()


def test_mounted_it_is_as_ever(net, bus, secpold, listed):
    listed(secpold.state)
    secpold.state.mkdir()
    secpold.in_child.append(tmpfs_at(secpold.state))
    secpold.start()
    assert bus.manager("State") == "no-policy"
    assert import_(bus, LPD) == 1
    assert not list(secpold.state.iterdir())


def test_a_mount_unit_counts_as_well(net, bus, secpold, tmp_path):
    state = secpold.directory / "with-dash"
    secpold.state = state
    units = tmp_path / "units"
    units.mkdir()
    name = subprocess.run(
        ["systemd-escape", "--path", "--suffix=mount", state],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (units / name).write_text(f"[Mount]\nWhat=tmpfs\nWhere={state}\n")
    secpold.in_child = [lambda: show_as("/etc/systemd/system", units)]
    secpold.start()
    assert is_fallback(bus)


def test_what_others_have_to_mount_does_not_matter(bus, secpold, listed):
    listed(str(secpold.directory) + "-other")
    secpold.start()
    assert bus.manager("State") == "no-policy"


def test_when_it_is_mounted_a_reload_finds_the_policy(net, bus, secpold, listed, tmp_path):
    secpold.start()
    import_(bus, LPD)
    secpold.stop()
    listed(secpold.state)
    secpold.start()
    assert is_fallback(bus)
    # Where the daemon looks, the table now names nothing of ours.
    (tmp_path / "fstab").write_text("")
    secpold.reload()
    assert (bus.manager("PolicyName"), bus.manager("State")) == ("Office", "enforcing")
    assert rules.delivered(net, [515, 9100]) == {9100}


def test_a_store_that_is_mounted_late_is_found_by_itself(net, bus, secpold, listed):
    store = secpold.state
    secpold.start()
    import_(bus, LPD)
    secpold.stop()
    disk = store.rename(secpold.directory / "disk")
    store.mkdir()
    listed(store)
    secpold.in_child.append(lambda: show_as(store, store))
    secpold.start()
    assert is_fallback(bus)
    in_its_view = ("nsenter", f"--mount=/proc/{secpold.pid}/ns/mnt")
    subprocess.run([*in_its_view, "mount", "--bind", disk, secpold.directory / "run"], check=True)
    assert is_fallback(bus)
    subprocess.run([*in_its_view, "mount", "--bind", disk, store], check=True)
    assert wait_until(lambda: bus.manager("State") == "enforcing")
    assert bus.manager("PolicyName") == "Office"
    assert rules.delivered(net, [515, 9100]) == {9100}


def test_who_mounts_all_day_does_not_have_an_unusable_store_looked_for_all_day(bus, secpold):
    """In some places any user may mount."""
    secpold.state.write_text("no directory")
    secpold.in_child.append(lambda: show_as(secpold.directory, secpold.directory))
    secpold.start()
    assert is_fallback(bus)
    in_its_view = ("nsenter", f"--mount=/proc/{secpold.pid}/ns/mnt")
    said = secpold.log()
    for _ in range(5):
        subprocess.run([*in_its_view, "mount", "-t", "tmpfs", "none", "/mnt"], check=True)
        subprocess.run([*in_its_view, "umount", "/mnt"], check=True)
    assert is_fallback(bus)
    assert secpold.log() == said
