# SPDX-License-Identifier: GPL-2.0-or-later
"""Other firewalls with root's rights: iptables in both kinds, and a real firewalld. They may have
rules of their own, and none of them opens what is closed."""

import shutil

import pytest

import firewalld
import packets
import probes
import rules
from bus import Bus
from documents import policy, profile
from prober import Prober
from probes import wait_until

WATCHED = profile(Firewall={"TableOwner": "no"})
POLICY = policy("RestrictLpdPort", "RestrictRawPort")
both_paths = pytest.mark.parametrize("text", ("", WATCHED), ids=("owned", "watched"))


@pytest.fixture(scope="module")
def bus():
    private = Bus(firewalld.BUS_RULES).start()
    yield private
    private.close()


def is_whole(net, bus, before):
    return (
        rules.contents(net) == before
        and rules.is_closed(net)
        and bus.manager("State") == "enforcing"
        and bus.item("RestrictLpdPort", "State") == "enforced"
    )


# iptables

FLUSHES = [
    [*table, *words]
    for table in ([], ["-t", "raw"], ["-t", "mangle"], ["-t", "nat"])
    for words in (["-F"], ["-X"], ["-Z"])
]
OPENERS = [
    ["-t", "raw", "-I", "PREROUTING", "-j", "ACCEPT"],
    ["-t", "mangle", "-I", "PREROUTING", "-j", "ACCEPT"],
    ["-P", "INPUT", "ACCEPT"],
    ["-I", "INPUT", "-j", "ACCEPT"],
    ["-I", "OUTPUT", "-j", "ACCEPT"],
    *(
        ["-t", "nat", "-I", "PREROUTING", "-p", protocol, "--dport", port]
        + ["-j", "REDIRECT", "--to-ports", onto]
        for protocol in ("tcp", "udp")
        for port, onto in (("515", "10515"), ("10516", "515"))
    ),
    ["-t", "mangle", "-I", "PREROUTING", "-p", "udp", "--dport", "515", "-j", "MARK", "--set-mark"]
    + ["1"],
]
TABLES = ("raw", "mangle", "nat", "filter")


@both_paths
@pytest.mark.parametrize("kind", ("nft", "legacy"))
def test_iptables_opens_nothing(net, bus, secpold, kind, text):
    if not shutil.which(f"iptables-{kind}"):
        pytest.skip(f"needs iptables-{kind}")
    secpold.start(POLICY, text)
    before = rules.contents(net)
    tools = (f"iptables-{kind}", f"ip6tables-{kind}")
    try:
        with Prober(net, 515) as prober:
            for tool in tools:
                for words in FLUSHES + OPENERS:
                    net.device.run([tool, *words])
            assert prober.leaks() == []
        got = rules.delivered(net, [515, 10515, 10516])
        assert got == {10515}, "what is redirected onto a closed port does not arrive"
        assert wait_until(lambda: is_whole(net, bus, before))
    finally:
        for tool in tools:
            for table in TABLES:
                net.device.run([tool, "-t", table, "-F"])


@both_paths
def test_a_saved_ruleset_of_iptables_loads_and_opens_nothing(net, bus, secpold, text):
    """iptables-restore flushes what it finds before it loads."""
    secpold.start(POLICY, text)
    before = rules.contents(net)
    saved = net.device.run(["iptables-nft-save"]).stdout
    empty = (
        saved
        or "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
    )
    with Prober(net, 515) as prober:
        for _ in range(5):
            net.device.run(["iptables-nft-restore"], text_in=empty)
        assert prober.leaks() == []
    assert is_whole(net, bus, before)


# Containers


@both_paths
def test_a_closed_port_that_is_published_for_a_container_is_closed(net, secpold, text):
    """As docker and podman do it, by rules. Its own address is another host's, see the manual."""
    secpold.start(POLICY, text)
    published = f"""chain pre {{ type nat hook prerouting priority -100;
        fib daddr type local tcp dport {{ 515, 520 }} dnat ip to {net.CONTAINER4}:515;
        fib daddr type local udp dport {{ 515, 520 }} dnat ip to {net.CONTAINER4}:515; }}"""
    with net.foreign_table(published), probes.tcp_service(net.container, 515), probes.udp_service(
        net.container, 515
    ) as service:
        for port, expected in ((520, True), (515, False)):
            assert probes.tcp_connects(net.peer, net.DEVICE4, port) == expected
            assert probes.udp_arrives(net.peer, net.DEVICE4, service, port) == expected


# firewalld


@pytest.fixture
def other(net, bus, tmp_path):
    if not firewalld.is_there():
        pytest.skip("needs firewalld")
    return firewalld.Firewalld(net, bus, tmp_path)


@both_paths
def test_firewalld_starts_reloads_and_stops_beside_it(net, bus, secpold, other, text):
    secpold.start(POLICY, text)
    before = rules.contents(net)
    # While it reloads, firewalld lets nothing in at all.
    with Prober(net, 515, longest_silence=5) as prober:
        with other as running:
            assert "firewalld" in rules.tables(net)
            running.command("--reload")
            running.command("--complete-reload")
            assert is_whole(net, bus, before)
        assert prober.leaks() == []
    assert is_whole(net, bus, before)


@both_paths
def test_what_firewalld_opens_stays_closed(net, bus, secpold, other, text):
    secpold.start(POLICY, text)
    before = rules.contents(net)
    with other as running:
        running.command("--zone=trusted", "--add-port=515/udp", "--add-port=515/tcp")
        for port, onto in (("515", "10515"), ("10516", "515"), ("10517", "10518")):
            running.command(
                "--zone=trusted", f"--add-forward-port=port={port}:proto=udp:toport={onto}"
            )
        assert rules.delivered(net, [515, 631]) == {631}
        # What is sent to one port may arrive at another.
        frames = [
            packets.ipv4(
                net.PEER4, net.DEVICE4, packets.UDP, packets.udp(net.PEER4, net.DEVICE4, 2048, port)
            )
            for port in (515, 10516, 10517)
        ]
        assert probes.raw_delivered(net, packets.UDP, 4, frames) == {10518}
        assert is_whole(net, bus, before)
