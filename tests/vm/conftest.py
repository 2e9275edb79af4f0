# SPDX-License-Identifier: GPL-2.0-or-later
"""For the tests in the virtual printer; they run there only, started by tests/vm/run."""

import json
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
OUTPUT = pathlib.Path("/share/output")
sys.path.insert(0, str(HERE / "guest"))
# What tests in network namespaces use to send packets and to look at rules serves here too.
sys.path.append(str(HERE.parent / "netns"))


def pytest_configure(config):
    if not pathlib.Path("/usr/local/sbin/vm-agent").exists():
        pytest.exit("these tests change the machine they run on: start them with tests/vm/run", 2)


def pytest_collection_finish(session):
    """Written down as it comes, for the host to tell what is missing when the guest dies."""
    names = [item.name for item in session.items]
    (OUTPUT / "collected.json").write_text(json.dumps(names), encoding="utf-8")


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        name = report.nodeid.partition("::")[2]
        with open(OUTPUT / "outcomes", "a", encoding="utf-8") as file:
            file.write(f"{report.outcome} {name}\n")
