# SPDX-License-Identifier: GPL-2.0-or-later
"""What limits how long passwords may be used, with accounts of its own: each keeps what it had, or what
an administrator has given it since."""

import pytest

from daemon import SOURCE
from own_files import copy_of_etc, run_with

PROGRAM = SOURCE / "agent/programs/password-age"
WORD = "$6$salt$hash"

# Each with its password's field, as passwd, usermod and makers leave it.
WITH_PASSWORD = {"anna": WORD, "old": "ab0123456789.", "locked": "!" + WORD, "twice": "!!" + WORD}
WITHOUT = {"daemon": "*", "new": "!", "never": "!!", "open": "", "off": "!*"}


class Accounts:
    """Below /etc and /var/lib/secpol-agent of its own."""

    def __init__(self, directory):
        self.etc, self._state = copy_of_etc(directory), directory / "state"
        self._state.mkdir()
        self.write("passwd", "root:x:0:0::/root:/bin/sh\n")
        self.write("group", "root:x:0:\n")
        self.write("shadow", "root:*:19000:0:99999:7:::\n")

    def write(self, name, text):
        (self.etc / name).write_text(text, encoding="utf-8")

    def add(self, name, days="99999", word=WORD, known=True):
        with open(self.etc / "shadow", "a", encoding="utf-8") as file:
            file.write(f"{name}:{word}:19000:0:{days}:7:::\n")
        if known:
            with open(self.etc / "passwd", "a", encoding="utf-8") as file:
                file.write(f"{name}:x:1000:1000::/:/bin/sh\n")

    def __getitem__(self, name):
        lines = (self.etc / "shadow").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[4] for line in lines if line.startswith(name + ":"))

    def run(self, *command, environment=()):
        """(whether it says that all went well, what it prints)"""
        folders = {"/etc": self.etc, "/var/lib/secpol-agent": self._state}
        done = run_with(folders, "env", *environment, *command)
        return done.returncode == 0, done.stdout

    def limit(self, days):
        return self.run(PROGRAM, "limit", days)[0]

    def restore(self):
        return self.run(PROGRAM, "restore")[0]

    def longest(self):
        return self.run(PROGRAM, "longest")[1].strip()

    def chage(self, name, days):
        assert self.run("chage", "--maxdays", days, name)[0]

    def leftovers(self):
        return list(self._state.iterdir())


@pytest.fixture
def accounts(tmp_path):
    return Accounts(tmp_path)


def test_accounts_with_a_password_are_limited_and_no_others(accounts):
    for name, word in (WITH_PASSWORD | WITHOUT).items():
        accounts.add(name, word=word)
    before = (accounts.etc / "shadow").read_text(encoding="utf-8")
    assert accounts.limit(90)
    assert {accounts[name] for name in WITH_PASSWORD} == {"90"}
    assert {accounts[name] for name in WITHOUT} == {"99999"}
    assert accounts.restore()
    assert (accounts.etc / "shadow").read_text(encoding="utf-8") == before
    assert accounts.leftovers() == []


@pytest.mark.parametrize("days", ("", "0", "91"))
def test_what_is_no_limit_or_a_longer_one_is_replaced(accounts, days):
    accounts.add("anna", days)
    assert accounts.limit(90) and accounts["anna"] == "90"
    assert accounts.restore() and accounts["anna"] == days


def test_what_chage_cannot_read_is_told_and_left_alone(accounts):
    accounts.write("login.defs", "PASS_MAX_DAYS 90\n")
    accounts.add("anna", "-1")
    before = (accounts.etc / "shadow").read_text(encoding="utf-8")
    assert accounts.limit(90)
    assert accounts.longest() == "99999"
    assert (accounts.etc / "shadow").read_text(encoding="utf-8") == before


def test_a_shorter_one_stays(accounts):
    accounts.add("anna", "30")
    assert accounts.limit(90) and accounts["anna"] == "30"
    assert accounts.restore() and accounts["anna"] == "30"


def test_a_laxer_policy_gives_back_what_the_stricter_one_took(accounts):
    accounts.add("anna")
    accounts.add("bert", "70")
    assert accounts.limit(60) and (accounts["anna"], accounts["bert"]) == ("60", "60")
    assert accounts.limit(90) and (accounts["anna"], accounts["bert"]) == ("90", "70")
    assert accounts.limit(60) and (accounts["anna"], accounts["bert"]) == ("60", "60")
    assert accounts.restore() and (accounts["anna"], accounts["bert"]) == ("99999", "70")


