# SPDX-License-Identifier: GPL-2.0-or-later
"""What secpolctl shows on a terminal, and what through a pipe: to systemd's habits."""

import re
import subprocess

import pytest

import daemon
from documents import policy
from terminal import Terminal, on_terminal

DOCUMENT = policy("RestrictLpdPort", "ForceAutoLogout", name="Office")
UNSET = ("NO_COLOR", "SYSTEMD_COLORS", "SYSTEMD_PAGER", "PAGER", "SYSTEMD_LESS", "LESS", "COLUMNS")


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(DOCUMENT)


@pytest.fixture
def environment(bus):
    """Of somebody who has set nothing of their own; the pager may be anything."""
    inherited = {name: value for name, value in bus.environment.items() if name not in UNSET}
    return inherited | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "SYSTEMD_PAGERSECURE": "0"}


def piped(net, environment, *words):
    with net.device:
        return subprocess.run(
            [daemon.built("secpolctl"), *words],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        ).stdout


def widest(text):
    return max(map(len, text.splitlines()))


# Columns


@pytest.mark.parametrize("columns", (60, 80, 120))
@pytest.mark.parametrize("words", (("show",), ("settings",), ("status",), ("report",), ("--help",), ("diff", "-h")))
def test_lines_keep_to_the_width_of_the_terminal(net, environment, words, columns):
    shown = on_terminal(net, environment, *words, "--no-pager", columns=columns).text
    assert widest(shown) <= columns


@pytest.mark.parametrize("verb", ("import", "check"))
def test_help_names_options_whole_on_the_narrowest_terminal(net, environment, verb):
    wide = on_terminal(net, environment, verb, "--help", "--no-pager").text
    narrow = on_terminal(net, environment, verb, "--help", "--no-pager", columns=40).text
    options = re.findall(r"--[a-z-]+(?:=\S+)?", wide.partition("Options:")[2])
    assert len(options) > 5
    assert options == re.findall(r"--[a-z-]+(?:=\S+)?", narrow.partition("Options:")[2])


def test_what_needs_attention_is_named_on_a_narrow_terminal(net, environment):
    shown = on_terminal(net, environment, "status", "--no-pager", columns=40).text
    assert "\n  ForceAutoLogout  pending  no agent" in shown


def test_cut_cells_end_in_an_ellipsis_unless_all_is_asked_for(net, environment):
    words = ("show", "--no-pager")
    cut = on_terminal(net, environment, *words, columns=80).text
    assert "Restrict LPD Port (…" in cut and "RestrictRemoteOperatorPort " in cut
    for option in ("--full", "-l"):
        whole = on_terminal(net, environment, *words, option, columns=80).text
        assert "…" not in whole and "Restrict LPD Port (Port Number: 515)" in whole
    assert "…" not in piped(net, environment, "show")
    ascii_only = environment | {"LC_ALL": "C"}
    assert "Restrict LPD Port..." in on_terminal(net, ascii_only, *words, columns=80).text


def test_what_was_asked_for_is_not_cut(net, environment, agent):
    reason = "the print server has not been restarted since it was told so"
    agent().report(("LpdPrinting", True, reason))
    shown = on_terminal(net, environment, "settings", "LpdPrinting", "--no-pager", columns=80).text
    assert reason.replace(" ", "") in re.sub(r"\s", "", shown) and "1 setting" not in shown
    assert "1 setting" not in piped(net, environment, "settings", "LpdPrinting")


def test_history_keeps_its_dates(net, environment, tmp_path):
    path = tmp_path / "long.policy"
    path.write_text(policy("RestrictLpdPort", name="Office of the head", serial=2))
    piped(net, environment, "import", str(path), "--confirm=60s")
    try:
        shown = on_terminal(net, environment, "history", "--no-pager", columns=80).text
    finally:
        piped(net, environment, "revert")
    assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  root ", shown)
    assert widest(shown) <= 80


def test_columns_overrides_the_terminal(net, environment):
    shown = on_terminal(net, environment | {"COLUMNS": "60"}, "show", "--no-pager").text
    assert 50 < widest(shown) <= 60


# Colours


def test_colours_are_those_of_systemd(net, environment):
    raw = on_terminal(net, environment, "show", "--no-pager").raw
    assert "\x1b[0;4mITEM\x1b[0m" in raw
    assert "\x1b[0;1;32menforced\x1b[0m" in raw
    assert "\x1b[0;1;33mpending\x1b[0m" in raw
    for name, value in (("NO_COLOR", "1"), ("SYSTEMD_COLORS", "0"), ("TERM", "dumb")):
        plain = on_terminal(net, environment | {name: value}, "show", "--no-pager").raw
        assert "\x1b" not in plain, name
    assert "\x1b" not in piped(net, environment, "show")
    assert "\x1b[0;1;32m" in piped(net, environment | {"SYSTEMD_COLORS": "256"}, "show")


# Pager


def marking(environment, **more):
    """A pager that shows it was there."""
    return environment | {"SYSTEMD_PAGER": "sed -e s/^/PAGED:/"} | more


