# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is not root and sits at a terminal is asked for the administrator's password, by the real polkit
and its agent for terminals."""

import os
import pathlib
import shutil
import tempfile

import pytest

from bus import Bus
from daemon import show_as
from documents import policy
from probes import wait_until
from terminal import Terminal
from test_polkit import BUS_RULES, POLKIT, POLKITD, Polkitd

AGENT = "/usr/bin/pkttyagent"
AGENT_RULES = """
  <policy user="polkitd">
    <allow send_interface="org.freedesktop.PolicyKit1.AuthenticationAgent"/>
  </policy>
"""
NOBODY, PASSWORD = 65534, "Only-for-this-test-1"
# What crypt(3) makes of it.
HASH = (
    "$6$secpold$lHQpfRqa2ghck4k2KrTJsLvnoSDgqdzJMKIh64SGH4t8gZJmb"
    "m4swuaIn/4bqPncVsMWMP0ZjYguQT2I1WyIn1"
)
DOCUMENT = policy("RestrictLpdPort", name="Asked for")

pytestmark = pytest.mark.skipif(not os.path.exists(AGENT), reason="there is no pkttyagent")


@pytest.fixture(scope="module")
def bus():
    private = Bus(BUS_RULES + AGENT_RULES).start()
    yield private
    private.close()


@pytest.fixture
def polkitd(bus):
    if not os.path.exists(POLKITD):
        pytest.skip("needs polkitd")
    real = Polkitd(bus)
    real.start("return polkit.Result.NOT_HANDLED;")
    yield real
    real.close()
    assert wait_until(lambda: not bus.name_has_owner(POLKIT))


@pytest.fixture
def as_nobody(bus):
    """Makes a process one of nobody's, on a machine where root has this password and where the
    system bus, which the password's checker goes to, is the test's."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="secpold-people-"))
    folder.chmod(0o755)
    (folder / "shadow").write_text(f"root:{HASH}:19000:0:99999:7:::\n")
    (folder / "run/dbus").mkdir(parents=True)
    (folder / "run/dbus/system_bus_socket").symlink_to(bus.address.removeprefix("unix:path="))

    def become():
        show_as("/etc/shadow", folder / "shadow")
        show_as("/run", folder / "run")
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    yield become
    shutil.rmtree(folder)


def test_the_right_password_is_enough(net, bus, secpold, polkitd, as_nobody):
    secpold.start(DOCUMENT)
    with Terminal(net, bus.environment, "export", prepare=as_nobody) as terminal:
        terminal.answer("Password:", PASSWORD)
        assert "AUTHENTICATING FOR org.secpold1.export" in terminal.text
        assert "required to export the security policy of this device" in terminal.text
        assert terminal.finish() == 0
        assert terminal.text.endswith(DOCUMENT)


def test_a_wrong_one_is_not(net, bus, secpold, polkitd, as_nobody):
    secpold.start(DOCUMENT)
    with Terminal(net, bus.environment, "export", prepare=as_nobody) as terminal:
        terminal.answer("Password:", "nonsense")
        assert terminal.finish() == 1
        assert "secpolctl: Not authorized: " in terminal.text
        assert "RestrictLpdPort" not in terminal.text


def test_nobody_is_asked_for_what_everybody_may(net, bus, secpold, polkitd, as_nobody):
    secpold.start(DOCUMENT)
    environment = bus.environment | {"SYSTEMD_PAGER": ""}
    with Terminal(net, environment, "status", prepare=as_nobody) as terminal:
        assert terminal.finish() == 0
        assert "AUTHENTICATING" not in terminal.text and "Asked for" in terminal.text
