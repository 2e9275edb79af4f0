# SPDX-License-Identifier: GPL-2.0-or-later
"""Policies signed by minisign: who signed is shown, and what is not as it was signed is refused."""

import base64
import shutil

import pytest

from documents import policy, profile
from life import Importer, export, import_, refused

pytestmark = pytest.mark.skipif(shutil.which("minisign") is None, reason="needs minisign")

DOCUMENT = policy("RestrictLpdPort", name="Head office").encode()


@pytest.fixture(scope="module")
def keys(author):
    return {
        "office": author.new_key("office"),
        "branch": author.new_key("branch"),
        "stranger": author.new_key("stranger", trusted=False),
    }


@pytest.fixture
def device(secpold, author, keys):
    """Takes policies that the office or the branch has signed, or nobody."""
    return secpold.start(profile=profile(Import={"TrustedKeys": author.keys}))


@pytest.fixture
def strict(secpold, author, keys):
    return secpold.start(
        profile=profile(Import={"TrustedKeys": author.keys, "RequireSignature": "yes"})
    )


@pytest.mark.parametrize("kind", ([], ["-l"]), ids=("hashed", "legacy"))
def test_the_signer_is_shown_and_the_signature_given_back(bus, strict, author, keys, kind):
    signature = author.sign(DOCUMENT, "office", "edition 12", *kind)
    import_(bus, DOCUMENT, signature)
    signer = bus.manager("PolicySigner")
    assert signer.startswith(keys["office"]) and signer.endswith(": edition 12")
    assert export(bus) == (DOCUMENT, signature)
    strict.kill()
    strict.start()
    assert bus.manager("PolicySigner") == signer
    assert export(bus) == (DOCUMENT, signature)


def test_an_unsigned_policy_is_refused_only_where_the_profile_says_so(bus, strict, author, keys):
    name, text = refused(bus, DOCUMENT)
    assert name == "SignatureRequired" and "minisign" in text
    assert bus.manager("State") == "no-policy"
    strict.reload(profile=profile(Import={"TrustedKeys": author.keys}))
    assert import_(bus, DOCUMENT) == 1
    assert bus.manager("PolicySigner") == ""


def test_a_damaged_profile_is_no_way_in_without_a_signature(bus, strict):
    strict.kill()
    strict.start(profile="[Import]\nRequireSignature=yes\nDamage=yes\n")
    name, text = refused(bus, DOCUMENT)
    assert name == "org.freedesktop.DBus.Error.Failed" and "profile" in text
    assert bus.manager("PolicyOrigin") == ""


@pytest.mark.parametrize("required", (True, False), ids=("required", "not required"))
def test_a_bad_signature_is_worse_than_none(bus, device, author, keys, required):
    if required:
        device.reload(
            profile=profile(Import={"TrustedKeys": author.keys, "RequireSignature": "yes"})
        )
    other = policy("RestrictRawPort", name="Head office").encode()
    good = author.sign(DOCUMENT, "office")
    for document, signature, said in (
        (DOCUMENT, author.sign(DOCUMENT, "stranger"), keys["stranger"]),
        (DOCUMENT, author.sign(other, "office"), "does not fit"),
        (other, good, "does not fit"),
        (DOCUMENT, b"no signature", "minisign"),
        (DOCUMENT, good * 2, "minisign"),
    ):
        name, text = refused(bus, document, signature)
        assert name == "SignatureInvalid" and said in text
    assert bus.manager("State") == "no-policy"
    assert import_(bus, DOCUMENT, good) == 1


def test_a_byte_changed_anywhere_is_refused(bus, strict, author, keys):
    """In the document or in the signature; only the first line says nothing that is signed."""
    signature = author.sign(DOCUMENT, "office")
    importer = Importer(bus)
    for at in range(len(DOCUMENT)):
        changed = bytearray(DOCUMENT)
        changed[at] ^= 1
        outcome = importer.outcome(bytes(changed), signature)
        assert outcome in ("SignatureInvalid", "InvalidPolicy"), at
    signed = signature.index(b"\n") + 1
    for at in range(signed, len(signature)):
        changed = bytearray(signature)
        changed[at] ^= 1
        assert importer.outcome(DOCUMENT, bytes(changed)) == "SignatureInvalid", at
    assert bus.manager("State") == "no-policy"
    assert importer.outcome(DOCUMENT, signature) == 1
    importer.close()


def test_another_trusted_key_cannot_be_named_instead(bus, strict, author, keys):
    """The key's id stands in the signature where anybody can change it."""
    lines = author.sign(DOCUMENT, "stranger").split(b"\n")
    raw = bytearray(base64.b64decode(lines[1]))
    raw[2:10] = bytes.fromhex(keys["office"])[::-1]
    lines[1] = base64.b64encode(bytes(raw))
    name, text = refused(bus, DOCUMENT, b"\n".join(lines))
    assert name == "SignatureInvalid" and "does not fit" in text


def test_a_key_counts_from_when_it_lies_there_until_it_is_taken_away(bus, strict, author, keys):
    signature = author.sign(DOCUMENT, "branch")
    key = author.keys / "branch.pub"
    text = key.read_text()
    key.unlink()
    assert refused(bus, DOCUMENT, signature)[0] == "SignatureInvalid"
    key.write_text(text)
    assert import_(bus, DOCUMENT, signature) == 1


def test_a_damaged_key_file_is_named_and_lets_nothing_in(bus, strict, author, keys):
    signature = author.sign(DOCUMENT, "office")
    damaged = author.keys / "zz.pub"
    damaged.write_text("not a key\n")
    try:
        name, text = refused(bus, DOCUMENT, signature)
        assert name == "SignatureInvalid" and "zz.pub" in text
    finally:
        damaged.unlink()


def test_without_a_directory_of_keys_nobody_is_trusted(bus, secpold, author, keys):
    secpold.start(
        profile=profile(Import={"TrustedKeys": author.keys / "no", "RequireSignature": "yes"})
    )
    assert refused(bus, DOCUMENT, author.sign(DOCUMENT, "office"))[0] == "SignatureInvalid"
    assert refused(bus, DOCUMENT)[0] == "SignatureRequired"


def test_the_same_document_with_another_signature_is_another_import(bus, device, author, keys):
    first, second = author.sign(DOCUMENT, "office"), author.sign(DOCUMENT, "branch")
    assert import_(bus, DOCUMENT, first) == 1
    assert import_(bus, DOCUMENT, first) == 1
    assert import_(bus, DOCUMENT, second) == 2
    assert bus.manager("PolicySigner").startswith(keys["branch"])
    assert export(bus, 1) == (DOCUMENT, first)
