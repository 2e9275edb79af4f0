# SPDX-License-Identifier: GPL-2.0-or-later
"""The tour in README.md is what scripts/demo prints, in this order."""

import os
import re
import subprocess
import urllib.request

import pytest

import daemon

VARIABLE = (
    (r"[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+", "MOMENT"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "MOMENT"),
    (r"pid \d+", "pid N"),
    (r"\d+ packets, \d+ bytes", "N packets, N bytes"),
    (r" \d+ 9100/tcp", " N 9100/tcp"),
    (r"secpold \d+\.\d+\.\d+", "secpold VERSION"),
)


def normal(line):
    line = line.strip()
    for pattern, name in VARIABLE:
        line = re.sub(pattern, name, line)
    return line


def shown():
    """The blocks of the tour, which an empty line ends: lists of lines."""
    text = (daemon.SOURCE / "README.md").read_text(encoding="utf-8")
    tour = text.split("## A two-minute tour\n")[1].split("\n## ")[0]
    blocks, current = [], []
    for line in [*tour.splitlines(), "end"]:
        if line.startswith("    "):
            current.append(normal(line))
        elif current:
            blocks.append(current)
            current = []
    return blocks


# Typed into the shell on the device, where the page of this computer's loopback is not to be seen.
TYPED = """\
secpolctl is-compliant && echo device is $(computer ip -br address show eth0 | grep -o 192.0.2.2)
"""


@pytest.fixture(scope="module")
def demonstration():
    """What it printed, and the page that it showed."""
    demo = subprocess.Popen(
        [daemon.SOURCE / "scripts/demo", "--shell"],
        env=os.environ | {"SECPOLD_BUILD": str(daemon.built("secpold").parents[1])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed, page = [], ""
    try:
        for line in demo.stdout:
            printed.append(line)
            if match := re.search(r"http://127.0.0.1:\d+/", line):
                with urllib.request.urlopen(match[0], timeout=10) as answer:
                    page = answer.read().decode()
                demo.stdin.write(TYPED)
                demo.stdin.close()
    finally:
        demo.stdin.close()
        code = demo.wait(60)
    assert code == 0, printed
    return "".join(printed), page


@pytest.fixture(scope="module")
def printed(demonstration):
    return demonstration[0]


def position(lines, block, start):
    """Behind the place where the block's lines stand, one after the other but where it says "...";
    None where they do not."""
    at, gap = start, True
    for wanted in block:
        if wanted == "...":
            gap = True
            continue
        found = lines.index(wanted, at) if wanted in lines[at:] else None
        if found is None or (found > at and not gap):
            return None
        at, gap = found + 1, False
    return at


def test_the_tour_shows_what_the_demonstration_prints(printed):
    # Headlines of the demonstration's parts are not quoted.
    lines = [normal(line) for line in printed.splitlines() if line]
    at = 0
    blocks = shown()
    assert len(blocks) >= 5
    for block in blocks:
        behind = position(lines, block, at)
        assert behind is not None, "\n".join(["README shows:", *block, "printed:", *lines[at:]])
        at = behind


def test_there_is_a_shell_and_a_page(demonstration):
    printed, page = demonstration
    assert "\ndevice is 192.0.2.2\n" in printed
    assert "RestrictRawPort" in page and "Unnamed policy" in page


def test_the_demonstration_leaves_nothing_behind(printed):
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    assert "secpold-demo" not in listed.stdout
