# SPDX-License-Identifier: GPL-2.0-or-later
"""secpolctl brings policies to a device and takes them from it: import, export, confirm, revert,
history, and what show, diff and status tell of policies that are kept."""

import contextlib
import json
import os
import pty
import select
import subprocess
import termios
import time

import dbus
import pytest

import daemon
import rules
from documents import ITEMS, policy, profile
from life import export
from probes import wait_until

LPD = policy("RestrictLpdPort", name="First")
RAW = policy("RestrictRawPort", name="Second", serial=2)
AGENT = policy("RestrictLpdPort", "ForceAutoLogout", name="Settings", serial=3)
PASSWORD, OTHER = "Correct-Horse-7", "Battery-Staple-8"


@pytest.fixture
def ctl(net, bus, tmp_path):
    """Runs secpolctl on the device, in a directory of its own."""

    def run(*words, environment=None, stdin=b"", code=0):
        with net.device:
            done = subprocess.run(
                [daemon.built("secpolctl"), *map(str, words)],
                input=stdin,
                cwd=tmp_path,
                env=bus.environment | (environment or {}),
                capture_output=True,
                check=False,
                timeout=60,
            )
        assert done.returncode == code, done
        done.text, done.complaint = done.stdout.decode(), done.stderr.decode()
        return done

    return run


@pytest.fixture
def files(tmp_path):
    def write(**contents):
        for name, content in contents.items():
            path = tmp_path / (f"{name}.policy" if name != "pw" and name != "old" else name)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


@pytest.fixture
def sealed(ctl, tmp_path):
    """Seals NAME.policy with a password."""

    def seal(name, password, like=None):
        (tmp_path / "seal-password").write_text(password + "\n")
        options = [f"--like={like}.policy"] if like else []
        ctl("seal", f"{name}.policy", "--password-file=seal-password", *options)
        return (tmp_path / f"{name}.policy").read_bytes()

    return seal


@pytest.fixture
def signed(tmp_path):
    """Signs files with a key that the device of the test trusts: gives the trusted folder."""
    folder = tmp_path / "trusted"
    folder.mkdir()
    subprocess.run(
        ["minisign", "-G", "-W", "-p", folder / "office.pub", "-s", tmp_path / "key"],
        check=True, capture_output=True,
    )

    def sign(name):
        subprocess.run(
            ["minisign", "-S", "-W", "-s", tmp_path / "key", "-t", "edition 12", "-m",
             tmp_path / f"{name}.policy"],
            check=True, capture_output=True,
        )
        return (tmp_path / f"{name}.policy.minisig").read_bytes()

    sign.profile = profile(Import={"TrustedKeys": str(folder)})
    sign.key_id = (folder / "office.pub").read_text().split()[-2]
    return sign


