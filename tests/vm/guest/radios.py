# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated radios."""

import pathlib

from printer import run, wait_until

WIPHYS = pathlib.Path("/sys/class/ieee80211")


def wiphys():
    return sorted(path.name for path in WIPHYS.glob("phy*"))


def load(radios=2):
    """So many radios, each with a station interface that is down."""
    run("modprobe", "mac80211_hwsim", f"radios={radios}")
    if not wait_until(lambda: len(wiphys()) >= radios):
        raise RuntimeError("no radios appear")


def unload():
    run("modprobe", "--remove", "mac80211_hwsim")
