# SPDX-License-Identifier: GPL-2.0-or-later
"""What README.md shows of programs is what they print: the tour, as scripts/demo goes through it, and
the way of a policy from its author to a device."""

import os
import re
import subprocess
import urllib.request

import pytest

import daemon
from documents import profile

VARIABLE = (
    (r"[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+", "MOMENT"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "MOMENT"),
    (r"pid \d+", "pid N"),
    (r"\b[0-9A-F]{16}\b", "KEY"),
    (r"\d+ packets, \d+ bytes", "N packets, N bytes"),
    (r" \d+ 9100/tcp", " N 9100/tcp"),
    (r"secpold \d+\.\d+\.\d+", "secpold VERSION"),
)


def normal(line):
    line = line.strip()
    for pattern, name in VARIABLE:
        line = re.sub(pattern, name, line)
    return line


def shown(section):
    """The blocks of a section, which an empty line ends: lists of lines."""
    text = (daemon.SOURCE / "README.md").read_text(encoding="utf-8")
    text = text.split(f"## {section}\n")[1].split("\n## ")[0]
    blocks, current = [], []
    for line in [*text.splitlines(), "end"]:
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
    blocks = shown("A two-minute tour")
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


# What stands in for somebody who types passwords.
ANSWERS = {
    "minisign -G": "minisign -W -G",
    "secpolctl seal": "secpolctl seal --password-file=password",
}
SECRET = "Correct-Horse-7"


def test_a_policy_goes_from_its_author_to_a_device(net, bus, secpold, tmp_path):
    (tmp_path / "office.policy").write_bytes(
        (daemon.SOURCE / "policy-examples/office.policy").read_bytes()
    )
    (tmp_path / "password").write_text(SECRET + "\n")
    secpold.start(profile=profile(Import={"TrustedKeys": tmp_path / "keys"}))
    programs = daemon.built("secpolctl").parent
    environment = bus.environment | {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    commands = [line for block in shown("From the desk to the fleet") for line in block]
    assert sum(line.startswith("$ ") for line in commands) == 6
    expected, printed = [], None
    for line in [*commands, "$ true"]:
        if not line.startswith("$ "):
            expected.append(line)
            continue
        if expected:
            assert position(printed, expected, 0) is not None, (expected, printed)
        expected, command = [], line.removeprefix("$ ")
        for words, answered in ANSWERS.items():
            command = command.replace(words, answered)
        with net.device:
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=tmp_path,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=30,
            )
        assert done.returncode == 0, done
        printed = [normal(line) for line in done.stdout.splitlines() if line]
