#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs `secpolctl check` and the command line's own refusals; needs neither secpold nor a bus.

usage: check-secpolctl.py SECPOLCTL SOURCE-ROOT
"""

import hashlib
import json
import os
import pathlib
import re
import resource
import signal
import tempfile

from cases import SOURCE_ROOT, case, expect, report, run

HEAD = b"[Policy]\nFormatVersion=1\nName=Head office\nSerial=12\n"
GOOD = HEAD + b"[Network]\nRestrictLpdPort=yes\nRestrictRawPort=no\n"
TYPO = HEAD + b"[Network]\nRestrictLpdPrt=yes\nRestrictRawPort=perhaps\n"

def expect_file(content, code, stdout):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "x.policy").write_bytes(content)
        expect(run("check", "x.policy", cwd=folder), code, stdout)


@case("a good document")
def good():
    expect_file(GOOD, 0, b"x.policy: valid: Head office, serial 12, 1 of 45 items, not sealed\n")


@case("a good document without legend says nothing")
def good_no_legend():
    expect(run("check", "--no-legend", "-", stdin=GOOD), 0)


@case("every error is reported, with its line and the nearest key")
def errors():
    expect_file(
        TYPO,
        1,
        b"x.policy:6: RestrictLpdPrt: unknown key; did you mean RestrictLpdPort?\n"
        b'x.policy:7: RestrictRawPort: the value must be yes or no, not "perhaps"\n'
        b"x.policy: not valid: 2 errors\n",
    )


@case("standard input")
def standard_input():
    expect(
        run("check", "-", stdin=HEAD.replace(b"Serial=12\n", b"")),
        1,
        b"<stdin>:1: Serial: the key is missing from group [Policy]\n<stdin>: not valid: 1 error\n",
    )


@case("an empty document")
def empty():
    process = run("check", "-")
    assert process.returncode == 1, process
    assert process.stdout.endswith(b"<stdin>: not valid: 1 error\n"), process


@case("a document of 65536 bytes, and of one more")
def longest():
    comment = b"# " + b"x" * 76 + b"\n"
    padding = comment * ((65536 - len(GOOD)) // len(comment))
    rest = 65536 - len(GOOD) - len(padding)
    document = GOOD + padding + b"#" * (rest - 1) + b"\n"
    assert len(document) == 65536
    expect_file(document, 0, b"x.policy: valid: Head office, serial 12, 1 of 45 items, not sealed\n")
    process = run("check", "-", stdin=document + b"\n")
    assert process.returncode == 1 and b"65536" in process.stdout, process


@case("more errors than are kept are counted")
def many():
    unknown = b"".join(b"Nonsense%d=1\n" % number for number in range(250))
    process = run("check", "-", stdin=HEAD + b"[Network]\n" + unknown)
    assert process.returncode == 1, process
    lines = process.stdout.decode().splitlines()
    assert len(lines) == 102, len(lines)
    assert lines[-2] == "<stdin>: 150 more of the kind", lines[-2]
    assert lines[-1] == "<stdin>: not valid: 250 errors", lines[-1]


@case("nothing in a document drives the terminal")
def escapes():
    process = run("check", "-", stdin=HEAD + b"[Network]\n\x1b[31mKey=yes\n\xff=1\n\xc2\x9b=2\n")
    assert process.returncode == 1, process
    text = process.stdout.decode()
    assert all(c.isprintable() or c == "\n" for c in text), process


# What turns the rest of a line around, and a tag that no terminal shows.
HIDDEN = "Head\u202eeciffo\U000e0041".encode()


@case("nothing in a valid document turns a line around")
def hidden():
    process = run("check", "-", stdin=GOOD.replace(b"Head office", HIDDEN))
    shown = "<stdin>: valid: Head\\u202eeciffo\\ue0041, serial 12, 1 of 45 items, not sealed\n"
    expect(process, 0, shown.encode())


@case("JSON carries everything, in characters that no terminal obeys")
def json_hidden():
    process = run("check", "--json=short", "-", stdin=GOOD.replace(b"Head office", HIDDEN))
    assert process.returncode == 0, process
    assert json.loads(process.stdout)["PolicyName"] == HIDDEN.decode(), process
    text = process.stdout.decode()
    assert all(c.isprintable() or c == "\n" for c in text), process


@case("names of files that are not UTF-8 leave JSON valid")
def json_bytes():
    with tempfile.TemporaryDirectory() as folder:
        path = os.fsencode(folder) + b"/x\xff\xe2\x80.policy"
        with open(path, "wb") as file:
            file.write(GOOD)
        process = run("check", "--json=short", "--signature=" + "\udcfe", path)
        assert process.returncode == 1, process
        result = json.loads(process.stdout)
        assert result["File"].endswith("/x\ufffd\ufffd\ufffd.policy"), process
        assert result["Signature"]["Problem"].startswith("\ufffd: "), process


@case("JSON of a good document")
def json_good():
    for style in ("short", "pretty"):
        process = run("check", f"--json={style}", "-", stdin=GOOD)
        assert process.returncode == 0, process
        assert (process.stdout.count(b"\n") == 1) == (style == "short"), process
        assert json.loads(process.stdout) == {
            "File": "<stdin>",
            "Valid": True,
            "PolicyName": "Head office",
            "PolicySerial": 12,
            "Items": 1,
            "PolicyDigest": hashlib.sha256(GOOD).hexdigest(),
            "Sealed": False,
            "Signature": None,
            "Diagnostics": [],
        }, process


@case("JSON of a bad document")
def json_bad():
    process = run("check", "--json=short", "-", stdin=TYPO)
    assert process.returncode == 1, process
    result = json.loads(process.stdout)
    assert result["Valid"] is False, process
    assert result["Diagnostics"] == [
        {
            "Line": 6,
            "Severity": "error",
            "Key": "RestrictLpdPrt",
            "Message": "unknown key; did you mean RestrictLpdPort?",
        },
        {
            "Line": 7,
            "Severity": "error",
            "Key": "RestrictRawPort",
            "Message": 'the value must be yes or no, not "perhaps"',
        },
    ], process


@case("every shipped policy is valid")
def shipped():
    policies = sorted((SOURCE_ROOT / "policy-examples").glob("*.policy"))
    assert policies
    for policy in policies:
        process = run("check", "--no-legend", policy)
        expect(process, 0)


@case("files that cannot be read")
def unreadable():
    expect(
        run("check", "/nonexistent/x"),
        1,
        stderr=b"secpolctl: cannot open /nonexistent/x: No such file or directory\n",
    )
    expect(
        run("check", "/"),
        1,
        stderr=b"secpolctl: cannot read /: Is a directory; name a file in it\n",
    )


NEW = b"; secpolctl new writes a policy to start from\n"
PROFILE = (
    b" is a device profile, which belongs in /etc/secpold/device.conf, see secpold.device(5)" + NEW
)


@case("files of another kind are called what they are")
def other_kinds():
    examples = SOURCE_ROOT / "policy-examples"
    for content, verdict in (
        (pathlib.Path("/bin/true").read_bytes(), b" is a binary file, not a policy document" + NEW),
        (
            b'{"Key": "RestrictLpdPort"}',
            b" is JSON; a policy document is made of [GROUP] and KEY=VALUE lines, and secpolctl "
            b"export gives the one in force\n",
        ),
        (GOOD.decode().encode("utf-16"), b" is text in UTF-16; save it as UTF-8\n"),
        ((examples / "device-profiles/full-mfp.conf").read_bytes(), PROFILE),
        (
            (SOURCE_ROOT / "agent/bindings/cups.binding").read_bytes(),
            b" is a binding of secpol-agent, see secpold.binding(5)" + NEW,
        ),
        (
            b"untrusted comment: signature from minisign secret key\nRWQ=\n",
            b" is a key or signature of minisign; name the document it belongs to\n",
        ),
    ):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "x").write_bytes(content)
            for verb in ("check", "seal", "import", "diff"):
                expect(run(verb, "x", cwd=folder), 1, stderr=b"secpolctl: x" + verdict)
            assert pathlib.Path(folder, "x").read_bytes() == content


@case("an endless file ends")
def endless():
    process = run("check", "/dev/zero")
    assert process.returncode == 1, process


@case("a full disk is no success")
def full_disk():
    with open("/dev/full", "wb") as full:
        process = run("check", "-", stdin=GOOD, stdout=full)
    assert process.returncode == 1, process
    assert b"No space left on device" in process.stderr, process


@case("command lines that make no sense")
def usage():
    for arguments, message in (
        (["sttus"], b"there is no verb sttus; did you mean status?"),
        (["qqqqqqqqqq"], b"there is no verb qqqqqqqqqq; secpolctl --help lists them"),
        (
            ["RestrictLpdPort"],
            b"there is no verb RestrictLpdPort; did you mean: secpolctl explain RestrictLpdPort",
        ),
        (["/etc/passwd"], b"there is no verb /etc/passwd; it is a file: secpolctl check /etc/passwd"),
        (["check"], b"check needs FILE, a policy document; see secpolctl check --help"),
        (
            ["explain"],
            b"explain needs KEY, an item such as RestrictLpdPort, or a setting; see secpolctl "
            b"explain --help",
        ),
        (
            ["check", "a", "b"],
            b"check takes one argument, FILE, and here are 2; see secpolctl check --help",
        ),
        (["status", "a"], b"status takes no argument; see secpolctl status --help"),
        (["seal"], b"seal needs FILE, a policy document; see secpolctl seal --help"),
        (["status", "--like=a"], b"status does not take --like; see secpolctl status --help"),
        (["check", "a", "-o", "b"], b"check does not take --output; see secpolctl check --help"),
        (["diff"], b"diff takes either FILE or --generation=; see secpolctl diff --help"),
        (["status", "--wait"], b"status does not take --wait; see secpolctl status --help"),
        (
            ["import", "a", "--confirm=soon"],
            b'--confirm takes a time from 1s to 1d, such as 60s or 5min, not "soon"',
        ),
        (
            ["export", "--generation=0"],
            b"a generation is a number from 1, as secpolctl history lists them, not \"0\"",
        ),
        (["--json=xml"], b'--json takes off, short or pretty, not "xml"'),
        (["report", "--format=pdf"], b'--format takes text, json or html, not "pdf"'),
        (
            ["-H", "mfp", "check", "a.policy"],
            b"check works on a file of this machine and asks no other; leave out --host",
        ),
        (
            ["--host=mfp", "seal", "a.policy"],
            b"seal works on a file of this machine and asks no other; leave out --host",
        ),
        (
            ["new", "--json=short"],
            b"new gives a policy document, which is not JSON; leave out --json",
        ),
        (
            ["seal", "a.policy", "--json=pretty"],
            b"seal gives a policy document, which is not JSON; leave out --json",
        ),
        (
            ["export", "--json=off"],
            b"export gives a policy document, which is not JSON; leave out --json",
        ),
        (
            ["report", "--format=html", "--json=short"],
            b"--json is for --format=json; leave out one of --json and --format",
        ),
        (
            ["report", "--format=html", "--no-legend"],
            b"--no-legend is not for --format=html, whose headings are part of the page",
        ),
        (
            ["import", "a", "--timeout=5s"],
            b"--timeout says how long --wait waits; add --wait, or leave it out",
        ),
        (["--host="], b"--host takes USER@HOST"),
        (["-H", "-oProxyCommand=x", "status"], b"--host takes USER@HOST"),
        ([""], b"the verb is an empty word; is a variable of a script not set?"),
        (["help"], b"there is no verb help; did you mean --help?"),
        (["version"], b"there is no verb version; did you mean --version?"),
        (
            ["show", ""],
            b"show is given an empty word for [KEY]; is a variable of a script not set?",
        ),
        (
            ["import", ""],
            b"import is given an empty word for FILE; is a variable of a script not set?",
        ),
        (["status", ""], b"status takes no argument; see secpolctl status --help"),
        (["--frobnicate"], b"there is no option --frobnicate; secpolctl --help lists them"),
        (["show", "--no-pagr"], b"there is no option --no-pagr; did you mean --no-pager?"),
        (["--jsn=short"], b"there is no option --jsn=short; did you mean --json?"),
    ):
        expect(run(*arguments), 2, stderr=b"secpolctl: " + message + b"\n")


@case("the value of a short option may follow its letter at once")
def glued():
    message = b"secpolctl: check works on a file of this machine and asks no other; leave out --host\n"
    expect(run("-Hroot@mfp", "check", "x"), 2, stderr=message)
    expect(run("check", "x", "-Hroot@mfp"), 2, stderr=message)
    with tempfile.TemporaryDirectory() as folder:
        process = run("seal", "-oy.policy", "-", "--password-file=/dev/null", stdin=GOOD, cwd=folder)
        expect(process, 1, stderr=b"secpolctl: /dev/null: the password is empty\n")
        # Not a value of the option before, and not after the last option.
        for words in (("check", "--signature", "-Hx", "-"), ("check", "--", "-Hx")):
            process = run(*words, stdin=GOOD, cwd=folder)
            assert process.returncode == 1 and b"-Hx" in process.stdout + process.stderr, process


@case("secpold out of reach")
def unreachable():
    lines = "explain x,blocked,report,status,show,show x,settings,verify,monitor,is-compliant,diff -,diff --generation=1"
    lines += ",show --generation=1,import -,export,confirm,confirm 1,revert,history"
    for line in lines.split(","):
        process = run(*line.split(), stdin=GOOD)
        assert process.returncode == 3, process
        assert process.stdout == b"", process
        assert process.stderr == (
            b"secpolctl: there is no system bus to ask for secpold (No such file or directory); "
            b"start the bus, or name another one in DBUS_SYSTEM_BUS_ADDRESS\n"
        ) or (line.startswith("import") and b"there is no system bus" in process.stderr), process


@case("help and version")
def informative():
    process = run("--version")
    assert process.returncode == 0 and process.stdout.startswith(b"secpolctl "), process
    process = run("--help")
    assert process.returncode == 0, process
    listed = re.findall(r"^  ([a-z]\S+)", process.stdout.decode(), re.MULTILINE)
    assert len(listed) == 18, listed
    columns = {
        re.match(r"  \S.*?  +(?=\S)", line).end()
        for line in process.stdout.decode().splitlines()
        if line.startswith("  ") and "--" not in line
    }
    assert len(columns) == 1, columns
    for verb in listed:
        process = run(verb, "--help")
        assert process.returncode == 0, process
        assert f"] {verb}".encode() in process.stdout, process


@case("a new policy is valid and asks for nothing, and every line of it can be put in force")
def new():
    text = run("new").stdout.decode()
    expect(
        run("check", "-", stdin=text.encode()),
        0,
        b"<stdin>: valid: Unnamed policy, serial 1, 0 of 45 items, not sealed\n",
    )
    assert max(map(len, text.splitlines())) <= 100, "comments are wrapped"
    all_on = re.sub(r"^#(\w+=)", r"\1", text.replace("=no\n", "=yes\n"), flags=re.MULTILINE)
    expect(
        run("check", "-", stdin=all_on.encode()),
        0,
        b"<stdin>: valid: Unnamed policy, serial 1, 45 of 45 items, not sealed\n",
    )


@case("a new policy never replaces a file")
def new_file():
    with tempfile.TemporaryDirectory() as folder:
        process = run("new", "x.policy", cwd=folder)
        assert process.returncode == 0, process
        assert process.stdout.endswith(b"secpolctl check x.policy\n"), process
        path = pathlib.Path(folder, "x.policy")
        assert path.read_bytes() == run("new").stdout
        path.write_text("mine")
        expect(
            run("new", "x.policy", cwd=folder),
            1,
            stderr=b"secpolctl: x.policy exists already and is left as it is; name another file\n",
        )
        assert path.read_text() == "mine"


def little_room():
    """No file grows beyond so many bytes, as on a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


