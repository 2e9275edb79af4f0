# SPDX-License-Identifier: GPL-2.0-or-later
"""secpold --probe, on this kernel and where it may not try or does not find something."""

import os
import re
import subprocess

import pytest

import daemon

NO_NFTABLES = """
import ctypes, os, socket, struct, sys
# A seccomp program: socket() of AF_NETLINK with NETLINK_NETFILTER fails as without the module.
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7fff0000, 0x00050000 | 93  # EPROTONOSUPPORT
filters = [(LOAD, 0, 0, 0), (EQUAL, 0, 3, {number}), (LOAD, 0, 0, 32), (EQUAL, 0, 1, 12),
           (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in filters))
header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(filters), ctypes.addressof(program)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, header) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""
# What the tests hide of the computer, and what it has or has not.
HIDDEN = (
    "USB host controller",
    "usbcore, parameter authorized_default",
    "USB device controller",
    "CONFIG_RFKILL, /dev/rfkill",
)
HARDWARE = (*HIDDEN, "uevents", "modules.alias", "configfs", "CONFIG_CFG80211, nl80211")
SOCKET_CALL = {"x86_64": 41, "aarch64": 198}


def probe(*prefix, **options):
    return subprocess.run(
        [daemon.WITHOUT_HARDWARE, *prefix, daemon.built("secpold"), "--probe"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def rows(result):
    """Option: found, with it, without it."""
    table = result.stdout.split("\n\n")[0].splitlines()
    assert re.split(r" {2,}", table[0]) == ["OPTION", "FOUND", "WITH IT", "WITHOUT IT"]
    columns = [table[0].index(title) for title in ("OPTION", "FOUND", "WITH IT", "WITHOUT IT")]
    cells = [
        [row[first:last].strip() for first, last in zip(columns, columns[1:] + [None])]
        for row in table[1:]
    ]
    return {option: (found, with_it, without_it) for option, found, with_it, without_it in cells}


def test_this_kernel_has_everything_that_closing_ports_takes():
    result = probe()
    assert (result.returncode, result.stderr) == (0, "")
    found = rows(result)
    assert all(with_it and without_it for _, with_it, without_it in found.values())
    found = {name: cells for name, cells in found.items() if name not in HARDWARE}
    assert len(found) >= 17
    assert {cells[0] for cells in found.values()} == {"yes"}
    for name in (
        "CONFIG_NF_TABLES_INET",
        "CONFIG_NFT_FIB_INET",
        "CONFIG_NETFILTER_NETLINK_LOG",
        "owner",
        "persist",
        "intervals",
        "CONFIG_INET_DIAG_DESTROY",
        "CONFIG_SOCK_CGROUP_DATA",
        "ip_local_reserved_ports",
    ):
        assert any(name in option for option in found), name


def test_hardware_that_is_not_there_is_no_failure():
    result = probe()
    found = rows(result)
    assert set(HARDWARE) <= set(found)
    assert found["uevents"][0] == "yes"
    assert {found[name][0] for name in HIDDEN} == {"no"}
    assert "\nUSB host controller: this system has none\n" in result.stdout
    assert "\nCONFIG_RFKILL, /dev/rfkill: /dev/rfkill: No such file or directory\n" in result.stdout
    assert result.stdout.endswith("Everything is there that closing ports takes.\n")


def test_the_namespace_it_is_called_from_is_left_alone(net):
    net.device.write_sysctl("net/ipv4/ip_local_reserved_ports", "8080")
    with net.foreign_table("chain mine { type filter hook input priority 0; }"):
        rules = net.device.run(["nft", "list", "ruleset"]).stdout
        with net.device:
            assert probe().returncode == 0
        assert net.device.run(["nft", "list", "ruleset"]).stdout == rules
    assert net.device.read_sysctl("net/ipv4/ip_local_reserved_ports") == "8080"
    net.device.clear()


@pytest.mark.parametrize(
    "capability, what",
    [
        ("sys_admin", "make a network namespace"),
        ("net_admin", "set up a network interface"),
    ],
)
def test_without_a_capability_it_says_so(capability, what):
    result = probe("setpriv", f"--inh-caps=-{capability}", f"--bounding-set=-{capability}")
    assert result.returncode == 1
    assert result.stdout.startswith(f"Nothing was tried: cannot {what}: Operation not permitted.\n")
    assert f"CAP_{capability.upper()}" in result.stdout
    assert "OPTION" not in result.stdout


def test_a_convenience_that_is_missing_is_no_failure():
    read_only = 'mount --bind -o ro /proc/sys /proc/sys && exec "$@"'
    result = probe("unshare", "--mount", "sh", "-c", read_only, "sh")
    assert result.returncode == 0
    found = rows(result).items()
    missing = [name for name, cells in found if cells[0] != "yes" and name not in HARDWARE]
    assert missing == ["net.ipv4.ip_local_reserved_ports"]
    assert re.search(
        r"\nnet\.ipv4\.ip_local_reserved_ports: .*Read-only file system\n", result.stdout
    )


def test_without_nftables_it_fails_and_names_what_is_missing():
    number = SOCKET_CALL.get(os.uname().machine)
    if number is None:
        pytest.skip("the number of socket(2) on this machine is not known here")
    result = probe("/usr/bin/python3", "-c", NO_NFTABLES.replace("{number}", str(number)))
    assert result.returncode == 1
    found = rows(result)
    missing = {option for option, cells in found.items() if cells[0] == "no"}
    assert {"CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET", "CONFIG_NFT_FIB_INET"} <= missing
    assert found["CONFIG_INET_DIAG_DESTROY"][0] == "yes"
    assert "Missing: CONFIG_NF_TABLES" in result.stdout
    assert "Protocol not supported" in result.stdout
