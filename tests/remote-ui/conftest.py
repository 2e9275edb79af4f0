# SPDX-License-Identifier: GPL-2.0-or-later
"""A device with secpold, a bus and the page, in network namespaces of their own, and a browser."""

import os
import pathlib
import shutil
import sys

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "netns"))

# pylint: disable=wrong-import-position
import daemon  # noqa: E402
from author import Author  # noqa: E402
from browser import Browser  # noqa: E402
from bus import Bus  # noqa: E402
from remote_ui import RemoteUi  # noqa: E402
from topology import Topology  # noqa: E402


def pytest_configure():
    if "SECPOLD_BUILD" in os.environ and daemon.built("secpold") is None:
        raise pytest.UsageError(f"no secpold in {os.environ['SECPOLD_BUILD']} (SECPOLD_BUILD)")


def missing():
    """Why the tests cannot run here; None where they can."""
    if os.geteuid() != 0:
        return "needs root: it makes network namespaces"
    if daemon.built("secpol-remote-ui") is None:
        return "no secpol-remote-ui built: it needs libsoup-3.0"
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        return "needs chromium and chromium-driver"
    return None


def pytest_collection_modifyitems(items):
    if reason := missing():
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def output():
    """Where pictures of the page are kept."""
    default = pathlib.Path(os.environ.get("SECPOLD_BUILD", SOURCE / "build")) / "remote-ui-pictures"
    folder = pathlib.Path(os.environ.get("SECPOLD_PICTURES", default))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def net():
    """The tests themselves are in the device's namespace, as its web server would be."""
    topology = Topology()
    with topology.device:
        yield topology
    topology.close()


@pytest.fixture(scope="module")
def bus():
    private = Bus().start()
    yield private
    private.close()


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    return Author(tmp_path_factory.mktemp("author"))


@pytest.fixture(scope="module")
def secpold(tmp_path_factory, net, bus):
    """The test, or a fixture of the file, starts it."""
    device = daemon.Secpold(tmp_path_factory.mktemp("secpold"), net, bus)
    yield device
    device.close()
    net.device.clear()


@pytest.fixture(scope="module")
def ui(net, bus):
    page = RemoteUi(bus).start()
    yield page
    page.close()


@pytest.fixture(scope="module")
def chromium(net):
    driver = Browser()
    yield driver
    driver.close()


@pytest.fixture
def browser(chromium):
    """As fresh as new, and without a complaint of the browser in the end."""
    chromium.reset()
    yield chromium
    complaints = chromium.complaints()
    chromium.reset()
    assert not complaints
