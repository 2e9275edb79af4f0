# SPDX-License-Identifier: GPL-2.0-or-later
"""secpold in the virtual printer, as an administrator has it: systemctl, files in /etc, the bus."""

import pathlib
import subprocess
import time

import dbus

CONFIGURATION = pathlib.Path("/etc/secpold")
POLICY, PROFILE = CONFIGURATION / "default.policy", CONFIGURATION / "device.conf"
STATE = pathlib.Path("/var/lib/secpold")
NAME, ROOT = "org.secpold1", "/org/secpold1"


def run(*command, check=True, seconds=60, **options):
    """Its standard output; with check=False whatever it ends with."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds, check=False, **options
    )
    if check and done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def wait_until(condition, seconds=30, pause=0.02):
    """What `condition()` says as soon as that counts as true, or what it said last."""
    deadline = time.monotonic() + seconds
    while not (result := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
    return result


def policy(*items, serial=1):
    """The text of a policy that prohibits these Interface items."""
    lines = "".join(f"{item}=yes\n" for item in items)
    return f"[Policy]\nFormatVersion=1\nName=Test\nSerial={serial}\n\n[Interface]\n{lines}"


def _write(path, text):
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def provision(text, profile=None):
    """Puts policy and device profile in place; without them there are none."""
    _write(POLICY, text)
    _write(PROFILE, profile)


def start(text=None, profile=None):
    """Provisions and starts secpold; back when it is ready."""
    provision(text, profile)
    run("systemctl", "start", "secpold")


def reload(text=None, profile=None):
    """Provisions and reloads secpold; back when it has taken over what is there now."""
    provision(text, profile)
    run("systemctl", "reload", "secpold")
    # systemd is content with having sent the signal. An answer to a second question comes from a
    # later turn of the event loop than the one that the signal was there for.
    for _ in range(2):
        manager("State")


def enforce(text, profile=None):
    """Has this in force, however it was before: starts secpold, or reloads it where it runs."""
    (reload if pid() else start)(text, profile)


def stop():
    run("systemctl", "stop", "secpold")


def pid():
    return int(run("systemctl", "show", "--property=MainPID", "--value", "secpold"))


def journal(*options):
    """secpold's messages, a line each."""
    return run("journalctl", "--no-pager", "--output=cat", "--unit=secpold", *options).splitlines()


_bus = None


def bus():
    """A connection that this process keeps."""
    global _bus
    if _bus is None or not _bus.get_is_connected():
        _bus = dbus.SystemBus(private=True)
        _bus.set_exit_on_disconnect(False)
    return _bus


def get(path, interface, name):
    return bus().call_blocking(
        NAME, path, "org.freedesktop.DBus.Properties", "Get", "ss", (interface, name), timeout=30
    )


def manager(name):
    return get(ROOT, "org.secpold1.Manager", name)


def item(key, name="State"):
    """A property of an item, as "State" or "Detail"."""
    value = get(f"{ROOT}/item/{key}", "org.secpold1.Item", name)
    return str(value) if isinstance(value, dbus.String) else value


def wait_item(key, state, seconds=30, detail=""):
    """Until the item is in that state, and its detail contains that text; the detail."""

    def there():
        return item(key) == state and detail in item(key, "Detail")

    if not wait_until(there, seconds):
        raise TimeoutError(f"{key} is {item(key)} ({item(key, 'Detail')}), not {state} ({detail})")
    return item(key, "Detail")