@contextlib.contextmanager
def typing(net, bus, folder, *words):
    """secpolctl on a terminal of its own: gives a function that waits for a prompt and answers it;
    what it yields has the exit code and all that the terminal showed afterwards."""
    leader, follower = pty.openpty()
    with net.device:
        process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", str(daemon.built("secpolctl")), *words],
            stdin=follower, stdout=follower, stderr=follower, cwd=folder, env=bus.environment,
        )
    shown = bytearray()

    def read(condition, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, shown.decode()
            if select.select([leader], [], [], 0.1)[0]:
                try:
                    shown.extend(os.read(leader, 4096))
                except OSError:
                    return
            elif process.poll() is not None:
                return

    def echoes():
        return termios.tcgetattr(leader)[3] & termios.ECHO

    def answer(prompt, text):
        start = len(shown)
        read(lambda: shown.endswith(b": ") and prompt in shown[start:] and not echoes())
        assert prompt in shown[start:], shown
        os.write(leader, text.encode() + b"\n")

    def finish():
        read(lambda: False)
        return process.wait(10), shown.decode()

    try:
        yield answer, finish
    finally:
        process.kill()
        process.wait()
        os.close(follower)
        os.close(leader)


def parsed(done):
    assert done.stdout.count(b"\n") == 1
    return json.loads(done.stdout)


# Import


def test_import_puts_a_policy_in_force_and_says_how_it_stands(net, bus, secpold, ctl, files):
    secpold.start()
    files(first=LPD)
    done = ctl("import", "first.policy")
    assert done.text.splitlines()[0] == "Generation 1 is in force: First, serial 1"
    assert "Read back: 1 enforced, 44 off" in done.text
    assert done.complaint == "", "nothing but the result where nobody watches"
    assert rules.delivered(net, [515, 9100]) == {9100}
    assert bus.manager("Generation") == 1


def test_import_from_standard_input_and_as_json(bus, secpold, ctl, files):
    secpold.start()
    result = parsed(ctl("import", "-", "--json=short", stdin=LPD.encode()))
    assert (result["Generation"], result["PolicyName"], result["PolicySerial"]) == (1, "First", 1)
    assert [change["Item"] for change in result["Changes"]] == ["RestrictLpdPort"]
    assert result["PolicyDigest"] == bus.manager("PolicyDigest")
    assert (result["Compliance"], result["Attention"]) == ({"enforced": 1, "off": 44}, [])


def test_importing_it_again_changes_nothing(secpold, ctl, files):
    secpold.start()
    files(first=LPD)
    assert ctl("import", "first.policy").text == ctl("import", "first.policy").text
    assert len(parsed(ctl("history", "--json=short"))) == 1


def test_a_bad_document_is_refused_with_all_that_is_wrong(bus, secpold, ctl, files):
    secpold.start()
    files(bad=LPD + "RestrictLpdPrt=yes\nRestrictRawPort=perhaps\n")
    done = ctl("import", "bad.policy", code=1)
    assert "RestrictLpdPrt: unknown key" in done.text and "RestrictRawPort:" in done.text
    assert "was not imported" in done.complaint
    assert len(parsed(ctl("import", "bad.policy", "--json=short", code=1))["Diagnostics"]) == 2
    assert bus.manager("State") == "no-policy"


def test_a_stale_serial_is_refused_with_advice(secpold, ctl, files):
    secpold.start()
    files(first=LPD, second=RAW)
    ctl("import", "second.policy")
    complaint = ctl("import", "first.policy", code=1).complaint
    assert "1 is older than 2" in complaint and "Raise Serial=" in complaint


@pytest.mark.parametrize(
    "words",
    (
        ("--confirm=0",), ("--confirm=2d",), ("--confirm=soon",), ("--timeout=-1",),
        ("--generation=1",), ("--password-file=-", "--current-password-file=-"),
    ),
    ids=" ".join,
)
def test_options_that_make_no_sense_end_with_2(bus, secpold, ctl, files, words):
    secpold.start()
    files(first=LPD)
    done = ctl("import", "first.policy", *words, code=2)
    assert done.complaint and not done.text
    assert bus.manager("State") == "no-policy"


@pytest.mark.parametrize(
    "words",
    (("import", "first.policy"), ("export",), ("confirm",), ("confirm", "1"), ("revert",),
     ("history",), ("show", "--generation=1"), ("diff", "--generation=1")),
    ids=" ".join,
)
def test_without_secpold_the_exit_code_is_3(ctl, files, words):
    files(first=LPD)
    alone = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
    assert "there is no system bus to ask for secpold" in ctl(*words, environment=alone, code=3).complaint


@pytest.mark.parametrize(
    "words", (("confirm", "0"), ("confirm", "x"), ("show", "--generation=0"),
              ("export", "--generation=-1"), ("diff",), ("diff", "x", "--generation=1")),
    ids=" ".join,
)
def test_generations_that_make_no_sense_end_with_2(secpold, ctl, words):
    secpold.start()
    assert ctl(*words, code=2).complaint


# Locking oneself out


def from_port(net, port):
    return {"SSH_CONNECTION": f"{net.PEER4} 50000 {net.DEVICE4} {port}"}


def test_what_cuts_the_callers_connection_needs_confirm_or_force(net, bus, secpold, ctl, files):
    secpold.start()
    files(raw=RAW)
    cut = from_port(net, 9100)
    done = ctl("import", "raw.policy", environment=cut, code=1)
    assert "RestrictRawPort cuts your own SSH connection" in done.text
    assert "--confirm=" in done.complaint and "--force" in done.complaint
    assert bus.manager("State") == "no-policy"
    refused = parsed(ctl("import", "raw.policy", "--json=short", environment=cut, code=1))
    assert len(refused["Warnings"]) == 1 and "Generation" not in refused

    confirmed = ctl("import", "raw.policy", "--confirm=1min", environment=cut)
    assert "secpolctl confirm 1" in confirmed.text and "Warning: " in confirmed.text
    ctl("revert")
    ctl("import", "raw.policy", "--force", environment=cut)
    assert bus.manager("ConfirmUntilUSec") == 0
    assert rules.delivered(net, [9100]) == set()


def test_what_leaves_the_callers_connection_needs_nothing(net, secpold, ctl, files):
    secpold.start()
    files(raw=RAW)
    ctl("import", "raw.policy", environment=from_port(net, 22))
    ctl("import", "raw.policy", environment=from_port(net, 9100))


# Confirm and revert


def test_confirm_keeps_what_waits(bus, secpold, ctl, files):
    secpold.start()
    files(first=LPD, second=RAW)
    ctl("import", "first.policy")
    before = time.time()
    result = parsed(ctl("import", "second.policy", "--confirm=10min", "--json=short"))
    assert 590 < result["ConfirmUntilUSec"] / 1e6 - before < 620
    assert "secpolctl confirm 2" in ctl("status").text
    assert [entry["InForce"] for entry in parsed(ctl("history", "--json=short"))] == [True, False]
    assert "to be confirmed" in ctl("history").text
    assert ctl("confirm").text == "Generation 2 is in force: Second, serial 2\n"
    assert bus.manager("ConfirmUntilUSec") == 0
    assert "secpolctl confirm" not in ctl("status").text
    again = ctl("confirm", code=1)
    assert "nothing waits" in again.complaint and "generation 2 is in force" in again.complaint
    assert "history" in ctl("confirm", "2", code=1).complaint


def test_only_the_generation_named_is_confirmed(bus, secpold, ctl, files):
    secpold.start()
    files(first=LPD, second=RAW)
    ctl("import", "first.policy")
    ctl("import", "second.policy", "--confirm=60s")
    assert "Generation 2 waits" in ctl("confirm", "1", code=1).complaint
    assert bus.manager("ConfirmUntilUSec") > 0
    assert parsed(ctl("confirm", "2", "--json=short"))["Generation"] == 2


def test_revert_leads_back(net, bus, secpold, ctl, files):
    secpold.start()
    files(first=LPD, second=RAW)
    assert "waits for no confirmation" in ctl("revert", code=1).complaint
    ctl("import", "first.policy")
    ctl("import", "second.policy", "--confirm=60")
    assert ctl("revert").text == "Generation 1 is in force: First, serial 1\n"
    assert rules.delivered(net, [515, 9100]) == {9100}


def test_revert_of_the_first_import_leads_back_to_nothing(secpold, ctl, files):
    secpold.start()
    files(first=LPD)
    ctl("import", "first.policy", "--confirm=60")
    assert ctl("revert").text == "No policy is in force\n"


# Waiting


def test_wait_returns_when_agents_have_confirmed(bus, secpold, ctl, files, agent, tmp_path):
    secpold.start()
    files(settings=AGENT)
    joined = agent()
    command = [str(daemon.built("secpolctl")), "import", "settings.policy", "--wait"]
    waiting = subprocess.Popen(
        command, cwd=tmp_path, env=bus.environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert wait_until(lambda: bus.item("ForceAutoLogout", "State") == "pending")
        assert not wait_until(lambda: waiting.poll() is not None, 0.5)
        seconds = dbus.UInt32(bus.setting("AutoLogoutSec", "Value")["data"])
        joined.report(("AutoLogout", True), ("AutoLogoutSec", seconds))
        assert wait_until(lambda: bus.item("ForceAutoLogout", "State") == "enforced")
        text, _ = waiting.communicate(timeout=10)
    finally:
        waiting.kill()
    assert waiting.returncode == 0
    assert "2 enforced, 43 off" in text


def test_wait_tells_what_is_missing(secpold, ctl, files):
    secpold.start()
    files(settings=AGENT)
    begin = time.monotonic()
    done = ctl("import", "settings.policy", "--wait", "--timeout=1s", code=1)
    assert 1 <= time.monotonic() - begin < 10
    assert "ForceAutoLogout" in done.text and "pending" in done.text
    assert "secpolctl: after 1 s 1 item is still pending; the policy stays" in done.complaint
    assert ctl("import", "settings.policy").complaint == "", "without --wait that is no failure"


def test_wait_notices_that_the_policy_was_taken_back(secpold, ctl, files):
    secpold.start()
    files(settings=AGENT)
    done = ctl("import", "settings.policy", "--wait", "--confirm=1s", code=1)
    assert "generation 1 is no longer in force" in done.complaint


# Passwords


def test_a_document_sealed_alike_needs_no_password(bus, secpold, ctl, files, sealed):
    secpold.start()
    files(first=LPD, second=RAW)
    sealed("first", PASSWORD)
    ctl("import", "first.policy")
    assert bus.manager("PasswordSet") is True
    assert "Password: set" in ctl("status").text
    sealed("second", PASSWORD, like="first")
    ctl("import", "second.policy")
    assert bus.manager("Generation") == 2


def test_a_password_from_a_file_opens_both_seals(bus, secpold, ctl, files, sealed):
    secpold.start()
    files(first=LPD, second=RAW, pw=PASSWORD + "\n", old=OTHER + "\n")
    sealed("first", PASSWORD)
    ctl("import", "first.policy")
    sealed("second", PASSWORD)
    required = ctl("import", "second.policy", code=1).complaint
    assert "setting password" in required and "--password-file=" in required
    wrong = ctl("import", "second.policy", "--password-file=old", code=1)
    assert OTHER not in wrong.complaint + wrong.text
    assert "--current-password-file=" in wrong.complaint
    assert bus.manager("Generation") == 1
    done = ctl("import", "second.policy", "--password-file=-", stdin=PASSWORD.encode())
    assert bus.manager("Generation") == 2
    assert PASSWORD not in done.text + done.complaint + secpold.log()


def test_the_password_is_changed_with_the_old_one(bus, secpold, ctl, files, sealed):
    secpold.start()
    files(first=LPD, second=RAW, pw=OTHER + "\n", old=PASSWORD + "\n")
    sealed("first", PASSWORD)
    ctl("import", "first.policy")
    sealed("second", OTHER)
    ctl("import", "second.policy", "--password-file=pw", code=1)
    ctl("import", "second.policy", "--password-file=pw", "--current-password-file=old")
    assert bus.manager("Generation") == 2


def test_on_a_terminal_passwords_are_asked_for_without_echo(
    net, bus, secpold, ctl, files, sealed, tmp_path
):
    secpold.start()
    files(first=LPD, second=RAW)
    sealed("first", PASSWORD)
    ctl("import", "first.policy")
    sealed("second", OTHER)
    with typing(net, bus, tmp_path, "import", "second.policy") as (answer, finish):
        answer(b"Password that the device has now", OTHER)
        answer(b"Password of second.policy", OTHER)
        answer(b"Password that the device has now", PASSWORD)
        answer(b"Password of second.policy", OTHER)
        code, shown = finish()
    assert code == 0, shown
    assert "once more" in shown
    assert "Generation 2 is in force" in shown
    assert "Checking second.policy ..." in shown and "Importing ..." in shown
    assert PASSWORD not in shown and OTHER not in shown


def test_to_lift_the_password_the_present_one_is_asked_for(
    net, bus, secpold, ctl, files, sealed, tmp_path
):
    secpold.start()
    files(first=LPD, second=RAW)
    sealed("first", PASSWORD)
    ctl("import", "first.policy")
    with typing(net, bus, tmp_path, "import", "second.policy") as (answer, finish):
        answer(b"Password that the device has now", PASSWORD)
        code, shown = finish()
    assert code == 0, shown
    assert bus.manager("PasswordSet") is False
    assert "Password: not set" in ctl("status").text


# Signatures and export


def test_a_signature_beside_the_file_goes_with_it(secpold, ctl, files, signed, tmp_path):
    secpold.start(profile=signed.profile)
    files(first=LPD)
    signature = signed("first")
    ctl("import", "first.policy")
    status = ctl("status").text
    assert signed.key_id in status and "edition 12" in status
    assert signed.key_id in ctl("history").text

    assert ctl("export", "-o", "out.policy").text == "out.policy: exported, signature beside it\n"
    assert (tmp_path / "out.policy").read_bytes() == LPD.encode()
    assert (tmp_path / "out.policy.minisig").read_bytes() == signature
    for name in ("out.policy", "out.policy.minisig"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    done = ctl("export")
    assert done.stdout == LPD.encode() and "signature" in done.complaint


def test_a_signature_elsewhere_is_named(secpold, ctl, files, signed, tmp_path):
    secpold.start(profile=signed.profile + "RequireSignature=yes\n")
    files(first=LPD, second=RAW)
    required = ctl("import", "first.policy", code=1).complaint
    assert "minisign -S" in required
    signed("first")
    (tmp_path / "first.policy.minisig").rename(tmp_path / "elsewhere")
    swapped = ctl("import", "second.policy", "--signature=elsewhere", code=1).complaint
    assert "secpolctl check" in swapped
    assert "No such file" in ctl("import", "first.policy", "--signature=none", code=1).complaint
    ctl("import", "first.policy", "--signature=elsewhere")


def test_export_gives_the_very_bytes_of_any_generation(secpold, ctl, files, tmp_path):
    document = b"# \xc3\xa4\r\n" + LPD.encode() + b"\n\n# end"
    secpold.start()
    files(odd=document, second=RAW)
    assert "no policy in force" in ctl("export", code=1).complaint
    ctl("import", "odd.policy")
    ctl("import", "second.policy")
    assert ctl("export").stdout == RAW.encode()
    done = ctl("export", "--generation=1", "--output=-")
    assert (done.stdout, done.complaint) == (document, "")
    assert "secpolctl history" in ctl("export", "--generation=7", code=1).complaint
    files(**{"out": b"", "out.policy.minisig": b""})
    (tmp_path / "out.policy.minisig").write_bytes(b"stale")
    assert "remove it" in ctl("export", "-o", "out.policy").complaint
    assert "cannot" in ctl("export", "-o", "missing/out.policy", code=1).complaint


def test_what_one_device_exports_another_imports(net, bus, secpold, ctl, files, sealed, signed):
    secpold.start(profile=signed.profile)
    files(first=LPD)
    sealed("first", PASSWORD)
    signed("first")
    ctl("import", "first.policy")
    digest, signer = bus.manager("PolicyDigest"), bus.manager("PolicySigner")
    ctl("export", "-o", "carried.policy")
    secpold.kill()
    for path in sorted(secpold.state.rglob("*"), reverse=True):
        path.unlink() if path.is_symlink() or not path.is_dir() else path.rmdir()
    secpold.start()
    assert bus.manager("State") == "no-policy"
    ctl("import", "carried.policy")
    assert (bus.manager("PolicyDigest"), bus.manager("PolicySigner")) == (digest, signer)


# What is kept


def test_history_tells_who_imported_what_and_what_is_in_force(secpold, ctl, files):
    secpold.start()
    assert ctl("history").text == "No imported policy is kept.\n"
    assert parsed(ctl("history", "--json=short")) == []
    files(first=LPD, second=RAW)
    ctl("import", "first.policy")
    ctl("import", "second.policy")
    header, newest, oldest = ctl("history").text.splitlines()
    assert header.split()[:4] == ["GEN", "SERIAL", "DIGEST", "STATE"]
    assert newest.split()[:2] == ["2", "2"] and "in force" in newest and "root" in newest
    assert newest.endswith("Second") and oldest.endswith("First")
    assert "confirmed" in oldest
    rows = parsed(ctl("history", "--json=short"))
    assert [(row["Generation"], row["Name"], row["Uid"]) for row in rows] == [
        (2, "Second", 0), (1, "First", 0),
    ]
    assert newest.split()[2] == rows[0]["Digest"][:12]


def test_show_of_a_generation_tells_its_values(secpold, ctl, files):
    secpold.start()
    files(settings=AGENT, last=policy("RestrictRawPort", name="Last", serial=4))
    ctl("import", "settings.policy")
    ctl("import", "last.policy")
    items = parsed(ctl("show", "--generation=1", "--json=short"))
    assert [item["Key"] for item in items] == ITEMS
    wanted = [item["Key"] for item in items if item["Requested"]]
    assert wanted == ["RestrictLpdPort", "ForceAutoLogout"]
    assert items[ITEMS.index("ForceAutoLogout")]["Parameters"]["AutoLogoutSec"] > 0
    text = ctl("show", "--generation=1").text
    assert "STATE" not in text and "Generation 1: Settings, serial 3" in text
    row = next(line for line in text.splitlines() if line.split()[:1] == ["RestrictLpdPort"])
    assert row.split()[1] == "yes"
    alone = parsed(ctl("show", "restrictrawport", "--generation=2", "--json=short"))
    assert (alone["Key"], alone["Value"]) == ("RestrictRawPort", True)
    assert "RestrictRawPort" in ctl("show", "RestrictRwPort", "--generation=2", code=1).complaint
    assert "history" in ctl("show", "--generation=9", code=1).complaint


def test_no_verb_lets_a_name_turn_the_line_around(secpold, ctl, files):
    secpold.start()
    files(hidden=policy("RestrictRawPort", name="Head\u202eeciffo"))
    for words in (
        ("check", "hidden.policy"),
        ("import", "hidden.policy", "--confirm=60s"),
        ("confirm",),
        ("status",),
        ("history",),
        ("show", "--generation=1"),
        ("report",),
        ("report", "--format=html"),
        ("history", "--json=short"),
    ):
        text = ctl(*words).text
        assert "Head\\u202eeciffo" in text and "\u202e" not in text, words
    assert parsed(ctl("history", "--json=short"))[0]["Name"] == "Head\u202eeciffo"


def test_diff_with_a_generation_that_is_kept(secpold, ctl, files):
    secpold.start()
    files(first=LPD, second=RAW)
    ctl("import", "first.policy")
    ctl("import", "second.policy")
    changes = parsed(ctl("diff", "--generation=1", "--json=short"))["Changes"]
    assert [(change["Item"], change["To"]) for change in changes] == [
        ("RestrictLpdPort", True), ("RestrictRawPort", False),
    ]
    assert "Nothing would change" in ctl("diff", "--generation=2").text


def test_status_tells_who_imported_the_policy(secpold, ctl, files):
    secpold.start(LPD)
    assert "Imported:" not in ctl("status").text
    files(second=RAW)
    ctl("import", "second.policy")
    assert " by root" in ctl("status").text
    assert parsed(ctl("status", "--json=short"))["ImportedBy"]["Uid"] == 0


# Others than root


def as_nobody(bus, folder, *words):
    return subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
         str(daemon.built("secpolctl")), *words],
        cwd=folder, env=bus.environment, capture_output=True, text=True, check=False, timeout=30,
    )


def test_others_than_root_are_told_whom_to_ask(bus, secpold, ctl, files):
    secpold.start()
    files(first=LPD)
    ctl("import", "first.policy", "--confirm=60s")
    for words in (("export",), ("confirm",), ("revert",)):
        done = as_nobody(bus, "/", *words)
        assert done.returncode == 1, done
        assert "Try with sudo" in done.stderr and "polkit" in done.stderr
    assert as_nobody(bus, "/", "history").returncode == 0
    assert as_nobody(bus, "/", "status").returncode == 0
    assert export(bus)[0] == LPD.encode()


@contextlib.contextmanager
def overhearing(bus, output):
    """Method calls to secpold while the block runs: gives a function that maps each to its flags."""
    with open(output, "w", encoding="utf-8") as file:
        monitor = subprocess.Popen(
            ["busctl", "--json=short", "--system", "--match=interface='org.secpold1.Manager'",
             "monitor"],
            env=bus.environment, stdout=file, stderr=subprocess.PIPE, text=True,
        )
    monitor.stderr.readline()

    def flags():
        lines = output.read_text(encoding="utf-8").splitlines(True)
        messages = [json.loads(line) for line in lines if line.endswith("\n")]
        return {
            message["member"]: message["flags"]
            for message in messages
            if message["type"] == "method_call"
        }

    try:
        yield flags
    finally:
        monitor.terminate()
        monitor.wait(5)
        monitor.stderr.close()


def test_polkit_may_ask_a_person_where_something_is_to_be_allowed(bus, secpold, ctl, files, tmp_path):
    allow_interactive_authorization = 4  # as the D-Bus specification numbers the flags
    secpold.start()
    files(first=LPD, second=RAW)
    with overhearing(bus, tmp_path / "calls") as flags:
        ctl("import", "first.policy")
        ctl("import", "second.policy", "--confirm=60s")
        ctl("revert")
        ctl("import", "second.policy", "--confirm=60s")
        ctl("confirm")
        ctl("export")
        asking = {"Import", "Revert", "Confirm", "Export"}
        assert wait_until(lambda: asking | {"ListItems"} <= set(flags()))
        found = {name for name, bits in flags().items() if bits & allow_interactive_authorization}
    assert found == asking
