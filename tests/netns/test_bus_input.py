# SPDX-License-Identifier: GPL-2.0-or-later
"""What clients send: documents, and calls that are wrong in every way."""

import subprocess
import time

import dbus
import dbus.lowlevel
import pytest

import probes
import rules
from bus import NAME, ROOT, call, error_name
from documents import policy

INVALID_ARGUMENTS = "org.freedesktop.DBus.Error.InvalidArgs"
DOCUMENT = policy("RestrictLpdPort", "ForceAutoLogout", MinimumPasswordLength=12)


@pytest.fixture(scope="module", autouse=True)
def running(shared):
    return shared.start(DOCUMENT)


# Documents


def document(text):
    data = text if isinstance(text, bytes) else text.encode()
    return dbus.ByteArray(data)


def test_validate_reports_every_error_with_its_line_and_changes_nothing(bus, client):
    digest = bus.manager("PolicyDigest")
    assert call(client, "Validate", "ay", document(DOCUMENT)) == []
    bad = DOCUMENT + "[Job]\nProhibitAutoForwardin=yes\nForceFaxNumberConfirmation=maybe\n"
    found = call(client, "Validate", "ay", document(bad))
    lines = bad.splitlines()
    assert [(line, severity) for line, severity, _, _ in found] == [
        (lines.index("ProhibitAutoForwardin=yes") + 1, "error"),
        (lines.index("ForceFaxNumberConfirmation=maybe") + 1, "error"),
    ]
    assert "ProhibitAutoForwarding" in found[0][3]
    assert bus.manager("PolicyDigest") == digest


def test_plain_busctl_can_pass_a_document(bus):
    data = policy("RestrictFtpPort").encode()
    assert bus.call("Validate", "ay", len(data), *data)["data"] == [[]]
    changes = bus.call("Diff", "ay", len(data), *data)["data"][0]
    assert {change[0] for change in changes} == {
        "RestrictLpdPort",
        "RestrictFtpPort",
        "ForceAutoLogout",
        "MinimumPasswordLength",
    }


def test_diff_tells_values_and_consequences_and_changes_nothing(client, net):
    wanted = document(policy("RestrictRawPort", MinimumPasswordLength=12))
    with probes.tcp_service(net.device, 9100):
        changes = {
            str(key): (before, after, list(effects))
            for key, before, after, effects in call(client, "Diff", "ay", wanted)
        }
    assert set(changes) == {"RestrictLpdPort", "RestrictRawPort", "ForceAutoLogout"}
    assert changes["RestrictRawPort"][:2] == (False, True)
    assert any("9100" in effect for effect in changes["RestrictRawPort"][2])
    assert rules.delivered(net, [515, 9100]) == {9100}


@pytest.mark.parametrize(
    "text",
    (
        DOCUMENT + "#" * (65537 - len(DOCUMENT.encode())),
        b"\xff\xfe",
        DOCUMENT.encode() + b"#\xc3\x28\n",
        b"",
        b"\0" * 10,
    ),
    ids=("65537 bytes", "not UTF-8", "half UTF-8", "empty", "zeros"),
)
def test_an_unusable_document_is_a_named_error_and_no_stall(bus, client, text):
    assert (
        error_name(call, client, "Diff", "ay", document(text)) == "org.secpold1.Error.InvalidPolicy"
    )
    found = call(client, "Validate", "ay", document(text))
    assert found and all(severity == "error" for _, severity, _, _ in found)
    assert bus.manager("State") == "enforcing"


def test_a_document_of_64_kib_is_taken(client):
    text = DOCUMENT.encode() + b"#" * (65536 - len(DOCUMENT.encode()) - 1) + b"\n"
    assert len(text) == 65536
    assert call(client, "Validate", "ay", document(text)) == []


# Bad calls


@pytest.mark.parametrize(
    "method, signature, arguments",
    (
        ("Validate", "s", ("text",)),
        ("Validate", "", ()),
        ("Diff", "au", ([1],)),
        ("ListBlocked", "s", ("many",)),
        ("ListItems", "u", (1,)),
        ("Verify", "b", (True,)),
        ("ReportSettings", "a(ss)", ([("Tpm", "yes")],)),
        ("ReportSettings", "a{sv}", ({},)),
    ),
)
def test_arguments_of_a_wrong_type_are_refused(bus, client, method, signature, arguments):
    assert error_name(call, client, method, signature, *arguments) == INVALID_ARGUMENTS
    assert bus.manager("State") == "enforcing"


@pytest.mark.parametrize(
    "path",
    (
        "item/RestrictNothing",
        "setting/Nothing",
        "item/restrictLpdPort",
        "item/RestrictLpdPort/x",
        "nowhere",
    ),
)
def test_an_object_that_does_not_exist_is_unknown(client, path):
    name = error_name(
        call,
        client,
        "Get",
        "ss",
        "org.secpold1.Item",
        "State",
        path=f"{ROOT}/{path}".rstrip("/"),
        interface="org.freedesktop.DBus.Properties",
    )
    assert name == "org.freedesktop.DBus.Error.UnknownObject"


def test_unknown_members_have_named_errors(client):
    properties = "org.freedesktop.DBus.Properties"
    # The bus itself refuses methods that its policy does not list.
    assert error_name(
        call,
        client,
        "Imports",
        "",
    ) in ("org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.UnknownMethod")
    assert (
        error_name(
            call, client, "Get", "ss", "org.secpold1.Manager", "Nothing", interface=properties
        )
        == "org.freedesktop.DBus.Error.UnknownProperty"
    )
    assert error_name(
        call, client, "Set", "ssv", "org.secpold1.Manager", "State", "off", interface=properties
    ) in ("org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.PropertyReadOnly")


def test_everyone_may_read_and_verify(bus):
    for words in (
        ("call", NAME, ROOT, "org.secpold1.Manager", "ListItems"),
        ("call", NAME, ROOT, "org.secpold1.Manager", "ListBlocked", "u", "5"),
        ("call", NAME, ROOT, "org.secpold1.Manager", "Verify"),
        ("get-property", NAME, f"{ROOT}/item/UseTpm", "org.secpold1.Item", "State"),
    ):
        subprocess.run(
            [
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "busctl",
                "--system",
                *words,
            ],
            env=bus.environment,
            check=True,
            capture_output=True,
        )


def test_many_calls_at_once_are_all_worked_off(bus, client):
    for number in range(100):
        member = ("Verify", "ListItems", "ListBlocked", "Nothing")[number % 4]
        message = dbus.lowlevel.MethodCallMessage(NAME, ROOT, "org.secpold1.Manager", member)
        client.send_message(message)
    assert len(call(client, "ListItems", "")) == 45
    assert bus.manager("State") == "enforcing"


def test_a_flood_of_verify_holds_nobody_up(bus, client):
    """One connection that never waits for an answer, and another that asks one thing."""
    hurried = bus.connect()
    try:
        for _ in range(3000):
            message = dbus.lowlevel.MethodCallMessage(
                "org.secpold1", "/org/secpold1", "org.secpold1.Manager", "Verify"
            )
            hurried.send_message(message)
        hurried.flush()
        start = time.monotonic()
        call(client, "ListItems", "")
        assert time.monotonic() - start < 2
    finally:
        hurried.close()
