# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever goes wrong when somebody tries secpolctl for the first time, a line says what to do. What
needs no bus (command lines, files of the wrong kind) is tried in tests/unit/check-secpolctl.py."""

import pathlib
import subprocess
import tempfile

import pytest

import daemon
from documents import policy

ASKING = (
    ("status",),
    ("show",),
    ("show", "RestrictLpdPort"),
    ("explain", "RestrictLpdPort"),
    ("settings",),
    ("blocked",),
    ("report",),
    ("verify",),
    ("monitor",),
    ("is-compliant",),
    ("history",),
    ("export",),
    ("confirm",),
    ("revert",),
    ("diff", "good.policy"),
    ("import", "good.policy"),
)
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture
def folder():
    """One that everybody can enter, other than pytest's own."""
    with tempfile.TemporaryDirectory(prefix="secpolctl-") as path:
        pathlib.Path(path).chmod(0o755)
        yield pathlib.Path(path)


@pytest.fixture
def ctl(net, bus, folder):
    def run(*words, prefix=(), **environment):
        with net.device:
            return subprocess.run(
                [*prefix, daemon.built("secpolctl"), *words],
                cwd=folder,
                env=bus.environment | environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=20,
            )

    return run


@pytest.fixture(autouse=True)
def good_policy(folder):
    (folder / "good.policy").write_text(policy("RestrictLpdPort"))


def complaint(done, code):
    """The one line on standard error, nothing being on standard output."""
    assert (done.returncode, done.stdout) == (code, ""), done
    assert done.stderr.startswith("secpolctl: ") and done.stderr.count("\n") == 1, done
    return done.stderr.removeprefix("secpolctl: ").rstrip("\n")


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_where_secpold_does_not_run_it_says_how_to_start_it(ctl, words):
    assert complaint(ctl(*words), 3) == (
        "secpold is not running; start it with: systemctl start secpold (why it is not running: "
        "systemctl status secpold)"
    )


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_where_there_is_no_bus_it_says_so(ctl, words):
    done = ctl(*words, DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent/bus")
    assert complaint(done, 3) == (
        "there is no system bus to ask for secpold (No such file or directory); start the bus, or "
        "name another one in DBUS_SYSTEM_BUS_ADDRESS"
    )


@pytest.mark.parametrize(
    "words",
    (("import", "good.policy"), ("export",), ("confirm",), ("revert",), ("show", "--generation=1")),
    ids=" ".join,
)
def test_without_rights_it_says_how_to_get_them(ctl, secpold, words):
    secpold.start()
    ctl("import", "good.policy", "--confirm=60s")
    said = complaint(ctl(*words, prefix=NOBODY), 1)
    assert said.startswith("Not authorized: root may, and who polkit grants org.secpold1.")
    assert said.endswith(
        "Try with sudo, with --host=root@HOST from another machine, or have polkit allow it; see "
        "secpolctl(1)"
    )


def test_a_file_that_may_not_be_read_is_said_to_be_just_that(ctl, folder):
    (folder / "good.policy").chmod(0o600)
    assert complaint(ctl("check", "good.policy", prefix=NOBODY), 1) == (
        "cannot open good.policy: Permission denied; only its owner and root may"
    )


@pytest.mark.parametrize("verb", ("show", "explain", "blocked"))
def test_a_typo_in_a_key_is_answered_by_the_nearest(ctl, secpold, verb):
    secpold.start(policy("RestrictLpdPort"))
    said = complaint(ctl(verb, "RestictLpdPort"), 1)
    assert said.startswith("there is no item ") and said.endswith("; did you mean RestrictLpdPort?")
    assert "secpolctl show" in complaint(ctl(verb, "Printer"), 1)


@pytest.mark.parametrize(
    ("word", "meant"),
    (
        ("lpd", "did you mean RestrictLpdPort?"),
        ("9100", "did you mean RestrictRawPort?"),
        ("snmp", "did you mean one of ProhibitSnmpV1, RestrictSnmpPort?"),
        ("restrict", "secpolctl show lists all of them"),
        ("5", "secpolctl show lists all of them"),
    ),
)
def test_a_part_of_a_name_is_answered_by_those_that_have_it(ctl, secpold, word, meant):
    secpold.start(policy("RestrictLpdPort"))
    assert complaint(ctl("show", word), 1) == f"there is no item {word}; {meant}"
    assert complaint(ctl("settings", "lpdp"), 1).endswith("; did you mean LpdPrinting?")
    said = complaint(ctl("explain", "remoteo"), 1)
    assert said.endswith("; did you mean one of RestrictRemoteOperatorPort, RemoteOperation?")


def test_a_setting_in_the_place_of_an_item_is_explained(ctl, secpold):
    secpold.start(policy("RestrictLpdPort"))
    assert complaint(ctl("show", "SmtpReception"), 1) == (
        "SmtpReception is a setting, not an item; try: secpolctl explain SmtpReception"
    )


def test_an_import_with_mistakes_names_them_all(ctl, secpold, folder):
    secpold.start(policy("RestrictLpdPort"))
    document = policy("RestrictLpdPort", serial=2) + "RestrictRwPort=yes\nRestrictFtpPort=on\n"
    (folder / "bad.policy").write_text(document)
    count = len(document.splitlines())
    done = ctl("import", "bad.policy")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"bad.policy:{count - 1}: RestrictRwPort: unknown key; did you mean RestrictRawPort?",
        f'bad.policy:{count}: RestrictFtpPort: the value must be yes or no, not "on"',
    ]
    assert done.stderr == "secpolctl: bad.policy is not valid, and was not imported\n"


@pytest.mark.parametrize("verb", ("import", "diff"))
def test_a_file_of_the_wrong_kind_is_called_what_it_is_before_secpold_is_asked(ctl, folder, verb):
    for name, content, said in (
        ("a.conf", b"[Device]\nModel=M\n", "a.conf is a device profile, which belongs in "),
        ("a.json", b"{}", "a.json is JSON; "),
        ("a.out", b"\x7fELF\0\0", "a.out is a binary file, not a policy document; "),
        ("a.minisig", b"untrusted comment: x\n", "a.minisig is a key or signature of minisign; "),
    ):
        (folder / name).write_bytes(content)
        assert complaint(ctl(verb, name), 1).startswith(said)
    assert complaint(ctl(verb, "."), 1) == "cannot read .: Is a directory; name a file in it"
