# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual page of the bus interface says what a running secpold says of itself, all of it and
nothing else. The rest of the manual is looked at in tests/lint/test_manual.py."""

import re
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ElementTree

import pytest

from bus import NAME, ROOT
from daemon import SOURCE
from documents import policy
from probes import wait_until

sys.path.append(str(SOURCE / "tests/lint"))
from manual import Page, plain  # noqa: E402

OBJECTS = {
    "org.secpold1.Manager": ROOT,
    "org.secpold1.Item": f"{ROOT}/item/RestrictLpdPort",
    "org.secpold1.Setting": f"{ROOT}/setting/AutoLogout",
}


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(policy("RestrictLpdPort"))


@pytest.fixture(scope="module")
def page():
    return Page("org.secpold1.5")


def introspect(bus, interface):
    text = bus.busctl(
        "call", NAME, OBJECTS[interface], "org.freedesktop.DBus.Introspectable", "Introspect"
    )["data"][0]
    tree = ElementTree.fromstring(text)
    return next(node for node in tree.iter("interface") if node.get("name") == interface)


def sections_of(interface):
    return ("Properties",) if interface == "org.secpold1.Manager" else (interface,)


@pytest.mark.parametrize("interface", OBJECTS)
def test_properties(bus, page, interface):
    known = {(node.get("name"), node.get("type")) for node in introspect(bus, interface).iter("property")}
    explained = {
        (name, plain(kind))
        for section in sections_of(interface)
        for term in page.terms[section]
        for name, kind in re.findall(r"\\fB(\w+)\\fR \\fI(\S+?)\\fR", term)
    }
    assert len(known) >= 8
    assert explained == known


def signature(node, direction, names):
    """The arguments as the page writes them; what goes in comes with its name."""
    found = [arg for arg in node.iter("arg") if arg.get("direction", "out") == direction]
    return ", ".join(
        f"{arg.get('type')} {arg.get('name')}" if names else arg.get("type") for arg in found
    )


def as_on_page(node):
    if node.tag == "signal":
        return f"{node.get('name')}({signature(node, 'out', True)})"
    result = signature(node, "out", False)
    return f"{node.get('name')}({signature(node, 'in', True)})" + (f" -> {result}" if result else "")


@pytest.mark.parametrize(("tag", "section"), (("method", "Methods"), ("signal", "Signals")))
def test_methods_and_signals(bus, page, tag, section):
    known = {as_on_page(node) for node in introspect(bus, "org.secpold1.Manager").iter(tag)}
    lines = (plain(term) for term in page.terms[section])
    # One term may explain two of them.
    explained = {part for line in lines for part in re.split(r", (?=[A-Z]\w+\()", line)}
    assert len(known) >= 3
    assert explained == known


def test_the_description_that_is_installed_is_the_same(bus):
    """dbus/org.secpold1.xml, by members and types."""
    tree = ElementTree.parse(SOURCE / "dbus/org.secpold1.xml")
    for interface in tree.getroot().iter("interface"):
        running = introspect(bus, interface.get("name"))
        for tag in ("property", "method", "signal"):
            described = {as_seen(node) for node in interface.findall(tag)}
            assert described == {as_seen(node) for node in running.findall(tag)}


def as_seen(node):
    if node.tag == "property":
        return (node.get("name"), node.get("type"), node.get("access"))
    arguments = [
        (arg.get("name"), arg.get("type"), arg.get("direction", "out")) for arg in node.iter("arg")
    ]
    return (node.get("name"), tuple(sorted(arguments, key=lambda arg: arg[2])))


@pytest.mark.parametrize("interface", ("org.secpold1.Item", "org.secpold1.Setting"))
def test_states(page, interface):
    """Every word that State can be stands at the property."""
    section = page.section(interface)
    text = (SOURCE / "daemon/policy/item-state.c").read_text(encoding="utf-8")
    prefix = "ITEM" if interface.endswith("Item") else "SETTING"
    known = set(re.findall(rf'\[{prefix}_\w+\] = "([a-z-]+)"', text))
    assert len(known) >= 5
    described = section.split("State s")[1].split("why the state")[0]
    assert known <= set(re.findall(r"[a-z-]+", described))


def blocks_of_readme():
    """What README shows of the bus, by block."""
    text = (SOURCE / "README.md").read_text(encoding="utf-8")
    section = text.split("## How another program subscribes\n")[1].split("\n## ")[0]
    found = re.findall(r"(?:^    .*\n)+", section, re.MULTILINE)
    return [textwrap.dedent(block) for block in found]


def test_commands_in_readme_say_what_it_shows(bus, shared, tmp_path):
    asked = policy("RestrictLpdPort", "RestrictRawPort", "RestrictSmtpPort")
    commands = "".join(block for block in blocks_of_readme() if block.startswith("$ "))
    parts = [part.split("\n", 1) for part in commands.replace("\\\n", "").split("$ ")[1:]]
    assert len(parts) == 5
    shared.reload(asked)
    assert wait_until(lambda: bus.item("RestrictRawPort", "State") == "enforced")
    for command, shown in parts:
        output = tmp_path / "output"
        with open(output, "w", encoding="utf-8") as file:
            started = subprocess.Popen(
                ["bash", "-c", f"exec {command}"], env=bus.environment, stdout=file
            )
        if command.endswith("monitor"):

            def is_shown():
                shared.reload(policy("RestrictLpdPort"))
                shared.reload(asked)
                wanted = re.escape(shown.strip()).replace(r"\.\.\.", ".*")
                return re.search(f"^{wanted}$", output.read_text(), re.MULTILINE)

            assert wait_until(is_shown)
            started.terminate()
            started.wait(5)
        else:
            assert started.wait(10) == 0
            assert output.read_text() == shown


def test_code_in_readme_is_that_of_the_examples():
    folder = SOURCE / "dbus/examples"
    examples = [
        textwrap.dedent((folder / f"fax-settings.{language}").read_text(encoding="utf-8"))
        for language in ("c", "py")
    ]
    code = [block for block in blocks_of_readme() if not block.startswith("$ ")]
    assert len(code) == 3
    for block in code:
        flat = re.sub(r"\n *", "\n", block)
        assert any(flat in re.sub(r"\n *", "\n", example) for example in examples), block
