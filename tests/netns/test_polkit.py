# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may change and export policies: root, and who polkit grants it, without anybody waiting."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import dbus
import dbus.bus
import pytest

from bus import Bus
from daemon import SOURCE, show_as
from documents import policy
from life import Importer, call, import_
from probes import wait_until

POLKITD = "/usr/lib/polkit-1/polkitd"
POLKIT = "org.freedesktop.PolicyKit1"
# As Debian's polkit brings them; root is added for the stand-in that does not answer.
BUS_RULES = f"""
  <policy user="polkitd"><allow own="{POLKIT}"/></policy>
  <policy user="root"><allow own="{POLKIT}"/></policy>
  <policy context="default"><allow send_destination="{POLKIT}"/></policy>
"""
NOBODY = 65534
DOCUMENT = policy("RestrictLpdPort")
REFUSED = "org.freedesktop.DBus.Error.AccessDenied"

# One line in, one line out: the method, then "ok" or the error's name.
CALLER = """
import dbus, dbus.bus, sys
connection = dbus.bus.BusConnection(sys.argv[1])
document = dbus.ByteArray(sys.argv[2].encode())
calls = {
    "Import": ("ayaya{sv}", (document, dbus.ByteArray(b""), dbus.Dictionary({}, signature="sv"))),
    "Import large": ("ayaya{sv}", (dbus.ByteArray(bytes(65537)), dbus.ByteArray(b""),
                                   dbus.Dictionary({}, signature="sv"))),
    "Import signed": ("ayaya{sv}", (document, dbus.ByteArray(bytes(2049)),
                                    dbus.Dictionary({}, signature="sv"))),
    "Export": ("t", (0,)),
    "Confirm": ("t", (1,)),
    "Revert": ("", ()),
    "ListGenerations": ("", ()),
    "Validate": ("ay", (document,)),
    "Diff": ("ay", (document,)),
}
for line in sys.stdin:
    try:
        connection.call_blocking("org.secpold1", "/org/secpold1", "org.secpold1.Manager",
                                 line.split()[0], *calls[line.strip()], timeout=600)
        print("ok", flush=True)
    except dbus.exceptions.DBusException as error:
        print(error.get_dbus_name(), flush=True)
"""


