# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures: a device, its wire, bus and secpold for each test file, or for a single test."""

import contextlib
import os

import pytest

import daemon
from author import Author
from bus import Agent, Bus, Watch
from policy_agent import PolicyAgent
from topology import Topology


def pytest_configure():
    if "SECPOLD_BUILD" in os.environ and daemon.built("secpold") is None:
        raise pytest.UsageError(f"no secpold in {os.environ['SECPOLD_BUILD']} (SECPOLD_BUILD)")


def pytest_collection_modifyitems(items):
    reason = None
    if os.geteuid() != 0:
        reason = "needs root: it makes network namespaces"
    elif daemon.built("secpold") is None:
        reason = "no secpold built: set SECPOLD_BUILD to a meson build directory"
    if reason:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def net():
    topology = Topology()
    yield topology
    topology.close()


@pytest.fixture(scope="module")
def bus():
    private = Bus().start()
    yield private
    private.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory, net, bus):
    """A secpold for all tests of the file; the file's own fixture starts it."""
    device = daemon.Secpold(tmp_path_factory.mktemp("secpold"), net, bus)
    yield device
    device.close()
    net.device.clear()


@pytest.fixture
def secpold(tmp_path_factory, net, bus):
    """A secpold of the test's own on a device without rules."""
    device = daemon.Secpold(tmp_path_factory.mktemp("secpold"), net, bus)
    yield device
    device.close()
    net.device.clear()


@pytest.fixture
def watch(bus, tmp_path):
    with Watch(bus, tmp_path) as signals:
        yield signals


@pytest.fixture
def client(bus):
    connection = bus.connect()
    yield connection
    connection.close()


@pytest.fixture
def agent(bus):
    """Makes agents, and takes their reports back afterwards."""
    with contextlib.ExitStack() as stack:

        def join(name=None):
            joined = Agent(bus, name)
            stack.callback(joined.leave)
            return joined

        yield join


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    return Author(tmp_path_factory.mktemp("author"))


@pytest.fixture
def policy_agent(tmp_path_factory, net, bus):
    """A secpol-agent of the test's own; the test starts it."""
    policy_agent = PolicyAgent(tmp_path_factory.mktemp("agent"), net, bus)
    yield policy_agent
    policy_agent.close()
