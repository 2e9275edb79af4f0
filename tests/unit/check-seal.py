#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs `secpolctl seal`, and `secpolctl check` on what is sealed and signed; needs no secpold.

usage: check-seal.py SECPOLCTL SOURCE-ROOT
"""

import contextlib
import json
import os
import pathlib
import pty
import select
import signal
import subprocess
import tempfile
import termios
import time

from cases import ENVIRONMENT, SECPOLCTL, SOURCE_ROOT, case, expect, report, run

DATA = SOURCE_ROOT / "tests/unit/data"
HEAD = b"[Policy]\nFormatVersion=1\nName=Head office\nSerial=12\n"
GOOD = HEAD + b"[Network]\nRestrictLpdPort=yes\n"
SEALED = (DATA / "seal/sealed.policy").read_bytes()
PASSWORD = "Correct-Hörse-7".encode()
VALID = b"x.policy: valid: Head office, serial 12, 1 of 45 items, "


@contextlib.contextmanager
def folder(**files):
    """A folder with these files: x is x.policy, pw is pw."""
    with tempfile.TemporaryDirectory() as path:
        for name, content in files.items():
            pathlib.Path(path, name if name == "pw" else f"{name}.policy").write_bytes(content)
        yield pathlib.Path(path)


def seal(cwd, *arguments, **options):
    return run("seal", "x.policy", *arguments, cwd=cwd, **options)


def names(path):
    return sorted(entry.name for entry in path.iterdir())


def seal_lines(document):
    return document.split(b"[Seal]\n")[1].splitlines()


@case("the file is replaced by the sealed document")
def replaced():
    with folder(x=GOOD, pw=b"secret\n") as path:
        (path / "x.policy").chmod(0o640)
        expect(seal(path, "--password-file=pw"), 0, b"x.policy: sealed\n")
        document = (path / "x.policy").read_bytes()
        assert document.startswith(GOOD + b"[Seal]\nSalt="), document
        assert (path / "x.policy").stat().st_mode & 0o777 == 0o640
        assert names(path) == ["pw", "x.policy"]
        expect(run("check", "x.policy", cwd=path), 0, VALID + b"sealed\n")


@case("a symbolic link stays one")
def link():
    with folder(y=GOOD, pw=b"secret\n") as path:
        (path / "x.policy").symlink_to("y.policy")
        expect(seal(path, "--password-file=pw", "--no-legend"), 0)
        assert (path / "x.policy").is_symlink()
        assert b"[Seal]" in (path / "y.policy").read_bytes()


@case("to another file, to standard output, from standard input")
def elsewhere():
    with folder(x=GOOD, pw=b"secret\n") as path:
        expect(seal(path, "--password-file=pw", "-o", "y.policy"), 0, b"y.policy: sealed\n")
        assert (path / "x.policy").read_bytes() == GOOD
        assert (path / "y.policy").read_bytes().startswith(GOOD + b"[Seal]\n")
        process = seal(path, "--password-file=pw", "--output=-")
        assert process.returncode == 0 and process.stdout.startswith(GOOD + b"[Seal]\n"), process
        process = run("seal", "-", "--password-file=pw", cwd=path, stdin=GOOD)
        assert process.returncode == 0 and process.stdout.startswith(GOOD + b"[Seal]\n"), process
        assert (path / "x.policy").read_bytes() == GOOD


@case("like: the seal of the fixture, to the byte")
def like():
    body = SEALED.split(b"[Seal]\n", maxsplit=1)[0]
    with folder(x=body, previous=SEALED, pw=PASSWORD + b"\n") as path:
        expect(
            seal(path, "--like=previous.policy", "--password-file=pw"), 0, b"x.policy: sealed\n"
        )
        assert (path / "x.policy").read_bytes() == SEALED


@case("like: another document gets the same key")
def like_other():
    with folder(x=GOOD, previous=SEALED, pw=PASSWORD) as path:
        expect(seal(path, "--like=previous.policy", "--password-file=pw", "--no-legend"), 0)
        old, new = seal_lines(SEALED), seal_lines((path / "x.policy").read_bytes())
        assert old[:2] == new[:2] and old[2] != new[2], new


@case("without like the salt is a new one, also over an old seal")
def fresh():
    with folder(x=SEALED, pw=PASSWORD) as path:
        expect(seal(path, "--password-file=pw", "--no-legend"), 0)
        document = (path / "x.policy").read_bytes()
        assert document.count(b"[Seal]") == 1
        assert seal_lines(document)[0] != seal_lines(SEALED)[0]


@case("like: refused without the right password and without a good seal")
def like_refused():
    for previous, password, message in (
        (SEALED, b"Wrong-Horse-7", b"the password is not the one that p.policy is sealed with"),
        (GOOD, PASSWORD, b"p.policy is not sealed, so it has no password to keep"),
        (
            SEALED.replace(b"Serial=12", b"Serial=13"),
            PASSWORD,
            b"p.policy: the seal does not fit the document, which was changed after it was "
            b"sealed or took its seal from another one",
        ),
    ):
        with folder(x=GOOD, p=previous, pw=password) as path:
            expect(
                seal(path, "--like=p.policy", "--password-file=pw"),
                1,
                stderr=b"secpolctl: " + message + b"\n",
            )
            assert (path / "x.policy").read_bytes() == GOOD


@case("a password that breaks the document's own rules is refused by the rule's name")
def rules():
    for rule, password in (
        ("MinimumPasswordLength=8", "Abc-12é"),
        ("ProhibitRepeatedCharacters=yes", "Abccc-12"),
        ("RequireUppercase=yes", "abcd-123"),
        ("RequireLowercase=yes", "ABCD-123"),
        ("RequireDigit=yes", "Abcdefg-"),
        ("RequireSymbol=yes", "Abcdefg1"),
    ):
        document = HEAD + f"[Authentication]\n{rule}\n".encode()
        for text, good in ((password, False), ("Abcdef-1", True)):
            with folder(x=document, pw=text.encode()) as path:
                process = seal(path, "--password-file=pw")
                assert process.returncode == (0 if good else 1), (rule, process)
                named = f"({rule.split('=', maxsplit=1)[0]})".encode() in process.stderr
                assert named != good and text.encode() not in process.stderr, (rule, process)
                assert ((path / "x.policy").read_bytes() == document) != good


def assert_password(document, content, message):
    with folder(x=document, pw=content) as path:
        process = seal(path, "--password-file=pw")
        expect(process, 1, stderr=b"secpolctl: pw: " + message + b"\n")
        assert (path / "x.policy").read_bytes() == document
        process = seal(path, "--password-file=-", stdin=content)
        expect(process, 1, stderr=b"secpolctl: <stdin>: " + message + b"\n")


@case("the password is the first line of its file")
def password_file():
    body = SEALED.split(b"[Seal]\n", maxsplit=1)[0]
    for content in (b"", b"\n", b"\r\n", b"\nsecond\n"):
        assert_password(body, content, b"the password is empty")
    for content in (PASSWORD + b"\r\n", PASSWORD + b"\nsecond\n", PASSWORD):
        with folder(x=body, previous=SEALED, pw=content) as path:
            expect(seal(path, "--like=previous.policy", "--password-file=pw", "--no-legend"), 0)
            process = seal(
                path,
                "--like=previous.policy",
                "--password-file=-",
                "--no-legend",
                stdin=content,
            )
            expect(process, 0)
    assert_password(body, b"x" * 129, b"the password is longer than 128 bytes")
    assert_password(body, b"a\x07b", b"the password contains a control character")
    assert_password(body, b"B\xfcro", b"the password is not valid UTF-8")


@case("what cannot be read, written or asked")
def refused():
    with folder(x=GOOD, pw=b"secret\n") as path:
        for arguments, message in (
            (["--password-file=no"], b"no: cannot open: No such file or directory"),
            (["--password-file=pw", "-o", "."], None),
            (
                ["--password-file=pw", "-o", "/dev/full"],
                b"/dev/full is not a regular file, and nothing else is replaced; name another with "
                b"-o, where - is standard output",
            ),
            (["--password-file=."], b".: cannot read the password: Is a directory"),
            (["--password-file=pw", "-o", "no/y"], None),
            (["--password-file=pw", "--like=no"], b"cannot open no: No such file or directory"),
            ([], None),
        ):
            process = seal(path, *arguments, session=True)
            assert process.returncode == 1 and process.stdout == b"", process
            if message:
                assert process.stderr == b"secpolctl: " + message + b"\n", process
            else:
                assert process.stderr.startswith(b"secpolctl: "), process
            assert (path / "x.policy").read_bytes() == GOOD
            assert names(path) == ["pw", "x.policy"]
        assert b"there is no terminal" in process.stderr, process
        with open("/dev/full", "wb") as full:
            process = seal(path, "--password-file=pw", "-o", "-", stdout=full)
        assert process.returncode == 1 and b"No space left on device" in process.stderr, process


@case("a document that is no policy is not sealed")
def not_a_policy():
    with folder(x=HEAD + b"[Network]\nRestrictLpdPrt=yes\n", pw=b"secret\n") as path:
        expect(
            seal(path, "--password-file=pw"),
            1,
            b"x.policy:6: RestrictLpdPrt: unknown key; did you mean RestrictLpdPort?\n",
            b"secpolctl: x.policy is not valid, and was not sealed\n",
        )


@case("a document without room for a seal is not sealed")
def no_room():
    with folder(x=GOOD + b"#" * (65536 - len(GOOD) - 1) + b"\n", pw=b"secret\n") as path:
        process = seal(path, "--password-file=pw")
        assert process.returncode == 1 and b"at most 65536 are allowed" in process.stderr, process


@case("standard input is one thing only")
def stdin_twice():
    message = b"secpolctl: only one of FILE, --like and --password-file can be standard input\n"
    expect(run("seal", "-", "--password-file=-"), 2, stderr=message)
    expect(run("seal", "x", "--like=-", "--password-file=-"), 2, stderr=message)


@case("check: a seal that does not fit is an error")
def check_seal():
    for document, message in (
        (
            SEALED.replace(b"Serial=12", b"Serial=13"),
            b"the seal does not fit the document, which was changed after it was sealed or took "
            b"its seal from another one",
        ),
        (
            SEALED.replace(b"Salt=c", b"Salt=d"),
            b"the seal does not fit the document, which was changed after it was sealed or took "
            b"its seal from another one",
        ),
        (
            SEALED + b"# a\n",
            b"the seal is not in the form that secpolctl seal gives it, as the end of the "
            b"document; seal it again",
        ),
    ):
        with folder(x=document) as path:
            expect(
                run("check", "x.policy", cwd=path),
                1,
                b"x.policy: Seal: " + message + b"\nx.policy: not valid: 1 error\n",
            )
            result = json.loads(run("check", "--json=short", "x.policy", cwd=path).stdout)
            assert result["Valid"] is False and result["Sealed"] is False, result
            assert result["Diagnostics"][0]["Message"] == message.decode(), result


def minisign(path, *arguments):
    subprocess.run(["minisign", *arguments], cwd=path, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def signed_folder(*arguments):
    """The folder, and the key's id as minisign prints it: without leading zeros."""
    with folder(x=GOOD) as path:
        (path / "keys").mkdir()
        minisign(path, "-G", "-W", "-p", "keys/a.pub", "-s", "a.key")
        minisign(path, "-S", "-s", "a.key", "-m", "x.policy", "-t", "edition 12", *arguments)
        yield path, (path / "keys/a.pub").read_text().split()[5]


