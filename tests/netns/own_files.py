# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that see folders of a test where the device has its own."""

import subprocess


def copy_of_etc(directory):
    etc = directory / "etc"
    subprocess.run(["cp", "-a", "/etc", etc], check=True)
    return etc


def run_with(folders, *command):
    """`folders`: what is seen where. The program as it ended, with what it printed."""
    mounts = (f"mkdir -p {seen} && mount --bind {own} {seen}" for seen, own in folders.items())
    script = " && ".join([*mounts, 'exec "$0" "$@"'])
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", script, *map(str, command)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