@case("a new policy that does not fit on the disk leaves nothing behind")
def new_without_room():
    with tempfile.TemporaryDirectory() as folder:
        expect(
            run("new", "x.policy", cwd=folder, prepare=little_room),
            1,
            stderr=b"secpolctl: x.policy: cannot write: File too large\n",
        )
        assert os.listdir(folder) == []
        expect(
            run("new", "no/x.policy", cwd=folder),
            1,
            stderr=b"secpolctl: no/x.policy: cannot write: No such file or directory\n",
        )


@case("a new policy goes no way through a link that leads nowhere")
def new_link():
    with tempfile.TemporaryDirectory() as folder:
        os.symlink("elsewhere", os.path.join(folder, "x.policy"))
        process = run("new", "x.policy", cwd=folder)
        assert process.returncode == 1 and b"exists already" in process.stderr, process
        assert os.listdir(folder) == ["x.policy"]


def candidates(*words):
    process = run("--complete", *words)
    assert process.returncode == 0 and process.stderr == b"", process
    return [line.split("\t")[0] for line in process.stdout.decode().splitlines()]


@case("completion knows verbs, options, keys and settings")
def completion():
    verbs = re.findall(r"^  ([a-z]\S+)", run("--help").stdout.decode(), re.MULTILINE)
    assert candidates("") == candidates() == verbs
    assert candidates("se") == ["settings", "seal"]
    items = candidates("show", "")
    assert len(items) == 45
    settings = candidates("settings", "")
    assert len(settings) == 70
    assert candidates("explain", "") == items + settings
    assert candidates("blocked", "restrictl") == ["RestrictLpdPort"]
    assert candidates("show", "RestrictLpdPort", "") == []
    assert candidates("--no-legend", "-H", "root@mfp", "show", "UseT") == ["UseTpm"]
    for words, kind in (
        (("check", ""), ":files"),
        (("import", "--signature="), ":files"),
        (("check", "--trusted-keys", ""), ":directories"),
        (("-H", ""), ":hosts"),
        (("--host=ro",), ":hosts"),
    ):
        assert candidates(*words) == [kind], words
    assert candidates("--json=s") == ["short"]
    assert candidates("--json", "") == ["off", "short", "pretty"]
    assert candidates("report", "--format=") == ["text", "json", "html"]
    assert candidates("status", "--nonsense=") == candidates("status", "x") == []
    assert "--format=" in candidates("report", "--")
    assert "--format=" not in candidates("status", "--")
    assert "--host=" not in candidates("check", "--h")
    assert candidates("nonsense", "c") == ["confirm", "check"]


@case("completion offers for each verb just the options its help names")
def completion_of_options():
    for verb in candidates(""):
        text = run(verb, "--help").stdout.decode()
        named = set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", text, re.MULTILINE))
        assert named == {word.rstrip("=") for word in candidates(verb, "-")}, verb


report()
