# SPDX-License-Identifier: GPL-2.0-or-later
"""A device whose store has a file system of its own, which cannot be mounted when it starts."""

import pathlib
import subprocess

import pytest

import rules
from documents import PORTS
from probes import wait_until
from unit import SECONDS, Unit, properties, run, secpolctl
from wire import Wire

GUEST = {
    "kernels": ["6.1"],
    "boot": "cold",
    "files": {
        "/etc/fstab": "/dev/vda /var/lib/secpold ext4 nofail 0 2\n",
        "/etc/secpold/default.policy": """[Policy]
FormatVersion=1
Name=Site
Serial=1
[Network]
RestrictLpdPort=yes
""",
        "/root/imported.policy": """[Policy]
FormatVersion=1
Name=Imported
Serial=2
[Network]
RestrictRawPort=yes
""",
    },
}
STORE = "/var/lib/secpold"
MOUNT = "var-lib-secpold.mount"
ALL_PORTS = [port for ports in PORTS.values() for port in ports]

unit = Unit()


@pytest.fixture(scope="module")
def net():
    wire = Wire().connect()
    yield wire
    wire.close()


def test_the_mount_has_failed_and_the_unit_has_not():
    """Otherwise the rest of the file shows nothing."""
    assert properties(MOUNT, "Result", "ActiveState")["ActiveState"] == "failed"
    assert unit.show("ActiveState", "Result", "NRestarts") == {
        "ActiveState": "active",
        "Result": "success",
        "NRestarts": "0",
    }


def test_the_fallback_holds_and_not_the_provisioned_policy(net):
    unit.wait_state("degraded")
    assert (unit.manager("PolicyOrigin"), unit.manager("PolicyName")) == ("fallback", "Fallback")
    assert any("/var/lib/secpold is not mounted" in text for text in unit.manager("Problems"))
    assert rules.delivered(net, ALL_PORTS) == set()


def test_nothing_is_imported_into_the_directory_below():
    done = secpolctl("import", "/root/imported.policy", check=False)
    assert done.returncode == 1
    assert not list(pathlib.Path(STORE).iterdir())


def test_status_and_journal_tell_why():
    assert "is not mounted" in secpolctl("status").stdout
    (entry,) = unit.events("4406408e70684a2d9659457c8c57d9bb")
    assert "/var/lib/secpold is not mounted" in entry["DETAIL"]
    run("journalctl", "--update-catalog")
    explained = unit.journal("--catalog", f"MESSAGE_ID={entry['MESSAGE_ID']}")
    assert "The security policy cannot be read; the built-in fallback is in force" in explained


@pytest.fixture(scope="module")
def disk():
    """An ext4 file system in a file."""
    image = "/root/store.img"
    subprocess.run(["truncate", "--size=8M", image], check=True)
    run("mkfs.ext4", "-q", image)
    return image


def test_as_soon_as_it_is_mounted_secpold_goes_on_with_it(net, disk):
    pid = unit.pid
    run("mount", "-o", "loop", disk, STORE)
    unit.wait_state("enforcing")
    assert (unit.manager("PolicyName"), unit.pid) == ("Site", pid)
    assert rules.delivered(net, [515, 9100]) == {9100}
    secpolctl("import", "/root/imported.policy")
    assert (pathlib.Path(STORE) / "policies/1/policy").exists()
    assert rules.delivered(net, [515, 9100]) == {515}


def test_what_was_imported_there_is_missed_when_it_is_gone_and_found_again(net, disk):
    unit.do("stop")
    run("umount", STORE)
    unit.do("start")
    unit.wait_state("degraded")
    assert unit.manager("PolicyOrigin") == "fallback"
    assert rules.delivered(net, ALL_PORTS) == set()
    run("mount", "-o", "loop", disk, STORE)
    assert wait_until(lambda: unit.manager("PolicyName") == "Imported", SECONDS)
    assert rules.delivered(net, [515, 9100]) == {515}
    assert unit.state() == "enforcing"


def test_another_mount_elsewhere_does_not_matter(disk):
    unit.do("stop")
    run("umount", STORE)
    unit.do("start")
    unit.wait_state("degraded")
    run("mount", "-t", "tmpfs", "tmpfs", "/mnt")
    assert not wait_until(lambda: unit.state() != "degraded", 1)
