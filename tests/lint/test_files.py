# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that is not C: scripts, data files, and what holds for all files."""

import ast
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import (
    BASH_FILES,
    BUSYBOX_FILES,
    FILES,
    PYTHON_FILES,
    ROOT,
    XML_FILES,
    first_line,
    relative,
)

SPDX = b"SPDX-License-Identifier: GPL-2.0-or-later"
# The license itself, and inputs that must be what they are to the byte.
WITHOUT_SPDX = re.compile(r"COPYING|.*\.png|tests/(.*/)?corpus/.*|tests/(.*/)?data/.*")
UNFINISHED = re.compile(rb"\b(TO" rb"DO|FIX" rb"ME|XX" rb"X|HA" rb"CK)\b")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def is_text(path):
    return not WITHOUT_SPDX.fullmatch(relative(path))


TEXTS = [path for path in FILES if is_text(path)]


def states_license(path):
    """In the first line, or the second where the first has to be something else."""
    with open(path, "rb") as file:
        line = file.readline()
        must_differ = line.startswith((b"#!", b"#compdef ")) or path.suffix == ".scd"
        return SPDX in (file.readline() if must_differ else line)


def test_license_is_stated_first():
    assert not [relative(path) for path in TEXTS if not states_license(path)]


def untidiness(path):
    content = path.read_bytes()
    content.decode("utf-8")
    return [
        complaint
        for complaint, there in {
            "unfinished work": UNFINISHED.search(content),
            "last line": not content.endswith(b"\n") or content.endswith(b"\n\n"),
            "carriage return": b"\r" in content,
            "tab": path.suffix != ".scd" and b"\t" in content,
            "blank at end of line": re.search(rb"[ \t]+$", content, re.MULTILINE),
        }.items()
        if there
    ]


def test_text_is_tidy():
    assert not {relative(path): found for path in TEXTS if (found := untidiness(path))}


def test_there_are_scripts():
    assert {"scripts/demo", "scripts/test", ".ci/run"} <= {relative(path) for path in BASH_FILES}


@pytest.mark.parametrize("path", BASH_FILES + BUSYBOX_FILES, ids=relative)
def test_shellcheck(path):
    options = ["--shell=dash"] if path in BUSYBOX_FILES else []
    result = run("shellcheck", *options, path)
    assert result.returncode == 0, result.stdout


def test_scripts_can_be_run():
    scripts = [path for path in FILES if first_line(path).startswith(b"#!")]
    assert not [relative(path) for path in scripts if not os.access(path, os.X_OK)]


def test_python_parses():
    for path in PYTHON_FILES:
        ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_xml_is_well_formed():
    result = run("xmllint", "--noout", "--nonet", *XML_FILES)
    assert result.returncode == 0, result.stderr


def interface_methods():
    tree = ElementTree.parse(ROOT / "dbus/org.secpold1.xml")
    return {
        (interface.get("name"), method.get("name"))
        for interface in tree.getroot().iter("interface")
        for method in interface.iter("method")
    }


def allowed_calls(selector):
    tree = ElementTree.parse(ROOT / "dbus/org.secpold1.conf")
    return {
        (rule.get("send_interface"), rule.get("send_member"))
        for policy in tree.getroot().iter("policy")
        if selector.items() <= policy.attrib.items()
        for rule in policy.iter("allow")
        if rule.get("send_destination") == "org.secpold1"
    }


REPORT = ("org.secpold1.Manager", "ReportSettings")


def test_bus_lets_everyone_read_and_nothing_more():
    own = {call for call in allowed_calls({"context": "default"}) if call[0].startswith("org.secpold1")}
    assert own == interface_methods() - {REPORT}
    standard = allowed_calls({"context": "default"}) - own
    assert ("org.freedesktop.DBus.Properties", "Set") not in standard
    assert all(interface and member for interface, member in standard)


@pytest.mark.parametrize("selector", [{"user": "root"}, {"group": "secpold-agent"}], ids=str)
def test_bus_lets_agents_report(selector):
    assert allowed_calls(selector) == {REPORT}


def test_bus_accepts_the_policy(tmp_path):
    """A bus that finds a rule it does not understand refuses to start."""
    config = tmp_path / "bus.conf"
    config.write_text(
        f"<busconfig><listen>unix:path={tmp_path}/bus</listen>"
        f"<include>{ROOT}/dbus/org.secpold1.conf</include></busconfig>",
        encoding="utf-8",
    )
    with subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog"]
        + ["--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as bus:
        address = bus.stdout.readline()
        bus.terminate()
        assert address.startswith("unix:"), bus.stderr.read()


CATALOGS = [
    ("daemon/message-ids.h", "systemd/secpold.catalog"),
    ("agent/message-ids.h", "systemd/secpol-agent.catalog"),
]


@pytest.mark.parametrize(("header", "catalog"), CATALOGS)
def test_every_journal_event_is_explained(header, catalog, tmp_path):
    ids = re.findall(r'#define MESSAGE_ID_\w+ +"([0-9a-f]{32})"', (ROOT / header).read_text("utf-8"))
    text = (ROOT / catalog).read_text(encoding="utf-8")
    assert len(set(ids)) == len(ids) >= 6
    assert sorted(re.findall(r"^-- ([0-9a-f]{32})$", text, re.MULTILINE)) == sorted(ids)
    for folder in ("usr/lib/systemd/catalog", "var/lib/systemd/catalog"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "usr/lib/systemd/catalog/tried.catalog").write_text(text, encoding="utf-8")
    result = run("journalctl", "--update-catalog", f"--root={tmp_path}")
    assert result.returncode == 0 and not result.stderr
    listed = run("journalctl", "--list-catalog", f"--root={tmp_path}").stdout
    assert sorted(line.split()[0] for line in listed.splitlines()) == sorted(ids)


@pytest.mark.parametrize(("header", "catalog"), CATALOGS)
def test_catalog_uses_only_promised_fields(header, catalog):
    """What a comment has in brackets is not always there."""
    promises = (ROOT / header).read_text(encoding="utf-8")
    texts = re.split(r"^-- ", (ROOT / catalog).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for text in texts:
        comment = re.sub(r"\[[A-Z_]+\]", "", promises.split(text[:32])[0].split("/*")[-1])
        fields = set(re.findall(r"@(\w+)@", text))
        assert fields <= set(re.findall(r"[A-Z_]{4,}", comment)), text


@pytest.mark.parametrize("name", ["fax-settings.c", "fax-settings.py"])
def test_examples_fit_on_a_screen(name):
    assert len((ROOT / "dbus/examples" / name).read_text(encoding="utf-8").splitlines()) < 80
