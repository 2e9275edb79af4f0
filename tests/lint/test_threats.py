# SPDX-License-Identifier: GPL-2.0-or-later
"""The threat model in the manual against the tests that are to show it, and the other way round."""

import collections
import re

import pytest
from conftest import ROOT

Threat = collections.namedtuple("Threat", "verdict text tests")
PAGE = ROOT / "man/secpold-threats.7.scd"
VERDICTS = ("Kept out", "Detected", "Not covered")
# What is so without secpold.
COUNTER = "test_without_"
# Files of tests that are about what somebody may try, and about nothing else.
OF_THE_PAGE = ("netns/test_attack_*.py", "netns/test_not_covered.py", "vm/test_attack_*.py")


def blocks():
    """By section: its lines, as they stand in the source."""
    sections = re.split(r"^# (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    for title, text in zip(sections[1::2], sections[2::2]):
        yield title, [line for block in text.split("```\n")[1::2] for line in block.splitlines()]


def threats():
    found = []
    for title, lines in blocks():
        for line in lines:
            if line.startswith("    "):
                found[-1].tests.append(line.strip())
            elif line.startswith("  "):
                found[-1] = found[-1]._replace(text=f"{found[-1].text} {line.strip()}")
            else:
                verdict, _, text = line.partition(": ")
                found.append(Threat(verdict, text, []))
    return found


def defined_in(path):
    return set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M))


def test_every_line_has_a_verdict_and_every_verdict_is_given():
    assert {threat.verdict for threat in threats()} == set(VERDICTS)
    assert len(threats()) >= 100


def test_everybody_who_may_try_something_has_a_section_with_lines():
    actors = [title for title, lines in blocks() if title.startswith(("A ", "AN ", "SOMEONE "))]
    assert len(actors) == 10
    assert all(lines for title, lines in blocks() if title in actors)


@pytest.mark.parametrize("threat", threats(), ids=lambda threat: threat.text[:50])
def test_every_line_names_tests_that_exist(threat):
    for name in threat.tests:
        path, _, test = name.partition("::")
        assert test in defined_in(ROOT / "tests" / path), name
    reason = re.search(r" No test: \w.+\.$", threat.text)
    assert bool(threat.tests) != bool(reason)
    assert not reason or threat.verdict == "Not covered"


def test_every_attack_that_is_tried_has_a_line():
    named = {name for threat in threats() for name in threat.tests}
    tried = {
        f"{path.relative_to(ROOT / 'tests')}::{test}"
        for pattern in OF_THE_PAGE
        for path in (ROOT / "tests").glob(pattern)
        for test in defined_in(path)
        if not test.startswith(COUNTER)
    }
    assert len(tried) >= 50
    assert not tried - named


@pytest.mark.parametrize("page", ("man/secpold.8.scd", "README.md"))
def test_it_is_found_from_elsewhere(page):
    assert re.search(r"secpold-threats\W", (ROOT / page).read_text(encoding="utf-8"))