def check(path, *arguments):
    return run("check", "x.policy", "--trusted-keys=keys", *arguments, cwd=path)


def expect_signature(path, signature, message):
    (path / "x.policy.minisig").write_bytes(signature)
    process = check(path)
    assert process.returncode == 1 and message in process.stdout, process
    assert b"signed by" not in process.stdout, process
    result = json.loads(check(path, "--json=short").stdout)
    assert result["Valid"] and message.strip() in result["Signature"]["Problem"].encode(), result


@case("check: minisign's signatures, both kinds, beside the document and elsewhere")
def check_signature():
    for kind in ([], ["-l"]):
        with signed_folder(*kind) as (path, key):
            signer = f" signed by key {key:0>16} (minisign public key {key}): edition 12\n".encode()
            expect(check(path), 0, VALID + b"not sealed\nx.policy.minisig:" + signer)
            expect(check(path, "--no-legend"), 0)
            (path / "x.policy.minisig").rename(path / "sig")
            expect(check(path), 0, VALID + b"not sealed\n")
            expect(check(path, "--signature=sig"), 0, VALID + b"not sealed\nsig:" + signer)
            result = json.loads(check(path, "--signature=sig", "--json=short").stdout)
            assert result["Signature"] == {
                "File": "sig",
                "KeyId": f"{key:0>16}",
                "KeyComment": f"minisign public key {key}",
                "TrustedComment": "edition 12",
            }, result


