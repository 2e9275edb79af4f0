# SPDX-License-Identifier: GPL-2.0-or-later
"""secpold.json(5) lists every member of what secpolctl says in JSON, and none that it never says."""

import json
import shutil
import socket
import subprocess
import sys

import pytest

import daemon
import probes
import rules
from documents import policy, profile
from probes import wait_until
from ssh import SSHD, SecureShell

sys.path.append(str(daemon.SOURCE / "tests/lint"))
from manual_json import Shapes  # noqa: E402

pytestmark = pytest.mark.skipif(not SSHD.exists(), reason="there is no sshd: install openssh-server")

FIRST = policy("RestrictLpdPort", "RestrictSlpPort", "RestrictSipPort", name="First")
SECOND = policy(
    "RestrictLpdPort", "RestrictRawPort", "ForceAutoLogout", name="Second", serial=2, AutoLogoutSec=60
)
# With a warning: a parameter of an item that is off.
THIRD = policy("RestrictLpdPort", name="Third", serial=3, AutoLogoutSec=60)
RESERVED = "net/ipv4/ip_local_reserved_ports"
WITHOUT_JSON = {"new", "seal", "export"}


class Reader:
    """Runs secpolctl on the device, and holds what it says against the page."""

    def __init__(self, net, environment, directory):
        self.shapes, self.seen = Shapes(), set()
        self._net, self._environment, self.directory = net, environment, directory

    def run(self, verb, *words, code=0, namespace=None, environment=None):
        with namespace or self._net.device:
            done = subprocess.run(
                [daemon.built("secpolctl"), "--json=short", verb, *words],
                cwd=self.directory,
                env=environment or self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        assert done.returncode == code, done
        return json.loads(done.stdout)

    def __call__(self, verb, *words, form=None, shape=0, **keywords):
        """`form`: how the page names this use of the verb; `shape`: which of its shapes."""
        form = form or verb
        value = self.run(verb, *words, **keywords)
        self.shapes.check(value, self.shapes.verbs[form][shape])
        self.seen.add((form, shape))
        return value

    def write(self, name, document):
        (self.directory / name).write_bytes(
            document if isinstance(document, bytes) else document.encode()
        )
        return name


@pytest.fixture(scope="module")
def reader(net, bus, tmp_path_factory):
    return Reader(net, bus.environment, tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def running(shared, author):
    author.new_key("office")
    return shared.start(FIRST, profile(Import={"TrustedKeys": author.keys}))


@pytest.fixture(scope="module", autouse=True)
def events(net, bus, running, reader):
    """What `secpolctl monitor` has said so far."""
    output = reader.directory / "events"
    with net.device, open(output, "w", encoding="utf-8") as file:
        monitor = subprocess.Popen(
            [daemon.built("secpolctl"), "monitor", "--json=pretty"],
            env=bus.environment,
            stdout=file,
        )

    def said():
        text = output.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(True) if line[-1] == "\n"]

    def is_heard():
        """It may take some until it is subscribed."""
        running.reload(policy())
        running.reload(FIRST)
        return said()

    try:
        assert wait_until(is_heard)
        yield said
    finally:
        monitor.terminate()
        monitor.wait(5)


def test_a_provisioned_policy(reader, net, bus):
    reader("status")
    reader("is-compliant")
    reader("report")
    reader("show")
    rules.delivered(net, [515])
    with net.device, socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.bind(("", 427))
        with pytest.raises(PermissionError):
            sender.sendto(b"x", (net.PEER4, 7000))
    assert wait_until(lambda: len(bus.call("ListBlocked", "u", 0)["data"][0]) == 2)
    assert {one["Direction"] for one in reader("blocked")} == {"in", "out"}


def test_a_document(reader, author):
    document = reader.write("second.policy", SECOND)
    keys = f"--trusted-keys={author.keys}"
    assert reader("check", document)["Signature"] is None
    reader.write("second.policy.minisig", author.sign(SECOND, "office"))
    reader("check", document, keys)
    reader.write("third.policy", THIRD)
    reader("check", "third.policy", "--signature=second.policy.minisig", keys, code=1)
    reader.write("bad.policy", SECOND.replace("RestrictRawPort=yes", "RestrictRawPort=maybe"))
    assert reader("check", "bad.policy", code=1)["Diagnostics"]


def test_an_import(reader, agent, net):
    with probes.tcp_service(net.device, 9100):
        reader("diff", "second.policy")
    reader("import", "bad.policy", code=1, shape=1)
    assert reader("import", "second.policy", "--confirm=1h")["ConfirmUntilUSec"] > 0
    assert reader("confirm")["PolicyOrigin"] == "imported"
    reader("status")
    reader("import", "third.policy", "--confirm=1h")
    reader("revert", form="revert")
    assert reader("history")
    assert reader("is-compliant", code=1)["Reason"]
    assert reader("verify")["Attention"]


def test_items_and_settings(reader, agent, net):
    reader("show", "RestrictRawPort", form="show KEY")
    reader("show", "--generation=1", form="show --generation=")
    reader("show", "RestrictRawPort", "--generation=1", form="show KEY --generation=")
    with probes.tcp_service(net.device, 9100):
        assert reader("explain", "RestrictRawPort", form="explain KEY")["Listeners"][0]["Processes"]
    assert reader("explain", "ForceAutoLogout", form="explain KEY")["Chain"] is None
    reader("explain", "AutoLogoutSec", form="explain KEY", shape=1)
    agent().report(("AutoLogout", False, "not before the next start"))
    assert any(setting["Reports"] for setting in reader("settings"))


def test_from_afar(reader, net, bus, tmp_path):
    server = SecureShell(tmp_path, net, bus).start()
    try:
        explained = reader(
            "explain",
            f"--host=root@{net.DEVICE4}",
            "RestrictRawPort",
            form="explain KEY",
            namespace=net.peer,
            environment=server.environment(),
        )
        assert explained["Listeners"] is None
    finally:
        server.stop()


def test_events(reader, net, running, agent, events):
    def told(kind):
        return wait_until(lambda: any(event["Event"] == kind for event in events()))

    shutil.rmtree(running.state)
    running.kill()
    running.start()
    assert told("back")
    agent().report(("AutoLogout", True))
    running.reload(policy("RestrictSipPort", "ForceAutoLogout"))
    contrary = agent()
    contrary.report(("AutoLogout", False))
    assert told("violation") and told("item") and told("setting")
    net.device.write_sysctl(RESERVED, "\n")
    assert reader.run("verify")["State"] == "enforcing"
    assert told("repaired")
    running.kill()
    running.policy_file.unlink()
    running.start()
    for kind in ("state", "policy-changed"):
        assert told(kind), kind
    for event in events():
        reader.shapes.check(event, "Event")
    reader.seen.add(("monitor", 0))


def test_the_page_lists_nothing_else(reader):
    known = {
        line.partition("\t")[0]
        for line in subprocess.run(
            [daemon.built("secpolctl"), "--complete", ""], capture_output=True, text=True, check=True
        ).stdout.splitlines()
    }
    assert known == {form.split()[0] for form in reader.shapes.verbs} | WITHOUT_JSON
    assert reader.seen == {
        (form, shape) for form, all_of in reader.shapes.verbs.items() for shape in range(len(all_of))
    }
    # tests/remote-ui/test_content.py sees these.
    assert reader.shapes.unseen == {"Report.Reachable", "Report.ReadTime"}
