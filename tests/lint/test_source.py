# SPDX-License-Identifier: GPL-2.0-or-later
"""The C source: style, static analysis, and who may include whom."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

import pytest

from conftest import C_FILES, relative

ENFORCERS = ("firewall", "port-reservation", "settings", "usb-gadget", "usb-storage", "wireless")

MECHANISMS = {"daemon/enforce/firewall", "daemon/enforce/usb", "daemon/enforce/wireless"}
ENFORCE = {"daemon/enforce", "daemon/enforce/consequences"} | MECHANISMS

BELOW_DAEMON = ENFORCE | {"daemon/files", "daemon/policy", "daemon/state"}
ENFORCE_MAY = {"daemon/enforce", "daemon/files", "daemon/policy"}

# From what each folder may take headers of the project. daemon/secpold.c, which puts the parts
# together, may know them all.
MAY_INCLUDE = {
    "daemon/policy": {"daemon/policy"},
    "daemon/files": {"daemon/files"},
    "daemon/enforce": ENFORCE_MAY,
    **{folder: {folder} | ENFORCE_MAY for folder in MECHANISMS},
    # What a policy would change is asked of all mechanisms.
    "daemon/enforce/consequences": ENFORCE | ENFORCE_MAY,
    "daemon/state": {"daemon/state", "daemon/files", "daemon/policy"},
    "daemon": {"daemon"} | BELOW_DAEMON,
    "daemon/bus": {"daemon/bus", "daemon"} | BELOW_DAEMON,
    "ctl": {"ctl"} | BELOW_DAEMON,
    "agent": {"agent"} | BELOW_DAEMON,
    "remote-ui": {"remote-ui", "daemon/policy"},
    # What bindings run: programs of their own, which share nothing with the agent.
    "agent/keys": {"agent/keys"},
    "agent/pam": {"agent/pam"},
    # Makers copy the files: their headers are beside them.
    "dbus/examples": {"."},
}

# The policy layer computes; these are for doing.
NOT_FOR_POLICY = re.compile(
    r"<(systemd|libnftnl|libmnl|gio|linux|net|sys)/|<(fcntl|poll|signal|stdio|syslog|unistd)\.h>"
)

# g_error() is left out: it says why the program ends where memory is out.
LOGS = re.compile(
    r"\b(g_(message|warning|critical|debug|info|log|print|printerr)|sd_journal_\w+|syslog"
    r"|f?printf|perror)\s*\("
)


def includes(path):
    return re.findall(r'^#include ([<"][^>"]+[>"])', path.read_text(encoding="utf-8"), re.MULTILINE)


def own_includes(path):
    return [name.strip('"') for name in includes(path) if name.startswith('"')]


def test_style():
    result = subprocess.run(
        ["clang-format", "--dry-run", "-Werror", *C_FILES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def tidy(build, path):
    result = subprocess.run(
        ["clang-tidy", "-p", build, "--quiet", "--extra-arg=-Wno-unknown-warning-option", path],
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


@pytest.fixture(scope="session")
def findings(build):
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    compiled = {(pathlib.Path(command["directory"]) / command["file"]).resolve() for command in commands}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(compiled, pool.map(lambda path: tidy(build, path), compiled)))


@pytest.mark.parametrize("path", [path for path in C_FILES if path.suffix == ".c"], ids=relative)
def test_clang_tidy(path, findings):
    assert path in findings, "no target compiles it"
    status, output = findings[path]
    assert status == 0 and not output, output


def folder_of(name):
    return str(pathlib.PurePath(name).parent)


def in_folders(*folders):
    return [path for path in C_FILES if folder_of(relative(path)) in folders]


def may_include(path, include):
    if include.endswith(("config.h", "/message-ids.h")) or relative(path) == "daemon/secpold.c":
        return True
    return folder_of(include) in MAY_INCLUDE[folder_of(relative(path))]


def test_includes_go_down_only():
    wrong = {
        (relative(path), include)
        for path in in_folders(*MAY_INCLUDE)
        for include in own_includes(path)
        if not may_include(path, include)
    }
    assert not wrong


def enforcer_of(name):
    stem = pathlib.PurePath(name).stem
    return next((known for known in ENFORCERS if stem == known or stem.startswith(known + "-")), None)


def test_enforcers_do_not_know_each_other():
    wrong = {
        (relative(path), include)
        for path in in_folders(*ENFORCE)
        for include in own_includes(path)
        if enforcer_of(relative(path))
        and enforcer_of(include) not in (None, enforcer_of(relative(path)))
    }
    assert not wrong


def test_policy_layer_is_pure():
    wrong = {
        (relative(path), name)
        for path in in_folders("daemon/policy")
        for name in includes(path)
        if NOT_FOR_POLICY.search(name)
    }
    assert not wrong


def test_lower_layers_do_not_log():
    wrong = {
        relative(path): calls
        for path in in_folders("daemon/policy", "daemon/state", *ENFORCE)
        if (calls := [call[0] for call in LOGS.findall(path.read_text(encoding="utf-8"))])
    }
    assert not wrong


def test_every_folder_has_its_place():
    folders = {folder_of(relative(path)) for path in C_FILES}
    assert {name for name in folders if not name.startswith("tests")} <= set(MAY_INCLUDE)