class Nobody:
    """A client that is neither root nor in any group."""

    def __init__(self, bus, uid=NOBODY):
        self._process = subprocess.Popen(
            ["/usr/bin/python3", "-c", CALLER, bus.address, DOCUMENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=uid,
            group=NOBODY,
            extra_groups=[],
        )

    def ask(self, method):
        print(method, file=self._process.stdin, flush=True)

    def answer(self):
        return self._process.stdout.readline().strip()

    def call(self, method):
        self.ask(method)
        return self.answer()

    def leave(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


@pytest.fixture(scope="module")
def bus():
    private = Bus(BUS_RULES).start()
    yield private
    private.close()


@pytest.fixture
def nobody(bus):
    client = Nobody(bus)
    yield client
    client.leave()


class Polkitd:
    """The real one, on the private bus, with rules of the test's own."""

    def __init__(self, bus):
        self._bus = bus
        # Not below pytest's own directory, which polkitd's user cannot enter.
        self._directory = pathlib.Path(tempfile.mkdtemp(prefix="secpold-polkit-"))
        self._directory.chmod(0o755)
        self.rules = self._directory / "rules.d"
        self.rules.mkdir()
        self._actions = self._directory / "actions"
        self._actions.mkdir()
        shutil.copy(SOURCE / "dbus/org.secpold1.policy", self._actions)
        self._pid = 0

    def start(self, rule):
        (self.rules / "50-test.rules").write_text(
            f"polkit.addRule(function(action, subject) {{ {rule} }});\n"
        )
        self._pid = os.fork()
        if self._pid == 0:
            try:
                null = os.open("/dev/null", os.O_RDWR)
                os.dup2(null, 1)
                os.dup2(null, 2)
                show_as("/etc/polkit-1/rules.d", self.rules)
                show_as("/usr/share/polkit-1/actions", self._actions)
                environment = {"DBUS_SYSTEM_BUS_ADDRESS": self._bus.address}
                os.execve(POLKITD, [POLKITD, "--no-debug"], environment)
            finally:
                os._exit(127)
        if not wait_until(lambda: self._bus.name_has_owner(POLKIT)):
            raise RuntimeError("polkitd does not come up")

    def close(self):
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)
        shutil.rmtree(self._directory)


@pytest.fixture
def polkitd(bus):
    if not os.path.exists(POLKITD):
        pytest.skip("needs polkitd")
    real = Polkitd(bus)
    yield real
    real.close()
    assert wait_until(lambda: not bus.name_has_owner(POLKIT))


@pytest.fixture
def silent_polkit(bus):
    """Owns polkit's name and never answers, as while it waits for a person."""
    connection = bus.connect()
    connection.request_name(POLKIT)
    yield
    connection.close()
    assert wait_until(lambda: not bus.name_has_owner(POLKIT))


CHANGING = ("Import", "Export", "Confirm", "Revert")


def test_without_polkit_nobody_but_root_may(bus, secpold, nobody):
    secpold.start()
    for method in CHANGING:
        assert nobody.call(method) == REFUSED
    assert bus.manager("State") == "no-policy"
    for method in ("ListGenerations", "Validate", "Diff"):
        assert nobody.call(method) == "ok"
    assert import_(bus, DOCUMENT) == 1
    for method in CHANGING:
        assert nobody.call(method) == REFUSED


def test_polkit_grants_by_action_and_user(bus, secpold, nobody, polkitd):
    polkitd.start(
        'if (action.id == "org.secpold1.import" && subject.user == "nobody")'
        " return polkit.Result.YES;"
    )
    other = Nobody(bus, uid=1)
    secpold.start()
    assert other.call("Import") == REFUSED
    assert nobody.call("Import") == "ok"
    assert bus.manager("PolicyName") == "Test"
    assert int(call(bus, "ListGenerations")[0][1]["Uid"]) == NOBODY
    for method in ("Confirm", "Revert"):
        assert nobody.call(method) == "org.secpold1.Error.NothingToConfirm"
        assert other.call(method) == REFUSED
    assert nobody.call("Export") == REFUSED
    other.leave()


def test_polkit_grants_an_export_and_no_more(bus, secpold, nobody, polkitd):
    polkitd.start('if (action.id == "org.secpold1.export") return polkit.Result.YES;')
    secpold.start()
    import_(bus, DOCUMENT)
    assert nobody.call("Export") == "ok"
    for method in ("Import", "Confirm", "Revert"):
        assert nobody.call(method) == REFUSED


def test_polkits_own_defaults_let_nobody_in_without_an_administrator(bus, secpold, nobody, polkitd):
    polkitd.start("return polkit.Result.NOT_HANDLED;")
    secpold.start()
    import_(bus, DOCUMENT)
    for method in CHANGING:
        assert nobody.call(method) == REFUSED


def test_built_without_polkit_nobody_but_root_may(bus, secpold, nobody, polkitd):
    polkitd.start("return polkit.Result.YES;")
    secpold.program = "secpold-without-polkit"
    secpold.start()
    for method in CHANGING:
        assert nobody.call(method) == REFUSED
    assert import_(bus, DOCUMENT) == 1
    secpold.stop()
    secpold.program = "secpold"
    secpold.start()
    assert nobody.call("Export") == "ok"


def test_a_polkit_that_goes_away_grants_nothing(bus, secpold, nobody):
    connection = bus.connect()
    connection.request_name(POLKIT)
    secpold.start()
    nobody.ask("Import")
    assert wait_until(lambda: waits(secpold, bus))
    connection.close()
    assert nobody.answer() == REFUSED
    assert nobody.call("Import") == REFUSED


def waits(secpold, bus):
    """Whether everything sent so far has been read: secpold answers what comes after it."""
    time.sleep(0.05)
    return bool(bus.manager("Version"))


def test_a_question_that_is_not_answered_blocks_nobody(bus, secpold, nobody, silent_polkit):
    secpold.start()
    nobody.ask("Import")
    assert wait_until(lambda: waits(secpold, bus))
    began = time.monotonic()
    assert bus.manager("State") == "no-policy"
    assert import_(bus, DOCUMENT) == 1
    assert call(bus, "Export", dbus.UInt64(0))
    assert time.monotonic() - began < 2
    # Who waits is not refused meanwhile either, and a second one waits beside it.
    other = Nobody(bus)
    other.ask("Export")
    assert wait_until(lambda: waits(secpold, bus))
    other.leave()


def test_polkit_is_asked_about_the_connection_that_calls(bus, secpold, nobody, silent_polkit):
    """Not about a process or a user that the caller names: another could take their place."""
    secpold.start()
    with subprocess.Popen(
        ["busctl", "--json=short", "--system", "monitor", POLKIT],
        env=bus.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as monitor:
        monitor.stderr.readline()
        nobody.ask("Import")
        asked = {}
        while asked.get("member") != "CheckAuthorization":
            asked = json.loads(monitor.stdout.readline())
        monitor.terminate()
    (kind, subject), action, details, flags = asked["payload"]["data"][:4]
    assert kind == "system-bus-name"
    caller = subject["name"]["data"]
    connection = bus.connect()
    assert connection.get_name_owner("org.secpold1") == asked["sender"] != caller
    assert connection.get_unix_user(caller) == NOBODY
    connection.close()
    assert (action, details, flags) == ("org.secpold1.import", {}, 0)


def test_however_many_questions_wait_root_and_others_may(bus, secpold, nobody, silent_polkit):
    """Also those that one user asks in masses leave room for another user's."""
    secpold.start()
    crowd = [Nobody(bus) for _ in range(12)]
    for one in crowd:
        one.ask("Import")
    refused = []
    for one in crowd:
        os.set_blocking(one._process.stdout.fileno(), False)
    assert wait_until(
        lambda: refused.extend(filter(None, (one.answer() for one in crowd))) or len(refused) == 4
    )
    assert set(refused) == {"org.freedesktop.DBus.Error.LimitsExceeded"}
    assert import_(bus, DOCUMENT) == 1
    for one in crowd:
        one.leave()
    # Those that left have made room again.
    nobody.ask("Export")
    os.set_blocking(nobody._process.stdout.fileno(), False)
    assert not wait_until(nobody.answer, 0.5)


def test_nothing_large_is_kept_while_polkit_thinks(bus, secpold, nobody, silent_polkit):
    secpold.start()
    assert nobody.call("Import large") == "org.secpold1.Error.InvalidPolicy"
    assert nobody.call("Import signed") == "org.secpold1.Error.SignatureInvalid"


def test_a_caller_that_leaves_while_polkit_thinks(bus, secpold, silent_polkit):
    """Its question is taken back; an answer that comes all the same changes nothing."""
    secpold.start()
    for _ in range(20):
        client = Nobody(bus)
        client.ask("Import")
        assert wait_until(lambda: waits(secpold, bus), 1)
        client.leave()
    assert bus.manager("State") == "no-policy"
    assert secpold.alive()
    assert import_(bus, DOCUMENT) == 1
