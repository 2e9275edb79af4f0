# SPDX-License-Identifier: GPL-2.0-or-later
"""Before a policy is in force, Diff tells who would notice."""

import pytest

import probes
from documents import policy, profile


def consequences(bus, document):
    """Sentences by item."""
    octets = document.encode()
    changes = bus.call("Diff", "ay", len(octets), *octets)["data"][0]
    return {item: sentences for item, _, _, sentences in changes}


def test_a_listener_on_a_port_about_to_close_is_named(net, bus, secpold):
    secpold.start(policy("RestrictRawPort"))
    with probes.tcp_service(net.device, 515), probes.udp_service(net.device, 137):
        found = consequences(
            bus, policy("RestrictLpdPort", "RestrictSmbPort", "RestrictFtpPort", serial=2)
        )
    (lpd,), (smb,) = found["RestrictLpdPort"], found["RestrictSmbPort"]
    assert lpd.endswith(" listens on 515/tcp and will not be reached any more")
    assert smb.endswith(" listens on 137/udp and will not be reached any more")
    assert found["RestrictFtpPort"] == found["RestrictRawPort"] == []


@pytest.mark.parametrize("address", ("127.0.0.1", "::1"))
def test_a_listener_for_this_host_alone_loses_nothing(net, bus, secpold, address):
    secpold.start(policy())
    with probes.tcp_service(net.device, 515, address):
        assert consequences(bus, policy("RestrictLpdPort")) == {"RestrictLpdPort": []}


def test_a_port_that_is_closed_already_is_no_consequence(net, bus, secpold):
    secpold.start(policy("RestrictLpdPort"))
    with probes.tcp_service(net.device, 515):
        assert consequences(bus, policy("RestrictLpdPort", serial=2)) == {}


def test_an_interface_that_stays_open_is_named(net, bus, secpold):
    secpold.start(policy(), profile(Narrow={"ExemptInterfaces": "cont0"}))
    with probes.tcp_service(net.device, 515):
        (sentence,) = consequences(bus, policy("RestrictLpdPort"))["RestrictLpdPort"]
    assert sentence.endswith(" listens on 515/tcp and will be reached over cont0 only")


def test_snmp_that_goes_on_in_version_3_is_told_apart(net, bus, secpold):
    secpold.start(policy())
    with probes.udp_service(net.device, 161):
        (sentence,) = consequences(bus, policy("ProhibitSnmpV1"))["ProhibitSnmpV1"]
    assert sentence.endswith(" listens on 161/udp and will be reached by SNMP version 3 only")
