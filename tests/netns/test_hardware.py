# SPDX-License-Identifier: GPL-2.0-or-later
"""These tests leave the USB ports and radios of the computer alone, whatever policy they try."""

import os
import pathlib
import socket

from documents import policy

ITEMS = (
    "ProhibitDirectConnection",
    "ProhibitWirelessLan",
    "ProhibitUsbDevice",
    "ProhibitUsbStorage",
)


def test_secpold_sees_no_hardware(secpold, net):
    secpold.start(policy(*ITEMS))
    root = pathlib.Path(f"/proc/{secpold.pid}/root")
    assert sorted(os.listdir(root / "sys")) == ["class", "devices", "fs"]
    assert os.listdir(root / "sys/class") == ["net"]
    assert os.listdir(root / "sys/devices") == ["virtual"]
    assert os.listdir(root / "sys/devices/virtual") == ["net"]
    assert os.listdir(root / "sys/fs") == ["cgroup"]
    devices = ["fd", "full", "null", "random", "tty", "urandom", "zero"]
    assert sorted(set(os.listdir(root / "dev")) - {"log"}) == devices
    with net.device:
        interfaces = {name for _, name in socket.if_nameindex()}
    assert {"lan0", "cont0", "lo"} <= interfaces
    assert set(os.listdir(root / "sys/class/net")) == interfaces
