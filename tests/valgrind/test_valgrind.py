# SPDX-License-Identifier: GPL-2.0-or-later
"""secpold from start to stop under valgrind, with everything in between that allocates."""

import os
import pathlib
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "netns"))

from bus import Bus  # noqa: E402
from daemon import Secpold, built  # noqa: E402
from documents import policy, profile  # noqa: E402
from probes import wait_until  # noqa: E402
from topology import Topology  # noqa: E402

EXAMPLES = TESTS.parent / "policy-examples"
PATIENCE = 60

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it makes network namespaces")


@pytest.fixture
def net():
    topology = Topology()
    yield topology
    topology.close()


@pytest.fixture
def bus():
    private = Bus().start()
    yield private
    private.close()


@pytest.fixture
def secpold(tmp_path, net, bus, monkeypatch):
    """A secpold whose program is valgrind running secpold."""
    real = built("secpold")
    wrapper = tmp_path / "build/daemon/secpold"
    wrapper.parent.mkdir(parents=True)
    wrapper.write_text(
        f"""#!/bin/sh
exec valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \\
    --errors-for-leak-kinds=definite,indirect --track-fds=no --child-silent-after-fork=yes \\
    --log-file={tmp_path}/valgrind.log {real} "$@"
""",
        encoding="utf-8",
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("SECPOLD_BUILD", str(tmp_path / "build"))
    device = Secpold(tmp_path, net, bus)
    device.wait_ready = lambda seconds=PATIENCE: Secpold.wait_ready(device, seconds)
    yield device
    device.close()


def busy(bus):
    """Calls everything there is, rightly and wrongly."""
    document = (EXAMPLES / "high-security.policy").read_bytes()
    as_bytes = [len(document), *document]
    bus.call("ListItems")
    bus.call("ListBlocked", "u", 10)
    bus.call("Validate", "ay", *as_bytes)
    bus.call("Validate", "ay", 3, 255, 254, 253)
    bus.call("Diff", "ay", *as_bytes)
    bus.call("Verify")
    bus.call("ReportSettings", "a(svs)", 1, "RawPrinting", "b", "true", "busy")
    for wrong in (("Diff", "ay", 1, 0), ("ReportSettings", "a(svs)", 1, "None", "b", "true", "")):
        with pytest.raises(RuntimeError):
            bus.call(*wrong)
    bus.busctl("call", "org.secpold1", "/org/secpold1", "org.freedesktop.DBus.ObjectManager",
               "GetManagedObjects")


def test_start_reload_stop(secpold, net, bus, tmp_path):
    secpold.start((EXAMPLES / "office.policy").read_bytes(), profile(Ports={"RestrictIppPort": "8631"}))
    assert wait_until(bus.has_owner, PATIENCE)
    busy(bus)
    secpold.reload((EXAMPLES / "high-security.policy").read_bytes())
    secpold.reload("[Policy]\nFormatVersion=2\nRestrictRaw=maybe\n")
    secpold.reload(policy("RestrictRawPort"), profile(Ports={"RestrictRawPort": "1-32767"}))
    net.device.run(["nft", "flush", "ruleset"], check=False)
    busy(bus)
    secpold.reload(policy("RestrictLpdPort"), "[Functions]\nLpd=no\n")
    status = secpold.stop()
    report = (tmp_path / "valgrind.log").read_text(encoding="utf-8")
    assert status == 0 and not report, report


def test_damaged_policy_and_no_bus(secpold, bus, tmp_path):
    bus.stop()
    secpold.start("nonsense\n")
    bus.start()
    assert wait_until(bus.has_owner, PATIENCE)
    status = secpold.stop()
    report = (tmp_path / "valgrind.log").read_text(encoding="utf-8")
    assert status == 0 and not report, report
