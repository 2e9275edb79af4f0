# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of services in agent/README.md against the catalog, the bindings and the tests."""

import collections
import re

import pytest
from conftest import ROOT

Row = collections.namedtuple("Row", "item service binding test")
NO_BINDING = "-"


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def rows():
    row = r"^\| `(\w+)` \| (.+) \| (`[\w-]+`|-) \| `(\w+)` \|$"
    lines = re.findall(row, read("agent/README.md"), re.M)
    return [Row(item, service, binding.strip("`"), test) for item, service, binding, test in lines]


def items():
    """{item: its settings}, in the catalog's order."""
    entries = re.split(r"\n    \{\n", read("daemon/policy/catalog-items.c"))[1:]
    return {
        re.search(r'\.key = "(\w+)"', entry).group(1): set(
            re.findall(r'(?:LOCKED|MUST|MUST_NUMBER|MUST_PARAMETER)\("(\w+)"', entry)
        )
        for entry in entries
    }


def bindings():
    """{binding: (its service, the settings it serves)}"""
    found = {}
    for path in (ROOT / "agent/bindings").glob("*.binding"):
        text = path.read_text(encoding="utf-8")
        demands = " ".join(re.findall(r"^(?:When|Settings)=(.*)$", text, re.M))
        service = re.search(r"^Service=(.*)$", text, re.M).group(1)
        found[path.stem] = service, set(re.findall(r"[A-Z]\w+(?==|\s|$)", demands))
    return found


def shown_by():
    """{name of a test: the text of its file}"""
    files = [*(ROOT / "tests/vm").glob("test_*.py"), ROOT / "tests/netns/test_examples.py"]
    texts = [path.read_text(encoding="utf-8") for path in files]
    return {name: text for text in texts for name in re.findall(r"^def (test_\w+)", text, re.M)}


def test_every_item_has_a_row_and_they_are_in_order():
    keys = [key for key, settings in items().items() if settings]
    assert len(keys) == 45
    assert list(dict.fromkeys(row.item for row in rows())) == keys


def test_each_binding_stands_beside_each_item_that_it_serves():
    serving = bindings()
    served = {
        (item, service, binding)
        for item, settings in items().items()
        for binding, (service, theirs) in serving.items()
        if settings & theirs
    }
    told = {row[:3] for row in rows() if row.binding != NO_BINDING}
    assert told == served


def test_a_row_without_a_binding_is_of_what_the_maker_delivers():
    services = {row.service for row in rows() if row.binding == NO_BINDING}
    assert services <= {"the maker's own program"}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.item}-{row.binding}")
def test_what_shows_it_is_a_test_that_names_the_item(row):
    text = shown_by()[row.test]
    assert row.item in text or "high-security.policy" in text
