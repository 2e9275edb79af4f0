# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual printer booted as a device boots, with secpold installed and enabled."""

import pathlib

import pytest

import printer

GUEST = {
    "boot": "cold",
    "append": "printer.test=1",
    "files": {
        "/etc/secpold/default.policy": """
[Policy]
FormatVersion=1
Name=Cold
Serial=7

[Network]
RestrictRawPort=yes
"""
    },
}


def test_boot_is_without_failures():
    assert printer.run("systemctl", "is-system-running", check=False).strip() == "running"


def test_kernel_was_told_what_the_file_asks_for():
    assert " printer.test=1" in pathlib.Path("/proc/cmdline").read_text(encoding="ascii")


def test_policy_laid_over_the_root_is_in_force():
    assert printer.manager("PolicyName") == "Cold"
    assert printer.item("RestrictRawPort") == "enforced"


@pytest.mark.parametrize("name", ["sysctl", "modules-load", "sysusers", "tmpfiles-setup"])
def test_boot_does_what_it_does_on_a_device(name):
    unit = f"systemd-{name}.service"
    state = printer.run("systemctl", "show", "--property=ActiveState,Result", "--value", unit)
    assert sorted(state.split()) == ["active", "success"]
