# SPDX-License-Identifier: GPL-2.0-or-later
"""A private message bus with the system bus's rules and secpold's own bus policy."""

import json
import os
import pathlib
import signal
import shutil
import subprocess
import tempfile

import dbus
import dbus.bus

import children
import daemon
from probes import wait_until

NAME, ROOT = "org.secpold1", "/org/secpold1"
POLICY = pathlib.Path(__file__).resolve().parents[2] / "dbus" / "org.secpold1.conf"

CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
    <deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/>
  </policy>
  <policy user="root">
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/>
    <allow own_prefix="com.maker"/>
  </policy>
  <include>{policy}</include>
  {more}
</busconfig>
"""


class Bus:
    def __init__(self, more="", group_file=None):
        """`more`: further rules, as another service's package would bring them. `group_file`: the
        bus's /etc/group, by which it knows the groups in rules."""
        # Not below pytest's own directory, which other users cannot enter.
        directory = pathlib.Path(tempfile.mkdtemp(prefix="secpold-bus-"))
        directory.chmod(0o755)
        self._directory = directory
        self._socket = directory / "bus"
        self._configuration = directory / "bus.conf"
        self._configuration.write_text(
            CONFIGURATION.format(socket=self._socket, policy=POLICY, more=more)
        )
        self.address = f"unix:path={self._socket}"
        self.environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": self.address}
        self._log = open(directory / "dbus.log", "w", encoding="utf-8")
        self._group_file = group_file
        self._process = None
        self._observer = None

    def _in_child(self):
        children.end_with_parent()
        if self._group_file:
            daemon.show_as("/etc/group", self._group_file)

    def start(self):
        self._process = subprocess.Popen(
            [
                "dbus-daemon",
                "--nofork",
                "--nopidfile",
                "--nosyslog",
                f"--config-file={self._configuration}",
            ],
            stderr=self._log,
            preexec_fn=self._in_child,
        )
        if not wait_until(self._listens):
            raise RuntimeError("dbus-daemon does not come up")
        return self

    def _listens(self):
        try:
            self._observer = self.connect()
            return True
        except dbus.exceptions.DBusException:
            return False

    def stop(self):
        if self._process:
            self._observer.close()
            self._process.terminate()
            self._process.wait()
            self._process = None
            self._socket.unlink(missing_ok=True)

    def close(self):
        self.stop()
        self._log.close()
        shutil.rmtree(self._directory)

    def connect(self):
        """A connection of its own, as another daemon would have; close() it to leave the bus."""
        connection = dbus.bus.BusConnection(self.address)
        connection.set_exit_on_disconnect(False)
        return connection

    def busctl_text(self, *words):
        done = subprocess.run(
            ["busctl", "--system", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def busctl(self, *words):
        """Run busctl; its output parsed as JSON, or None when there is none."""
        output = self.busctl_text("--json=short", *words)
        return json.loads(output) if output.strip() else None

    def call(self, method, signature="", *arguments):
        return self.busctl(
            "call", NAME, ROOT, "org.secpold1.Manager", method, signature, *map(str, arguments)
        )

    def get(self, path, interface, name):
        return self.busctl("get-property", NAME, path, interface, name)["data"]

    def manager(self, name):
        return self.get(ROOT, "org.secpold1.Manager", name)

    def item(self, key, name):
        return self.get(f"{ROOT}/item/{key}", "org.secpold1.Item", name)

    def setting(self, key, name):
        return self.get(f"{ROOT}/setting/{key}", "org.secpold1.Setting", name)

    def is_running(self):
        return self._process is not None

    def name_has_owner(self, name):
        return bool(self._observer.name_has_owner(name))

    def has_owner(self):
        return self.name_has_owner(NAME)


class Watch:
    """Signals of secpold seen while the block runs, as (member, path, arguments)."""

    def __init__(self, bus, directory):
        self._path = directory / "signals"
        self._output = open(self._path, "w", encoding="utf-8")
        self._process = subprocess.Popen(
            [
                "busctl",
                "--json=short",
                "--system",
                "--match=type='signal',path_namespace='/org/secpold1'",
                "monitor",
            ],
            env=bus.environment,
            preexec_fn=children.end_with_parent,
            stdout=self._output,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._process.stderr.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()
        self._process.stderr.close()
        self._output.close()

    def signals(self, member):
        found = []
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                message = json.loads(line)
            except json.JSONDecodeError:
                break
            if message.get("member") == member:
                found.append((message["path"], message["payload"]["data"]))
        return found

    def wait_for(self, member, condition=lambda path, data: True, seconds=5):
        return wait_until(lambda: any(condition(*found) for found in self.signals(member)), seconds)


def error_name(call, *arguments, **keywords):
    """Name of the D-Bus error the call ends in, or None when it succeeds."""
    try:
        call(*arguments, **keywords)
    except dbus.exceptions.DBusException as error:
        return error.get_dbus_name()
    return None


def call(client, method, signature, *arguments, path=ROOT, interface="org.secpold1.Manager"):
    """A method call with exactly these types; raises dbus.exceptions.DBusException."""
    return client.call_blocking(NAME, path, interface, method, signature, arguments, timeout=10)


class Agent:
    """A client that keeps its connection, as every daemon that complies has to."""

    def __init__(self, bus, name=None):
        self.connection = bus.connect()
        self.unique = self.connection.get_unique_name()
        if name:
            self.connection.request_name(name)

    def report(self, *reports):
        """Each report is (setting, value) or (setting, value, reason)."""
        whole = [(report[0], report[1], report[2] if len(report) > 2 else "") for report in reports]
        call(self.connection, "ReportSettings", "a(svs)", dbus.Array(whole, signature="(svs)"))

    def leave(self):
        self.connection.close()