@pytest.mark.parametrize(
    "words",
    (
        (),
        ("show",),
        ("show", "RestrictLpdPort"),
        ("show", "--json=pretty"),
        ("explain", "RestrictLpdPort"),
        ("settings",),
        ("blocked",),
        ("report",),
        ("history",),
        ("verify",),
        ("--help",),
        ("import", "--help"),
    ),
)
def test_what_is_to_be_read_goes_through_the_pager(net, environment, words):
    terminal = on_terminal(net, marking(environment), *words)
    lines = terminal.text.splitlines()
    assert lines and all(line.startswith("PAGED:") for line in lines)
    assert "PAGED:" not in on_terminal(net, marking(environment), *words, "--no-pager").text
    assert "PAGED:" not in piped(net, marking(environment), *words)


@pytest.mark.parametrize("words", (("new",), ("export",), ("--version",)))
def test_what_goes_on_elsewhere_does_not(net, environment, words):
    assert "PAGED:" not in on_terminal(net, marking(environment), *words).text


@pytest.mark.parametrize(
    ("variables", "paged"),
    (
        ({"SYSTEMD_PAGER": "sed -e s/^/A:/", "PAGER": "sed -e s/^/B:/"}, "A:"),
        ({"PAGER": "sed -e s/^/B:/"}, "B:"),
        ({"PAGER": "sed -e 's/^/B: /'"}, "B: "),
        ({"SYSTEMD_PAGER": "", "PAGER": "sed -e s/^/B:/"}, ""),
        ({"SYSTEMD_PAGER": "cat"}, ""),
        ({"PAGER": "sed -e s/^/B:/", "TERM": "dumb"}, ""),
        ({"PAGER": "sed -e s/^/B:/", "TERM": ""}, ""),
    ),
)
def test_the_pager_is_chosen_as_systemd_does(net, environment, variables, paged):
    shown = on_terminal(net, environment | variables, "status").text
    assert shown.startswith(paged + "● secpold")


def test_a_pager_that_does_not_exist_is_passed_over(net, environment, tmp_path):
    variables = {"SYSTEMD_PAGER": "/nonexistent/pager"}
    assert "● secpold" in on_terminal(net, environment | variables, "status").text
    # Where there is no other either, the text is just printed.
    (tmp_path / "setsid").symlink_to("/usr/bin/setsid")
    variables["PATH"] = str(tmp_path)
    assert "● secpold" in on_terminal(net, environment | variables, "status").text


def test_with_more_rights_only_less_is_run(net, environment):
    """As under sudo; the reader could start a shell from another pager."""
    environment = {key: value for key, value in environment.items() if key != "SYSTEMD_PAGERSECURE"}
    shown = on_terminal(net, marking(environment, SUDO_UID="1000"), "status").text
    assert "● secpold" in shown and "PAGED:" not in shown
    seen = environment | {"SYSTEMD_PAGERSECURE": "1", "SYSTEMD_PAGER": "sh -c 'echo S=$LESSSECURE'"}
    assert "S=1" in on_terminal(net, seen, "status").text
    seen["SYSTEMD_PAGERSECURE"] = "0"
    assert "S=1" not in on_terminal(net, seen | {"LESSSECURE": "1"}, "status").text


def test_less_is_told_what_systemd_tells_it(net, environment):
    tell = {"SYSTEMD_PAGER": "sh -c 'echo $LESS $LESSCHARSET'"}
    assert on_terminal(net, environment | tell, "status").text == "FRSXMK utf-8\n"
    tell |= {"SYSTEMD_LESS": "-X", "SYSTEMD_LESSCHARSET": "latin1"}
    assert on_terminal(net, environment | tell, "status").text == "-X latin1\n"


def test_less_stays_for_what_is_longer_than_the_screen(net, environment):
    environment = environment | {"SYSTEMD_PAGER": "less"}
    with Terminal(net, environment, "show", rows=24, columns=100) as terminal:
        assert terminal.read_until(lambda text: "ProhibitSnmpV1" in text)
        assert "ForceCompleteDeletion" not in terminal.text
        terminal.type("G")
        assert terminal.read_until(lambda text: "45 items:" in text)
        terminal.type("q")
        assert terminal.finish() == 0
    with Terminal(net, environment, "show", rows=200, columns=100) as terminal:
        assert terminal.finish() == 0
        assert "45 items:" in terminal.text


def test_the_exit_code_is_secpolctls_own(net, environment):
    for words, code in ((("show", "Nonsense"), 1), (("show", "--no-such"), 2)):
        with Terminal(net, environment | {"SYSTEMD_PAGER": "false"}, *words) as terminal:
            assert terminal.finish() == code
            assert terminal.text.startswith("secpolctl: there is no")
    alone = environment | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
    with Terminal(net, alone | {"SYSTEMD_PAGER": "true"}, "status") as terminal:
        assert terminal.finish() == 3


def test_help_lines_up(net, environment):
    lines = on_terminal(net, environment | {"SYSTEMD_PAGER": ""}, "--help").text.splitlines()
    rows = [re.fullmatch(r"  (\S.*?|    --\S+)  +(\S.*)", line) for line in lines]
    starts = {row.start(2) for row in rows if row}
    assert len(starts) == 1, lines