def test_what_an_administrator_has_given_since_stays(accounts):
    accounts.add("anna")
    assert accounts.limit(90)
    accounts.chage("anna", 30)
    assert accounts.limit(90) and accounts["anna"] == "30"
    assert accounts.restore() and accounts["anna"] == "30"


def test_an_account_that_comes_later_is_put_back_too(accounts):
    accounts.add("anna")
    assert accounts.limit(90)
    accounts.add("bert", "365")
    assert accounts.limit(90) and accounts["bert"] == "90"
    assert accounts.restore() and (accounts["anna"], accounts["bert"]) == ("99999", "365")


def make_wrapper(directory, script):
    """Something that is called as chage, and may call it."""
    path = directory / "bin" / "chage"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return f"PATH={path.parent}:/usr/sbin:/usr/bin:/sbin:/bin"


def test_one_that_fails_does_not_keep_the_others_from_it(accounts, tmp_path):
    """As where somebody else holds the lock at that moment."""
    for name in ("anna", "bert", "carl"):
        accounts.add(name)
    failing = make_wrapper(tmp_path, 'case $3 in bert) exit 1 ;; esac; exec /usr/bin/chage "$@"')
    assert not accounts.run(PROGRAM, "limit", 90, environment=[failing])[0]
    assert [accounts[name] for name in ("anna", "bert", "carl")] == ["90", "99999", "90"]
    assert accounts.limit(90) and accounts["bert"] == "90"
    assert not accounts.run(PROGRAM, "restore", environment=[failing])[0]
    assert [accounts[name] for name in ("anna", "bert", "carl")] == ["99999", "90", "99999"]
    assert accounts.restore() and accounts["bert"] == "99999"


@pytest.mark.parametrize("when", ("before", "after"))
@pytest.mark.parametrize("days", (60, 90, "restore"))
def test_a_crash_at_any_change_loses_nothing(accounts, tmp_path, days, when):
    """The second account's: the program is killed right before it, or right after."""
    for name in ("anna", "bert", "carl"):
        accounts.add(name)
    assert accounts.limit(75)
    change = "" if when == "before" else '/usr/bin/chage "$@";'
    script = f'case $3 in bert) {change} kill -9 $PPID; exit ;; esac; exec /usr/bin/chage "$@"'
    words = ["restore"] if days == "restore" else ["limit", days]
    accounts.run(PROGRAM, *words, environment=[make_wrapper(tmp_path, script)])
    assert (accounts["bert"] == "75") == (when == "before")
    if days != "restore":
        assert accounts.limit(days)
        assert {accounts[name] for name in ("anna", "bert", "carl")} == {str(days)}
    assert accounts.restore()
    assert {accounts[name] for name in ("anna", "bert", "carl")} == {"99999"}


def test_a_line_of_shadow_that_is_nobodys_keeps_nobody_from_it(accounts):
    accounts.add("gone", known=False)
    accounts.add("anna")
    assert accounts.limit(90) and accounts["anna"] == "90"
    accounts.write("login.defs", "PASS_MAX_DAYS 90\n")
    assert accounts.longest() == "90"


@pytest.mark.parametrize(
    "defaults, days, longest",
    (
        ("PASS_MAX_DAYS 90\n", "60", "90"),
        ("PASS_MAX_DAYS 60\n", "90", "90"),
        ("PASS_MAX_DAYS -1\n", "60", "99999"),
        ("# PASS_MAX_DAYS 90\n", "60", "99999"),
        ('  PASS_MAX_DAYS\t"90"\n', "60", "90"),
        ("PASS_MAX_DAYS 90\nPASS_MAX_DAYS 120\n", "60", "120"),
        ("PASS_MAX_DAYS 90\n", "", "99999"),
        ("PASS_MAX_DAYS 90\n", "-1", "99999"),
    ),
)
def test_the_longest_of_all_is_told(accounts, defaults, days, longest):
    accounts.write("login.defs", defaults)
    accounts.add("anna", "30")
    accounts.add("locked", days, word="!" + WORD)
    assert accounts.longest() == longest
