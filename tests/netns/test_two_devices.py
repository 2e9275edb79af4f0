# SPDX-License-Identifier: GPL-2.0-or-later
"""A policy, sealed and signed, goes from one device to another, and on the way nobody changes it."""

import shutil

import pytest

import daemon
import rules
from bus import Bus
from documents import policy, profile
from life import Importer, export, import_, refused
from topology import Topology

pytestmark = pytest.mark.skipif(shutil.which("minisign") is None, reason="needs minisign")

PASSWORD, OTHER = "Correct-Hörse-7", "Battery-Stäple-8"


class Device:
    """Its own network, bus, state and files; only the trusted key is the same everywhere."""

    def __init__(self, directory, author):
        self.net = Topology()
        self.bus = Bus().start()
        self.secpold = daemon.Secpold(directory, self.net, self.bus)
        self._profile = profile(Import={"TrustedKeys": author.keys, "RequireSignature": "yes"})

    def start(self):
        self.secpold.start(profile=self._profile)

    def close(self):
        self.secpold.close()
        self.bus.close()
        self.net.close()

    def stands(self):
        return self.bus.manager("PolicyDigest"), self.bus.manager("Generation")


@pytest.fixture
def devices(tmp_path_factory, author):
    made = [Device(tmp_path_factory.mktemp("device"), author) for _ in range(2)]
    for device in made:
        device.start()
    yield made
    for device in made:
        device.close()


@pytest.fixture(scope="module")
def papers(author):
    author.new_key("office")
    author.new_key("stranger", trusted=False)
    first = author.seal(policy("RestrictLpdPort", serial=7), PASSWORD)
    update = author.seal(policy("RestrictRawPort", serial=8), PASSWORD, like=first)
    stale = author.seal(policy(serial=6), PASSWORD, like=first)
    other = author.seal(policy(serial=9), OTHER)
    return {
        name: (document, author.sign(document, "office", name))
        for name, document in {
            "first": first, "update": update, "stale": stale, "other": other
        }.items()
    }


def test_a_policy_passes_unchanged(devices, papers):
    one, two = devices
    import_(one.bus, *papers["first"])
    import_(two.bus, *export(one.bus))
    assert one.bus.manager("PolicyDigest") == two.bus.manager("PolicyDigest") != ""
    assert one.bus.manager("PolicySigner") == two.bus.manager("PolicySigner") != ""
    assert two.bus.manager("PasswordSet") is True
    assert export(two.bus) == papers["first"]
    for device in devices:
        assert rules.delivered(device.net, [515, 9100]) == {9100}


def test_an_update_passes_without_the_password(devices, papers):
    one, two = devices
    import_(one.bus, *papers["first"])
    import_(two.bus, *export(one.bus))
    import_(one.bus, *papers["update"])
    # Devices do not speak to each other: the second one stays as it is until somebody carries it.
    assert rules.delivered(two.net, [515, 9100]) == {9100}
    import_(two.bus, *export(one.bus))
    assert one.stands() == two.stands()
    assert rules.delivered(two.net, [515, 9100]) == {515}
    # The one before can still be carried on, to a device that has seen neither.
    assert export(two.bus, 1) == papers["first"]


def test_what_went_wrong_on_the_way_is_refused_by_name(devices, papers, author):
    one, two = devices
    import_(one.bus, *papers["first"])
    document, signature = export(one.bus)
    import_(two.bus, document, signature)
    before = two.stands()

    assert refused(two.bus, *papers["other"])[0] == "PasswordRequired"
    assert refused(two.bus, *papers["other"], password=OTHER)[0] == "PasswordMismatch"
    assert refused(two.bus, *papers["other"], password="wrong")[0] == "PasswordMismatch"
    assert refused(two.bus, *papers["stale"])[0] == "StaleSerial"
    assert refused(two.bus, document)[0] == "SignatureRequired"
    assert refused(two.bus, document, papers["update"][1])[0] == "SignatureInvalid"
    assert refused(two.bus, document, author.sign(document, "stranger"))[0] == "SignatureInvalid"
    assert two.stands() == before
    assert import_(two.bus, *papers["update"]) == 2


def test_a_byte_changed_anywhere_on_the_way_is_refused_by_name(devices, papers, author):
    """Also where somebody with a trusted key, but without the password, signs it again."""
    one, two = devices
    import_(one.bus, *papers["update"])
    import_(two.bus, *papers["first"])
    document, signature = export(one.bus)
    before = two.stands()
    importer = Importer(two.bus)
    for at in range(len(document)):
        changed = bytearray(document)
        changed[at] ^= 1
        outcome = importer.outcome(bytes(changed), signature)
        assert outcome in ("InvalidPolicy", "SealInvalid", "SignatureInvalid"), at
    forged = document.replace(b"RestrictRawPort=yes", b"RestrictFtpPort=yes")
    assert forged != document
    assert importer.outcome(forged, author.sign(forged, "office")) == "SealInvalid"
    assert two.stands() == before
    assert importer.outcome(document, signature) == 2
    importer.close()
    assert two.stands()[0] == one.stands()[0]
