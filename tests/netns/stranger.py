# SPDX-License-Identifier: GPL-2.0-or-later
"""A process of somebody who has no rights on the device, or just one group."""

import json
import subprocess

NOBODY = 65534


class Stranger:
    """Runs Python code as its own user: ask("1 + 1") is what the expression is worth there.

    The code may use what `setup` has defined. What it raises comes back as {"error": its class, text}.
    """

    def __init__(self, setup="", uid=NOBODY, groups=(), namespace=None, arguments=()):
        command = ["/usr/bin/python3", "-c", PROGRAM, setup, *arguments]
        keywords = {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "text": True,
            "user": uid,
            "group": uid,
            "extra_groups": list(groups),
            "cwd": "/",
        }
        if namespace:
            with namespace:
                self._process = subprocess.Popen(command, **keywords)
        else:
            self._process = subprocess.Popen(command, **keywords)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    @property
    def pid(self):
        return self._process.pid

    def ask(self, expression):
        print(json.dumps(expression), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"it died of {expression}")
        return json.loads(line)

    def error(self, expression):
        """The name of the error that it ends with, or None."""
        answer = self.ask(expression)
        return answer["error"][0] if isinstance(answer, dict) and "error" in answer else None


PROGRAM = """
import json, sys
scope = {}
exec(sys.argv[1], scope)
for line in sys.stdin:
    try:
        answer = eval(json.loads(line), scope)
        json.dumps(answer)
    except BaseException as error:
        name = getattr(error, "get_dbus_name", lambda: type(error).__name__)()
        answer = {"error": [name, str(error)]}
    print(json.dumps(answer), flush=True)
"""

# Setup of a client of the bus whose address is its first argument.
BUS = """
import dbus, dbus.bus, dbus.lowlevel, sys
NAME, ROOT = "org.secpold1", "/org/secpold1"
connection = dbus.bus.BusConnection(sys.argv[2])
def call(member, signature="", *arguments, path=ROOT, interface=NAME + ".Manager"):
    connection.call_blocking(NAME, path, interface, member, signature, arguments, timeout=20)
    return True
"""