@case("check: a bad signature is an error that says why")
def check_bad_signature():
    with signed_folder() as (path, key):
        unchanged = b"does not fit: document, signature or trusted comment was changed after signing"
        text = (path / "x.policy.minisig").read_bytes()
        expect_signature(path, text.replace(b"edition 12", b"edition 13"), unchanged)
        expect_signature(path, text[:-20], b"the signature is not a file as minisign -S writes it")
        expect_signature(path, b"x" * 3000, b"2048")
        (path / "x.policy").write_bytes(GOOD.replace(b"yes", b"no"))
        expect_signature(path, text, unchanged)
        (path / "x.policy").write_bytes(GOOD)
        (path / "keys/a.pub").unlink()
        unknown = f"the signature is by key {key:0>16}, which is not among the trusted keys in keys\n"
        expect_signature(path, text, unknown.encode())
        (path / "keys/b.pub").write_bytes(b"junk\n")
        expect_signature(path, text, b"keys/b.pub: not a public key file as minisign -G writes it\n")
        process = check(path, "--signature=no")
        assert process.returncode == 1 and b"no: cannot open: No such file" in process.stdout, process


@case("sealing what is signed says that the signature is stale")
def stale_signature():
    with signed_folder() as (path, _):
        (path / "pw").write_bytes(b"secret\n")
        expect(
            seal(path, "--password-file=pw"),
            0,
            b"x.policy: sealed\n",
            b"secpolctl: x.policy.minisig is of the document before it was sealed; sign again\n",
        )
        assert b"does not fit" in check(path).stdout


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, cwd, *arguments):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # What runs in the background of a script ignores these, and so do its children.
            for number in (signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            os.chdir(cwd)
            os.execve(SECPOLCTL, [SECPOLCTL, *arguments], ENVIRONMENT)
        self.shown = b""

    def shows_input(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def read(self, until=None):
        """Until it has shown this text, or has closed the terminal."""
        deadline = time.monotonic() + 20
        while until is None or until not in self.shown:
            assert time.monotonic() < deadline, f"{until!r} did not appear in {self.shown!r}"
            if not select.select([self.fd], [], [], 1)[0]:
                continue
            try:
                self.shown += os.read(self.fd, 4096)
            except OSError:
                assert until is None, f"{until!r} did not appear in {self.shown!r}"
                return

    def answer(self, prompt, text):
        self.read(prompt)
        assert not self.shows_input(), "the terminal shows what is typed"
        os.write(self.fd, text)

    def end(self):
        self.read()
        os.close(self.fd)
        return os.waitpid(self.pid, 0)[1]


@case("the password is asked for twice, and not shown")
def asked():
    with folder(x=GOOD) as path:
        terminal = Terminal(path, "seal", "x.policy")
        terminal.answer(b"New password for x.policy: ", b"Sec-ret\n")
        terminal.answer(b"Once more: ", b"Sec-ret\n")
        assert terminal.end() == 0, terminal.shown
        assert b"Sec-ret" not in terminal.shown and b"x.policy: sealed" in terminal.shown
        (path / "pw").write_bytes(b"Sec-ret\n")
        (path / "y.policy").write_bytes(GOOD)
        expect(run("seal", "y.policy", "--like=x.policy", "--password-file=pw", "--no-legend", cwd=path), 0)


@case("two different passwords, none, and one that is too long")
def asked_in_vain():
    for answers, message in (
        ((b"one\n", b"two\n"), b"the two passwords differ"),
        ((b"\n",), b"the password is empty"),
        ((b"\x04",), b"the password is empty"),
        ((b"x" * 200 + b"\n",), b"the password is longer than 128 bytes"),
    ):
        with folder(x=GOOD) as path:
            terminal = Terminal(path, "seal", "x.policy")
            for prompt, answer in zip((b"New password for x.policy: ", b"Once more: "), answers):
                terminal.answer(prompt, answer)
            assert os.waitstatus_to_exitcode(terminal.end()) == 1, terminal.shown
            assert message in terminal.shown, terminal.shown
            assert (path / "x.policy").read_bytes() == GOOD


@case("like asks once, for the old password")
def asked_like():
    with folder(x=GOOD, previous=SEALED) as path:
        terminal = Terminal(path, "seal", "--like=previous.policy", "x.policy")
        terminal.answer(b"Password of previous.policy: ", PASSWORD + b"\n")
        assert terminal.end() == 0, terminal.shown


@case("an interrupted question leaves a terminal that shows what is typed")
def interrupted():
    for key, number in ((b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT), (None, signal.SIGTERM)):
        with folder(x=GOOD) as path:
            terminal = Terminal(path, "seal", "x.policy")
            terminal.read(b"New password for x.policy: ")
            assert not terminal.shows_input()
            if key:
                os.write(terminal.fd, b"half a pass" + key)
            else:
                os.kill(terminal.pid, number)
            terminal.read()
            status = os.waitpid(terminal.pid, 0)[1]
            assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == number, status
            assert not os.WCOREDUMP(status), "there is a core file with a password"
            assert terminal.shows_input()
            os.close(terminal.fd)
            assert names(path) == ["x.policy"], names(path)


report()
