# SPDX-License-Identifier: GPL-2.0-or-later
"""An installation into an empty folder, for all tests here."""

import os
import subprocess

import pytest


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    result = subprocess.run(
        ["meson", "install", "-C", os.environ["SECPOLD_BUILD"], "--no-rebuild", "--quiet"],
        env=os.environ | {"DESTDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return folder
